//! How C says that it failed must fit what it returns.
use pin_ffi::pinned_ffi;
use std::ffi::{c_int, c_void};

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one)]
    safe fn nothing();
    #[ffi(err = null)]
    safe fn number() -> c_int;
    #[ffi(err = nonzero)]
    safe fn pointer() -> *mut c_void;
    #[ffi(err = minus_one)]
    safe fn float() -> f64;
    #[ffi(err = returned_errno)]
    safe fn long() -> i64;
    #[ffi(err)]
    safe fn bare() -> c_int;
    #[ffi]
    safe fn empty() -> c_int;
}

mod by_its_name {
    #![allow(non_camel_case_types)]
    pub type ssize_t = u32;
}

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one)]
    safe fn unsigned_by_its_name() -> by_its_name::ssize_t;
    #[ffi(err = negative_errno)]
    safe fn unsigned_error(#[ffi(out, len = n, filled = ret)] p: *mut u8, n: usize) -> by_its_name::ssize_t;
}

fn main() {}
