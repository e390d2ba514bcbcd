//! A map is not a run of bytes.
use pin_ffi::FfiPinned;
use std::collections::HashMap;

#[derive(FfiPinned)]
struct Packet {
    header: [u8; 4],
    fields: HashMap<String, String>,
}

fn main() {}
