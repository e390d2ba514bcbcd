//! Nothing says that these functions failed, and what a failed call leaves in the length is no promise about memory.
use pin_ffi::{OutBuf, OutVec, Spare, pinned_ffi};
use std::ffi::{c_int, c_uchar, c_uint};
use std::mem::MaybeUninit;

#[pinned_ffi]
unsafe extern "C" {
    safe fn random(#[ffi(out, len = num, filled = all)] buf: *mut c_uchar, num: c_int) -> c_int;
    safe fn digest(#[ffi(out, len = *size, filled = *size)] md: *mut c_uchar, size: *mut c_uint) -> c_int;
    #[ffi(rename = digest_or_none)]
    safe fn digest(#[ffi(out, len = *size, filled = *size, nullable)] md: *mut c_uchar, size: *mut c_uint) -> c_int;
}

fn main() {
    let mut uninit = [MaybeUninit::<u8>::uninit(); 16];
    let _ = random(&mut uninit[..]);
    let _ = digest(&mut uninit);
    let _ = digest(&mut OutBuf::uninit(&mut uninit));
    let _ = digest(&mut OutVec::from(Vec::new()));
    let _ = digest(Spare::new(&mut Vec::with_capacity(16)));
    let _ = digest_or_none(Some(Spare::new(&mut Vec::with_capacity(16))));
    // These are.
    let _ = digest(&mut [0; 16]);
    let _ = digest(&mut [0; 16][..]);
    let _ = digest_or_none(Some(&mut [0; 16]));
}
