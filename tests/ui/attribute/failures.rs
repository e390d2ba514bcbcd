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

fn main() {}
