//! What C has read is left out of the buffer, and what it has written is shown: the buffer must know how.
#![allow(non_camel_case_types)]
use pin_ffi::{FfiPinned, OutBuf};

#[repr(C)]
struct stream {
    src: *const u8,
    n: u32,
    pos: u32,
    dst: *mut u8,
    room: u32,
}

#[derive(FfiPinned)]
#[ffi(c = stream)]
struct Owned {
    #[ffi(ptr = src, len = n, pos = pos)]
    src: Vec<u8>,
    #[ffi(ptr = dst, len = room, advance)]
    dst: Vec<u8>,
}

#[derive(FfiPinned)]
#[ffi(c = stream)]
struct Crossed<'a> {
    #[ffi(ptr = src, len = n, advance)]
    src: OutBuf<'a, u8>,
    #[ffi(ptr = dst, len = room, advance)]
    dst: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = stream)]
struct Text<'a> {
    #[ffi(ptr = src, len = n, pos = pos)]
    src: &'a str,
}

fn main() {}
