//! Text is for reading: C could write what is not UTF-8.

fn main() {
    let mut text = String::from("text");
    pin_ffi::scope(|s| {
        let _ = s.pin_mut(&mut text);
    });
}
