//! `full` on a parameter: an `out` buffer that is counted, and a number.
use pin_ffi::pinned_ffi;
use std::ffi::{c_char, c_int};

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = none)]
    safe fn both(#[ffi(out, len = n, filled = ret, full = ret)] buf: *mut c_char, n: usize) -> usize;
    #[ffi(err = none)]
    safe fn everything(#[ffi(out, len = n, full = all)] buf: *mut c_char, n: usize) -> usize;
    #[ffi(err = none)]
    safe fn nothing(#[ffi(out, len = n, full = ret)] buf: *mut c_char, n: usize);
    #[ffi(err = none)]
    safe fn all_there(#[ffi(inout, len = n, full = ret)] buf: *mut c_char, n: usize) -> usize;
    #[ffi(err = none)]
    safe fn one(#[ffi(out, full = ret)] value: *mut c_int) -> c_int;
    #[ffi(err = none)]
    safe fn structs(#[ffi(pin_mut, len = n, full = ret)] values: *mut libc::mmsghdr, n: usize) -> c_int;
    #[ffi(err = none)]
    safe fn name(#[ffi(cstr, full = ret)] name: *const c_char) -> c_int;
}

fn main() {}
