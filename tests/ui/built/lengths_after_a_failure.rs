//! A failed call leaves lengths as they were: the capacities of buffers that may be uninitialised.
use pin_ffi::{FfiPinned, OutBuf, pinned_ffi};
use std::ffi::c_int;

#[repr(C)]
struct out {
    p: *mut u8,
    n: usize,
}

#[repr(C)]
struct nested {
    one: out,
    many: *mut out,
    n: usize,
}

#[derive(FfiPinned)]
#[ffi(c = out)]
struct Out<'a> {
    #[ffi(ptr = p, len = n, inout)]
    bytes: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = nested)]
struct InPlace<'a> {
    #[ffi(inline = one)]
    one: Out<'a>,
}

#[derive(FfiPinned)]
#[ffi(c = nested)]
struct InAnArray<'a> {
    #[ffi(array = many, len = n)]
    many: Vec<Out<'a>>,
}

trait Pick {
    type Of;
}

impl<'a> Pick for OfItsOwnName<'a> {
    type Of = Out<'a>;
}

#[derive(FfiPinned)]
#[ffi(c = nested)]
struct OfItsOwnName<'a> {
    #[ffi(inline = one)]
    one: <OfItsOwnName<'a> as Pick>::Of,
}

// A length that C does not change is no result.
#[derive(FfiPinned)]
#[ffi(c = out)]
struct Given<'a> {
    #[ffi(ptr = p, len = n)]
    bytes: &'a mut [u8],
}

#[pinned_ffi]
unsafe extern "C" {
    safe fn one(#[ffi(pin_mut)] o: *mut out) -> c_int;
    safe fn several(#[ffi(pin_mut, len = n)] o: *mut out, n: usize) -> c_int;
    safe fn in_a_struct(#[ffi(pin_mut)] o: *mut nested) -> c_int;
    #[ffi(err = none)]
    safe fn never_fails(#[ffi(pin_mut)] o: *mut out) -> c_int;
    #[ffi(rename = nothing_returned)]
    safe fn nothing(#[ffi(pin_mut)] o: *mut out);
}

fn main() {
    let mut out = Out { bytes: OutBuf::uninit(&mut []) };
    let _ = one(&mut out);
    let _ = one(&mut Given { bytes: &mut [] });
    let _ = never_fails(&mut out);
    let _ = nothing_returned(&mut out);
    let _ = several(&mut [out]);
    let out = || Out { bytes: OutBuf::uninit(&mut []) };
    let _ = in_a_struct(&mut InPlace { one: out() });
    let _ = in_a_struct(&mut OfItsOwnName { one: out() });
    let _ = in_a_struct(&mut InAnArray { many: vec![out()] });
}
