//! `max` is a constant number of elements.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len, max = "16")]
    bytes: &'a [u8],
}

fn main() {}
