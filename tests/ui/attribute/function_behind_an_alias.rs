//! An unsafe function behind a type alias is no plain value either.
use pin_ffi::pinned_ffi;
use std::ffi::c_int;

type Callback = unsafe extern "C" fn();
type Maybe = Option<unsafe extern "C" fn()>;

#[pinned_ffi]
unsafe extern "C" {
    safe fn atexit(f: Callback) -> c_int;
    safe fn at_quick_exit(f: Maybe) -> c_int;
}

fn main() {}
