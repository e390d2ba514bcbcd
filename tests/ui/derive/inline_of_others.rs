//! A nested value that fills another C struct than the field is, and one that fills none.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct Outer<'a> {
    #[ffi(inline = msg_hdr)]
    segment: Segment<'a>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct Plain {
    #[ffi(inline = msg_hdr)]
    number: u64,
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

fn main() {}
