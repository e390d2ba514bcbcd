//! Declarations that no C function has, or that nothing could be said of.
use pin_ffi::pinned_ffi;
use std::ffi::{c_char, c_int};

#[pinned_ffi]
unsafe extern "C" {
    safe fn printf(#[ffi(cstr)] format: *const c_char, ...) -> c_int;
    safe fn generic<T>(n: c_int) -> c_int;
    safe fn tuple((a, b): (c_int, c_int)) -> c_int;
    safe fn method(&self) -> c_int;
}

#[pinned_ffi]
extern "C" {
    safe fn getpid() -> c_int;
}

fn main() {}
