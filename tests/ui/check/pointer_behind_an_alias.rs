//! An address behind a type alias would be passed over in silence.

use pin_ffi::FfiChecked;

type Handle = *mut u8;

#[derive(FfiChecked)]
#[repr(C)]
struct Request {
    data: Handle,
}

fn main() {
    let request = Request { data: std::ptr::null_mut() };
    // SAFETY: null.
    unsafe { pin_ffi::check::verify(&request) };
}
