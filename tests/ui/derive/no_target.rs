//! A word that names a C field, and no C struct.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
    #[ffi(len = iov_len)]
    counted: &'a [u8],
    #[ffi(set = flags)]
    flags: u8,
}

fn main() {}
