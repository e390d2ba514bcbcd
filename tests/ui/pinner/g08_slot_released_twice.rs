//! A slot is released once: its storage may serve another by then.

fn main() {
    let mut slot = std::ptr::null::<u8>();
    pin_ffi::scope(|s| {
        let stored = s.store(&mut slot, &s.pin(b"buffer"));
        stored.release();
        stored.release();
    });
}
