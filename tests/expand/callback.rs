use pin_ffi::pinned_ffi;
use std::ffi::{c_int, c_void};

#[pinned_ffi(panic = -1)]
extern "C" fn on_data(
    #[ffi(in, len = n)] bytes: *const u8,
    n: usize,
    #[ffi(userdata = Vec<u8>)] received: *mut c_void,
) -> c_int {
    received.extend_from_slice(bytes);
    0
}
