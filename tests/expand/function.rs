use pin_ffi::pinned_ffi;
use std::ffi::{c_int, c_ulong};

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = nonzero)]
    safe fn compress(
        #[ffi(out, len = *to_len, filled = *to_len)] to: *mut u8,
        to_len: *mut c_ulong,
        #[ffi(in, len = from_len)] from: *const u8,
        from_len: c_ulong,
    ) -> c_int;
}
