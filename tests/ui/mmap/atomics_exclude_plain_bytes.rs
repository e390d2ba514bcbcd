//! While bytes are atomics they are nothing else.

use pin_ffi::mmap::MmapMut;
use std::sync::atomic::Ordering;

fn main() {
    let mut map = MmapMut::anon(4).unwrap();
    let word = &map.atomic_u32(..).unwrap()[0];
    let bytes = &map[..];
    word.store(1, Ordering::Relaxed);
    println!("{bytes:?}");
}
