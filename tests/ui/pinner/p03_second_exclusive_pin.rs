//! A buffer is pinned for writing once.

fn main() {
    let mut buf = [0_u8; 16];
    pin_ffi::scope(|s| {
        let _ = s.pin_mut(&mut buf);
        let _ = s.pin_mut(&mut buf);
    });
}
