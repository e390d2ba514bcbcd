//! Nothing is known of the structs that an address leads to.

use pin_ffi::FfiChecked;

#[repr(C)]
struct Part {
    data: *const u8,
}

#[derive(FfiChecked)]
#[repr(C)]
struct Request {
    #[ffi(nested)]
    part: *const Part,
}

fn main() {}
