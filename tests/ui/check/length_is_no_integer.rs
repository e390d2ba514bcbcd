//! A length is an integer.

use pin_ffi::FfiChecked;

#[derive(FfiChecked)]
#[repr(C)]
struct Request {
    #[ffi(len = size)]
    data: *const u8,
    size: f64,
}

fn main() {}
