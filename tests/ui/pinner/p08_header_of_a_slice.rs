//! The header of a slice, a fat pointer, is nothing that C knows.

fn main() {
    let slice: &[u8] = b"elements";
    pin_ffi::scope(|s| {
        let _ = s.pin_value(&slice);
    });
}
