//! What generated code calls, hidden from the docs. No promise of stability: the macros of the same version alone use it.

pub use crate::buf::{Access, Buf, Consume, Exclusive, Fill, Fillable, Lent, NoPadding, Plain, Shared};
use crate::check::Lending;
pub use crate::errno;
pub use crate::field::{
    Convert, LenField, PtrField, agree, bytes_of, chars_must_fit, check_element, check_max, checked_len, converted,
    elements_must_fit, read_plain, reported, value_must_be_there, value_must_fit,
};
pub use crate::fill::{
    FfiArray, FfiArrayMut, FfiPinned, FfiPinnedMut, Field, FillError, Filled, FilledArray, RawArray, Reason,
};
pub use crate::scratch::{INLINE, Scratch, with_scratch};
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
/// `Buf` or `FfiArray` would hide from the compiler what the type's associated types are.
///
/// # Safety
///
/// Only where the buffer's access is one that [`MayWrite`]; `unsafe` for the same reason.
pub unsafe trait LendMut<'t, F, const READ_ONLY: bool> {}
// SAFETY: the bound says so.
unsafe impl<'t, F, const READ_ONLY: bool, B> LendMut<'t, F, READ_ONLY> for B
where
    B: Buf,
    B::Access: MayWrite<'t, F, READ_ONLY>,
{
}

/// The nested array of the Rust field `F`, lent to a call that writes.
///
/// # Safety
///
/// As for [`FfiArrayMut`], of which this is the form without types.
pub unsafe trait NestMut<'t, F> {
    /// [`FfiArrayMut::Kept`].
    type NestedKept: Copy;
    /// [`FfiArrayMut::REPORTS`].
    const REPORTS: bool;
    /// [`FfiArrayMut::fill_all_mut`].
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// # Safety
    ///
    /// The same.
    unsafe fn fill_nested(&mut self, scratch: &mut Scratch<'_>) -> Result<(RawArray<u8>, Self::NestedKept), FillError>;
    /// [`FfiArrayMut::take_back_all`].
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// # Safety
    ///
    /// The same.
    unsafe fn take_back_nested(&mut self, kept: Self::NestedKept) -> Result<(), FillError>;
}

// SAFETY: passes everything on.
unsafe impl<F, T: FfiArrayMut> NestMut<'_, F> for T {
    type NestedKept = T::Kept;
    const REPORTS: bool = T::REPORTS;
    #[inline(always)]
    unsafe fn fill_nested(&mut self, scratch: &mut Scratch<'_>) -> Result<(RawArray<u8>, T::Kept), FillError> {
        // SAFETY: the caller's promise.
        let (array, kept) = unsafe { self.fill_all_mut(scratch)? };
        Ok((RawArray { ptr: array.ptr.cast(), len: array.len }, kept))
    }
    #[inline(always)]
    unsafe fn take_back_nested(&mut self, kept: T::Kept) -> Result<(), FillError> {
        // SAFETY: the caller's promise.
        unsafe { self.take_back_all(kept) }
    }
}

/// The nested value of the Rust field `F`, lent to a call that writes.
///
/// # Safety
///
/// As for [`FfiPinnedMut`], of which this is the form without types: `c` is a `*mut Self::C`.
pub unsafe trait InlineMut<'t, F> {
    /// [`FfiPinnedMut::Kept`].
    type InlineKept: Copy;
    /// [`FfiPinnedMut::REPORTS`].
    const REPORTS: bool;
    /// [`FfiPinnedMut::fill_mut`].
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// # Safety
    ///
    /// The same.
    unsafe fn fill_inline(&mut self, c: *mut u8, scratch: &mut Scratch<'_>) -> Result<Self::InlineKept, FillError>;
    /// [`FfiPinnedMut::take_back`].
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// # Safety
    ///
    /// The same.
    unsafe fn take_back_inline(&mut self, c: *const u8, kept: Self::InlineKept) -> Result<(), FillError>;
}

// SAFETY: passes everything on.
unsafe impl<F, T: FfiPinnedMut> InlineMut<'_, F> for T {
    type InlineKept = T::Kept;
    const REPORTS: bool = T::REPORTS;
    #[inline(always)]
    unsafe fn fill_inline(&mut self, c: *mut u8, scratch: &mut Scratch<'_>) -> Result<T::Kept, FillError> {
        // SAFETY: the caller's promise.
        unsafe { self.fill_mut(c.cast(), scratch) }
    }
    #[inline(always)]
    unsafe fn take_back_inline(&mut self, c: *const u8, kept: T::Kept) -> Result<(), FillError> {
        // SAFETY: the caller's promise.
        unsafe { self.take_back(c.cast(), kept) }
    }
}

/// The C structs of the nested array `A`, once their type has been left out.
#[inline(always)]
#[must_use]
pub const fn typed_array<A: FfiArray>(array: RawArray<u8>) -> RawArray<A::Elem> {
    RawArray { ptr: array.ptr.cast(), len: array.len }
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

/// The place of a nested struct: its type must be the one that `V` fills.
#[inline(always)]
pub const fn inline_place<V: FfiPinned, F: InlineField<V::C>>(place: *mut F) -> *mut V::C {
    place.cast()
}

/// The type of `value`, to be compared with one that is written.
#[inline(always)]
#[must_use]
pub const fn type_of<T: ?Sized>(_value: &T) -> core::marker::PhantomData<*const T> {
    core::marker::PhantomData
}

/// The size of the field at `field`, in bytes.
#[must_use]
pub const fn size_at<F>(_field: *const F) -> usize {
    size_of::<F>()
}

/// The offset of a field, in bytes, from the struct at `base`.
///
/// # Safety
///
/// `field` is in the struct at `base`.
#[must_use]
pub const unsafe fn offset<C, F>(base: *const C, field: *const F) -> usize {
    // SAFETY: the caller's promise.
    unsafe { field.cast::<u8>().offset_from(base.cast::<u8>()) as usize }
}

/// The C field at `field` is an array: what an index means of any other type is the user's to say.
pub const fn must_be_array<T, const N: usize>(_field: *const [T; N]) {}

/// The type of a C field that holds an address: `F` itself.
///
/// What is generated asks for it in several places. Where `F` is no such type, there is no `Itself`, and so one error and
/// not several.
pub trait Address {
    /// `F`.
    type Itself: PtrField;
}
impl<F: PtrField> Address for F {
    type Itself = F;
}

/// The field at `slot`, which must be one that holds an address.
#[inline(always)]
#[must_use]
pub const fn address<F: PtrField>(slot: *const F) -> *mut <F as Address>::Itself {
    slot.cast_mut().cast()
}

/// Whether C's declaration of the field at `slot` says that C only reads through it.
#[must_use]
pub const fn declared_read_only<F: PtrField>(_slot: *const F) -> bool {
    F::READ_ONLY
}

/// Writes an address into the C field at `slot`.
///
/// # Safety
///
/// `slot` is valid for writes; it need not be aligned. [`elements_must_fit`] has passed `E` and `F`.
#[inline(always)]
pub unsafe fn put_ptr<F: PtrField, E>(slot: *mut F, lent: Lent<E>) {
    // SAFETY: the caller's promise.
    unsafe { slot.write_unaligned(F::from_ptr(lent.ptr.cast())) }
}

/// Tells the pointer check of an address that a fill wrote.
///
/// # Safety
///
/// As for [`Scratch::note`].
#[inline(always)]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn note<E>(scratch: &mut Scratch<'_>, lent: Lent<E>, write: bool) {
    // SAFETY: the caller's promise.
    unsafe { scratch.note(lent, write) };
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
#[inline(always)]
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
#[inline(always)]
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

/// [`put_array`] for an array of a type that is not chosen yet.
///
/// # Safety
///
/// `slot` is valid for writes; it need not be aligned.
#[inline(always)]
pub unsafe fn put_stated_array<F: StatedArrayField<E>, E>(slot: *mut F, array: RawArray<E>) {
    // SAFETY: the caller's promise.
    unsafe { put_array(slot, array) }
}

/// Writes the address of an array of C structs into the C field at `slot`.
///
/// # Safety
///
/// `slot` is valid for writes; it need not be aligned.
#[inline(always)]
pub unsafe fn put_array<F: ArrayField<E>, E>(slot: *mut F, array: RawArray<E>) {
    // SAFETY: the caller's promise.
    unsafe { slot.write_unaligned(F::from_ptr(array.ptr.cast())) }
}

/// Nulls the C field at `slot`, which [`put_ptr`] or [`put_array`] filled: they ask what type it has, once.
///
/// # Safety
///
/// `slot` is valid for writes of a [`PtrField`]; it need not be aligned.
#[inline(always)]
pub unsafe fn null_ptr<F>(slot: *mut F) {
    // SAFETY: the caller's promise; an address field of no bits is the null address.
    unsafe { slot.cast::<u8>().write_bytes(0, size_of::<F>()) }
}

/// Sets the length field at `slot` to 0; [`checked_len`] asks what type it has, once.
///
/// # Safety
///
/// `slot` is valid for writes of a [`LenField`]; it need not be aligned.
#[inline(always)]
pub unsafe fn zero_len<L>(slot: *mut L) {
    // SAFETY: the caller's promise; an integer of no bits is 0.
    unsafe { slot.cast::<u8>().write_bytes(0, size_of::<L>()) }
}

/// NULL instead of the address of an empty buffer (`null_if_empty`).
#[inline(always)]
#[must_use]
pub fn null_if_empty<E>(lent: Lent<E>) -> Lent<E> {
    if lent.len == 0 { Lent::NONE } else { lent }
}

/// Nothing at all, where C takes no NULL: an empty buffer, whose address is not null, and aligned.
#[inline(always)]
#[must_use]
pub const fn present<E>(lent: Lent<E>) -> Lent<E> {
    if lent.is_none() { Lent { ptr: core::ptr::dangling_mut(), len: 0 } } else { lent }
}

/// NULL instead of the address of an empty array (`null_if_empty`).
#[inline(always)]
#[must_use]
pub fn null_if_none<E>(array: RawArray<E>) -> RawArray<E> {
    if array.len == 0 { RawArray { ptr: core::ptr::null_mut(), len: 0 } } else { array }
}

/// The capacity of a lent buffer, for checking what C reports; `None` if there is no buffer.
#[inline(always)]
#[must_use]
pub fn capacity<E>(lent: &Lent<E>) -> Option<usize> {
    if lent.is_none() { None } else { Some(lent.len) }
}

/// How many elements C says that it filled, within the capacity of the buffer `B`.
///
/// # Errors
///
/// [`Reason::Overrun`]. Where there is no buffer, what C says does not matter.
///
/// # Safety
///
/// `slot` is valid for reads and initialised; it need not be aligned.
#[inline(always)]
pub unsafe fn taken_len<B: Buf, const BYTES: bool, F: PtrField, L: LenField, S: Says>(
    ptr: *const F,
    _says: S,
    slot: *const L,
    capacity: Option<usize>,
    field: &'static Field,
) -> Result<usize, FillError> {
    const { must_count_elements::<B, BYTES, F, S>() };
    let _ = ptr; // names the type
    let Some(capacity) = capacity else { return Ok(0) };
    // SAFETY: the caller's promise.
    let n = unsafe { slot.read_unaligned() };
    if BYTES {
        let size = size_of::<B::Elem>();
        // Only whole elements are shown.
        Ok(reported(n, capacity * size, field)? / size)
    } else {
        reported(n, capacity, field)
    }
}

/// How many elements C has gone on by, where it lowers the length from the capacity of the buffer `B`.
///
/// # Errors
///
/// [`Reason::Overrun`]. Where there is no buffer, what C says does not matter.
///
/// # Safety
///
/// `slot` is valid for reads and initialised; it need not be aligned.
#[inline(always)]
pub unsafe fn taken_rest<B: Buf, const BYTES: bool, F: PtrField, L: LenField, S: Says>(
    ptr: *const F,
    _says: S,
    slot: *const L,
    capacity: Option<usize>,
    field: &'static Field,
) -> Result<usize, FillError> {
    const { must_count_elements::<B, BYTES, F, S>() };
    let _ = ptr; // names the type
    let Some(capacity) = capacity else { return Ok(0) };
    // SAFETY: the caller's promise.
    let rest = unsafe { slot.read_unaligned() };
    if BYTES {
        let size = size_of::<B::Elem>();
        // Only whole elements are behind.
        Ok((capacity * size - reported(rest, capacity * size, field)?) / size)
    } else {
        Ok(capacity - reported(rest, capacity, field)?)
    }
}

/// What C counts are elements of `B`, or bytes. Only the derive says so where C's field says nothing.
///
/// The error stands where this is called: without `track_caller`, in the source of the `panic!` macro.
#[track_caller]
const fn must_count_elements<B: Buf, const BYTES: bool, F: PtrField, S: Says>() {
    assert!(
        BYTES || !S::ELEMENTS || F::SIZE == 0 || size_of::<B::Elem>() == F::SIZE,
        "C counts elements of another size than the buffer has: what it reports would show what it never wrote"
    );
}

/// Whether the type of a C field says what its address leads to: `void` and `unsigned char` are of one size.
pub trait Says {
    /// It does.
    const ELEMENTS: bool;
}

/// A pointer to anything but `void`.
#[derive(Debug)]
pub struct SaysElements;
impl Says for SaysElements {
    const ELEMENTS: bool = true;
}

/// A pointer to `void`, or an integer.
#[derive(Debug)]
pub struct SaysNothing;
impl Says for SaysNothing {
    const ELEMENTS: bool = false;
}

/// Looks it up: `Looked::at(place).says()` is the function below for those that say nothing, the trait's for all others.
#[derive(Debug)]
pub struct Looked<F>(core::marker::PhantomData<F>);

impl<F> Looked<F> {
    /// The field at `place`.
    #[inline(always)]
    #[must_use]
    pub const fn at(_place: *const F) -> Self {
        Self(core::marker::PhantomData)
    }
}

/// The answer for all others. By value, so that a method of the user's does not come before it.
pub trait LooksAtPointer: Sized {
    /// It leads to elements.
    #[inline(always)]
    fn says(self) -> SaysElements {
        SaysElements
    }
}
impl<F> LooksAtPointer for Looked<F> {}

macro_rules! says_nothing {
    ($($t:ty)*) => {$(
        impl Looked<$t> {
            /// It says nothing.
            #[inline(always)]
            #[must_use]
            pub const fn says(self) -> SaysNothing {
                SaysNothing
            }
        }
    )*};
}
says_nothing!(*const core::ffi::c_void *mut core::ffi::c_void u32 i32 u64 i64 usize isize);

/// The part of a buffer from `start` on.
#[inline(always)]
#[must_use]
pub fn behind<E>(lent: Lent<E>, start: usize) -> Lent<E> {
    debug_assert!(start <= lent.len, "a buffer is lent from {start} on, and ends at {}", lent.len);
    Lent { ptr: lent.ptr.wrapping_add(start), len: lent.len - start }
}

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
pub unsafe trait Progress<const READ_ONLY: bool>: Buf {
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
    #[inline(always)]
    unsafe fn come_on(&mut self, n: usize) {
        // SAFETY: the caller's promise.
        unsafe { self.come_to(self.start() + n) }
    }
}

// SAFETY: at the very start.
unsafe impl<B: Consume> Progress<true> for B {
    #[inline(always)]
    fn start(&self) -> usize {
        0
    }

    #[inline(always)]
    unsafe fn come_to(&mut self, n: usize) {
        self.consume(n);
    }
}

// SAFETY: the filled part is within the capacity.
unsafe impl<B: Fill> Progress<false> for B {
    #[inline(always)]
    fn start(&self) -> usize {
        self.lend().len
    }

    #[inline(always)]
    unsafe fn come_to(&mut self, n: usize) {
        // SAFETY: the caller's promise.
        unsafe { self.set_filled(n) }
    }
}

/// A plain value that C may have written, in the Rust field's type.
///
/// # Errors
///
/// [`Reason::WrittenOutOfRange`].
///
/// # Safety
///
/// `slot` is valid for reads and initialised; it need not be aligned.
#[inline(always)]
pub unsafe fn taken<F: Plain + Convert<V>, V>(slot: *const F, field: &'static Field) -> Result<V, FillError> {
    // SAFETY: the caller's promise.
    let value = unsafe { read_plain(slot) };
    match <F as Convert<V>>::convert(value) {
        Ok(value) => Ok(value),
        Err(unfit) => Err(FillError::new(field, Reason::WrittenOutOfRange, unfit.value, unfit.limit)),
    }
}

/// Fills the `n` structs of a value whose C type is an array, in the scratch.
///
/// # Safety
///
/// As for [`FfiPinned::fill`]; `V::C` is an array of `n` `E`s.
#[inline(always)]
pub unsafe fn fill_run<V: FfiPinned, E>(
    value: &V,
    n: usize,
    scratch: &mut Scratch<'_>,
) -> Result<RawArray<E>, FillError> {
    let Some(c) = scratch.alloc::<V::C>(1) else { return Err(no_memory(n)) };
    // SAFETY: room for one `V::C`, zeroed before it is filled; the rest is the caller's promise.
    unsafe {
        c.as_ptr().write_bytes(0, 1);
        value.fill(c.as_ptr(), scratch)?;
    }
    Ok(RawArray { ptr: c.as_ptr().cast(), len: n })
}

/// The same for writing.
///
/// # Safety
///
/// As for [`FfiPinnedMut::fill_mut`]; `V::C` is an array of `n` `E`s.
#[inline(always)]
pub unsafe fn fill_run_mut<V: FfiPinnedMut, E>(
    value: &mut V,
    n: usize,
    scratch: &mut Scratch<'_>,
) -> Result<(RawArray<E>, KeptRun<V>), FillError> {
    let Some(c) = scratch.alloc::<V::C>(1) else { return Err(no_memory(n)) };
    // SAFETY: room for one `V::C`, zeroed before it is filled; the rest is the caller's promise.
    let kept = unsafe {
        c.as_ptr().write_bytes(0, 1);
        value.fill_mut(c.as_ptr(), scratch)?
    };
    Ok((RawArray { ptr: c.as_ptr().cast(), len: n }, KeptRun { c: c.as_ptr(), kept }))
}

#[inline(always)]
fn no_memory(n: usize) -> FillError {
    FillError::new(&Field { item: "array", field: "elements", c: "the array" }, Reason::NoMemory, n as i128, 0)
}

/// What a value whose C type is an array keeps of its fill.
#[derive(Debug)]
pub struct KeptRun<V: FfiPinnedMut> {
    c: *const V::C,
    kept: V::Kept,
}

impl<V: FfiPinnedMut> Clone for KeptRun<V> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<V: FfiPinnedMut> Copy for KeptRun<V> {}

impl<V: FfiPinnedMut> KeptRun<V> {
    /// Takes over what C left.
    ///
    /// # Errors
    ///
    /// As for [`FfiPinnedMut::take_back`].
    ///
    /// # Safety
    ///
    /// As for [`FfiPinnedMut::take_back`].
    #[inline(always)]
    pub unsafe fn take_back(self, value: &mut V) -> Result<(), FillError> {
        // SAFETY: `c` was filled when this was made; the rest is the caller's promise.
        unsafe { value.take_back(self.c, self.kept) }
    }
}

pub use crate::check::FfiChecked;
pub use crate::layout::{Map, Pointer, Shape, StructMap, UnknownStruct, check_apart};

/// Refuses a buffer of fewer than `need` (elements or bytes, as the word says) for a parameter with `len = ...` of a
/// computed value; `None` is not refused. How many C uses.
///
/// # Errors
///
/// [`Reason::TooShort`]; [`Reason::TooLong`] if the value cannot be computed.
#[inline(always)]
pub fn check_least(n: usize, some: bool, need: Option<usize>, field: &'static Field) -> Result<usize, FillError> {
    match need {
        _ if !some => Ok(0),
        Some(need) if n >= need => Ok(need),
        need => Err(too_short(n, need, field)),
    }
}

/// Looks up how a field's type is written: whether the struct says that there may be no buffer. Of a type parameter, or of
/// a type that a trait chooses, it does not.
#[derive(Debug)]
pub struct Written<T: ?Sized>(core::marker::PhantomData<T>);

/// The answer for all types that are no `Option`.
pub trait Required {
    /// There is a buffer, or none counts like an empty one.
    const OPTIONAL: bool = false;
}
impl<T: ?Sized> Required for Written<T> {}
impl<T> Written<Option<T>> {
    /// There may be none.
    pub const OPTIONAL: bool = true;
}
impl<T> Written<&Option<T>> {
    /// There may be none.
    pub const OPTIONAL: bool = true;
}
impl<T> Written<&mut Option<T>> {
    /// There may be none.
    pub const OPTIONAL: bool = true;
}

/// How many whole elements `bytes` are.
#[inline(always)]
#[must_use]
pub const fn elements_in<E>(_lent: Lent<E>, bytes: usize) -> usize {
    bytes / size_of::<E>()
}

#[inline(always)]
fn too_short(n: usize, need: Option<usize>, field: &'static Field) -> FillError {
    match need {
        Some(need) => FillError::new(field, Reason::TooShort, n as i128, need as i128),
        None => FillError::new(field, Reason::TooLong, n as i128, usize::MAX as i128),
    }
}

/// A value parameter as a part of a computed length.
#[inline(always)]
pub fn operand<L: LenField>(value: L) -> Option<usize> {
    value.to_len().ok()
}

/// What C said that it filled, in elements, within the capacity. It says so in an integer: what is generated counts on that.
///
/// # Errors
///
/// [`Reason::Overrun`].
#[inline(always)]
pub fn filled<E, L: LenField>(n: L, lent: Lent<E>, bytes: bool, field: &'static Field) -> Result<usize, FillError> {
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
#[inline(always)]
pub fn filled_of<E, L: LenField>(
    n: L,
    lent: Lent<E>,
    told: usize,
    bytes: bool,
    field: &'static Field,
) -> Result<usize, FillError> {
    if lent.is_none() {
        return Ok(0);
    }
    let n = reported(n, told, field)?;
    Ok(if bytes { elements_in(lent, n) } else { n })
}

/// The address of an argument, in the type that C declared.
#[inline(always)]
#[must_use]
pub fn argument<P: PtrField, E>(lent: Lent<E>) -> P {
    check_element::<E, P>();
    P::from_ptr(lent.ptr.cast())
}

/// The address of a single argument.
#[inline(always)]
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
#[inline(always)]
#[must_use]
pub fn lend_in<E: NoPadding>(slice: &[E]) -> Lent<E> {
    Buf::lend(&slice)
}

/// Buffers of a call: what C reads and writes.
#[inline(always)]
pub const fn lend_inout<E: Plain>(slice: &mut [E]) -> Lent<E> {
    Lent::of(slice)
}

/// A value that C only reads.
#[inline(always)]
pub const fn lend_ref<E: NoPadding>(value: &E) -> *mut E {
    (&raw const *value).cast_mut()
}

/// A value that C reads and writes.
#[inline(always)]
pub const fn lend_ref_mut<E: Plain>(value: &mut E) -> *mut E {
    &raw mut *value
}

/// `Ok` and `Err` of a wrapper's result: filling may fail, so that it must have a place for a [`FillError`].
#[diagnostic::on_unimplemented(
    message = "a `#[pinned_ffi]` wrapper cannot return `{Self}`: it must be able to say that a buffer does not fit",
    label = "not a `Result` whose error can be made from `FillError`",
    note = "return `std::io::Result<...>`, or a `Result` whose error implements `From<pin_ffi::FillError>`"
)]
///
/// Sealed: lengths are taken back because of what it says.
pub trait WrapperResult: sealed::Sealed {
    /// The result for a value that could not be lent.
    fn refused(error: FillError) -> Self;
    /// Whether the call succeeded, so that results are to be taken back.
    fn succeeded(&self) -> bool;
}

mod sealed {
    pub trait Sealed {}
    impl<T, E> Sealed for Result<T, E> {}
}

impl<T, E: From<FillError>> WrapperResult for Result<T, E> {
    #[cold]
    fn refused(error: FillError) -> Self {
        Err(error.into())
    }
    #[inline(always)]
    fn succeeded(&self) -> bool {
        self.is_ok()
    }
}

/// Zeroed room for the C struct that `value` fills.
#[inline(always)]
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

/// The same of the structs that the field at `_place` leads to, if it is declared `*const`.
///
/// # Panics
///
/// At compile time, with `message`.
#[track_caller]
pub const fn must_not_report_through<F: PtrField>(_place: *const F, reports: bool, message: &str) {
    must_not_report(F::READ_ONLY && reports, message);
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
        #[inline(always)]
        fn number(fd: Option<BorrowedFd<'_>>) -> Self {
            fd.map_or(-1, |fd| fd.as_raw_fd())
        }
    }

    /// The descriptor's number, -1 for none.
    #[inline(always)]
    #[must_use]
    pub fn raw_fd<C: Descriptor>(fd: Option<BorrowedFd<'_>>) -> C {
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
    #[inline(always)]
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
    #[inline(always)]
    #[must_use]
    pub fn left(self, room: usize) -> Option<usize> {
        self.0.scratch_left(room)
    }
}

/// All of it is left by what is refused elsewhere.
pub trait NoRoom: Sized {
    /// `room`.
    #[inline(always)]
    fn left(self, room: usize) -> Option<usize> {
        Some(room)
    }
}
impl<T: ?Sized> NoRoom for RunRoom<'_, T> {}
impl<T: ?Sized> NoRoom for ValueRoom<'_, T> {}

/// What a part of a fill came to; if it was refused, the pointers of the parts before it are nulled.
///
/// # Errors
///
/// The part's own.
///
/// # Safety
///
/// As for [`FfiPinned::release`].
#[inline(always)]
pub unsafe fn or_released<V: FfiPinned, T>(part: Result<T, FillError>, c: *mut V::C) -> Result<T, FillError> {
    if part.is_err() {
        // SAFETY: the caller's promise.
        unsafe { V::release(c) };
    }
    part
}

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
