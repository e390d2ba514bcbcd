//! Values that fill no C struct, or another one than the call wants.
use pin_ffi::{FfiPinned, calls};
use std::os::fd::AsFd;

struct Plain {
    bytes: Vec<u8>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: Vec<u8>,
}

fn main() {
    let stdin = std::io::stdin();
    let plain = Plain { bytes: Vec::new() };
    calls::writev(stdin.as_fd(), &plain).unwrap();
    calls::sendmsg(stdin.as_fd(), &plain, 0).unwrap();
    let segment = Segment { bytes: plain.bytes };
    calls::sendmsg(stdin.as_fd(), &segment, 0).unwrap();
    calls::writev(stdin.as_fd(), &segment).unwrap();
}
