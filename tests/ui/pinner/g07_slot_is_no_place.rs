//! The slot itself is passed, not what it holds.

fn main() {
    let slot = std::ptr::null_mut::<u8>();
    pin_ffi::scope(|s| {
        s.store(slot, &s.pin(b"buffer"));
    });
}
