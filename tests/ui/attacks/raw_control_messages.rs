//! A descriptor is named by its number alone: sending it is not safe, nor is taking one.
use pin_ffi::{FfiPinned, calls};
use std::os::fd::AsFd;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message {
    #[ffi(ptr = msg_control, len = msg_controllen)]
    control: [u8; 24],
}

#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct Several {
    #[ffi(inline = msg_hdr)]
    message: Message,
}

fn main() {
    let stdin = std::io::stdin();
    let mut message = Message { control: [0; 24] };
    calls::sendmsg_with_control(stdin.as_fd(), &message, 0).unwrap();
    calls::recvmsg_with_control(stdin.as_fd(), &mut message, 0).unwrap();
    calls::recvmmsg_with_control(stdin.as_fd(), &mut [Several { message }], 0, None).unwrap();
}
