//! Words about a lent buffer, on fields that lend none.
#![allow(non_camel_case_types)]
use pin_ffi::FfiPinned;

#[repr(C)]
struct options {
    a: i32,
    b: i32,
    c: i32,
    d: i32,
    e: i32,
    f: i32,
    n: usize,
    bytes: usize,
    message: libc::msghdr,
}

#[derive(FfiPinned)]
#[ffi(c = options)]
struct Options {
    #[ffi(set = a, len = n)]
    a: i32,
    #[ffi(set = b, len_bytes = bytes)]
    b: i32,
    #[ffi(set = c, null_if_empty)]
    c: i32,
    #[ffi(set = d, max = 3)]
    d: i32,
    #[ffi(set = e, read_only)]
    e: i32,
    #[ffi(set = f, inout)]
    f: i32,
    #[ffi(skip, read_only)]
    g: i32,
    #[ffi(inline = message, max = 3)]
    message: Vec<u8>,
}

fn main() {}
