//! How much C filled must be said, and be something that C says.
use pin_ffi::pinned_ffi;
use std::ffi::c_int;

#[pinned_ffi]
unsafe extern "C" {
    safe fn unsaid(#[ffi(out, len = n)] p: *mut u8, n: usize) -> c_int;
    safe fn nothing(#[ffi(out, len = n, filled = ret)] p: *mut u8, n: usize);
    safe fn by_value(#[ffi(out, len = n, filled = *m)] p: *mut u8, n: usize, m: usize);
    safe fn read_only(#[ffi(out, len = n, filled = *m)] p: *mut u8, n: usize, m: *const usize);
    safe fn missing(#[ffi(out, len = n, filled = *mm)] p: *mut u8, n: usize, m: *mut usize);
    safe fn worded(#[ffi(out, len = n, filled = *m)] p: *mut u8, n: usize, #[ffi(out)] m: *mut usize);
    safe fn no_number(#[ffi(out, len = n, filled = *m)] p: *mut u8, n: usize, m: *mut f64);
    safe fn number(#[ffi(out, len = n, filled = 3)] p: *mut u8, n: usize);
    safe fn was_there(#[ffi(inout, len = n, filled = ret)] p: *mut u8, n: usize) -> c_int;
    safe fn single(#[ffi(out, filled = ret)] p: *mut u8) -> c_int;
    safe fn structs(#[ffi(pin_mut, filled = ret)] p: *mut libc::msghdr) -> c_int;
    safe fn twice(
        #[ffi(out, len = n, filled = ret)] p: *mut u8,
        n: usize,
        #[ffi(out, len = m, filled = ret)] q: *mut u8,
        m: usize,
    ) -> c_int;
    safe fn read_only_capacity(#[ffi(out, len = *n, filled = *n)] p: *mut u8, n: *const usize);
    safe fn structs_open(#[ffi(pin_mut, len = *n)] p: *mut libc::mmsghdr, n: *mut u32);
    safe fn structs_read_only(#[ffi(pin_mut, len = *n, filled = *n)] p: *mut libc::mmsghdr, n: *const u32);
}

fn main() {}
