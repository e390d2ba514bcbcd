//! Safe code cannot claim that C has filled a buffer.
use pin_ffi::{OutBuf, manual::Fill};
use std::mem::MaybeUninit;

fn main() {
    let mut memory = [MaybeUninit::<u8>::uninit(); 4];
    let mut buf = OutBuf::uninit(&mut memory);
    buf.set_filled(4);
    buf.assume_filled(4);
}
