//! The computed length would be of the constant, and C be told of the other buffer's.
#![allow(non_upper_case_globals)]

use core::ffi::c_void;
use pin_ffi::pinned_ffi;

const n: usize = 0;

#[pinned_ffi]
unsafe extern "C" {
    safe fn memmove(
        #[ffi(inout, len = n * 1)] to: *mut c_void,
        #[ffi(in, len = n)] from: *const c_void,
        n: usize,
    ) -> *mut c_void;
}

fn main() {
    let _ = memmove(&mut [0; 1], &[0; 100]);
}
