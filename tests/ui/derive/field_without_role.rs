//! With a target every field says what it is to C.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(len = iov_len)]
    counted: &'a [u8],
    forgotten: &'a [u8],
    #[ffi(max = 3)]
    r#type: u8,
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Tuple<'a>(#[ffi(ptr = iov_base, len = iov_len)] &'a [u8], u8);

fn main() {}
