//! Only unsafe code can say that C has finished, and nobody reaches the value before.
use pin_ffi::{FfiPinned, InFlight};

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: Vec<u8>,
}

fn main() {
    let mut operation = InFlight::new(Segment { bytes: vec![0; 4] }).unwrap();
    operation.start();
    operation.complete(true).unwrap();
    let operation = InFlight::new(Segment { bytes: vec![0; 4] }).unwrap();
    let address = operation.into_raw();
    let operation = InFlight::<Segment>::from_raw(address);
    operation.recall();
}
