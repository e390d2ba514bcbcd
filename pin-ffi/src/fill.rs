//! A value that fills a C struct: [`FfiPinned`], for C to read, and [`FfiPinnedMut`], for C to write.
//!
//! There is one fill for both. `fill::<false>` takes the addresses of a value that is borrowed, `fill::<true>` of one that
//! is borrowed exclusively; the marker [`FfiPinnedMut`] says that the latter may be asked for.

mod array;
mod call;
mod steps;

pub use array::{FfiArray, FfiArrayMut, KeptArray, RunOf, fill_run};
pub use call::{LentArray, LentStruct};
pub use steps::*;

use crate::error::LendError;
use crate::scratch::{INLINE, Scratch, try_with_scratch};
use crate::table::{self, Place};
use call::Live;
use core::cell::Cell;
use core::mem::MaybeUninit;

/// A value that fills a C struct with pointers to its buffers, for C to read through.
///
/// [Derive](macro@crate::FfiPinned) it. Implementing it by hand is `unsafe`, and rarely needed.
///
/// # Safety
///
/// After [`fill`](Self::fill) returned `Ok`, every pointer in `*c` is null or leads to memory that is valid for reads of
/// as many elements as the fields beside it say, for as long as `*this` stays borrowed and the scratch lives; after
/// `fill::<true>` those through which C may write, by the meaning of the C struct, are valid for writes too, and nobody
/// else can reach that memory.
///
/// [`take_back`](Self::take_back) makes visible only what it has checked against `kept`. If [`REPORTS`](Self::REPORTS) is
/// false, it makes nothing visible because of what the fields of `*c` itself say. [`IS_C`](Self::IS_C) is true only if
/// `Self` has the size, alignment and contents of a filled `C`; [`WHOLE`](Self::WHOLE) only if `fill` writes every byte of
/// `*c`; and [`TABLE`](Self::TABLE) names no place outside `C`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fill a C struct",
    label = "not a value that fills a C struct",
    note = "derive it: `#[derive(FfiPinned)]` with `#[ffi(c = ...)]` on a struct of buffers; a type parameter says what it fills, `T: FfiPinned<C = ...>`",
    note = "several values, in a slice or an array, are for a parameter with `len` beside `pin`, or a field with `array`"
)]
pub unsafe trait FfiPinned {
    /// The C struct.
    type C;

    /// What a fill remembers for [`take_back`](Self::take_back): capacities, nested arrays.
    type Kept: Copy;

    /// The places of `C` that this value fills; empty for an impl by hand.
    #[doc(hidden)]
    const TABLE: &'static [Place] = &[];

    /// `Self` is laid out as `C`: a slice of it is handed to C as it is, without being rebuilt, where C does not write
    /// the structs.
    const IS_C: bool = false;

    /// `fill` writes every byte of `C`, so that nobody has to zero it before.
    const WHOLE: bool = table::is_whole::<Self::C>(Self::TABLE);

    /// Results are taken from fields of `C` itself: not for a call that leaves the struct as it was filled, as one whose C
    /// declaration says `*const` does. There the capacity, unchanged, would be shown as what C reported.
    ///
    /// True for an impl by hand that does not say otherwise.
    const REPORTS: bool = table::reports(Self::TABLE);

    /// C changes lengths (`inout`) of buffers that may be uninitialised: a failure must be known, for then a length is
    /// still the capacity.
    #[doc(hidden)]
    const LENGTHS: bool = table::reports_lengths::<Self>();

    /// Raw control messages (`msg_control`) are lent, or it is not known. They can name any descriptor, so that no safe
    /// function sends or receives them.
    #[doc(hidden)]
    const CONTROL: bool = table::lends_control(Self::TABLE);

    /// Writes this value's fields into `*c`, leaving the others as they are.
    ///
    /// # Errors
    ///
    /// A length, count or value does not fit; see [`LendError`]. Some fields of `*c` may have been written.
    ///
    /// # Safety
    ///
    /// `*this` is borrowed for as long as C may use what is written to `*c`: exclusively if `WRITE`, and then `Self` is
    /// [`FfiPinnedMut`]. `*c` is valid for reads and writes, and initialised or zeroed; it need not be aligned, as it may
    /// be a field of a packed struct. The pointers it gets are good only while `scratch` is neither dropped nor reset. C
    /// may write through them only if `WRITE`. After an error C must not follow what `*c` holds.
    unsafe fn fill<const WRITE: bool>(
        this: *mut Self,
        c: *mut Self::C,
        scratch: &mut Scratch<'_>,
    ) -> Result<Self::Kept, LendError>;

    /// Takes over what C left in `*c`: lengths, counts, plain values. Called twice: all that C left is checked before any
    /// of it is taken (`TAKE`).
    ///
    /// # Errors
    ///
    /// C reported more than a buffer holds, or a value that does not fit.
    ///
    /// # Safety
    ///
    /// `*c` was filled from `*this` by the `fill::<true>` that returned `kept`; `*this` is still borrowed exclusively, and
    /// the scratch of that call lives. C has finished with all of it, and has initialised as many elements as it reported, or
    /// where it may report more than fits, as many as fit. If `TAKE`, the same call without `TAKE` returned `Ok`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take_back<const TAKE: bool>(
        this: *mut Self,
        c: *const Self::C,
        kept: Self::Kept,
    ) -> Result<(), LendError> {
        let _ = (this, c, kept);
        Ok(())
    }

    /// What is left of `room` bytes of scratch once this value has been filled, or `None` if they are too few.
    ///
    /// It decides whether a call's scratch is on the stack or on the heap. A wrong answer costs time, nothing else.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn scratch_left(&self, room: usize) -> Option<usize> {
        Some(room)
    }

    /// Nulls the pointers that `fill` wrote into `*c`, with the lengths beside them.
    ///
    /// # Safety
    ///
    /// `*c` is valid for writes; it need not be aligned.
    #[inline]
    unsafe fn release(c: *mut Self::C) {
        // SAFETY: the places of the table are inside `C` (the trait's contract), which is valid for writes (caller).
        unsafe { table::release(c.cast(), Self::TABLE) }
    }

    /// Lends this value to C for reading while `f` runs, as a C struct of its own.
    ///
    /// # Errors
    ///
    /// If it cannot be filled; `f` is not called then.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::FfiPinned;
    ///
    /// #[derive(FfiPinned)]
    /// struct Line { text: [u8; 4], end: Vec<u8> }
    ///
    /// let line = Line { text: *b"text", end: vec![b'\n'] };
    /// let total = line.with_pinned(|c| {
    ///     // SAFETY: the two iovecs are filled while this closure runs.
    ///     let iov = unsafe { c.as_ref() };
    ///     iov[0].iov_len + iov[1].iov_len
    /// })?;
    /// assert_eq!(total, 5);
    /// # Ok::<(), pin_ffi::LendError>(())
    /// ```
    #[inline]
    fn with_pinned<R>(&self, f: impl FnOnce(LentStruct<'_, Self::C>) -> R) -> Result<R, LendError> {
        try_with_scratch(self.scratch_left(INLINE), move |scratch| {
            let mut c = MaybeUninit::<Self::C>::zeroed();
            // SAFETY: `c` is zeroed and ours; `self` is borrowed and `scratch` lives until `f` has returned.
            unsafe { Self::fill::<false>(shared(self), c.as_mut_ptr(), scratch)? };
            Ok(f(LentStruct::new(c.as_mut_ptr(), None)))
        })
    }

    /// Lends this value to C for reading while `f` runs, in a C struct that is already there.
    ///
    /// The other fields of `live` are left as they are. Afterwards, also after a panic in `f`, the fields filled are
    /// null.
    ///
    /// # Errors
    ///
    /// If it cannot be filled; `live` is as it was then, and `f` is not called.
    #[inline]
    fn with_pinned_in<R>(
        &self,
        live: &mut Self::C,
        f: impl FnOnce(LentStruct<'_, Self::C>) -> R,
    ) -> Result<R, LendError> {
        try_with_scratch(self.scratch_left(INLINE), move |scratch| {
            // SAFETY: `live` is exclusively borrowed; `self` is borrowed and `scratch` lives until `f` has returned.
            let (live, _) =
                Live::fill(live, Self::release, |c| unsafe { Self::fill::<false>(shared(self), c, scratch) })?;
            Ok(f(LentStruct::new(live.c, None)))
        })
    }
}

/// A value that fills a C struct with pointers to its buffers, for C to write through.
///
/// The [derive](macro@crate::FfiPinned) gives it where every field allows it.
///
/// # Safety
///
/// The value's [`fill::<true>`](FfiPinned::fill) keeps what [`FfiPinned`] says of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be lent to a call that writes",
    label = "C writes through this argument",
    note = "derive `FfiPinned` on a struct whose buffers C may write, and pass it by `&mut`"
)]
pub unsafe trait FfiPinnedMut: FfiPinned {
    /// Lends this value to C for writing while `f` runs, as a C struct of its own; then takes the results back.
    ///
    /// Results are taken back if `f` asked for [`as_mut_ptr`](LentStruct::as_mut_ptr); if the call failed, `f` says so by
    /// [`discard`](LentStruct::discard).
    ///
    /// # Errors
    ///
    /// If it cannot be filled (`f` is not called then), or C reported what cannot be.
    #[inline]
    fn with_pinned_mut<R>(&mut self, f: impl FnOnce(LentStruct<'_, Self::C>) -> R) -> Result<R, LendError> {
        try_with_scratch(self.scratch_left(INLINE), move |scratch| {
            let mut c = MaybeUninit::<Self::C>::zeroed();
            let lent = Cell::new(false);
            // SAFETY: `c` is zeroed and ours; `self` is exclusively borrowed and `scratch` lives until after the taking
            // back.
            let kept = unsafe { Self::fill::<true>(self, c.as_mut_ptr(), scratch)? };
            let result = f(LentStruct::new(c.as_mut_ptr(), Some(&lent)));
            if lent.get() {
                // SAFETY: filled above; whoever called `as_mut_ptr` promised that C has finished and reports the truth.
                unsafe { take_back(self, c.as_ptr(), kept)? };
            }
            Ok(result)
        })
    }

    /// Lends this value to C for writing while `f` runs, in a C struct that is already there; then takes the results back.
    ///
    /// The other fields of `live` are left as they are. Afterwards, also after a panic in `f`, the pointers filled are
    /// null.
    ///
    /// # Errors
    ///
    /// If it cannot be filled (`live` is as it was then, and `f` is not called), or C reported what cannot be.
    #[inline]
    fn with_pinned_mut_in<R>(
        &mut self,
        live: &mut Self::C,
        f: impl FnOnce(LentStruct<'_, Self::C>) -> R,
    ) -> Result<R, LendError> {
        try_with_scratch(self.scratch_left(INLINE), move |scratch| {
            let lent = Cell::new(false);
            // SAFETY: `live` and `self` are exclusively borrowed, and `scratch` lives until after the taking back.
            let (live, kept) = Live::fill(live, Self::release, |c| unsafe { Self::fill::<true>(self, c, scratch) })?;
            let result = f(LentStruct::new(live.c, Some(&lent)));
            if lent.get() {
                // SAFETY: filled above; whoever called `as_mut_ptr` promised that C has finished and reports the truth.
                unsafe { take_back(self, live.c, kept)? };
            }
            Ok(result)
        })
    }
}

/// The address of a value that C only reads.
#[cfg_attr(not(debug_assertions), inline(always))]
pub const fn shared<V: ?Sized>(value: &V) -> *mut V {
    (&raw const *value).cast_mut()
}

/// Takes over all that C left in `*c`, or nothing.
///
/// # Errors
///
/// As for [`FfiPinned::take_back`].
///
/// # Safety
///
/// As for [`FfiPinned::take_back`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub unsafe fn take_back<V: FfiPinned + ?Sized>(value: *mut V, c: *const V::C, kept: V::Kept) -> Result<(), LendError> {
    // SAFETY: the caller's promise; what is taken was checked just before.
    unsafe {
        V::take_back::<false>(value, c, kept)?;
        V::take_back::<true>(value, c, kept)
    }
}
