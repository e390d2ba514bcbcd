//! A map has no memory that could be lent.

use std::collections::HashMap;

fn main() {
    let map = HashMap::from([(1_u8, 2_u8)]);
    pin_ffi::scope(|s| {
        let _ = s.pin(&map);
    });
}
