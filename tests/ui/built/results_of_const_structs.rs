//! Results wanted of structs that C does not write: their capacities would be shown as what C reported.
#![allow(non_camel_case_types)]
use pin_ffi::{FfiArray, FfiPinned, OutBuf, pinned_ffi};
use std::mem::MaybeUninit;

#[repr(C)]
pub struct request {
    answer: *mut u8,
    len: u32,
}

#[repr(C)]
pub struct outer {
    request: request,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Request<'a> {
    #[ffi(ptr = answer, len = len, inout)]
    answer: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = outer)]
struct Outer<'a> {
    #[ffi(inline = request)]
    request: Request<'a>,
}

#[repr(C)]
pub struct requests {
    all: *const request,
    n: u32,
}

#[derive(FfiPinned)]
#[ffi(c = requests)]
struct Requests<T: FfiArray<Elem = request>> {
    #[ffi(array = all, len = n)]
    all: T,
}

#[derive(FfiPinned)]
#[ffi(c = requests)]
struct OnlyRead<'a> {
    #[ffi(array = all, len = n, read_only)]
    all: [Request<'a>; 1],
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Fixed<'a> {
    #[ffi(ptr = answer, len = len)]
    answer: &'a mut [u8],
}

#[pinned_ffi]
unsafe extern "C" {
    safe fn fill(#[ffi(pin_mut)] r: *const request);
    safe fn fill_outer(#[ffi(pin_mut, nullable)] o: *const outer);
    safe fn fill_list(#[ffi(pin_mut)] r: *mut requests);
    safe fn fill_run(#[ffi(pin_mut, len = n)] r: *const request, n: u32);
}

fn main() {
    let mut memory = [MaybeUninit::uninit(); 8];
    let mut fixed = Fixed { answer: &mut [0; 8] };
    let _ = fill(&mut fixed);
    let _ = fill_run(&mut [fixed]);
    let _ = fill_list(&mut Requests { all: [Fixed { answer: &mut [0; 8] }] });
    let mut request = Request { answer: OutBuf::uninit(&mut memory) };
    let _ = fill(&mut request);
    let _ = fill_run(&mut [request]);
    let _ = fill_list(&mut Requests { all: [Request { answer: OutBuf::new(&mut [0; 8]) }] });
    let _ = fill_list(&mut OnlyRead { all: [Request { answer: OutBuf::new(&mut [0; 8]) }] });
    let _ = fill_outer(None::<&mut Outer<'_>>);
}
