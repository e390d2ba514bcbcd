//! A type of the user's called `Option`, whose structs depend on a parameter, at an integer that leads to others.
#![allow(unused)]
use pin_ffi::FfiPinned;

#[repr(C)]
struct holder {
    p: u64,
    n: u32,
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
}

trait Pick {
    type Of;
}

impl<'a> Pick for [Segment<'a>; 1] {
    type Of = Vec<Segment<'a>>;
}

impl<'a> Pick for [Segment<'a>; 2] {
    type Of = Vec<[&'a mut [u8]; 4]>;
}

type Option<T> = <T as Pick>::Of;

#[derive(FfiPinned)]
#[ffi(c = holder)]
struct Open<'a, const N: usize>
where
    [Segment<'a>; N]: Pick,
    Option<[Segment<'a>; N]>: pin_ffi::FfiArray,
{
    #[ffi(array = p, len = n)]
    values: Option<[Segment<'a>; N]>,
}

fn main() {}
