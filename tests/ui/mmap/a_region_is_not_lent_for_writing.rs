//! Others read a region: C may not write it.

use pin_ffi::manual::LendMut;
use pin_ffi::mmap::{MmapMut, RegionMut};

fn c_writes(_: &mut impl LendMut) {}

fn main() {
    let mut map = MmapMut::anon(8).unwrap();
    c_writes(&mut map);
    let mut region = RegionMut::from(map);
    c_writes(&mut region);
    c_writes(&mut region.freeze());
    c_writes(&mut MmapMut::anon(8).unwrap().make_read_only().unwrap());
}
