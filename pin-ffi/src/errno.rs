//! Converts the ways in which C reports that a call failed to a `Result`.
//!
//! Generated code calls one of these functions directly after the C function, before any other code can change `errno`.

use core::ptr::NonNull;

/// The error of a generated function: [`std::io::Error`].
#[cfg(feature = "std")]
pub type Error = std::io::Error;

/// The error of a generated function without `std`.
#[cfg(not(feature = "std"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The C function failed with this `errno`.
    Os(i32),
    /// A value could not be lent, or what C reported was refused.
    Fill(crate::LendError),
}

/// The result of a generated function.
pub type Result<T> = core::result::Result<T, Error>;

#[cfg(not(feature = "std"))]
impl Error {
    /// Creates an error with this `errno`.
    #[must_use]
    pub const fn from_raw_os_error(errno: i32) -> Self {
        Self::Os(errno)
    }

    /// Returns the `errno`, if the C function failed.
    #[must_use]
    pub const fn raw_os_error(&self) -> Option<i32> {
        match self {
            Self::Os(errno) => Some(*errno),
            Self::Fill(_) => None,
        }
    }
}

#[cfg(not(feature = "std"))]
impl From<crate::LendError> for Error {
    fn from(error: crate::LendError) -> Self {
        Self::Fill(error)
    }
}

#[cfg(not(feature = "std"))]
impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Os(errno) => write!(f, "os error {errno}"),
            Self::Fill(error) => error.fmt(f),
        }
    }
}

#[cfg(not(feature = "std"))]
impl core::error::Error for Error {}

/// Returns the current `errno`.
#[cold]
#[inline(never)]
#[cfg(feature = "std")]
#[must_use]
pub fn last() -> Error {
    Error::last_os_error()
}

/// Returns the current `errno`, or 0 on platforms where its location is not known.
#[cold]
#[inline(never)]
#[cfg(not(feature = "std"))]
#[must_use]
pub fn last() -> Error {
    #[cfg(any(target_os = "android", target_os = "netbsd", target_os = "openbsd"))]
    use libc::__errno as location;
    #[cfg(any(target_os = "linux", target_os = "emscripten", target_os = "fuchsia", target_os = "l4re"))]
    use libc::__errno_location as location;
    #[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
    use libc::__error as location;

    #[cfg(any(
        target_os = "linux",
        target_os = "emscripten",
        target_os = "fuchsia",
        target_os = "l4re",
        target_os = "android",
        target_os = "netbsd",
        target_os = "openbsd",
        target_vendor = "apple",
        target_os = "freebsd"
    ))]
    // SAFETY: the C library returns a valid pointer to this thread's `errno`.
    return Error::Os(unsafe { *location() });
    #[allow(unreachable_code)]
    Error::Os(0)
}

#[cold]
fn from_errno(errno: i32) -> Error {
    Error::from_raw_os_error(errno)
}

mod sealed {
    pub trait Sealed {}
}

/// A return value that can report a failure by being -1 or negative.
///
/// Sealed, because safe code gets to see what C wrote only if these methods report success.
#[diagnostic::on_unimplemented(
    message = "a function that returns `{Self}` cannot say by it that it failed",
    label = "not an integer",
    note = "`err = minus_one`, `nonzero` and `negative_errno` are for integers; where C says nothing, leave `err` out"
)]
#[doc(hidden)]
pub trait Status: Copy + sealed::Sealed {
    /// The value -1.
    const MINUS_ONE: Self;
    /// Returns whether the value is less than 0.
    fn is_negative(self) -> bool;
    /// Returns the negated value, as an `errno`.
    fn negated(self) -> i32;
    /// Returns whether the value is 0.
    fn is_zero(self) -> bool;
}

/// A return value that can be -1: an integer, or a pointer, such as `MAP_FAILED`.
///
/// Sealed, as [`Status`] is.
#[diagnostic::on_unimplemented(
    message = "a function that returns `{Self}` cannot say by it that it failed",
    label = "not an integer or a pointer",
    note = "`err = minus_one` is for a function that returns -1 where it fails; where C says nothing, leave `err` out"
)]
#[doc(hidden)]
pub trait MinusOne: Copy + sealed::Sealed {
    /// Returns whether the value is -1.
    fn is_minus_one(self) -> bool;
}

impl<T: Status + PartialEq> MinusOne for T {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_minus_one(self) -> bool {
        self == T::MINUS_ONE
    }
}

macro_rules! addresses {
    ($($t:ty)*) => {$(
        impl<T> sealed::Sealed for $t {}
        impl<T> MinusOne for $t {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn is_minus_one(self) -> bool {
                self.addr() == usize::MAX
            }
        }
    )*};
}
addresses!(*mut T *const T);

/// A return value that is a count, and reports a failure by being negative. It is a trait because the type that a
/// declaration calls `ssize_t` may be any type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not count as `ssize_t` does: it has no -1, or is wider than a length",
    label = "called `ssize_t` or `isize`, and is neither",
    note = "declare what the function returns as C does, or by another name: what is called `ssize_t` becomes a `usize`"
)]
#[doc(hidden)]
pub trait Count: Status {
    /// Converts a value that is not negative.
    fn count(self) -> usize;
}

macro_rules! count {
    ($($t:ty)*) => {$(
        impl Count for $t {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn count(self) -> usize {
                self as usize
            }
        }
    )*};
}
count!(i8 i16 isize);
#[cfg(not(target_pointer_width = "16"))]
count!(i32);
#[cfg(target_pointer_width = "64")]
count!(i64);

macro_rules! status {
    ($($t:ty)*) => {$(
        impl sealed::Sealed for $t {}
        impl Status for $t {
            const MINUS_ONE: Self = -1;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn is_negative(self) -> bool {
                self < 0
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn negated(self) -> i32 {
                i32::try_from(self.wrapping_neg()).unwrap_or(i32::MAX)
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn is_zero(self) -> bool {
                self == 0
            }
        }
    )*};
}
status!(i8 i16 i32 i64 isize);

macro_rules! unsigned_status {
    ($($t:ty)*) => {$(
        impl sealed::Sealed for $t {}
        impl Status for $t {
            // C compares with `(type)-1`.
            const MINUS_ONE: Self = <$t>::MAX;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn is_negative(self) -> bool {
                false
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn negated(self) -> i32 {
                0
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn is_zero(self) -> bool {
                self == 0
            }
        }
    )*};
}
unsigned_status!(u8 u16 u32 u64 usize);

/// `err = minus_one`: -1 is a failure, and `errno` holds the error.
///
/// # Errors
///
/// The current `errno`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn minus_one<R: MinusOne>(ret: R) -> Result<R> {
    if ret.is_minus_one() { Err(last()) } else { Ok(ret) }
}

/// `err = minus_one` for a count (`ssize_t`): a negative value is a failure, and `errno` holds the error.
///
/// # Errors
///
/// The current `errno`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn minus_one_count<R: Count>(ret: R) -> Result<usize> {
    if ret.is_negative() { Err(last()) } else { Ok(ret.count()) }
}

/// `err = nonzero`: any value but 0 is a failure, and `errno` holds the error.
///
/// # Errors
///
/// The current `errno`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn nonzero<R: Status>(ret: R) -> Result<()> {
    if ret.is_zero() { Ok(()) } else { Err(last()) }
}

/// `err = negative_errno`: a negative value is the negated `errno`.
///
/// # Errors
///
/// The returned `errno`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn negative_errno<R: Status>(ret: R) -> Result<R> {
    if ret.is_negative() { Err(from_errno(ret.negated())) } else { Ok(ret) }
}

/// `err = negative_errno` for a count (`ssize_t`).
///
/// # Errors
///
/// The returned `errno`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn negative_errno_count<R: Count>(ret: R) -> Result<usize> {
    if ret.is_negative() { Err(from_errno(ret.negated())) } else { Ok(ret.count()) }
}

/// `err = returned_errno`: any value but 0 is the `errno`.
///
/// # Errors
///
/// The returned `errno`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn returned_errno<R: Number>(ret: R) -> Result<()> {
    match ret.number() {
        0 => Ok(()),
        errno => Err(from_errno(errno)),
    }
}

/// A return value that is itself an `errno`. Sealed, as [`Status`] is.
#[diagnostic::on_unimplemented(
    message = "a function that returns `{Self}` returns no `errno`",
    label = "not a `c_int`",
    note = "`err = returned_errno` is for a function that returns a `c_int`, as the pthread functions do"
)]
#[doc(hidden)]
pub trait Number: sealed::Sealed {
    /// Returns the value.
    fn number(self) -> i32;
}

impl Number for i32 {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn number(self) -> i32 {
        self
    }
}

/// A returned pointer.
#[doc(hidden)]
pub trait Address {
    /// The type of the value behind the pointer.
    type Pointee;
    /// Returns the pointer, unless it is null.
    fn non_null(self) -> Option<NonNull<Self::Pointee>>;
}

impl<T> Address for *mut T {
    type Pointee = T;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn non_null(self) -> Option<NonNull<T>> {
        NonNull::new(self)
    }
}

impl<T> Address for *const T {
    type Pointee = T;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn non_null(self) -> Option<NonNull<T>> {
        NonNull::new(self.cast_mut())
    }
}

/// `err = null`: NULL is a failure, and `errno` holds the error.
///
/// # Errors
///
/// The current `errno`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn null<P: Address>(ret: P) -> Result<NonNull<P::Pointee>> {
    ret.non_null().ok_or_else(last)
}
