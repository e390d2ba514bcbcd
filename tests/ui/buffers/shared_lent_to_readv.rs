//! A struct of shared slices serves `writev`, and not `readv`: the refusal names the field.
use pin_ffi::{FfiPinned, calls};
use std::os::fd::AsFd;

#[derive(FfiPinned)]
struct Packet<'a> {
    header: [u8; 4],
    body: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a str,
}

fn main() {
    let stdin = std::io::stdin();
    let mut packet = Packet { header: [0; 4], body: &[] };
    calls::writev(stdin.as_fd(), &packet).unwrap();
    calls::readv(stdin.as_fd(), &mut packet).unwrap();
    let mut segments = [Segment { bytes: "" }];
    calls::writev(stdin.as_fd(), &segments).unwrap();
    calls::readv(stdin.as_fd(), &mut segments).unwrap();
}
