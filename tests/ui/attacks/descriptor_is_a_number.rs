//! A descriptor is borrowed from its owner: a number could be anybody's.
use pin_ffi::calls;
use std::os::fd::AsRawFd;

fn main() {
    calls::read(0, &mut [0; 4]).unwrap();
    calls::read(std::io::stdin().as_raw_fd(), &mut [0; 4]).unwrap();
}
