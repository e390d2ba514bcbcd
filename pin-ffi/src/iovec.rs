//! Buffers of bytes fill an `iovec` by themselves, so that a plain slice of them can be lent to `readv` and `writev`.
//!
//! `IoSlice` and `IoSliceMut` are laid out as an `iovec`: a slice of these is handed to C as it is.

use crate::buf::{Buf, OutBuf, OutVec, Spare};
use crate::fill::{FfiPinned, FfiPinnedMut, FillError};
use crate::scratch::Scratch;
use alloc::boxed::Box;
use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;
use libc::iovec;

macro_rules! fills_iovec {
    ($([$($g:tt)*] $t:ty $(, $is_c:literal)?;)*) => {$(
        // SAFETY: address and length are the buffer's own, in bytes.
        unsafe impl<$($g)*> FfiPinned for $t {
            type C = iovec;
            $(const IS_C: bool = $is_c;)?
            #[inline(always)]
            #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
            unsafe fn fill(&self, c: *mut iovec, scratch: &mut Scratch<'_>) -> Result<(), FillError> {
                let lent = self.lend();
                // SAFETY: the buffer's memory, borrowed for longer than the scratch is used; the caller passes a valid
                // place, in a packed struct perhaps.
                unsafe {
                    scratch.note(lent, false);
                    c.write_unaligned(iovec { iov_base: lent.ptr.cast(), iov_len: lent.len });
                }
                Ok(())
            }
            #[inline(always)]
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
        // SAFETY: the buffer's access is `Exclusive`.
        unsafe impl<$($g)*> FfiPinnedMut for $t {
            type Kept = ();
            const REPORTS: bool = false;
            #[inline(always)]
            #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
            unsafe fn fill_mut(&mut self, c: *mut iovec, scratch: &mut Scratch<'_>) -> Result<(), FillError> {
                exclusive::<Self>();
                let lent = self.lend_mut();
                // SAFETY: the buffer's memory, borrowed for longer than the scratch is used; the caller passes a valid
                // place, in a packed struct perhaps.
                unsafe {
                    scratch.note(lent, true);
                    c.write_unaligned(iovec { iov_base: lent.ptr.cast(), iov_len: lent.len });
                }
                Ok(())
            }
            #[inline(always)]
            unsafe fn take_back(&mut self, _: *const iovec, (): ()) -> Result<(), FillError> {
                Ok(())
            }
        }
    )*};
}

/// The bound that makes each use above a checked one.
const fn exclusive<B: crate::buf::BufMut<Elem = u8>>() {}

fills_iovec! {
    [] &[u8];
    [const N: usize] &[u8; N];
    [] &str;
    [] String;
    [] &CStr;
    [] CString;
}
fills_iovec_mut! {
    [] &mut [u8];
    [const N: usize] &mut [u8; N];
    [const N: usize] [u8; N];
    [] Vec<u8>;
    [] Box<[u8]>;
    [] &mut [core::mem::MaybeUninit<u8>];
    [] OutBuf<'_, u8>;
    [] OutVec<u8>;
    [] Spare<'_, u8>;
}
#[cfg(feature = "std")]
fills_iovec! {
    [] std::io::IoSlice<'_>, true;
}
#[cfg(feature = "std")]
fills_iovec_mut! {
    [] std::io::IoSliceMut<'_>, true;
}
