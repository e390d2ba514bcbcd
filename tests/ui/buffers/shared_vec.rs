//! `&Vec<u8>`: lend the slice, not the vector's header.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
struct Packet<'a> {
    body: &'a Vec<u8>,
}

fn main() {}
