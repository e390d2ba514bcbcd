//! System calls, declared with `#[pinned_ffi]`: what the attribute makes of a declaration, ready to use.
//!
//! Each is one annotated C declaration; the source is the example. `errno` becomes an [`io::Error`], lengths come from the
//! buffers, and what C wrote is checked against them.
//!
//! Control messages can name any descriptor by its number. So `sendmsg`, `recvmsg` and `recvmmsg` refuse values that have
//! them, when the program is compiled; the functions that take any value are `unsafe`. [`control`] has safe ones for typed
//! control messages.
//!
//! # Examples
//!
//! ```
//! use pin_ffi::{FfiPinned, calls};
//! use std::os::fd::AsFd;
//!
//! #[derive(FfiPinned)]
//! struct Record { header: [u8; 4], body: Vec<u8> }
//!
//! let (input, output) = std::os::unix::net::UnixStream::pair()?;
//! let sent = Record { header: *b"head", body: b"and body".to_vec() };
//! assert_eq!(calls::writev(output.as_fd(), &sent)?, 12);
//!
//! let mut received = Record { header: [0; 4], body: vec![0; 8] };
//! assert_eq!(calls::readv(input.as_fd(), &mut received)?, 12);
//! assert_eq!((&received.header, &received.body[..]), (b"head", &b"and body"[..]));
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod control;
mod whole;

pub use whole::{read_exact, write_all};

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
use crate::fill::FfiArrayMut;
use crate::fill::{FfiPinned, FfiPinnedMut};
use crate::message::Message;
use crate::pinned_ffi;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
use libc::c_uint;
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd"))]
use libc::off_t;
use libc::{c_char, c_int, c_void, iovec, msghdr, size_t, ssize_t};
use std::io;
use std::os::fd::BorrowedFd;

#[pinned_ffi]
unsafe extern "C" {
    /// Reads into the buffers of `iov`, in order; how many bytes were read. See readv(2).
    ///
    /// # Errors
    ///
    /// `EINVAL` for more buffers than `IOV_MAX` (1024 on Linux), and what readv(2) says.
    #[ffi(err = minus_one)]
    pub safe fn readv(#[ffi(fd)] fd: c_int, #[ffi(pin_mut, len = iovcnt)] iov: *const iovec, iovcnt: c_int) -> ssize_t;

    /// Writes the buffers of `iov`, in order; how many bytes were written. See writev(2).
    ///
    /// # Errors
    ///
    /// `EINVAL` for more buffers than `IOV_MAX` (1024 on Linux), and what writev(2) says.
    #[ffi(err = minus_one)]
    pub safe fn writev(#[ffi(fd)] fd: c_int, #[ffi(pin, len = iovcnt)] iov: *const iovec, iovcnt: c_int) -> ssize_t;

    /// Reads into the buffers of `iov` from `offset` of the file, in bytes; how many bytes were read. See preadv(2).
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd"))]
    #[ffi(err = minus_one)]
    pub safe fn preadv(
        #[ffi(fd)] fd: c_int,
        #[ffi(pin_mut, len = iovcnt)] iov: *const iovec,
        iovcnt: c_int,
        offset: off_t,
    ) -> ssize_t;

    /// Writes the buffers of `iov` at `offset` of the file, in bytes; how many bytes were written. See pwritev(2).
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd"))]
    #[ffi(err = minus_one)]
    pub safe fn pwritev(
        #[ffi(fd)] fd: c_int,
        #[ffi(pin, len = iovcnt)] iov: *const iovec,
        iovcnt: c_int,
        offset: off_t,
    ) -> ssize_t;

    /// Reads what there is, up to the buffer's length; 0 at the end. See read(2).
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a buffer without room, such as the [`Spare`](crate::Spare) of a full vector: 0 would be taken for
    /// the end. And what read(2) says.
    #[ffi(err = minus_one)]
    pub safe fn read(
        #[ffi(fd)] fd: c_int,
        #[ffi(out, len = n, filled = ret, nonempty)] buf: *mut c_void,
        n: size_t,
    ) -> ssize_t;

    /// Writes the bytes; how many were written. See write(2).
    #[ffi(err = minus_one)]
    pub safe fn write(#[ffi(fd)] fd: c_int, #[ffi(in, len = n)] buf: *const c_void, n: size_t) -> ssize_t;

    /// The target of the symbolic link at `path`. See readlink(2).
    #[ffi(err = minus_one)]
    pub safe fn readlink(
        #[ffi(cstr)] path: *const c_char,
        #[ffi(out, len = n, filled = ret)] buf: *mut c_char,
        n: size_t,
    ) -> ssize_t;
}

#[pinned_ffi]
unsafe extern "C" {
    /// Sends a message with raw control messages; how many bytes were sent. See sendmsg(2) and cmsg(3).
    ///
    /// # Safety
    ///
    /// The control messages, if any, are what they claim to be. A descriptor that they name (`SCM_RIGHTS`) is open and may
    /// be given away: the caller owns it or has borrowed it.
    #[ffi(err = minus_one, rename = sendmsg_with_control)]
    pub fn sendmsg(#[ffi(fd)] socket: c_int, #[ffi(pin)] msg: *const msghdr, flags: c_int) -> ssize_t;

    /// Receives a message with raw control messages; how many bytes were received. See recvmsg(2) and cmsg(3).
    ///
    /// # Safety
    ///
    /// Descriptors that arrive (`SCM_RIGHTS`) are new, and the caller's: whoever reads their numbers from the control buffer
    /// takes each once. What is not taken, also of a message whose results are refused, stays open.
    #[ffi(err = minus_one, rename = recvmsg_with_control)]
    pub fn recvmsg(#[ffi(fd)] socket: c_int, #[ffi(pin_mut)] msg: *mut msghdr, flags: c_int) -> ssize_t;
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one, rename = recvmmsg_count)]
    fn recvmmsg(
        #[ffi(fd)] socket: c_int,
        #[ffi(pin_mut, len = n, filled = ret)] messages: *mut libc::mmsghdr,
        n: c_uint,
        flags: c_int,
        #[ffi(inout, nullable)] timeout: *mut libc::timespec,
    ) -> c_int;
}

/// Stops a value that lends raw control messages to a safe function.
#[track_caller]
const fn without_control(lends_control: bool, function: &str) {
    if lends_control {
        Message::new()
            .add("a value with `msg_control` names descriptors by number, and `")
            .add(function)
            .add("` is safe: leave `msg_control` out, or call `")
            .add(function)
            .add("_with_control` and answer for them")
            .panic();
    }
}

/// Sends a message without control messages; how many bytes were sent. See sendmsg(2).
///
/// With `MSG_ZEROCOPY`, on a socket where `SO_ZEROCOPY` is set, the kernel reads on after the return: keep the buffers as
/// they are until the socket's error queue says that it has finished.
///
/// # Errors
///
/// A length does not fit, and what sendmsg(2) says.
#[inline]
pub fn sendmsg<V: FfiPinned<C = msghdr>>(socket: BorrowedFd<'_>, msg: &V, flags: c_int) -> io::Result<usize> {
    const { without_control(V::CONTROL, "sendmsg") };
    // SAFETY: there are no control messages.
    unsafe { sendmsg_with_control(socket, msg, flags) }
}

/// Receives a message without control messages; how many bytes were received. See recvmsg(2).
///
/// Descriptors that come with it are closed by the kernel.
///
/// # Errors
///
/// A length does not fit, and what recvmsg(2) says.
#[inline]
pub fn recvmsg<V: FfiPinnedMut<C = msghdr>>(socket: BorrowedFd<'_>, msg: &mut V, flags: c_int) -> io::Result<usize> {
    const { without_control(V::CONTROL, "recvmsg") };
    // SAFETY: there is no room for control messages, so that no descriptor arrives.
    unsafe { recvmsg_with_control(socket, msg, flags) }
}

/// Receives several messages without control messages; how many were received. The others are left as they are. See
/// recvmmsg(2).
///
/// # Errors
///
/// A length does not fit, and what recvmmsg(2) says.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[inline]
pub fn recvmmsg<V: FfiArrayMut<Elem = libc::mmsghdr> + ?Sized>(
    socket: BorrowedFd<'_>,
    messages: &mut V,
    flags: c_int,
    timeout: Option<&mut libc::timespec>,
) -> io::Result<usize> {
    const { without_control(V::CONTROL, "recvmmsg") };
    // SAFETY: as for `recvmsg`.
    unsafe { recvmmsg_with_control(socket, messages, flags, timeout) }
}

/// Receives several messages with raw control messages; how many were received. The others are left as they are. See
/// recvmmsg(2) and cmsg(3).
///
/// # Safety
///
/// As for [`recvmsg_with_control`].
///
/// # Errors
///
/// A length does not fit, and what recvmmsg(2) says.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[inline]
pub unsafe fn recvmmsg_with_control<V: FfiArrayMut<Elem = libc::mmsghdr> + ?Sized>(
    socket: BorrowedFd<'_>,
    messages: &mut V,
    flags: c_int,
    timeout: Option<&mut libc::timespec>,
) -> io::Result<usize> {
    // SAFETY: the caller's promise.
    let n = unsafe { recvmmsg_count(socket, messages, flags, timeout)? };
    // No failure, and at most as many as were lent.
    Ok(n as usize)
}
