//! Bytes that another owner may free or change.
use pin_ffi::FfiPinned;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: Rc<RefCell<Vec<u8>>>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Cells<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [Cell<u8>],
}

fn main() {}
