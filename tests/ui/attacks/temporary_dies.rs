//! A buffer that is gone before the call.
use pin_ffi::{FfiPinned, OutBuf, Spare, calls};
use std::os::fd::AsFd;

#[derive(FfiPinned)]
struct Packet<'a> {
    body: &'a mut [u8],
}

fn packet<'a>() -> Packet<'a> {
    let mut bytes = [0; 4];
    Packet { body: &mut bytes }
}

fn main() {
    let stdin = std::io::stdin();
    let mut packet = packet();
    calls::readv(stdin.as_fd(), &mut packet).unwrap();

    let buf = OutBuf::new(&mut [0; 4].map(|n: u8| n));
    println!("{buf:?}");

    let mut spare = {
        let mut vec = Vec::<u8>::with_capacity(4);
        Spare::new(&mut vec)
    };
    spare.keep();

    let name = std::ffi::CString::new("dev").unwrap().as_c_str();
    calls::readlink(name, &mut [0; 4]).unwrap();
}
