//! A buffer that C writes, borrowed for reading before and used after.
use pin_ffi::{FfiPinned, OutBuf, calls};
use std::os::fd::AsFd;

#[derive(FfiPinned)]
struct Packet<'a> {
    body: &'a mut [u8],
}

fn main() {
    let stdin = std::io::stdin();
    let mut bytes = [0; 8];
    let first = &bytes[0];
    calls::readv(stdin.as_fd(), &mut Packet { body: &mut bytes }).unwrap();
    println!("{first}");

    let mut memory = [0; 8];
    let mut buf = OutBuf::new(&mut memory);
    let filled = buf.filled();
    calls::read(stdin.as_fd(), &mut buf).unwrap();
    println!("{filled:?}");
    memory[0] = 1;
    println!("{buf:?}");
}
