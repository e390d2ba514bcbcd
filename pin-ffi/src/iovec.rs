//! Buffers of bytes fill an `iovec` by themselves, so that a plain slice of them can be lent to `readv` and `writev`.
//!
//! `IoSlice` and `IoSliceMut` are laid out as an `iovec`: a slice of these is handed to C as it is.

use crate::error::LendError;
use crate::fill::{FfiPinned, FfiPinnedMut};
use crate::lend::{Lend, LendMut, OutBuf, OutVec, Spare};
use crate::scratch::Scratch;
use alloc::boxed::Box;
use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;
use libc::iovec;

macro_rules! fills_iovec {
    ($([$($g:tt)*] $t:ty $(, $is_c:literal)?;)*) => {$(
        // SAFETY: address and length are the buffer's own, in bytes, from one call; both are written, and nothing else is.
        unsafe impl<$($g)*> FfiPinned for $t {
            type C = iovec;
            type Kept = ();
            $(const IS_C: bool = $is_c;)?
            const WHOLE: bool = true;
            const REPORTS: bool = false;
            #[cfg_attr(not(debug_assertions), inline(always))]
            #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
            unsafe fn fill<const WRITE: bool>(
                this: *mut Self,
                c: *mut iovec,
                scratch: &mut Scratch<'_>,
            ) -> Result<(), LendError> {
                // SAFETY: borrowed for longer than the scratch is used, exclusively if `WRITE`; the caller passes a valid
                // place, in a packed struct perhaps.
                unsafe {
                    let lent = if WRITE { (*this).lend_mut() } else { (*this).lend() };
                    scratch.note(lent, WRITE);
                    c.write_unaligned(iovec { iov_base: lent.ptr.cast(), iov_len: lent.len });
                }
                Ok(())
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            unsafe fn release(c: *mut iovec) {
                // SAFETY: the caller passes a valid place, in a packed struct perhaps.
                unsafe { c.write_unaligned(iovec { iov_base: core::ptr::null_mut(), iov_len: 0 }) };
            }
        }
    )*};
}

macro_rules! fills_iovec_mut {
    ($([$($g:tt)*] $t:ty $(, $is_c:literal)?;)*) => {$(
        fills_iovec!([$($g)*] $t $(, $is_c)?;);
        // SAFETY: the buffer's access is `Exclusive`, which this line asks for.
        unsafe impl<$($g)*> FfiPinnedMut for $t where $t: LendMut<Elem = u8> {}
    )*};
}

fills_iovec! {
    [] &[u8];
    [const N: usize] &[u8; N];
    [] &str;
    [] String;
    [] &CStr;
    [] CString;
}
fills_iovec_mut! {
    ['a] &'a mut [u8];
    ['a, const N: usize] &'a mut [u8; N];
    [const N: usize] [u8; N];
    [] Vec<u8>;
    [] Box<[u8]>;
    ['a] &'a mut [core::mem::MaybeUninit<u8>];
    ['a] OutBuf<'a, u8>;
    [] OutVec<u8>;
    ['a] Spare<'a, u8>;
}
#[cfg(feature = "std")]
fills_iovec! {
    [] std::io::IoSlice<'_>, true;
}
#[cfg(feature = "std")]
fills_iovec_mut! {
    ['a] std::io::IoSliceMut<'a>, true;
}
