//! A pinner belongs to one thread at a time.

use pin_ffi::Pinner;
use std::thread;

fn main() {
    let pinner = Pinner::new();
    thread::scope(|t| {
        t.spawn(|| pinner.pin(b"here").len());
        t.spawn(|| pinner.pin(b"and there").len());
    });
}
