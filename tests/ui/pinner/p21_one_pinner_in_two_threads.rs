//! A pinner belongs to one thread at a time.

use pin_ffi::Pinner;
use std::thread;

/// Asks for no more than `spawn` does. A bound of std's own would put lines of std's source into the expected text.
fn in_another_thread<T: Send>(value: T, work: fn(T)) {
    thread::scope(|t| {
        t.spawn(|| work(value));
    });
}

fn main() {
    let pinner = Pinner::new();
    in_another_thread(&pinner, |pinner| assert_eq!(pinner.pin(b"here").len(), 4));
    assert_eq!(pinner.pin(b"and here").len(), 8);
}
