//! C changes the length, and the buffer cannot remember it.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(ptr = msg_control, len = msg_controllen, inout)]
    control: &'a mut [u8],
}

fn main() {}
