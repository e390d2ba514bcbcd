//! [`InFlight`]: an operation that C goes on with after the call that started it has returned.

use crate::check;
use crate::error::LendError;
use crate::fill::{self, FfiPinned, FfiPinnedMut};
use crate::lend::{Access, Exclusive, Shared};
use crate::scratch::{Inline, Scratch};
use crate::stats;
use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::panic::Location;
use core::ptr::NonNull;

/// Bytes in an operation's cell for nested C structs, before a block of their own is needed: 16 `iovec`s.
///
/// Twice that where the pointer check notes there what is lent.
const CELL_INLINE: usize = if check::COMPILED { 512 } else { 256 };

/// Value, C struct and nested scratch in one heap cell: nothing in it moves until C has finished.
///
/// The C struct comes first, so that its address, which many APIs give back on completion, is the cell's.
#[repr(C)]
struct Cell<T: FfiPinned> {
    c: MaybeUninit<T::C>,
    inline: Inline<CELL_INLINE>,
    scratch: Scratch<'static>,
    kept: MaybeUninit<T::Kept>,
    made_at: &'static Location<'static>,
    /// C was given the address: from then on only a completion frees the cell.
    started: bool,
    value: T,
}

/// A value on loan to C until C says that it has finished: owned, so that nothing can end the loan early.
///
/// The value moves into a heap cell and is filled there, in its final place, so that inline buffers may be lent too. C
/// gets the address of the cell's C struct ([`start`](Self::start)); when C has finished, [`complete`](Self::complete)
/// takes the results and gives the value back. Dropped in between, it keeps the memory for good, for C may still write
/// there: the leak is [counted](crate::stats::leaked_operations), and a debug build says on standard error where the operation
/// was made. A drop never panics, so that a thread or the process may end with operations in flight; a test asserts on
/// [`Change::is_clean`](crate::stats::Change::is_clean).
///
/// # Examples
///
/// An operation of a C library that finishes later, played here by a second call:
///
/// ```
/// use pin_ffi::{FfiPinned, InFlight};
///
/// #[repr(C)]
/// struct request { data: *mut u8, len: usize, status: i32 }
///
/// #[derive(FfiPinned)]
/// #[ffi(c = request)]
/// struct Request {
///     #[ffi(ptr = data, len = len)]
///     data: Vec<u8>,
///     #[ffi(out = status)]
///     status: i32,
/// }
///
/// unsafe extern "C" fn finish(r: *mut request) {
///     // SAFETY: the caller passes a filled request.
///     unsafe {
///         (*r).data.write_bytes(b'x', (*r).len);
///         (*r).status = 7;
///     }
/// }
///
/// let mut operation = InFlight::new(Request { data: vec![0; 3], status: 0 })?;
/// let c = operation.start();
/// // SAFETY: `c` is the filled request, and it is completed only afterwards.
/// unsafe { finish(c) };
/// // SAFETY: `finish` has returned and keeps nothing.
/// let request = unsafe { operation.complete(true)? };
/// assert_eq!((&request.data[..], request.status), (&b"xxx"[..], 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropping an operation that C has not finished keeps its memory for good"]
pub struct InFlight<T: FfiPinned + 'static, A: Access = Exclusive> {
    cell: NonNull<Cell<T>>,
    owns: PhantomData<(Cell<T>, A)>,
}

// SAFETY: the cell is owned; its raw pointers lead into itself and into what it owns, and moving to another thread moves
// the only way to reach them.
unsafe impl<T: FfiPinned + Send, A: Access> Send for InFlight<T, A> {}
// SAFETY: a shared `InFlight` gives out an address and nothing else.
unsafe impl<T: FfiPinned + Send, A: Access> Sync for InFlight<T, A> {}

impl<T: FfiPinnedMut> InFlight<T, Exclusive> {
    /// Moves `value` into a cell of its own and fills its C struct there, for C to read and write.
    ///
    /// # Errors
    ///
    /// A length, count or value does not fit; the value comes back with the error.
    #[inline]
    #[track_caller]
    pub fn new(value: T) -> Result<Self, Refused<T>> {
        Self::make(value)
    }
}

impl<T: FfiPinned> InFlight<T, Shared> {
    /// Moves `value` into a cell of its own and fills its C struct there, for C to read only.
    ///
    /// # Errors
    ///
    /// A length, count or value does not fit; the value comes back with the error.
    #[inline]
    #[track_caller]
    pub fn reading(value: T) -> Result<Self, Refused<T>> {
        Self::make(value)
    }
}

impl<T: FfiPinned, A: Access> InFlight<T, A> {
    #[inline]
    #[track_caller]
    fn make(value: T) -> Result<Self, Refused<T>> {
        // Written in place: on the stack first, the spare bytes would be copied too.
        let cell = Box::into_raw(Box::<Cell<T>>::new_uninit()).cast::<Cell<T>>();
        // SAFETY: room for a cell, of which each part is written here but the spare bytes and `kept`, which need not be.
        unsafe {
            (&raw mut (*cell).c).cast::<T::C>().write_bytes(0, 1);
            (&raw mut (*cell).scratch).write(Scratch::over(&raw mut (*cell).inline));
            (&raw mut (*cell).made_at).write(Location::caller());
            (&raw mut (*cell).started).write(false);
            (&raw mut (*cell).value).write(value);
        }
        // SAFETY: `cell` came from a box. If the fill panics, the drop frees it: C has no address yet.
        let this = Self { cell: unsafe { NonNull::new_unchecked(cell) }, owns: PhantomData };
        // From here to the end of the fill each part is reached by its own place, never through the whole cell: a
        // reference to the whole would end the pointers that the fill takes to inline buffers.
        // SAFETY: the cell is live and ours alone; `inline` stays where it is until the cell is freed. `new` asks for a value
        // that may be lent for writing.
        let filled = unsafe {
            let (value, c) = (&raw mut (*cell).value, (&raw mut (*cell).c).cast());
            if A::WRITES {
                T::fill::<true>(value, c, &mut (*cell).scratch)
            } else {
                T::fill::<false>(value, c, &mut (*cell).scratch)
            }
        };
        match filled {
            Ok(kept) => {
                // SAFETY: as above.
                unsafe { (&raw mut (*cell).kept).write(MaybeUninit::new(kept)) };
                Ok(this)
            }
            Err(error) => Err(Refused { value: this.open(), error }),
        }
    }

    /// The address of the filled C struct; from here on C may hold it.
    ///
    /// It stays the same, and valid, until the operation is completed.
    pub fn start(&mut self) -> *mut T::C {
        let cell = self.cell.as_ptr();
        // SAFETY: the cell is live while `self` is.
        unsafe {
            (*cell).started = true;
            (&raw mut (*cell).c).cast()
        }
    }

    /// The address of the C struct, to recognise the operation by.
    #[must_use]
    pub fn as_ptr(&self) -> *const T::C {
        self.cell.as_ptr().cast()
    }

    /// C has finished: takes the results, if it `succeeded`, and gives the value back.
    ///
    /// Whether it did, C says in its own way: by what the call or the completion returned. Of an operation that failed
    /// nothing is taken: what its struct has for lengths are still the capacities. The C struct's pointers are nulled.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(all(unix, feature = "std"))] {
    /// use pin_ffi::{FfiPinned, InFlight, OutVec};
    /// use std::os::fd::AsRawFd;
    ///
    /// #[derive(FfiPinned)]
    /// #[ffi(c = libc::msghdr)]
    /// struct Received {
    ///     #[ffi(ptr = msg_name, len = msg_namelen, inout)]
    ///     from: OutVec<u8>,
    ///     #[ffi(array = msg_iov, len = msg_iovlen)]
    ///     data: [Vec<u8>; 1],
    /// }
    ///
    /// let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
    /// socket.set_nonblocking(true)?;
    /// let value = Received { from: OutVec::with_capacity(128), data: [vec![0; 64]] };
    /// let mut operation = InFlight::new(value)?;
    /// // SAFETY: the filled `msghdr`; the call keeps nothing.
    /// let received = unsafe {
    ///     let n = libc::recvmsg(socket.as_raw_fd(), operation.start(), 0);
    ///     operation.complete(n >= 0)?
    /// };
    /// assert!(received.from.filled().is_empty(), "nothing came");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// C reported more than a buffer holds, or a value that does not fit. The value comes back all the same, without
    /// the reported lengths.
    ///
    /// # Panics
    ///
    /// If the value's `take_back` does, or a subscriber of `tracing` that is told of the error. The value is dropped then.
    ///
    /// # Safety
    ///
    /// C has finished with the C struct and with all that it points at, and will not touch them again. If it `succeeded`, it
    /// has initialised as many elements as it reported, or where it may report more than fits, as many as fit.
    #[inline]
    pub unsafe fn complete(self, succeeded: bool) -> Result<T, Refused<T>> {
        let cell = self.cell.as_ptr();
        // SAFETY: the cell is live; C has finished (caller); `kept` was written when the fill succeeded.
        let taken = unsafe {
            // Should this unwind, the drop frees the cell.
            (*cell).started = false;
            let c = (&raw mut (*cell).c).cast::<T::C>();
            let taken = if A::WRITES && succeeded {
                fill::take_back(&raw mut (*cell).value, c, (*cell).kept.assume_init())
            } else {
                Ok(())
            };
            T::release(c);
            taken
        };
        let value = self.open();
        match taken {
            Ok(()) => Ok(value),
            Err(error) => Err(Refused { value, error }),
        }
    }

    /// C never took the operation, or gave it up: gives the value back, without results.
    ///
    /// # Safety
    ///
    /// C does not hold the C struct, nor anything that it points at.
    #[must_use]
    pub unsafe fn recall(self) -> T {
        // SAFETY: the cell is live, and C does not hold it (caller).
        unsafe { T::release((&raw mut (*self.cell.as_ptr()).c).cast()) };
        self.open()
    }

    /// Gives the value back if the operation was never [started](Self::start).
    ///
    /// # Errors
    ///
    /// The operation itself, if C may hold it.
    pub fn into_value(self) -> Result<T, Self> {
        // SAFETY: the cell is live.
        if unsafe { (*self.cell.as_ptr()).started } {
            return Err(self);
        }
        Ok(self.open())
    }

    /// Leaves the operation to C: its address alone remains, for a callback or a completion queue.
    ///
    /// Unlike a drop this is no leak: [`from_raw`](Self::from_raw) makes an operation of the address again.
    #[must_use = "the address is the only way back to the operation"]
    pub fn into_raw(mut self) -> NonNull<T::C> {
        self.start();
        ManuallyDrop::new(self).cell.cast()
    }

    /// The operation whose address [`into_raw`](Self::into_raw) gave.
    ///
    /// # Safety
    ///
    /// `c` came from `into_raw` of the same `InFlight<T, A>`, and is turned back once.
    pub const unsafe fn from_raw(c: NonNull<T::C>) -> Self {
        Self { cell: c.cast(), owns: PhantomData }
    }

    /// Frees the cell and moves the value out. C does not hold it.
    #[inline]
    fn open(self) -> T {
        let this = ManuallyDrop::new(self);
        // The notes are in the cell, and are reached by its own places while there is no box.
        // SAFETY: the cell is live, and C does not hold it.
        unsafe { (*this.cell.as_ptr()).scratch.end_notes() };
        // SAFETY: the cell came from a box in `make`, and `self` was its only owner.
        let cell = unsafe { Box::from_raw(this.cell.as_ptr()) };
        let Cell { value, scratch, .. } = *cell;
        drop(scratch);
        value
    }
}

impl<T: FfiPinned, A: Access> Drop for InFlight<T, A> {
    fn drop(&mut self) {
        let cell = self.cell.as_ptr();
        // SAFETY: the cell is live while `self` is.
        let (started, made_at) = unsafe { ((*cell).started, (*cell).made_at) };
        if !started {
            // SAFETY: as in `open`.
            unsafe { (*cell).scratch.end_notes() };
            // SAFETY: the cell came from a box; C never got its address.
            drop(unsafe { Box::from_raw(cell) });
            return;
        }
        stats::count_leaked_operation(made_at);
        report_leak(made_at);
    }
}

/// In a debug build a leak is said on standard error. It is no panic: a drop may run while a panic unwinds, in the
/// destructor of a thread-local or as the process ends, and a panic there aborts the program.
#[cold]
#[cfg_attr(not(all(debug_assertions, feature = "std")), allow(unused_variables, clippy::missing_const_for_fn))]
fn report_leak(made_at: &Location<'_>) {
    // Not `eprintln!`: that panics itself where nobody reads standard error any more.
    #[cfg(all(debug_assertions, feature = "std"))]
    let _ = std::io::Write::write_fmt(
        &mut std::io::stderr(),
        format_args!(
            "pin-ffi: an operation made at {made_at} was dropped before C had finished with it; its memory is kept for \
             good\n"
        ),
    );
}

impl<T: FfiPinned, A: Access> fmt::Debug for InFlight<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: the cell is live while `self` is; neither field is C's.
        let (started, made_at) = unsafe { ((*self.cell.as_ptr()).started, (*self.cell.as_ptr()).made_at) };
        f.debug_struct("InFlight").field("c", &self.cell).field("started", &started).field("made_at", &made_at).finish()
    }
}

/// A value that could not be lent, or whose results could not be taken, with the reason.
#[derive(Clone, PartialEq, Eq)]
pub struct Refused<T> {
    /// The value, as it was before.
    pub value: T,
    /// Why.
    pub error: LendError,
}

impl<T> fmt::Debug for Refused<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<T> fmt::Display for Refused<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T> core::error::Error for Refused<T> {}

impl<T> From<Refused<T>> for LendError {
    fn from(refused: Refused<T>) -> Self {
        refused.error
    }
}

#[cfg(feature = "std")]
impl<T> From<Refused<T>> for std::io::Error {
    fn from(refused: Refused<T>) -> Self {
        refused.error.into()
    }
}
