//! A pin of a pinner ends with `unpin`.

use pin_ffi::Pinner;

fn main() {
    let pinner = Pinner::new();
    let pin = pinner.pin(b"buffer");
    let pinner = pinner.unpin();
    println!("{:?}", pin.as_ptr());
    drop(pinner);
}
