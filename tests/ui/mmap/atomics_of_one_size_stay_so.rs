//! Accesses of different sizes must not race: the size belongs to the type, and is copied as bytes only where it is bytes.

use pin_ffi::mmap::{AtomicRegion, MmapMut};
use std::sync::atomic::{AtomicU8, AtomicU32};

fn main() {
    let words = AtomicRegion::<AtomicU32>::try_from(MmapMut::anon(4).unwrap()).unwrap();
    let bytes: AtomicRegion<AtomicU8> = words.clone();
    drop(bytes);
    words.try_copy_to(0, &mut [0]).unwrap();
}
