//! It is another type, and what is shared does not take it.

use pin_ffi::mmap::{LossyAdvice, Mmap, Region};

fn lose(map: &Mmap, region: &Region) {
    unsafe { map.advise_lossy(LossyAdvice::DontNeed) }.unwrap();
    unsafe { region.advise_lossy(LossyAdvice::DontNeed) }.unwrap();
}

fn main() {}
