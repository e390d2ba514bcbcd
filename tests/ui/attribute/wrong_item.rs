//! The attribute on items that it is not for.
use pin_ffi::pinned_ffi;

#[pinned_ffi]
struct Segment<'a> {
    bytes: &'a [u8],
}

#[pinned_ffi]
#[allow(dead_code)]
pub enum Either {}

#[pinned_ffi]
const N: usize = 3;

#[pinned_ffi]
mod calls {}

fn main() {
    let _ = Segment { bytes: &[] };
    let _ = N;
}
