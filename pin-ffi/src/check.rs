//! The pointer check: is all that a C struct leads to lent to C?
//!
//! FFI that is written by hand fills C structs with addresses, and nothing in the language says that the memory behind
//! them holds still while C uses it. Go's `cgocheck` stops a program that passes C an unpinned pointer; this module does
//! so for Rust. Each pin of a [`scope`](crate::scope()) or [`Pinner`](crate::Pinner), and each buffer that a derived
//! value lends, is entered in a registry with the place where it was pinned, and [`verify`] walks a C struct: every
//! address in it must be
//!
//! - null, or of length 0,
//! - inside one pinned range for its whole length, pinned for writing where C writes,
//! - static data of the program or of a library (known on Linux, Android and FreeBSD; elsewhere pin it like the rest),
//! - or memory that was registered as C's own with [`foreign`].
//!
//! C structs that such an address leads to are walked in turn, to any depth. What is wrong is told by struct, field,
//! index, address and length, with the nearest pinned range.
//!
//! ```should_panic
//! # #[cfg(all(unix, feature = "std", any(debug_assertions, feature = "check")))] {
//! let (pinned, forgotten) = (vec![1_u8; 16], vec![2_u8; 16]);
//! pin_ffi::scope(|s| {
//!     let pin = s.pin(&pinned);
//!     let iov = [
//!         libc::iovec { iov_base: pin.as_ptr().cast_mut().cast(), iov_len: 16 },
//!         libc::iovec { iov_base: forgotten.as_ptr().cast_mut().cast(), iov_len: 16 },
//!     ];
//!     // SAFETY: whatever is pinned now is memory.
//!     unsafe { pin_ffi::check::verify(&iov[..]) } // panics: `iovec[1].iov_base` leads to memory that is not pinned
//! });
//! # }
//! # #[cfg(not(all(unix, feature = "std", any(debug_assertions, feature = "check"))))] panic!("off");
//! ```
//!
//! # When it is on
//!
//! In debug builds of this crate, and with its feature `check`. Then the environment variable `PIN_FFI_CHECK`, read once,
//! says what a fault does; see [`Policy`]. In a release build without the feature nothing of it is compiled: [`verify`]
//! is an empty function, and pins are neither entered nor counted.
//!
//! # What it cannot see
//!
//! A forgotten [`Pinner`](crate::Pinner) leaves its ranges registered: they count as pinned for good, although their
//! buffers may be gone. And what C holds on to after a call, no walk before the call can tell.

pub use crate::layout::Shape;

#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
pub(crate) mod gauge;
#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
pub(crate) mod registry;
#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
mod statics;
#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
mod walk;

#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
#[path = "check/on.rs"]
mod switched;
#[cfg(not(any(feature = "check", all(debug_assertions, feature = "std"))))]
#[path = "check/off.rs"]
mod switched;

#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
use switched::REGISTRY;
#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
use switched::Wrong;
pub(crate) use switched::{COMPILED, Lending, Note, Notes, enter, leave, totals, verify_raw};
pub use switched::{Fault, Foreign};

/// What the registry is made of; a test puts a schedule explorer's in its place.
#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
pub(crate) mod sync {
    use super::gauge::PARTS;
    pub(crate) use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
    pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError};

    static THREADS: AtomicUsize = AtomicUsize::new(0);

    std::thread_local! {
        static PART: usize = THREADS.fetch_add(1, Ordering::Relaxed) % PARTS;
    }

    /// Which part of a gauge is this thread's.
    #[inline]
    pub(crate) fn part() -> usize {
        PART.try_with(|part| *part).unwrap_or(0)
    }

    /// How many parts are in use.
    pub(crate) fn parts() -> usize {
        THREADS.load(Ordering::Relaxed).clamp(1, PARTS)
    }
}

/// What a fault does: the environment variable `PIN_FFI_CHECK`, read once.
///
/// # Examples
///
/// ```
/// use pin_ffi::check::{Policy, is_on, policy};
///
/// assert_eq!(is_on(), policy() != Policy::Off);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// `off`: nothing is entered and nothing walked. The only policy where the check is not compiled in.
    Off,
    /// `report`: a line on standard error, once for each place and field.
    Report,
    /// `panic`: a panic at the place of the call. What the check does if the variable is not set.
    Panic,
    /// `abort`: the text of the panic on standard error, and the process ends.
    Abort,
}

/// What a fault does in this process.
///
/// # Panics
///
/// The first time, if the variable is none of `off`, `report`, `panic` and `abort`.
#[inline]
#[must_use]
pub fn policy() -> Policy {
    switched::policy()
}

/// Whether pins are entered, and structs walked: the check is compiled in and its policy is not [`Policy::Off`].
///
/// It stays true inside [`no_check`].
#[inline]
#[must_use]
pub fn is_on() -> bool {
    policy() != Policy::Off
}

/// Whether all of the `len` elements at `start` are in one range that is pinned now, by any thread.
///
/// Inner addresses are pinned as well. An empty range is, if its address is in a pinned buffer or at its end. False
/// while the check is [off](is_on), when nobody keeps a list.
///
/// # Examples
///
/// ```
/// use pin_ffi::check;
///
/// let buf = [0_u16; 8];
/// pin_ffi::scope(|s| {
///     let pin = s.pin(&buf);
///     assert_eq!(check::is_pinned(pin.as_ptr().wrapping_add(2), 6), check::is_on());
/// });
/// assert!(!check::is_pinned(buf.as_ptr(), 8));
/// ```
#[inline]
#[must_use]
pub fn is_pinned<T>(start: *const T, len: usize) -> bool {
    match len.checked_mul(size_of::<T>()) {
        Some(bytes) => switched::is_pinned(start.addr(), bytes),
        None => false,
    }
}

/// Registers memory as C's own, until the guard is dropped: C structs may lead there.
///
/// For what C gave out (a `malloc`, a mapping, a library's buffer), where there is nothing to pin. While the check is off
/// it does nothing.
///
/// # Examples
///
/// ```
/// # #[cfg(unix)] {
/// use pin_ffi::check;
///
/// // SAFETY: an allocation of 64 bytes, zeroed, or null.
/// let memory = unsafe { libc::calloc(1, 64) };
/// // SAFETY: it is readable and writable until it is freed, after the guard's end.
/// let registered = unsafe { check::foreign(memory, if memory.is_null() { 0 } else { 64 }) };
/// let iov = libc::iovec { iov_base: memory, iov_len: 64 };
/// // SAFETY: what is registered is memory.
/// unsafe { check::verify_mut(&iov) };
/// drop(registered);
/// // SAFETY: allocated above, once.
/// unsafe { libc::free(memory) };
/// # }
/// ```
///
/// # Safety
///
/// The `bytes` at `start` are readable and writable until the guard is dropped; [`verify`] may read C structs there.
#[inline]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn foreign<T>(start: *const T, bytes: usize) -> Foreign {
    Foreign::new(start.addr(), bytes)
}

/// Runs `f` without checks on this thread: [`verify`] passes everything.
///
/// It nests, holds for this thread alone, and ends with `f`, also when `f` panics. Pins go on being entered.
///
/// # Examples
///
/// ```
/// # #[cfg(unix)] {
/// use pin_ffi::check;
///
/// let mut local = 0_u8; // not pinned
/// let iov = libc::iovec { iov_base: (&raw mut local).cast(), iov_len: 1 };
/// // SAFETY: no C structs are reached from an `iovec`.
/// check::no_check(|| unsafe { check::verify(&iov) });
/// # }
/// ```
#[inline]
pub fn no_check<R>(f: impl FnOnce() -> R) -> R {
    let _off = switched::Unchecked::new();
    f()
}

/// A C struct with a map of its addresses, so that [`verify`] can walk it; or a slice or array of them.
///
/// [Derive](macro@crate::FfiChecked) it for a `#[repr(C)]` struct of your own. The structs of `libc` that a program fills
/// for C have it, where the platform has them:
///
/// - `iovec`, `msghdr`, `mmsghdr`, `sock_fprog`, `ifconf`, `aiocb`, `addrinfo` (the hints of `getaddrinfo`), `stack_t`;
/// - `iocb`, by its opcode: bytes or `iovec`s, read or written; of other operations nothing is looked at;
/// - `passwd` and `group`, for the functions that write an entry.
///
/// Lists of pointers to any of them (`lio_listio`, `io_submit`) have it too.
///
/// Not those that C fills for the program (`hostent`, `ifaddrs`, `Dl_info`, `glob_t` and the like): what they lead to is
/// C's own. Nor `sigevent`, whose address is the program's own affair, and `ifreq`, where the request says which field is
/// an address. What `libc` does not declare is derived: `bpf_attr`, `io_uring_buf_reg`, `io_uring_rsrc_register`,
/// `spi_ioc_transfer`, `i2c_rdwr_ioctl_data` and `i2c_msg`, `kvm_userspace_memory_region`, and the structs of libraries
/// (`z_stream`, `ZSTD_inBuffer`).
///
/// # Safety
///
/// Each [`Shape`] is the truth about the struct's layout.
#[diagnostic::on_unimplemented(
    message = "nothing is known of the addresses in `{Self}`",
    label = "cannot be walked",
    note = "derive it on the `#[repr(C)]` struct: `#[derive(FfiChecked)]`, with `#[ffi(len = ...)]` on each pointer that has a length"
)]
pub unsafe trait FfiChecked {
    #[doc(hidden)]
    const SHAPE: Shape;

    /// The first struct and, of a slice, how many.
    #[doc(hidden)]
    #[inline]
    fn structs(&self) -> (*const u8, Option<usize>) {
        (core::ptr::from_ref(self).cast(), None)
    }
}

// SAFETY: the element's own shape.
unsafe impl<T: FfiChecked> FfiChecked for [T] {
    const SHAPE: Shape = T::SHAPE;
    #[inline]
    fn structs(&self) -> (*const u8, Option<usize>) {
        (self.as_ptr().cast(), Some(self.len()))
    }
}

macro_rules! lists {
    ($($pointer:ty),*) => {$(
        // SAFETY: one address, of one struct.
        unsafe impl<T: FfiChecked> FfiChecked for $pointer {
            const SHAPE: Shape = Shape {
                name: "list",
                size: size_of::<Self>(),
                pointers: &[crate::layout::Pointer::new::<Self>("*", 0, core::ptr::null()).leads_to::<T>()],
            };
        }
    )*};
}
lists!(*const T, *mut T);

// SAFETY: the element's own shape.
unsafe impl<T: FfiChecked, const N: usize> FfiChecked for [T; N] {
    const SHAPE: Shape = T::SHAPE;
    #[inline]
    fn structs(&self) -> (*const u8, Option<usize>) {
        (self.as_ptr().cast(), Some(N))
    }
}

/// Checks that C may follow every address in `c`, for a call that reads.
///
/// # Panics
///
/// If an address leads to memory that is not lent, and the [policy](Policy) says so: the module has the rules and an
/// example.
///
/// # Safety
///
/// Where an address leads to C structs that hold addresses themselves, or to strings, those are read: whatever is pinned
/// or registered now is memory still (no [`Pinner`](crate::Pinner) was forgotten before its buffers ended), and where `c`
/// leads in it are such structs or strings, initialised, which nobody writes meanwhile.
#[inline(always)]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn verify<C: FfiChecked + ?Sized>(c: &C) {
    // SAFETY: the caller's promise.
    unsafe { switched::verify(c, false) }
}

/// Checks that C may follow every address in `c`, for a call that writes through those that C may write through.
///
/// The arrays of C structs that `c` leads to need not be writable themselves.
///
/// # Panics
///
/// As [`verify`].
///
/// # Safety
///
/// As [`verify`].
#[inline(always)]
#[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
pub unsafe fn verify_mut<C: FfiChecked + ?Sized>(c: &C) {
    // SAFETY: the caller's promise.
    unsafe { switched::verify(c, true) }
}

/// The first fault in `c`, whatever the policy and [`no_check`] say; `None` also while the check is off.
///
/// `write` is whether C writes through the struct, as [`verify_mut`] has it.
///
/// # Safety
///
/// As [`verify`].
///
/// # Examples
///
/// ```
/// # #[cfg(unix)] {
/// use pin_ffi::check;
///
/// let text = String::from("pinned for reading");
/// pin_ffi::scope(|s| {
///     let pin = s.pin(&text);
///     let iov = libc::iovec { iov_base: pin.as_ptr().cast_mut().cast(), iov_len: pin.len() };
///     // SAFETY: no C structs are reached from an `iovec`.
///     let (read, write) = unsafe { (check::fault(&iov, false), check::fault(&iov, true)) };
///     assert!(read.is_none());
///     assert_eq!(write.map(|f| f.path().to_owned()), check::is_on().then(|| "iovec.iov_base".to_owned()));
/// });
/// # }
/// ```
#[inline]
#[must_use]
pub unsafe fn fault<C: FfiChecked + ?Sized>(c: &C, write: bool) -> Option<Fault> {
    // SAFETY: the caller's promise.
    unsafe { switched::fault(c, write) }
}
