//! What generated code calls the crate by is nobody else's name.
#![allow(non_camel_case_types)]

use pin_ffi::{FfiPinned, pinned_ffi};

trait Told {
    fn checked_len<L>(place: *const L, n: usize, field: &'static pin_ffi::__private::Field) -> L;
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a, __pin_ffi_private: Told> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
    #[ffi(skip)]
    told: core::marker::PhantomData<__pin_ffi_private>,
}

#[pinned_ffi]
unsafe extern "C" {
    safe fn abs(r#__pin_ffi_private: i32) -> i32;
}

fn main() {}
