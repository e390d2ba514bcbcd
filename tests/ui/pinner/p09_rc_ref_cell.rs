//! What is behind a `RefCell` can be borrowed, and that can be lent.

use std::cell::RefCell;
use std::rc::Rc;

fn main() {
    let shared = Rc::new(RefCell::new(vec![0_u8; 16]));
    pin_ffi::scope(|s| {
        let _ = s.pin(&shared);
    });
}
