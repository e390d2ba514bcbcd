//! Errors of lending a value, and of taking over a result.

use core::fmt;

/// The origin of an error: the struct or function, its field or parameter, and the corresponding C field or parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The struct or function.
    pub item: &'static str,
    /// Its field or parameter.
    pub field: &'static str,
    /// The C field or parameter.
    pub c: &'static str,
}

/// The reason why a value could not be lent, or why what C reported was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The length does not fit in the type of the C field.
    TooLong,
    /// The length is greater than `max`.
    OverMax,
    /// Another buffer shares the length field and has a different length.
    Disagree,
    /// A plain value does not fit in the type of the C field.
    OutOfRange,
    /// The value that C wrote does not fit in the type of the Rust field.
    WrittenOutOfRange,
    /// C reported more than the buffer holds, or a negative length.
    Overrun,
    /// The call needs a longer buffer.
    TooShort,
    /// There is no memory for nested C structs.
    NoMemory,
    /// Too many arrays in structs of other arrays, each inside the one before.
    TooDeep,
}

/// The error of a value that could not be lent to C, or of an invalid report by C.
///
/// If it is returned before the call, nothing was lent, and buffers and C memory are unchanged. With
/// [`Reason::Overrun`], or [`Reason::WrittenOutOfRange`] for an `out` field, the call was made, and no length was taken
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

/// The result of an operation that can fail with a [`LendError`].
pub type LendResult<T> = Result<T, LendError>;

impl LendError {
    /// Creates an error for `field`.
    // This is inlined, and only the handling of errors is out of line. If an outlined function returned the `Result`,
    // the compiler would not know that it is an `Err`, and would keep everything that the call needs alive across it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn new(field: &'static Field, reason: Reason, value: i128, limit: i128) -> Self {
        Self { field, reason, index: None, value, limit }
    }

    /// Adds the index of an array element to the error. If it already has an index, that one is kept.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn at(mut self, index: usize) -> Self {
        if self.index.is_none() {
            self.index = Some(index);
        }
        self
    }

    /// Returns the field or parameter that the error is about.
    #[must_use]
    pub const fn field(&self) -> &'static Field {
        self.field
    }

    /// Returns the reason.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// Returns the index of the element, if the field belongs to an element of an array.
    #[must_use]
    pub const fn index(&self) -> Option<usize> {
        self.index
    }

    /// Returns the value that was refused.
    #[must_use]
    pub const fn value(&self) -> i128 {
        self.value
    }

    /// Returns the limit, or for [`Reason::Disagree`] the other length.
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
            Reason::TooDeep => {
                write!(f, "its array is level {value} of arrays inside one another, and at most {limit} can be lent")
            }
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
    /// Wraps the error. The kind is `InvalidData` if what C wrote is invalid, `OutOfMemory` for [`Reason::NoMemory`],
    /// and otherwise `InvalidInput`.
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
