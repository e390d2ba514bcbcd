//! The filled struct is on the wrapper's stack.

use pin_ffi::{FfiPinned, pinned_ffi, manual::LentStruct};
use std::io;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
}

#[pinned_ffi]
fn keep(#[ffi(pin)] segment: &Segment<'_>, kept: &mut Option<LentStruct<'static, libc::iovec>>) -> io::Result<()> {
    *kept = Some(segment);
    Ok(())
}

fn main() {}
