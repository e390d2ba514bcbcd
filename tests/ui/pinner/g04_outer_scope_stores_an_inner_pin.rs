//! A pin of an inner scope would end before the outer scope nulls the slot.

fn main() {
    let buf = [0_u8; 4];
    let mut slot = std::ptr::null::<u8>();
    pin_ffi::scope(|outer| {
        pin_ffi::scope(|inner| {
            outer.store(&mut slot, &inner.pin(&buf));
        });
    });
}
