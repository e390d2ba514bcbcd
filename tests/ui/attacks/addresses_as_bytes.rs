//! Plain bytes where C expects structs with addresses in them: the bytes would be followed.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(ptr = msg_iov, len = msg_iovlen)]
    forged: &'a mut [[u64; 2]],
}

fn main() {}
