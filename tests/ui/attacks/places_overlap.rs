//! Two members of a union, each word true of C's declaration: one buffer would get the other one's address for a length.
#![allow(non_camel_case_types)]

use pin_ffi::FfiPinned;

#[derive(Clone, Copy)]
#[repr(C)]
pub struct pointer_first {
    bytes: *const u8,
    n: usize,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub struct length_first {
    n: usize,
    bytes: *const u8,
}

#[repr(C)]
pub union either {
    a: pointer_first,
    b: length_first,
    whole: libc::iovec,
}

#[repr(C)]
pub struct request {
    kind: u32,
    of: either,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Both<'a> {
    #[ffi(set = kind)]
    kind: u32,
    #[ffi(ptr = of.a.bytes, len = of.a.n)]
    a: &'a [u8],
    #[ffi(ptr = of.b.bytes, len = of.b.n)]
    b: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct LengthByTwoNames<'a> {
    #[ffi(ptr = of.a.bytes, len = of.a.n)]
    a: &'a [u8],
    #[ffi(set = of.whole.iov_len)]
    n: usize,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Whole<'a> {
    #[ffi(inline = of.whole)]
    whole: &'a [u8],
    #[ffi(inout = of.b.n)]
    n: usize,
}

fn main() {
    let _ = Both { kind: 0, a: &[1, 2], b: &[3; 100] }.with_pinned(|_| ());
}
