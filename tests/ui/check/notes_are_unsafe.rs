//! What is noted as lent may be read by the pointer check.
use pin_ffi::manual::{Lent, Scratch};

fn main() {
    Scratch::on_heap().note(Lent { ptr: core::ptr::without_provenance_mut::<*const u8>(8), len: 1 }, false);
}
