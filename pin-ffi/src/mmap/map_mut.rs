//! [`MmapMut`]: mapped bytes to read and write.

use super::error::Denied;
use super::mapping::{Mapping, Window};
use super::methods::{flush_methods, lossy_methods, page_methods};
use super::{Mmap, MmapOptions, MmapRaw, Mode};
use crate::lend::{Exclusive, Lend, Lent};
use core::fmt;
use core::ops::{Deref, DerefMut};
use std::io;
use std::os::fd::AsFd;

/// Mapped bytes that can be read and written: a `&mut [u8]` that unmaps itself.
///
/// Made by [`MmapOptions`]. What is written to a shared mapping of a file reaches the file in the end, and by
/// [`flush`](Self::flush) for certain, with errors told. Lend it to C as it is: it is a [`Lend`]. To write from several
/// places at once, turn it into a [`RegionMut`](super::RegionMut) and split that, or into an
/// [`AtomicRegion`](super::AtomicRegion).
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::MmapMut;
///
/// let mut map = MmapMut::anon(1 << 16)?;
/// map[..4].copy_from_slice(b"page");
/// assert_eq!(&map[..5], b"page\0");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct MmapMut {
    /// Writable: `mapping.writable` holds.
    mapping: Mapping,
}

impl MmapMut {
    /// Maps a whole file for reading and writing; see [`MmapOptions::map_mut`].
    ///
    /// # Errors
    ///
    /// As [`MmapOptions::map_mut`].
    ///
    /// # Safety
    ///
    /// As [`MmapOptions::map_mut`].
    pub unsafe fn map_mut(file: impl AsFd) -> io::Result<Self> {
        // SAFETY: the caller's promise.
        unsafe { MmapOptions::new().map_mut(file) }
    }

    /// Maps `len` bytes of zeroed memory; see [`MmapOptions::map_anon`].
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn anon(len: usize) -> io::Result<Self> {
        MmapOptions::new().len(len).map_anon()
    }

    pub(super) fn from_mapping(mapping: Mapping) -> Self {
        debug_assert!(mapping.writable);
        Self { mapping }
    }

    pub(super) fn into_mapping(self) -> Mapping {
        self.mapping
    }

    pub(super) fn window(&self) -> Window<'_> {
        Window { mapping: &self.mapping, range: 0..self.mapping.len }
    }

    /// What it was made for.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mapping.mode
    }

    /// Makes it read-only. `mprotect(2)`; [`Mmap::make_mut`] undoes it.
    ///
    /// # Errors
    ///
    /// The kernel's; the mapping comes back with it.
    pub fn make_read_only(mut self) -> Result<Mmap, Denied<Self>> {
        // SAFETY: `self` is here by value: nothing borrows it for writing.
        match unsafe { self.mapping.protect(false, false) } {
            Ok(()) => Ok(Mmap::from_mapping(self.mapping)),
            Err(error) => Err(Denied { mapping: self, error }),
        }
    }

    /// Makes it executable, and no longer writable. `mprotect(2)`.
    ///
    /// On a processor whose instruction cache does not follow memory (all but x86), clear it before running the code.
    ///
    /// # Errors
    ///
    /// The kernel's; the mapping comes back with it.
    pub fn make_exec(mut self) -> Result<Mmap, Denied<Self>> {
        // SAFETY: `self` is here by value: nothing borrows it for writing.
        match unsafe { self.mapping.protect(false, true) } {
            Ok(()) => Ok(Mmap::from_mapping(self.mapping)),
            Err(error) => Err(Denied { mapping: self, error }),
        }
    }

    /// Changes its length in bytes, moving it if need be and `may_move`. `mremap(2)`; Linux.
    ///
    /// It may become shorter always, and longer if it is memory of this process's own
    /// ([`map_anon`](MmapOptions::map_anon)): the new bytes are 0.
    ///
    /// The kernel makes no mapping longer whose parts differ: where only a part was locked, or advised in a way that it
    /// keeps (`DontFork`, `HugePage` and the like), that fails with `EFAULT`.
    ///
    /// # Errors
    ///
    /// [`MapError`](super::MapError) if it must not grow, and the kernel's; nothing has changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use pin_ffi::mmap::MmapMut;
    ///
    /// let mut map = MmapMut::anon(10)?;
    /// map[9] = 9;
    /// map.resize(1 << 20, true)?;
    /// assert_eq!((map.len(), map[9], map[10]), (1 << 20, 9, 0));
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(target_os = "linux")]
    pub fn resize(&mut self, len: usize, may_move: bool) -> io::Result<()> {
        self.mapping.resize(len, may_move)
    }

    /// Changes its length in bytes, also of a file's. `mremap(2)`; Linux.
    ///
    /// # Errors
    ///
    /// As [`resize`](Self::resize).
    ///
    /// # Safety
    ///
    /// As [`MmapOptions::map_mut`], for the new length: the file has these bytes.
    #[cfg(target_os = "linux")]
    pub unsafe fn remap(&mut self, len: usize, may_move: bool) -> io::Result<()> {
        // SAFETY: `&mut self`: nobody holds an address in it; the file, by the caller's promise.
        unsafe { self.mapping.remap(len, may_move) }
    }
}

page_methods!([] MmapMut, "let map = pin_ffi::mmap::MmapMut::anon(4096)?;");
flush_methods!([] MmapMut, "let map = pin_ffi::mmap::MmapMut::anon(4096)?;");
lossy_methods!([] MmapMut, [mut]);

impl Deref for MmapMut {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        self.mapping.bytes()
    }
}

impl DerefMut for MmapMut {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: writable (type invariant), and `&mut self`: nobody else reaches it.
        unsafe { self.mapping.bytes_mut() }
    }
}

impl AsRef<[u8]> for MmapMut {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl AsMut<[u8]> for MmapMut {
    #[inline]
    fn as_mut(&mut self) -> &mut [u8] {
        self
    }
}

impl fmt::Debug for MmapMut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::describe(f, "MmapMut", &self.window())
    }
}

impl From<MmapMut> for MmapRaw {
    fn from(map: MmapMut) -> Self {
        Self::from_mapping(map.into_mapping())
    }
}

// SAFETY: mapped pages stay where they are while the value is borrowed or moved; they are writable, and nobody else
// reaches them, by the rules of borrowing and by what their maker promised.
unsafe impl Lend for MmapMut {
    type Elem = u8;
    type Access = Exclusive;
    #[inline(always)]
    fn lend(&self) -> Lent<u8> {
        Lent { ptr: self.mapping.ptr.as_ptr(), len: self.mapping.len }
    }
    #[inline(always)]
    fn lend_mut(&mut self) -> Lent<u8> {
        self.lend()
    }
}
