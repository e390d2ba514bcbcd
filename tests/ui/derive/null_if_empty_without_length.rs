//! Without a length C would follow the NULL.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(ptr = msg_control, null_if_empty)]
    control: &'a mut [u8],
}

fn main() {}
