//! Two holders that write would race: a region to write is split, and then gone.

use pin_ffi::mmap::{MmapMut, RegionMut};

fn main() {
    let mut region = RegionMut::from(MmapMut::anon(4).unwrap());
    let (low, high) = region.split_at(2);
    region[0] = 1;
    drop((low, high));
}
