//! An array whose values fill another C struct than the field points at.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    inner: &'a mut [Inner],
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Inner {
    #[ffi(set = msg_flags)]
    flags: i32,
}

fn main() {}
