//! Lending the arguments of a call. Declarations and wrappers use the fill traits only through these functions.

use crate::error::{Field, LendError};
use crate::field::{LenField, checked_len};
use crate::fill::{self, FfiArray, FfiArrayMut, FfiPinned, FfiPinnedMut, shared};
use crate::lend::Lent;
use crate::message::Message;
use crate::scratch::Scratch;
use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::ptr;

/// Returns how much of the room on the stack remains after the nested structs of `value`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn struct_room<V: FfiPinned>(value: &V, left: Option<usize>) -> Option<usize> {
    value.scratch_left(left?)
}

/// Like [`struct_room`], for a value that may be absent.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn struct_room_or_null<V: FfiPinned>(value: Option<&V>, left: Option<usize>) -> Option<usize> {
    value.map_or(left, |value| struct_room(value, left))
}

/// Returns how much of the room on the stack remains after the array that `values` fill.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn array_room<V: FfiArray + ?Sized>(values: &V, left: Option<usize>) -> Option<usize> {
    values.scratch_left(left?)
}

/// Fills the C struct at `place`, for C to read, and returns its address.
///
/// # Errors
///
/// As for [`FfiPinned::fill`].
///
/// # Safety
///
/// As for [`FfiPinned::fill`]; `place` is zeroed.
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_struct<V: FfiPinned>(
    value: &V,
    place: &mut MaybeUninit<V::C>,
    scratch: &mut Scratch<'_>,
) -> Result<*mut V::C, LendError> {
    let c = place.as_mut_ptr();
    // SAFETY: `c` is valid for writes, because `place` is borrowed exclusively; the caller guarantees that it is
    // zeroed, and the rest of the contract of `fill`.
    unsafe { V::fill::<false>(shared(value), c, scratch)? };
    Ok(c)
}

/// Fills the C struct at `place`, for C to write, and returns its address and what [`take_struct`] needs.
///
/// # Errors
///
/// As for [`FfiPinned::fill`].
///
/// # Safety
///
/// As for [`FfiPinned::fill`]; `place` is zeroed.
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_struct_mut<V: FfiPinnedMut>(
    value: &mut V,
    place: &mut MaybeUninit<V::C>,
    scratch: &mut Scratch<'_>,
) -> Result<(*mut V::C, V::Kept), LendError> {
    let c = place.as_mut_ptr();
    // SAFETY: `c` is valid for writes, because `place` is borrowed exclusively; the caller guarantees that it is
    // zeroed, and the rest of the contract of `fill`.
    let kept = unsafe { V::fill::<true>(value, c, scratch)? };
    Ok((c, kept))
}

/// Checks what C left in the struct, and takes nothing over. If a call has results in several values, all are checked
/// before any is taken over.
///
/// # Errors
///
/// As for [`FfiPinned::take_back`].
///
/// # Safety
///
/// As for [`take_struct`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub unsafe fn check_struct<V: FfiPinnedMut>(value: &mut V, c: *const V::C, kept: V::Kept) -> Result<(), LendError> {
    // SAFETY: the caller guarantees that `c` and `kept` are from `fill_struct_mut` of this value, and the rest of the
    // contract of `take_back`.
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
#[cfg_attr(not(debug_assertions), inline(always))]
pub unsafe fn take_struct<V: FfiPinnedMut>(value: &mut V, c: *const V::C, kept: V::Kept) -> Result<(), LendError> {
    // SAFETY: the caller guarantees that `c` and `kept` are from `fill_struct_mut` of this value, and the rest of the
    // contract of `take_back`.
    unsafe { fill::take_back(value, c, kept) }
}

/// Like [`fill_struct`], for a value that may be absent. The address is then null.
///
/// # Errors
///
/// As for the function that it extends.
///
/// # Safety
///
/// As for the function that it extends.
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_struct_or_null<V: FfiPinned>(
    value: Option<&V>,
    place: &mut MaybeUninit<V::C>,
    scratch: &mut Scratch<'_>,
) -> Result<*mut V::C, LendError> {
    match value {
        // SAFETY: this function has the same contract.
        Some(value) => unsafe { fill_struct(value, place, scratch) },
        None => Ok(ptr::null_mut()),
    }
}

/// Like [`fill_struct_mut`], for a value that may be absent. The address is then null, and nothing is kept.
///
/// # Errors
///
/// As for the function that it extends.
///
/// # Safety
///
/// As for the function that it extends.
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_struct_mut_or_null<V: FfiPinnedMut>(
    value: Option<&mut V>,
    place: &mut MaybeUninit<V::C>,
    scratch: &mut Scratch<'_>,
) -> Result<(*mut V::C, Option<V::Kept>), LendError> {
    let Some(value) = value else { return Ok((ptr::null_mut(), None)) };
    // SAFETY: this function has the same contract.
    let (c, kept) = unsafe { fill_struct_mut(value, place, scratch)? };
    Ok((c, Some(kept)))
}

/// Like [`check_struct`], for a value that may be absent.
///
/// # Errors
///
/// As for the function that it extends.
///
/// # Safety
///
/// As for the function that it extends, with [`fill_struct_mut_or_null`] in place of [`fill_struct_mut`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub unsafe fn check_struct_or_null<V: FfiPinnedMut>(
    value: Option<&mut V>,
    c: *const V::C,
    kept: Option<V::Kept>,
) -> Result<(), LendError> {
    match (value, kept) {
        // SAFETY: the caller guarantees that `c` and `kept` are from `fill_struct_mut_or_null`, which got them from
        // `fill_struct_mut`.
        (Some(value), Some(kept)) => unsafe { check_struct(value, c, kept) },
        _ => Ok(()),
    }
}

/// Like [`take_struct`], for a value that may be absent.
///
/// # Errors
///
/// As for the function that it extends.
///
/// # Safety
///
/// As for the function that it extends, with [`fill_struct_mut_or_null`] in place of [`fill_struct_mut`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub unsafe fn take_struct_or_null<V: FfiPinnedMut>(
    value: Option<&mut V>,
    c: *const V::C,
    kept: Option<V::Kept>,
) -> Result<(), LendError> {
    match (value, kept) {
        // SAFETY: the caller guarantees that `c` and `kept` are from `fill_struct_mut_or_null`, which got them from
        // `fill_struct_mut`.
        (Some(value), Some(kept)) => unsafe { take_struct(value, c, kept) },
        _ => Ok(()),
    }
}

/// Replaces an absent array by an empty one if C does not allow NULL. The caller chooses the type of the values, so
/// that it may be an `Option` even then.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn present_unless<const NULLABLE: bool, E>(lent: Lent<E>) -> Lent<E> {
    if NULLABLE || !lent.is_none() { lent } else { Lent { ptr: ptr::dangling_mut(), len: 0 } }
}

/// Fills an array of C structs in the scratch, for C to read. An absent array is NULL if `NULLABLE`.
///
/// # Errors
///
/// As for [`FfiArray::fill_all`].
///
/// # Safety
///
/// As for [`FfiArray::fill_all`].
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_array<V: FfiArray + ?Sized, const NULLABLE: bool>(
    values: &V,
    scratch: &mut Scratch<'_>,
) -> Result<Lent<V::Elem>, LendError> {
    // SAFETY: this function has the same contract as `fill_all`.
    let (array, _) = unsafe { V::fill_all::<false>(shared(values), true, scratch)? };
    Ok(present_unless::<NULLABLE, _>(array))
}

/// Fills an array of C structs in the scratch, for C to write through, and returns it with what [`take_array`] needs.
/// With `FIXED`, C does not write to the structs themselves.
///
/// # Errors
///
/// As for [`FfiArray::fill_all`].
///
/// # Safety
///
/// As for [`FfiArray::fill_all`].
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn fill_array_mut<V: FfiArrayMut + ?Sized, const NULLABLE: bool, const FIXED: bool>(
    values: &mut V,
    scratch: &mut Scratch<'_>,
) -> Result<(Lent<V::Elem>, V::Kept), LendError> {
    // SAFETY: this function has the same contract as `fill_all`.
    let (array, kept) = unsafe { V::fill_all::<true>(values, FIXED, scratch)? };
    Ok((present_unless::<NULLABLE, _>(array), kept))
}

/// Checks what C left in the first `n` structs, and takes nothing over, as [`check_struct`] does.
///
/// # Errors
///
/// As for [`FfiArray::take_back_first`].
///
/// # Safety
///
/// As for [`take_array_first`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub unsafe fn check_array_first<V: FfiArrayMut + ?Sized>(
    values: &mut V,
    kept: V::Kept,
    n: usize,
) -> Result<(), LendError> {
    // SAFETY: the caller guarantees that `kept` is from a fill of these values, and the rest of the contract of
    // `take_back_first`.
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
#[cfg_attr(not(debug_assertions), inline(always))]
pub unsafe fn take_array_first<V: FfiArrayMut + ?Sized>(
    values: &mut V,
    kept: V::Kept,
    n: usize,
) -> Result<(), LendError> {
    // SAFETY: the caller guarantees that `kept` is from a fill of these values, and the rest of the contract of
    // `take_back_first`; the first call checks what the second takes over.
    unsafe {
        V::take_back_first::<false>(values, kept, n)?;
        V::take_back_first::<true>(values, kept, n)
    }
}

/// Like [`check_array_first`], for all structs.
///
/// # Errors
///
/// As for the function that it extends.
///
/// # Safety
///
/// As for the function that it extends.
#[cfg_attr(not(debug_assertions), inline(always))]
pub unsafe fn check_array<V: FfiArrayMut + ?Sized>(values: &mut V, kept: V::Kept) -> Result<(), LendError> {
    // SAFETY: this function has the same contract.
    unsafe { check_array_first(values, kept, usize::MAX) }
}

/// Like [`take_array_first`], for all structs.
///
/// # Errors
///
/// As for the function that it extends.
///
/// # Safety
///
/// As for the function that it extends.
#[cfg_attr(not(debug_assertions), inline(always))]
pub unsafe fn take_array<V: FfiArrayMut + ?Sized>(values: &mut V, kept: V::Kept) -> Result<(), LendError> {
    // SAFETY: this function has the same contract.
    unsafe { take_array_first(values, kept, usize::MAX) }
}

/// Makes the description of a parameter for errors: its function, its name, and the name in C of the value that does
/// not fit.
#[must_use]
pub const fn parameter(item: &'static str, field: &'static str, c: &'static str) -> Field {
    Field { item, field, c }
}

/// Converts a length to the type of the parameter that holds it.
///
/// # Errors
///
/// [`Reason::TooLong`](crate::Reason::TooLong) if it does not fit.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn counter<L: LenField>(n: usize, field: &'static Field) -> Result<L, LendError> {
    checked_len::<L>(ptr::null(), n, field)
}

/// Returns the length that several buffers agree on, or 0 if all are absent.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub const fn agreed(n: Option<usize>) -> usize {
    match n {
        Some(n) => n,
        None => 0,
    }
}

/// Lends a buffer that may be absent.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn or_null<B, E>(buffer: Option<B>, lend: impl FnOnce(B) -> Lent<E>) -> Lent<E> {
    buffer.map_or(Lent::NONE, lend)
}

/// Returns the address of a string that may be absent: NULL if it is.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub fn cstr_or_null(s: Option<&CStr>) -> *const core::ffi::c_char {
    s.map_or(ptr::null(), CStr::as_ptr)
}

/// Refuses a value that expects results in a struct to which C does not write.
///
/// # Panics
///
/// At compile time, with a message that names the function, the parameter and its type in C.
#[track_caller]
pub const fn struct_must_not_report<V: FfiPinnedMut>(function: &str, parameter: &str, c: &str) {
    must_not_report(V::REPORTS, function, parameter, c);
}

/// Like [`struct_must_not_report`], for an array.
///
/// # Panics
///
/// As for [`struct_must_not_report`].
#[track_caller]
pub const fn array_must_not_report<V: FfiArrayMut + ?Sized>(function: &str, parameter: &str, c: &str) {
    must_not_report(V::REPORTS, function, parameter, c);
}

/// Stops a value whose buffers may be shown uninitialised: C changes their lengths, and a failure, after which these are
/// still the capacities, goes unnoticed.
///
/// # Panics
///
/// At compile time, with a message that names the function and the parameter.
#[track_caller]
pub const fn struct_must_be_filled<V: FfiPinnedMut>(function: &str, parameter: &str) {
    must_be_filled(V::LENGTHS, function, parameter);
}

/// Like [`struct_must_be_filled`], for an array.
///
/// # Panics
///
/// As for [`struct_must_be_filled`].
#[track_caller]
pub const fn array_must_be_filled<V: FfiArrayMut + ?Sized>(function: &str, parameter: &str) {
    must_be_filled(V::LENGTHS, function, parameter);
}

#[track_caller]
const fn must_be_filled(lengths: bool, function: &str, parameter: &str) {
    if lengths {
        Message::new()
            .add("nothing says how `")
            .add(function)
            .add("` reports a failure, and then the buffers of `")
            .add(parameter)
            .add("` with `inout` may not be filled: say `err = ...` in the declaration, or with `err = none` that it cannot fail")
            .panic()
    }
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
