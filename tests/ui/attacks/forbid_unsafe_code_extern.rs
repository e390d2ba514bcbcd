//! An `unsafe extern` block stays the user's own claim under the attribute: `forbid(unsafe_code)` refuses it.
#![forbid(unsafe_code)]
use pin_ffi::pinned_ffi;

#[pinned_ffi]
unsafe extern "C" {
    safe fn strlen(#[ffi(cstr)] s: *const std::ffi::c_char) -> usize;
}

fn main() {
    strlen(c"");
}
