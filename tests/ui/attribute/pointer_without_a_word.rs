//! A pointer without a word stays a pointer, and its function is not `safe`; one that is `unsafe` may be called so.
use pin_ffi::pinned_ffi;
use std::ffi::{c_char, c_int, c_void};

type Callback = unsafe extern "C" fn(*mut c_void);
type Hidden = *mut u8;

#[pinned_ffi]
unsafe extern "C" {
    safe fn strlen(s: *const c_char) -> usize;
    safe fn atexit(f: unsafe extern "C" fn()) -> c_int;
    safe fn on_event(f: Option<unsafe extern "C" fn(*mut c_void)>);
    #[ffi(err = minus_one)]
    fn read(#[ffi(fd)] fd: c_int, buf: *mut c_void, n: usize) -> isize;
}

fn main() {
    let _ = strlen(c"".as_ptr());
    let stdin = std::io::stdin();
    let _ = read(std::os::fd::AsFd::as_fd(&stdin), std::ptr::null_mut(), 0);
}
