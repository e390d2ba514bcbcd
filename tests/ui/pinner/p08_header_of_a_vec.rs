//! Nor is the header of a vector: its elements are pinned with `pin`.

fn main() {
    let mut vec = vec![0_u8; 16];
    pin_ffi::scope(|s| {
        let _ = s.pin_value_mut(&mut vec);
    });
}
