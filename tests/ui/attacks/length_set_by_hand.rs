//! A length of `libc`'s structs cannot be set to a number, nor an address be a plain value.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Set {
    #[ffi(set = msg_namelen)]
    length: u32,
}

#[derive(FfiPinned)]
#[ffi(c = libc::aiocb)]
struct Aio {
    #[ffi(inout = aio_nbytes)]
    length: usize,
}

fn main() {}
