//! C keeps what the words promise; safe Rust code need not, so that it cannot call such a function.
use pin_ffi::pinned_ffi;
use std::ffi::{c_int, c_void};

#[pinned_ffi(panic = -1)]
extern "C" fn on_data(
    #[ffi(in, len = n)] bytes: *const u8,
    n: usize,
    #[ffi(userdata = Vec<u8>)] sink: *mut c_void,
) -> c_int {
    sink.extend_from_slice(bytes);
    0
}

fn main() {
    on_data(std::ptr::null(), 7, std::ptr::null_mut());
}
