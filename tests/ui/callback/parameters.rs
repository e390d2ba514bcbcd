//! What a function that C calls can take.
use pin_ffi::pinned_ffi;
use std::ffi::{c_char, c_int, c_void};

#[pinned_ffi]
extern "C" fn generic<T>(#[ffi(in)] p: *const T) {}

#[pinned_ffi]
async extern "C" fn later(n: c_int) {}

#[pinned_ffi]
extern "C" fn void(#[ffi(userdata)] p: *mut c_void) {}

#[pinned_ffi]
extern "C" fn shared(#[ffi(userdata = u32)] p: *const c_void) {}

#[pinned_ffi]
extern "C" fn number(#[ffi(userdata = u32)] p: usize) {}

#[pinned_ffi]
extern "C" fn filled(#[ffi(out, len = n, filled = ret)] p: *mut u8, n: usize) -> usize {
    0
}

#[pinned_ffi]
extern "C" fn pair(#[ffi(in, out, len = n)] p: *mut u8, n: usize) {}

#[pinned_ffi]
extern "C" fn flags(#[ffi(in, len = n)] p: *const bool, n: usize) {
    let _ = p;
}

#[pinned_ffi]
extern "C" fn pattern(#[ffi(in)] (a, b): *const (u8, u8)) {}

#[pinned_ffi]
extern "C" fn missing(#[ffi(in, len = n)] p: *const u8) {}

#[pinned_ffi]
extern "C" fn text(#[ffi(cstr, len = n)] p: *const c_char, n: usize) {}

#[pinned_ffi(panik = 0)]
extern "C" fn panics() -> c_int {
    0
}

#[pinned_ffi(panic)]
extern "C" fn bare() -> c_int {
    0
}

fn main() {}
