//! What a derive looks up is not what items and traits of the user's are called, whatever these are.
#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(dead_code)]

use pin_ffi::{FfiPinned, FfiPinnedMut, OutBuf};

/// Traits that a lookup goes by.
mod structs_named_like_traits {
    use pin_ffi::FfiPinned;

    #[derive(FfiPinned)]
    #[ffi(c = libc::iovec)]
    pub struct Required<'a> {
        #[ffi(ptr = iov_base, len = iov_len)]
        bytes: &'a [u8],
    }

    #[derive(FfiPinned)]
    #[ffi(c = libc::iovec)]
    pub struct UnknownStruct<'a> {
        #[ffi(ptr = iov_base, len = iov_len)]
        bytes: &'a [u8],
    }

    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    pub struct LooksAtPointer<'a> {
        #[ffi(array = msg_iov, len = msg_iovlen)]
        parts: Vec<Required<'a>>,
    }
}

/// A method of every type, by value, comes before one by reference.
#[allow(clippy::wrong_self_convention)]
trait Everywhere: Sized {
    const LAYOUT: () = ();
    const NESTED: () = ();
    const TABLE: () = ();
    const LENGTHS: () = ();
    fn is_read_only(self) {}
    fn agree(self) {}
    fn put_shared(self) {}
    fn c(self) {}
    fn places(self) {}
    fn fill(self) {}
    fn take(self) {}
}
impl<T> Everywhere for T {}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(ptr = msg_name, len = msg_namelen, inout)]
    name: Option<OutBuf<'a, u8>>,
    #[ffi(array = msg_iov, len = msg_iovlen)]
    parts: Vec<Node<'a>>,
    #[ffi(out = msg_flags)]
    flags: i32,
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
pub struct Node<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    pub bytes: &'a mut [u8],
}

/// A struct that holds another of its own name can be lent for writing.
mod of_the_same_name {
    use pin_ffi::FfiPinned;

    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    pub struct Node<'a> {
        #[ffi(array = msg_iov, len = msg_iovlen)]
        pub parts: Vec<super::Node<'a>>,
    }
}

fn main() {
    let mut bytes = [0; 3];
    let mut outer = of_the_same_name::Node { parts: vec![Node { bytes: &mut bytes }] };
    outer.with_pinned_mut(|_| ()).unwrap();
}
