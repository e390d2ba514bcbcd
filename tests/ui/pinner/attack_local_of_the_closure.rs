//! A local of the closure ends before the scope does, also if it is owned through a reference.

fn main() {
    pin_ffi::scope(|s| {
        let local = [0_u8; 16];
        let _ = s.pin(&local);
        let _ = s.pin_owned(&local[..]);
    });
}
