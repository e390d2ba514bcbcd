//! Nothing is known of the struct that is to be checked.

use pin_ffi::pinned_ffi;

#[repr(C)]
struct request {
    data: *const u8,
}

#[pinned_ffi]
unsafe extern "C" {
    unsafe fn submit(#[ffi(checked)] request: *mut request);
}

fn main() {}
