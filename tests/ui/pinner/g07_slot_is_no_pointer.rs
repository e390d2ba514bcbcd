//! A slot is a pointer in C memory: neither a number nor a reference.

fn main() {
    let (mut number, mut reference) = (0_usize, &0_u8);
    pin_ffi::scope(|s| {
        let pin = s.pin(b"buffer");
        s.store(&mut number, &pin);
        s.store(&mut reference, &pin);
    });
}
