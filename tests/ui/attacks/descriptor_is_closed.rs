//! A descriptor that is closed before the call.
use pin_ffi::calls;
use std::fs::File;
use std::os::fd::AsFd;

fn main() {
    let file = File::open("Cargo.toml").unwrap();
    let fd = file.as_fd();
    drop(file);
    calls::read(fd, &mut [0; 4]).unwrap();
}
