//! Elements with a gap: its bytes are uninitialised.
use pin_ffi::FfiPinned;

#[repr(C)]
#[derive(Clone, Copy)]
struct Gap {
    a: u8,
    b: u32,
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Records<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    records: &'a [Gap],
}

fn main() {}
