//! C keeps no position in these structs, so that flags and lengths would pass for what it has written.

use pin_ffi::{FfiPinned, OutBuf};

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Flags<'a> {
    #[ffi(ptr = msg_control, len = msg_controllen, pos = msg_flags)]
    control: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len, advance)]
    bytes: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct OtherLength<'a> {
    #[ffi(ptr = msg_control, len = msg_controllen, pos = msg_namelen)]
    control: OutBuf<'a, u8>,
}

fn main() {}
