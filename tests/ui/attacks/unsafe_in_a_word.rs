//! An `unsafe` block of the user's stands among those of generated code, and would pass for one of them.
#![forbid(unsafe_code)]

use pin_ffi::{FfiPinned, pinned_ffi};

struct Peek(usize);

trait Read {
    fn read(&self) -> u8;
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len, max = {
        impl Read for Peek {
            fn read(&self) -> u8 {
                unsafe { *(self.0 as *const u8) }
            }
        }
        4096
    })]
    bytes: &'a [u8],
}

#[pinned_ffi]
unsafe extern "C" {
    safe fn sum(#[ffi(in, len = n, max = unsafe { 7 })] bytes: *const u8, n: usize) -> u32;
}

fn main() {}
