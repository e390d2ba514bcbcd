//! Words that cannot stand on one field: each pair says why.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(ptr = msg_iov, array = msg_iov)]
    ptr_array: &'a mut [u8],
    #[ffi(ptr = msg_iov, inline = msg_iov)]
    ptr_inline: &'a mut [u8],
    #[ffi(inline = msg_iov, array = msg_iov)]
    inline_array: &'a mut [u8],
    #[ffi(set = msg_flags, out = msg_flags)]
    set_out: i32,
    #[ffi(set = msg_flags, inout = msg_flags)]
    set_inout: i32,
    #[ffi(inout = msg_flags, out = msg_flags)]
    out_inout: i32,
    #[ffi(skip, ptr = msg_name)]
    skip_ptr: &'a mut [u8],
    #[ffi(ptr = msg_name, set = msg_namelen)]
    ptr_set: &'a mut [u8],
    #[ffi(array = msg_iov, inout = msg_iovlen)]
    array_inout: &'a mut [u8],
    #[ffi(ptr = msg_name, len = msg_namelen, len_bytes = msg_namelen)]
    len_len_bytes: &'a mut [u8],
}

fn main() {}
