//! A struct that holds a raw pointer, passed by value or lent, is no plain value.
use pin_ffi::pinned_ffi;

#[repr(C)]
struct Holder {
    pointer: *mut u8,
}

#[pinned_ffi]
unsafe extern "C" {
    safe fn lent(#[ffi(in)] holder: *const Holder);
    safe fn written(#[ffi(inout)] holder: *mut Holder);
    safe fn many(#[ffi(in, len = n)] holders: *const Holder, n: usize);
}

fn main() {}
