//! What is shared has no such method.

use pin_ffi::mmap::{AtomicRegion, MmapMut, Region, RegionMut};

fn main() {
    Region::from(MmapMut::anon(4).unwrap()).resize(1, true).unwrap();
    RegionMut::from(MmapMut::anon(4).unwrap()).resize(1, true).unwrap();
    AtomicRegion::from(MmapMut::anon(4).unwrap()).resize(1, true).unwrap();
}
