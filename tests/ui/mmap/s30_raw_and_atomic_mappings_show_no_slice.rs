//! What others may change is not shown as bytes that stay the same.

use pin_ffi::mmap::{AtomicRegion, MmapMut, MmapRaw};

fn main() {
    let raw = MmapRaw::from(MmapMut::anon(4).unwrap());
    println!("{}", raw[0]);
    let shared = AtomicRegion::from(MmapMut::anon(4).unwrap());
    println!("{}", shared[0]);
    let bytes: &[u8] = shared.as_ref();
    drop(bytes);
}
