//! Only what ends in a NUL is a C string.
use pin_ffi::calls;

fn main() {
    let mut buf = [0; 4];
    calls::readlink("link", &mut buf).unwrap();
    calls::readlink(b"link", &mut buf).unwrap();
    calls::readlink(String::from("link\0"), &mut buf).unwrap();
    calls::readlink(c"link", &mut buf).unwrap();
}
