//! `readv` would write through a shared borrow.

use pin_ffi::{FfiPinned, calls};
use std::os::fd::BorrowedFd;

#[derive(FfiPinned)]
struct Record<'a> {
    #[ffi(read_only)]
    bytes: &'a [u8],
}

fn read(fd: BorrowedFd<'_>, shared: &[u8]) {
    let _ = calls::readv(fd, &mut Record { bytes: shared });
}

fn main() {}
