//! A pin stays with its scope's thread.

use std::thread;

/// Asks for no more than `spawn` does. A bound of std's own would put lines of std's source into the expected text.
fn in_another_thread<T: Send>(value: T, work: fn(T)) {
    thread::scope(|t| {
        t.spawn(|| work(value));
    });
}

fn main() {
    pin_ffi::scope(|s| {
        let pin = s.pin(b"here");
        in_another_thread(pin, |pin| assert_eq!(pin.len(), 4));
    });
}
