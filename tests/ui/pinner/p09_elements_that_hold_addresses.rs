//! Elements are plain: C would follow the addresses in a slice of boxes.

fn main() {
    let boxes = vec![Box::new(1_u8)];
    pin_ffi::scope(|s| {
        let _ = s.pin(&boxes[..]);
    });
}
