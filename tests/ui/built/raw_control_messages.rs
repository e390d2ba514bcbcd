//! Control messages can name any descriptor by its number: no safe function sends or receives them.
#![forbid(unsafe_code)]
use pin_ffi::{FfiPinned, OutBuf, calls};
use std::os::fd::AsFd;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    parts: [Vec<u8>; 1],
    #[ffi(ptr = msg_control, len = msg_controllen)]
    control: [u8; 24],
}

#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct InPlace {
    #[ffi(inline = msg_hdr)]
    message: Message,
}

#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct Inside<'a> {
    #[ffi(ptr = msg_hdr.msg_control, len = msg_hdr.msg_controllen, inout)]
    control: OutBuf<'a, u8>,
}

fn main() {
    let stdin = std::io::stdin();
    let mut message = Message { parts: [Vec::new()], control: [0; 24] };
    calls::sendmsg(stdin.as_fd(), &message, 0).unwrap();
    calls::recvmsg(stdin.as_fd(), &mut message, 0).unwrap();
    calls::recvmmsg(stdin.as_fd(), &mut [InPlace { message }], 0, None).unwrap();
    calls::recvmmsg(stdin.as_fd(), &mut vec![Inside { control: OutBuf::new(&mut []) }], 0, None).unwrap();
}
