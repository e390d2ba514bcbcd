//! An array of values that fill no C struct.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    segments: &'a mut [u64],
}

fn main() {}
