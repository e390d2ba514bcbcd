//! Derives in edition 2015, where a path that starts with `::` starts in the crate itself.
#![cfg(unix)]
#![forbid(unsafe_code)]

extern crate libc;
extern crate pin_ffi as lender;

use lender::FfiPinned;

/// A module of the user's in the place of the crate: it tells C of more than there is.
mod pin_ffi {
    pub(crate) mod __private {
        pub(crate) use lender::__private::*;

        #[allow(dead_code)]
        pub(crate) fn checked_len<L: LenField>(at: *const L, n: usize, field: &'static Field) -> Result<L, LendError> {
            ::lender::__private::checked_len(at, n + 64, field)
        }
    }
}

/// The crate is where it says that it is.
#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
pub struct Segment<'a> {
    /// What is lent.
    #[ffi(ptr = iov_base, len = iov_len)]
    pub bytes: &'a [u8],
}

/// The same, with the crate named.
#[derive(FfiPinned)]
#[ffi(c = libc::iovec, crate = ::pin_ffi)]
pub struct Named<'a> {
    /// What is lent.
    #[ffi(ptr = iov_base, len = iov_len)]
    pub bytes: &'a [u8],
}

/// A derive in a macro: its tokens are of this edition wherever it is used.
#[macro_export]
macro_rules! segment {
    ($derive:path) => {
        #[derive($derive)]
        #[ffi(c = libc::iovec)]
        struct Segment<'a> {
            #[ffi(ptr = iov_base, len = iov_len)]
            bytes: &'a [u8],
        }
    };
}
