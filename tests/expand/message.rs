use pin_ffi::{FfiPinned, OutBuf};

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(ptr = msg_name, len_bytes = msg_namelen, inout)]
    name: Option<OutBuf<'a, u8>>,
    #[ffi(array = msg_iov, len = msg_iovlen)]
    parts: Vec<&'a mut [u8]>,
    #[ffi(ptr = msg_control, len_bytes = msg_controllen, inout)]
    control: OutBuf<'a, u8>,
    #[ffi(out = msg_flags)]
    flags: i32,
}
