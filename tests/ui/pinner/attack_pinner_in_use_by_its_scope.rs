//! A scope that uses a pinner's storage has it for itself.

use pin_ffi::Pinner;

fn main() {
    let mut pinner = Pinner::new();
    let pin = pinner.pin(b"buffer");
    pinner.scope(|_| pin.len());
    pinner.scope(|_| pinner.pin(b"buffer").len());
}
