//! A struct that fills nothing.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
struct Unit;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Empty {}

#[derive(FfiPinned)]
struct Skipped {
    #[ffi(skip)]
    bytes: Vec<u8>,
}

fn main() {}
