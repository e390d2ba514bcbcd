//! Why a value could not be lent, or a result not be taken.

use core::fmt;

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
pub struct LendError {
    field: &'static Field,
    reason: Reason,
    index: Option<usize>,
    value: i128,
    limit: i128,
}

/// What comes of a step that may be refused.
pub type LendResult<T> = Result<T, LendError>;

impl LendError {
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

impl fmt::Display for LendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Field { item, field, c } = self.field;
        write!(f, "`{item}")?;
        if let Some(index) = self.index {
            write!(f, "[{index}]")?;
        }
        write!(f, ".{field}`: ")?;
        let (value, limit) = (self.value, self.limit);
        match self.reason {
            Reason::TooLong if value < 0 => write!(f, "{value} in `{c}` is no length"),
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

impl fmt::Debug for LendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LendError({self})")
    }
}

impl core::error::Error for LendError {}

#[cfg(feature = "std")]
impl From<LendError> for std::io::Error {
    /// `InvalidInput`, or `InvalidData` where what C left does not fit; `OutOfMemory` where there is none.
    #[cold]
    fn from(error: LendError) -> Self {
        let kind = match error.reason {
            Reason::Overrun | Reason::WrittenOutOfRange => std::io::ErrorKind::InvalidData,
            Reason::NoMemory => std::io::ErrorKind::OutOfMemory,
            _ => std::io::ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}
