//! Advice that loses bytes is given by whoever can do without them, while nobody borrows them.

use pin_ffi::mmap::{LossyAdvice, MmapMut, RegionMut};

fn main() {
    let mut map = MmapMut::anon(8).unwrap();
    map.advise_lossy(LossyAdvice::DontNeed).unwrap();
    RegionMut::from(map).advise_lossy_range(LossyAdvice::Remove, ..).unwrap();
}
