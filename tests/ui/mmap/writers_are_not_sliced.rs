//! A part of a region to write would overlap it.

use pin_ffi::mmap::{MmapMut, RegionMut};

fn main() {
    let region = RegionMut::from(MmapMut::anon(4).unwrap());
    let part = region.slice(1..);
    drop(part);
}
