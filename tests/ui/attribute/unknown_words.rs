//! Misspelt words, failures and parameters.
use pin_ffi::pinned_ffi;
use std::ffi::{c_int, c_void};

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus1)]
    safe fn read(#[ffi(fd)] fd: c_int, #[ffi(out, len = n, filed = ret)] buf: *mut c_void, n: usize) -> isize;
    #[ffi(err = errno)]
    safe fn write(#[ffi(fd)] fd: c_int, #[ffi(in, len = size)] buf: *const c_void, n: usize) -> isize;
    #[ffi(error = none)]
    safe fn getpid() -> c_int;
    safe fn send(#[ffi(inn, len = lenght)] buf: *const u8, length: usize) -> c_int;
    safe fn call(#[ffi(frobnicate)] buf: *const u8);
    safe fn name(#[ffi(ptr)] buf: *const u8);
}

#[pinned_ffi(krate = pin_ffi)]
unsafe extern "C" {
    safe fn getppid() -> c_int;
}

fn main() {}
