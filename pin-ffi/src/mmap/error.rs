//! What can be wrong with an offset, a length, a range or a file before the kernel is asked.

use core::fmt;
use std::io;

/// A range that is not inside the mapping, region or view that it was meant for. Bytes, all of it.
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
    /// Its first byte; `None` if that is past the last `usize`.
    pub(super) start: Option<usize>,
    /// The byte behind its last one; `None` if that is past the last `usize`.
    pub(super) end: Option<usize>,
    /// How many bytes there are.
    pub(super) len: usize,
}

impl RangeError {
    /// How many bytes there are to choose from.
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
    /// [`InvalidInput`](io::ErrorKind::InvalidInput).
    #[cold]
    fn from(error: RangeError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

/// Why something was refused without asking the kernel.
///
/// It comes inside an [`io::Error`]: `error.get_ref()` leads to it. What the kernel refuses has its `errno` instead.
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
    /// Anonymous memory needs a length.
    NoLength,
    /// The file has no size of its own: a character device, a pipe, a file of `/proc` or another that says it has 0 bytes
    /// and is not empty. A length must be given; if the kernel has no mapping of the file either, it can only be read.
    NoSize,
    /// The window ends behind the file's last byte.
    PastEnd {
        /// The window's first byte in the file.
        offset: u64,
        /// The window's length in bytes; `None` if it was to be taken from the file.
        len: Option<usize>,
        /// The file's size in bytes.
        size: u64,
    },
    /// The window is larger than the address space allows, or ends behind the last offset that a file can have.
    TooLong {
        /// The window's first byte in the file.
        offset: u64,
        /// The window's length in bytes.
        len: u64,
    },
    /// An option that this kernel, platform or kind of mapping does not have.
    Unsupported(&'static str),
    /// The file is not a memfd sealed as this constructor asks.
    NotSealed {
        /// The seals that are missing, by their C names; all that are asked for, if it is no memfd.
        missing: &'static str,
    },
    /// Somebody else has resized the memfd between its making and its sealing.
    Resized {
        /// How many bytes were written.
        len: u64,
        /// How many there are.
        size: u64,
    },
    /// The mapping was made read-only over a shared file: making it writable would write to the file.
    MadeReadOnly,
    /// Nothing is mapped, so that there is nothing to grow.
    Empty,
    /// The page at this byte of the mapping cannot be read or written: the file was truncated, or its storage failed.
    Gone {
        /// The first byte that could not be copied, counted from the start of the mapping or region.
        at: usize,
    },
    /// A typed view whose first byte is not aligned for the type.
    Misaligned {
        /// What the type asks for, in bytes.
        align: usize,
    },
    /// A typed view whose length is not a whole number of elements.
    Ragged {
        /// The length in bytes.
        len: usize,
        /// One element's size in bytes.
        size: usize,
    },
    /// A NUMA node that is not there, or whose memory this process may not use; or none at all. Bit 0 is node 0.
    NoNode {
        /// What was asked for.
        nodes: u64,
        /// What there is.
        allowed: u64,
    },
    /// The memory does not hold the whole pages that the window needs.
    NoRoom {
        /// How many bytes the window needs, from a page boundary on.
        needed: usize,
        /// How many bytes of whole pages there are.
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

/// A change that the kernel, or this crate, refused; the mapping comes back with the reason.
///
/// `?` turns it into the [`io::Error`] alone, and unmaps.
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
    /// The mapping, as it was.
    pub mapping: M,
    /// Why it was refused.
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
