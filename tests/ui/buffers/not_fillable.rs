//! Arguments of `read` that C cannot fill.
use pin_ffi::{OutBuf, calls};
use std::os::fd::AsFd;

fn main() {
    let stdin = std::io::stdin();
    let bytes = [0; 4];
    calls::read(stdin.as_fd(), &bytes).unwrap();
    calls::read(stdin.as_fd(), &mut vec![0; 4]).unwrap();
    let mut memory = [0; 4];
    calls::read(stdin.as_fd(), OutBuf::new(&mut memory)).unwrap();
}
