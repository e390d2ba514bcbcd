//! An address in a field of `libc`'s structs that is none.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_len)]
    bytes: &'a mut [u8],
}

fn main() {}
