//! Words about addresses on fields that hold none, and pairs that contradict each other.

use pin_ffi::FfiChecked;

#[derive(FfiChecked)]
#[repr(C)]
struct Request {
    #[ffi(len = 4)]
    size: usize,
    #[ffi(foreign, len = size)]
    mine: *mut u8,
    #[ffi(inline, nested)]
    iov: libc::iovec,
    #[ffi(len = size, len_bytes = size)]
    data: *const u32,
    #[ffi(ptr, nested)]
    address: u64,
    #[ffi(lenn = size)]
    other: *const u8,
    #[ffi(cstr, len = size)]
    name: *const libc::c_char,
    #[ffi(cstr)]
    flag: u8,
}

fn main() {}
