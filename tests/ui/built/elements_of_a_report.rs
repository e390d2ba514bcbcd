//! C counts bytes behind `unsigned char *`, and whoever chooses the type parameter has larger elements.
#![allow(non_camel_case_types)]

use pin_ffi::{FfiPinned, FfiPinnedMut, OutBuf, manual::Fill};

#[repr(C)]
struct request {
    answer: *mut u8,
    answer_len: u32,
    more: *mut u8,
    room: u32,
    used: u32,
    rest: *mut u8,
    rest_len: u32,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Request<B: Fill> {
    #[ffi(ptr = answer, len = answer_len, inout)]
    answer: B,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Position<B: Fill> {
    #[ffi(ptr = more, len = room, pos = used)]
    more: B,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Rest<B: Fill> {
    #[ffi(ptr = rest, len = rest_len, advance)]
    rest: B,
}

fn main() {
    let mut words = [0_u32; 4];
    Request { answer: OutBuf::new(&mut words) }.with_pinned_mut(|_| ()).unwrap();
    Position { more: OutBuf::new(&mut words) }.with_pinned_mut(|_| ()).unwrap();
    Rest { rest: OutBuf::new(&mut words) }.with_pinned_mut(|_| ()).unwrap();
    let mut bytes = [0_u8; 4];
    Request { answer: OutBuf::new(&mut bytes) }.with_pinned_mut(|_| ()).unwrap();
}
