//! What C lends to a callback is lent for the call.
use pin_ffi::pinned_ffi;
use std::ffi::c_void;

#[pinned_ffi]
extern "C" fn keeps(#[ffi(in, len = n)] bytes: *const u8, n: usize, #[ffi(userdata = Vec<&'static [u8]>)] kept: *mut c_void) {
    kept.push(bytes);
}

#[pinned_ffi]
extern "C" fn shows(#[ffi(out, len = n)] bytes: *mut u8, n: usize) -> u8 {
    bytes[0]
}

fn main() {}
