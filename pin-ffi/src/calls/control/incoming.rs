//! Control messages that were received, and the descriptors in them.

use super::walk::{DATA, Header};
use libc::c_int;
use std::error::Error;
use std::os::fd::{FromRawFd, OwnedFd};
use std::{fmt, io};

#[cfg(target_os = "linux")]
use super::values::{Credentials, Ipv4PacketInfo, Ipv6PacketInfo};
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
use super::values::{Timestamp, Timestamping};

/// The size of a descriptor in a control message, in bytes.
const FD: usize = size_of::<c_int>();

/// `SCM_PIDFD` of Linux 6.5: a descriptor too.
#[cfg(target_os = "linux")]
const SCM_PIDFD: c_int = 4;

/// Room for control messages in memory of the caller's, and those that were received there.
///
/// It owns the descriptors that arrived and were not taken from it: dropped, or given to [`receive`](super::receive) again,
/// it closes them.
#[derive(Debug)]
pub struct Incoming<'a> {
    /// Each number of a descriptor in the first `len` bytes is a descriptor of ours, or -1 once it was taken. Only this
    /// file reads and writes there.
    storage: &'a mut [u8],
    len: usize,
}

impl<'a> Incoming<'a> {
    /// Room for control messages: [`space_of`](super::space_of) bytes for each.
    ///
    /// Without room, the kernel closes the descriptors that arrive.
    pub const fn new(storage: &'a mut [u8]) -> Self {
        Self { storage, len: 0 }
    }

    /// Takes over the control messages that a call of another kind left in `storage`: `len` bytes, of which those count
    /// that fit.
    ///
    /// # Safety
    ///
    /// The kernel has just received `len` bytes of control messages into `storage`, and nobody else takes the descriptors
    /// in them.
    pub unsafe fn from_received(storage: &'a mut [u8], len: usize) -> Self {
        let mut incoming = Self::new(storage);
        // SAFETY: the caller's promise.
        unsafe { incoming.adopt(len) };
        incoming
    }

    /// The messages, in order. Descriptors are taken by reading them: a second reading finds them gone.
    pub fn messages(&mut self) -> Messages<'_> {
        Messages { rest: &mut self.storage[..self.len] }
    }

    /// The storage, for a call to fill. What was in it is closed.
    pub(super) fn room(&mut self) -> &mut [u8] {
        self.close();
        self.storage
    }

    /// Owns what a call left in the first `len` bytes, as far as they fit.
    ///
    /// # Safety
    ///
    /// As for [`from_received`](Self::from_received).
    pub(super) unsafe fn adopt(&mut self, len: usize) {
        self.len = len.min(self.storage.len());
    }

    /// Closes the descriptors that nobody took.
    fn close(&mut self) {
        let mut rest = &mut self.storage[..std::mem::take(&mut self.len)];
        while let Some(header) = Header::read(rest) {
            let Some((data, after)) = header.split(rest) else { break };
            if is_descriptors(header) {
                drop(Rights { data });
            }
            rest = after;
        }
    }
}

impl Drop for Incoming<'_> {
    fn drop(&mut self) {
        self.close();
    }
}

/// Whether the data of such a message are descriptors.
fn is_descriptors(header: Header) -> bool {
    #[cfg(target_os = "linux")]
    if (header.level, header.kind) == (libc::SOL_SOCKET, SCM_PIDFD) {
        return true;
    }
    (header.level, header.kind) == (libc::SOL_SOCKET, libc::SCM_RIGHTS)
}

/// The control messages of an [`Incoming`].
#[derive(Debug)]
pub struct Messages<'a> {
    rest: &'a mut [u8],
}

/// A control message that was received.
///
/// A message whose data do not have the size of its type is an error instead, so that each value here is whole.
#[derive(Debug)]
#[non_exhaustive]
pub enum ControlMessage<'a> {
    /// Descriptors, which are now this process's (`SCM_RIGHTS`).
    Rights(Rights<'a>),
    /// Who sent it (`SCM_CREDENTIALS`), on a socket with `SO_PASSCRED`.
    #[cfg(target_os = "linux")]
    Credentials(Credentials),
    /// The process that sent it (`SCM_PIDFD`), on a socket with `SO_PASSPIDFD`; `None` if the kernel could not open it, or
    /// it was taken before.
    #[cfg(target_os = "linux")]
    Pidfd(Option<OwnedFd>),
    /// Where a datagram arrived (`IP_PKTINFO`).
    #[cfg(target_os = "linux")]
    Ipv4PacketInfo(Ipv4PacketInfo),
    /// Where a datagram arrived (`IPV6_PKTINFO`).
    #[cfg(target_os = "linux")]
    Ipv6PacketInfo(Ipv6PacketInfo),
    /// When a datagram arrived (`SCM_TIMESTAMPNS`).
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    Timestamp(Timestamp),
    /// When a datagram arrived or left (`SCM_TIMESTAMPING`).
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    Timestamping(Timestamping),
    /// The size in bytes of the datagrams that were joined (`UDP_GRO`); the last may be shorter.
    #[cfg(target_os = "linux")]
    UdpGro(c_int),
    /// A message of another type. Numbers of descriptors that it may have are open, and nobody's: if its type has any, it
    /// takes `unsafe` code to own them.
    Other {
        /// `cmsg_level`
        level: c_int,
        /// `cmsg_type`
        kind: c_int,
        /// Its data, as the kernel left them.
        data: &'a [u8],
    },
}

/// A control message whose length cannot be right: less than its header, more than there is, or not that of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Malformed {
    /// `cmsg_level`
    pub level: c_int,
    /// `cmsg_type`
    pub kind: c_int,
    /// `cmsg_len`
    pub len: usize,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a control message of level {} and type {} has the length {}", self.level, self.kind, self.len)
    }
}

impl Error for Malformed {}

impl From<Malformed> for io::Error {
    #[cold]
    fn from(error: Malformed) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<ControlMessage<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = std::mem::take(&mut self.rest);
        let header = Header::read(rest)?;
        let there = rest.len();
        let malformed = Malformed { level: header.level, kind: header.kind, len: header.len };
        let Some((data, after)) = header.split(rest) else {
            return Some(Err(malformed));
        };
        self.rest = after;
        // Of descriptors, those that are there are ours, whatever the length says.
        if header.len > there && !is_descriptors(header) {
            return Some(Err(malformed));
        }
        Some(ControlMessage::read(header, data).ok_or(malformed))
    }
}

impl<'a> ControlMessage<'a> {
    /// The message of this type with these data; `None` if they have not its size.
    fn read(header: Header, data: &'a mut [u8]) -> Option<Self> {
        debug_assert!(header.len >= DATA);
        Some(match (header.level, header.kind) {
            (libc::SOL_SOCKET, libc::SCM_RIGHTS) => Self::Rights(Rights { data }),
            #[cfg(target_os = "linux")]
            (libc::SOL_SOCKET, SCM_PIDFD) if data.len() == FD => Self::Pidfd(Rights { data }.next()),
            #[cfg(target_os = "linux")]
            (libc::SOL_SOCKET, SCM_PIDFD) => return None,
            #[cfg(target_os = "linux")]
            (libc::SOL_SOCKET, libc::SCM_CREDENTIALS) => Self::Credentials(Credentials::from_bytes(data)?),
            #[cfg(target_os = "linux")]
            (libc::IPPROTO_IP, libc::IP_PKTINFO) => Self::Ipv4PacketInfo(Ipv4PacketInfo::from_bytes(data)?),
            #[cfg(target_os = "linux")]
            (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => Self::Ipv6PacketInfo(Ipv6PacketInfo::from_bytes(data)?),
            // `SCM_TIMESTAMPNS` and `SCM_TIMESTAMPING` are the options' numbers.
            #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
            (libc::SOL_SOCKET, libc::SO_TIMESTAMPNS) => Self::Timestamp(Timestamp::from_bytes(data)?),
            #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
            (libc::SOL_SOCKET, libc::SO_TIMESTAMPING) => Self::Timestamping(Timestamping::from_bytes(data)?),
            #[cfg(target_os = "linux")]
            (libc::SOL_UDP, libc::UDP_GRO) => Self::UdpGro(c_int::from_ne_bytes((&*data).try_into().ok()?)),
            (level, kind) => Self::Other { level, kind, data },
        })
    }
}

/// The descriptors of one control message. Those that are not taken are closed when it is dropped.
#[derive(Debug)]
pub struct Rights<'a> {
    /// The numbers that were not taken yet.
    data: &'a mut [u8],
}

impl Iterator for Rights<'_> {
    type Item = OwnedFd;

    fn next(&mut self) -> Option<OwnedFd> {
        loop {
            let (slot, rest) = std::mem::take(&mut self.data).split_at_mut_checked(FD)?;
            self.data = rest;
            let number = c_int::from_ne_bytes((&*slot).try_into().ok()?);
            // Whoever reads the storage again, as `Incoming` does when it is dropped, finds nothing.
            slot.copy_from_slice(&(-1 as c_int).to_ne_bytes());
            if number >= 0 {
                // SAFETY: the kernel made this descriptor for us (`adopt`), and it was not taken before: it would be -1.
                return Some(unsafe { OwnedFd::from_raw_fd(number) });
            }
        }
    }
}

impl Drop for Rights<'_> {
    fn drop(&mut self) {
        self.for_each(drop);
    }
}
