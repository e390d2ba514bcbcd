//! The gate would be about one type, and the field have another.
use pin_ffi::FfiPinned;

mod __ffi_field {
    pub struct bytes(u8);
}

macro_rules! ours {
    () => {
        size_of::<__ffi_field::bytes>() == 0
    };
}

struct Select<const OURS: bool>;

trait Bytes {
    type Type;
}

impl Bytes for Select<false> {
    type Type = &'static [u8];
}

impl Bytes for Select<true> {
    type Type = &'static mut [u8];
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: <Select<{ ours!() }> as Bytes>::Type,
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Named {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: <Select<{ size_of::<__ffi_field::bytes>() == 0 }> as Bytes>::Type,
}

fn main() {}
