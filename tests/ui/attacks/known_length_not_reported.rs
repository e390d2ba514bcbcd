//! `readv` leaves `iov_len` alone, so that all of the memory would pass for filled.

use pin_ffi::{FfiPinned, OutBuf};

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len, inout)]
    bytes: OutBuf<'a, u8>,
}

fn main() {}
