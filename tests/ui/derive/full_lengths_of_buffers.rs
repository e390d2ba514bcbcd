//! The buffer remembers what fits, and the length is one.
use pin_ffi::{FfiPinned, OutBuf};

#[repr(C)]
struct text {
    data: *mut u8,
    len: u32,
    needed: f32,
}

#[derive(FfiPinned)]
#[ffi(c = text)]
struct Forgets<'a> {
    #[ffi(ptr = data, len = len, full = len)]
    data: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = text)]
struct NoNumber<'a> {
    #[ffi(ptr = data, len = len, full = needed)]
    data: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Known<'a> {
    #[ffi(ptr = msg_name, len = msg_namelen, full = msg_iovlen)]
    name: OutBuf<'a, u8>,
}

fn main() {}
