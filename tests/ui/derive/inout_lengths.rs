//! C changes one length, of one buffer, through one C field.
use pin_ffi::{FfiPinned, OutBuf};

#[allow(non_camel_case_types)]
#[repr(C)]
struct request {
    a: *mut u8,
    b: *mut u8,
    n: u32,
    structs: *mut libc::iovec,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Shared<'a> {
    #[ffi(ptr = a, len = n, inout)]
    a: OutBuf<'a, u8>,
    #[ffi(ptr = b, len = n)]
    b: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct NoLength<'a> {
    #[ffi(ptr = a, inout)]
    a: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct ReadOnly<'a> {
    #[ffi(ptr = a, len = n, inout, read_only)]
    a: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Array<'a> {
    #[ffi(array = structs, len = n, inout)]
    segments: &'a mut [Segment<'a>],
}

#[derive(FfiPinned)]
struct Segment<'a> {
    #[ffi(inout)]
    bytes: OutBuf<'a, u8>,
}

fn main() {}
