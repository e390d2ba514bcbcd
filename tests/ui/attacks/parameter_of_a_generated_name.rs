//! A parameter of the struct takes over what generated code goes by: whether C may write what is lent.
#![forbid(unsafe_code)]
#![allow(non_upper_case_globals)]

use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Shared<'a, const __PIN_FFI_READ_ONLY_bytes: bool> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Limited<'a, __PinFfiLimits> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
    #[ffi(skip)]
    more: Option<__PinFfiLimits>,
}

fn main() {}
