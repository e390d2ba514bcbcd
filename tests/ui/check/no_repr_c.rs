//! The offsets of a Rust struct are no concern of C's.

use pin_ffi::FfiChecked;

#[derive(FfiChecked)]
struct Request {
    #[ffi(len = size)]
    data: *const u8,
    size: usize,
}

fn main() {}
