//! Control messages that are sent.

use super::walk::{DATA, Header, space_of};
use libc::c_int;
use std::error::Error;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::{fmt, io};

#[cfg(target_os = "linux")]
use super::values::{Credentials, Ipv4PacketInfo, Ipv6PacketInfo};

/// Control messages to be sent with a message, in memory of the caller's.
///
/// It borrows the descriptors that it names, so that they stay open until the message has been sent. The memory is room for
/// [`space_of`] bytes for each message.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// Up to `used`, whole messages that only this type's functions wrote.
    storage: &'a mut [u8],
    used: usize,
}

/// There is no room for a control message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoRoom {
    /// How many bytes the message needs.
    pub needed: usize,
    /// How many there are.
    pub left: usize,
}

impl fmt::Display for NoRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a control message needs {} bytes, and {} are left", self.needed, self.left)
    }
}

impl Error for NoRoom {}

impl From<NoRoom> for io::Error {
    #[cold]
    fn from(error: NoRoom) -> Self {
        io::Error::new(io::ErrorKind::InvalidInput, error)
    }
}

impl<'a> Outgoing<'a> {
    /// No messages yet, with room for as many as fit `storage`.
    pub const fn new(storage: &'a mut [u8]) -> Self {
        Self { storage, used: 0 }
    }

    /// The messages as the kernel reads them, for calls of other kinds: whoever passes them on sees to it that `self` is still
    /// borrowed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.storage[..self.used]
    }

    /// Removes all messages.
    pub const fn clear(&mut self) {
        self.used = 0;
    }

    /// Adds copies of these descriptors (`SCM_RIGHTS`), for a Unix socket; nothing if there are none. See unix(7).
    ///
    /// # Errors
    ///
    /// There is no room. (More than 253 in one message are refused by Linux, with `EINVAL`.)
    pub fn rights(&mut self, descriptors: &[BorrowedFd<'a>]) -> Result<&mut Self, NoRoom> {
        if descriptors.is_empty() {
            return Ok(self);
        }
        let data = self.add(libc::SOL_SOCKET, libc::SCM_RIGHTS, size_of_val(descriptors))?;
        for (slot, descriptor) in data.chunks_exact_mut(size_of::<c_int>()).zip(descriptors) {
            slot.copy_from_slice(&descriptor.as_raw_fd().to_ne_bytes());
        }
        Ok(self)
    }

    /// Says who sends (`SCM_CREDENTIALS`), for a Unix socket; the kernel checks that it may be said. See unix(7).
    ///
    /// # Errors
    ///
    /// There is no room.
    #[cfg(target_os = "linux")]
    pub fn credentials(&mut self, credentials: Credentials) -> Result<&mut Self, NoRoom> {
        self.add_bytes(libc::SOL_SOCKET, libc::SCM_CREDENTIALS, &credentials.to_bytes())
    }

    /// Chooses the interface and source address of a datagram (`IP_PKTINFO`). See ip(7).
    ///
    /// # Errors
    ///
    /// There is no room.
    #[cfg(target_os = "linux")]
    pub fn ipv4_packet_info(&mut self, info: Ipv4PacketInfo) -> Result<&mut Self, NoRoom> {
        self.add_bytes(libc::IPPROTO_IP, libc::IP_PKTINFO, &info.to_bytes())
    }

    /// Chooses the interface and source address of a datagram (`IPV6_PKTINFO`). See ipv6(7).
    ///
    /// # Errors
    ///
    /// There is no room.
    #[cfg(target_os = "linux")]
    pub fn ipv6_packet_info(&mut self, info: Ipv6PacketInfo) -> Result<&mut Self, NoRoom> {
        self.add_bytes(libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, &info.to_bytes())
    }

    /// Lets the kernel cut the data into datagrams of `size` bytes, the last of which may be shorter (`UDP_SEGMENT`). See
    /// udp(7).
    ///
    /// # Errors
    ///
    /// There is no room.
    #[cfg(target_os = "linux")]
    pub fn udp_segment(&mut self, size: u16) -> Result<&mut Self, NoRoom> {
        self.add_bytes(libc::SOL_UDP, libc::UDP_SEGMENT, &size.to_ne_bytes())
    }

    /// Adds a message of any type.
    ///
    /// # Errors
    ///
    /// There is no room.
    ///
    /// # Safety
    ///
    /// What the message asks of the kernel is something that safe code may ask for: it names no address, and a descriptor
    /// that it names is open until the message has been sent, and may be given away.
    pub unsafe fn other(&mut self, level: c_int, kind: c_int, data: &[u8]) -> Result<&mut Self, NoRoom> {
        self.add_bytes(level, kind, data)
    }

    fn add_bytes(&mut self, level: c_int, kind: c_int, data: &[u8]) -> Result<&mut Self, NoRoom> {
        self.add(level, kind, data.len())?.copy_from_slice(data);
        Ok(self)
    }

    /// Adds a message with `len` bytes of data, which are zeros, as is what lies between messages.
    fn add(&mut self, level: c_int, kind: c_int, len: usize) -> Result<&mut [u8], NoRoom> {
        let (left, needed) = (self.storage.len() - self.used, space_of(len));
        let Some(message) = self.storage[self.used..].get_mut(..needed) else {
            return Err(NoRoom { needed, left });
        };
        message.fill(0);
        Header { level, kind, len: DATA + len }.write(message);
        self.used += needed;
        Ok(&mut message[DATA..DATA + len])
    }
}
