//! C fields of a type that the word cannot fill.
#![allow(non_camel_case_types)]
use pin_ffi::FfiPinned;

#[repr(C)]
struct packet {
    data: u16,
    wide: *mut *mut u8,
    n: f64,
    flag: bool,
    small: u8,
    bytes: *mut u8,
}

#[derive(FfiPinned)]
#[ffi(c = packet)]
struct Address<'a> {
    #[ffi(ptr = data)]
    bytes: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = packet)]
struct Length<'a> {
    #[ffi(ptr = bytes, len = n)]
    bytes: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = packet)]
struct Set {
    #[ffi(set = small)]
    text: String,
}

#[derive(FfiPinned)]
#[ffi(c = packet)]
struct Out {
    #[ffi(out = flag)]
    flag: bool,
}

#[derive(FfiPinned)]
#[ffi(c = packet)]
struct Pointer {
    #[ffi(set = bytes)]
    address: *mut u8,
}

fn main() {}
