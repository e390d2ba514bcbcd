//! C goes on after the call: what it uses is owned, not borrowed.
use pin_ffi::{FfiPinned, InFlight};

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

fn borrowed<'a>(segment: Segment<'a>) {
    let _ = InFlight::new(segment);
}

fn main() {
    let mut bytes = [0; 4];
    let mut operation = InFlight::new(Segment { bytes: &mut bytes }).unwrap();
    operation.start();
}
