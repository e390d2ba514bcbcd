//! What a field's type says where the struct stands is another type in generated code, and the user's `Deref` makes the
//! one of the other, with another answer each time.
#![forbid(unsafe_code)]

use pin_ffi::{FfiPinned, OutVec};
use std::ops::{Deref, DerefMut};

// In generated code the marker of a field.
mod __ffi_field {
    #[allow(non_camel_case_types)]
    pub type hdr = [u8];
}

macro_rules! marker {
    () => {
        __ffi_field::hdr
    };
}

trait Select {
    type Type;
}

impl<T> Select for T {
    type Type = Gated;
}

impl Select for [u8] {
    type Type = Real;
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Gated {
    #[ffi(ptr = msg_name, len = msg_namelen, inout)]
    name: OutVec<u8>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Real {
    #[ffi(set = msg_flags)]
    flags: i32,
    #[ffi(skip)]
    values: [Gated; 2],
    #[ffi(skip)]
    asked: usize,
}

impl Deref for Real {
    type Target = Gated;
    fn deref(&self) -> &Gated {
        &self.values[0]
    }
}

impl DerefMut for Real {
    fn deref_mut(&mut self) -> &mut Gated {
        self.asked += 1;
        &mut self.values[self.asked - 1]
    }
}

#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct Message {
    #[ffi(inline = msg_hdr)]
    hdr: <marker!() as Select>::Type,
}

fn main() {}
