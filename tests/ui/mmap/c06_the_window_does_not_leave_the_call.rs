//! After the call the memory holds what it held before: no borrow of the file's bytes is left.

use pin_ffi::mmap::MmapOptions;

fn main() {
    let file = std::fs::File::open("file").unwrap();
    let mut memory = vec![0; 1 << 16];
    let mut kept: &[u8] = &[];
    unsafe { MmapOptions::new().map_over(&file, &mut memory, |bytes| kept = bytes) }.unwrap();
    println!("{kept:?}");
}
