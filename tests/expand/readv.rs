use libc::{c_int, iovec, ssize_t};
use pin_ffi::pinned_ffi;

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one)]
    safe fn readv(#[ffi(fd)] fd: c_int, #[ffi(pin_mut, len = n)] iov: *const iovec, n: c_int) -> ssize_t;
}
