//! C is told of no length: it follows the address of what is empty, and reads text up to a NUL that is not there.
#![allow(non_camel_case_types)]

use core::ffi::{CStr, c_char};
use pin_ffi::{FfiPinned, OutBuf};
use std::ffi::CString;

#[repr(C)]
struct node {
    value: u64,
    next: *const node,
}

#[derive(FfiPinned)]
#[ffi(c = node)]
struct Node {
    #[ffi(set = value)]
    value: u64,
    #[ffi(array = next)]
    next: Option<Vec<Node>>,
}

#[repr(C)]
struct request {
    name: *const c_char,
    room: *mut u32,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Text<'a> {
    #[ffi(ptr = name)]
    name: &'a str,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Owned {
    #[ffi(ptr = name)]
    name: String,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Slice<'a> {
    #[ffi(ptr = room)]
    room: Option<&'a mut [u32]>,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Room<'a> {
    #[ffi(ptr = room)]
    room: OutBuf<'a, u32>,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Nothing {
    #[ffi(ptr = room)]
    room: [u32; 0],
}

// These say how much there is.

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Full<'a> {
    #[ffi(ptr = name)]
    name: Option<&'a CStr>,
    #[ffi(ptr = room)]
    room: [u32; 4],
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Borrowed<'a> {
    #[ffi(ptr = name)]
    name: CString,
    #[ffi(ptr = room)]
    room: &'a mut [u32; 4],
}

#[derive(FfiPinned)]
#[ffi(c = node)]
struct List {
    #[ffi(set = value)]
    value: u64,
    #[ffi(array = next)]
    next: Option<Box<[List; 1]>>,
}

fn main() {}
