//! The gate would be about one type, and the field have another.
#![allow(non_upper_case_globals)]

use pin_ffi::FfiPinned;

const __PIN_FFI_READ_ONLY_bytes: bool = true;

macro_rules! read_only {
    () => {
        __PIN_FFI_READ_ONLY_bytes
    };
}

struct Select<const SHARED: bool>;

trait Bytes {
    type Type;
}

impl Bytes for Select<true> {
    type Type = &'static [u8];
}

impl Bytes for Select<false> {
    type Type = &'static mut [u8];
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: <Select<{ read_only!() }> as Bytes>::Type,
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Named {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: <Select<__PIN_FFI_READ_ONLY_bytes> as Bytes>::Type,
}

fn main() {}
