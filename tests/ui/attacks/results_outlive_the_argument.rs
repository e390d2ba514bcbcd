//! What a call filled is borrowed from the argument.
use pin_ffi::{OutBuf, calls};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;

fn parts<'a>() -> &'a [u8] {
    let mut memory = [MaybeUninit::uninit(); 4];
    let (filled, _) = calls::read(std::io::stdin().as_fd(), &mut memory).unwrap();
    filled
}

fn buffer<'a>() -> &'a [u8] {
    let mut memory = [0; 4];
    let mut buf = OutBuf::new(&mut memory);
    calls::read(std::io::stdin().as_fd(), &mut buf).unwrap();
    buf.into_filled()
}

fn main() {
    let mut memory = [MaybeUninit::uninit(); 4];
    let (filled, rest) = calls::read(std::io::stdin().as_fd(), &mut memory).unwrap();
    memory[0].write(7);
    println!("{filled:?} {rest:?}");
}
