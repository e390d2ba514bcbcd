//! What somebody looks at is not taken away.

use pin_ffi::mmap::{LossyAdvice, MmapMut};

fn main() {
    let mut map = MmapMut::anon(8).unwrap();
    let first = &map[0];
    unsafe { map.advise_lossy(LossyAdvice::DontNeed) }.unwrap();
    println!("{first}");
}
