//! In the body the value is a filled C struct: its buffers are out of reach, and the struct does not outlive the body.
use pin_ffi::{FfiPinned, pinned_ffi, manual::LentStruct};
use std::io;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

#[pinned_ffi]
fn grows(#[ffi(pin_mut)] segment: &mut Segment<'_>) -> io::Result<()> {
    segment.bytes = &mut [];
    Ok(())
}

#[pinned_ffi]
fn escapes<'a>(#[ffi(pin_mut)] segment: &'a mut Segment<'_>) -> io::Result<LentStruct<'a, libc::iovec>> {
    Ok(segment)
}

#[pinned_ffi]
fn unsafely(#[ffi(pin_mut)] segment: &mut Segment<'_>) -> io::Result<*mut libc::iovec> {
    Ok(segment.as_mut_ptr())
}

fn main() {}
