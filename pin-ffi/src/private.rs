//! What generated code calls, hidden from the docs. No promise of stability: the macros of the same version alone use it.

use crate::check::Lending;
pub use crate::declare::*;
pub use crate::errno;
pub use crate::error::{Field, LendError, LendResult, Reason};
pub use crate::field::{
    Convert, LenField, PtrField, agree, bytes_of, chars_must_fit, check_element, check_max, checked_len, converted,
    elements_must_fit, read_plain, reported, value_must_be_there, value_must_fit,
};
pub use crate::fill::*;
pub use crate::lend::{Access, Consume, Exclusive, Fill, Fillable, Lend, Lent, NoPadding, Plain, Shared};
pub use crate::scratch::{INLINE, Inline, Scratch};
pub use core;
pub use core::mem::size_of;
pub use core::primitive::{bool, usize};
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
///
/// # Safety
///
/// Only for [`Exclusive`], or where C does not write. The trait is `unsafe` so that no safe code can add to it: a field's
/// marker is a type of the user's crate, which would otherwise allow an `impl` there.
pub unsafe trait MayWrite<'t, F, const READ_ONLY: bool> {}
// SAFETY: C does not write.
unsafe impl<F, A: Access> MayWrite<'_, F, true> for A {}
// SAFETY: nobody else can reach the memory.
unsafe impl<F> MayWrite<'_, F, false> for Exclusive {}

/// The buffer of the Rust field `F`, lent to a call that writes.
///
/// This and the two traits below stand in `where` clauses of generated impls. They have no supertraits: an assumed
/// `Lend` or `FfiArray` would hide from the compiler what the type's associated types are.
///
/// # Safety
///
/// Only where the buffer's access is one that [`MayWrite`]; `unsafe` for the same reason.
pub unsafe trait MayLendMut<'t, F, const READ_ONLY: bool> {}
// SAFETY: the bound says so.
unsafe impl<'t, F, const READ_ONLY: bool, B> MayLendMut<'t, F, READ_ONLY> for B
where
    B: Lend,
    B::Access: MayWrite<'t, F, READ_ONLY>,
{
}

/// The nested array of the Rust field `F`, lent to a call that writes.
///
/// # Safety
///
/// As for [`FfiArrayMut`], of which this is the form without types.
pub unsafe trait NestMut<'t, F> {}
// SAFETY: the bound says so.
unsafe impl<F, T: FfiArrayMut> NestMut<'_, F> for T {}

/// The nested value of the Rust field `F`, lent to a call that writes.
///
/// # Safety
///
/// As for [`FfiPinnedMut`], of which this is the form without types.
pub unsafe trait InlineMut<'t, F> {}
// SAFETY: the bound says so.
unsafe impl<F, T: FfiPinnedMut> InlineMut<'_, F> for T {}

/// The nested array of the Rust field `F` of a `V`, whose elements are `V`s again: they may be written through if the rest
/// of `V` may, which its other conditions say.
///
/// # Safety
///
/// As for [`NestMut`], if `V` is [`FfiPinnedMut`].
pub unsafe trait NestSelf<'t, F, V> {}
// SAFETY: the run is exclusive, and its elements are `V`s.
unsafe impl<'t, F, V, T: RunOf<Value = V>> NestSelf<'t, F, V> for T where T::Access: MayWrite<'t, F, false> {}

/// Nothing: what it is called for is the `unsafe` block around the call, which says that something is claimed.
///
/// # Safety
///
/// What is claimed is true: that the words of a derive fit the C struct, or that a path names this crate.
pub const unsafe fn claim() {}

/// Traits that answer where an inherent item does not, in scope wherever something is looked up.
pub mod lookups {
    // Without their names, which would hide the user's.
    pub use super::{Required as _, UnknownStruct as _};
    pub use crate::fill::LooksAtPointer as _;
}

/// Room for a C struct, to name the types of its fields: nothing is read.
#[must_use]
pub const fn room<C>() -> core::mem::MaybeUninit<C> {
    core::mem::MaybeUninit::uninit()
}

/// Where it is.
#[must_use]
pub const fn at<C>(room: &core::mem::MaybeUninit<C>) -> *const C {
    room.as_ptr()
}

/// The size of the field at `field`, in bytes.
#[must_use]
pub const fn size_at<F>(_field: *const F) -> usize {
    size_of::<F>()
}

/// Whether C's declaration of the field at `slot` says that C only reads through it.
#[must_use]
pub const fn declared_read_only<F: PtrField>(_slot: *const F) -> bool {
    F::READ_ONLY
}

/// Walks the C structs at a raw pointer, before a call: one, or as many as `n` says.
///
/// # Panics
///
/// As [`verify`](crate::check::verify).
///
/// # Safety
///
/// `c` is null or leads to as many structs; otherwise as for `verify`.
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn check_raw<C: FfiChecked>(c: *const C, n: Option<Option<usize>>, write: bool) {
    // A count that is none, negative perhaps, is for C to refuse.
    let n = match n {
        Some(None) => return,
        Some(n) => n,
        None => None,
    };
    if crate::check::COMPILED && !c.is_null() {
        // SAFETY: the caller's promise.
        unsafe { crate::check::verify_raw(c, n, write) };
    }
}

/// Tells the pointer check of an argument, until what this returns is dropped.
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub fn entered<E>(start: *const E, len: usize, write: bool) -> Entered {
    let none = !crate::check::COMPILED || start.is_null();
    Entered(if none {
        Lending::NONE
    } else {
        crate::check::enter(start.addr(), len.wrapping_mul(size_of::<E>()), write)
    })
}

/// An argument that the pointer check knows. It has nothing to drop where the check is not compiled in.
#[derive(Debug)]
pub struct Entered(#[allow(dead_code, reason = "read by the check, where that is on")] Lending);

#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        crate::check::leave(self.0);
    }
}

/// NULL instead of the address of an empty buffer (`null_if_empty`).
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub fn null_if_empty<E>(lent: Lent<E>) -> Lent<E> {
    if lent.len == 0 { Lent::NONE } else { lent }
}

/// Nothing at all, where C takes no NULL: an empty buffer, whose address is not null, and aligned.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub const fn present<E>(lent: Lent<E>) -> Lent<E> {
    if lent.is_none() { Lent { ptr: core::ptr::dangling_mut(), len: 0 } } else { lent }
}

pub use crate::check::FfiChecked;
pub use crate::layout::{Known, Map, Pointer, Shape, UnknownStruct};
pub use crate::table::{Place, Table, reads_only, reports_lengths, results, words};

/// Looks up how a field's type is written: whether the struct says that there may be no buffer. Of a type parameter, or of
/// a type that a trait chooses, it does not.
#[derive(Debug)]
pub struct Written<T: ?Sized>(core::marker::PhantomData<T>);

/// The answer for all types that are no `Option`.
pub trait Required {
    /// There is a buffer, or none counts like an empty one.
    const PIN_FFI_OPTIONAL: bool = false;
}
impl<T: ?Sized> Required for Written<T> {}
impl<T> Written<Option<T>> {
    /// There may be none.
    pub const PIN_FFI_OPTIONAL: bool = true;
}
impl<T> Written<&Option<T>> {
    /// There may be none.
    pub const PIN_FFI_OPTIONAL: bool = true;
}
impl<T> Written<&mut Option<T>> {
    /// There may be none.
    pub const PIN_FFI_OPTIONAL: bool = true;
}

/// How many whole elements `bytes` are.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub const fn elements_in<E>(_lent: Lent<E>, bytes: usize) -> usize {
    bytes / size_of::<E>()
}

/// A value parameter as a part of a computed length.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn operand<L: LenField>(value: L) -> Option<usize> {
    value.to_len().ok()
}

/// What C said that it filled, in elements, within the capacity. It says so in an integer: what is generated counts on that.
///
/// # Errors
///
/// [`Reason::Overrun`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn filled<E, L: LenField>(n: L, lent: Lent<E>, bytes: bool, field: &'static Field) -> Result<usize, LendError> {
    if lent.is_none() {
        return Ok(0);
    }
    if bytes {
        Ok(reported(n, lent.len * size_of::<E>(), field)? / size_of::<E>())
    } else {
        reported(n, lent.len, field)
    }
}

/// The same where C was told of `told` elements or bytes, of which the buffer may have more.
///
/// # Errors
///
/// [`Reason::Overrun`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn filled_of<E, L: LenField>(
    n: L,
    lent: Lent<E>,
    told: usize,
    bytes: bool,
    field: &'static Field,
) -> Result<usize, LendError> {
    if lent.is_none() {
        return Ok(0);
    }
    let n = reported(n, told, field)?;
    Ok(if bytes { elements_in(lent, n) } else { n })
}

/// The address of an argument, in the type that C declared.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub fn argument<P: PtrField, E>(lent: Lent<E>) -> P {
    check_element::<E, P>();
    P::from_ptr(lent.ptr.cast())
}

/// The address of a single argument.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub fn argument_ref<P: PtrField, E>(value: *mut E) -> P {
    const {
        assert!(
            P::SIZE <= size_of::<E>() && P::ALIGN <= align_of::<E>(),
            "the C parameter points at something larger than the Rust one"
        );
    }
    P::from_ptr(value.cast())
}

/// Buffers of a call: what C only reads.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub fn lend_in<E: NoPadding>(slice: &[E]) -> Lent<E> {
    Lend::lend(&slice)
}

/// Buffers of a call: what C reads and writes.
#[cfg_attr(not(debug_assertions), inline(always))]
pub const fn lend_inout<E: Plain>(slice: &mut [E]) -> Lent<E> {
    Lent::of(slice)
}

/// A value that C only reads.
#[cfg_attr(not(debug_assertions), inline(always))]
pub const fn lend_ref<E: NoPadding>(value: &E) -> *mut E {
    (&raw const *value).cast_mut()
}

/// A value that C reads and writes.
#[cfg_attr(not(debug_assertions), inline(always))]
pub const fn lend_ref_mut<E: Plain>(value: &mut E) -> *mut E {
    &raw mut *value
}

/// Zeroed room for the C struct that `value` fills.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub const fn zeroed_for<V: FfiPinned>(_value: &V) -> core::mem::MaybeUninit<V::C> {
    core::mem::MaybeUninit::zeroed()
}

/// Looks a parameter's type up: a raw pointer behind an alias must not pass for a plain value.
#[derive(Debug)]
pub struct ParamType<T>(core::marker::PhantomData<T>);

/// The answer for all types that are no raw pointer.
pub trait PlainParam {
    /// Not a pointer.
    const IS_POINTER: bool = false;
}
impl<T> PlainParam for ParamType<T> {}
impl<T: ?Sized> ParamType<*const T> {
    /// A pointer.
    pub const IS_POINTER: bool = true;
}
impl<T: ?Sized> ParamType<*mut T> {
    /// A pointer.
    pub const IS_POINTER: bool = true;
}
impl<T: ?Sized> ParamType<core::ptr::NonNull<T>> {
    /// A pointer.
    pub const IS_POINTER: bool = true;
}
impl<T: ?Sized> ParamType<Option<core::ptr::NonNull<T>>> {
    /// A pointer, or null.
    pub const IS_POINTER: bool = true;
}

#[cfg(target_has_atomic = "ptr")]
impl<T> ParamType<core::sync::atomic::AtomicPtr<T>> {
    /// A pointer.
    pub const IS_POINTER: bool = true;
}

/// Looks up whether a pointer leads to `void`: another type may have that name.
#[derive(Debug)]
pub struct Leads<P>(core::marker::PhantomData<P>);

/// The answer for all others.
pub trait ToSome {
    /// What it leads to is said.
    const TO_VOID: bool = false;
}
impl<P> ToSome for Leads<P> {}
impl Leads<*const core::ffi::c_void> {
    /// It is not said.
    pub const TO_VOID: bool = true;
}
impl Leads<*mut core::ffi::c_void> {
    /// It is not said.
    pub const TO_VOID: bool = true;
}

/// Functions that only unsafe code may call: passing one is as good as calling it.
macro_rules! unsafe_functions {
    // With as many parameters, and with fewer.
    ($first:ident $($rest:ident)*) => {
        unsafe_functions!(@of $first $($rest)*);
        unsafe_functions!(@pointer [$first $($rest)*] unsafe extern "C" fn($first, $($rest,)* ...) -> R);
        unsafe_functions!(@pointer [$first $($rest)*] unsafe extern "C-unwind" fn($first, $($rest,)* ...) -> R);
        unsafe_functions!($($rest)*);
    };
    () => { unsafe_functions!(@of); };
    (@of $($arg:ident)*) => {
        unsafe_functions!(@pointer [$($arg)*] unsafe fn($($arg),*) -> R);
        unsafe_functions!(@each ["C" "C-unwind" "system" "system-unwind"] [$($arg)*]);
        #[cfg(any(
            target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64", target_arch = "arm",
            target_arch = "riscv64", target_arch = "riscv32"
        ))]
        unsafe_functions!(@each ["efiapi"] [$($arg)*]);
        #[cfg(target_arch = "x86_64")]
        unsafe_functions!(@each ["sysv64" "sysv64-unwind" "win64" "win64-unwind"] [$($arg)*]);
        #[cfg(target_arch = "x86")]
        unsafe_functions!(@each [
            "cdecl" "cdecl-unwind" "stdcall" "stdcall-unwind" "fastcall" "fastcall-unwind" "thiscall" "thiscall-unwind"
        ] [$($arg)*]);
        #[cfg(target_arch = "arm")]
        unsafe_functions!(@each ["aapcs" "aapcs-unwind"] [$($arg)*]);
    };
    (@each [$abi:literal $($others:literal)*] [$($arg:ident)*]) => {
        unsafe_functions!(@pointer [$($arg)*] unsafe extern $abi fn($($arg),*) -> R);
        unsafe_functions!(@each [$($others)*] [$($arg)*]);
    };
    (@each [] $args:tt) => {};
    (@pointer [$($arg:ident)*] $function:ty) => {
        impl<R, $($arg),*> ParamType<$function> {
            /// An unsafe function.
            pub const IS_POINTER: bool = true;
        }
        impl<R, $($arg),*> ParamType<Option<$function>> {
            /// An unsafe function, or null.
            pub const IS_POINTER: bool = true;
        }
    };
}
unsafe_functions! { A B C D E F G H I J K L M N O P }

/// Stops a plain parameter of a safe function that is a pointer after all.
///
/// # Panics
///
/// At compile time, with `message`.
#[track_caller]
pub const fn must_be_plain(is_pointer: bool, message: &str) {
    assert!(!is_pointer, "{}", message);
}

/// Stops a value that wants results from structs that C leaves as they are.
///
/// # Panics
///
/// At compile time, with `message`.
#[track_caller]
pub const fn must_not_report(reports: bool, message: &str) {
    assert!(!reports, "{}", message);
}

#[cfg(all(unix, feature = "std"))]
pub use fd::*;

/// The word `fd`: `BorrowedFd` is a type of `std`.
#[cfg(all(unix, feature = "std"))]
mod fd {
    pub use std::os::fd::{AsRawFd, BorrowedFd};

    /// The type of a parameter that is a descriptor.
    #[diagnostic::on_unimplemented(
        message = "a parameter of type `{Self}` is no descriptor: that is a `c_int`",
        label = "not a `c_int`",
        note = "drop `fd` if it is another number, or declare the parameter as C does"
    )]
    pub trait Descriptor {
        /// The descriptor's number, -1 for none.
        fn number(fd: Option<BorrowedFd<'_>>) -> Self;
    }
    impl Descriptor for core::ffi::c_int {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn number(fd: Option<BorrowedFd<'_>>) -> Self {
            fd.map_or(-1, |fd| fd.as_raw_fd())
        }
    }

    /// The descriptor's number.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub fn raw_fd<C: Descriptor>(fd: BorrowedFd<'_>) -> C {
        C::number(Some(fd))
    }

    /// The descriptor's number, -1 for none.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub fn raw_fd_or_none<C: Descriptor>(fd: Option<BorrowedFd<'_>>) -> C {
        C::number(fd)
    }
}

pub use crate::callback::*;

/// The room that a run of values leaves in the scratch: the inherent method for what fills an array, [`NoRoom`]'s for all
/// else, so that a wrong type is one error, at the fill.
#[derive(Debug)]
pub struct RunRoom<'a, T: ?Sized>(pub &'a T);

impl<T: FfiArray + ?Sized> RunRoom<'_, T> {
    /// [`FfiArray::scratch_left`].
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub fn left(self, room: usize) -> Option<usize> {
        self.0.scratch_left(room)
    }
}

/// The same for one value.
#[derive(Debug)]
pub struct ValueRoom<'a, T: ?Sized>(pub &'a T);

impl<T: FfiPinned> ValueRoom<'_, T> {
    /// [`FfiPinned::scratch_left`].
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub fn left(self, room: usize) -> Option<usize> {
        self.0.scratch_left(room)
    }
}

/// All of it is left by what is refused elsewhere.
pub trait NoRoom: Sized {
    /// `room`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn left(self, room: usize) -> Option<usize> {
        Some(room)
    }
}
impl<T: ?Sized> NoRoom for RunRoom<'_, T> {}
impl<T: ?Sized> NoRoom for ValueRoom<'_, T> {}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! seen {
        ($($function:ty)*) => {$(
            const { assert!(ParamType::<$function>::IS_POINTER && ParamType::<Option<$function>>::IS_POINTER) };
        )*};
    }

    #[test]
    fn unsafe_functions_are_seen_whatever_they_are_called() {
        seen! {
            unsafe fn()
            unsafe extern "C" fn(u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8) -> u8
            unsafe extern "C" fn(u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, ...)
            unsafe extern "C-unwind" fn(u8, ...)
            unsafe extern "system" fn()
            unsafe extern "system-unwind" fn(u8)
        }
        #[cfg(target_arch = "x86_64")]
        seen! {
            unsafe extern "sysv64" fn() unsafe extern "sysv64-unwind" fn()
            unsafe extern "win64" fn() unsafe extern "win64-unwind" fn()
            unsafe extern "efiapi" fn()
        }
        #[cfg(target_arch = "x86")]
        seen! {
            unsafe extern "cdecl" fn() unsafe extern "stdcall" fn() unsafe extern "fastcall" fn()
            unsafe extern "thiscall" fn()
        }
        #[cfg(target_arch = "arm")]
        seen! { unsafe extern "aapcs" fn() }
    }

    /// The compiler runs this, and refuses a write through an address that came from a shared borrow.
    #[test]
    fn addresses_of_values_may_be_written_through() {
        const {
            let mut value = 0_u32;
            // SAFETY: a number, exclusively borrowed for this line.
            unsafe { lend_ref_mut(&mut value).write(1) };
            assert!(value == 1);
        }
    }
}
