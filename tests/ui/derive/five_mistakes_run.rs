//! The same of a struct without a target, with uses that a run of buffers has.
use pin_ffi::{FfiPinned, FfiPinnedMut, calls};
use std::os::fd::AsFd;

#[derive(FfiPinned)]
#[ffi(sea = libc::iovec)]
struct Packet<'a, const N: usize> {
    #[ffi(ptr = iov_base)]
    header: [u8; N],
    #[ffi(inout)]
    body: &'a mut [u8],
    #[ffi(skip, max = 3)]
    mark: u8,
    #[ffi(null_if_emtpy)]
    trailer: Vec<u8>,
}

fn main() {
    let mut body = [0; 4];
    let mut packet = Packet { header: [0; 4], body: &mut body, mark: 0, trailer: Vec::new() };
    packet.with_pinned(|c| c.as_ptr()).unwrap();
    packet.with_pinned_mut(|c| c.as_ptr()).unwrap();
    let stdin = std::io::stdin();
    calls::readv(stdin.as_fd(), &mut packet).unwrap();
    calls::writev(stdin.as_fd(), &packet).unwrap();
}
