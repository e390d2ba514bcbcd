//! There is nothing to close under a reader: whoever wants the mapping back takes the region out of it.

use pin_ffi::mmap::{MmapMut, Region};
use std::io::Read;

fn main() {
    let mut reader = Region::from(MmapMut::anon(4).unwrap()).reader();
    let map = reader.into_region().try_into_map().unwrap();
    drop(map);
    reader.read(&mut [0]).unwrap();
}
