//! Any function of any signature would be safe to call, in a program without `unsafe`.

use pin_ffi::pinned_ffi;

#[pinned_ffi]
extern "C" {
    safe fn free(address: usize);
}

fn main() {}
