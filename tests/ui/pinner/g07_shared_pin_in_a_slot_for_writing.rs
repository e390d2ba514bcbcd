//! C may write through a `*mut` slot: it takes exclusive pins alone.

fn main() {
    let mut slot = std::ptr::null_mut::<u8>();
    pin_ffi::scope(|s| {
        s.store(&mut slot, &s.pin(b"constant"));
    });
}
