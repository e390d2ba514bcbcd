//! A file that others may change or truncate is mapped as a slice only by whoever answers for them.

use pin_ffi::mmap::{MmapMut, MmapOptions};

fn main() {
    let file = std::fs::File::open("file").unwrap();
    let map = MmapOptions::new().map(&file).unwrap();
    let copy = MmapOptions::new().map_copy(&file).unwrap();
    let whole = MmapMut::map_mut(&file).unwrap();
    drop((map, copy, whole));
}
