//! A pinner moves, and is not copied.

use pin_ffi::Pinner;

fn main() {
    let pinner = Pinner::new();
    let moved = pinner;
    let cloned = moved.clone();
    drop((pinner, moved, cloned));
}
