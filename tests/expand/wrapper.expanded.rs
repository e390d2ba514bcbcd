// What the macros make of wrapper.rs.
use pin_ffi::{FfiPinnedMut, pinned_ffi};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
fn receive<M>(socket: BorrowedFd<'_>, message: &mut M) -> io::Result<usize>
where
    M: FfiPinnedMut<C = libc::msghdr>,
{
    use ::pin_ffi::__private as __ffi;
    <io::Result<
        usize,
    > as __ffi::WrapperResult>::lend(
        __ffi::LendStructMut(message),
        move |mut message| -> io::Result<usize> {
            let n = unsafe {
                libc::recvmsg(socket.as_raw_fd(), message.as_mut_ptr(), 0)
            };
            usize::try_from(n).map_err(|_| io::Error::last_os_error())
        },
    )
}
