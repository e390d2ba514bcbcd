//! What counts a buffer: a parameter, a pointer to one, or sums and products of them.
use pin_ffi::pinned_ffi;
use std::ffi::c_int;

const LIMIT: u32 = 3;

#[pinned_ffi]
unsafe extern "C" {
    safe fn pointer(#[ffi(in, len = n)] p: *const u8, n: *mut usize);
    safe fn value(#[ffi(in, len = *n)] p: *const u8, n: usize);
    safe fn missing(#[ffi(in, len = size)] p: *const u8, n: usize);
    safe fn computed(#[ffi(in, len = w - h)] p: *const u8, w: c_int, h: c_int);
    safe fn call(#[ffi(in, len = usize::max(w, h))] p: *const u8, w: usize, h: usize);
    safe fn constant(#[ffi(in, len = w * LIMIT)] p: *const u8, w: usize);
    safe fn worded(#[ffi(in, len = n)] p: *const u8, #[ffi(max = 3)] n: usize);
    safe fn both(#[ffi(in, len = n)] p: *const u8, n: usize, #[ffi(in, len = n * 2)] q: *const u8);
    safe fn float(#[ffi(in, len = n)] p: *const u8, n: f64);
}

fn main() {}
