//! Elements that are pointers: C would follow addresses that nothing keeps, or read their lengths as data.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Slices<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    slices: &'a [&'a [u8]],
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Pointers {
    #[ffi(ptr = iov_base, len = iov_len)]
    pointers: Vec<*const u8>,
}

fn main() {}
