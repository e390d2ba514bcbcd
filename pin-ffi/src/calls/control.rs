//! Typed control messages: descriptors, credentials, packet information, timestamps and segment sizes beside the data of a
//! message. See cmsg(3).
//!
//! [`Outgoing`] builds control messages in memory of the caller's, [`Incoming`] receives and reads them there; neither
//! allocates. A descriptor is sent by a borrow, and is owned from the moment it arrives: what nobody reads is closed.
//!
//! # Examples
//!
//! ```
//! use pin_ffi::calls::control::{self, ControlMessage, Incoming, Outgoing};
//! use std::io::{Read, Write};
//! use std::os::fd::AsFd;
//! use std::os::unix::net::UnixStream;
//!
//! let (ours, theirs) = UnixStream::pair()?;
//! let (mut kept, given) = UnixStream::pair()?;
//!
//! let mut storage = [0; control::space_of_rights(1)];
//! let mut rights = Outgoing::new(&mut storage);
//! rights.rights(&[given.as_fd()])?;
//! assert_eq!(control::send(&ours, &[&b"one stream"[..]], None, &rights, 0)?, 10);
//!
//! let (mut data, mut storage) = ([0; 16], [0; control::space_of_rights(4)]);
//! let mut incoming = Incoming::new(&mut storage);
//! let received = control::receive(&theirs, &mut [&mut data[..]], None, &mut incoming, 0)?;
//! assert_eq!((&data[..received.bytes], received.is_control_cut_off()), (&b"one stream"[..], false));
//!
//! for message in incoming.messages() {
//!     if let ControlMessage::Rights(mut descriptors) = message? {
//!         let mut stream = UnixStream::from(descriptors.next().unwrap());
//!         stream.write_all(b"hello")?;
//!     }
//! }
//! let mut hello = [0; 5];
//! kept.read_exact(&mut hello)?;
//! assert_eq!(&hello, b"hello");
//! # Ok::<(), std::io::Error>(())
//! ```

mod address;
mod incoming;
mod outgoing;
mod values;
mod walk;

pub use address::Address;
pub use incoming::{ControlMessage, Incoming, Malformed, Messages, Rights};
pub use outgoing::{NoRoom, Outgoing};
#[cfg(target_os = "linux")]
pub use values::{Credentials, Ipv4PacketInfo, Ipv6PacketInfo};
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
pub use values::{Timestamp, Timestamping};
pub use walk::{space_of, space_of_rights};

use crate::FfiPinned;
use crate::errno;
use crate::fill::{FfiArray, FfiArrayMut, FfiPinnedMut};
use libc::{c_int, iovec, msghdr};
use std::io;
use std::os::fd::{AsFd, AsRawFd};

/// Programs that this one starts do not inherit the descriptors that are received.
#[cfg(not(target_vendor = "apple"))]
const CLOSE_ON_EXEC: c_int = libc::MSG_CMSG_CLOEXEC;
/// There is no such flag: a program that another thread starts at that moment inherits them.
#[cfg(target_vendor = "apple")]
const CLOSE_ON_EXEC: c_int = 0;

/// Whether `MSG_PEEK` makes descriptors of its own. Elsewhere it may show what the kernel has in their place.
const PEEKED_ARE_COPIES: bool = cfg!(any(target_os = "linux", target_os = "android"));

#[derive(FfiPinned)]
#[ffi(c = msghdr)]
struct Sent<'a, V: FfiArray<Elem = iovec> + ?Sized> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    data: &'a V,
}

#[derive(FfiPinned)]
#[ffi(c = msghdr)]
struct Room<'a, V: FfiArrayMut<Elem = iovec> + ?Sized> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    data: &'a mut V,
}

/// What [`receive`] says of a message, beside its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// How many bytes were received. With `MSG_TRUNC` among the call's flags, how many there were.
    pub bytes: usize,
    /// `msg_flags`, as recvmsg(2) left them.
    pub flags: c_int,
}

impl Received {
    /// Whether the message was longer than the buffers (`MSG_TRUNC`).
    #[must_use]
    pub const fn is_cut_off(&self) -> bool {
        self.flags & libc::MSG_TRUNC != 0
    }

    /// Whether control messages were lost, as the storage is too small or this process has too many open descriptors
    /// (`MSG_CTRUNC`). Descriptors that did arrive are in the [`Incoming`] all the same.
    #[must_use]
    pub const fn is_control_cut_off(&self) -> bool {
        self.flags & libc::MSG_CTRUNC != 0
    }
}

/// Sends a message with control messages; how many bytes were sent. See sendmsg(2).
///
/// `to` is where it goes, for sockets that are not connected. With `MSG_ZEROCOPY`, the remark at
/// [`sendmsg`](super::sendmsg) holds.
///
/// # Errors
///
/// A length does not fit, and what sendmsg(2) says. Nothing is repeated: `Interrupted` means that nothing was sent.
pub fn send<V: FfiArray<Elem = iovec> + ?Sized>(
    socket: impl AsFd,
    data: &V,
    to: Option<&Address>,
    control: &Outgoing<'_>,
    flags: c_int,
) -> io::Result<usize> {
    let socket = socket.as_fd();
    Sent { data }.with_pinned(|c| {
        // SAFETY: a filled `msghdr` is initialised: it was zeroed.
        let mut c = *unsafe { c.as_ref() };
        if let Some(to) = to {
            (c.msg_name, c.msg_namelen) = (to.as_ptr().cast_mut(), to.len());
        }
        let control = control.as_bytes();
        if !control.is_empty() {
            c.msg_control = control.as_ptr().cast_mut().cast();
            c.msg_controllen = control.len() as _;
        }
        // SAFETY: the descriptor is borrowed; the `msghdr` leads to buffers, an address and control messages that are
        // borrowed until the call has returned, and sendmsg(2) reads only. The control messages are those of `Outgoing`,
        // whose descriptors are borrowed too.
        let n = unsafe { libc::sendmsg(socket.as_raw_fd(), &raw const c, flags) };
        usize::try_from(n).map_err(|_| errno::last())
    })?
}

/// Receives a message with its control messages, and where it came from if `from` is there. See recvmsg(2).
///
/// Descriptors that arrive belong to `control`, whatever else is wrong with the message, and are closed in programs that
/// this one starts. What `control` held before is closed first. `MSG_PEEK` gives copies of them on Linux, and no control
/// messages on other systems.
///
/// # Errors
///
/// A length does not fit, and what recvmsg(2) says. Nothing is repeated: `Interrupted` means that nothing was received.
pub fn receive<V: FfiArrayMut<Elem = iovec> + ?Sized>(
    socket: impl AsFd,
    data: &mut V,
    from: Option<&mut Address>,
    control: &mut Incoming<'_>,
    flags: c_int,
) -> io::Result<Received> {
    let socket = socket.as_fd();
    Room { data }.with_pinned_mut(|mut lent| {
        // SAFETY: recvmsg(2) writes within the buffers, and keeps nothing.
        let c = unsafe { &mut *lent.as_mut_ptr() };
        let room = control.room();
        if !room.is_empty() && (PEEKED_ARE_COPIES || flags & libc::MSG_PEEK == 0) {
            c.msg_control = room.as_mut_ptr().cast();
            c.msg_controllen = room.len() as _;
        }
        let mut from = from;
        if let Some(from) = &mut from {
            (c.msg_name, c.msg_namelen) = from.room();
        }
        // SAFETY: the descriptor is borrowed; the `msghdr` leads to buffers, an address and storage that are exclusively
        // borrowed until the call has returned.
        let n = unsafe { libc::recvmsg(socket.as_raw_fd(), c, flags | CLOSE_ON_EXEC) };
        let Ok(bytes) = usize::try_from(n) else {
            let error = errno::last();
            lent.discard();
            return Err(error);
        };
        // First of all, for what comes after may fail.
        #[allow(clippy::unnecessary_cast, reason = "an `int` in musl and on the BSDs")]
        let len = c.msg_controllen as usize;
        // SAFETY: recvmsg(2) has succeeded, and left `len` bytes of control messages; nobody has read them.
        unsafe { control.adopt(len) };
        if let Some(from) = from {
            from.set_len(c.msg_namelen);
        }
        Ok(Received { bytes, flags: c.msg_flags })
    })?
}
