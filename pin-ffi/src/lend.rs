//! What a buffer is: memory whose address holds still, and what C may do to it.
//!
//! A type is a [`Lend`] if it owns or borrows memory that stays in place while the value is neither moved, dropped nor
//! touched. Its [`Access`](Lend::Access) says what C may do there: [`Shared`] buffers C reads, [`Exclusive`] ones it may
//! write as well. [`OutBuf`] and [`Spare`] keep apart what is there and what has been filled, and show only the latter.
//!
//! Elements are thin values without padding ([`NoPadding`]), so that no uninitialised byte leaves the program, and
//! where C writes, every bit pattern must be a value ([`Plain`]).

use alloc::boxed::Box;
use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};

/// A type whose every byte is initialised, so that C may read it.
///
/// # Safety
///
/// A value of the type has no padding and no uninitialised byte, no byte that changes behind a shared reference, and
/// does not hold an address that C would follow.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not plain data that C may read",
    label = "may have padding, interior mutability or pointers",
    note = "numbers, `bool`, `char` and arrays of these are; for a `#[repr(C)]` struct of numbers: `#[derive(Plain)]`"
)]
pub unsafe trait NoPadding: Sized {
    /// The derive names it, so that it can implement no other marker in this one's place.
    #[doc(hidden)]
    const NO_PADDING: () = ();
}

/// A type for which any bytes are a value, so that C may write it.
///
/// Derive it with [`#[derive(Plain)]`](macro@crate::Plain), which checks each of these conditions.
///
/// # Safety
///
/// Besides what [`NoPadding`] asks: every bit pattern of the type's size is a valid value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not plain data that C may write",
    label = "nothing says that every bit pattern is a `{Self}`",
    note = "numbers, arrays of numbers and libc's structs of numbers without padding are; for a `#[repr(C)]` struct of your own: `#[derive(Plain)]`",
    note = "for a struct of another crate: declare one of the same layout, derive `Plain` on it, and name it in the word (`out = Mine`)"
)]
pub unsafe trait Plain: NoPadding + Copy + 'static {
    /// As in [`NoPadding`].
    #[doc(hidden)]
    const PLAIN: () = ();
}

macro_rules! plain {
    ($($t:ty)*) => {$(
        // SAFETY: a primitive number: no padding, every bit pattern valid.
        unsafe impl NoPadding for $t {}
        // SAFETY: as above.
        unsafe impl Plain for $t {}
    )*};
}
plain!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

// SAFETY: one initialised byte.
unsafe impl NoPadding for bool {}
// SAFETY: four initialised bytes.
unsafe impl NoPadding for char {}
// SAFETY: an array has no padding between its elements.
unsafe impl<T: NoPadding, const N: usize> NoPadding for [T; N] {}
// SAFETY: as above; each element accepts every bit pattern.
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}

#[cfg(unix)]
mod libc_structs;

/// C may read the buffer.
#[derive(Debug, Clone, Copy)]
pub enum Shared {}

/// C may read and write the buffer: nobody else can reach it meanwhile.
#[derive(Debug, Clone, Copy)]
pub enum Exclusive {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Shared {}
    impl Sealed for super::Exclusive {}
}

/// What C may do to a buffer: [`Shared`] or [`Exclusive`].
pub trait Access: sealed::Sealed {
    #[doc(hidden)]
    const WRITES: bool = false;
}
impl Access for Shared {}
impl Access for Exclusive {
    const WRITES: bool = true;
}

/// A buffer's address and length in elements, as one call of a [`Lend`] method gave them.
///
/// The address is null for `None` alone; an empty buffer has a dangling, aligned one.
#[derive(Debug)]
pub struct Lent<T> {
    /// The first element.
    pub ptr: *mut T,
    /// How many elements.
    pub len: usize,
}

impl<T> Clone for Lent<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Lent<T> {}

impl<T> Lent<T> {
    /// No buffer: null, and length 0.
    pub const NONE: Self = Self { ptr: ptr::null_mut(), len: 0 };

    /// All of `slice`, to be read and written. Addresses for writing are made here: one taken from a shared borrow would
    /// look the same.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn of(slice: &mut [T]) -> Self {
        Self { ptr: slice.as_mut_ptr(), len: slice.len() }
    }

    /// Whether this is [`NONE`](Self::NONE), rather than an empty buffer.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn is_none(&self) -> bool {
        self.ptr.is_null()
    }
}

/// Memory that can be lent to C: its address holds still while the value is neither moved, dropped nor touched.
///
/// Implemented for slices, arrays, `Vec`, boxed slices, strings, C strings, `IoSlice`, `IoSliceMut`, [`OutBuf`],
/// [`Spare`], slices of `MaybeUninit`, and `Option` of these (`None` is NULL with length 0).
///
/// | type | C may | lent for reading | lent for writing |
/// |---|---|---|---|
/// | `&[T]`, `&str`, `String`, `&CStr`, `CString`, `IoSlice` | read | all of it | refused |
/// | `&mut [T]`, `[T; N]`, `Vec<T>`, `Box<[T]>`, `IoSliceMut` | read and write | all of it | all of it |
/// | `OutBuf<T>`, `OutVec<T>`, `Spare<T>` | read and write | what was filled | the capacity |
/// | `&mut [MaybeUninit<T>]` | write | nothing: none of it is known to be filled | all of it |
///
/// The length of a C string does not count its NUL.
///
/// # Examples
///
/// ```
/// use pin_ffi::Lend;
///
/// let text = String::from("lent");
/// let lent = text.lend();
/// assert_eq!((lent.ptr.cast_const(), lent.len), (text.as_ptr(), 4));
/// assert!(None::<&[u8]>.lend().is_none());
/// ```
///
/// # Safety
///
/// - [`lend`](Self::lend) returns `len` initialised elements at `ptr` that stay valid for reads, unmoved and unchanged,
///   for as long as `self` is borrowed; or [`Lent::NONE`].
/// - [`lend_mut`](Self::lend_mut), where `Access` is [`Exclusive`], returns memory for `len` elements that stays valid
///   for reads and writes for as long as `self` is exclusively borrowed, may be uninitialised, and accepts any bytes;
///   where it is [`Shared`], what `lend` returns.
/// - A `ptr` that is not null is aligned, also where `len` is 0.
/// - Moving the value after `lend_mut` must leave the memory in place, or be impossible while it is borrowed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a buffer: its memory cannot be lent to C as it is",
    label = "not a run of elements that stays in place",
    note = "lend a slice, an array, a `Vec`, a boxed slice, a string or C string, `IoSlice`, `IoSliceMut`, `OutBuf`, `Spare`, or an `Option` of these; elements need `NoPadding` where C reads and `Plain` where it writes",
    note = "of a map, a `RefCell` or an `Rc`, borrow the bytes inside and lend the slice; a plain value for a C field is said with `set`, `out` or `inout`, and pinned with `pin_value`"
)]
pub unsafe trait Lend {
    /// What the buffer is made of. Lengths count these.
    type Elem;
    /// What C may do to it.
    type Access: Access;

    /// Elements behind those that are lent, which C may read too and never counts: the NUL of a C string.
    #[doc(hidden)]
    const BEHIND: usize = 0;

    /// How many elements there are at least, whatever the value is: where C is told of no length, it relies on the type.
    #[doc(hidden)]
    const AT_LEAST: usize = Self::BEHIND;

    /// The part that C may read.
    fn lend(&self) -> Lent<Self::Elem>;

    /// The part that C may write: the whole capacity.
    fn lend_mut(&mut self) -> Lent<Self::Elem>;
}

/// A [`Lend`] that C may write: `Lend<Access = Exclusive>` under a shorter name.
#[doc(hidden)]
pub trait LendMut: Lend<Access = Exclusive> {}
impl<B: Lend<Access = Exclusive> + ?Sized> LendMut for B {}

/// A [`LendMut`] that remembers how much of it has been filled: [`OutBuf`], [`OutVec`], [`Spare`], and `Option` of these.
///
/// # Safety
///
/// What `lend` shows is the beginning of what `lend_mut` gives. [`set_filled`](Self::set_filled) changes how much of it
/// that is, and neither the address nor the capacity.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot remember how much of it C filled",
    label = "C reports how much it filled (`inout`, `pos`, `advance`), and it would be lost",
    note = "use `OutBuf` over the same memory, or `Spare` for the unused capacity of a `Vec`; if C reports nothing, drop the word"
)]
pub unsafe trait Fill: LendMut {
    /// Zeroes what of the capacity is not known to be initialised.
    ///
    /// For C that reports more than it writes: recvmsg(2) counts the gaps between control messages.
    fn initialise(&mut self);

    /// Makes the first `n` elements of the lent capacity the filled part.
    ///
    /// # Safety
    ///
    /// `n` is at most the capacity, and the first `n` elements are initialised.
    unsafe fn set_filled(&mut self, n: usize);

    /// Remembers that there were `full` elements, of which what fits is filled: after [`set_filled`](Self::set_filled), which
    /// forgets it.
    ///
    /// For C that reports more than fits (`full`, and an address in a `msghdr`). The buffer shows it, as
    /// [`OutBuf::full`] does; one that cannot forgets it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn set_full(&mut self, full: usize) {
        let _ = full;
    }
}

/// A [`Lend`] that can begin later: slices, `IoSlice`, `IoSliceMut`, and `Option` of these.
///
/// Where a C struct says how far C has read (`pos`, `advance`), the buffer is what C has still to read.
///
/// # Examples
///
/// ```
/// use pin_ffi::manual::Consume;
///
/// let mut input = &b"read, unread"[..];
/// input.consume_front(6);
/// assert_eq!(input, b"unread");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot begin where C stopped reading",
    label = "C says how far it has read (`pos`, `advance`), and it would be lost",
    note = "lend a slice of it: that gets shorter from the front; or keep the position in a field of its own with `inout = f`"
)]
pub trait Consume: Lend {
    /// Leaves out the first `n` elements of what is lent.
    ///
    /// # Panics
    ///
    /// If `n` is more than there are.
    fn consume_front(&mut self, n: usize);
}

impl<T: NoPadding> Consume for &[T] {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn consume_front(&mut self, n: usize) {
        *self = &self[n..];
    }
}

impl<T: Plain> Consume for &mut [T] {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn consume_front(&mut self, n: usize) {
        *self = &mut core::mem::take(self)[n..];
    }
}

#[cfg(feature = "std")]
impl Consume for std::io::IoSlice<'_> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn consume_front(&mut self, n: usize) {
        self.advance(n);
    }
}

#[cfg(feature = "std")]
impl Consume for std::io::IoSliceMut<'_> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn consume_front(&mut self, n: usize) {
        self.advance(n);
    }
}

impl<B: Consume> Consume for Option<B> {
    /// Of `None` nothing can be left out, and nothing is.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn consume_front(&mut self, n: usize) {
        if let Some(buf) = self {
            buf.consume_front(n);
        }
    }
}

// SAFETY: a shared slice stays in place and unchanged while borrowed; `T` has no interior mutability (`NoPadding`).
unsafe impl<T: NoPadding> Lend for &[T] {
    type Elem = T;
    type Access = Shared;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        Lent { ptr: self.as_ptr().cast_mut(), len: self.len() }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        self.lend()
    }
}

// SAFETY: an exclusively borrowed slice; moving the reference leaves the slice in place.
unsafe impl<T: Plain> Lend for &mut [T] {
    type Elem = T;
    type Access = Exclusive;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        Lent { ptr: self.as_ptr().cast_mut(), len: self.len() }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        Lent::of(self)
    }
}

// SAFETY: a borrow of an array is a borrow of a slice of known length.
unsafe impl<T: NoPadding, const N: usize> Lend for &[T; N] {
    type Elem = T;
    type Access = Shared;
    const AT_LEAST: usize = N;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        Lent { ptr: self.as_ptr().cast_mut(), len: N }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        self.lend()
    }
}

// SAFETY: as for `&mut [T]`.
unsafe impl<T: Plain, const N: usize> Lend for &mut [T; N] {
    type Elem = T;
    type Access = Exclusive;
    const AT_LEAST: usize = N;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        Lent { ptr: self.as_ptr().cast_mut(), len: N }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        Lent::of(*self)
    }
}

// SAFETY: an inline array moves with its owner, which nobody can move while it is borrowed.
unsafe impl<T: Plain, const N: usize> Lend for [T; N] {
    type Elem = T;
    type Access = Exclusive;
    const AT_LEAST: usize = N;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        Lent { ptr: self.as_ptr().cast_mut(), len: N }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        Lent::of(self)
    }
}

// SAFETY: as for an array. Only a borrow of it can be had, and whoever holds that cannot move the elements.
unsafe impl<T: Plain> Lend for [T] {
    type Elem = T;
    type Access = Exclusive;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        Lent { ptr: self.as_ptr().cast_mut(), len: self.len() }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        Lent::of(self)
    }
}

// SAFETY: a vector's elements are on the heap and move only when it is touched.
unsafe impl<T: Plain> Lend for Vec<T> {
    type Elem = T;
    type Access = Exclusive;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        Lent { ptr: self.as_ptr().cast_mut(), len: self.len() }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        Lent::of(self)
    }
}

// SAFETY: a box's elements are on the heap. The box itself is not moved while it is borrowed (a moved box would
// invalidate the pointer; in-flight values are filled in their final place for this reason).
unsafe impl<T: Plain> Lend for Box<[T]> {
    type Elem = T;
    type Access = Exclusive;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        Lent { ptr: self.as_ptr().cast_mut(), len: self.len() }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        Lent::of(self)
    }
}

macro_rules! text {
    ($($(#[$why:meta])* $t:ty, $bytes:ident, $behind:literal;)*) => {$(
        // SAFETY: borrowed or owned bytes on the heap or in static memory; C only reads them, so that the text stays
        // what its type promises (UTF-8, one NUL at the end).
        unsafe impl Lend for $t {
            type Elem = u8;
            type Access = Shared;
            const BEHIND: usize = $behind;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn lend(&self) -> Lent<u8> {
                let bytes = self.$bytes();
                Lent { ptr: bytes.as_ptr().cast_mut(), len: bytes.len() }
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn lend_mut(&mut self) -> Lent<u8> {
                self.lend()
            }
        }
    )*};
}
text! {
    str, as_bytes, 0;
    &str, as_bytes, 0;
    String, as_bytes, 0;
    CStr, to_bytes, 1;
    &CStr, to_bytes, 1;
    CString, to_bytes, 1;
}

#[cfg(feature = "std")]
// SAFETY: a borrowed slice in the platform's own form.
unsafe impl Lend for std::io::IoSlice<'_> {
    type Elem = u8;
    type Access = Shared;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<u8> {
        Lent { ptr: self.as_ptr().cast_mut(), len: self.len() }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<u8> {
        self.lend()
    }
}

#[cfg(feature = "std")]
// SAFETY: an exclusively borrowed slice in the platform's own form.
unsafe impl Lend for std::io::IoSliceMut<'_> {
    type Elem = u8;
    type Access = Exclusive;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<u8> {
        Lent { ptr: self.as_ptr().cast_mut(), len: self.len() }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<u8> {
        Lent::of(self)
    }
}

// SAFETY: exclusively borrowed memory; nothing of it is shown for reading.
unsafe impl<T: Plain> Lend for &mut [MaybeUninit<T>] {
    type Elem = T;
    type Access = Exclusive;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        Lent { ptr: self.as_ptr().cast::<T>().cast_mut(), len: 0 }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        Lent { ptr: self.as_mut_ptr().cast::<T>(), len: self.len() }
    }
}

// SAFETY: what the inner buffer promises, or nothing at all.
unsafe impl<B: Lend> Lend for Option<B> {
    type Elem = B::Elem;
    type Access = B::Access;
    const BEHIND: usize = B::BEHIND;
    const AT_LEAST: usize = B::AT_LEAST;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<B::Elem> {
        self.as_ref().map_or(Lent::NONE, Lend::lend)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<B::Elem> {
        self.as_mut().map_or(Lent::NONE, Lend::lend_mut)
    }
}

// SAFETY: passes on what the inner buffer does; `None` has capacity 0 and nothing to remember.
unsafe impl<B: Fill> Fill for Option<B> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn initialise(&mut self) {
        if let Some(buf) = self {
            buf.initialise();
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn set_filled(&mut self, n: usize) {
        if let Some(buf) = self {
            // SAFETY: the caller's promise, for the same capacity.
            unsafe { buf.set_filled(n) }
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn set_full(&mut self, full: usize) {
        if let Some(buf) = self {
            buf.set_full(full);
        }
    }
}

/// Borrowed memory with a capacity and a filled part, both counted in elements: what C wrote is visible, the rest is not.
///
/// Lent for writing it gives C the whole capacity; lent for reading, the filled part.
///
/// # Examples
///
/// ```
/// use core::mem::MaybeUninit;
/// use pin_ffi::OutBuf;
///
/// let mut memory = [MaybeUninit::<u8>::uninit(); 16];
/// let mut buf = OutBuf::uninit(&mut memory);
/// assert_eq!((buf.capacity(), buf.filled()), (16, &[][..]));
/// buf.extend_from_slice(b"ping").unwrap();
/// assert_eq!(buf.filled(), b"ping");
/// ```
pub struct OutBuf<'a, T> {
    start: NonNull<T>,
    capacity: usize,
    /// Elements that are shown; these are initialised, and at most `capacity`.
    filled: usize,
    /// Elements that there were beyond those, and did not fit.
    missing: usize,
    /// The whole capacity is known to be initialised.
    initialised: bool,
    memory: PhantomData<&'a mut [MaybeUninit<T>]>,
}

// SAFETY: an `OutBuf` is a `&mut [MaybeUninit<T>]` in parts, and goes where that may go.
unsafe impl<T: Send> Send for OutBuf<'_, T> {}
// SAFETY: as above; behind `&OutBuf` only `&[T]` can be had.
unsafe impl<T: Sync> Sync for OutBuf<'_, T> {}

impl<'a, T: Plain> OutBuf<'a, T> {
    /// Nothing filled yet, over memory that is already initialised.
    #[inline]
    pub const fn new(memory: &'a mut [T]) -> Self {
        let capacity = memory.len();
        // SAFETY: a slice's address is never null.
        let start = unsafe { NonNull::new_unchecked(memory.as_mut_ptr()) };
        Self { start, capacity, filled: 0, missing: 0, initialised: true, memory: PhantomData }
    }

    /// Nothing filled yet, over memory that may be uninitialised.
    #[inline]
    pub const fn uninit(memory: &'a mut [MaybeUninit<T>]) -> Self {
        let capacity = memory.len();
        // SAFETY: a slice's address is never null.
        let start = unsafe { NonNull::new_unchecked(memory.as_mut_ptr().cast()) };
        Self { start, capacity, filled: 0, missing: 0, initialised: false, memory: PhantomData }
    }

    /// How many elements fit.
    #[inline]
    pub const fn capacity(&self) -> usize {
        self.capacity
    }

    /// What has been filled.
    #[inline]
    pub const fn filled(&self) -> &[T] {
        // SAFETY: the first `filled` elements are initialised (type invariant) and borrowed with `self`.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.filled) }
    }

    /// How many elements there were, as C reported it: more than [`filled`](Self::filled) shows where they did not all fit.
    ///
    /// That is so where C may report more than fits: of an address in a `msghdr`, and where a struct says `full`. (A function
    /// whose declaration says `full` returns it.)
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(all(target_os = "linux", feature = "std"))] {
    /// use pin_ffi::{FfiPinned, OutBuf, calls};
    /// use std::os::{fd::AsFd, unix::net::UnixDatagram};
    ///
    /// #[derive(FfiPinned)]
    /// #[ffi(c = libc::msghdr)]
    /// struct Received<'a> {
    ///     #[ffi(ptr = msg_name, len = msg_namelen, inout)]
    ///     from: OutBuf<'a, u8>,
    ///     #[ffi(array = msg_iov, len = msg_iovlen)]
    ///     parts: [&'a mut [u8]; 1],
    /// }
    ///
    /// use std::os::linux::net::SocketAddrExt;
    /// let name = |end| std::os::unix::net::SocketAddr::from_abstract_name(format!("{}-{end}", std::process::id()));
    /// let (a, b) = (UnixDatagram::bind_addr(&name("a")?)?, UnixDatagram::bind_addr(&name("b")?)?);
    /// a.send_to_addr(b"text", &name("b")?)?;
    ///
    /// let (mut from, mut text) = ([0; 4], [0; 8]);
    /// let mut received = Received { from: OutBuf::new(&mut from), parts: [&mut text] };
    /// assert_eq!(calls::recvmsg(b.as_fd(), &mut received, 0)?, 4);
    /// assert_eq!(received.from.filled().len(), 4);
    /// assert!(received.from.full() > 4);
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[inline]
    pub const fn full(&self) -> usize {
        self.filled + self.missing
    }

    /// What has been filled, to change.
    #[inline]
    pub const fn filled_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `filled`; the memory is exclusively ours.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), self.filled) }
    }

    /// The filled part for as long as the memory itself is borrowed.
    #[inline]
    pub const fn into_filled(self) -> &'a mut [T] {
        // SAFETY: as in `filled`; `self` is gone, and with it the only other way to the memory.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), self.filled) }
    }

    /// Nothing is filled any more.
    #[inline]
    pub const fn clear(&mut self) {
        self.filled = 0;
        self.missing = 0;
    }

    /// Adds `elements` behind the filled part.
    ///
    /// # Errors
    ///
    /// How many elements are too many, if they do not fit; nothing is added then.
    pub fn extend_from_slice(&mut self, elements: &[T]) -> Result<(), usize> {
        let room = self.capacity - self.filled;
        if elements.len() > room {
            return Err(elements.len() - room);
        }
        // SAFETY: `filled + elements.len() <= capacity`, and a shared slice cannot overlap our exclusive memory.
        unsafe {
            let end = self.start.as_ptr().add(self.filled);
            ptr::copy_nonoverlapping(elements.as_ptr(), end, elements.len());
        }
        self.filled += elements.len();
        self.missing = 0;
        Ok(())
    }

    /// Makes the first `n` elements the filled part.
    ///
    /// # Safety
    ///
    /// The first `n` elements are initialised, by C say.
    ///
    /// # Panics
    ///
    /// If `n` is more than the capacity.
    #[track_caller]
    pub unsafe fn assume_filled(&mut self, n: usize) {
        assert!(n <= self.capacity, "{n} elements cannot be filled in a buffer of {}", self.capacity);
        // SAFETY: the caller's promise, and the assertion.
        unsafe { self.set_filled(n) }
    }
}

// SAFETY: the memory is exclusively borrowed for `'a` and stays in place; `lend` shows initialised elements only.
unsafe impl<T: Plain> Lend for OutBuf<'_, T> {
    type Elem = T;
    type Access = Exclusive;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        Lent { ptr: self.start.as_ptr(), len: self.filled }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        Lent { ptr: self.start.as_ptr(), len: self.capacity }
    }
}

// SAFETY: only the counters change.
unsafe impl<T: Plain> Fill for OutBuf<'_, T> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn initialise(&mut self) {
        if !self.initialised {
            // SAFETY: the memory is exclusively borrowed, and has room for `capacity` elements; zeroes are a `T` (`Plain`).
            unsafe { self.start.as_ptr().add(self.filled).write_bytes(0, self.capacity - self.filled) };
            self.initialised = true;
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn set_filled(&mut self, n: usize) {
        self.filled = n;
        self.missing = 0;
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn set_full(&mut self, full: usize) {
        self.missing = full.saturating_sub(self.filled);
    }
}

impl<T: Plain + core::fmt::Debug> core::fmt::Debug for OutBuf<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("OutBuf").field("filled", &self.filled()).field("capacity", &self.capacity).finish()
    }
}

/// The unused capacity of a `Vec`: C fills it, and the vector grows by what C reported.
///
/// The vector is never reallocated. Filling again without [`keep`](Self::keep) starts over at the same place.
///
/// # Examples
///
/// ```
/// use pin_ffi::{Lend, Spare};
///
/// let mut line = Vec::with_capacity(80);
/// line.extend_from_slice(b"> ");
/// let mut spare = Spare::new(&mut line);
/// assert_eq!(spare.lend_mut().len, 78);
/// ```
#[derive(Debug)]
pub struct Spare<'a, T> {
    vec: &'a mut Vec<T>,
    /// The vector's length when the spare part was taken.
    from: usize,
    /// Elements that there were beyond those filled, and did not fit.
    missing: usize,
}

impl<'a, T: Plain> Spare<'a, T> {
    /// The capacity of `vec` behind its last element.
    #[inline]
    pub fn new(vec: &'a mut Vec<T>) -> Self {
        let from = vec.len();
        Self { vec, from, missing: 0 }
    }

    /// The elements that C has filled.
    #[inline]
    pub fn filled(&self) -> &[T] {
        &self.vec[self.from..]
    }

    /// How many elements there were, as C reported it; see [`OutBuf::full`].
    #[inline]
    pub fn full(&self) -> usize {
        self.filled().len() + self.missing
    }

    /// Counts what was filled as the vector's own: the next fill goes behind it.
    #[inline]
    pub fn keep(&mut self) {
        self.from = self.vec.len();
        self.missing = 0;
    }
}

// SAFETY: the vector is exclusively borrowed, so that nothing reallocates it; `lend` shows what `set_filled` vouched for.
unsafe impl<T: Plain> Lend for Spare<'_, T> {
    type Elem = T;
    type Access = Exclusive;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        // `from <= len`, so that the address is inside the allocation or one past its end.
        Lent { ptr: self.vec.as_ptr().wrapping_add(self.from).cast_mut(), len: self.vec.len() - self.from }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        let len = self.vec.capacity() - self.from;
        Lent { ptr: self.vec.as_mut_ptr().wrapping_add(self.from), len }
    }
}

/// Zeroes what is behind the elements; those are kept.
#[inline]
fn zero_spare<T: Plain>(vec: &mut Vec<T>) {
    let spare = vec.spare_capacity_mut();
    // SAFETY: exclusively borrowed memory, of that many elements; zeroes are a `T` (`Plain`).
    unsafe { spare.as_mut_ptr().write_bytes(0, spare.len()) };
}

// SAFETY: only the vector's length changes.
unsafe impl<T: Plain> Fill for Spare<'_, T> {
    #[inline]
    fn initialise(&mut self) {
        zero_spare(self.vec);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY: `from + n <= capacity`, and the elements before that are initialised: those before `from` were, the
        // others by the caller's promise.
        unsafe { self.vec.set_len(self.from + n) }
        self.missing = 0;
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn set_full(&mut self, full: usize) {
        self.missing = full.saturating_sub(self.filled().len());
    }
}

/// A `Vec` whose whole capacity C may fill, owned: for an operation [in flight](crate::InFlight), which cannot borrow.
///
/// Lent for writing it gives C the capacity; lent for reading, the elements that are there. What C reported becomes the
/// vector's elements; those that were there before are overwritten.
///
/// # Examples
///
/// ```
/// use pin_ffi::{Lend, OutVec};
///
/// let mut buf = OutVec::<u8>::with_capacity(64);
/// assert!(buf.filled().is_empty());
/// assert!(buf.lend_mut().len >= 64);
/// let vec: Vec<u8> = buf.into_vec();
/// assert!(vec.is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutVec<T> {
    vec: Vec<T>,
    /// Elements that there were beyond those filled, and did not fit.
    missing: usize,
}

impl<T: Plain> OutVec<T> {
    /// Nothing filled yet, and room for at least `capacity` elements.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { vec: Vec::with_capacity(capacity), missing: 0 }
    }

    /// What has been filled.
    #[inline]
    #[must_use]
    pub fn filled(&self) -> &[T] {
        &self.vec
    }

    /// How many elements there were, as C reported it; see [`OutBuf::full`].
    #[inline]
    #[must_use]
    pub fn full(&self) -> usize {
        self.vec.len() + self.missing
    }

    /// How many elements fit.
    #[inline]
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.vec.capacity()
    }

    /// The vector, with what has been filled.
    #[inline]
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.vec
    }
}

impl<T: Plain> From<Vec<T>> for OutVec<T> {
    /// The vector's elements count as filled until C fills it anew.
    fn from(vec: Vec<T>) -> Self {
        Self { vec, missing: 0 }
    }
}

// SAFETY: the elements are on the heap, and only `set_filled` changes what is shown of them.
unsafe impl<T: Plain> Lend for OutVec<T> {
    type Elem = T;
    type Access = Exclusive;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend(&self) -> Lent<T> {
        Lent { ptr: self.vec.as_ptr().cast_mut(), len: self.vec.len() }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_mut(&mut self) -> Lent<T> {
        Lent { ptr: self.vec.as_mut_ptr(), len: self.vec.capacity() }
    }
}

// SAFETY: only the vector's length changes.
unsafe impl<T: Plain> Fill for OutVec<T> {
    #[inline]
    fn initialise(&mut self) {
        zero_spare(&mut self.vec);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY: `n` is at most the capacity, and the first `n` elements are initialised (caller).
        unsafe { self.vec.set_len(n) }
        self.missing = 0;
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn set_full(&mut self, full: usize) {
        self.missing = full.saturating_sub(self.vec.len());
    }
}

/// An argument that one call fills: how the buffer is passed says what comes back.
///
/// | passed | comes back |
/// |---|---|
/// | `&mut [T]`, `&mut [T; N]` | how many elements were filled |
/// | `&mut [MaybeUninit<T>]`, `&mut [MaybeUninit<T>; N]` | the filled part and the rest |
/// | `&mut OutBuf<T>`, `&mut OutVec<T>`, `Spare<T>` | how many elements were filled; the buffer shows them |
///
/// # Examples
///
/// ```
/// # #[cfg(all(unix, feature = "std"))] {
/// use pin_ffi::Spare;
/// use std::os::fd::AsFd;
///
/// let (input, mut output) = std::os::unix::net::UnixStream::pair()?;
/// std::io::Write::write_all(&mut output, b"abc")?;
/// let mut vec = Vec::with_capacity(8);
/// assert_eq!(pin_ffi::calls::read(input.as_fd(), Spare::new(&mut vec))?, 3);
/// assert_eq!(vec, b"abc");
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Safety
///
/// [`lend_out`](Self::lend_out) gives memory as [`Lend::lend_mut`] does, for as long as the value lives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be filled with `{T}`",
    label = "C writes `{T}` here",
    note = "pass `&mut [{T}]`, `&mut [{T}; N]`, `&mut [MaybeUninit<{T}>]`, `&mut OutBuf<{T}>` or `Spare<{T}>`"
)]
pub unsafe trait Fillable<T>: Sized {
    /// What comes back.
    type Output;

    /// The memory that C may fill.
    fn lend_out(&mut self) -> Lent<T>;

    /// C has filled the first `n` elements.
    ///
    /// # Safety
    ///
    /// `n` is at most the length that `lend_out` gave, and the first `n` elements are initialised.
    unsafe fn finish(self, n: usize) -> Self::Output;
}

macro_rules! fillable_by_count {
    ($([$($g:tt)*] $t:ty;)*) => {$(
        // SAFETY: an exclusively borrowed, initialised run of elements.
        unsafe impl<T: Plain, $($g)*> Fillable<T> for $t {
            type Output = usize;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn lend_out(&mut self) -> Lent<T> {
                Lent::of(&mut self[..])
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            unsafe fn finish(self, n: usize) -> usize {
                n
            }
        }
    )*};
}
fillable_by_count! {
    [] &mut [T];
    [const N: usize] &mut [T; N];
}

macro_rules! fillable_by_parts {
    ($([$($g:tt)*] $t:ty;)*) => {$(
        // SAFETY: an exclusively borrowed run of elements.
        unsafe impl<'a, T: Plain, $($g)*> Fillable<T> for $t {
            type Output = (&'a mut [T], &'a mut [MaybeUninit<T>]);
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn lend_out(&mut self) -> Lent<T> {
                Lent { ptr: self.as_mut_ptr().cast(), len: self.len() }
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            unsafe fn finish(self, n: usize) -> Self::Output {
                let (start, len) = (self.as_mut_ptr(), self.len());
                // SAFETY: `n <= len`, and the first `n` elements are initialised (caller); the two parts are apart.
                unsafe {
                    (
                        core::slice::from_raw_parts_mut(start.cast(), n),
                        core::slice::from_raw_parts_mut(start.add(n), len - n),
                    )
                }
            }
        }
    )*};
}
fillable_by_parts! {
    [] &'a mut [MaybeUninit<T>];
    [const N: usize] &'a mut [MaybeUninit<T>; N];
}

// SAFETY: the buffer's own promise.
unsafe impl<T: Plain> Fillable<T> for &mut OutBuf<'_, T> {
    type Output = usize;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_out(&mut self) -> Lent<T> {
        self.lend_mut()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn finish(self, n: usize) -> usize {
        // SAFETY: the caller's promise.
        unsafe { self.set_filled(n) }
        n
    }
}

// SAFETY: the buffer's own promise.
unsafe impl<T: Plain> Fillable<T> for &mut OutVec<T> {
    type Output = usize;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_out(&mut self) -> Lent<T> {
        self.lend_mut()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn finish(self, n: usize) -> usize {
        // SAFETY: the caller's promise.
        unsafe { self.set_filled(n) }
        n
    }
}

// SAFETY: the buffer's own promise.
unsafe impl<T: Plain> Fillable<T> for Spare<'_, T> {
    type Output = usize;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_out(&mut self) -> Lent<T> {
        self.lend_mut()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn finish(mut self, n: usize) -> usize {
        // SAFETY: the caller's promise.
        unsafe { self.set_filled(n) }
        n
    }
}

// SAFETY: the inner buffer's promise, or nothing at all.
unsafe impl<T, B: Fillable<T>> Fillable<T> for Option<B> {
    type Output = Option<B::Output>;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lend_out(&mut self) -> Lent<T> {
        self.as_mut().map_or(Lent::NONE, Fillable::lend_out)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn finish(self, n: usize) -> Self::Output {
        // SAFETY: the caller's promise.
        self.map(|buf| unsafe { buf.finish(n) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The compiler runs this, and refuses a write through an address that came from a shared borrow.
    #[test]
    fn addresses_for_writing_may_be_written_through() {
        const {
            let mut bytes = [0_u8; 3];
            let lent = Lent::of(&mut bytes);
            // SAFETY: three bytes, exclusively borrowed just above.
            unsafe { lent.ptr.add(2).write(1) };
            assert!(lent.len == 3 && bytes[2] == 1);

            let buf = OutBuf::new(&mut bytes);
            // SAFETY: as above.
            unsafe { buf.start.as_ptr().write(2) };
            assert!(bytes[0] == 2);

            let mut bytes = [MaybeUninit::<u8>::uninit(); 3];
            let buf = OutBuf::uninit(&mut bytes);
            // SAFETY: as above.
            unsafe { buf.start.as_ptr().write(3) };
            // SAFETY: just written.
            assert!(unsafe { bytes[0].assume_init() } == 3);
        }
    }
}
