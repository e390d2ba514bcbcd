//! What is shared has no such method.

use pin_ffi::mmap::{AtomicRegion, MmapMut, Region, RegionMut};
use std::sync::atomic::AtomicU8;

fn main() {
    Region::from(MmapMut::anon(4).unwrap()).resize(1, true).unwrap();
    RegionMut::from(MmapMut::anon(4).unwrap()).resize(1, true).unwrap();
    AtomicRegion::<AtomicU8>::try_from(MmapMut::anon(4).unwrap()).unwrap().resize(1, true).unwrap();
}
