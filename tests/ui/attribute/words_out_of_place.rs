//! Words on parameters that they say nothing about.
use pin_ffi::pinned_ffi;
use std::ffi::{c_int, c_void};

#[pinned_ffi]
unsafe extern "C" {
    safe fn number(#[ffi(in)] n: c_int);
    safe fn nullable_number(#[ffi(nullable)] n: c_int);
    safe fn only_length(#[ffi(len = n)] p: *const u8, n: usize);
    safe fn only_nullable(#[ffi(nullable)] p: *const u8);
    safe fn empty_single(#[ffi(in, null_if_empty)] p: *const u8);
    safe fn max_single(#[ffi(in, max = 3)] p: *const u8);
    safe fn void(#[ffi(in)] p: *const c_void);
    safe fn void_out(#[ffi(out)] p: *mut c_void);
    safe fn void_struct(#[ffi(pin)] p: *const c_void);
    safe fn descriptor(#[ffi(fd)] p: *const c_int);
    safe fn written(#[ffi(out, len = n, filled = all)] p: *const u8, n: usize);
    safe fn changed(#[ffi(inout)] p: *const u8);
}

fn main() {}
