//! The scope itself cannot leave.

fn main() {
    let _s = pin_ffi::scope(|s| s);
}
