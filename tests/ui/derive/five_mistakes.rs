//! Five mistakes are five errors in one pass, and nothing that uses the struct adds another.
use pin_ffi::{FfiPinned, FfiPinnedMut, InFlight, calls};
use std::os::fd::AsFd;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr, krate = other)]
struct Message<'a> {
    #[ffi(ptr = msg_name, lenght = msg_namelen)]
    name: &'a mut [u8],
    #[ffi(array = msg_iov, inline = msg_iovlen)]
    segments: Vec<Segment>,
    #[ffi(ptr = msg_control, len = msg_controllen, len = msg_controllen)]
    control: Vec<u8>,
    flags: i32,
}

#[derive(FfiPinned)]
struct Segment(Vec<u8>);

fn main() {
    let mut name = [0; 4];
    let mut message = Message { name: &mut name, segments: Vec::new(), control: Vec::new(), flags: 0 };
    message.with_pinned(|c| c.as_ptr()).unwrap();
    message.with_pinned_mut(|c| c.as_ptr()).unwrap();
    let stdin = std::io::stdin();
    calls::recvmsg(stdin.as_fd(), &mut message, 0).unwrap();
    calls::sendmsg(stdin.as_fd(), &message, 0).unwrap();
    let name: &'static mut [u8] = &mut [];
    let owned = Message { name, segments: Vec::new(), control: Vec::new(), flags: 0 };
    let _ = InFlight::new(owned).unwrap();
}
