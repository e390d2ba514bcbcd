//! Nor has it methods that write.

use pin_ffi::mmap::{Mmap, MmapMut, Region};

fn main() {
    let map: Mmap = MmapMut::anon(4).unwrap().make_read_only().unwrap();
    map.flush().unwrap();
    map.view_mut::<u32>(..).unwrap()[0] = 1;
    map.try_write_at(0, b"x").unwrap();
    Region::from(map).reader().into_writer();
}
