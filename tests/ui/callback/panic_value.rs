//! The answer after a panic is of the returned type, and its expression is in safe code.
use pin_ffi::pinned_ffi;
use std::ffi::c_int;

unsafe fn answer() -> c_int {
    -1
}

#[pinned_ffi(panic = answer())]
extern "C" fn needs_unsafe(#[ffi(in)] n: *const c_int) -> c_int {
    *n
}

#[pinned_ffi(panic = "no")]
extern "C" fn text(#[ffi(in)] n: *const c_int) -> c_int {
    *n
}

#[pinned_ffi(panic = *n)]
extern "C" fn parameter(#[ffi(in)] n: *const c_int) -> c_int {
    *n
}

fn main() {}
