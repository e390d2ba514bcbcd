//! Errors in an offset, a length, a range or a file that are found without a failing system call.

use core::fmt;
use std::io;

/// A range that is out of bounds of a mapping, region or view. All numbers are in bytes.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::MmapMut;
///
/// let map = MmapMut::anon(10)?;
/// let error = map.flush_range(4..11).unwrap_err();
/// assert_eq!(error.to_string(), "range 4..11 is not inside the 10 bytes that are there");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeError {
    /// The first byte of the range; `None` if that is greater than `usize::MAX`.
    pub(super) start: Option<usize>,
    /// The end of the range, exclusive; `None` if that is greater than `usize::MAX`.
    pub(super) end: Option<usize>,
    /// The number of bytes available.
    pub(super) len: usize,
}

impl RangeError {
    /// Returns the number of bytes that the range could have used.
    #[must_use]
    pub const fn available(&self) -> usize {
        self.len
    }
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.start, self.end) {
            (Some(start), Some(end)) if start > end => write!(f, "range {start}..{end} ends before it starts"),
            (Some(start), Some(end)) => {
                write!(f, "range {start}..{end} is not inside the {} bytes that are there", self.len)
            }
            _ => write!(f, "range reaches past the last address; there are {} bytes", self.len),
        }
    }
}

impl core::error::Error for RangeError {}

impl From<RangeError> for io::Error {
    /// Wraps the error in one of kind [`InvalidInput`](io::ErrorKind::InvalidInput).
    #[cold]
    fn from(error: RangeError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

/// The reason why this crate refused a request itself.
///
/// It is wrapped in an [`io::Error`]; `error.get_ref()` returns it. An error of the kernel has an `errno` instead.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MapError, MmapOptions};
///
/// let error = MmapOptions::new().map_anon().unwrap_err();
/// let reason = error.get_ref().and_then(|e| e.downcast_ref::<MapError>());
/// assert_eq!(reason, Some(&MapError::NoLength));
/// assert_eq!(error.to_string(), "a length must be given: there is no file to take it from");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MapError {
    /// Anonymous memory was requested without a length.
    NoLength,
    /// The file has no known size: it is a character device, a pipe, or a file, such as those in `/proc`, that reports
    /// 0 bytes but is not empty. Give a length; if the kernel cannot map the file even then, read it instead.
    NoSize,
    /// The window ends past the end of the file.
    PastEnd {
        /// The offset of the window in the file, in bytes.
        offset: u64,
        /// The length of the window in bytes; `None` if it was to be taken from the file.
        len: Option<usize>,
        /// The size of the file in bytes.
        size: u64,
    },
    /// The window is larger than the address space allows, or ends past the greatest offset that a file can have.
    TooLong {
        /// The offset of the window in the file, in bytes.
        offset: u64,
        /// The length of the window in bytes.
        len: u64,
    },
    /// This kernel, platform or kind of mapping does not support an option.
    Unsupported(&'static str),
    /// The file is not a memfd with the seals that this constructor needs.
    NotSealed {
        /// The C names of the missing seals; all required seals if the file is not a memfd.
        missing: &'static str,
    },
    /// Somebody else resized the memfd before it was sealed.
    Resized {
        /// The number of bytes written.
        len: u64,
        /// The size of the memfd in bytes.
        size: u64,
    },
    /// The mapping was made read-only over a shared file: making it writable would write to the file.
    MadeReadOnly,
    /// An empty mapping cannot grow, because nothing is mapped.
    Empty,
    /// The page at this byte of the mapping cannot be read or written: the file was truncated, or its storage failed.
    Gone {
        /// The offset in the mapping or region of the first byte that could not be copied.
        at: usize,
    },
    /// The first byte of a typed view is not aligned for the type.
    Misaligned {
        /// The required alignment in bytes.
        align: usize,
    },
    /// The length of a typed view is not a multiple of the element size.
    Ragged {
        /// The length in bytes.
        len: usize,
        /// The size of one element in bytes.
        size: usize,
    },
    /// A requested NUMA node does not exist, or this process may not use its memory; or no node was requested. Bit 0 is
    /// node 0.
    NoNode {
        /// The requested nodes.
        nodes: u64,
        /// The nodes that this process may use.
        allowed: u64,
    },
    /// The memory does not contain as many whole pages as the window needs.
    NoRoom {
        /// The number of bytes that the window needs, from a page boundary on.
        needed: usize,
        /// The number of bytes in the whole pages of the memory.
        available: usize,
    },
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoLength => f.write_str("a length must be given: there is no file to take it from"),
            Self::NoSize => f.write_str("the file does not know its size: give a length, or read it instead"),
            Self::PastEnd { offset, len: Some(len), size } => {
                write!(f, "{len} bytes from offset {offset} end past the file's {size} bytes")
            }
            Self::PastEnd { offset, len: None, size } => write!(f, "offset {offset} is past the file's {size} bytes"),
            Self::TooLong { offset, len } => write!(f, "{len} bytes from offset {offset} are more than can be mapped"),
            Self::Unsupported(what) => write!(f, "{what} is not supported here"),
            Self::NotSealed { missing } => write!(f, "the file is not a memfd sealed with {missing}"),
            Self::Resized { len, size } => {
                write!(f, "the memfd was resized by others before it was sealed: {size} bytes instead of {len}")
            }
            Self::MadeReadOnly => f.write_str("the mapping was made read-only: writing to it would write to the file"),
            Self::Empty => f.write_str("nothing is mapped that could grow"),
            Self::Gone { at } => {
                write!(f, "byte {at} of the mapping is gone: the file was truncated, or its storage failed")
            }
            Self::Misaligned { align } => write!(f, "the first byte is not aligned to {align}"),
            Self::Ragged { len, size } => write!(f, "{len} bytes are not a whole number of elements of {size} bytes"),
            Self::NoNode { nodes, allowed } => {
                write!(f, "the NUMA nodes {nodes:#b} are not all among those of this process, {allowed:#b}")
            }
            Self::NoRoom { needed, available } => {
                write!(f, "the window needs {needed} bytes of whole pages, and the memory has {available}")
            }
        }
    }
}

impl core::error::Error for MapError {}

impl From<MapError> for io::Error {
    #[cold]
    fn from(error: MapError) -> Self {
        let kind = match error {
            MapError::Unsupported(_) => io::ErrorKind::Unsupported,
            MapError::NotSealed { .. } | MapError::MadeReadOnly => io::ErrorKind::PermissionDenied,
            MapError::Gone { .. } => io::ErrorKind::UnexpectedEof,
            _ => io::ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}

/// The error of a change that the kernel or this crate refused. It contains the mapping.
///
/// `?` converts it to the [`io::Error`], and unmaps the mapping.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{Denied, MmapOptions};
///
/// let file = std::fs::File::open("/proc/self/exe")?;
/// // SAFETY: nobody changes the program file while it runs.
/// let map = unsafe { MmapOptions::new().map(&file)? };
/// let Denied { mapping, error } = map.make_mut().unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
/// assert_eq!(&mapping[1..4], b"ELF");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Denied<M> {
    /// The unchanged mapping.
    pub mapping: M,
    /// The reason of the refusal.
    pub error: io::Error,
}

impl<M> fmt::Display for Denied<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<M: fmt::Debug> core::error::Error for Denied<M> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl<M> From<Denied<M>> for io::Error {
    fn from(denied: Denied<M>) -> Self {
        denied.error
    }
}
