//! What a mapping shows is borrowed from it: mmf's `Data()` reads what was mapped there next.

use pin_ffi::mmap::{MmapMut, Region};

fn main() {
    let map = MmapMut::anon(4).unwrap();
    let bytes: &[u8] = &map;
    drop(map);
    println!("{bytes:?}");

    let region = Region::from(MmapMut::anon(4).unwrap());
    let numbers = region.view::<u32>(..).unwrap();
    drop(region);
    println!("{numbers:?}");
}
