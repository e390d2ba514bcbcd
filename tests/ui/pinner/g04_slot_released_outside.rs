//! A stored slot belongs to its scope.

fn main() {
    let mut slot = std::ptr::null::<u8>();
    let stored = pin_ffi::scope(|s| s.store(&mut slot, &s.pin(b"buffer")));
    stored.release();
}
