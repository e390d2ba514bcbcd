//! Lending the arguments of a call. All that declarations and wrappers ask of the fill traits is here.

use crate::error::{Field, LendError};
use crate::field::{LenField, checked_len};
use crate::fill::{self, FfiArray, FfiArrayMut, FfiPinned, FfiPinnedMut, shared};
use crate::lend::Lent;
use crate::message::Message;
use crate::scratch::Scratch;
use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::ptr;

/// What `value` leaves of the room on the stack.
#[inline(always)]
pub fn struct_room<V: FfiPinned>(value: &V, left: Option<usize>) -> Option<usize> {
    value.scratch_left(left?)
}

/// The same of a value that may be absent.
#[inline(always)]
pub fn struct_room_or_null<V: FfiPinned>(value: Option<&V>, left: Option<usize>) -> Option<usize> {
    value.map_or(left, |value| struct_room(value, left))
}

/// What the array that `values` fill leaves of the room on the stack.
#[inline(always)]
pub fn array_room<V: FfiArray + ?Sized>(values: &V, left: Option<usize>) -> Option<usize> {
    values.scratch_left(left?)
}

/// Fills the C struct at `place`, for C to read; its address.
///
/// # Errors
///
/// As for [`FfiPinned::fill`].
///
/// # Safety
///
/// As for [`FfiPinned::fill`]; `place` is zeroed.
#[inline(always)]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_struct<V: FfiPinned>(
    value: &V,
    place: &mut MaybeUninit<V::C>,
    scratch: &mut Scratch<'_>,
) -> Result<*mut V::C, LendError> {
    let c = place.as_mut_ptr();
    // SAFETY: `c` is a whole C struct, zeroed, and borrowed exclusively; the rest is the caller's to keep.
    unsafe { V::fill::<false>(shared(value), c, scratch)? };
    Ok(c)
}

/// The same, for C to write; and what [`take_struct`] needs.
///
/// # Errors
///
/// As for [`FfiPinned::fill`].
///
/// # Safety
///
/// As for [`FfiPinned::fill`]; `place` is zeroed.
#[inline(always)]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_struct_mut<V: FfiPinnedMut>(
    value: &mut V,
    place: &mut MaybeUninit<V::C>,
    scratch: &mut Scratch<'_>,
) -> Result<(*mut V::C, V::Kept), LendError> {
    let c = place.as_mut_ptr();
    // SAFETY: as in `fill_struct`.
    let kept = unsafe { V::fill::<true>(value, c, scratch)? };
    Ok((c, kept))
}

/// Checks what C left in the struct, and takes nothing: where a call has results of several values, each is checked before
/// any is taken.
///
/// # Errors
///
/// As for [`FfiPinned::take_back`].
///
/// # Safety
///
/// As for [`take_struct`].
#[inline(always)]
pub unsafe fn check_struct<V: FfiPinnedMut>(value: &mut V, c: *const V::C, kept: V::Kept) -> Result<(), LendError> {
    // SAFETY: the caller's to keep.
    unsafe { V::take_back::<false>(value, c, kept) }
}

/// Takes over what C left in the struct, all of it or nothing.
///
/// # Errors
///
/// As for [`FfiPinned::take_back`].
///
/// # Safety
///
/// As for [`FfiPinned::take_back`]; `c` and `kept` are from [`fill_struct_mut`] of the same value.
#[inline(always)]
pub unsafe fn take_struct<V: FfiPinnedMut>(value: &mut V, c: *const V::C, kept: V::Kept) -> Result<(), LendError> {
    // SAFETY: the caller's to keep.
    unsafe { fill::take_back(value, c, kept) }
}

/// [`fill_struct`] of a value that may be absent: then the address is null.
///
/// # Errors
///
/// The same.
///
/// # Safety
///
/// The same.
#[inline(always)]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_struct_or_null<V: FfiPinned>(
    value: Option<&V>,
    place: &mut MaybeUninit<V::C>,
    scratch: &mut Scratch<'_>,
) -> Result<*mut V::C, LendError> {
    match value {
        // SAFETY: the caller's to keep.
        Some(value) => unsafe { fill_struct(value, place, scratch) },
        None => Ok(ptr::null_mut()),
    }
}

/// [`fill_struct_mut`] of a value that may be absent: then the address is null, and nothing is kept.
///
/// # Errors
///
/// The same.
///
/// # Safety
///
/// The same.
#[inline(always)]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_struct_mut_or_null<V: FfiPinnedMut>(
    value: Option<&mut V>,
    place: &mut MaybeUninit<V::C>,
    scratch: &mut Scratch<'_>,
) -> Result<(*mut V::C, Option<V::Kept>), LendError> {
    let Some(value) = value else { return Ok((ptr::null_mut(), None)) };
    // SAFETY: the caller's to keep.
    let (c, kept) = unsafe { fill_struct_mut(value, place, scratch)? };
    Ok((c, Some(kept)))
}

/// [`check_struct`] of a value that may be absent.
///
/// # Errors
///
/// The same.
///
/// # Safety
///
/// The same, with [`fill_struct_mut_or_null`].
#[inline(always)]
pub unsafe fn check_struct_or_null<V: FfiPinnedMut>(
    value: Option<&mut V>,
    c: *const V::C,
    kept: Option<V::Kept>,
) -> Result<(), LendError> {
    match (value, kept) {
        // SAFETY: the caller's to keep.
        (Some(value), Some(kept)) => unsafe { check_struct(value, c, kept) },
        _ => Ok(()),
    }
}

/// [`take_struct`] of a value that may be absent.
///
/// # Errors
///
/// The same.
///
/// # Safety
///
/// The same, with [`fill_struct_mut_or_null`].
#[inline(always)]
pub unsafe fn take_struct_or_null<V: FfiPinnedMut>(
    value: Option<&mut V>,
    c: *const V::C,
    kept: Option<V::Kept>,
) -> Result<(), LendError> {
    match (value, kept) {
        // SAFETY: the caller's to keep.
        (Some(value), Some(kept)) => unsafe { take_struct(value, c, kept) },
        _ => Ok(()),
    }
}

/// What is lent may be an `Option` whether C allows NULL or not, for its type is the caller's choice. Where C does not,
/// `None` is an empty array like any other.
#[inline(always)]
const fn present_unless<const NULLABLE: bool, E>(lent: Lent<E>) -> Lent<E> {
    if NULLABLE || !lent.is_none() { lent } else { Lent { ptr: ptr::dangling_mut(), len: 0 } }
}

/// Fills an array of C structs in the scratch, for C to read. What is absent is NULL if that is allowed.
///
/// # Errors
///
/// As for [`FfiArray::fill_all`].
///
/// # Safety
///
/// As for [`FfiArray::fill_all`].
#[inline(always)]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_array<V: FfiArray + ?Sized, const NULLABLE: bool>(
    values: &V,
    scratch: &mut Scratch<'_>,
) -> Result<Lent<V::Elem>, LendError> {
    // SAFETY: the caller's to keep.
    let (array, _) = unsafe { V::fill_all::<false>(shared(values), true, scratch)? };
    Ok(present_unless::<NULLABLE, _>(array))
}

/// The same, for C to write through; and what [`take_array`] needs. `FIXED` says that C does not write the structs
/// themselves.
///
/// # Errors
///
/// As for [`FfiArray::fill_all`].
///
/// # Safety
///
/// As for [`FfiArray::fill_all`].
#[inline(always)]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_array_mut<V: FfiArrayMut + ?Sized, const NULLABLE: bool, const FIXED: bool>(
    values: &mut V,
    scratch: &mut Scratch<'_>,
) -> Result<(Lent<V::Elem>, V::Kept), LendError> {
    // SAFETY: the caller's to keep.
    let (array, kept) = unsafe { V::fill_all::<true>(values, FIXED, scratch)? };
    Ok((present_unless::<NULLABLE, _>(array), kept))
}

/// Checks what C left in the first `n` structs, and takes nothing, as [`check_struct`] does.
///
/// # Errors
///
/// As for [`FfiArray::take_back_first`].
///
/// # Safety
///
/// As for [`take_array_first`].
#[inline(always)]
pub unsafe fn check_array_first<V: FfiArrayMut + ?Sized>(
    values: &mut V,
    kept: V::Kept,
    n: usize,
) -> Result<(), LendError> {
    // SAFETY: the caller's to keep.
    unsafe { V::take_back_first::<false>(values, kept, n) }
}

/// Takes over what C left in the first `n` structs, all of it or nothing.
///
/// # Errors
///
/// As for [`FfiArray::take_back_first`].
///
/// # Safety
///
/// As for [`FfiArray::take_back_first`]; `kept` is from a fill of the same values.
#[inline(always)]
pub unsafe fn take_array_first<V: FfiArrayMut + ?Sized>(
    values: &mut V,
    kept: V::Kept,
    n: usize,
) -> Result<(), LendError> {
    // SAFETY: the caller's to keep; what is taken was checked just before.
    unsafe {
        V::take_back_first::<false>(values, kept, n)?;
        V::take_back_first::<true>(values, kept, n)
    }
}

/// [`check_array_first`] of all structs.
///
/// # Errors
///
/// The same.
///
/// # Safety
///
/// The same.
#[inline(always)]
pub unsafe fn check_array<V: FfiArrayMut + ?Sized>(values: &mut V, kept: V::Kept) -> Result<(), LendError> {
    // SAFETY: the caller's to keep.
    unsafe { check_array_first(values, kept, usize::MAX) }
}

/// [`take_array_first`] of all structs.
///
/// # Errors
///
/// The same.
///
/// # Safety
///
/// The same.
#[inline(always)]
pub unsafe fn take_array<V: FfiArrayMut + ?Sized>(values: &mut V, kept: V::Kept) -> Result<(), LendError> {
    // SAFETY: the caller's to keep.
    unsafe { take_array_first(values, kept, usize::MAX) }
}

/// What an error says of a parameter: its function, itself, and C's name for what did not fit.
#[must_use]
pub const fn parameter(item: &'static str, field: &'static str, c: &'static str) -> Field {
    Field { item, field, c }
}

/// A length in the type of the parameter that holds it.
///
/// # Errors
///
/// [`Reason::TooLong`](crate::Reason::TooLong).
#[inline(always)]
pub fn counter<L: LenField>(n: usize, field: &'static Field) -> Result<L, LendError> {
    checked_len::<L>(ptr::null(), n, field)
}

/// The length that several buffers agree on; 0 if there are none.
#[inline(always)]
#[must_use]
pub const fn agreed(n: Option<usize>) -> usize {
    match n {
        Some(n) => n,
        None => 0,
    }
}

/// A buffer that may be absent.
#[inline(always)]
pub fn or_null<B, E>(buffer: Option<B>, lend: impl FnOnce(B) -> Lent<E>) -> Lent<E> {
    buffer.map_or(Lent::NONE, lend)
}

/// A string that may be absent.
#[inline(always)]
#[must_use]
pub fn cstr_or_null(s: Option<&CStr>) -> *const core::ffi::c_char {
    s.map_or(ptr::null(), CStr::as_ptr)
}

/// Stops a value that wants results from a struct that C leaves as it is.
///
/// # Panics
///
/// At compile time, with a message that names the function, the parameter and its type in C.
#[track_caller]
pub const fn struct_must_not_report<V: FfiPinnedMut>(function: &str, parameter: &str, c: &str) {
    must_not_report(V::REPORTS, function, parameter, c);
}

/// The same of an array.
///
/// # Panics
///
/// The same.
#[track_caller]
pub const fn array_must_not_report<V: FfiArrayMut + ?Sized>(function: &str, parameter: &str, c: &str) {
    must_not_report(V::REPORTS, function, parameter, c);
}

#[track_caller]
const fn must_not_report(reports: bool, function: &str, parameter: &str, c: &str) {
    if reports {
        Message::new()
            .add("`")
            .add(function)
            .add("` declares `")
            .add(parameter)
            .add("` as `")
            .add(c)
            .add("`, so C does not write the struct, and a value with `inout` or `out` wants results from it: declare the parameter `*mut` if C's header does, or pass a value without them")
            .panic()
    }
}
