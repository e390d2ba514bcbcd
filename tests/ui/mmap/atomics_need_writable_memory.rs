//! A store through an atomic would fault in read-only memory, so that a mapping to read has none.

use pin_ffi::mmap::{AtomicRegion, MmapMut, Region};
use std::sync::atomic::AtomicU8;

fn main() {
    let map = MmapMut::anon(8).unwrap().make_read_only().unwrap();
    let shared = AtomicRegion::<AtomicU8>::try_from(Region::from(map));
    drop(shared);
}
