//! A vector that is pinned does not grow.

use pin_ffi::Pinner;

fn main() {
    let mut vec = vec![0_u8; 16];
    let pinner = Pinner::new();
    let pin = pinner.pin(&vec);
    vec.push(1);
    println!("{:?}", pin);
}
