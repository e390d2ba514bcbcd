//! An operation that writes, of a value that C may only read.
use pin_ffi::{FfiPinned, InFlight};

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment {
    #[ffi(ptr = iov_base, len = iov_len)]
    text: String,
}

fn main() {
    let reading = InFlight::reading(Segment { text: String::new() });
    drop(reading);
    let _ = InFlight::new(Segment { text: String::new() });
}
