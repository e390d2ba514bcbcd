//! The pinner drops what it owns, which may look at what it borrows.

use pin_ffi::Pinner;

fn main() {
    let pinner = Pinner::new();
    let buf = vec![0_u8; 16];
    let _ = pinner.pin_owned(&buf[..]);
}
