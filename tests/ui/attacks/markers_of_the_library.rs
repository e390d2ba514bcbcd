//! What `derive(Plain)` implements is no other marker: `Send` and `Sync` for the asking.
use pin_ffi::Plain;

mod elsewhere {
    pub mod __private {
        pub use core;
        pub use std::marker::{Send as Plain, Sync as NoPadding};
    }
}

#[derive(Plain)]
#[ffi(crate = crate::elsewhere)]
#[repr(C)]
struct Racy(std::cell::Cell<u64>);

static RACY: Racy = Racy(std::cell::Cell::new(0));

fn main() {
    std::thread::scope(|scope| {
        scope.spawn(|| RACY.0.set(1));
        RACY.0.set(2);
    });
}
