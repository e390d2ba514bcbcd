//! A name with `r#` is the same as without, so that no spelling hides a type parameter or a word.
#![allow(non_camel_case_types)]

use pin_ffi::{FfiArray, FfiPinned, Plain};

#[repr(C)]
struct items {
    addr: u64,
    n: u32,
}

#[derive(FfiPinned)]
#[ffi(c = items)]
struct InTheParameter<r#T: FfiArray> {
    #[ffi(array = addr, len = n)]
    items: T,
}

#[derive(FfiPinned)]
#[ffi(c = items)]
struct InTheField<T: FfiArray> {
    #[ffi(array = addr, len = n)]
    items: r#T,
}

#[derive(FfiPinned)]
#[ffi(c = items)]
struct OfANumber<const r#N: usize>
where
    (): Pick<N>,
{
    #[ffi(array = addr, len = n)]
    items: <() as Pick<N>>::Items,
}

trait Pick<const N: usize> {
    type Items: FfiArray;
}

#[derive(FfiPinned)]
#[r#repr(r#packed)]
struct Packed<'a> {
    bytes: &'a [u8],
}

#[derive(FfiPinned)]
struct Word<'a> {
    #[r#ffi(r#read_only)]
    bytes: &'a mut [u8],
}

#[derive(Plain, Clone, Copy)]
#[r#repr(r#C)]
struct Numbers {
    a: u32,
}

fn main() {}
