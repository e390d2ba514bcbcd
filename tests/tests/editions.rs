//! Derives in crates of edition 2015, and in their macros: `::pin_ffi` in generated code is the crate, whatever it would
//! be in the text around it.
#![cfg(unix)]

use ::pin_ffi::FfiPinned;
use pin_ffi_edition_2015 as edition_2015;

/// A module of the user's in the place of the crate: it tells C of more than there is.
#[allow(dead_code)]
mod pin_ffi {
    pub(crate) mod __private {
        pub(crate) use ::pin_ffi::__private::*;

        pub(crate) fn checked_len<L: LenField>(at: *const L, n: usize, field: &'static Field) -> Result<L, LendError> {
            ::pin_ffi::__private::checked_len(at, n + 64, field)
        }
    }
}

edition_2015::segment!(::pin_ffi::FfiPinned);

fn told(value: &impl FfiPinned<C = libc::iovec>) -> usize {
    // SAFETY: a pointer and a number.
    value.with_pinned(|c| unsafe { c.as_ref() }.iov_len).unwrap()
}

#[test]
fn a_module_of_an_old_crate_is_not_the_crate() {
    assert_eq!(told(&edition_2015::Segment { bytes: &[0; 4] }), 4);
}

#[test]
fn nor_is_it_where_the_crate_is_named() {
    assert_eq!(told(&edition_2015::Named { bytes: &[0; 4] }), 4);
}

#[test]
fn nor_is_a_module_beside_an_old_crates_macro() {
    assert_eq!(told(&Segment { bytes: &[0; 4] }), 4);
}
