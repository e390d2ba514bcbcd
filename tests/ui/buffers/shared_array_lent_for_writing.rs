//! A shared borrow of segments, each of which C might write: the borrow rules it out.
use pin_ffi::{FfiPinned, FfiPinnedMut, calls};
use std::os::fd::AsFd;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    segments: &'a [Segment<'a>],
}

fn main() {
    let mut bytes = [0; 4];
    let segments = [Segment { bytes: &mut bytes }];
    Message { segments: &segments }.with_pinned_mut(|_| ()).unwrap();
    calls::readv(std::io::stdin().as_fd(), &mut &segments).unwrap();
}
