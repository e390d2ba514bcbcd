//! What generated code calls, hidden from the docs. No promise of stability: the macros of the same version alone use it.

pub use crate::buf::{Access, Buf, Exclusive, Fill, Lent, NoPadding, Plain, Shared};
pub use crate::errno;
pub use crate::field::{
    Convert, LenField, PtrField, agree, bytes_of, check_element, check_max, checked_len, converted, read_plain,
    reported,
};
pub use crate::fill::{FfiArray, FfiArrayMut, FfiPinned, FfiPinnedMut, Field, FillError, Filled, RawArray, Reason};
pub use crate::scratch::{INLINE, Inline, Scratch};
pub use core;
pub use libc;

/// May C write through the C field that the Rust field `F` fills?
///
/// `READ_ONLY` says that C's own declaration, or the word `read_only`, rules it out; then any access will do.
#[diagnostic::on_unimplemented(
    message = "field `{F}` lends memory that C may only read, and this call lets C write through it",
    label = "lent for writing here",
    note = "make the field an exclusive borrow or an owner (`&mut [T]`, `[T; N]`, `Vec<T>`, `OutBuf<T>`), or lend the value to a call that only reads (`pin`)",
    note = "if C never writes through this field, whatever the call, say `read_only`"
)]
pub trait MayWrite<'t, F, const READ_ONLY: bool> {}
impl<F, A: Access> MayWrite<'_, F, true> for A {}
impl<F> MayWrite<'_, F, false> for Exclusive {}

/// The nested array of the Rust field `F`, lent to a call that writes.
pub trait NestMut<'t, F>: FfiArrayMut {}
impl<F, T: FfiArrayMut> NestMut<'_, F> for T {}

/// The nested value of the Rust field `F`, lent to a call that writes.
pub trait InlineMut<'t, F>: FfiPinnedMut {}
impl<F, T: FfiPinnedMut> InlineMut<'_, F> for T {}

/// Whether C's declaration of the field at `slot` says that C only reads through it.
#[must_use]
pub const fn declared_read_only<F: PtrField>(_slot: *const F) -> bool {
    F::READ_ONLY
}

/// Writes an address into the C field at `slot`.
///
/// # Safety
///
/// `slot` is valid for writes; it need not be aligned.
#[inline(always)]
pub unsafe fn put_ptr<F: PtrField, E>(slot: *mut F, lent: Lent<E>) {
    check_element::<E, F>();
    // SAFETY: the caller's promise.
    unsafe { slot.write_unaligned(F::from_ptr(lent.ptr.cast())) }
}

/// Writes the address of an array of C structs into the C field at `slot`.
///
/// # Safety
///
/// `slot` is valid for writes; it need not be aligned.
#[inline(always)]
pub unsafe fn put_array<F: PtrField, E>(slot: *mut F, array: RawArray<E>) {
    const {
        assert!(
            F::SIZE <= 1 || F::SIZE == size_of::<E>(),
            "the C field points at another type than the structs that the field's values fill"
        );
    }
    // SAFETY: the caller's promise.
    unsafe { put_ptr(slot, array.lent()) }
}

/// Nulls the C field at `slot`.
///
/// # Safety
///
/// `slot` is valid for writes; it need not be aligned.
#[inline(always)]
pub unsafe fn null_ptr<F: PtrField>(slot: *mut F) {
    // SAFETY: the caller's promise.
    unsafe { slot.write_unaligned(F::NULL) }
}

/// Sets the length field at `slot` to 0.
///
/// # Safety
///
/// `slot` is valid for writes; it need not be aligned.
#[inline(always)]
pub unsafe fn zero_len<L: LenField>(slot: *mut L) {
    // SAFETY: the caller's promise.
    unsafe { slot.write_unaligned(L::ZERO) }
}

/// NULL instead of the address of an empty buffer (`null_if_empty`).
#[inline(always)]
#[must_use]
pub fn null_if_empty<E>(lent: Lent<E>) -> Lent<E> {
    if lent.len == 0 { Lent::NONE } else { lent }
}

/// NULL instead of the address of an empty array (`null_if_empty`).
#[inline(always)]
#[must_use]
pub fn null_if_none<E>(array: RawArray<E>) -> RawArray<E> {
    if array.len == 0 { RawArray { ptr: core::ptr::null_mut(), len: 0 } } else { array }
}
