//! What is a claim needs the right to make it; what is checked does not.
#![forbid(unsafe_code)]

use pin_ffi::{FfiPinned, Plain};

// Checked.
#[derive(FfiPinned)]
struct Record<'a> {
    bytes: &'a mut [u8],
}

// Checked.
#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    parts: Vec<&'a mut [u8]>,
    #[ffi(ptr = msg_control, len = msg_controllen, inout, max = 64)]
    control: pin_ffi::OutBuf<'a, u8>,
    #[ffi(inout = msg_flags)]
    flags: i32,
}

// Checked.
#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct Sample(u32, u32);

#[repr(C)]
struct text {
    address: *const u8,
    len: usize,
}

// A claim about `text`.
#[derive(FfiPinned)]
#[ffi(c = text)]
struct Text<'a> {
    #[ffi(ptr = address, len = len)]
    bytes: &'a [u8],
}

mod elsewhere {
    pub use pin_ffi::*;
    pub mod __private {
        pub use pin_ffi::__private::*;
        pub fn bytes_of<T>(_: Lent<T>, _: &'static Field) -> Result<usize, LendError> {
            Ok(usize::MAX)
        }
    }
}

// A claim about `elsewhere`.
#[derive(FfiPinned)]
#[ffi(crate = crate::elsewhere)]
struct Elsewhere<'a> {
    bytes: &'a mut [u8],
}

fn main() {}
