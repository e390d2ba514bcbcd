//! What is stored stays pinned until the slot is nulled: a pinner of the closure's own would end before.

use pin_ffi::Pinner;

fn main() {
    let buf = [0_u8; 4];
    let mut slot = std::ptr::null::<u8>();
    pin_ffi::scope(|s| {
        let pinner = Pinner::new();
        s.store(&mut slot, &pinner.pin(&buf));
    });
}
