//! A derive on a C struct whose fields are not known is a claim about C: `forbid(unsafe_code)` refuses it. On `libc`'s
//! `iovec` the words are checked, and it is fine.
#![forbid(unsafe_code)]
#![allow(non_camel_case_types)]
use pin_ffi::FfiPinned;

#[repr(C)]
pub struct packet {
    data: *const u8,
    len: u8,
}

#[derive(FfiPinned)]
#[ffi(c = packet)]
struct Packet<'a> {
    #[ffi(ptr = data, len = len)]
    payload: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

#[derive(FfiPinned)]
struct Run(Vec<u8>);

fn main() {}
