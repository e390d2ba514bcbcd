//! Runs of values that fill arrays of C structs: slices, arrays and vectors of values, and structs without a target.

use super::{FfiPinned, FfiPinnedMut};
use crate::check;
use crate::error::{Field, LendError, Reason};
use crate::lend::{Access, Exclusive, Lent, Shared};
use crate::scratch::Scratch;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr;

/// A run of values that fills an array of C structs, for C to read through: slices, arrays and `Vec`s of [`FfiPinned`]
/// values, and derived structs without a target.
///
/// # Safety
///
/// As for [`FfiPinned`], for each element of the returned array.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fill an array of C structs",
    label = "not a run of values that fill C structs",
    note = "lend a slice, array or `Vec` of values that derive `FfiPinned`, or a struct that derives it without `c = ...`; one value is an array of one, `[value]`"
)]
pub unsafe trait FfiArray {
    /// The C struct.
    type Elem;

    /// What a fill remembers for taking back: where the C structs are.
    type Kept: Copy;

    /// As [`FfiPinned::REPORTS`], of the array's structs.
    const REPORTS: bool = true;

    /// As [`FfiPinned::LENGTHS`], of the array's structs.
    #[doc(hidden)]
    const LENGTHS: bool = Self::REPORTS;

    /// How many there are at least, whatever the value is.
    #[doc(hidden)]
    const AT_LEAST: usize = 0;

    /// As [`FfiPinned::CONTROL`], of the array's structs.
    #[doc(hidden)]
    const CONTROL: bool = true;

    /// Fills one C struct for each value, in order, in `scratch`; null for `None`, otherwise aligned.
    ///
    /// `fixed` says that C does not write the structs themselves, whatever it does through their pointers: values that are
    /// laid out as `Elem` are handed over as they are.
    ///
    /// # Errors
    ///
    /// As for [`FfiPinned::fill`], with the index.
    ///
    /// # Safety
    ///
    /// As for [`FfiPinned::fill`], where [`FfiArrayMut`] stands for [`FfiPinnedMut`]. If `fixed`, nothing is taken back from
    /// values that [report](Self::REPORTS).
    unsafe fn fill_all<const WRITE: bool>(
        this: *mut Self,
        fixed: bool,
        scratch: &mut Scratch<'_>,
    ) -> Result<(Lent<Self::Elem>, Self::Kept), LendError>;

    /// Takes over what C left in each of the first `n` structs, as [`FfiPinned::take_back`] does: all are checked before
    /// any of it is taken (`TAKE`).
    ///
    /// C may say that it dealt with some only, as `recvmmsg` does. The others are as they were filled: a length in them is
    /// the buffer's capacity, and nobody wrote there. `usize::MAX` stands for all.
    ///
    /// # Errors
    ///
    /// As for [`FfiPinned::take_back`], with the index.
    ///
    /// # Safety
    ///
    /// As for [`FfiPinned::take_back`], for the first `n` elements.
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take_back_first<const TAKE: bool>(this: *mut Self, kept: Self::Kept, n: usize) -> Result<(), LendError> {
        let _ = (this, kept, n);
        Ok(())
    }

    /// How many bytes of scratch these values need, if that is the same for all; a hint, as
    /// [`scratch_left`](Self::scratch_left) is.
    const ROOM: usize = 0;

    /// What is left of `room` bytes of scratch once these values have been filled, or `None` if they are too few.
    ///
    /// A hint, as [`FfiPinned::scratch_left`] is.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn scratch_left(&self, room: usize) -> Option<usize> {
        room.checked_sub(Self::ROOM)
    }
}

/// A run of values that fills an array of C structs, for C to write through.
///
/// # Safety
///
/// As for [`FfiPinnedMut`], for each element of the returned array.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be lent to a call that writes",
    label = "C writes through the array's structs",
    note = "lend it by an exclusive borrow (`&mut [...]`) or own it, and let every field of its elements be one that C may write",
    note = "one value is lent as an array of one: `&mut [value]`"
)]
pub unsafe trait FfiArrayMut: FfiArray {}

/// What a slice of `B`s remembers of its fill: where the C structs are, and behind them what each element keeps.
///
/// Without their types: those of a struct that holds a vector of its own kind would never end.
#[derive(Debug)]
pub struct KeptArray<B> {
    /// Null if nothing was rebuilt.
    c: *mut u8,
    of: PhantomData<*const B>,
}

impl<B> Clone for KeptArray<B> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<B> Copy for KeptArray<B> {}

static NESTED: Field = Field { item: "array", field: "elements", c: "the array" };

#[cfg_attr(not(debug_assertions), inline(always))]
fn no_memory(n: usize) -> LendError {
    LendError::new(&NESTED, Reason::NoMemory, n as i128, 0)
}

// SAFETY: element by element what `FfiPinned` promises; the C structs are in the scratch.
unsafe impl<B: FfiPinned> FfiArray for [B] {
    type Elem = B::C;
    type Kept = KeptArray<B>;
    const REPORTS: bool = B::REPORTS;
    const LENGTHS: bool = B::LENGTHS;
    const CONTROL: bool = B::CONTROL;

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn fill_all<const WRITE: bool>(
        this: *mut Self,
        fixed: bool,
        scratch: &mut Scratch<'_>,
    ) -> Result<(Lent<B::C>, KeptArray<B>), LendError> {
        let (values, len) = (this.cast::<B>(), this.len());
        let nothing = KeptArray { c: ptr::null_mut(), of: PhantomData };
        // What C may leave in structs of its own need not be a value of ours. (`Kept` has a size if there are results.)
        if B::IS_C && (!WRITE || (fixed && size_of::<B::Kept>() == 0)) {
            if check::COMPILED {
                // Nothing is rebuilt, and the pointer check must hear of each buffer all the same.
                for i in 0..len {
                    let mut c = MaybeUninit::<B::C>::zeroed();
                    // SAFETY: zeroed and ours; `i < len`, and the values are borrowed as they are (caller).
                    unsafe { B::fill::<WRITE>(values.add(i), c.as_mut_ptr(), scratch)? };
                }
            }
            return Ok((Lent { ptr: values.cast(), len }, nothing));
        }
        let Some((array, kept)) = (if WRITE {
            scratch.alloc_pair::<B::C, B::Kept>(len)
        } else {
            scratch.alloc::<B::C>(len).map(|array| (array, ptr::NonNull::dangling()))
        }) else {
            return Err(no_memory(len));
        };
        let (array, kept) = (array.as_ptr(), kept.as_ptr());
        // Each value is reached by its own place: a borrow of all of them would end the pointers into those before.
        // Counted, not iterated: one index serves both sides.
        for i in 0..len {
            // SAFETY: `i < len`, and the scratch has room for `len` of both; zeroed before it is filled, or written whole.
            unsafe {
                let c = array.add(i);
                if !B::WHOLE {
                    c.write_bytes(0, 1);
                }
                match B::fill::<WRITE>(values.add(i), c, scratch) {
                    Ok(k) if WRITE => kept.add(i).write(k),
                    Ok(_) => {}
                    Err(error) => return Err(error.at(i)),
                }
            }
        }
        Ok((Lent { ptr: array, len }, KeptArray { c: array.cast(), of: PhantomData }))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take_back_first<const TAKE: bool>(
        this: *mut Self,
        kept: KeptArray<B>,
        n: usize,
    ) -> Result<(), LendError> {
        if kept.c.is_null() {
            return Ok(());
        }
        let (values, len) = (this.cast::<B>(), this.len());
        let c = kept.c.cast::<B::C>();
        // SAFETY: the fill allocated both, for the `len` values that are still borrowed (caller).
        let kept = unsafe { Scratch::second_of_pair::<B::C, B::Kept>(c, len) };
        for i in 0..len.min(n) {
            // SAFETY: `i < len`: the fill wrote as many of both; the rest is the caller's promise.
            unsafe {
                if let Err(error) = B::take_back::<TAKE>(values.add(i), c.add(i), *kept.add(i)) {
                    return Err(error.at(i));
                }
            }
        }
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn scratch_left(&self, room: usize) -> Option<usize> {
        if B::IS_C || size_of::<B::C>() == 0 {
            return Some(room);
        }
        // The comparison that `Scratch::alloc` makes, so that it is made once.
        if self.len() <= room / size_of::<B::C>() { Some(room - self.len() * size_of::<B::C>()) } else { None }
    }
}

// SAFETY: element by element what `FfiPinnedMut` promises; the C structs are in the scratch.
unsafe impl<B: FfiPinnedMut> FfiArrayMut for [B] {}

/// Values that pass an inner run of C structs on.
macro_rules! array_by {
    ($([$($g:tt)*] $t:ty, $slice:ty, $at_least:expr, $as_ref:expr, $as_mut:expr;)*) => {$(
        // SAFETY: the inner run's promise; its memory is borrowed or owned by this value and stays in place.
        unsafe impl<$($g)*> FfiArray for $t where $slice: FfiArray {
            type Elem = <$slice as FfiArray>::Elem;
            type Kept = <$slice as FfiArray>::Kept;
            const REPORTS: bool = <$slice as FfiArray>::REPORTS;
            const LENGTHS: bool = <$slice as FfiArray>::LENGTHS;
            const AT_LEAST: usize = $at_least;
            const CONTROL: bool = <$slice as FfiArray>::CONTROL;
            #[cfg_attr(not(debug_assertions), inline(always))]
            unsafe fn fill_all<const WRITE: bool>(
                this: *mut Self,
                fixed: bool,
                scratch: &mut Scratch<'_>,
            ) -> Result<(Lent<Self::Elem>, Self::Kept), LendError> {
                // SAFETY: borrowed, exclusively if `WRITE` (caller); the rest is the caller's promise too.
                unsafe {
                    let inner = if WRITE { &raw mut *($as_mut)(&mut *this) } else { super::shared(($as_ref)(&*this)) };
                    <$slice>::fill_all::<WRITE>(inner, fixed, scratch)
                }
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            unsafe fn take_back_first<const TAKE: bool>(
                this: *mut Self,
                kept: Self::Kept,
                n: usize,
            ) -> Result<(), LendError> {
                // SAFETY: borrowed exclusively (caller); the rest is the caller's promise too.
                unsafe { <$slice>::take_back_first::<TAKE>(($as_mut)(&mut *this), kept, n) }
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn scratch_left(&self, room: usize) -> Option<usize> {
                let inner: &$slice = ($as_ref)(self);
                inner.scratch_left(room)
            }
        }
        // SAFETY: as above, exclusively.
        unsafe impl<$($g)*> FfiArrayMut for $t where $slice: FfiArrayMut {}
    )*};
}
/// A run of `Value`s, which may be written through if it is [`Exclusive`](crate::manual::Exclusive) and they may be.
///
/// # Safety
///
/// The elements are `Value`s, and `Access` is what may be done to them.
pub unsafe trait RunOf {
    /// The elements.
    type Value;
    /// What C may do to them.
    type Access: Access;
}

macro_rules! run_of {
    ($([$($g:tt)*] $t:ty: $value:ty, $access:ty;)*) => {$(
        // SAFETY: said by the type.
        unsafe impl<$($g)*> RunOf for $t {
            type Value = $value;
            type Access = $access;
        }
    )*};
}
run_of! {
    [B] [B]: B, Exclusive;
    [B, const N: usize] [B; N]: B, Exclusive;
    [B] Vec<B>: B, Exclusive;
    [B] Box<[B]>: B, Exclusive;
    [B, const N: usize] Box<[B; N]>: B, Exclusive;
    [T: RunOf + ?Sized] &T: T::Value, Shared;
    [T: RunOf + ?Sized] &mut T: T::Value, T::Access;
    [T: RunOf] Option<T>: T::Value, T::Access;
}

#[allow(clippy::borrowed_box)] // as the macro calls it
const fn in_box<B, const N: usize>(run: &Box<[B; N]>) -> &[B] {
    &**run
}

const fn in_box_mut<B, const N: usize>(run: &mut Box<[B; N]>) -> &mut [B] {
    &mut **run
}

array_by! {
    [B, const N: usize] [B; N], [B], N, <[B; N]>::as_slice, <[B; N]>::as_mut_slice;
    [B] Vec<B>, [B], 0, Vec::as_slice, Vec::as_mut_slice;
    [B] Box<[B]>, [B], 0, AsRef::as_ref, AsMut::as_mut;
    [B, const N: usize] Box<[B; N]>, [B], N, in_box, in_box_mut;
}

/// Borrows of an inner run. Only `&mut` may be written through, and only that is asked to take results back.
macro_rules! array_behind {
    ($t:ty, $inner:expr) => {
        // SAFETY: the inner run's promise; the borrow keeps it in place.
        unsafe impl<T: FfiArray + ?Sized> FfiArray for $t {
            type Elem = T::Elem;
            type Kept = T::Kept;
            const REPORTS: bool = T::REPORTS;
            const LENGTHS: bool = T::LENGTHS;
            const AT_LEAST: usize = T::AT_LEAST;
            const CONTROL: bool = T::CONTROL;
            #[cfg_attr(not(debug_assertions), inline(always))]
            unsafe fn fill_all<const WRITE: bool>(
                this: *mut Self,
                fixed: bool,
                scratch: &mut Scratch<'_>,
            ) -> Result<(Lent<T::Elem>, T::Kept), LendError> {
                // SAFETY: the caller's promise.
                unsafe { T::fill_all::<WRITE>($inner(this, WRITE), fixed, scratch) }
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            unsafe fn take_back_first<const TAKE: bool>(
                this: *mut Self,
                kept: T::Kept,
                n: usize,
            ) -> Result<(), LendError> {
                // SAFETY: the caller's promise.
                unsafe { T::take_back_first::<TAKE>($inner(this, true), kept, n) }
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn scratch_left(&self, room: usize) -> Option<usize> {
                (**self).scratch_left(room)
            }
        }
    };
}
array_behind!(&T, |this: *mut &T, _| super::shared(&**this));
array_behind!(&mut T, |this: *mut &mut T, write| if write { &raw mut **this } else { super::shared(&**this) });

// SAFETY: the inner run's promise; an exclusive borrow keeps it in place.
unsafe impl<T: FfiArrayMut + ?Sized> FfiArrayMut for &mut T {}

// SAFETY: the inner run's promise, or null with length 0.
unsafe impl<T: FfiArray> FfiArray for Option<T> {
    type Elem = T::Elem;
    type Kept = Option<T::Kept>;
    const REPORTS: bool = T::REPORTS;
    const LENGTHS: bool = T::LENGTHS;
    const AT_LEAST: usize = T::AT_LEAST;
    const CONTROL: bool = T::CONTROL;

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn fill_all<const WRITE: bool>(
        this: *mut Self,
        fixed: bool,
        scratch: &mut Scratch<'_>,
    ) -> Result<(Lent<T::Elem>, Self::Kept), LendError> {
        // SAFETY: borrowed, exclusively if `WRITE` (caller); the rest is the caller's promise too.
        let inner = unsafe {
            if WRITE { (*this).as_mut().map(|inner| &raw mut *inner) } else { (*this).as_ref().map(super::shared) }
        };
        let Some(inner) = inner else { return Ok((Lent::NONE, None)) };
        // SAFETY: the caller's promise.
        let (array, kept) = unsafe { T::fill_all::<WRITE>(inner, fixed, scratch)? };
        Ok((array, Some(kept)))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take_back_first<const TAKE: bool>(this: *mut Self, kept: Self::Kept, n: usize) -> Result<(), LendError> {
        // SAFETY: borrowed exclusively (caller).
        match (unsafe { &mut *this }, kept) {
            // SAFETY: the caller's promise.
            (Some(inner), Some(kept)) => unsafe { T::take_back_first::<TAKE>(inner, kept, n) },
            _ => Ok(()),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn scratch_left(&self, room: usize) -> Option<usize> {
        self.as_ref().map_or(Some(room), |inner| inner.scratch_left(room))
    }
}

// SAFETY: as above.
unsafe impl<T: FfiArrayMut> FfiArrayMut for Option<T> {}

/// Fills the `n` structs of a value whose C type is an array, in the scratch.
///
/// # Errors
///
/// As for [`FfiPinned::fill`].
///
/// # Safety
///
/// As for [`FfiPinned::fill`]; `V::C` is an array of `n` `E`s, and a `V` has no results.
#[cfg_attr(not(debug_assertions), inline(always))]
pub unsafe fn fill_run<const WRITE: bool, V: FfiPinned, E>(
    value: *mut V,
    n: usize,
    scratch: &mut Scratch<'_>,
) -> Result<(Lent<E>, ()), LendError> {
    let Some(c) = scratch.alloc::<V::C>(1) else { return Err(no_memory(n)) };
    let c = c.as_ptr();
    // SAFETY: room for one `V::C`, zeroed before it is filled, or written whole; the rest is the caller's promise.
    unsafe {
        if !V::WHOLE {
            c.write_bytes(0, 1);
        }
        V::fill::<WRITE>(value, c, scratch)?;
    }
    Ok((Lent { ptr: c.cast(), len: n }, ()))
}
