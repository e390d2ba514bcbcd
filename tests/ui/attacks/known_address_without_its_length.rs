//! The address would get the length of another buffer.

use pin_ffi::{FfiPinned, OutBuf};

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(ptr = msg_name)]
    name: &'a mut [u8],
    #[ffi(ptr = msg_control, len = msg_controllen, inout)]
    control: OutBuf<'a, u8>,
}

fn main() {}
