//! A value of shared buffers in a wrapper that writes.
use pin_ffi::{FfiPinned, pinned_ffi};
use std::io;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
}

struct Plain;

#[pinned_ffi]
fn receive(#[ffi(pin_mut)] segment: &mut Segment<'_>) -> io::Result<()> {
    Ok(())
}

#[pinned_ffi]
fn receive_all(#[ffi(pin_mut)] segments: &mut [Segment<'_>]) -> io::Result<()> {
    Ok(())
}

#[pinned_ffi]
fn plain(#[ffi(pin)] plain: &Plain) -> io::Result<()> {
    Ok(())
}

fn main() {}
