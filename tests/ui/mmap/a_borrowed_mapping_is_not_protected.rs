//! Making it read-only takes it by value: no `&mut` into it is left.

use pin_ffi::mmap::MmapMut;

fn main() {
    let mut map = MmapMut::anon(4).unwrap();
    let first = &mut map[0];
    let read_only = map.make_read_only().unwrap();
    *first = 1;
    drop(read_only);
}
