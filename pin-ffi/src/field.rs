//! The fields of a C struct, and how a Rust value gets into one: addresses, lengths, plain values.
//!
//! Nothing here wraps or truncates: what does not fit is a [`LendError`] that names the field, the value and the limit.

use crate::error::{Field, LendError, Reason};
use crate::lend::{Lent, NoPadding, Plain};
use core::ptr;

/// A C field that holds an address: a raw pointer of any kind, or an integer as wide as an address or wider.
///
/// Sealed: an address is kept as it is, and one in an integer is exposed.
#[diagnostic::on_unimplemented(
    message = "a C field of type `{Self}` cannot hold a buffer's address",
    label = "neither a raw pointer nor a wide enough integer",
    note = "`ptr` and `array` go to a field of type `*mut T`, `*const T`, `usize` or `u64`; `inline` stores a struct by value, `set` a plain value"
)]
pub trait PtrField: Copy + sealed::Sealed {
    /// `*const`: C's own declaration says that it only reads.
    const READ_ONLY: bool;
    /// Size of what the field points at, in bytes; 0 or 1 if C did not say (`void *`, an integer, an opaque type).
    const SIZE: usize;
    /// Alignment of what the field points at, in bytes.
    const ALIGN: usize;
    /// An integer, to which addresses are exposed; otherwise a thin pointer.
    const INTEGER: bool;
    /// The null address.
    const NULL: Self;
    /// The field's form of `ptr`.
    fn from_ptr(ptr: *mut u8) -> Self;
    /// The address that the field holds.
    fn to_ptr(self) -> *const u8;
}

impl<T> sealed::Sealed for *mut T {}
impl<T> PtrField for *mut T {
    const READ_ONLY: bool = false;
    const SIZE: usize = size_of::<T>();
    const ALIGN: usize = align_of::<T>();
    const INTEGER: bool = false;
    const NULL: Self = ptr::null_mut();
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn from_ptr(ptr: *mut u8) -> Self {
        ptr.cast()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn to_ptr(self) -> *const u8 {
        self.cast_const().cast()
    }
}

impl<T> sealed::Sealed for *const T {}
impl<T> PtrField for *const T {
    const READ_ONLY: bool = true;
    const SIZE: usize = size_of::<T>();
    const ALIGN: usize = align_of::<T>();
    const INTEGER: bool = false;
    const NULL: Self = ptr::null();
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn from_ptr(ptr: *mut u8) -> Self {
        ptr.cast_const().cast()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn to_ptr(self) -> *const u8 {
        self.cast()
    }
}

macro_rules! address {
    ($($t:ty)*) => {$(
        // As wide as an address (the cfg at the use); exposed, so that C's pointer made from it is good.
        impl PtrField for $t {
            const READ_ONLY: bool = false;
            const SIZE: usize = 1;
            const ALIGN: usize = 1;
            const INTEGER: bool = true;
            const NULL: Self = 0;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn from_ptr(ptr: *mut u8) -> Self {
                ptr.expose_provenance() as $t
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn to_ptr(self) -> *const u8 {
                ptr::with_exposed_provenance(self as usize)
            }
        }
    )*};
}
address!(usize u64 isize i64);
#[cfg(any(target_pointer_width = "16", target_pointer_width = "32"))]
address!(u32 i32);

mod sealed {
    pub trait Sealed {}
}

/// A C field that holds a length: any integer type.
///
/// Sealed: what C is told of a buffer's length is what these few lines make of it.
#[diagnostic::on_unimplemented(
    message = "a C field of type `{Self}` cannot hold a length",
    label = "not an integer",
    note = "`len` and `len_bytes` go to a field of an integer type"
)]
pub trait LenField: Copy + sealed::Sealed {
    /// How it is written and read.
    #[doc(hidden)]
    const NUMBER: Number;
    /// The largest length that fits, as far as a `usize` can say it.
    const MAX: usize;
    /// Length 0.
    const ZERO: Self;
    /// `n`, if it fits.
    fn from_len(n: usize) -> Option<Self>;
    /// The length that C left here; `Err` with the value if it is negative or larger than any buffer.
    fn to_len(self) -> Result<usize, i128>;
}

/// An integer of C's, by its form: what a table knows of a length.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    /// In bytes.
    size: usize,
    signed: bool,
    /// The largest length that fits, as far as a `usize` can say it.
    max: usize,
}

impl Number {
    /// No number.
    pub(crate) const NONE: Self = Self { size: 0, signed: false, max: 0 };

    /// Writes `n` to `slot`, if it fits.
    ///
    /// # Errors
    ///
    /// [`Reason::TooLong`] if it does not fit.
    ///
    /// # Safety
    ///
    /// An integer of this form is at `slot`, which is valid for writes; it need not be aligned.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) unsafe fn write(self, slot: *mut u8, n: usize, names: &'static Field) -> Result<(), LendError> {
        if n > self.max {
            return Err(too_long(n, self.max, names));
        }
        // SAFETY: as large (caller), and `n` fits.
        unsafe {
            match self.size {
                1 => slot.write(n as u8),
                2 => slot.cast::<u16>().write_unaligned(n as u16),
                4 => slot.cast::<u32>().write_unaligned(n as u32),
                _ => slot.cast::<u64>().write_unaligned(n as u64),
            }
        }
        Ok(())
    }

    /// The length that C left at `slot`, if it is within `capacity`.
    ///
    /// # Errors
    ///
    /// [`Reason::Overrun`] with what C said and the capacity.
    ///
    /// # Safety
    ///
    /// As for [`write`](Self::write), for reads.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) unsafe fn read(
        self,
        slot: *const u8,
        capacity: usize,
        names: &'static Field,
    ) -> Result<usize, LendError> {
        // SAFETY: an integer of this form (caller).
        unsafe {
            match (self.size, self.signed) {
                (1, false) => reported(slot.read(), capacity, names),
                (1, true) => reported(slot.cast::<i8>().read(), capacity, names),
                (2, false) => reported(slot.cast::<u16>().read_unaligned(), capacity, names),
                (2, true) => reported(slot.cast::<i16>().read_unaligned(), capacity, names),
                (4, false) => reported(slot.cast::<u32>().read_unaligned(), capacity, names),
                (4, true) => reported(slot.cast::<i32>().read_unaligned(), capacity, names),
                (_, false) => reported(slot.cast::<u64>().read_unaligned(), capacity, names),
                (_, true) => reported(slot.cast::<i64>().read_unaligned(), capacity, names),
            }
        }
    }
}

macro_rules! integers {
    ($($t:ty)*) => {$(
        impl sealed::Sealed for $t {}
        impl LenField for $t {
            const NUMBER: Number = Number { size: size_of::<$t>(), signed: <$t>::MIN != 0, max: <Self as LenField>::MAX };
            const MAX: usize = if (usize::MAX as u128) < (<$t>::MAX as u128) { usize::MAX } else { <$t>::MAX as usize };
            const ZERO: Self = 0;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn from_len(n: usize) -> Option<Self> {
                <$t>::try_from(n).ok()
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn to_len(self) -> Result<usize, i128> {
                usize::try_from(self).map_err(|_| self as i128)
            }
        }

        impl Convert<$t> for bool {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn convert(self) -> Result<$t, Unfit> {
                Ok(<$t>::from(self))
            }
        }
    )*};
}
integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

/// Conversions from one integer type to each other one.
macro_rules! conversions {
    ($($t:ident => $($u:ident)*;)*) => {$($(
        impl Convert<$u> for $t {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn convert(self) -> Result<$u, Unfit> {
                $u::try_from(self).map_err(|_| Unfit {
                    value: self as i128,
                    limit: if (self as i128) < 0 { $u::MIN as i128 } else { $u::MAX as i128 },
                })
            }
        }
    )*)*};
}
conversions! {
    u8 => u16 u32 u64 usize i8 i16 i32 i64 isize;
    u16 => u8 u32 u64 usize i8 i16 i32 i64 isize;
    u32 => u8 u16 u64 usize i8 i16 i32 i64 isize;
    u64 => u8 u16 u32 usize i8 i16 i32 i64 isize;
    usize => u8 u16 u32 u64 i8 i16 i32 i64 isize;
    i8 => u8 u16 u32 u64 usize i16 i32 i64 isize;
    i16 => u8 u16 u32 u64 usize i8 i32 i64 isize;
    i32 => u8 u16 u32 u64 usize i8 i16 i64 isize;
    i64 => u8 u16 u32 u64 usize i8 i16 i32 isize;
    isize => u8 u16 u32 u64 usize i8 i16 i32 i64;
}

/// A value that its target type cannot hold. Where the values that it can hold are no range, as those of an enum, `limit`
/// is the value itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfit {
    /// The value.
    pub value: i128,
    /// The target's limit on that side.
    pub limit: i128,
}

/// A plain value on its way into a C field (`set`), or out of one (`out`).
///
/// Between integer types it is checked; a type [without padding](NoPadding) goes into a field of the same type as it is.
/// Implement it for an enum or newtype of your own to use that with `set` (from your type to C's) and `out` (from C's to
/// yours):
///
/// ```
/// use pin_ffi::{Convert, FfiPinned, FfiPinnedMut, manual::Unfit};
///
/// #[repr(C)]
/// struct request { mode: u32, status: i32 }
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Status { Idle, Busy }
///
/// impl Convert<Status> for i32 {
///     fn convert(self) -> Result<Status, Unfit> {
///         match self {
///             0 => Ok(Status::Idle),
///             5 => Ok(Status::Busy),
///             other => Err(Unfit { value: other.into(), limit: other.into() }),
///         }
///     }
/// }
///
/// #[derive(FfiPinned)]
/// #[ffi(c = request)]
/// struct Request {
///     #[ffi(set = mode)]
///     mode: u8,
///     #[ffi(out = status)]
///     status: Status,
/// }
///
/// let mut request = Request { mode: 3, status: Status::Idle };
/// // SAFETY: plays C, which writes a number.
/// request.with_pinned_mut(|mut c| unsafe { (*c.as_mut_ptr()).status = 5 }).unwrap();
/// assert_eq!(request.status, Status::Busy);
/// // SAFETY: as above.
/// let error = request.with_pinned_mut(|mut c| unsafe { (*c.as_mut_ptr()).status = 3 }).unwrap_err();
/// assert_eq!(error.to_string(), "`Request.status`: C left 3 in `status`, which is no value of the field");
/// ```
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` cannot be copied into or out of a C field of type `{T}`",
    label = "no conversion to `{T}`",
    note = "integers convert to any integer type, checked; `bool` to any integer; other types without padding to themselves; for a type of your own implement `pin_ffi::Convert`",
    note = "an address is never a plain value: lend the buffer itself with `ptr`"
)]
pub trait Convert<T>: Copy {
    /// The converted value.
    ///
    /// # Errors
    ///
    /// The value and the limit, if it does not fit.
    fn convert(self) -> Result<T, Unfit>;
}

impl<T: Copy> Convert<T> for T {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn convert(self) -> Result<T, Unfit> {
        Ok(self)
    }
}

/// A C field that is a `C` itself.
#[diagnostic::on_unimplemented(
    message = "a C field of type `{Self}` is not the struct that the value fills",
    label = "the value fills `{C}`",
    note = "`inline` stores the filled struct in a field of its type: let the value derive `FfiPinned` with `c = ` that type"
)]
///
/// # Safety
///
/// `Self` is `C`. The trait is `unsafe` for the reason that [`ArrayField`] is.
pub unsafe trait InlineField<C> {}
// SAFETY: the same type.
unsafe impl<C> InlineField<C> for C {}

/// A C field that holds the address of an array of `E`s: a pointer to just that type, or an integer.
#[diagnostic::on_unimplemented(
    message = "a C field of type `{Self}` does not hold an array of `{E}`",
    label = "the field's values fill `{E}`",
    note = "`array` goes to a field of type `*mut {E}`, `*const {E}`, `usize` or `u64`: let the values derive `FfiPinned` with `c = ` the struct that this field points at"
)]
///
/// # Safety
///
/// `Self` does not say that it leads to anything but `E`s. The trait is `unsafe` so that no safe code can add to it: `E`
/// may be a type of the user's crate, which would otherwise allow an `impl` for a pointer to other structs.
pub unsafe trait ArrayField<E>: PtrField {}
// SAFETY: a pointer to just this type.
unsafe impl<E> ArrayField<E> for *mut E {}
// SAFETY: as above.
unsafe impl<E> ArrayField<E> for *const E {}
// SAFETY: an integer does not say what it leads to.
unsafe impl<E> ArrayField<E> for usize {}
// SAFETY: as above.
unsafe impl<E> ArrayField<E> for u64 {}

/// A C field that says itself which structs it leads to.
#[diagnostic::on_unimplemented(
    message = "the type parameter may be an array of any C structs, and a field of type `{Self}` leads to some of them",
    label = "nothing says to which",
    note = "of a pointer say which ones: `T: FfiArray<Elem = ...>`, or of a single value `T: FfiPinned<C = ...>`; an integer takes an array whose elements have no parameters but lifetimes"
)]
///
/// # Safety
///
/// As for [`ArrayField`].
pub unsafe trait StatedArrayField<E>: ArrayField<E> {}
// SAFETY: a pointer to just this type.
unsafe impl<E> StatedArrayField<E> for *mut E {}
// SAFETY: as above.
unsafe impl<E> StatedArrayField<E> for *const E {}

/// Elements of type `E` can stand where the C field at `_slot` points: C counts in its own type's size and reads with
/// its own type's alignment. Where it counts `bytes` an element may be larger by any number of them: a `sockaddr_un` goes
/// where C says `sockaddr`. With `exact`, an element of the one is an element of the other: what C says that it filled, in
/// its own elements, is shown.
///
/// # Panics
///
/// At compile time: with `no_size` if the elements have none, with `unfit` if C would reach past their end.
#[track_caller]
pub const fn elements_must_fit<E, F: PtrField>(_slot: *const F, bytes: bool, exact: bool, no_size: &str, unfit: &str) {
    assert!(size_of::<E>() != 0, "{}", no_size);
    let counts = if exact {
        F::SIZE == 0 || size_of::<E>() == F::SIZE
    } else {
        bytes || F::SIZE <= 1 || size_of::<E>() % F::SIZE == 0
    };
    assert!(counts && align_of::<E>() >= F::ALIGN, "{}", unfit);
}

/// One value of type `E` can stand where `F` points.
///
/// # Panics
///
/// At compile time, with `unfit`, if C would reach past its end.
#[track_caller]
pub const fn value_must_fit<E, F: PtrField>(unfit: &str) {
    assert!(align_of::<E>() >= F::ALIGN && size_of::<E>() >= F::SIZE, "{}", unfit);
}

/// One value of type `E` is there where C passes an `F`, unless that does not say what it leads to.
///
/// # Panics
///
/// At compile time, with `unfit`, if Rust would reach past what C passes.
#[track_caller]
pub const fn value_must_be_there<E, F: PtrField>(to_void: bool, unfit: &str) {
    let there = align_of::<E>() <= F::ALIGN && size_of::<E>() <= F::SIZE;
    assert!(to_void || F::SIZE == 0 || there, "{}", unfit);
}

/// What `F` points at can be a C string's byte.
///
/// # Panics
///
/// At compile time, with `unfit`, if it is wider.
#[track_caller]
pub const fn chars_must_fit<F: PtrField>(unfit: &str) {
    assert!(F::SIZE <= 1, "{}", unfit);
}

/// Refuses at compile time what would let C count past the end of the buffer, or read it misaligned.
#[cfg_attr(not(debug_assertions), inline(always))]
pub const fn check_element<E, F: PtrField>() {
    const {
        assert!(
            size_of::<E>() != 0,
            "the buffer's elements have no size, so their count says nothing about the memory that C may use"
        );
        assert!(
            align_of::<E>() >= F::ALIGN,
            "the C field points at a type of larger alignment than the buffer's elements have"
        );
        assert!(
            F::SIZE <= 1 || size_of::<E>() % F::SIZE == 0,
            "the C field points at larger elements than the buffer has: C would count past its end"
        );
    }
}

/// What `lent` is as the length field at `slot`, counted in elements.
///
/// # Errors
///
/// [`Reason::TooLong`] if it does not fit.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn checked_len<L: LenField>(slot: *const L, n: usize, field: &'static Field) -> Result<L, LendError> {
    let _ = slot; // names the type
    match L::from_len(n) {
        Some(len) => Ok(len),
        None => Err(too_long(n, L::MAX, field)),
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn too_long(n: usize, max: usize, field: &'static Field) -> LendError {
    LendError::new(field, Reason::TooLong, n as i128, max as i128)
}

/// `n` elements of `T` in bytes.
///
/// # Errors
///
/// [`Reason::TooLong`] if a `usize` cannot hold it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn bytes_of<T>(lent: Lent<T>, field: &'static Field) -> Result<usize, LendError> {
    match lent.len.checked_mul(size_of::<T>()) {
        Some(n) => Ok(n),
        None => Err(too_long(lent.len, usize::MAX / size_of::<T>().max(1), field)),
    }
}

/// Joins the lengths of two buffers that share one count: they must agree, and what is not `some` has no say.
///
/// # Errors
///
/// [`Reason::Disagree`] with this buffer's length and the other's.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn agree(so_far: Option<usize>, some: bool, n: usize, field: &'static Field) -> Result<Option<usize>, LendError> {
    match so_far {
        _ if !some => Ok(so_far),
        Some(other) if other != n => Err(disagree(n, other, field)),
        _ => Ok(Some(n)),
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn disagree(n: usize, other: usize, field: &'static Field) -> LendError {
    LendError::new(field, Reason::Disagree, n as i128, other as i128)
}

/// Refuses more than `max`.
///
/// # Errors
///
/// [`Reason::OverMax`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn check_max(n: usize, max: usize, field: &'static Field) -> Result<(), LendError> {
    if n <= max { Ok(()) } else { Err(over_max(n, max, field)) }
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn over_max(n: usize, max: usize, field: &'static Field) -> LendError {
    LendError::new(field, Reason::OverMax, n as i128, max as i128)
}

/// The length that C reported, if it is within `capacity`.
///
/// # Errors
///
/// [`Reason::Overrun`] with what C said and the capacity.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn reported<L: LenField>(n: L, capacity: usize, field: &'static Field) -> Result<usize, LendError> {
    match n.to_len() {
        Ok(n) if n <= capacity => Ok(n),
        Ok(n) => Err(overrun(n as i128, capacity, field)),
        Err(n) => Err(overrun(n, capacity, field)),
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn overrun(n: i128, capacity: usize, field: &'static Field) -> LendError {
    let error = LendError::new(field, Reason::Overrun, n, capacity as i128);
    if cfg!(any(feature = "tracing", feature = "metrics")) {
        crate::events::report_refused(&error);
    }
    error
}

/// A plain value in the type of the field at `slot`.
///
/// # Errors
///
/// [`Reason::OutOfRange`] if it does not fit.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn converted<V: Convert<T>, T: NoPadding>(
    slot: *const T,
    value: &V,
    field: &'static Field,
) -> Result<T, LendError> {
    let _ = slot; // names the type
    match Convert::convert(*value) {
        Ok(value) => Ok(value),
        Err(unfit) => Err(out_of_range(unfit, field)),
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn out_of_range(unfit: Unfit, field: &'static Field) -> LendError {
    LendError::new(field, Reason::OutOfRange, unfit.value, unfit.limit)
}

/// Reads a plain value that C may have written.
///
/// # Safety
///
/// `slot` is valid for reads and initialised; it need not be aligned.
#[cfg_attr(not(debug_assertions), inline(always))]
pub unsafe fn read_plain<T: Plain>(slot: *const T) -> T {
    // SAFETY: the caller's promise; any bytes are a `T`.
    unsafe { slot.read_unaligned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_no_usize_holds_are_refused() {
        static FIELD: Field = Field { item: "Words", field: "words", c: "bytes" };
        let words = |len| Lent::<u64> { ptr: ptr::dangling_mut(), len };
        assert_eq!(bytes_of(words(3), &FIELD), Ok(24));
        let error = bytes_of(words(usize::MAX / 8 + 1), &FIELD).unwrap_err();
        assert_eq!((error.reason(), error.limit()), (Reason::TooLong, (usize::MAX / 8) as i128));
    }
}
