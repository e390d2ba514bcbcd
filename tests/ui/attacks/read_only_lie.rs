//! `read_only` on a field that C writes through in some calls, directly and on the struct around it.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len, read_only)]
    bytes: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct Outer<'a> {
    #[ffi(inline = msg_hdr, read_only)]
    message: Message<'a>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(array = msg_iov, len = msg_iovlen, read_only)]
    segments: &'a [Segment<'a>],
}

fn main() {}
