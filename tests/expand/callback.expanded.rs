// What the macros make of callback.rs.
use pin_ffi::pinned_ffi;
use std::ffi::{c_int, c_void};
unsafe extern "C" fn on_data(
    bytes: *const u8,
    n: usize,
    received: *mut c_void,
) -> c_int {
    use ::pin_ffi::__private as __ffi;
    fn __pin_ffi_body(bytes: &[u8], received: &mut Vec<u8>) -> c_int {
        received.extend_from_slice(bytes);
        0
    }
    fn __pin_ffi_answer() -> c_int {
        -1
    }
    __ffi::guarded(
        "on_data",
        __ffi::Some(__pin_ffi_answer as fn() -> c_int),
        || {
            let __pin_ffi_len_bytes = __ffi::length(n, "bytes");
            __pin_ffi_body(
                unsafe { __ffi::slice_in::<u8, _>(bytes, __pin_ffi_len_bytes, "bytes") },
                __ffi::required(
                    unsafe { __ffi::value_mut::<Vec<u8>, _>(received, "received") },
                    "received",
                ),
            )
        },
    )
}
