//! A mapping made to be read is not assigned to: in C, and in mmf, this is a SIGSEGV.

use pin_ffi::mmap::{Mmap, MmapMut, Region};

fn main() {
    let map: Mmap = MmapMut::anon(4).unwrap().make_read_only().unwrap();
    map[0] = 1;
    let region = Region::from(map);
    region[0] = 1;
    region.fill(1);
}
