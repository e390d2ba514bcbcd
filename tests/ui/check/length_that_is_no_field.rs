//! The length is named wrongly.

use pin_ffi::FfiChecked;

#[derive(FfiChecked)]
#[repr(C)]
struct Request {
    #[ffi(len = sise)]
    data: *const u8,
    size: usize,
}

fn main() {}
