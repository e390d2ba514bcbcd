//! Elements that C would miscount, found whether the struct is used or not.
#![allow(non_camel_case_types)]
use pin_ffi::FfiPinned;

#[repr(C)]
struct samples {
    data: *const u32,
    n: usize,
    any: *const u8,
}

#[derive(FfiPinned)]
#[ffi(c = samples)]
struct Bytes<'a> {
    #[ffi(ptr = data, len = n)]
    bytes: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = samples)]
struct Arrays<'a> {
    #[ffi(ptr = data, len = n)]
    arrays: &'a [[u8; 4]],
}

#[derive(FfiPinned)]
#[ffi(c = samples)]
struct Nothing<'a> {
    #[ffi(ptr = any, len = n)]
    nothing: &'a [[u8; 0]],
}

fn main() {}
