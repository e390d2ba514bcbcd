//! To the compiler these are two parameters, for one name comes from the macro: each with its own buffer.
use pin_ffi::{FfiPinned, pinned_ffi};
use std::ffi::c_int;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Part<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
}

macro_rules! declare {
    ($x:ident) => {
        #[pinned_ffi]
        unsafe extern "C" {
            safe fn two(#[ffi(in, len = 16)] $x: *const u8, #[ffi(in, len = 2)] x: *const u8) -> c_int;
        }

        #[pinned_ffi]
        extern "C" fn called(
            #[ffi(in, len = 16)] $x: *const u8,
            #[ffi(in, len = 2)] x: *const u8,
        ) -> c_int {
            0
        }

        #[pinned_ffi]
        fn wrapped(#[ffi(pin)] $x: &Part<'_>, #[ffi(pin)] x: &Part<'_>) -> std::io::Result<()> {
            Ok(())
        }
    };
}
declare!(x);

fn main() {}
