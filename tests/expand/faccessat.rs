use pin_ffi::pinned_ffi;
use std::ffi::{c_char, c_int};

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one)]
    safe fn faccessat(#[ffi(fd)] directory: c_int, #[ffi(cstr)] path: *const c_char, mode: c_int, flags: c_int) -> c_int;
}
