//! A raw pointer behind a type alias is no plain value.
use pin_ffi::pinned_ffi;
use std::ffi::c_char;

type CString = *const c_char;

#[pinned_ffi]
unsafe extern "C" {
    safe fn strlen(s: CString) -> usize;
}

fn main() {}
