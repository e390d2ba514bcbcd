//! One mistake in the text of the block is one error.
use pin_ffi::pinned_ffi;
use std::ffi::{c_int, c_void};

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one)]
    safe fn write(#[ffi(fd)] fd: c_int, #[ffi(in, len = count)] buf: *const c_void, count: usize) -> isize
    #[cfg_attr(unix, ffi(err = none))]
    safe fn getpid() -> c_int;
}

fn main() {}
