//! C would write bytes that are no `bool`.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Flags<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    flags: &'a mut [bool],
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Letters {
    #[ffi(ptr = iov_base, len = iov_len)]
    letters: [char; 4],
}

fn main() {}
