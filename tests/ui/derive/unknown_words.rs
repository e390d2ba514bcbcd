//! A misspelt word gets its nearest neighbour, any other the list of what there is.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(C = libc::iovec)]
struct Container<'a>(&'a [u8]);

#[derive(FfiPinned)]
#[ffi(target = libc::iovec)]
struct Target<'a>(&'a [u8]);

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(prt = iov_base, length = iov_len)]
    near: &'a [u8],
    #[ffi(frobnicate)]
    far: &'a [u8],
    #[ffi(pin)]
    elsewhere: &'a [u8],
}

fn main() {}
