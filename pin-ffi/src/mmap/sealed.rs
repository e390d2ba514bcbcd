//! [`SealedMemfd`]: a memfd whose seals and size are known. Linux only.

use super::mapping::Backing;
use super::memfd::{GROW, SHRINK, WRITE, check_seals};
use super::{Atomic, AtomicRegion, Mmap, MmapMut, MmapOptions, Mode, os};
use core::fmt;
use libc::c_int;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A memfd that nobody can shrink, with its known seals and size.
///
/// The safe constructors of [`MmapOptions`] ask the kernel for seals and size each time, because they get any
/// descriptor. Seals are permanent, and a memfd that cannot shrink keeps at least its present size. So this type asks
/// once and then maps windows by `mmap(2)` alone, and still checks their ends.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MemfdOptions, MmapOptions, SealedMemfd};
///
/// let memfd = SealedMemfd::new(MemfdOptions::new(c"greetings").sealed(b"hello, world")?)?;
/// let word = memfd.map(MmapOptions::new().offset(7).len(5))?;
/// assert_eq!(&word[..], b"world");
/// let error = memfd.map(MmapOptions::new().offset(7).len(6)).unwrap_err();
/// assert_eq!(error.to_string(), "6 bytes from offset 7 end past the file's 12 bytes");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct SealedMemfd {
    /// Invariant: sealed with `seals`, which include `F_SEAL_SHRINK`. It is owned, so that the descriptor keeps
    /// referring to this memfd.
    fd: OwnedFd,
    seals: c_int,
    /// Invariant: the result of an `fstat` made when the memfd could no longer shrink. Its size is the minimum; if the
    /// memfd is also sealed against growing, it is the exact size.
    status: os::Status,
}

impl SealedMemfd {
    /// Reads the seals, then the size.
    ///
    /// # Errors
    ///
    /// [`MapError::NotSealed`](super::MapError::NotSealed) without `F_SEAL_SHRINK`, or if the descriptor is not a
    /// memfd; otherwise the error of the kernel. The descriptor is closed on an error.
    pub fn new(memfd: impl Into<OwnedFd>) -> io::Result<Self> {
        let fd = memfd.into();
        let seals = check_seals(fd.as_fd(), SHRINK)?;
        let status = os::status(fd.as_fd())?;
        Ok(Self { fd, seals, status })
    }

    /// Returns the size in bytes that was found by [`new`](Self::new). The memfd may have grown since, unless it is
    /// sealed against that.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.status.size.unwrap_or(0)
    }

    /// Maps a window of the memfd for reading, like [`MmapOptions::map_sealed`].
    ///
    /// # Errors
    ///
    /// As for [`MmapOptions::map_sealed`].
    pub fn map(&self, window: MmapOptions) -> io::Result<Mmap> {
        self.check_unwritable()?;
        window.read_sealed(self.as_fd(), self.place(window)?)
    }

    /// Maps a window of the memfd copy-on-write, like [`MmapOptions::map_sealed_copy`].
    ///
    /// # Errors
    ///
    /// As for [`MmapOptions::map_sealed`].
    pub fn map_copy(&self, window: MmapOptions) -> io::Result<MmapMut> {
        self.check_unwritable()?;
        let place = self.place(window)?;
        Ok(MmapMut::from_mapping(window.window_at(self.as_fd(), Mode::CopyOnWrite, Backing::Sealed, place)?))
    }

    /// Maps a window of the memfd as atomics that are shared with other processes, like [`MmapOptions::map_atomic`].
    ///
    /// # Errors
    ///
    /// As for [`MmapOptions::map_atomic`].
    ///
    /// # Examples
    ///
    /// ```
    /// use core::sync::atomic::{AtomicU32, Ordering};
    /// use pin_ffi::mmap::{MemfdOptions, MmapOptions, SealedMemfd};
    ///
    /// let memfd = SealedMemfd::new(MemfdOptions::new(c"flags").shared(64)?)?;
    /// let first = memfd.map_atomic::<AtomicU32>(MmapOptions::new().len(4))?;
    /// first[0].store(1, Ordering::Release);
    /// assert_eq!(memfd.map_atomic::<AtomicU32>(MmapOptions::new())?[0].load(Ordering::Acquire), 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn map_atomic<A: Atomic>(&self, window: MmapOptions) -> io::Result<AtomicRegion<A>> {
        let place = self.place(window)?;
        AtomicRegion::from_mapping(window.window_at(self.as_fd(), Mode::ReadWrite, Backing::Atomics, place)?)
    }

    /// Checks that the memfd is sealed against writing. It may have been sealed after `new`.
    fn check_unwritable(&self) -> io::Result<()> {
        if self.seals & WRITE == 0 {
            check_seals(self.as_fd(), WRITE | SHRINK)?;
        }
        Ok(())
    }

    /// Returns the length of the window and the size of its pages. The window is checked against the known size if that
    /// is sufficient, and otherwise against the current size.
    fn place(&self, window: MmapOptions) -> io::Result<(usize, usize)> {
        let window = window.checked_end();
        let known = window.place_in(&self.status);
        let for_certain = self.seals & GROW != 0 || (known.is_ok() && window.has_len());
        if for_certain { known } else { window.place_in(&os::status(self.as_fd())?) }
    }
}

impl AsFd for SealedMemfd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl From<SealedMemfd> for OwnedFd {
    fn from(memfd: SealedMemfd) -> Self {
        memfd.fd
    }
}

impl fmt::Debug for SealedMemfd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedMemfd").field("fd", &self.fd).field("size", &self.size()).finish_non_exhaustive()
    }
}
