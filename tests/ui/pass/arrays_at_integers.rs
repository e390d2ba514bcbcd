//! Arrays whose structs are one type for all parameters, at an integer, in every form of an array.
#![allow(dead_code)]
use pin_ffi::FfiPinned;
#[repr(C)]
pub struct holder {
    p: u64,
    n: u32,
}
#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Seg<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    f: &'a [u8],
}
#[derive(FfiPinned)]
#[ffi(c = holder)]
struct Plain1<'a, const N: usize> {
    #[ffi(array = p, len = n)]
    f: [Seg<'a>; N],
}
macro_rules! n {
    ($name:ident, $t:ty) => {
        #[derive(FfiPinned)]
        #[ffi(c = holder)]
        struct $name<'a, const N: usize> {
            #[ffi(array = p, len = n)]
            f: $t,
            #[ffi(skip)]
            g: &'a (),
        }
    };
}
n!(B, [Seg<'static>; N]);
#[derive(FfiPinned)]
#[ffi(c = holder)]
struct Plain2<'a, const N: usize> {
    #[ffi(array = p, len = n)]
    f: ([Seg<'a>; N]),
}
#[derive(FfiPinned)]
#[ffi(c = holder)]
struct Plain3<'a, const N: usize> {
    #[ffi(array = p, len = n)]
    f: Option<[Seg<'a>; N]>,
}
#[derive(FfiPinned)]
#[ffi(c = holder)]
struct Plain4<'a, const N: usize> {
    #[ffi(array = p, len = n)]
    f: Box<[Seg<'a>]>,
    #[ffi(skip)]
    x: [u8; N],
}

#[derive(FfiPinned)]
#[ffi(c = holder)]
struct InAGroup<'a, const N: usize> {
    #[ffi(array = p, len = n)]
    f: Box<[Seg<'a>; N]>,
}

macro_rules! optional {
    ($name:ident, $t:ty) => {
        #[derive(FfiPinned)]
        #[ffi(c = holder)]
        struct $name<'a, const N: usize> {
            #[ffi(array = p, len = n)]
            f: Option<$t>,
            #[ffi(skip)]
            g: &'a (),
        }
    };
}
optional!(OptionOfAGroup, [Seg<'static>; N]);

fn main() {}
