//! The same through nesting: the message is refused for the segments' sake.
use pin_ffi::{FfiPinned, FfiPinnedMut, calls};
use std::os::fd::AsFd;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    segments: Vec<Segment<'a>>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct Outer<'a> {
    #[ffi(inline = msg_hdr)]
    message: Message<'a>,
    #[ffi(out = msg_len)]
    n: u32,
}

fn main() {
    let stdin = std::io::stdin();
    let mut message = Message { segments: vec![Segment { bytes: &[] }] };
    calls::sendmsg(stdin.as_fd(), &message, 0).unwrap();
    calls::recvmsg(stdin.as_fd(), &mut message, 0).unwrap();
    Outer { message, n: 0 }.with_pinned_mut(|_| ()).unwrap();
}
