//! The call in between: a filled C struct, for the length of the closure or wrapper that it was made for.

use crate::error::LendError;
use crate::lend::Lent;
use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr;

/// A C struct that was there before; its pointers are nulled when this is dropped.
///
/// It lives in the frame of the function that lends, out of reach of the code that runs meanwhile, so that it cannot be
/// forgotten.
pub(super) struct Live<C> {
    pub(super) c: *mut C,
    release: unsafe fn(*mut C),
}

impl<C> Live<C> {
    /// Fills `*c`; on an error every byte of it is put back. From here on, also if `fill` panics, it is released.
    #[inline]
    pub(super) fn fill<K>(
        c: &mut C,
        release: unsafe fn(*mut C),
        fill: impl FnOnce(*mut C) -> Result<K, LendError>,
    ) -> Result<(Self, K), LendError> {
        let this = Self { c, release };
        let mut before = MaybeUninit::<C>::uninit();
        // SAFETY: `c` came from a `&mut C`; both places are valid for one `C`, and apart.
        unsafe { ptr::copy_nonoverlapping(this.c, before.as_mut_ptr(), 1) };
        match fill(this.c) {
            Ok(kept) => Ok((this, kept)),
            Err(error) => {
                // SAFETY: as above, the other way.
                unsafe { ptr::copy_nonoverlapping(before.as_ptr(), this.c, 1) };
                core::mem::forget(this);
                Err(error)
            }
        }
    }
}

impl<C> Drop for Live<C> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the struct is still exclusively borrowed by the function that lends.
        unsafe { (self.release)(self.c) }
    }
}

/// A filled C struct, for the length of the closure or wrapper that it was made for.
pub struct LentStruct<'a, C> {
    c: *mut C,
    /// Where to say that C was given the struct to write; `None` if it was lent for reading.
    lent: Option<&'a Cell<bool>>,
    scope: PhantomData<&'a mut ()>,
}

impl<'a, C> LentStruct<'a, C> {
    /// The filled struct at `c`; `lent` as in [`lent_for_writing`](Self::lent_for_writing).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) const fn new(c: *mut C, lent: Option<&'a Cell<bool>>) -> Self {
        Self { c, lent, scope: PhantomData }
    }

    /// For generated code: a struct lent for writing.
    ///
    /// `lent` stands beside `c` and tells whether results are to be taken back.
    ///
    /// # Safety
    ///
    /// `c` is filled for as long as `lent` lives.
    #[doc(hidden)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub unsafe fn lent_for_writing(c: *mut C, lent: &'a Cell<bool>) -> Self {
        Self::new(c, Some(lent))
    }

    /// For generated code: a struct lent for reading.
    ///
    /// # Safety
    ///
    /// As for [`lent_for_writing`](Self::lent_for_writing); `lent` only says for how long.
    #[doc(hidden)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub unsafe fn lent_for_reading(c: *mut C, lent: &'a Cell<bool>) -> Self {
        let _ = lent;
        Self::new(c, None)
    }

    /// The address of the C struct, for C to read.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn as_ptr(&self) -> *const C {
        self.c
    }

    /// The address of the C struct, for a call that writes it or writes through its pointers.
    ///
    /// Results are taken back after the closure or wrapper has returned.
    ///
    /// # Safety
    ///
    /// If the value was lent for reading, C must not write through the struct's pointers. If it was lent for writing, C
    /// gets the pointer before the closure or wrapper returns (where a wrapper returns `Ok`), keeps nothing of it, and
    /// the lengths it leaves in the struct are of elements that it initialised. In a struct that was already there, what
    /// `out` names and C does not write was initialised before, all of it: of a union, every byte of that member.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub unsafe fn as_mut_ptr(&mut self) -> *mut C {
        if let Some(lent) = self.lent {
            lent.set(true);
        }
        self.c
    }

    /// C did not fill the struct after all: no results are taken back.
    ///
    /// For a call that failed, unless a wrapper says so by returning `Err`.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::{FfiPinned, FfiPinnedMut, OutBuf};
    ///
    /// #[repr(C)]
    /// struct answer { text: *mut u8, len: u32 }
    ///
    /// #[derive(FfiPinned)]
    /// #[ffi(c = answer)]
    /// struct Answer<'a> {
    ///     #[ffi(ptr = text, len = len, inout)]
    ///     text: OutBuf<'a, u8>,
    /// }
    ///
    /// /// Fails, and leaves everything as it was.
    /// unsafe fn c_side(_: *mut answer) -> i32 { -1 }
    ///
    /// let mut memory = [0; 8];
    /// let mut answer = Answer { text: OutBuf::new(&mut memory) };
    /// answer.with_pinned_mut(|mut c| {
    ///     // SAFETY: `c_side` keeps nothing; where it fails nothing is taken back.
    ///     if unsafe { c_side(c.as_mut_ptr()) } < 0 {
    ///         c.discard();
    ///     }
    /// })?;
    /// assert!(answer.text.filled().is_empty());
    /// # Ok::<(), pin_ffi::LendError>(())
    /// ```
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn discard(&mut self) {
        if let Some(lent) = self.lent {
            lent.set(false);
        }
    }

    /// The C struct itself.
    ///
    /// # Safety
    ///
    /// The zeroed and filled bytes are a valid `C` (they are for a struct of numbers and raw pointers), and C is not
    /// writing it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const unsafe fn as_ref(&self) -> &C {
        // SAFETY: filled and aligned; the rest is the caller's promise.
        unsafe { &*self.c }
    }
}

impl<C> fmt::Debug for LentStruct<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filled").field("c", &self.c).finish_non_exhaustive()
    }
}

/// A filled array of C structs, for the length of the wrapper that it was made for.
pub struct LentArray<'a, C> {
    array: Lent<C>,
    lent: Option<&'a Cell<bool>>,
    scope: PhantomData<&'a mut ()>,
}

impl<'a, C> LentArray<'a, C> {
    /// For generated code: an array lent for writing.
    ///
    /// # Safety
    ///
    /// As for [`LentStruct::lent_for_writing`].
    #[doc(hidden)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub unsafe fn lent_for_writing(array: Lent<C>, lent: &'a Cell<bool>) -> Self {
        Self { array, lent: Some(lent), scope: PhantomData }
    }

    /// For generated code: an array lent for reading.
    ///
    /// # Safety
    ///
    /// As for [`LentStruct::lent_for_reading`].
    #[doc(hidden)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub unsafe fn lent_for_reading(array: Lent<C>, lent: &'a Cell<bool>) -> Self {
        let _ = lent;
        Self { array, lent: None, scope: PhantomData }
    }

    /// How many C structs.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.array.len
    }

    /// Whether there are none.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.array.len == 0
    }

    /// The address of the first C struct, for C to read.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn as_ptr(&self) -> *const C {
        self.array.ptr
    }

    /// The address of the first C struct, for a call that writes the structs or writes through their pointers.
    ///
    /// # Safety
    ///
    /// As for [`LentStruct::as_mut_ptr`], for each struct: one that C did not reach still has the buffer's capacity for a length,
    /// and it would be shown as filled. (A declaration with `filled = ret` takes back from some only.) If the values were
    /// lent for reading, C does not write the structs either: they may be the values themselves
    /// ([`IS_C`](crate::FfiPinned::IS_C)).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub unsafe fn as_mut_ptr(&mut self) -> *mut C {
        if let Some(lent) = self.lent {
            lent.set(true);
        }
        self.array.ptr
    }

    /// C did not fill the structs after all: no results are taken back; see [`LentStruct::discard`].
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn discard(&mut self) {
        if let Some(lent) = self.lent {
            lent.set(false);
        }
    }
}

impl<C> fmt::Debug for LentArray<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LentArray").field("c", &self.array.ptr).field("len", &self.array.len).finish_non_exhaustive()
    }
}
