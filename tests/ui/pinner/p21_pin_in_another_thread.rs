//! A pin stays with its scope's thread.

use std::thread;

fn main() {
    pin_ffi::scope(|s| {
        let pin = s.pin(b"here");
        thread::scope(|t| {
            t.spawn(move || pin.len());
        });
    });
}
