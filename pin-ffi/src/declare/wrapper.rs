//! Calls the body of a wrapper with its parameters as filled C structs.

use super::lend;
use super::stack::{ROOM, in_blocks};
use crate::error::LendError;
use crate::fill::{FfiArray, FfiArrayMut, FfiPinned, FfiPinnedMut, LentArray, LentStruct};
use crate::lend::Lent;
use crate::scratch::{INLINE, Inline, Scratch};
use core::cell::{Cell, UnsafeCell};
use core::mem::MaybeUninit;

/// A parameter that a wrapper lends, or a tuple of them.
///
/// # Safety
///
/// The structs that [`shown`](Self::shown) returns are filled.
pub unsafe trait Lends {
    /// The storage of its C struct, if that is not in the scratch; and whether the body has asked for an address to
    /// write to.
    type Place;
    /// The result of [`fill`](Self::fill).
    type Kept: Copy;
    /// The type that the body gets.
    type Shown<'a>;

    /// Makes an empty place.
    fn place() -> Self::Place;

    /// Returns how much of the room on the stack remains.
    fn room(&self, left: Option<usize>) -> Option<usize>;

    /// Fills the C structs.
    ///
    /// # Errors
    ///
    /// As for [`FfiPinned::fill`].
    ///
    /// # Safety
    ///
    /// As for [`FfiPinned::fill`], for the place and the scratch.
    unsafe fn fill(&mut self, place: &mut Self::Place, scratch: &mut Scratch<'_>) -> Result<Self::Kept, LendError>;

    /// Returns the filled structs.
    ///
    /// # Safety
    ///
    /// `kept` is from [`fill`](Self::fill) with this `place`, and the structs stay filled as long as `place` is
    /// borrowed.
    unsafe fn shown(place: &Self::Place, kept: Self::Kept) -> Self::Shown<'_>;

    /// Checks what C left, or takes it over if `TAKE`. Does nothing if the body did not ask for an address to write to.
    ///
    /// # Errors
    ///
    /// As for [`FfiPinned::take_back`].
    ///
    /// # Safety
    ///
    /// As for [`FfiPinned::take_back`]; `kept` is from [`fill`](Self::fill) with this `place`.
    unsafe fn take<const TAKE: bool>(&mut self, place: &Self::Place, kept: Self::Kept) -> Result<(), LendError>;
}

/// One value, for reading.
#[derive(Debug)]
pub struct LendStruct<'v, V>(pub &'v V);

/// One value, for writing.
#[derive(Debug)]
pub struct LendStructMut<'v, V>(pub &'v mut V);

/// A sequence of values, for reading.
#[derive(Debug)]
pub struct LendArray<'v, V: ?Sized>(pub &'v V);

/// A sequence of values, for writing.
#[derive(Debug)]
pub struct LendArrayMut<'v, V: ?Sized>(pub &'v mut V);

/// The place of one C struct.
#[derive(Debug)]
pub struct StructPlace<C> {
    /// C writes it while the place is borrowed.
    c: UnsafeCell<MaybeUninit<C>>,
    lent: Cell<bool>,
}

impl<C> StructPlace<C> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    const fn zeroed() -> Self {
        Self { c: UnsafeCell::new(MaybeUninit::zeroed()), lent: Cell::new(false) }
    }
}

// SAFETY: `fill` fills the struct in the place and keeps its address, which `shown` returns.
unsafe impl<V: FfiPinned> Lends for LendStruct<'_, V> {
    type Place = StructPlace<V::C>;
    type Kept = *mut V::C;
    type Shown<'a> = LentStruct<'a, V::C>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn place() -> Self::Place {
        StructPlace::zeroed()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn room(&self, left: Option<usize>) -> Option<usize> {
        lend::struct_room(self.0, left)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn fill(&mut self, place: &mut Self::Place, scratch: &mut Scratch<'_>) -> Result<Self::Kept, LendError> {
        // SAFETY: this function has the same contract, and the place is zeroed when it is made.
        unsafe { lend::fill_struct(self.0, place.c.get_mut(), scratch) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn shown(place: &Self::Place, c: Self::Kept) -> Self::Shown<'_> {
        // SAFETY: the caller guarantees that the structs stay filled as long as `place` is borrowed.
        unsafe { LentStruct::lent_for_reading(c, &place.lent) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take<const TAKE: bool>(&mut self, _: &Self::Place, _: Self::Kept) -> Result<(), LendError> {
        Ok(())
    }
}

// SAFETY: `fill` fills the struct in the place and keeps its address, which `shown` returns.
unsafe impl<V: FfiPinnedMut> Lends for LendStructMut<'_, V> {
    type Place = StructPlace<V::C>;
    type Kept = (*mut V::C, V::Kept);
    type Shown<'a> = LentStruct<'a, V::C>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn place() -> Self::Place {
        StructPlace::zeroed()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn room(&self, left: Option<usize>) -> Option<usize> {
        lend::struct_room(&*self.0, left)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn fill(&mut self, place: &mut Self::Place, scratch: &mut Scratch<'_>) -> Result<Self::Kept, LendError> {
        // SAFETY: this function has the same contract, and the place is zeroed when it is made.
        unsafe { lend::fill_struct_mut(self.0, place.c.get_mut(), scratch) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn shown(place: &Self::Place, (c, _): Self::Kept) -> Self::Shown<'_> {
        // SAFETY: the caller guarantees that the structs stay filled as long as `place` is borrowed.
        unsafe { LentStruct::lent_for_writing(c, &place.lent) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take<const TAKE: bool>(&mut self, place: &Self::Place, (c, kept): Self::Kept) -> Result<(), LendError> {
        // SAFETY: the caller guarantees that `c` and `kept` are from `fill`, and the rest of the contract of
        // `take_back`.
        if place.lent.get() { unsafe { V::take_back::<TAKE>(self.0, c, kept) } } else { Ok(()) }
    }
}

// SAFETY: `fill` fills the structs in the scratch and keeps their address, which `shown` returns.
unsafe impl<V: FfiArray + ?Sized> Lends for LendArray<'_, V> {
    type Place = Cell<bool>;
    type Kept = Lent<V::Elem>;
    type Shown<'a> = LentArray<'a, V::Elem>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn place() -> Self::Place {
        Cell::new(false)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn room(&self, left: Option<usize>) -> Option<usize> {
        lend::array_room(self.0, left)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn fill(&mut self, _: &mut Self::Place, scratch: &mut Scratch<'_>) -> Result<Self::Kept, LendError> {
        // SAFETY: this function has the same contract.
        unsafe { lend::fill_array::<_, true>(self.0, scratch) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn shown(place: &Self::Place, array: Self::Kept) -> Self::Shown<'_> {
        // SAFETY: the caller guarantees that the structs stay filled as long as `place` is borrowed.
        unsafe { LentArray::lent_for_reading(array, place) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take<const TAKE: bool>(&mut self, _: &Self::Place, _: Self::Kept) -> Result<(), LendError> {
        Ok(())
    }
}

// SAFETY: `fill` fills the structs in the scratch and keeps their address, which `shown` returns.
unsafe impl<V: FfiArrayMut + ?Sized> Lends for LendArrayMut<'_, V> {
    type Place = Cell<bool>;
    type Kept = (Lent<V::Elem>, V::Kept);
    type Shown<'a> = LentArray<'a, V::Elem>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn place() -> Self::Place {
        Cell::new(false)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn room(&self, left: Option<usize>) -> Option<usize> {
        lend::array_room(&*self.0, left)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn fill(&mut self, _: &mut Self::Place, scratch: &mut Scratch<'_>) -> Result<Self::Kept, LendError> {
        // SAFETY: this function has the same contract.
        unsafe { lend::fill_array_mut::<_, true, false>(self.0, scratch) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn shown(place: &Self::Place, (array, _): Self::Kept) -> Self::Shown<'_> {
        // SAFETY: the caller guarantees that the structs stay filled as long as `place` is borrowed.
        unsafe { LentArray::lent_for_writing(array, place) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take<const TAKE: bool>(&mut self, place: &Self::Place, (_, kept): Self::Kept) -> Result<(), LendError> {
        // SAFETY: the caller guarantees that `kept` is from `fill`, and the rest of the contract of `take_back_first`.
        if place.get() { unsafe { V::take_back_first::<TAKE>(self.0, kept, usize::MAX) } } else { Ok(()) }
    }
}

// SAFETY: `A` and `B` guarantee it for their structs.
unsafe impl<A: Lends, B: Lends> Lends for (A, B) {
    type Place = (A::Place, B::Place);
    type Kept = (A::Kept, B::Kept);
    type Shown<'a> = (A::Shown<'a>, B::Shown<'a>);

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn place() -> Self::Place {
        (A::place(), B::place())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn room(&self, left: Option<usize>) -> Option<usize> {
        self.1.room(self.0.room(left))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn fill(&mut self, place: &mut Self::Place, scratch: &mut Scratch<'_>) -> Result<Self::Kept, LendError> {
        // SAFETY: the caller guarantees the contract for both.
        unsafe { Ok((self.0.fill(&mut place.0, scratch)?, self.1.fill(&mut place.1, scratch)?)) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn shown(place: &Self::Place, kept: Self::Kept) -> Self::Shown<'_> {
        // SAFETY: the caller guarantees the contract for both.
        unsafe { (A::shown(&place.0, kept.0), B::shown(&place.1, kept.1)) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take<const TAKE: bool>(&mut self, place: &Self::Place, kept: Self::Kept) -> Result<(), LendError> {
        // SAFETY: the caller guarantees the contract for both.
        unsafe {
            self.0.take::<TAKE>(&place.0, kept.0)?;
            self.1.take::<TAKE>(&place.1, kept.1)
        }
    }
}

/// The return type of a wrapper. Filling may fail, so it must be able to hold a [`LendError`].
///
/// Sealed, because the returned value decides whether lengths are taken over.
#[diagnostic::on_unimplemented(
    message = "a `#[pinned_ffi]` wrapper cannot return `{Self}`: it must be able to say that a buffer does not fit",
    label = "not a `Result` whose error can be made from `LendError`",
    note = "return `std::io::Result<...>`, or a `Result` whose error implements `From<pin_ffi::LendError>`"
)]
pub trait WrapperResult: sealed::Sealed + Sized {
    /// Fills the C structs of `lends`, calls `body` with them, and takes over the results if `body` returned `Ok`.
    fn lend<L: Lends>(lends: L, body: impl FnOnce(L::Shown<'_>) -> Self) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl<T, E> Sealed for Result<T, E> {}
}

impl<T, E: From<LendError>> WrapperResult for Result<T, E> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    fn lend<L: Lends>(lends: L, body: impl FnOnce(L::Shown<'_>) -> Self) -> Self {
        if lends.room(ROOM).is_some() {
            let mut inline = Inline::<INLINE>::uninit();
            lend_in(lends, &mut Scratch::new(&mut inline), body)
        } else {
            in_blocks(move |scratch| lend_in(lends, scratch, body))
        }
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
fn lend_in<L: Lends, T, E: From<LendError>>(
    mut lends: L,
    scratch: &mut Scratch<'_>,
    body: impl FnOnce(L::Shown<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let mut place = L::place();
    // SAFETY: the place is empty. The place, the scratch and the lent values are neither moved nor accessed until the
    // results are taken over.
    let kept = match unsafe { lends.fill(&mut place, scratch) } {
        Ok(kept) => kept,
        Err(error) => return Err(refused(error)),
    };
    // SAFETY: `fill` filled the structs above, and they stay filled until the end of this function.
    let returned = body(unsafe { L::shown(&place, kept) })?;
    // SAFETY: `place` and `kept` are from `fill` above. If the body asked for an address to write to, the contract of
    // `LentStruct::as_mut_ptr` covers what C left there.
    let taken = unsafe { lends.take::<false>(&place, kept).and_then(|()| lends.take::<true>(&place, kept)) };
    match taken {
        Ok(()) => Ok(returned),
        Err(error) => Err(refused(error)),
    }
}

#[cold]
fn refused<E: From<LendError>>(error: LendError) -> E {
    error.into()
}
