//! Under a condition, the compiler would see the name on a Rust function, where it means nothing.
use pin_ffi::pinned_ffi;
use std::ffi::c_int;

#[pinned_ffi]
unsafe extern "C" {
    #[cfg_attr(target_os = "macos", link_name = "close$NOCANCEL")]
    safe fn close(#[ffi(fd)] fd: c_int) -> c_int;
}

fn main() {}
