//! No expression of the user's lands inside an `unsafe` block of generated code.
use pin_ffi::{FfiPinned, pinned_ffi};

const unsafe fn danger() -> usize {
    8
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Max<'a> {
    #[ffi(ptr = iov_base, len = iov_len, max = danger())]
    bytes: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Length {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: [u8; danger()],
}

#[pinned_ffi]
unsafe extern "C" {
    safe fn limit(#[ffi(in, len = n, max = danger())] p: *const u8, n: usize);
    safe fn array(#[ffi(in = [u8; danger()], len = n)] p: *const u8, n: usize);
}

#[pinned_ffi]
extern "C" fn called(#[ffi(in = [u8; danger()], len = n)] p: *const std::ffi::c_void, n: usize) {
    let _ = p;
}

fn main() {}
