//! One buffer in two fields, or in two elements, that C writes.
use pin_ffi::{FfiPinned, calls};
use std::os::fd::AsFd;

#[derive(FfiPinned)]
struct Packet<'a> {
    header: &'a mut [u8],
    body: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

fn main() {
    let stdin = std::io::stdin();
    let mut bytes = [0; 8];
    let mut packet = Packet { header: &mut bytes, body: &mut bytes };
    calls::readv(stdin.as_fd(), &mut packet).unwrap();
    let mut segments = [Segment { bytes: &mut bytes[..4] }, Segment { bytes: &mut bytes[2..] }];
    calls::readv(stdin.as_fd(), &mut segments).unwrap();
}
