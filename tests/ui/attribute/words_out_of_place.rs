//! Words on parameters that they say nothing about.
use pin_ffi::pinned_ffi;
use std::ffi::{c_char, c_int, c_void};

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
    safe fn string(#[ffi(cstr, max = 3, null_if_empty)] s: *const c_char);
    safe fn number_max(#[ffi(fd, max = 3, null_if_empty)] fd: c_int);
    safe fn one_struct(#[ffi(pin, max = 3, null_if_empty)] iov: *const libc::iovec);
    safe fn written(#[ffi(out, len = n, filled = all)] p: *const u8, n: usize);
    safe fn changed(#[ffi(inout)] p: *const u8);
    safe fn string_filled(#[ffi(cstr, filled = ret)] s: *const c_char) -> usize;
    safe fn string_checked(#[ffi(cstr, checked)] s: *const c_char);
    safe fn number_filled(#[ffi(fd, filled = all)] fd: c_int);
    fn number_checked(#[ffi(fd, len_bytes = x, checked_mut)] fd: c_int);
}

fn main() {}
