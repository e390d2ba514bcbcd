//! A struct without a map cannot be walked.

#[repr(C)]
struct Request {
    data: *const u8,
}

fn main() {
    let request = Request { data: std::ptr::null() };
    // SAFETY: null.
    unsafe { pin_ffi::check::verify(&request) };
}
