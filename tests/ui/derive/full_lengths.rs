//! `full`: C may report more than fits of a buffer whose length it is told.
use pin_ffi::{FfiPinned, OutBuf};

#[repr(C)]
struct text {
    data: *mut u8,
    len: u32,
    needed: u32,
}

#[derive(FfiPinned)]
#[ffi(c = text)]
struct NoLength<'a> {
    #[ffi(ptr = data, full = needed)]
    data: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = text)]
struct NoBuffer {
    #[ffi(set = len, full = needed)]
    len: u32,
}

#[derive(FfiPinned)]
#[ffi(c = text)]
struct Two<'a> {
    #[ffi(ptr = data, len = len, inout, full = len)]
    data: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = text)]
struct ReadOnly<'a> {
    #[ffi(ptr = data, len = len, full = needed, read_only)]
    data: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = text)]
struct Taken<'a> {
    #[ffi(ptr = data, len = len, full = needed)]
    data: OutBuf<'a, u8>,
    #[ffi(out = needed)]
    needed: u32,
}

#[derive(FfiPinned)]
#[ffi(c = text)]
struct NoPlace<'a> {
    #[ffi(ptr = data, len = len, full)]
    data: OutBuf<'a, u8>,
}

fn main() {}
