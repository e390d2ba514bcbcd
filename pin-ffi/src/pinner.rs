//! [`scope`] and [`Pinner`]: pins for FFI that is written by hand.
//!
//! Both keep a [`Record`] of what is pinned, of the values that they were given to keep, and of the slots in C memory
//! that hold pinned addresses. A scope's record is in the frame of [`scope`] itself, where nothing can forget it: slots
//! are nulled and values dropped before that frame ends, however it ends. A [`Pinner`] is a value, and values can be
//! forgotten; so it has no slots of its own, and a forgotten one leaks what it owns and nothing worse.

use crate::check::{self, Lending};
use crate::field::{PtrField, check_element};
use crate::lend::{Access, Exclusive, Lend, Lent, NoPadding, Plain, Shared};
#[cfg(all(unix, feature = "std"))]
use crate::page_lock::LockedPins;
use crate::scratch::{INLINE, Inline, KEEP_AT_MOST, Scratch};
use alloc::alloc::{Layout, handle_alloc_error};
use core::cell::{Cell, UnsafeCell};
use core::fmt;
use core::marker::PhantomData;
use core::mem::{self, ManuallyDrop};
use core::ptr::{self, NonNull};

/// Lends buffers to C for several calls: what is pinned in `f` stays in place until `f` has ended.
///
/// `f` pins buffers ([`pin`](Scope::pin), [`pin_mut`](Scope::pin_mut)) and stores their addresses in C structs
/// ([`store`](Scope::store)). When it returns, or unwinds from a panic, the slots are nulled first; then the pins end,
/// last first. None of this can be left out: it happens in the frame of `scope`, and `f` holds nothing that could be
/// forgotten.
///
/// Handles belong to their scope. Used outside they do not compile, nor does a buffer that could end before the scope:
///
/// ```compile_fail
/// let buf = vec![0_u8; 16];
/// let pin = pin_ffi::scope(|s| s.pin(&buf));
/// ```
///
/// Scopes nest: an inner one ends first, and may store what is pinned in an outer one, not the reverse. A scope's record
/// grows with each slot and each owned value until it ends (with each pin too, while the [pointer check](crate::check) is
/// on), so that a long loop opens a scope in each round; slots can be [released](Stored::release) one by one, and are
/// reused.
///
/// A hundred slots need no allocation. More use a block that the thread keeps for the next scope, up to 1 MiB of it;
/// beyond, see [`Pinner::scope`].
///
/// # Examples
///
/// ```
/// # #[cfg(unix)] {
/// use std::io::Write;
/// use std::os::fd::AsRawFd;
/// use std::os::unix::net::UnixStream;
///
/// let (reader, mut writer) = UnixStream::pair()?;
/// writer.write_all(b"lent to C")?;
///
/// let (mut head, mut tail) = ([0_u8; 4], vec![0_u8; 16]);
/// let mut iov = [libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 }; 2];
/// let array = iov.as_mut_ptr();
/// let n = pin_ffi::scope(|s| {
///     for (i, pin) in [s.pin_mut(&mut head), s.pin_mut(&mut tail)].iter().enumerate() {
///         // SAFETY: inside `iov`, which outlives the scope and is used through `array` alone until then.
///         unsafe {
///             s.store_at(&raw mut (*array.add(i)).iov_base, pin);
///             (*array.add(i)).iov_len = pin.len();
///         }
///     }
///     // SAFETY: both addresses are pinned, with their lengths beside them, until the scope ends.
///     unsafe { libc::readv(reader.as_raw_fd(), array, 2) }
/// });
/// assert_eq!((n, &head, &tail[..5]), (9, b"lent", &b" to C"[..]));
/// assert!(iov[0].iov_base.is_null() && iov[1].iov_base.is_null());
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Panics
///
/// If `f` does, or the drop of a value that was given away with [`pin_owned`](Scope::pin_owned); the other values are
/// dropped all the same.
pub fn scope<'env, R>(f: impl for<'s> FnOnce(&'s Scope<'s, 'env>) -> R) -> R {
    let mut inline = Inline::<INLINE>::uninit();
    // SAFETY: `inline` outlives `record`, which is declared after it, and nothing else uses it.
    let record = Record::new(unsafe { Scratch::over(&raw mut inline) });
    let scope = Scope::over(&record);
    f(&scope)
}

/// What is pinned and stored until a call of [`scope`] ends.
///
/// `'s` is the scope's own time, `'env` that of what is pinned in it: everything that is borrowed from outside the
/// closure. Both are invariant, so that neither a handle can leave nor a local of the closure be pinned.
pub struct Scope<'s, 'env: 's> {
    record: &'s Record,
    brand: PhantomData<&'s mut &'s ()>,
    env: PhantomData<&'env mut &'env ()>,
}

impl<'s, 'env> Scope<'s, 'env> {
    /// Whoever calls this releases the record before `'s` and anything of `'env` ends.
    #[inline(always)]
    const fn over(record: &'s Record) -> Self {
        Self { record, brand: PhantomData, env: PhantomData }
    }

    /// Pins a buffer for C to read, until the scope ends.
    ///
    /// What is pinned is what C gets the address of: the elements, never the header of a `Vec` or of a slice. Any number
    /// of shared pins of one buffer may be held at once.
    ///
    /// # Examples
    ///
    /// ```
    /// let name = c"eth0";
    /// let first = pin_ffi::scope(|s| {
    ///     let pin = s.pin(name);
    ///     // SAFETY: pinned, and not empty.
    ///     unsafe { *pin.as_ptr() }
    /// });
    /// assert_eq!(first, b'e');
    /// ```
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin<B: Lend + ?Sized>(&self, buf: &'env B) -> Pinned<'s, B::Elem> {
        self.record.pin(buf.lend(), B::BEHIND)
    }

    /// Pins a buffer for C to read and write, until the scope ends: the whole capacity of an [`OutBuf`](crate::OutBuf)
    /// or [`Spare`](crate::Spare).
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_mut<B: Lend<Access: Writable<B>> + ?Sized>(&self, buf: &'env mut B) -> PinnedMut<'s, B::Elem> {
        self.record.pin(buf.lend_mut(), B::BEHIND)
    }

    /// Pins a plain value, a number or a C struct without padding, for C to read.
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_value<T: NoPadding>(&self, value: &'env T) -> Pinned<'s, T> {
        self.record.pin(Lent { ptr: ptr::from_ref(value).cast_mut(), len: 1 }, 0)
    }

    /// Pins a plain value, a number or a C struct without padding, for C to read and write.
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_value_mut<T: Plain>(&self, value: &'env mut T) -> PinnedMut<'s, T> {
        self.record.pin(Lent { ptr: value, len: 1 }, 0)
    }

    /// Keeps `value` until the scope ends, pinned for C to read; it is dropped right after, the last one first.
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_owned<B: Lend + 'env>(&self, value: B) -> Pinned<'s, B::Elem> {
        self.record.pin_owned(value)
    }

    /// Keeps `value` until the scope ends, pinned for C to read and write; it is dropped right after, the last one
    /// first.
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_owned_mut<B: Lend<Access: Writable<B>> + 'env>(&self, value: B) -> PinnedMut<'s, B::Elem> {
        self.record.pin_owned_mut(value)
    }

    /// Pins whose pages stay in memory until the scope ends, never swapped out; see [`LockedPins`].
    #[cfg(all(unix, feature = "std"))]
    pub const fn locked(&self) -> LockedPins<'s, 'env> {
        LockedPins::over(self.record)
    }

    /// Stores a pinned address in `slot`, and nulls it when the scope ends.
    ///
    /// C gets the slot's own address by [`Stored::slot`]; a slot in a C struct that C gets the address of is stored with
    /// [`store_at`](Self::store_at), for the struct cannot be borrowed twice. A shared pin goes into a `*const` slot alone. The slot is
    /// nulled whatever C has written there meanwhile.
    ///
    /// # Examples
    ///
    /// ```
    /// let text = String::from("pinned");
    /// let mut slot = std::ptr::null::<u8>();
    /// pin_ffi::scope(|s| {
    ///     let stored = s.store(&mut slot, &s.pin(&text));
    ///     // SAFETY: the slot is live until the scope ends.
    ///     assert_eq!(unsafe { *stored.slot() }, text.as_ptr());
    /// });
    /// assert!(slot.is_null());
    /// ```
    #[inline]
    pub fn store<F, T, A>(&self, slot: &'env mut F, pin: &Pinned<'s, T, A>) -> Stored<'s, F>
    where
        F: Slot<A> + 'env,
        A: Access,
    {
        // SAFETY: `slot` is exclusively borrowed for `'env`, which the scope does not outlive.
        unsafe { self.store_at(slot, pin) }
    }

    /// Stores a pinned address in C memory, and nulls it when the scope ends.
    ///
    /// The slot is nulled whatever C has written there meanwhile. It need not be aligned: C structs can be packed.
    ///
    /// # Safety
    ///
    /// `slot` stays valid for writes until the scope ends or the slot is [released](Stored::release), and at that moment
    /// no other thread, C's or ours, uses it.
    #[inline]
    pub unsafe fn store_at<F, T, A>(&self, slot: *mut F, pin: &Pinned<'s, T, A>) -> Stored<'s, F>
    where
        F: Slot<A>,
        A: Access,
    {
        check_element::<T, F>();
        // First, for it may panic where there is no memory: an address that is stored is nulled.
        let node = self.record.keep_slot(slot.cast());
        // SAFETY: the caller's promise. The slot is written by the record's release at the latest.
        unsafe { slot.write_unaligned(F::from_ptr(pin.lent.ptr.cast())) };
        Stored { record: self.record, node, field: PhantomData }
    }

    /// Whether all of the `len` elements at `start` are in one buffer that is pinned in this very scope.
    ///
    /// Inner addresses are pinned as well. An empty range is, if its address is in a pinned buffer or at its end. False
    /// while the pointer check is [off](check::is_on), when nobody keeps a list.
    #[must_use]
    pub fn is_pinned<T>(&self, start: *const T, len: usize) -> bool {
        self.record.is_pinned(start, len)
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("pins", &self.record.count.get()).finish_non_exhaustive()
    }
}

/// Pins kept in a value, for as long as the value lives: Go's `runtime.Pinner`.
///
/// For a struct that goes with a C object, or a function that returns its pins. What is pinned stays borrowed for `'a`;
/// [`unpin`](Self::unpin) releases all of it at once and gives a fresh pinner that has kept its storage. Pins of a
/// dropped pinner end with it.
///
/// A pinner can be forgotten, and then nobody would null what was stored; so addresses are stored in a
/// [`scope`](Self::scope). A forgotten pinner leaks what it owns.
///
/// It pins through `&self`, and belongs to one thread at a time: it is `Send`, and not `Sync`. It moves, and cannot be
/// copied.
///
/// # Examples
///
/// ```
/// use pin_ffi::{Pinner, check};
///
/// let mut idle = Pinner::new();
/// for round in 1..=3 {
///     let mut buf = vec![0_u8; round];
///     let pinner = idle.unpin(); // its storage, with a lifetime of its own
///     let pin = pinner.pin_mut(&mut buf);
///     // SAFETY: C would write here.
///     unsafe { pin.as_mut_ptr().write_bytes(round as u8, pin.len()) };
///     assert_eq!(pinner.is_pinned(pin.as_ptr(), round), check::is_on());
///     idle = pinner.unpin();
///     assert_eq!(buf, vec![round as u8; round]);
/// }
/// ```
///
/// # Panics
///
/// Its drop, and `unpin`, panic if the drop of an owned value does; the other values are dropped all the same.
#[must_use = "what is pinned is released when the pinner is dropped"]
pub struct Pinner<'a> {
    record: Record,
    /// Invariant: a pinner whose `'a` shrank would take borrows that end before it does.
    borrows: PhantomData<fn(&'a ()) -> &'a ()>,
}

// SAFETY: the record's nodes are in heap blocks that it alone owns; owned values are `Send` (`pin_owned`), and borrowed
// buffers are not touched, only their addresses kept. Handles borrow the pinner, so that it cannot move while they live.
unsafe impl Send for Pinner<'_> {}

impl<'a> Pinner<'a> {
    /// Nothing is pinned, nothing allocated.
    pub const fn new() -> Self {
        Self { record: Record::new(Scratch::on_heap()), borrows: PhantomData }
    }

    /// Pins a buffer for C to read; see [`Scope::pin`].
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin<B: Lend + ?Sized>(&self, buf: &'a B) -> Pinned<'_, B::Elem> {
        self.record.pin(buf.lend(), B::BEHIND)
    }

    /// Pins a buffer for C to read and write; see [`Scope::pin_mut`].
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_mut<B: Lend<Access: Writable<B>> + ?Sized>(&self, buf: &'a mut B) -> PinnedMut<'_, B::Elem> {
        self.record.pin(buf.lend_mut(), B::BEHIND)
    }

    /// Pins a plain value for C to read; see [`Scope::pin_value`].
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_value<T: NoPadding>(&self, value: &'a T) -> Pinned<'_, T> {
        self.record.pin(Lent { ptr: ptr::from_ref(value).cast_mut(), len: 1 }, 0)
    }

    /// Pins a plain value for C to read and write; see [`Scope::pin_value_mut`].
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_value_mut<T: Plain>(&self, value: &'a mut T) -> PinnedMut<'_, T> {
        self.record.pin(Lent { ptr: value, len: 1 }, 0)
    }

    /// Keeps `value`, pinned for C to read, until the pinner is unpinned or dropped.
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_owned<B: Lend + Send + 'a>(&self, value: B) -> Pinned<'_, B::Elem> {
        self.record.pin_owned(value)
    }

    /// Keeps `value`, pinned for C to read and write, until the pinner is unpinned or dropped.
    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_owned_mut<B: Lend<Access: Writable<B>> + Send + 'a>(&self, value: B) -> PinnedMut<'_, B::Elem> {
        self.record.pin_owned_mut(value)
    }

    /// Pins whose pages stay in memory until the pinner is unpinned or dropped, never swapped out; see [`LockedPins`].
    #[cfg(all(unix, feature = "std"))]
    pub const fn locked(&self) -> LockedPins<'_, 'a> {
        LockedPins::over(&self.record)
    }

    /// Whether all of the `len` elements at `start` are in one buffer that this pinner has pinned.
    ///
    /// Inner addresses are pinned as well. An empty range is, if its address is in a pinned buffer or at its end. False
    /// while the pointer check is [off](check::is_on), when nobody keeps a list.
    #[must_use]
    pub fn is_pinned<T>(&self, start: *const T, len: usize) -> bool {
        self.record.is_pinned(start, len)
    }

    /// How many pins there are, each counted as often as it was made.
    #[must_use]
    pub fn len(&self) -> usize {
        self.record.count.get()
    }

    /// Whether nothing is pinned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Releases all pins, drops what is owned, the last one first, and gives back the storage as a fresh pinner.
    ///
    /// From the second round of the same pins on, nothing is allocated. Unpinning what has no pins does nothing.
    #[inline(always)]
    pub fn unpin<'b>(mut self) -> Pinner<'b> {
        self.clear();
        let mut this = ManuallyDrop::new(self);
        if !this.record.scratch.get_mut().has_blocks() {
            // Cheaper than to move what holds nothing.
            return Pinner::new();
        }
        // SAFETY: moved out once; `this` is not used again.
        let record = unsafe { ptr::read(&raw const this.record) };
        Pinner { record, borrows: PhantomData }
    }

    /// Releases all pins in place, and drops what is owned, the last one first: for a pinner that is part of a struct.
    ///
    /// What was pinned stays borrowed, since the pinner's type names `'a` still; [`unpin`](Self::unpin) gives it free.
    #[inline]
    pub fn clear(&mut self) {
        self.record.release();
        self.record.settle(usize::MAX);
    }

    /// A [`scope`] that uses this pinner's storage, so that it allocates nothing from the second time on at any count.
    ///
    /// While the pinner keeps something of its own there, the scope uses the thread's storage.
    #[inline]
    pub fn scope<'env, R>(&mut self, f: impl for<'s> FnOnce(&'s Scope<'s, 'env>) -> R) -> R {
        // All that a pinner keeps is in blocks, so that without any there is nothing to take. A record that begins as a
        // constant lives in registers, as that of `scope` does.
        if self.record.scratch.get_mut().has_blocks() {
            self.scope_in_storage(f)
        } else {
            InRecord::new(Scratch::on_heap(), self.record.scratch.get_mut()).run(f)
        }
    }

    #[inline(never)]
    fn scope_in_storage<'env, R>(&mut self, f: impl for<'s> FnOnce(&'s Scope<'s, 'env>) -> R) -> R {
        // What needs no drop is in the storage too, and no list tells of it; nor does the count, which wraps.
        let home = self.record.scratch.get_mut();
        let storage = if home.is_untouched() { mem::replace(home, Scratch::on_heap()) } else { Scratch::on_heap() };
        InRecord::new(storage, home).run(f)
    }
}

/// A scope whose storage goes home when it ends, however it ends.
struct InRecord<'r> {
    /// Live until this is dropped.
    record: ManuallyDrop<Record>,
    home: &'r mut Scratch<'static>,
}

impl<'r> InRecord<'r> {
    #[inline(always)]
    const fn new(storage: Scratch<'static>, home: &'r mut Scratch<'static>) -> Self {
        Self { record: ManuallyDrop::new(Record::new(storage)), home }
    }

    #[inline(always)]
    fn run<'env, R>(self, f: impl for<'s> FnOnce(&'s Scope<'s, 'env>) -> R) -> R {
        f(&Scope::over(&self.record))
    }

    #[inline(never)]
    fn end(mut record: Record, home: &mut Scratch<'static>) {
        record.release();
        // Otherwise something of the pinner's own is there, and the thread keeps what this scope has used.
        if !home.has_blocks() {
            record.settle(usize::MAX);
            *home = mem::replace(record.scratch.get_mut(), Scratch::on_heap());
        }
    }
}

impl Drop for InRecord<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // A record that is not used has nothing to be dropped.
        if self.record.is_used() {
            // SAFETY: taken once, and not used again.
            Self::end(unsafe { ManuallyDrop::take(&mut self.record) }, self.home);
        }
    }
}

impl Default for Pinner<'_> {
    fn default() -> Self {
        Self::new()
    }
}

/// The record's own drop releases everything. This one tells the borrow checker that it uses what was borrowed for `'a`:
/// owned values may.
impl Drop for Pinner<'_> {
    #[inline]
    fn drop(&mut self) {}
}

impl fmt::Debug for Pinner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pinner").field("pins", &self.len()).finish_non_exhaustive()
    }
}

/// A pinned buffer: an address that C may use for as long as `'s`.
///
/// Made by a [`Scope`] or a [`Pinner`]. `A` says what C may do: [`Shared`], read; [`Exclusive`], write too
/// ([`PinnedMut`]).
pub struct Pinned<'s, T, A: Access = Shared> {
    lent: Lent<T>,
    /// May shrink: what is pinned for longer is pinned for less.
    pinned: PhantomData<&'s A>,
}

/// A buffer that is pinned for C to read and write.
pub type PinnedMut<'s, T> = Pinned<'s, T, Exclusive>;

impl<T> Clone for Pinned<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Pinned<'_, T> {}

impl<T, A: Access> Pinned<'_, T, A> {
    #[inline(always)]
    const fn new(lent: Lent<T>) -> Self {
        Self { lent, pinned: PhantomData }
    }

    /// The first element, for C to read.
    ///
    /// Null for a buffer that is `None`. An empty buffer has an aligned address that is not null and leads nowhere; see
    /// [`null_if_empty`](Self::null_if_empty).
    #[inline(always)]
    #[must_use]
    pub const fn as_ptr(&self) -> *const T {
        self.lent.ptr
    }

    /// How many elements C may use.
    #[inline(always)]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.lent.len
    }

    /// How many bytes C may use.
    #[inline(always)]
    #[must_use]
    pub const fn len_bytes(&self) -> usize {
        // No buffer is larger than the address space.
        self.lent.len.wrapping_mul(size_of::<T>())
    }

    /// Whether there is nothing that C may use.
    #[inline(always)]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lent.len == 0
    }

    /// The same, but null where the buffer is empty: for C that looks at an address before the length.
    #[inline(always)]
    #[must_use]
    pub const fn null_if_empty(self) -> Self {
        if self.is_empty() { Self::new(Lent::NONE) } else { self }
    }
}

impl<T> PinnedMut<'_, T> {
    /// The first element, for C to read and write; null and empty as in [`as_ptr`](Self::as_ptr).
    #[inline(always)]
    #[must_use]
    pub const fn as_mut_ptr(&self) -> *mut T {
        self.lent.ptr
    }
}

impl<T, A: Access> fmt::Debug for Pinned<'_, T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pinned").field("ptr", &self.lent.ptr).field("len", &self.lent.len).finish()
    }
}

/// A pointer in C memory that can hold the address of a buffer pinned with access `A`.
///
/// A `*const` slot takes any pin, a `*mut` slot an exclusive one: C may write through it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a slot: in C memory an address is held by a raw pointer",
    label = "neither `*const T` nor `*mut T`",
    note = "pass `&mut` of the pointer in Rust memory to `store`, or the pointer's own address in C memory to `store_at`"
)]
pub trait Slot<A: Access>: PtrField + sealed::Sealed {}
impl<U, A: Access> Slot<A> for *const U {}
impl<U, A: ThroughMut> Slot<A> for *mut U {}

/// An access with which an address may go into a `*mut` slot: [`Exclusive`].
#[diagnostic::on_unimplemented(
    message = "a buffer that is pinned for reading cannot be stored in a `*mut` slot: C may write through it",
    label = "pinned as `{Self}`",
    note = "pin the buffer for writing (`pin_mut`), or make the slot `*const` if C only reads through it"
)]
pub trait ThroughMut: Access {}
impl ThroughMut for Exclusive {}

/// The access of a buffer `B` that can be pinned for writing: [`Exclusive`].
#[diagnostic::on_unimplemented(
    message = "`{B}` can only be pinned for reading: C may not write it",
    label = "pinned for writing here",
    note = "where C only reads, use `pin` or `pin_owned`",
    note = "where C writes, pin an exclusive borrow or an owner of plain elements (`&mut [T]`, `[T; N]`, `Vec<T>`, `OutBuf<T>`)"
)]
///
/// # Safety
///
/// Only for [`Exclusive`]. The trait is `unsafe` so that no safe code can add to it: `B` may be a type of the user's
/// crate, which would otherwise allow an `impl` for [`Shared`].
pub unsafe trait Writable<B: ?Sized>: Access {}
// SAFETY: nobody else can reach the memory.
unsafe impl<B: ?Sized> Writable<B> for Exclusive {}

mod sealed {
    pub trait Sealed {}
    impl<U> Sealed for *const U {}
    impl<U> Sealed for *mut U {}
}

/// A slot in C memory that holds a pinned address, until the scope ends or it is [released](Self::release).
///
/// Dropping or forgetting this handle changes nothing: the scope nulls the slot.
pub struct Stored<'s, F> {
    record: &'s Record,
    node: NonNull<SlotNode>,
    field: PhantomData<*mut F>,
}

impl<F> Stored<'_, F> {
    /// The slot's address, for C.
    #[inline]
    #[must_use]
    pub fn slot(&self) -> *mut F {
        // SAFETY: nodes live as long as the record is borrowed.
        unsafe { self.node.as_ref() }.slot.get().cast()
    }

    /// Nulls the slot now, whatever C has written there.
    ///
    /// The pin goes on until the scope ends. The storage serves the next slot that is stored in the scope.
    #[inline]
    pub fn release(self) {
        self.record.release_slot(self.node);
    }
}

impl<F> fmt::Debug for Stored<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored").field("slot", &self.slot()).finish()
    }
}

/// What is pinned, stored and owned: lists of nodes in a [`Scratch`], newest first.
///
/// - A node stays where it is, and readable, until the record is settled or dropped.
/// - Every slot that is not null in a [`SlotNode`] is valid for writes until then (promised to `keep_slot`).
/// - Every value in an [`OwnedNode`] is live, and is taken out of the list before it is dropped.
///
/// No method runs the user's code while a list is half changed: `lend` and `drop` are called before or after, and so is the
/// program's allocator, which may pin in this very record: a node is linked when it is there.
pub(crate) struct Record {
    scratch: UnsafeCell<Scratch<'static>>,
    /// How many pins there are.
    count: Cell<usize>,
    /// What the pointer check was told of them; empty while it is off.
    pins: Cell<Option<NonNull<PinNode>>>,
    owned: Cell<Option<NonNull<OwnedNode>>>,
    ends: Cell<Option<NonNull<EndNode>>>,
    /// All slot nodes, those that wait for their next use too.
    slots: Cell<Option<NonNull<SlotNode>>>,
    /// Those that wait.
    free: Cell<Option<NonNull<SlotNode>>>,
}

struct PinNode {
    next: Option<NonNull<PinNode>>,
    /// For comparison only; handles have the pointer.
    address: usize,
    bytes: usize,
    /// Of no size where the pointer check is not compiled in.
    lending: Lending,
}

struct SlotNode {
    next: Option<NonNull<SlotNode>>,
    /// Null while the node waits for its next use.
    slot: Cell<*mut *mut u8>,
    next_free: Cell<Option<NonNull<SlotNode>>>,
}

/// The head of something that is to be done when the pins end: before anything is dropped, the last one first.
pub(crate) struct EndNode {
    next: Option<NonNull<EndNode>>,
    end: unsafe fn(NonNull<EndNode>),
}

impl EndNode {
    /// `end` gets the node itself, once, while what was pinned is still there. It does not panic.
    #[cfg(all(unix, feature = "std"))]
    pub(crate) const fn new(end: unsafe fn(NonNull<EndNode>)) -> Self {
        Self { next: None, end }
    }
}

/// The head of an [`Owned`] value.
struct OwnedNode {
    next: Option<NonNull<OwnedNode>>,
    drop_value: unsafe fn(NonNull<OwnedNode>),
}

#[repr(C)]
struct Owned<B> {
    node: OwnedNode,
    value: B,
}

impl Record {
    #[inline(always)]
    const fn new(scratch: Scratch<'static>) -> Self {
        Self {
            scratch: UnsafeCell::new(scratch),
            count: Cell::new(0),
            pins: Cell::new(None),
            owned: Cell::new(None),
            ends: Cell::new(None),
            slots: Cell::new(None),
            free: Cell::new(None),
        }
    }

    /// Records a pin. Every pin begins here: it is counted, and the pointer check is told about it, with the elements
    /// that are `behind` it.
    #[inline(always)]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub(crate) fn pin<T, A: Access>(&self, lent: Lent<T>, behind: usize) -> Pinned<'_, T, A> {
        let pin = Pinned::new(lent);
        if !lent.is_none() {
            self.count.set(self.count.get() + 1);
            if check::COMPILED {
                self.enter(lent.ptr.addr(), pin.len_bytes() + behind * size_of::<T>(), A::WRITES);
            }
        }
        pin
    }

    /// Tells the pointer check of a pin. Without the check nothing has to be undone for a pin, so that nothing is kept.
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    fn enter(&self, address: usize, bytes: usize, write: bool) {
        if !check::is_on() {
            return;
        }
        let node = self.add(PinNode { next: None, address, bytes, lending: Lending::NONE });
        // Entered when the node is there, so that running out of memory for it leaves nothing entered; and linked last.
        // SAFETY: the node was just made, and nobody refers to it yet.
        unsafe {
            (*node.as_ptr()).lending = check::enter(address, bytes, write);
            (*node.as_ptr()).next = self.pins.replace(Some(node));
        }
    }

    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub(crate) fn pin_owned<B: Lend>(&self, value: B) -> Pinned<'_, B::Elem> {
        let value = self.keep(value);
        // SAFETY: the value is live in its node and stays there; nobody else refers to it.
        self.pin(unsafe { value.as_ref() }.lend(), B::BEHIND)
    }

    #[inline]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub(crate) fn pin_owned_mut<B: Lend<Access: Writable<B>>>(&self, value: B) -> PinnedMut<'_, B::Elem> {
        let mut value = self.keep(value);
        // SAFETY: as in `pin_owned`. The address is taken in the value's final place.
        self.pin(unsafe { value.as_mut() }.lend_mut(), B::BEHIND)
    }

    /// Moves `value` into a node, to be dropped by `release`: also if lending it panics.
    #[inline]
    fn keep<B>(&self, value: B) -> NonNull<B> {
        let owned = self.add(Owned { node: OwnedNode { next: None, drop_value: drop_value::<B> }, value });
        if mem::needs_drop::<B>() {
            // SAFETY: just made; nobody refers to it yet.
            unsafe { (*owned.as_ptr()).node.next = self.owned.replace(Some(owned.cast())) };
        }
        // SAFETY: the node is live, and a field of it is not null.
        unsafe { NonNull::new_unchecked(&raw mut (*owned.as_ptr()).value) }
    }

    /// Adds a node whose head is an [`EndNode`], as its first field.
    #[cfg(all(unix, feature = "std"))]
    pub(crate) fn at_end<N>(&self, node: N) -> NonNull<N> {
        let node = self.add(node);
        let head = node.cast::<EndNode>();
        // SAFETY: just made; nobody refers to it yet.
        unsafe { (*head.as_ptr()).next = self.ends.replace(Some(head)) };
        node
    }

    /// Remembers to null `slot`. The caller promises that it stays valid for writes until then.
    #[inline]
    fn keep_slot(&self, slot: *mut *mut u8) -> NonNull<SlotNode> {
        if let Some(node) = self.free.get() {
            // SAFETY: nodes live as long as the record is borrowed.
            let reused = unsafe { node.as_ref() };
            self.free.set(reused.next_free.get());
            reused.slot.set(slot);
            return node;
        }
        let node = self.add(SlotNode { next: None, slot: Cell::new(slot), next_free: Cell::new(None) });
        // SAFETY: just made; nobody refers to it yet.
        unsafe { (*node.as_ptr()).next = self.slots.replace(Some(node)) };
        node
    }

    /// Nulls the slot of `node`, which is one of ours and in use.
    #[inline]
    fn release_slot(&self, node: NonNull<SlotNode>) {
        // SAFETY: nodes live as long as the record is borrowed.
        let released = unsafe { node.as_ref() };
        let slot = released.slot.replace(ptr::null_mut());
        // SAFETY: the slot is valid for writes (`keep_slot`).
        unsafe { slot.write_unaligned(ptr::null_mut()) };
        released.next_free.set(self.free.replace(Some(node)));
    }

    /// Nulls all slots, then ends all pins and drops what is owned, the last one first.
    ///
    /// If a drop panics the others still run; a second panic ends the program, as it does in any unwinding.
    #[inline]
    fn release(&mut self) {
        self.count.set(0);
        if self.is_bare() {
            return;
        }
        self.free.set(None);
        if let Some(first) = self.slots.take() {
            // SAFETY: nodes are live until the record is settled; the list is the record's no more.
            unsafe { Self::null_slots(first) };
        }
        if let Some(first) = self.ends.take() {
            // SAFETY: as above.
            unsafe { Self::end_pins(first) };
        }
        // Every pin ends here, and the pointer check is told about it.
        if check::COMPILED {
            self.pins().for_each(|pin| check::leave(pin.lending));
            self.pins.set(None);
        }
        if let Some(first) = self.owned.take() {
            // SAFETY: nodes are live until the record is settled; the list is the record's no more.
            unsafe { Self::drop_owned(first) };
        }
    }

    // The record itself stays out of the functions below, and of all that is not inlined, so that it lives in registers,
    // and a scope or pinner that only pins leaves no trace in the program.

    /// Nulls the slots from `first` on.
    ///
    /// # Safety
    ///
    /// The nodes are live.
    #[inline(never)]
    unsafe fn null_slots(first: NonNull<SlotNode>) {
        let mut next = Some(first);
        while let Some(node) = next {
            // SAFETY: the caller's promise.
            let node = unsafe { node.as_ref() };
            let slot = node.slot.get();
            if !slot.is_null() {
                // SAFETY: the slot is valid for writes (`keep_slot`).
                unsafe { slot.write_unaligned(ptr::null_mut()) };
            }
            next = node.next;
        }
    }

    /// Does what is to be done at the end of pins, from `first` on.
    ///
    /// # Safety
    ///
    /// The nodes are live, and used once.
    #[cold]
    #[inline(never)]
    unsafe fn end_pins(first: NonNull<EndNode>) {
        let mut next = Some(first);
        while let Some(node) = next {
            // SAFETY: the caller's promise.
            unsafe {
                next = node.as_ref().next;
                (node.as_ref().end)(node);
            }
        }
    }

    /// Drops the owned values from `first` on, which have left the record.
    ///
    /// # Safety
    ///
    /// The nodes are live, with their values, and nobody else drops those.
    #[inline(never)]
    unsafe fn drop_owned(first: NonNull<OwnedNode>) {
        /// Goes on with the rest if a drop panics.
        struct Rest(Option<NonNull<OwnedNode>>);
        impl Drop for Rest {
            fn drop(&mut self) {
                if let Some(first) = self.0 {
                    // SAFETY: what is left of the list.
                    unsafe { Record::drop_owned(first) };
                }
            }
        }

        let mut rest = Rest(Some(first));
        while let Some(node) = rest.0 {
            // SAFETY: the node is live, and leaves the list before its value is dropped, once.
            unsafe {
                rest.0 = node.as_ref().next;
                (node.as_ref().drop_value)(node);
            }
        }
    }

    /// After `release`: forgets the nodes and keeps storage for as many again, unless that is more than `at_most` bytes.
    #[inline]
    fn settle(&mut self, at_most: usize) {
        self.scratch.get_mut().settle(at_most);
    }

    fn is_pinned<T>(&self, start: *const T, len: usize) -> bool {
        let Some(bytes) = len.checked_mul(size_of::<T>()) else { return false };
        self.pins().any(|pin| {
            let offset = start.addr().wrapping_sub(pin.address);
            offset <= pin.bytes && bytes <= pin.bytes - offset
        })
    }

    /// Whether there is nothing to undo.
    #[inline(always)]
    fn is_bare(&self) -> bool {
        self.slots.get().is_none()
            && self.owned.get().is_none()
            && self.ends.get().is_none()
            && self.pins.get().is_none()
    }

    /// Whether there is something to undo, or storage to give back.
    #[inline(always)]
    fn is_used(&mut self) -> bool {
        !self.is_bare() || self.scratch.get_mut().has_blocks()
    }

    fn pins(&self) -> impl Iterator<Item = &PinNode> {
        let mut next = self.pins.get();
        core::iter::from_fn(move || {
            // SAFETY: nodes live as long as the record is borrowed.
            let node = unsafe { next?.as_ref() };
            next = node.next;
            Some(node)
        })
    }

    /// Moves `node` into the scratch.
    #[inline(always)]
    fn add<N>(&self, node: N) -> NonNull<N> {
        // SAFETY: the record is not shared between threads, and nobody has a reference to the scratch: here it is used by
        // its address alone, for the allocator may come here again.
        let place = unsafe { Scratch::alloc_at::<N>(self.scratch.get(), 1) };
        let Some(place) = place else { handle_alloc_error(Layout::new::<N>()) };
        // SAFETY: room for one `N`, aligned, ours.
        unsafe { place.write(node) };
        place
    }
}

impl Drop for Record {
    #[inline(always)]
    fn drop(&mut self) {
        if self.is_used() {
            end(mem::replace(self, Self::new(Scratch::on_heap())));
        }
    }
}

/// Releases what a record holds, and leaves its storage to the thread's next scope.
#[inline(never)]
fn end(record: Record) {
    let mut record = ManuallyDrop::new(record);
    // SAFETY: moved out once, and the record is not dropped. It ends with this frame, however that ends, after the nodes.
    let mut scratch = unsafe { ptr::read(record.scratch.get()) };
    record.release();
    scratch.settle(KEEP_AT_MOST);
}

/// Drops the value of an `Owned<B>`.
///
/// # Safety
///
/// `node` is the head of a live `Owned<B>`, whose value is not used again.
unsafe fn drop_value<B>(node: NonNull<OwnedNode>) {
    let owned = node.cast::<Owned<B>>().as_ptr();
    // SAFETY: the caller's promise; `node` comes first in `Owned<B>`.
    unsafe { ptr::drop_in_place(&raw mut (*owned).value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The count of pins wraps after 2^32 of them on a 32-bit machine, and no list tells of an array: what says that the
    /// storage is free is the storage itself.
    #[test]
    fn a_scope_takes_no_storage_in_which_something_lies_whatever_the_count_says() {
        let mut pinner = Pinner::new();
        let kept = pinner.record.keep([7_u8; 64]);
        assert!(pinner.is_empty() && pinner.record.is_bare());
        for len in [4, 1000] {
            pinner.scope(|s| (0..len).for_each(|_| _ = s.pin_owned([1_u8; 64])));
            // SAFETY: the pinner's until it is unpinned.
            assert_eq!(unsafe { kept.read() }, [7; 64]);
        }
    }

    /// Pins alone take no storage: it is free for a scope while they are held.
    #[test]
    fn a_scope_takes_storage_in_which_nothing_lies() {
        let mut pinner = Pinner::new();
        let place = |pinner: &mut Pinner<'_>| pinner.scope(|s| s.pin_owned([1_u8; 64]).as_ptr().addr());
        let first = place(&mut pinner);
        assert_eq!(place(&mut pinner), first);
        let mut pinner = pinner.unpin();
        assert_eq!(place(&mut pinner), first);
        let _ = pinner.record.keep(0_u8);
        assert_ne!(place(&mut pinner), first);
        pinner.clear();
        assert_eq!(place(&mut pinner), first);
    }
}
