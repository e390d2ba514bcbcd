//! [`MmapMut`]: writable mapped bytes.

use super::error::Denied;
use super::mapping::{Mapping, Window};
use super::methods::{flush_methods, lossy_methods, page_methods};
use super::{Mmap, MmapOptions, MmapRaw, Mode};
use crate::lend::{Exclusive, Lend, Lent};
use core::fmt;
use core::ops::{Deref, DerefMut};
use std::io;
use std::os::fd::AsFd;

/// Mapped bytes that can be read and written. It dereferences to a `&mut [u8]` and unmaps the memory when dropped.
///
/// [`MmapOptions`] makes it. The kernel writes changes in a shared mapping to the file at some point;
/// [`flush`](Self::flush) does so now and returns an error if that fails. It implements [`Lend`], so that you can lend
/// it to C directly. To write from several threads at the same time, turn it into a [`RegionMut`](super::RegionMut) and
/// split that, or into an [`AtomicRegion`](super::AtomicRegion).
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
    /// Invariant: `mapping.writable` is true.
    mapping: Mapping,
}

impl MmapMut {
    /// Maps a whole file for reading and writing; see [`MmapOptions::map_mut`].
    ///
    /// # Errors
    ///
    /// As for [`MmapOptions::map_mut`].
    ///
    /// # Safety
    ///
    /// As for [`MmapOptions::map_mut`].
    pub unsafe fn map_mut(file: impl AsFd) -> io::Result<Self> {
        // SAFETY: this function has the same contract as `MmapOptions::map_mut`.
        unsafe { MmapOptions::new().map_mut(file) }
    }

    /// Maps `len` bytes of zeroed memory; see [`MmapOptions::map_anon`].
    ///
    /// # Errors
    ///
    /// The error of the kernel if there is no memory.
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

    /// Returns the mode that the mapping was made with.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mapping.mode
    }

    /// Makes the mapping read-only. `mprotect(2)`; [`Mmap::make_mut`] undoes it.
    ///
    /// # Errors
    ///
    /// The error of the kernel, together with the mapping.
    pub fn make_read_only(mut self) -> Result<Mmap, Denied<Self>> {
        // SAFETY: `self` is passed by value, so that nothing borrows the pages.
        match unsafe { self.mapping.protect(false, false) } {
            Ok(()) => Ok(Mmap::from_mapping(self.mapping)),
            Err(error) => Err(Denied { mapping: self, error }),
        }
    }

    /// Makes the mapping executable, and no longer writable. `mprotect(2)`.
    ///
    /// On a processor whose instruction cache is not coherent with memory (all but x86), clear it before you run the
    /// code.
    ///
    /// # Errors
    ///
    /// The error of the kernel, together with the mapping.
    pub fn make_exec(mut self) -> Result<Mmap, Denied<Self>> {
        // SAFETY: `self` is passed by value, so that nothing borrows the pages.
        match unsafe { self.mapping.protect(false, true) } {
            Ok(()) => Ok(Mmap::from_mapping(self.mapping)),
            Err(error) => Err(Denied { mapping: self, error }),
        }
    }

    /// Changes the length to `len` bytes, and moves the mapping if that is necessary and `may_move` is true.
    /// `mremap(2)`; Linux only.
    ///
    /// Every mapping can become shorter. Only private memory ([`map_anon`](MmapOptions::map_anon)) can become longer;
    /// the new bytes are 0.
    ///
    /// The kernel does not make a mapping longer if its pages have different settings. If only a part was locked, or
    /// was given advice that the kernel stores (such as `DontFork` or `HugePage`), growing fails with `EFAULT`.
    ///
    /// # Errors
    ///
    /// [`MapError`](super::MapError) if the mapping must not grow, or the error of the kernel. The mapping is then
    /// unchanged.
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

    /// Changes the length to `len` bytes, also if a file is mapped. `mremap(2)`; Linux only.
    ///
    /// # Errors
    ///
    /// As for [`resize`](Self::resize).
    ///
    /// # Safety
    ///
    /// As for [`MmapOptions::map_mut`], for the new length. The file must be at least that long.
    #[cfg(target_os = "linux")]
    pub unsafe fn remap(&mut self, len: usize, may_move: bool) -> io::Result<()> {
        // SAFETY: nothing borrows the pages, because of `&mut self`; the caller guarantees that the file has `len`
        // bytes.
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
        // SAFETY: the pages are writable (field invariant), and `&mut self` makes the access exclusive.
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

// SAFETY: mapped pages keep their address while the value is borrowed or moved. They are writable (field invariant).
// Nothing else in safe code accesses them while the value is borrowed, and for a file the caller of the `unsafe`
// constructor guarantees that nobody changes it.
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
