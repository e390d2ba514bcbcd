//! Making a slice of a raw mapping is a promise.

use pin_ffi::mmap::{MmapMut, MmapRaw};

fn main() {
    let raw = MmapRaw::from(MmapMut::anon(4).unwrap());
    let map = raw.assume_map();
    drop(map);
}
