//! An integer does not say which C structs it leads to, and a type parameter would let the caller choose.
#![allow(non_camel_case_types)]

use pin_ffi::{FfiArray, FfiPinned};

#[repr(C)]
struct items {
    addr: u64,
    n: u32,
}

#[repr(C)]
struct typed {
    addr: *const libc::iovec,
    n: u32,
}

#[derive(FfiPinned)]
#[ffi(c = items)]
struct Any<T> {
    #[ffi(array = addr, len = n)]
    items: T,
}

#[derive(FfiPinned)]
#[ffi(c = items)]
struct Some<T: FfiPinned> {
    #[ffi(array = addr, len = n)]
    items: [T; 2],
}

#[derive(FfiPinned)]
#[ffi(c = items)]
struct Stated<T: FfiArray<Elem = libc::iovec>> {
    #[ffi(array = addr, len = n)]
    items: T,
}

#[derive(FfiPinned)]
#[ffi(c = items)]
struct StatedBelow<T>
where
    T: FfiPinned<C = libc::iovec>,
{
    #[ffi(array = addr, len = n)]
    items: Vec<T>,
}

#[derive(FfiPinned)]
#[ffi(c = typed)]
struct ByC<T: FfiArray<Elem = libc::iovec>> {
    #[ffi(array = addr, len = n)]
    items: T,
}

fn main() {}
