//! A slot outlives the scope that nulls it.

fn main() {
    pin_ffi::scope(|s| {
        let mut slot = std::ptr::null::<u8>();
        s.store(&mut slot, &s.pin(b"buffer"));
    });
}
