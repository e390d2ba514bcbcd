//! A C struct that is not there is one error.
use pin_ffi::{FfiPinned, FfiPinnedMut};

#[derive(FfiPinned)]
#[ffi(c = libc::no_such_struct)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

fn main() {
    let mut bytes = [0; 4];
    let _ = Segment { bytes: &mut bytes }.with_pinned_mut(|_| ());
}
