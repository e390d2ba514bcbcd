//! C counts `uint32_t`s, and its field does not say so: whoever chooses a type parameter would choose how far C reads.
#![allow(non_camel_case_types)]

use core::ffi::c_void;
use pin_ffi::{Lend, FfiPinned, OutBuf, Plain};

#[repr(C)]
struct numbers {
    at: u64,
    count: u32,
    address: *const c_void,
    typed: *mut u32,
    room: *mut c_void,
}

#[derive(FfiPinned)]
#[ffi(c = numbers)]
struct AtAnInteger<T> {
    #[ffi(ptr = at, len = count)]
    values: T,
}

#[derive(FfiPinned)]
#[ffi(c = numbers)]
struct AtVoid<'a, T: Plain> {
    #[ffi(ptr = address, len = count)]
    values: &'a [T],
}

#[derive(FfiPinned)]
#[ffi(c = numbers)]
struct Reported<'a, T: Plain> {
    #[ffi(ptr = room, len = count, inout)]
    values: OutBuf<'a, T>,
}

trait Other {
    type Elem;
}

#[derive(FfiPinned)]
#[ffi(c = numbers)]
struct StatedOfAnother<T: Lend + Other<Elem = u32>> {
    #[ffi(ptr = at, len = count)]
    values: T,
}

#[derive(FfiPinned)]
#[ffi(c = numbers)]
struct StatedByAnother<T: Lend<Elem = U>, U> {
    #[ffi(ptr = at, len = count)]
    values: T,
    #[ffi(skip)]
    of: core::marker::PhantomData<U>,
}

// These say it.

#[derive(FfiPinned)]
#[ffi(c = numbers)]
struct Stated<T: Lend<Elem = u32>> {
    #[ffi(ptr = at, len = count)]
    values: T,
}

#[derive(FfiPinned)]
#[ffi(c = numbers)]
struct StatedElsewhere<'a, T>
where
    T: Lend<Elem = u32>,
{
    #[ffi(ptr = address, len = count)]
    values: Option<T>,
    #[ffi(skip)]
    of: &'a (),
}

#[derive(FfiPinned)]
#[ffi(c = numbers)]
struct ByC<T: Lend> {
    #[ffi(ptr = typed, len = count)]
    values: T,
}

#[derive(FfiPinned)]
#[ffi(c = numbers)]
struct InBytes<T: Lend> {
    #[ffi(ptr = at, len_bytes = count)]
    values: T,
}

#[derive(FfiPinned)]
#[ffi(c = numbers)]
struct Closed<const N: usize> {
    #[ffi(ptr = at, len = count)]
    values: [u32; N],
}

fn main() {}
