//! A `Vec` with a file in it is not grown, and not freed, before the file is out of it.

use pin_ffi::mmap::MmapVec;

fn use_it(map: &mut MmapVec) {
    map.as_vec().push(1);
    let vec: Vec<u8> = *map.as_vec();
    drop(vec);
    map[0] = 1;
}

fn main() {}
