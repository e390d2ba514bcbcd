//! Resizing may move or cut it: nobody may hold an address in it.

use pin_ffi::mmap::MmapMut;

fn main() {
    let mut map = MmapMut::anon(4).unwrap();
    let first = &map[0];
    map.resize(1 << 20, true).unwrap();
    println!("{first}");
    let word = &map.atomic_u8(..).unwrap()[0];
    unsafe { map.remap(1, true) }.unwrap();
    println!("{word:?}");
}
