//! The gate would be about one type, and the field have another.
use pin_ffi::FfiPinned;

struct Place;

impl Place {
    const fn is_read_only(&self) -> bool {
        true
    }
}

const __FFI_TABLE: [Place; 1] = [Place];

macro_rules! read_only {
    () => {
        __FFI_TABLE[0].is_read_only()
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
    bytes: <Select<{ __FFI_TABLE[0].is_read_only() }> as Bytes>::Type,
}

fn main() {}
