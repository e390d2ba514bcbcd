//! [`FfiPinned`]: a Rust value that fills a C struct, the errors of filling, and the call in between.

use crate::buf::Lent;
use crate::check;
use crate::scratch::{INLINE, Scratch, try_with_scratch};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr;

/// Where a value came from: the struct or function, its field or parameter, and the C field or parameter it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The struct or function.
    pub item: &'static str,
    /// Its field or parameter.
    pub field: &'static str,
    /// The C field or parameter.
    pub c: &'static str,
}

/// Why a value could not be lent, or what C reported not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The length does not fit the C field's type.
    TooLong,
    /// More than `max` allows.
    OverMax,
    /// Another buffer shares the count and has another length.
    Disagree,
    /// A plain value does not fit the C field's type.
    OutOfRange,
    /// What C wrote does not fit the Rust field's type.
    WrittenOutOfRange,
    /// C reported more than the buffer holds, or a negative length.
    Overrun,
    /// The call needs a longer buffer.
    TooShort,
    /// No memory for nested C structs.
    NoMemory,
}

/// A value that could not be lent to C, or a report of C's that cannot be right.
///
/// Before the call it means that nothing was lent: buffers and C memory are as they were. After the call
/// ([`Reason::Overrun`], or [`Reason::WrittenOutOfRange`] of an `out` field) the call has happened, and no length was taken
/// over from it.
///
/// # Examples
///
/// ```
/// use pin_ffi::{FfiPinned, Reason};
///
/// #[repr(C)]
/// struct packet { data: *const u8, len: u8 }
///
/// #[derive(FfiPinned)]
/// #[ffi(c = packet)]
/// struct Packet<'a> {
///     #[ffi(ptr = data, len = len)]
///     payload: &'a [u8],
/// }
///
/// let error = Packet { payload: &[0; 256] }.with_pinned(|_| ()).unwrap_err();
/// assert_eq!(error.reason(), Reason::TooLong);
/// assert_eq!(error.to_string(), "`Packet.payload`: 256 does not fit `len`, which holds at most 255");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FillError {
    field: &'static Field,
    reason: Reason,
    index: Option<usize>,
    value: i128,
    limit: i128,
}

impl FillError {
    /// An error of `field`.
    // Errors are made in place, and only what becomes of them is out of line: of a `Result` that a function filled in
    // the compiler does not know that it is an `Err`, and it would keep all that the call needs alive across it.
    #[inline(always)]
    #[must_use]
    pub const fn new(field: &'static Field, reason: Reason, value: i128, limit: i128) -> Self {
        Self { field, reason, index: None, value, limit }
    }

    /// The same error, of the element `index` of an array; an index that is there already is kept.
    #[inline(always)]
    #[must_use]
    pub const fn at(mut self, index: usize) -> Self {
        if self.index.is_none() {
            self.index = Some(index);
        }
        self
    }

    /// Which field or parameter it is about.
    #[must_use]
    pub const fn field(&self) -> &'static Field {
        self.field
    }

    /// What is wrong.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// Which element, if the field belongs to an element of an array.
    #[must_use]
    pub const fn index(&self) -> Option<usize> {
        self.index
    }

    /// The value that does not fit.
    #[must_use]
    pub const fn value(&self) -> i128 {
        self.value
    }

    /// The limit, or for [`Reason::Disagree`] the other length.
    #[must_use]
    pub const fn limit(&self) -> i128 {
        self.limit
    }
}

impl fmt::Display for FillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Field { item, field, c } = self.field;
        write!(f, "`{item}")?;
        if let Some(index) = self.index {
            write!(f, "[{index}]")?;
        }
        write!(f, ".{field}`: ")?;
        let (value, limit) = (self.value, self.limit);
        match self.reason {
            Reason::TooLong => write!(f, "{value} does not fit `{c}`, which holds at most {limit}"),
            Reason::OverMax => write!(f, "{value} is more than its `max` of {limit}"),
            Reason::Disagree => {
                write!(f, "its length {value} disagrees with the length {limit} of a buffer that shares `{c}`")
            }
            Reason::OutOfRange if value == limit => write!(f, "{value} is no value of `{c}`"),
            Reason::OutOfRange if value < limit => {
                write!(f, "{value} does not fit `{c}`, whose least value is {limit}")
            }
            Reason::OutOfRange => write!(f, "{value} does not fit `{c}`, whose greatest value is {limit}"),
            Reason::WrittenOutOfRange if value == limit => {
                write!(f, "C left {value} in `{c}`, which is no value of the field")
            }
            Reason::WrittenOutOfRange => {
                let end = if value < limit { "least" } else { "greatest" };
                write!(f, "C left {value} in `{c}`, and the field's {end} value is {limit}")
            }
            Reason::Overrun => write!(f, "C reported {value} in `{c}`, and the buffer holds {limit}"),
            Reason::TooShort => write!(f, "{value} is fewer than the {limit} that `{c}` needs"),
            Reason::NoMemory => write!(f, "no memory for the {value} C structs of `{c}`"),
        }
    }
}

impl fmt::Debug for FillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FillError({self})")
    }
}

impl core::error::Error for FillError {}

#[cfg(feature = "std")]
impl From<FillError> for std::io::Error {
    /// `InvalidInput`, or `InvalidData` where what C left does not fit; `OutOfMemory` where there is none.
    #[cold]
    fn from(error: FillError) -> Self {
        let kind = match error.reason {
            Reason::Overrun | Reason::WrittenOutOfRange => std::io::ErrorKind::InvalidData,
            Reason::NoMemory => std::io::ErrorKind::OutOfMemory,
            _ => std::io::ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}

/// A value that fills a C struct with pointers to its buffers, for C to read through.
///
/// [Derive](macro@crate::FfiPinned) it. Implementing it by hand is `unsafe`, and rarely needed.
///
/// # Safety
///
/// After [`fill`](Self::fill) returned `Ok`, every pointer in `*c` is null or leads to memory that is valid for reads of
/// as many elements as the fields beside it say, for as long as `self` stays borrowed and the scratch lives. On `Err`
/// nothing that C could follow is left in `*c` that was not there before. [`IS_C`](Self::IS_C) is true only if `Self`
/// has the size, alignment and contents of a filled `C`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fill a C struct",
    label = "not a value that fills a C struct",
    note = "derive it: `#[derive(FfiPinned)]` with `#[ffi(c = ...)]` on a struct of buffers; a type parameter says what it fills, `T: FfiPinned<C = ...>`",
    note = "several values, in a slice or an array, are for a parameter with `len` beside `pin`, or a field with `array`"
)]
pub unsafe trait FfiPinned {
    /// The C struct.
    type C;

    /// `Self` is laid out as `C`: a slice of it is handed to C as it is, without being rebuilt, where C does not write
    /// the structs.
    const IS_C: bool = false;

    /// Writes this value's fields into `*c`, leaving the others as they are.
    ///
    /// # Errors
    ///
    /// A length, count or value does not fit; see [`FillError`].
    ///
    /// # Safety
    ///
    /// `*c` is valid for reads and writes, and initialised or zeroed; it need not be aligned, as it may be a field of a
    /// packed struct. The pointers it gets are good only while
    /// `self` is borrowed and `scratch` is neither dropped nor reset, and C may only read through them.
    unsafe fn fill(&self, c: *mut Self::C, scratch: &mut Scratch<'_>) -> Result<(), FillError>;

    /// What is left of `room` bytes of scratch once this value has been filled, or `None` if they are too few.
    ///
    /// It decides whether a call's scratch is on the stack or on the heap. A wrong answer costs time, nothing else.
    #[inline(always)]
    fn scratch_left(&self, room: usize) -> Option<usize> {
        Some(room)
    }

    /// Nulls the pointers that `fill` wrote into `*c`, with the lengths beside them.
    ///
    /// # Safety
    ///
    /// `*c` is valid for writes; it need not be aligned.
    unsafe fn release(c: *mut Self::C);

    /// Lends this value to C for reading while `f` runs, as a C struct of its own.
    ///
    /// # Errors
    ///
    /// If it cannot be filled; `f` is not called then.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::FfiPinned;
    ///
    /// #[derive(FfiPinned)]
    /// struct Line { text: [u8; 4], end: Vec<u8> }
    ///
    /// let line = Line { text: *b"text", end: vec![b'\n'] };
    /// let total = line.with_pinned(|c| {
    ///     // SAFETY: the two iovecs are filled while this closure runs.
    ///     let iov = unsafe { c.as_ref() };
    ///     iov[0].iov_len + iov[1].iov_len
    /// })?;
    /// assert_eq!(total, 5);
    /// # Ok::<(), pin_ffi::FillError>(())
    /// ```
    #[inline]
    fn with_pinned<R>(&self, f: impl FnOnce(Filled<'_, Self::C>) -> R) -> Result<R, FillError> {
        try_with_scratch(self.scratch_left(INLINE), move |scratch| {
            let mut c = MaybeUninit::<Self::C>::zeroed();
            // SAFETY: `c` is zeroed and ours; `self` is borrowed and `scratch` lives until `f` has returned.
            unsafe { self.fill(c.as_mut_ptr(), scratch)? };
            Ok(f(Filled { c: c.as_mut_ptr(), lent: None, scope: PhantomData }))
        })
    }

    /// Lends this value to C for reading while `f` runs, in a C struct that is already there.
    ///
    /// The other fields of `live` are left as they are. Afterwards, also after a panic in `f`, the fields filled are
    /// null.
    ///
    /// # Errors
    ///
    /// If it cannot be filled; `live` is as it was then, and `f` is not called.
    #[inline]
    fn with_pinned_in<R>(&self, live: &mut Self::C, f: impl FnOnce(Filled<'_, Self::C>) -> R) -> Result<R, FillError> {
        try_with_scratch(self.scratch_left(INLINE), move |scratch| {
            // SAFETY: `live` is exclusively borrowed; `self` is borrowed and `scratch` lives until `f` has returned.
            let live = Live::fill(live, Self::release, |c| unsafe { self.fill(c, scratch) })?;
            Ok(f(Filled { c: live.c, lent: None, scope: PhantomData }))
        })
    }
}

/// A value that fills a C struct with pointers to its buffers, for C to write through.
///
/// The [derive](macro@crate::FfiPinned) gives it where every field allows it.
///
/// # Safety
///
/// After [`fill_mut`](Self::fill_mut) returned `Ok`, every pointer in `*c` through which C may write, by the meaning of
/// the C struct, leads to memory that is valid for reads and writes of as many elements as the fields beside it say, and
/// that nobody else can reach, for as long as `self` stays exclusively borrowed and the scratch lives.
/// [`take_back`](Self::take_back) makes visible only what it has checked against `kept`, and if [`REPORTS`](Self::REPORTS)
/// is false, nothing because of what the fields of `*c` itself say.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be lent to a call that writes",
    label = "C writes through this argument",
    note = "derive `FfiPinned` on a struct whose buffers C may write, and pass it by `&mut`"
)]
pub unsafe trait FfiPinnedMut: FfiPinned {
    /// What taking back needs to know of the fill: capacities, nested arrays.
    type Kept: Copy;

    /// Results are taken from fields of `C` itself: not for a call that leaves the struct as it was filled, as one whose C
    /// declaration says `*const` does. There the capacity, unchanged, would be shown as what C reported.
    const REPORTS: bool = true;

    /// Writes this value's fields into `*c`, leaving the others as they are.
    ///
    /// # Errors
    ///
    /// A length, count or value does not fit; see [`FillError`].
    ///
    /// # Safety
    ///
    /// As for [`FfiPinned::fill`], with `self` exclusively borrowed for as long as C may use the pointers.
    unsafe fn fill_mut(&mut self, c: *mut Self::C, scratch: &mut Scratch<'_>) -> Result<Self::Kept, FillError>;

    /// Takes over what C left in `*c`: lengths, counts, plain values. All are checked before any is taken.
    ///
    /// # Errors
    ///
    /// C reported more than a buffer holds, or a value that does not fit.
    ///
    /// # Safety
    ///
    /// `*c` was filled from `self` by the `fill_mut` that returned `kept`; the scratch of that call still lives; C has
    /// finished with all of it, and has initialised as many elements as it reported.
    unsafe fn take_back(&mut self, c: *const Self::C, kept: Self::Kept) -> Result<(), FillError>;

    /// Lends this value to C for writing while `f` runs, as a C struct of its own; then takes the results back.
    ///
    /// Results are taken back if `f` asked for [`as_mut_ptr`](Filled::as_mut_ptr); if the call failed, `f` says so by
    /// [`discard`](Filled::discard).
    ///
    /// # Errors
    ///
    /// If it cannot be filled (`f` is not called then), or C reported what cannot be.
    #[inline]
    fn with_pinned_mut<R>(&mut self, f: impl FnOnce(Filled<'_, Self::C>) -> R) -> Result<R, FillError> {
        try_with_scratch(self.scratch_left(INLINE), move |scratch| {
            let mut c = MaybeUninit::<Self::C>::zeroed();
            let lent = Cell::new(false);
            // SAFETY: `c` is zeroed and ours; `self` is exclusively borrowed and `scratch` lives until after the taking
            // back.
            let kept = unsafe { self.fill_mut(c.as_mut_ptr(), scratch)? };
            let result = f(Filled { c: c.as_mut_ptr(), lent: Some(&lent), scope: PhantomData });
            if lent.get() {
                // SAFETY: filled above; whoever called `as_mut_ptr` promised that C has finished and reports the truth.
                unsafe { self.take_back(c.as_ptr(), kept)? };
            }
            Ok(result)
        })
    }

    /// Lends this value to C for writing while `f` runs, in a C struct that is already there; then takes the results back.
    ///
    /// The other fields of `live` are left as they are. Afterwards, also after a panic in `f`, the pointers filled are
    /// null.
    ///
    /// # Errors
    ///
    /// If it cannot be filled (`live` is as it was then, and `f` is not called), or C reported what cannot be.
    #[inline]
    fn with_pinned_mut_in<R>(
        &mut self,
        live: &mut Self::C,
        f: impl FnOnce(Filled<'_, Self::C>) -> R,
    ) -> Result<R, FillError> {
        try_with_scratch(self.scratch_left(INLINE), move |scratch| {
            let lent = Cell::new(false);
            let mut kept = None;
            let live = Live::fill(live, Self::release, |c| {
                // SAFETY: `live` and `self` are exclusively borrowed, and `scratch` lives until after the taking back.
                kept = Some(unsafe { self.fill_mut(c, scratch)? });
                Ok(())
            })?;
            let result = f(Filled { c: live.c, lent: Some(&lent), scope: PhantomData });
            if let (true, Some(kept)) = (lent.get(), kept) {
                // SAFETY: filled above; whoever called `as_mut_ptr` promised that C has finished and reports the truth.
                unsafe { self.take_back(live.c, kept)? };
            }
            Ok(result)
        })
    }
}

/// A C struct that was there before; its pointers are nulled when this is dropped.
///
/// It lives in the frame of the function that lends, out of reach of the code that runs meanwhile, so that it cannot be
/// forgotten.
struct Live<C> {
    c: *mut C,
    release: unsafe fn(*mut C),
}

impl<C> Live<C> {
    /// Fills `*c`; on an error every byte of it is put back. From here on, also if `fill` panics, it is released.
    #[inline]
    fn fill(
        c: &mut C,
        release: unsafe fn(*mut C),
        fill: impl FnOnce(*mut C) -> Result<(), FillError>,
    ) -> Result<Self, FillError> {
        let this = Self { c, release };
        let mut before = MaybeUninit::<C>::uninit();
        // SAFETY: `c` came from a `&mut C`; both places are valid for one `C`, and apart.
        unsafe { ptr::copy_nonoverlapping(this.c, before.as_mut_ptr(), 1) };
        if let Err(error) = fill(this.c) {
            // SAFETY: as above, the other way.
            unsafe { ptr::copy_nonoverlapping(before.as_ptr(), this.c, 1) };
            core::mem::forget(this);
            return Err(error);
        }
        Ok(this)
    }
}

impl<C> Drop for Live<C> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the struct is still exclusively borrowed by the function that lends.
        unsafe { (self.release)(self.c) }
    }
}

/// A filled C struct, for the length of the closure or wrapper that it was made for.
pub struct Filled<'a, C> {
    c: *mut C,
    /// Where to say that C was given the struct to write; `None` if it was lent for reading.
    lent: Option<&'a Cell<bool>>,
    scope: PhantomData<&'a mut C>,
}

impl<'a, C> Filled<'a, C> {
    /// For generated code: a struct lent for writing.
    ///
    /// `lent` stands beside `c` and tells whether results are to be taken back.
    ///
    /// # Safety
    ///
    /// `c` is filled for as long as `lent` lives.
    #[doc(hidden)]
    #[inline(always)]
    pub unsafe fn lent_for_writing(c: *mut C, lent: &'a Cell<bool>) -> Self {
        Self { c, lent: Some(lent), scope: PhantomData }
    }

    /// For generated code: a struct lent for reading.
    ///
    /// # Safety
    ///
    /// As for [`lent_for_writing`](Self::lent_for_writing); `lent` only says for how long.
    #[doc(hidden)]
    #[inline(always)]
    pub unsafe fn lent_for_reading(c: *mut C, lent: &'a Cell<bool>) -> Self {
        let _ = lent;
        Self { c, lent: None, scope: PhantomData }
    }

    /// The address of the C struct, for C to read.
    #[inline(always)]
    #[must_use]
    pub const fn as_ptr(&self) -> *const C {
        self.c
    }

    /// The address of the C struct, for a call that writes it or writes through its pointers.
    ///
    /// Results are taken back after the closure or wrapper has returned.
    ///
    /// # Safety
    ///
    /// If the value was lent for reading, C must not write through the struct's pointers. If it was lent for writing, C
    /// gets the pointer before the closure or wrapper returns (where a wrapper returns `Ok`), keeps nothing of it, and
    /// the lengths it leaves in the struct are of elements that it initialised. In a struct that was already there, what
    /// `out` names and C does not write was initialised before, all of it: of a union, every byte of that member.
    #[inline(always)]
    pub unsafe fn as_mut_ptr(&mut self) -> *mut C {
        if let Some(lent) = self.lent {
            lent.set(true);
        }
        self.c
    }

    /// C did not fill the struct after all: no results are taken back.
    ///
    /// For a call that failed, unless a wrapper says so by returning `Err`.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::{FfiPinned, FfiPinnedMut, OutBuf};
    ///
    /// #[repr(C)]
    /// struct answer { text: *mut u8, len: u32 }
    ///
    /// #[derive(FfiPinned)]
    /// #[ffi(c = answer)]
    /// struct Answer<'a> {
    ///     #[ffi(ptr = text, len = len, inout)]
    ///     text: OutBuf<'a, u8>,
    /// }
    ///
    /// /// Fails, and leaves everything as it was.
    /// unsafe fn c_side(_: *mut answer) -> i32 { -1 }
    ///
    /// let mut memory = [0; 8];
    /// let mut answer = Answer { text: OutBuf::new(&mut memory) };
    /// answer.with_pinned_mut(|mut c| {
    ///     // SAFETY: `c_side` keeps nothing; where it fails nothing is taken back.
    ///     if unsafe { c_side(c.as_mut_ptr()) } < 0 {
    ///         c.discard();
    ///     }
    /// })?;
    /// assert!(answer.text.filled().is_empty());
    /// # Ok::<(), pin_ffi::FillError>(())
    /// ```
    #[inline(always)]
    pub fn discard(&mut self) {
        if let Some(lent) = self.lent {
            lent.set(false);
        }
    }

    /// The C struct itself.
    ///
    /// # Safety
    ///
    /// The zeroed and filled bytes are a valid `C` (they are for a struct of numbers and raw pointers), and C is not
    /// writing it.
    #[inline(always)]
    #[must_use]
    pub const unsafe fn as_ref(&self) -> &C {
        // SAFETY: filled and aligned; the rest is the caller's promise.
        unsafe { &*self.c }
    }
}

impl<C> fmt::Debug for Filled<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filled").field("c", &self.c).finish_non_exhaustive()
    }
}

/// A filled array of C structs, for the length of the wrapper that it was made for.
pub struct FilledArray<'a, C> {
    array: RawArray<C>,
    lent: Option<&'a Cell<bool>>,
    scope: PhantomData<&'a mut C>,
}

impl<'a, C> FilledArray<'a, C> {
    /// For generated code: an array lent for writing.
    ///
    /// # Safety
    ///
    /// As for [`Filled::lent_for_writing`].
    #[doc(hidden)]
    #[inline(always)]
    pub unsafe fn lent_for_writing(array: RawArray<C>, lent: &'a Cell<bool>) -> Self {
        Self { array, lent: Some(lent), scope: PhantomData }
    }

    /// For generated code: an array lent for reading.
    ///
    /// # Safety
    ///
    /// As for [`Filled::lent_for_reading`].
    #[doc(hidden)]
    #[inline(always)]
    pub unsafe fn lent_for_reading(array: RawArray<C>, lent: &'a Cell<bool>) -> Self {
        let _ = lent;
        Self { array, lent: None, scope: PhantomData }
    }

    /// How many C structs.
    #[inline(always)]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.array.len
    }

    /// Whether there are none.
    #[inline(always)]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.array.len == 0
    }

    /// The address of the first C struct, for C to read.
    #[inline(always)]
    #[must_use]
    pub const fn as_ptr(&self) -> *const C {
        self.array.ptr
    }

    /// The address of the first C struct, for a call that writes the structs or writes through their pointers.
    ///
    /// # Safety
    ///
    /// As for [`Filled::as_mut_ptr`], for each struct: one that C did not reach still has the buffer's capacity for a length,
    /// and it would be shown as filled. (A declaration with `filled = ret` takes back from some only.) If the values were
    /// lent for reading, C does not write the structs either: they may be the values themselves
    /// ([`IS_C`](FfiPinned::IS_C)).
    #[inline(always)]
    pub unsafe fn as_mut_ptr(&mut self) -> *mut C {
        if let Some(lent) = self.lent {
            lent.set(true);
        }
        self.array.ptr
    }

    /// C did not fill the structs after all: no results are taken back; see [`Filled::discard`].
    #[inline(always)]
    pub fn discard(&mut self) {
        if let Some(lent) = self.lent {
            lent.set(false);
        }
    }
}

impl<C> fmt::Debug for FilledArray<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilledArray").field("c", &self.array.ptr).field("len", &self.array.len).finish_non_exhaustive()
    }
}

/// An array of C structs, as it is handed to C.
#[derive(Debug)]
pub struct RawArray<C> {
    /// The first struct; null for `None`, otherwise aligned.
    pub ptr: *mut C,
    /// How many structs.
    pub len: usize,
}

impl<C> Clone for RawArray<C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<C> Copy for RawArray<C> {}

impl<C> RawArray<C> {
    /// The same as a lent buffer.
    #[inline(always)]
    #[must_use]
    pub const fn lent(self) -> Lent<C> {
        Lent { ptr: self.ptr, len: self.len }
    }
}

/// A run of values that fills an array of C structs, for C to read through: slices, arrays and `Vec`s of [`FfiPinned`]
/// values, and derived structs without a target.
///
/// # Safety
///
/// As for [`FfiPinned`], for each element of the returned array.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fill an array of C structs",
    label = "not a run of values that fill C structs",
    note = "lend a slice, array or `Vec` of values that derive `FfiPinned`, or a struct that derives it without `c = ...`; one value is an array of one, `[value]`"
)]
pub unsafe trait FfiArray {
    /// The C struct.
    type Elem;

    /// Fills one C struct for each value, in order, in `scratch`.
    ///
    /// # Errors
    ///
    /// As for [`FfiPinned::fill`], with the index.
    ///
    /// # Safety
    ///
    /// As for [`FfiPinned::fill`].
    unsafe fn fill_all(&self, scratch: &mut Scratch<'_>) -> Result<RawArray<Self::Elem>, FillError>;

    /// What is left of `room` bytes of scratch once these values have been filled, or `None` if they are too few.
    ///
    /// A hint, as [`FfiPinned::scratch_left`] is.
    #[inline(always)]
    fn scratch_left(&self, room: usize) -> Option<usize> {
        Some(room)
    }
}

/// A run of values that fills an array of C structs, for C to write through.
///
/// # Safety
///
/// As for [`FfiPinnedMut`], for each element of the returned array.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be lent to a call that writes",
    label = "C writes through the array's structs",
    note = "lend it by an exclusive borrow (`&mut [...]`) or own it, and let every field of its elements be one that C may write",
    note = "one value is lent as an array of one: `&mut [value]`"
)]
pub unsafe trait FfiArrayMut: FfiArray {
    /// What taking back needs to know of the fill.
    type Kept: Copy;

    /// As [`FfiPinnedMut::REPORTS`], of the array's structs.
    const REPORTS: bool = true;

    /// Fills one C struct for each value, in order, in `scratch`.
    ///
    /// # Errors
    ///
    /// As for [`FfiPinnedMut::fill_mut`], with the index.
    ///
    /// # Safety
    ///
    /// As for [`FfiPinnedMut::fill_mut`].
    unsafe fn fill_all_mut(
        &mut self,
        scratch: &mut Scratch<'_>,
    ) -> Result<(RawArray<Self::Elem>, Self::Kept), FillError>;

    /// The same where C writes through the structs' pointers, and leaves the structs themselves alone: values that are
    /// laid out as `Elem` are handed over as they are.
    ///
    /// # Errors
    ///
    /// The same.
    ///
    /// # Safety
    ///
    /// As for [`fill_all_mut`](Self::fill_all_mut); and C does not write the structs, so that nothing is taken back from
    /// values that [report](Self::REPORTS).
    #[inline(always)]
    unsafe fn fill_all_fixed(
        &mut self,
        scratch: &mut Scratch<'_>,
    ) -> Result<(RawArray<Self::Elem>, Self::Kept), FillError> {
        // SAFETY: the caller's promise.
        unsafe { self.fill_all_mut(scratch) }
    }

    /// Takes over what C left in each of the first `n` structs.
    ///
    /// C may say that it dealt with some only, as `recvmmsg` does. The others are as they were filled: a length in them is
    /// the buffer's capacity, and nobody wrote there.
    ///
    /// # Errors
    ///
    /// As for [`FfiPinnedMut::take_back`], with the index. The elements before that one have been taken over.
    ///
    /// # Safety
    ///
    /// As for [`FfiPinnedMut::take_back`], for the first `n` elements.
    unsafe fn take_back_first(&mut self, kept: Self::Kept, n: usize) -> Result<(), FillError>;

    /// Takes over what C left in each struct.
    ///
    /// # Errors
    ///
    /// As for [`take_back_first`](Self::take_back_first).
    ///
    /// # Safety
    ///
    /// As for [`FfiPinnedMut::take_back`].
    #[inline(always)]
    unsafe fn take_back_all(&mut self, kept: Self::Kept) -> Result<(), FillError> {
        // SAFETY: the caller's promise, for all elements.
        unsafe { self.take_back_first(kept, usize::MAX) }
    }
}

/// What a slice keeps of its fill: the C structs, and what each element keeps.
#[derive(Debug)]
pub struct KeptArray<C, K> {
    c: *mut C,
    kept: *mut K,
    len: usize,
}

impl<C, K> Clone for KeptArray<C, K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<C, K> Copy for KeptArray<C, K> {}

static NESTED: Field = Field { item: "array", field: "elements", c: "the array" };

#[inline(always)]
fn no_memory(n: usize) -> FillError {
    FillError::new(&NESTED, Reason::NoMemory, n as i128, 0)
}

// SAFETY: element by element what `FfiPinned` promises; the C structs are in the scratch.
unsafe impl<B: FfiPinned> FfiArray for [B] {
    type Elem = B::C;

    #[inline(always)]
    unsafe fn fill_all(&self, scratch: &mut Scratch<'_>) -> Result<RawArray<B::C>, FillError> {
        if B::IS_C {
            if check::COMPILED {
                // Nothing is rebuilt, and the pointer check must hear of each buffer all the same.
                for value in self {
                    let mut c = MaybeUninit::<B::C>::zeroed();
                    // SAFETY: zeroed and ours; what is lent is the slice's own, and borrowed as it is.
                    unsafe { value.fill(c.as_mut_ptr(), scratch)? };
                }
            }
            // C only reads (caller), so that a pointer from `&self` will do.
            return Ok(RawArray { ptr: self.as_ptr().cast::<B::C>().cast_mut(), len: self.len() });
        }
        let Some(array) = scratch.alloc::<B::C>(self.len()) else { return Err(no_memory(self.len())) };
        let array = array.as_ptr();
        // Counted, not iterated: one index serves both sides.
        for i in 0..self.len() {
            // SAFETY: `i < len`, and the scratch has room for `len`; zeroed before it is filled.
            unsafe {
                let c = array.add(i);
                c.write_bytes(0, 1);
                if let Err(error) = self.get_unchecked(i).fill(c, scratch) {
                    return Err(error.at(i));
                }
            }
        }
        Ok(RawArray { ptr: array, len: self.len() })
    }

    #[inline(always)]
    fn scratch_left(&self, room: usize) -> Option<usize> {
        if B::IS_C || size_of::<B::C>() == 0 {
            return Some(room);
        }
        // The comparison that `Scratch::alloc` makes, so that it is made once.
        if self.len() <= room / size_of::<B::C>() { Some(room - self.len() * size_of::<B::C>()) } else { None }
    }
}

// SAFETY: element by element what `FfiPinnedMut` promises; the C structs are in the scratch.
unsafe impl<B: FfiPinnedMut> FfiArrayMut for [B] {
    type Kept = KeptArray<B::C, B::Kept>;
    const REPORTS: bool = B::REPORTS;

    #[inline(always)]
    unsafe fn fill_all_fixed(&mut self, scratch: &mut Scratch<'_>) -> Result<(RawArray<B::C>, Self::Kept), FillError> {
        if B::IS_C && size_of::<B::Kept>() == 0 {
            if check::COMPILED {
                for value in &mut *self {
                    let mut c = MaybeUninit::<B::C>::zeroed();
                    // SAFETY: as in `fill_all`, exclusively.
                    unsafe { value.fill_mut(c.as_mut_ptr(), scratch)? };
                }
            }
            let (ptr, len) = (self.as_mut_ptr().cast::<B::C>(), self.len());
            return Ok((RawArray { ptr, len }, KeptArray { c: ptr, kept: ptr::dangling_mut(), len: 0 }));
        }
        // SAFETY: the caller's promise.
        unsafe { self.fill_all_mut(scratch) }
    }

    #[inline(always)]
    unsafe fn fill_all_mut(&mut self, scratch: &mut Scratch<'_>) -> Result<(RawArray<B::C>, Self::Kept), FillError> {
        // Structs of C's own, also where the values are laid out like them: what C leaves there need not be a value.
        let len = self.len();
        let Some(array) = scratch.alloc::<B::C>(len) else { return Err(no_memory(len)) };
        let Some(kept) = scratch.alloc::<B::Kept>(len) else { return Err(no_memory(len)) };
        // Each value is reached by its own place: a borrow of all of them would end the pointers into those before.
        let (array, kept, values) = (array.as_ptr(), kept.as_ptr(), self.as_mut_ptr());
        // Counted, not iterated: one index serves both sides.
        for i in 0..len {
            // SAFETY: `i < len`, and the scratch has room for `len` of both; zeroed before it is filled.
            unsafe {
                let c = array.add(i);
                c.write_bytes(0, 1);
                match (*values.add(i)).fill_mut(c, scratch) {
                    Ok(k) => kept.add(i).write(k),
                    Err(error) => return Err(error.at(i)),
                }
            }
        }
        Ok((RawArray { ptr: array, len }, KeptArray { c: array, kept, len }))
    }

    #[inline(always)]
    unsafe fn take_back_first(&mut self, kept: Self::Kept, n: usize) -> Result<(), FillError> {
        // `kept.len` is 0 where nothing was rebuilt, and `self.len()` otherwise.
        for (i, value) in self.iter_mut().enumerate().take(kept.len.min(n)) {
            // SAFETY: the fill wrote `kept.len` of both (caller: the same value, the same scratch).
            unsafe {
                if let Err(error) = value.take_back(kept.c.add(i), *kept.kept.add(i)) {
                    return Err(error.at(i));
                }
            }
        }
        Ok(())
    }
}

/// Values that pass an inner run of C structs on.
macro_rules! array_by {
    ($([$($g:tt)*] $t:ty, $slice:ty, $as_ref:expr, $as_mut:expr;)*) => {$(
        // SAFETY: the inner run's promise; its memory is borrowed or owned by this value and stays in place.
        unsafe impl<$($g)*> FfiArray for $t where $slice: FfiArray {
            type Elem = <$slice as FfiArray>::Elem;
            #[inline(always)]
            unsafe fn fill_all(&self, scratch: &mut Scratch<'_>) -> Result<RawArray<Self::Elem>, FillError> {
                let inner: &$slice = ($as_ref)(self);
                // SAFETY: the caller's promise.
                unsafe { inner.fill_all(scratch) }
            }
            #[inline(always)]
            fn scratch_left(&self, room: usize) -> Option<usize> {
                let inner: &$slice = ($as_ref)(self);
                inner.scratch_left(room)
            }
        }
        array_by!(@mut [$($g)*] $t, $slice, $as_mut);
    )*};
    (@mut [$($g:tt)*] $t:ty, $slice:ty, $as_mut:expr) => {
        // SAFETY: as above, exclusively.
        unsafe impl<$($g)*> FfiArrayMut for $t where $slice: FfiArrayMut {
            type Kept = <$slice as FfiArrayMut>::Kept;
            const REPORTS: bool = <$slice as FfiArrayMut>::REPORTS;
            #[inline(always)]
            unsafe fn fill_all_mut(
                &mut self,
                scratch: &mut Scratch<'_>,
            ) -> Result<(RawArray<Self::Elem>, Self::Kept), FillError> {
                let inner: &mut $slice = ($as_mut)(self);
                // SAFETY: the caller's promise.
                unsafe { inner.fill_all_mut(scratch) }
            }
            #[inline(always)]
            unsafe fn fill_all_fixed(
                &mut self,
                scratch: &mut Scratch<'_>,
            ) -> Result<(RawArray<Self::Elem>, Self::Kept), FillError> {
                let inner: &mut $slice = ($as_mut)(self);
                // SAFETY: the caller's promise.
                unsafe { inner.fill_all_fixed(scratch) }
            }
            #[inline(always)]
            unsafe fn take_back_first(&mut self, kept: Self::Kept, n: usize) -> Result<(), FillError> {
                let inner: &mut $slice = ($as_mut)(self);
                // SAFETY: the caller's promise.
                unsafe { inner.take_back_first(kept, n) }
            }
        }
    };
}
array_by! {
    [B, const N: usize] [B; N], [B], <[B; N]>::as_slice, <[B; N]>::as_mut_slice;
    [B] Vec<B>, [B], Vec::as_slice, Vec::as_mut_slice;
    [B] Box<[B]>, [B], AsRef::as_ref, AsMut::as_mut;
}

// SAFETY: the inner run's promise; a shared borrow keeps it in place.
unsafe impl<T: FfiArray + ?Sized> FfiArray for &T {
    type Elem = T::Elem;
    #[inline(always)]
    unsafe fn fill_all(&self, scratch: &mut Scratch<'_>) -> Result<RawArray<T::Elem>, FillError> {
        // SAFETY: the caller's promise.
        unsafe { (**self).fill_all(scratch) }
    }
    #[inline(always)]
    fn scratch_left(&self, room: usize) -> Option<usize> {
        (**self).scratch_left(room)
    }
}

// SAFETY: the inner run's promise; an exclusive borrow keeps it in place.
unsafe impl<T: FfiArray + ?Sized> FfiArray for &mut T {
    type Elem = T::Elem;
    #[inline(always)]
    unsafe fn fill_all(&self, scratch: &mut Scratch<'_>) -> Result<RawArray<T::Elem>, FillError> {
        // SAFETY: the caller's promise.
        unsafe { (**self).fill_all(scratch) }
    }
    #[inline(always)]
    fn scratch_left(&self, room: usize) -> Option<usize> {
        (**self).scratch_left(room)
    }
}

// SAFETY: as above.
unsafe impl<T: FfiArrayMut + ?Sized> FfiArrayMut for &mut T {
    type Kept = T::Kept;
    const REPORTS: bool = T::REPORTS;
    #[inline(always)]
    unsafe fn fill_all_mut(&mut self, scratch: &mut Scratch<'_>) -> Result<(RawArray<T::Elem>, T::Kept), FillError> {
        // SAFETY: the caller's promise.
        unsafe { (**self).fill_all_mut(scratch) }
    }
    #[inline(always)]
    unsafe fn fill_all_fixed(&mut self, scratch: &mut Scratch<'_>) -> Result<(RawArray<T::Elem>, T::Kept), FillError> {
        // SAFETY: the caller's promise.
        unsafe { (**self).fill_all_fixed(scratch) }
    }
    #[inline(always)]
    unsafe fn take_back_first(&mut self, kept: T::Kept, n: usize) -> Result<(), FillError> {
        // SAFETY: the caller's promise.
        unsafe { (**self).take_back_first(kept, n) }
    }
}

// SAFETY: the inner run's promise, or null with length 0.
unsafe impl<T: FfiArray> FfiArray for Option<T> {
    type Elem = T::Elem;
    #[inline(always)]
    unsafe fn fill_all(&self, scratch: &mut Scratch<'_>) -> Result<RawArray<T::Elem>, FillError> {
        match self {
            // SAFETY: the caller's promise.
            Some(inner) => unsafe { inner.fill_all(scratch) },
            None => Ok(RawArray { ptr: ptr::null_mut(), len: 0 }),
        }
    }
    #[inline(always)]
    fn scratch_left(&self, room: usize) -> Option<usize> {
        self.as_ref().map_or(Some(room), |inner| inner.scratch_left(room))
    }
}

// SAFETY: as above.
unsafe impl<T: FfiArrayMut> FfiArrayMut for Option<T> {
    type Kept = Option<T::Kept>;
    const REPORTS: bool = T::REPORTS;
    #[inline(always)]
    unsafe fn fill_all_mut(&mut self, scratch: &mut Scratch<'_>) -> Result<(RawArray<T::Elem>, Self::Kept), FillError> {
        match self {
            Some(inner) => {
                // SAFETY: the caller's promise.
                let (array, kept) = unsafe { inner.fill_all_mut(scratch)? };
                Ok((array, Some(kept)))
            }
            None => Ok((RawArray { ptr: ptr::null_mut(), len: 0 }, None)),
        }
    }
    #[inline(always)]
    unsafe fn fill_all_fixed(
        &mut self,
        scratch: &mut Scratch<'_>,
    ) -> Result<(RawArray<T::Elem>, Self::Kept), FillError> {
        match self {
            Some(inner) => {
                // SAFETY: the caller's promise.
                let (array, kept) = unsafe { inner.fill_all_fixed(scratch)? };
                Ok((array, Some(kept)))
            }
            None => Ok((RawArray { ptr: ptr::null_mut(), len: 0 }, None)),
        }
    }
    #[inline(always)]
    unsafe fn take_back_first(&mut self, kept: Self::Kept, n: usize) -> Result<(), FillError> {
        match (self, kept) {
            // SAFETY: the caller's promise.
            (Some(inner), Some(kept)) => unsafe { inner.take_back_first(kept, n) },
            _ => Ok(()),
        }
    }
}
