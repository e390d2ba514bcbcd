//! Two Rust fields for one C field.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(ptr = msg_name, len = msg_namelen)]
    name: &'a [u8],
    #[ffi(ptr = msg_name)]
    again: &'a [u8],
    #[ffi(set = msg_flags)]
    flags: i32,
    #[ffi(out = msg_flags)]
    flags_after: i32,
    #[ffi(set = msg_namelen)]
    length: u32,
}

fn main() {}
