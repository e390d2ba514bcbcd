//! The steps of a derived fill, one call for each field: what is lent, checked and written; and of taking back.
//!
//! Each takes the field of the value and the number of its row in the table. The row says where and how an address or a
//! length is written, so that nothing is asked of the types of C's fields here: they were checked when the table was made.
//! It also has the names for errors.
//!
//! They are extension traits: what a field's type lacks is one error, in the table's words and in these.

use super::{FfiArray, FfiPinned};
use crate::error::{LendError, LendResult, Reason};
use crate::field::{Convert, PtrField, agree, bytes_of, check_max, converted};
use crate::lend::{Consume, Fill, Lend, Lent, NoPadding, Plain};
use crate::scratch::{MAX_LEVELS, Scratch};
use crate::table::{Layout, Nested, Place};
use core::marker::PhantomData;

/// Two types that are one: generated code says a field's type again, and it must mean the same there.
///
/// # Safety
///
/// `Self` is `T`.
#[diagnostic::on_unimplemented(
    message = "this type is `{Self}` in the struct, and `{T}` in generated code",
    label = "means two types",
    note = "a macro in the type names something that is there only in generated code: write the type itself"
)]
pub unsafe trait Is<T: ?Sized> {}
// SAFETY: the same type.
unsafe impl<T: ?Sized> Is<T> for T {}

/// A fill on its way: the C struct, its table, and the scratch.
#[derive(Debug)]
pub struct Filling<'f, 's, const WRITE: bool> {
    c: *mut u8,
    table: &'static [Place],
    scratch: &'f mut Scratch<'s>,
}

impl<'f, 's, const WRITE: bool> Filling<'f, 's, WRITE> {
    /// The fill of a `V`, into the struct at `c`.
    ///
    /// # Safety
    ///
    /// As for [`FfiPinned::fill`].
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub unsafe fn new<V: FfiPinned>(c: *mut V::C, scratch: &'f mut Scratch<'s>) -> Self {
        Self { c: c.cast(), table: V::TABLE, scratch }
    }

    /// Copies a plain value into the C field at `c`.
    ///
    /// # Errors
    ///
    /// [`Reason::OutOfRange`].
    ///
    /// # Safety
    ///
    /// `value` is a field of the value that is being filled in, and `c` its place in the struct.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub unsafe fn set<T: Convert<F>, F: NoPadding>(
        &mut self,
        c: *mut F,
        value: *const T,
        row: usize,
    ) -> LendResult<()> {
        // SAFETY: the caller's promise.
        unsafe {
            let value = converted(c, &value.read(), &self.table[row].names)?;
            c.write_unaligned(value);
        }
        Ok(())
    }

    /// Joins the lengths of two buffers that share one: they must agree. `None` has no say, where the field may be none.
    ///
    /// # Errors
    ///
    /// [`Reason::Disagree`] with this buffer's length and the other's.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn agree<E>(
        &mut self,
        so_far: Option<usize>,
        lent: Lent<E>,
        optional: bool,
        row: usize,
    ) -> LendResult<Option<usize>> {
        let place = &self.table[row];
        if optional && lent.is_none() { Ok(so_far) } else { agree(so_far, true, amount(lent, place)?, &place.names) }
    }

    /// Writes the length on which the buffers that share it agree; `row` is that of the first.
    ///
    /// # Errors
    ///
    /// [`Reason::TooLong`].
    ///
    /// # Safety
    ///
    /// The struct is valid for writes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub unsafe fn put_shared(&mut self, agreed: Option<usize>, row: usize) -> LendResult<()> {
        // SAFETY: the table is of the struct (`new`).
        unsafe { self.table[row].put_shared(self.c, agreed.unwrap_or(0)) }
    }

    /// Writes the address of what is lent and its length, and tells the pointer check.
    ///
    /// # Safety
    ///
    /// What is lent stays in place for as long as the fill's contract says.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn put<E>(&mut self, lent: Lent<E>, place: &'static Place, write: bool) -> LendResult<()> {
        let n = amount(lent, place)?;
        let shown = if place.null_if_empty() && lent.len == 0 { Lent::NONE } else { lent };
        // SAFETY: the table is of the struct (`new`); the rest is the caller's promise.
        unsafe {
            place.put(self.c, shown.ptr.cast(), n)?;
            self.scratch.note(shown, write);
        }
        Ok(())
    }
}

/// A taking back on its way: the C struct, and its table. All is checked (`TAKE` is false) before any is taken.
#[derive(Debug, Clone, Copy)]
pub struct Taking<const TAKE: bool> {
    c: *const u8,
    table: &'static [Place],
}

impl<const TAKE: bool> Taking<TAKE> {
    /// What C left in the struct at `c`, which a `V` filled.
    ///
    /// # Safety
    ///
    /// As for [`FfiPinned::take_back`].
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub unsafe fn new<V: FfiPinned>(c: *const V::C) -> Self {
        Self { c: c.cast(), table: V::TABLE }
    }

    /// A plain value that C may have written to the field at `c`.
    ///
    /// # Errors
    ///
    /// [`Reason::WrittenOutOfRange`].
    ///
    /// # Safety
    ///
    /// `field` is one of the value that was filled in, and `c` its place in the struct.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub unsafe fn value<F: Plain + Convert<T>, T>(&mut self, c: *const F, field: *mut T, row: usize) -> LendResult<()> {
        // SAFETY: initialised (`new`), and any bytes are an `F`.
        match <F as Convert<T>>::convert(unsafe { c.read_unaligned() }) {
            Ok(value) => {
                if TAKE {
                    // SAFETY: the field of a value that is exclusively borrowed (caller).
                    unsafe { *field = value };
                }
                Ok(())
            }
            Err(unfit) => {
                Err(LendError::new(&self.table[row].names, Reason::WrittenOutOfRange, unfit.value, unfit.limit))
            }
        }
    }

    /// What C left in a length or position, within the capacity, in C's unit.
    ///
    /// # Safety
    ///
    /// `S` is what the type of the row's address says.
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn left<B: Lend, S: Says>(self, capacity: usize, row: usize) -> LendResult<usize> {
        const { must_count_elements::<B, S>() };
        if capacity == 0 {
            return Ok(0);
        }
        let most = if S::BYTES { capacity * size_of::<B::Elem>() } else { capacity };
        // SAFETY: the table is of the struct, which is initialised (`new`).
        unsafe { self.table[row].reported(self.c, most) }
    }

    /// How much of it C filled and how much there was, in C's unit, where that may be more than fits.
    ///
    /// # Safety
    ///
    /// As for [`left`](Self::left), which stands beside it and looks at the elements' size.
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn left_of_full<B: Lend, S: Says>(self, capacity: usize, row: usize) -> LendResult<(usize, usize)> {
        let most = if S::BYTES { capacity * size_of::<B::Elem>() } else { capacity };
        let place = &self.table[row];
        // SAFETY: the table is of the struct, which is initialised (`new`).
        let full = match unsafe { place.reported(self.c, usize::MAX) } {
            Ok(full) => full,
            // A buffer without room takes nothing.
            Err(_) if capacity == 0 => 0,
            // SAFETY: as above; the error with the buffer's own limit.
            Err(_) => unsafe { place.reported(self.c, most)? },
        };
        Ok((full.min(most), full))
    }
}

/// The steps of a buffer.
pub trait Buffer {
    /// What it is made of.
    type Element;

    /// For the table.
    const LAYOUT: Layout;

    /// Lends a buffer.
    ///
    /// # Errors
    ///
    /// It has more elements than `max`, or its length does not fit.
    ///
    /// # Safety
    ///
    /// `field` is the field at `row` of the value that is being filled in. So it is for each of these.
    unsafe fn fill<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
    ) -> LendResult<Lent<Self::Element>>;
}
impl<B: Lend> Buffer for B {
    type Element = B::Elem;
    const LAYOUT: Layout = Layout::of::<Self>();

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn fill<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
    ) -> LendResult<Lent<B::Elem>> {
        let place = &f.table[row];
        // SAFETY: the caller's promise: borrowed, exclusively if `WRITE`, for longer than the address is used.
        unsafe {
            let lent = lend::<WRITE, Self>(field.cast(), place)?;
            f.put(lent, place, WRITE && !place.reads_only())?;
            Ok(lent)
        }
    }
}

/// The steps of a buffer whose length C changes (`inout`), or of which C says how much there was (`full`).
pub trait Reported {
    /// What it is made of.
    type Element;

    /// [`fill`](Self::fill), where C says in another field, whose row is `full`, how much there was.
    ///
    /// # Errors
    ///
    /// As for [`Buffer::fill`].
    ///
    /// # Safety
    ///
    /// As for [`Buffer::fill`].
    unsafe fn fill_and_ask<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
        full: usize,
    ) -> LendResult<Lent<Self::Element>>;

    /// As [`Buffer::fill`].
    ///
    /// # Errors
    ///
    /// As for [`Buffer::fill`].
    ///
    /// # Safety
    ///
    /// As for [`Buffer::fill`].
    unsafe fn fill<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
    ) -> LendResult<Lent<Self::Element>>;

    /// Takes a length that C changed: what is shown of the buffer.
    ///
    /// # Errors
    ///
    /// [`Reason::Overrun`], of `full` only for what is no length. A buffer without room takes nothing, whatever C reports of
    /// it.
    ///
    /// # Safety
    ///
    /// `field` is the field at `row` of the value that was filled in, and was lent with room for `capacity` elements;
    /// `S` is what the type of its address says. So it is for each of these.
    unsafe fn take<const TAKE: bool, S: Says>(
        t: &mut Taking<TAKE>,
        field: *mut impl Sized,
        capacity: usize,
        row: usize,
        _: S,
    ) -> LendResult<()>;
}
impl<B: Fill> Reported for B {
    type Element = B::Elem;

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn fill_and_ask<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
        full: usize,
    ) -> LendResult<Lent<B::Elem>> {
        // SAFETY: the caller's promise. What was left there before is no answer of this call's.
        unsafe {
            f.table[full].put_position(f.c, 0)?;
            <Self as Reported>::fill(f, field, row)
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn fill<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
    ) -> LendResult<Lent<B::Elem>> {
        if WRITE && f.table[row].gaps {
            // SAFETY: exclusively borrowed (caller).
            unsafe { B::initialise(&mut *field.cast::<Self>()) };
        }
        // SAFETY: the caller's promise.
        unsafe { <Self as Buffer>::fill(f, field, row) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take<const TAKE: bool, S: Says>(
        t: &mut Taking<TAKE>,
        field: *mut impl Sized,
        capacity: usize,
        row: usize,
        _: S,
    ) -> LendResult<()> {
        // SAFETY: the caller's promise; checked before it is taken. Of more than fits, all of the buffer was filled.
        unsafe {
            if t.table[row].full {
                let (n, full) = t.left_of_full::<B, S>(capacity, row)?;
                if TAKE {
                    let buffer = &mut *field.cast::<Self>();
                    buffer.set_filled(elements::<B, S>(n));
                    buffer.set_full(if S::BYTES { full.div_ceil(size_of::<B::Elem>()) } else { full });
                }
            } else {
                let n = t.left::<B, S>(capacity, row)?;
                if TAKE {
                    (*field.cast::<Self>()).set_filled(elements::<B, S>(n));
                }
            }
        }
        Ok(())
    }
}

/// The steps of a buffer of which C says how far it has come (`pos`, `advance`).
pub trait Progressing<const READ_ONLY: bool> {
    /// What it is made of.
    type Element;

    /// [`Buffer::fill`], with a position.
    ///
    /// # Errors
    ///
    /// As for [`Buffer::fill`], also of the position.
    ///
    /// # Safety
    ///
    /// As for [`Buffer::fill`]; `position` is the row of the position.
    unsafe fn fill_from<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
        position: usize,
    ) -> LendResult<Lent<Self::Element>>;

    /// [`Buffer::fill`] for one in which C moves the address and lowers the length (`advance`): what is left of it.
    ///
    /// # Errors
    ///
    /// As for [`Buffer::fill`].
    ///
    /// # Safety
    ///
    /// As for [`Buffer::fill`].
    unsafe fn fill_rest<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
    ) -> LendResult<Lent<Self::Element>>;

    /// As [`Reported::take`], of a position, whose row `row` is.
    ///
    /// # Errors
    ///
    /// As for [`Reported::take`].
    ///
    /// # Safety
    ///
    /// As for [`Reported::take`].
    unsafe fn take_position<const TAKE: bool, S: Says>(
        t: &mut Taking<TAKE>,
        field: *mut impl Sized,
        capacity: usize,
        row: usize,
        _: S,
    ) -> LendResult<()>;

    /// As [`Reported::take`], where C moved the address and lowered the length.
    ///
    /// # Errors
    ///
    /// As for [`Reported::take`].
    ///
    /// # Safety
    ///
    /// As for [`Reported::take`].
    unsafe fn take_rest<const TAKE: bool, S: Says>(
        t: &mut Taking<TAKE>,
        field: *mut impl Sized,
        capacity: usize,
        row: usize,
        _: S,
    ) -> LendResult<()>;
}
impl<const READ_ONLY: bool, B: Progress<READ_ONLY>> Progressing<READ_ONLY> for B {
    type Element = B::Elem;

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn fill_from<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
        position: usize,
    ) -> LendResult<Lent<B::Elem>> {
        let (place, position) = (&f.table[row], &f.table[position]);
        // SAFETY: the caller's promise. Where C goes on is asked before the loan, which is exclusive.
        unsafe {
            let start = (*field.cast::<Self>()).start();
            let lent = <Self as Buffer>::fill(f, field, row)?;
            let start =
                if place.counts_bytes() { bytes_of(Lent { len: start, ..lent }, &position.names)? } else { start };
            position.put_position(f.c, start)?;
            Ok(lent)
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn fill_rest<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
    ) -> LendResult<Lent<B::Elem>> {
        let place = &f.table[row];
        // SAFETY: the caller's promise. Where C goes on is asked before the loan, which is exclusive.
        unsafe {
            let start = (*field.cast::<Self>()).start();
            let lent = behind(lend::<WRITE, Self>(field.cast(), place)?, start);
            f.put(lent, place, WRITE && !place.reads_only())?;
            Ok(lent)
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take_position<const TAKE: bool, S: Says>(
        t: &mut Taking<TAKE>,
        field: *mut impl Sized,
        capacity: usize,
        row: usize,
        _: S,
    ) -> LendResult<()> {
        // SAFETY: the caller's promise; checked before it is taken.
        unsafe {
            let n = t.left::<B, S>(capacity, row)?;
            if TAKE && capacity > 0 {
                (*field.cast::<Self>()).come_to(elements::<B, S>(n));
            }
        }
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take_rest<const TAKE: bool, S: Says>(
        t: &mut Taking<TAKE>,
        field: *mut impl Sized,
        capacity: usize,
        row: usize,
        _: S,
    ) -> LendResult<()> {
        // SAFETY: the caller's promise; checked before it is taken.
        unsafe {
            let rest = t.left::<B, S>(capacity, row)?;
            if TAKE && capacity > 0 {
                // A trailing partial element is not behind.
                let all = if S::BYTES { capacity * size_of::<B::Elem>() } else { capacity };
                (*field.cast::<Self>()).come_on(elements::<B, S>(all - rest));
            }
        }
        Ok(())
    }
}

/// The steps of an array of C structs.
pub trait Run {
    /// What a fill remembers.
    type Remembered;

    /// The C struct.
    type Struct;

    /// Fills an array of C structs.
    ///
    /// # Errors
    ///
    /// An element's, with its index; or as for [`Buffer::fill`].
    ///
    /// # Safety
    ///
    /// As for [`Buffer::fill`].
    unsafe fn fill<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
    ) -> LendResult<(Lent<Self::Struct>, Self::Remembered)>;

    /// Takes what C left in the structs of an array.
    ///
    /// # Errors
    ///
    /// An element's, with its index.
    ///
    /// # Safety
    ///
    /// As for [`Reported::take`].
    unsafe fn take<const TAKE: bool>(
        _: &mut Taking<TAKE>,
        field: *mut impl Sized,
        kept: Self::Remembered,
    ) -> LendResult<()>;
}
impl<T: FfiArray> Run for T {
    type Remembered = T::Kept;
    type Struct = T::Elem;

    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    unsafe fn fill<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
    ) -> LendResult<(Lent<T::Elem>, T::Kept)> {
        let place = &f.table[row];
        // SAFETY: the caller's promise. C may write the structs, which are its own.
        unsafe {
            let filled = f.scratch.one_level_down(|scratch| {
                if WRITE && !place.lends_for_reading() {
                    T::fill_all::<WRITE>(field.cast(), false, scratch)
                } else {
                    T::fill_all::<false>(field.cast(), false, scratch)
                }
            });
            let Some(filled) = filled else {
                let most = i128::from(MAX_LEVELS);
                return Err(LendError::new(&place.names, Reason::TooDeep, most + 1, most));
            };
            let (lent, kept) = filled?;
            check_max(lent.len, place.max, &place.names)?;
            f.put(lent, place, false)?;
            Ok((lent, kept))
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take<const TAKE: bool>(_: &mut Taking<TAKE>, field: *mut impl Sized, kept: T::Kept) -> LendResult<()> {
        // SAFETY: the caller's promise, for all elements.
        unsafe { T::take_back_first::<TAKE>(field.cast(), kept, usize::MAX) }
    }
}

/// The steps of a struct in place.
pub trait Inlined {
    /// What a fill remembers.
    type Remembered;

    /// For the table.
    const NESTED: Nested;

    /// Fills a struct in place.
    ///
    /// # Errors
    ///
    /// The struct's own.
    ///
    /// # Safety
    ///
    /// As for [`Buffer::fill`].
    unsafe fn fill_in<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
    ) -> LendResult<Self::Remembered>;

    /// Takes what C left in a struct in place.
    ///
    /// # Errors
    ///
    /// The struct's own.
    ///
    /// # Safety
    ///
    /// As for [`Reported::take`].
    unsafe fn take_in<const TAKE: bool>(
        t: &mut Taking<TAKE>,
        field: *mut impl Sized,
        kept: Self::Remembered,
        row: usize,
    ) -> LendResult<()>;
}
impl<V: FfiPinned> Inlined for V {
    type Remembered = V::Kept;
    const NESTED: Nested = Nested::of::<Self>();

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn fill_in<const WRITE: bool>(
        f: &mut Filling<'_, '_, WRITE>,
        field: *mut impl Is<Self>,
        row: usize,
    ) -> LendResult<V::Kept> {
        let place = &f.table[row];
        // SAFETY: the caller's promise; a `Self::C` is there (the table).
        unsafe {
            let c = place.slot(f.c).cast();
            if WRITE && !place.lends_for_reading() {
                <V as FfiPinned>::fill::<WRITE>(field.cast(), c, f.scratch)
            } else {
                <V as FfiPinned>::fill::<false>(field.cast(), c, f.scratch)
            }
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn take_in<const TAKE: bool>(
        t: &mut Taking<TAKE>,
        field: *mut impl Sized,
        kept: V::Kept,
        row: usize,
    ) -> LendResult<()> {
        // SAFETY: the caller's promise; a `Self::C` is there (the table), and is only read.
        unsafe {
            let c = t.table[row].slot(t.c.cast_mut());
            V::take_back::<TAKE>(field.cast(), c.cast(), kept)
        }
    }
}

/// Address and length of a buffer, from one call. What C only reads is lent up to its filled part, also by a call that
/// writes elsewhere.
///
/// # Errors
///
/// It has more elements than `max`.
///
/// # Safety
///
/// `field` is borrowed, exclusively if `WRITE`, for longer than the address is used.
#[cfg_attr(not(debug_assertions), inline(always))]
unsafe fn lend<const WRITE: bool, B: Lend>(field: *mut B, place: &'static Place) -> LendResult<Lent<B::Elem>> {
    // SAFETY: the caller's promise.
    let lent = unsafe { if WRITE && !place.reads_only() { B::lend_mut(&mut *field) } else { B::lend(&*field) } };
    check_max(lent.len, place.max, &place.names)?;
    Ok(lent)
}

/// The part of a buffer from `start` on.
#[cfg_attr(not(debug_assertions), inline(always))]
fn behind<E>(lent: Lent<E>, start: usize) -> Lent<E> {
    debug_assert!(start <= lent.len, "a buffer is lent from {start} on, and ends at {}", lent.len);
    Lent { ptr: lent.ptr.wrapping_add(start), len: lent.len - start }
}

/// How much C is told of, in its unit.
#[cfg_attr(not(debug_assertions), inline(always))]
fn amount<E>(lent: Lent<E>, place: &'static Place) -> LendResult<usize> {
    if place.counts_bytes() { bytes_of(lent, &place.names) } else { Ok(lent.len) }
}

/// What C counts are elements of `B`, or bytes. Only the derive says so where C's field says nothing.
///
/// The error stands where this is called: without `track_caller`, in the source of the `panic!` macro.
#[track_caller]
const fn must_count_elements<B: Lend, S: Says>() {
    assert!(
        S::ELEMENT == 0 || size_of::<B::Elem>() == S::ELEMENT,
        "C counts elements of another size than the buffer has: what it reports would show what it never wrote"
    );
}

/// A trailing partial element is dropped.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn elements<B: Lend, S: Says>(n: usize) -> usize {
    if S::BYTES { n / size_of::<B::Elem>() } else { n }
}

/// What the type of a C field says of what its address leads to (`void` and `unsigned char` are of one size), and what C
/// counts there.
pub trait Says {
    /// The size of the elements that C counts; 0 if only the derive says what they are.
    const ELEMENT: usize;
    /// C counts bytes.
    const BYTES: bool;
}

/// A pointer to anything but `void`.
#[derive(Debug)]
pub struct SaysElements<F, const BYTES: bool>(PhantomData<F>);
impl<F: PtrField, const BYTES: bool> Says for SaysElements<F, BYTES> {
    const ELEMENT: usize = if BYTES { 0 } else { F::SIZE };
    const BYTES: bool = BYTES;
}

/// A C field that says what its address leads to.
#[diagnostic::on_unimplemented(
    message = "the type parameter may be a buffer of any elements, and this C field does not say what it leads to",
    label = "nothing says what C counts",
    note = "say it of the parameter: `T: Lend<Elem = u32>`; or count bytes with `len_bytes`, if C does"
)]
pub trait SaysSome: Says {}
impl<F: PtrField, const BYTES: bool> SaysSome for SaysElements<F, BYTES> {}

/// Stops a buffer of any elements where C's field does not say what C counts.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn must_say_elements<S: SaysSome>(_: S) {
    const { assert!(S::ELEMENT > 0, "this C field does not say how large what it leads to is: say what the elements are") };
}

/// Stops a bound that says of another trait's elements what they are.
#[cfg_attr(not(debug_assertions), inline(always))]
pub const fn are_elements_of<B: Lend<Elem = E>, E>() {}

/// A pointer to `void`, or an integer.
#[derive(Debug)]
pub struct SaysNothing<const BYTES: bool>;
impl<const BYTES: bool> Says for SaysNothing<BYTES> {
    const ELEMENT: usize = 0;
    const BYTES: bool = BYTES;
}

/// Looks up what the type of a C field says: the inherent method below for those that say nothing, [`LooksAtPointer`]'s
/// for all others.
#[derive(Debug)]
pub struct Target<F, const BYTES: bool>(PhantomData<F>);

impl<F, const BYTES: bool> Target<F, BYTES> {
    /// The field at `place`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn of(_place: *const F) -> Self {
        Self(PhantomData)
    }
}

/// The answer for all others. By value, so that a method of the user's does not come before it.
pub trait LooksAtPointer<F, const BYTES: bool>: Sized {
    /// It leads to elements.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn __pin_ffi_says(self) -> SaysElements<F, BYTES> {
        SaysElements(PhantomData)
    }
}
impl<F, const BYTES: bool> LooksAtPointer<F, BYTES> for Target<F, BYTES> {}

macro_rules! says_nothing {
    ($($t:ty)*) => {$(
        impl<const BYTES: bool> Target<$t, BYTES> {
            /// It says nothing.
            #[cfg_attr(not(debug_assertions), inline(always))]
            #[must_use]
            pub const fn __pin_ffi_says(self) -> SaysNothing<BYTES> {
                SaysNothing
            }
        }
    )*};
}
says_nothing!(*const core::ffi::c_void *mut core::ffi::c_void u32 i32 u64 i64 usize isize);

/// A buffer that keeps how far C has come in it (`pos`, `advance`): where C reads, it begins behind what C has read; where
/// C writes, its filled part ends there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not keep how far C has come in it",
    label = "C says how far it has come (`pos`, `advance`), and it would be lost",
    note = "where C reads (`*const`, `read_only`) lend a slice: it gets shorter from the front",
    note = "where C writes lend an `OutBuf`, `OutVec` or `Spare`: it shows what has been filled",
    note = "of others the position can be kept beside them, with `inout = field`"
)]
///
/// # Safety
///
/// [`start`](Self::start) is at most the length that the buffer lends: by `lend` if it is `READ_ONLY`, and else by
/// `lend_mut`.
pub unsafe trait Progress<const READ_ONLY: bool>: Lend {
    /// Where C goes on, in elements from the start of what is lent.
    fn start(&self) -> usize;

    /// C has come to element `n` of what was lent.
    ///
    /// # Safety
    ///
    /// `n` is at most the length lent, and where C writes, the first `n` elements are initialised.
    unsafe fn come_to(&mut self, n: usize);

    /// C has gone on by `n` elements from [`start`](Self::start).
    ///
    /// # Safety
    ///
    /// As for [`come_to`](Self::come_to), with `start + n`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn come_on(&mut self, n: usize) {
        // SAFETY: the caller's promise.
        unsafe { self.come_to(self.start() + n) }
    }
}

// SAFETY: at the very start.
unsafe impl<B: Consume> Progress<true> for B {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn start(&self) -> usize {
        0
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn come_to(&mut self, n: usize) {
        self.consume_front(n);
    }
}

// SAFETY: the filled part is within the capacity.
unsafe impl<B: Fill> Progress<false> for B {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn start(&self) -> usize {
        self.lend().len
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn come_to(&mut self, n: usize) {
        // SAFETY: the caller's promise.
        unsafe { self.set_filled(n) }
    }
}
