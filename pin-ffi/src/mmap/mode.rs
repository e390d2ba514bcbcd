//! [`Mode`]: the kind of access to a mapping; and [`Huge`]: the size of its pages.

use std::io;

/// The kind of access that a mapping of a file allows. These are the four modes of Go's mmf.
///
/// | mode | reads | writes | the file | descriptor |
/// |---|---|---|---|---|
/// | `ReadOnly` | yes | no | shared | readable |
/// | `ReadPrivate` | yes | no | private: later changes to the file may or may not be visible | readable |
/// | `ReadWrite` | yes | yes | written | readable and writable |
/// | `CopyOnWrite` | yes | yes | not written: a page is copied at its first write | readable |
///
/// Permission to execute is separate: see [`MmapOptions::exec`](super::MmapOptions::exec).
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{Mode, MmapOptions};
///
/// let file = std::fs::File::open("/proc/self/exe")?; // open for reading
/// let map = MmapOptions::new().len(64).map_raw(&file, Mode::CopyOnWrite)?;
/// assert_eq!((map.mode(), map.len()), (Mode::CopyOnWrite, 64));
/// assert!(MmapOptions::new().map_raw(&file, Mode::ReadWrite).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `PROT_READ`, `MAP_SHARED`.
    ReadOnly,
    /// `PROT_READ`, `MAP_PRIVATE`.
    ReadPrivate,
    /// `PROT_READ | PROT_WRITE`, `MAP_SHARED`.
    ReadWrite,
    /// `PROT_READ | PROT_WRITE`, `MAP_PRIVATE`.
    CopyOnWrite,
}

impl Mode {
    /// Returns whether the mapping can be written to.
    #[must_use]
    pub const fn is_writable(self) -> bool {
        matches!(self, Self::ReadWrite | Self::CopyOnWrite)
    }

    /// Returns whether the mapping shares its pages with the file.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        matches!(self, Self::ReadOnly | Self::ReadWrite)
    }

    pub(super) const fn flags(self) -> libc::c_int {
        if self.is_shared() { libc::MAP_SHARED } else { libc::MAP_PRIVATE }
    }
}

/// The size of huge pages, for [`MmapOptions::huge`](super::MmapOptions::huge) and
/// [`MemfdOptions::huge`](super::MemfdOptions::huge). Linux only; see `hugetlbpage` in the kernel's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Huge {
    /// The kernel's default size (`Hugepagesize` in `/proc/meminfo`).
    Default,
    /// 2 MiB.
    Size2Mib,
    /// 1 GiB.
    Size1Gib,
    /// 2 to this power, in bytes.
    Log2(u8),
}

impl Huge {
    /// The base-2 logarithm of the size, or 0 for the default size, as the bits at `MAP_HUGE_SHIFT` encode it.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(super) const fn log2(self) -> u8 {
        match self {
            Self::Default => 0,
            Self::Size2Mib => 21,
            Self::Size1Gib => 30,
            Self::Log2(log2) => log2,
        }
    }

    /// Returns the size of one page in bytes.
    ///
    /// # Errors
    ///
    /// [`MapError::Unsupported`](super::MapError::Unsupported) if the kernel names no default size, or if no page can
    /// have this size.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::Huge;
    ///
    /// assert_eq!(Huge::Log2(21).bytes()?, Huge::Size2Mib.bytes()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bytes(self) -> io::Result<usize> {
        match self.log2() {
            0 => super::os::default_huge_page_size(),
            log2 if (12..usize::BITS as u8 - 1).contains(&log2) && log2 < 64 => Ok(1 << log2),
            _ => Err(super::MapError::Unsupported("a huge page of this size").into()),
        }
    }
}
