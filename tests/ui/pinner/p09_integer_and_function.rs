//! An integer is a plain value, a function nothing to pin.

fn main() {
    let integer = 5_i32;
    pin_ffi::scope(|s| {
        let _ = s.pin(&integer);
        let _ = s.pin(&main);
    });
}
