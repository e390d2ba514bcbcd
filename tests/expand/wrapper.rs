use pin_ffi::{FfiPinnedMut, pinned_ffi};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

#[pinned_ffi]
fn receive<M>(socket: BorrowedFd<'_>, #[ffi(pin_mut)] message: &mut M) -> io::Result<usize>
where
    M: FfiPinnedMut<C = libc::msghdr>,
{
    // SAFETY: `message` is a filled `msghdr`; recvmsg(2) keeps nothing of it.
    let n = unsafe { libc::recvmsg(socket.as_raw_fd(), message.as_mut_ptr(), 0) };
    usize::try_from(n).map_err(|_| io::Error::last_os_error())
}
