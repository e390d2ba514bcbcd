//! One of two pinners that lets go is not enough.

use pin_ffi::Pinner;

fn main() {
    let buf = String::from("shared");
    let (first, second) = (Pinner::new(), Pinner::new());
    let _ = (first.pin(&buf), second.pin(&buf));
    drop(first);
    drop(buf);
    drop(second);
}
