//! The value of an operation cannot be touched while C may hold it, nor given back twice.
use pin_ffi::{FfiPinned, InFlight};

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: Vec<u8>,
}

fn main() {
    let segment = Segment { bytes: vec![0; 4] };
    let mut operation = InFlight::new(segment).unwrap();
    println!("{}", segment.bytes.len());
    operation.value.bytes.push(1);
    let copy = operation.clone();
    let value = operation.into_value();
    operation.start();
    drop((copy, value));
}
