//! A word said twice, in one attribute or in two.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, ptr = iov_base, len = iov_len)]
    #[ffi(len = iov_len)]
    bytes: &'a [u8],
}

fn main() {}
