//! [`Mmap`]: read-only mapped bytes.

use super::error::{Denied, MapError};
use super::mapping::{Backing, Mapping, Window};
use super::methods::page_methods;
use super::{MmapMut, MmapOptions, MmapRaw, Mode};
use crate::lend::{Lend, Lent, Shared};
use core::fmt;
use core::ops::Deref;
use std::io;
use std::os::fd::AsFd;

/// Mapped bytes that can be read. It dereferences to a `&[u8]` and unmaps the memory when dropped.
///
/// [`MmapOptions`] makes it, or an [`MmapMut`] turns into it. The bytes keep their address when the value is moved, and
/// the file can be closed. It implements [`Lend`], so that you can lend it to C directly. For shared ownership and
/// owned sub-ranges, turn it into a [`Region`](super::Region).
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::MmapMut;
///
/// let mut map = MmapMut::anon(5)?;
/// map.copy_from_slice(b"hello");
/// let map = map.make_read_only()?;
/// assert_eq!(&map[1..4], b"ell");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Mmap {
    mapping: Mapping,
}

impl Mmap {
    /// Maps a whole file for reading; see [`MmapOptions::map`].
    ///
    /// # Errors
    ///
    /// As for [`MmapOptions::map`].
    ///
    /// # Safety
    ///
    /// As for [`MmapOptions::map`].
    pub unsafe fn map(file: impl AsFd) -> io::Result<Self> {
        // SAFETY: this function has the same contract as `MmapOptions::map`.
        unsafe { MmapOptions::new().map(file) }
    }

    pub(super) const fn from_mapping(mapping: Mapping) -> Self {
        Self { mapping }
    }

    pub(super) fn into_mapping(self) -> Mapping {
        self.mapping
    }

    pub(super) fn window(&self) -> Window<'_> {
        Window { mapping: &self.mapping, range: 0..self.mapping.len }
    }

    /// Returns the mode that the mapping was made with. [`MmapMut::make_read_only`] does not change it.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mapping.mode
    }

    /// Makes the mapping writable. `mprotect(2)`.
    ///
    /// A mapping that was made for writing becomes writable again. One that was made by
    /// [`map_private`](MmapOptions::map_private) becomes copy-on-write.
    ///
    /// # Errors
    ///
    /// [`MapError::MadeReadOnly`] if it was made by [`map`](MmapOptions::map): writing to it would write to the file,
    /// and the caller of `map` did not guarantee that this is allowed. Otherwise the error of the kernel. The mapping
    /// is returned with the error.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::MmapMut;
    ///
    /// let map = MmapMut::anon(1)?.make_read_only()?;
    /// let mut map = map.make_mut()?;
    /// map[0] = 1;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn make_mut(self) -> Result<MmapMut, Denied<Self>> {
        if self.mapping.mode == Mode::ReadOnly {
            return Err(Denied { mapping: self, error: MapError::MadeReadOnly.into() });
        }
        // SAFETY: the mode is not `ReadOnly`, so that the mapping was made for writing, or is private and writing to it
        // does not change the file.
        unsafe { self.make_mut_shared() }
    }

    /// Makes the mapping writable in every mode. `mprotect(2)`.
    ///
    /// # Errors
    ///
    /// The error of the kernel: `EACCES` if the file was not open for writing. The mapping is returned with the error.
    ///
    /// # Safety
    ///
    /// As for [`MmapOptions::map_mut`], if the mapping was made by [`map`](MmapOptions::map).
    pub unsafe fn make_mut_shared(mut self) -> Result<MmapMut, Denied<Self>> {
        // SAFETY: `self` is passed by value, so that nothing borrows the pages.
        match unsafe { self.mapping.protect(true, false) } {
            Ok(()) => {
                self.mapping.mode = match self.mapping.mode {
                    Mode::ReadOnly => Mode::ReadWrite,
                    Mode::ReadPrivate => Mode::CopyOnWrite,
                    writable => writable,
                };
                Ok(MmapMut::from_mapping(self.mapping))
            }
            Err(error) => Err(Denied { mapping: self, error }),
        }
    }

    /// Makes the mapping executable. `mprotect(2)`.
    ///
    /// # Errors
    ///
    /// The error of the kernel, for example `EACCES` if the file system is mounted `noexec`. The mapping is returned
    /// with the error.
    pub fn make_exec(mut self) -> Result<Self, Denied<Self>> {
        // SAFETY: `self` is passed by value, so that nothing borrows the pages.
        match unsafe { self.mapping.protect(false, true) } {
            Ok(()) => Ok(self),
            Err(error) => Err(Denied { mapping: self, error }),
        }
    }

    /// Changes the length to `len` bytes, and moves the mapping if that is necessary and `may_move` is true.
    /// `mremap(2)`; Linux only.
    ///
    /// Every mapping can become shorter. Only private memory ([`map_anon`](MmapOptions::map_anon)) can become longer;
    /// the new bytes are 0. A [`Region`](super::Region) cannot be resized, because it is shared.
    ///
    /// The kernel does not make a mapping longer if its pages have different settings. If only a part was locked, or
    /// was given advice that the kernel stores (such as `DontFork` or `HugePage`), growing fails with `EFAULT`.
    ///
    /// # Errors
    ///
    /// [`MapError`] if the mapping must not grow, or the error of the kernel. The mapping is then unchanged.
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
    /// As for [`MmapOptions::map`], for the new length. The file must be at least that long.
    #[cfg(target_os = "linux")]
    pub unsafe fn remap(&mut self, len: usize, may_move: bool) -> io::Result<()> {
        // SAFETY: nothing borrows the pages, because of `&mut self`; the caller guarantees that the file has `len`
        // bytes.
        unsafe { self.mapping.remap(len, may_move) }
    }

    /// Returns whether the content is certain not to change: it is private memory of this process, or a sealed memfd.
    /// Memory that is shared with forked children ([`map_anon_shared`](MmapOptions::map_anon_shared)) does not qualify,
    /// because a child may write it.
    #[must_use]
    pub fn is_unchanging(&self) -> bool {
        matches!(self.mapping.backing, Backing::Private | Backing::Sealed)
    }
}

page_methods!([] Mmap, "let map = pin_ffi::mmap::MmapMut::anon(4096)?.make_read_only()?;");

impl Deref for Mmap {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        self.mapping.bytes()
    }
}

impl AsRef<[u8]> for Mmap {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Mmap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::describe(f, "Mmap", &self.window())
    }
}

impl From<Mmap> for MmapRaw {
    fn from(map: Mmap) -> Self {
        Self::from_mapping(map.into_mapping())
    }
}

// SAFETY: mapped pages keep their address while the value is borrowed or moved. Nobody changes them: they are private
// or sealed, or the caller of the `unsafe` constructor guarantees it.
unsafe impl Lend for Mmap {
    type Elem = u8;
    type Access = Shared;
    #[inline(always)]
    fn lend(&self) -> Lent<u8> {
        Lent { ptr: self.mapping.ptr.as_ptr(), len: self.mapping.len }
    }
    #[inline(always)]
    fn lend_mut(&mut self) -> Lent<u8> {
        self.lend()
    }
}
