//! What others may change is not shown as bytes that stay the same.

use pin_ffi::mmap::{AtomicRegion, MmapMut, MmapRaw};
use std::sync::atomic::AtomicU8;

fn main() {
    let raw = MmapRaw::from(MmapMut::anon(4).unwrap());
    println!("{}", raw[0]);
    let shared = AtomicRegion::<AtomicU8>::try_from(MmapMut::anon(4).unwrap()).unwrap();
    let bytes: &[u8] = &shared;
    drop(bytes);
}
