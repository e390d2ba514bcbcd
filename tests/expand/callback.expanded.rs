// What the macros make of callback.rs.
use pin_ffi::pinned_ffi;
use std::ffi::{c_int, c_void};
#[allow(
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unused_variables,
    unused_mut,
    unused_imports,
    unused_unsafe,
    unreachable_code,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    clippy::nursery
)]
unsafe extern "C" fn on_data(
    bytes: *const u8,
    n: usize,
    received: *mut c_void,
) -> c_int {
    #[allow(unused_imports)]
    use ::pin_ffi::__private as __pin_ffi_private;
    fn __pin_ffi_body(bytes: &[u8], received: &mut Vec<u8>) -> c_int {
        received.extend_from_slice(bytes);
        0
    }
    fn __pin_ffi_answer() -> c_int {
        -1
    }
    ::pin_ffi::__private::guarded(
        "on_data",
        ::pin_ffi::__private::core::option::Option::Some(
            __pin_ffi_answer as fn() -> c_int,
        ),
        || {
            let len_bytes = ::pin_ffi::__private::length(n, "bytes");
            __pin_ffi_body(
                unsafe {
                    __pin_ffi_private::slice_in::<u8, _>(bytes, len_bytes, "bytes")
                },
                ::pin_ffi::__private::required(
                    unsafe {
                        ::pin_ffi::__private::value_mut::<
                            Vec<u8>,
                            _,
                        >(received, "received")
                    },
                    "received",
                ),
            )
        },
    )
}
