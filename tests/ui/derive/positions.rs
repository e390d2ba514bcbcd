//! `pos` and `advance` say how far C has come in one buffer.
#![allow(non_camel_case_types)]
use pin_ffi::{FfiPinned, OutBuf};

#[repr(C)]
struct stream {
    src: *const u8,
    dst: *mut u8,
    n: u32,
    pos: u32,
    structs: *mut libc::iovec,
}

#[derive(FfiPinned)]
#[ffi(c = stream)]
struct NoBuffer {
    #[ffi(set = n, pos = pos)]
    n: u32,
    #[ffi(out = pos, advance)]
    pos: u32,
}

#[derive(FfiPinned)]
#[ffi(c = stream)]
struct NoLength<'a> {
    #[ffi(ptr = src, pos = pos)]
    src: &'a [u8],
    #[ffi(ptr = dst, advance)]
    dst: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = stream)]
struct SharedLength<'a> {
    #[ffi(ptr = src, len = n, advance)]
    src: &'a [u8],
    #[ffi(ptr = dst, len = n, pos = pos)]
    dst: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = stream)]
struct Several<'a> {
    #[ffi(ptr = dst, len = n, pos = pos, inout, advance)]
    dst: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = stream)]
struct Array<'a> {
    #[ffi(array = structs, len = n, pos = pos)]
    segments: &'a mut [Segment<'a>],
}

#[derive(FfiPinned)]
struct Segment<'a> {
    #[ffi(advance)]
    bytes: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = stream)]
struct Taken<'a> {
    #[ffi(ptr = dst, len = n, pos = pos)]
    dst: OutBuf<'a, u8>,
    #[ffi(set = pos)]
    pos: u32,
}

#[derive(FfiPinned)]
#[ffi(c = stream)]
struct Forms<'a> {
    #[ffi(ptr = src, len = n, pos)]
    src: &'a [u8],
    #[ffi(ptr = dst, len = n, advance = pos)]
    dst: OutBuf<'a, u8>,
}

fn main() {}
