//! A mapping right below the stack would be written over by it.

use pin_ffi::mmap::MmapOptions;

fn main() {
    let map = MmapOptions::new().len(4096).at(0x7ffd_0000_0000).map_anon().unwrap();
    drop(map);
}
