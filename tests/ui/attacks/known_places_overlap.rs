//! What C reports of the outer buffer would be taken for the inner one's.

use pin_ffi::{FfiPinned, OutBuf};

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Header<'a> {
    #[ffi(ptr = msg_control, len = msg_controllen, inout)]
    control: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct Message<'a> {
    #[ffi(inline = msg_hdr)]
    header: Header<'a>,
    #[ffi(ptr = msg_hdr.msg_control, len = msg_hdr.msg_controllen)]
    control: &'a mut [u8],
}

fn main() {}
