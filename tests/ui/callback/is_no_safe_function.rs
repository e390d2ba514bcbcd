//! A callback that takes pointers does not pass for a safe function.
use pin_ffi::pinned_ffi;

#[pinned_ffi]
extern "C" fn on_data(#[ffi(in, len = n)] bytes: *const u8, n: usize) {
    let _ = bytes;
}

fn main() {
    let _: extern "C" fn(*const u8, usize) = on_data;
}
