//! `crate = path` says where the crate is, and what is found there may be anything: a claim, in every macro.
#![forbid(unsafe_code)]
#![allow(non_snake_case)]

// A name like that of a dependency.
extern crate self as elsewhere;

use pin_ffi::{FfiChecked, Plain, pinned_ffi};
use std::io;

mod whole {
    pub use pin_ffi::__private;
}

#[derive(Clone, Copy, Plain)]
#[ffi(crate = crate::whole)]
#[repr(C)]
struct Sample(u32);

#[derive(FfiChecked)]
#[ffi(crate = crate::whole)]
#[repr(C)]
struct Number {
    number: u32,
}

pub mod __private {
    pub use pin_ffi::__private::*;
    // Every field would be one that C only reads.
    pub const fn declared_read_only<F: pin_ffi::__private::PtrField>(_: *const F) -> bool {
        true
    }
}

#[derive(pin_ffi::FfiPinned)]
#[ffi(c = libc::iovec, crate = ::elsewhere)]
struct Shared<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
}

mod functions {
    pub mod __private {
        pub use pin_ffi::__private::*;
        // A function that only unsafe code may call, in the place of one that generated code calls.
        pub use core::ptr::read_volatile as cstr;
    }
}

#[pinned_ffi(crate = crate::functions)]
fn poke(#[ffi(pin)] bytes: &[Vec<u8>]) -> io::Result<()> {
    let _ = bytes;
    Ok(())
}

struct Holder;

impl Holder {
    #[pinned_ffi(crate = crate::functions)]
    fn poke(&self, #[ffi(pin)] bytes: &[Vec<u8>]) -> io::Result<()> {
        let _ = bytes;
        Ok(())
    }
}

#[pinned_ffi(crate = crate::functions)]
extern "C" fn peek(#[ffi(cstr, nullable)] text: *const std::ffi::c_char) {
    let _ = text;
}

fn main() {
    poke(&[]).unwrap();
    Holder.poke(&[]).unwrap();
    let _ = peek;
}
