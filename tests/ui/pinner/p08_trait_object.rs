//! A trait object has no elements.

use std::fmt::Debug;

fn main() {
    let object: &dyn Debug = &1_u8;
    pin_ffi::scope(|s| {
        let _ = s.pin(object);
    });
}
