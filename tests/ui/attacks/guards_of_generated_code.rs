//! The names that generated code uses are not there for the user's.
use pin_ffi::{FfiPinned, pinned_ffi};
use std::io;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len, max = MAX_bytes)]
    bytes: &'a mut [u8],
}

#[pinned_ffi]
fn receive(#[ffi(pin_mut)] segment: &mut Segment<'_>) -> io::Result<()> {
    lent_segment.set(true);
    value_segment.bytes = &mut [];
    kept_segment;
    scratch.reset();
    Ok(c_segment)
}

#[pinned_ffi]
extern "C" fn called(#[ffi(in, len = n)] p: *const u8, n: usize) -> usize {
    n + len_p
}

fn main() {}
