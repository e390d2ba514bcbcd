//! Each length of `libc`'s structs counts one address, in its own unit: other words are refused.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Crossed<'a> {
    #[ffi(ptr = msg_name, len = msg_controllen)]
    name: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct NoLength<'a> {
    #[ffi(ptr = msg_name, len = msg_flags)]
    name: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Units<'a> {
    #[ffi(array = msg_iov, len_bytes = msg_iovlen)]
    segments: &'a mut [Segment<'a>],
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

fn main() {}
