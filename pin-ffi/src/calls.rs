//! System calls, declared with `#[pinned_ffi]`: what the attribute makes of a declaration, ready to use.
//!
//! Each is one annotated C declaration, nothing more; the source is the example. `errno` becomes an
//! [`io::Error`](std::io::Error), lengths come from the buffers, and what C wrote is checked against them.
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

use crate::pinned_ffi;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
use libc::c_uint;
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd"))]
use libc::off_t;
use libc::{c_char, c_int, c_void, iovec, msghdr, size_t, ssize_t};

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

    /// Reads what there is, up to the buffer's length. See read(2).
    #[ffi(err = minus_one)]
    pub safe fn read(#[ffi(fd)] fd: c_int, #[ffi(out, len = n, filled = ret)] buf: *mut c_void, n: size_t) -> ssize_t;

    /// Writes the bytes; how many were written. See write(2).
    #[ffi(err = minus_one)]
    pub safe fn write(#[ffi(fd)] fd: c_int, #[ffi(in, len = n)] buf: *const c_void, n: size_t) -> ssize_t;

    /// Sends a message; how many bytes were sent. See sendmsg(2).
    ///
    /// With `MSG_ZEROCOPY`, on a socket where `SO_ZEROCOPY` is set, the kernel reads on after the return: keep the buffers
    /// as they are until the socket's error queue says that it has finished.
    #[ffi(err = minus_one)]
    pub safe fn sendmsg(#[ffi(fd)] socket: c_int, #[ffi(pin)] msg: *const msghdr, flags: c_int) -> ssize_t;

    /// Receives a message; how many bytes were received. See recvmsg(2).
    #[ffi(err = minus_one)]
    pub safe fn recvmsg(#[ffi(fd)] socket: c_int, #[ffi(pin_mut)] msg: *mut msghdr, flags: c_int) -> ssize_t;

    /// Receives several messages; how many were received. The others are left as they are. See recvmmsg(2).
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    #[ffi(err = minus_one)]
    pub safe fn recvmmsg(
        #[ffi(fd)] socket: c_int,
        #[ffi(pin_mut, len = n, filled = ret)] messages: *mut libc::mmsghdr,
        n: c_uint,
        flags: c_int,
        #[ffi(inout, nullable)] timeout: *mut libc::timespec,
    ) -> c_int;

    /// The target of the symbolic link at `path`. See readlink(2).
    #[ffi(err = minus_one)]
    pub safe fn readlink(
        #[ffi(cstr)] path: *const c_char,
        #[ffi(out, len = n, filled = ret)] buf: *mut c_char,
        n: size_t,
    ) -> ssize_t;
}
