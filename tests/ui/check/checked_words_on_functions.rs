//! A pointer that is checked stays raw: its function is `unsafe`, and no other word lends it.

use pin_ffi::pinned_ffi;
use std::ffi::c_int;

#[pinned_ffi]
unsafe extern "C" {
    safe fn readv(fd: c_int, #[ffi(checked_mut, len = n)] iov: *const libc::iovec, n: c_int) -> isize;
    unsafe fn writev(fd: c_int, #[ffi(checked, pin)] iov: *const libc::iovec, n: c_int) -> isize;
    unsafe fn preadv(fd: c_int, #[ffi(checked_mut, len = m)] iov: *const libc::iovec, n: c_int, at: i64) -> isize;
    unsafe fn pwritev(fd: c_int, #[ffi(checked, len = 2 * n)] iov: *const libc::iovec, n: c_int, at: i64) -> isize;
    unsafe fn process_vm_readv(
        pid: c_int,
        #[ffi(pin_mut, len = n)] local: *const libc::iovec,
        n: usize,
        #[ffi(checked, len = n)] remote: *const libc::iovec,
        m: usize,
        flags: usize,
    ) -> isize;
}

fn main() {}
