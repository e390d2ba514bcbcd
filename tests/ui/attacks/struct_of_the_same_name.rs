//! A struct that borrows the name of one of `libc`'s, so that its words would go unchecked under `forbid(unsafe_code)`.
#![forbid(unsafe_code)]
#![allow(non_camel_case_types)]
use pin_ffi::FfiPinned;

#[repr(C)]
struct iovec {
    base: *mut u8,
    len: usize,
}

#[derive(FfiPinned)]
#[ffi(c = iovec)]
struct Segment<'a> {
    #[ffi(ptr = base)]
    bytes: &'a [u8],
}

type msghdr = iovec;

#[derive(FfiPinned)]
#[ffi(c = msghdr)]
struct Alias<'a> {
    #[ffi(ptr = base)]
    bytes: &'a [u8],
}

fn main() {}
