//! Not every byte is a `bool`, and a reference cannot come out of a file.

use pin_ffi::mmap::MmapMut;

fn main() {
    let mut map = MmapMut::anon(8).unwrap();
    println!("{}", map.view::<bool>(..).unwrap()[0]);
    println!("{}", map.view_mut::<&u8>(..).unwrap()[0]);
}
