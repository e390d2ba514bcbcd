//! A C field that is not there: the compiler names those that are.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_bas, len = iov_length)]
    bytes: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::ifconf)]
struct Interfaces<'a> {
    #[ffi(ptr = ifc_ifcu.ifcu_buff, len = ifc_len)]
    bytes: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Flags {
    #[ffi(set = msg_flag)]
    set: i32,
    #[ffi(out = msg_flgs)]
    out: i32,
}

fn main() {}
