//! Nothing says which member of a union is there.

use pin_ffi::FfiChecked;

#[derive(FfiChecked)]
#[repr(C)]
union Either {
    bytes: *const u8,
    number: u64,
}

fn main() {}
