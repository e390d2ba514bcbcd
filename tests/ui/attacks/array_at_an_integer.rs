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
struct ByAnother<T: FfiArray<Elem = U>, U> {
    #[ffi(array = addr, len = n)]
    items: T,
    #[ffi(skip)]
    of: core::marker::PhantomData<U>,
}

trait Pick {
    type Items: FfiArray;
}

#[derive(FfiPinned)]
#[ffi(c = items)]
struct Picked<T>
where
    Self: Pick,
{
    #[ffi(array = addr, len = n)]
    items: <Self as Pick>::Items,
    #[ffi(skip)]
    of: core::marker::PhantomData<T>,
}

trait PickByNumber<const N: usize> {
    type Items: FfiArray;
}

#[derive(FfiPinned)]
#[ffi(c = items)]
struct ByNumber<const N: usize>
where
    (): PickByNumber<N>,
{
    #[ffi(array = addr, len = n)]
    items: <() as PickByNumber<N>>::Items,
}

#[derive(FfiPinned)]
#[ffi(c = items)]
struct Known<'a> {
    #[ffi(array = addr, len = n)]
    items: Vec<Item<'a>>,
}

#[derive(FfiPinned)]
#[ffi(c = items)]
struct KnownByNumber<'a, const N: usize> {
    #[ffi(array = addr, len = n)]
    items: &'a mut [Item<'a>; N],
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Item<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
}


#[derive(FfiPinned)]
#[ffi(c = typed)]
struct ByC<T: FfiArray<Elem = libc::iovec>> {
    #[ffi(array = addr, len = n)]
    items: T,
}

fn main() {}
