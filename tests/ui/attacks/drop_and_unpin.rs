//! A value with a destructor can be lent; that its fields cannot be moved out meanwhile is the compiler's own rule.
use pin_ffi::{FfiPinned, InFlight};

#[derive(FfiPinned)]
struct Packet {
    body: Vec<u8>,
}

impl Drop for Packet {
    fn drop(&mut self) {}
}

fn main() {
    let packet = Packet { body: Vec::new() };
    let Packet { body } = packet;
    let refused = InFlight::new(Packet { body }).unwrap_err();
    let Packet { body } = refused.value;
    drop(body);
}
