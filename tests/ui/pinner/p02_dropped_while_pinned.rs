//! A buffer lives until the pinner that pinned it does.

use pin_ffi::Pinner;

fn main() {
    let buf = vec![0_u8; 16];
    let pinner = Pinner::new();
    let _ = pinner.pin(&buf);
    drop(buf);
    drop(pinner);
}
