//! [`Mmap`]: mapped bytes to read.

use super::error::{Denied, MapError};
use super::mapping::{Backing, Mapping, Window};
use super::methods::page_methods;
use super::{MmapMut, MmapOptions, MmapRaw, Mode};
use crate::lend::{Lend, Lent, Shared};
use core::fmt;
use core::ops::Deref;
use std::io;
use std::os::fd::AsFd;

/// Mapped bytes that can be read: a `&[u8]` that unmaps itself.
///
/// Made by [`MmapOptions`], or out of an [`MmapMut`]. Its address holds still, also when the value is moved, and the
/// file may be closed meanwhile. Lend it to C as it is: it is a [`Lend`]. For shared ownership and sub-ranges that own,
/// turn it into a [`Region`](super::Region).
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
    /// As [`MmapOptions::map`].
    ///
    /// # Safety
    ///
    /// As [`MmapOptions::map`].
    pub unsafe fn map(file: impl AsFd) -> io::Result<Self> {
        // SAFETY: the caller's promise.
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

    /// What it was made for. After [`MmapMut::make_read_only`] this is still what the [`MmapMut`] was made for.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mapping.mode
    }

    /// Makes it writable. `mprotect(2)`.
    ///
    /// What was made for writing becomes so again. What was made by [`map_private`](MmapOptions::map_private) becomes
    /// copy-on-write.
    ///
    /// # Errors
    ///
    /// [`MapError::MadeReadOnly`] if it was made by [`map`](MmapOptions::map): writing it would write the file, which
    /// nobody has promised to be ready for. The kernel's. The mapping comes back with the error.
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
        // SAFETY: made for writing, or private: writing it writes no file that was not meant to be.
        unsafe { self.make_mut_shared() }
    }

    /// Makes it writable, whatever it was made for. `mprotect(2)`.
    ///
    /// # Errors
    ///
    /// The kernel's: `EACCES` if the file was not open for writing. The mapping comes back with the error.
    ///
    /// # Safety
    ///
    /// As [`MmapOptions::map_mut`], if it was made by [`map`](MmapOptions::map).
    pub unsafe fn make_mut_shared(mut self) -> Result<MmapMut, Denied<Self>> {
        // SAFETY: `self` is here by value: nothing borrows it. Writing and not executing takes no reading away.
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

    /// Makes it executable. `mprotect(2)`.
    ///
    /// # Errors
    ///
    /// The kernel's: `EACCES` if the file system is mounted `noexec`, say. The mapping comes back with the error.
    pub fn make_exec(mut self) -> Result<Self, Denied<Self>> {
        // SAFETY: `self` is here by value; bytes that were readable stay so.
        match unsafe { self.mapping.protect(false, true) } {
            Ok(()) => Ok(self),
            Err(error) => Err(Denied { mapping: self, error }),
        }
    }

    /// Changes its length in bytes, moving it if need be and `may_move`. `mremap(2)`; Linux.
    ///
    /// It may become shorter always, and longer if it is memory of this process's own
    /// ([`map_anon`](MmapOptions::map_anon)). It must be borrowed by nobody: a [`Region`](super::Region), which is
    /// shared, cannot be resized.
    ///
    /// The kernel makes no mapping longer whose parts differ: where only a part was locked, or advised in a way that it
    /// keeps (`DontFork`, `HugePage` and the like), that fails with `EFAULT`.
    ///
    /// # Errors
    ///
    /// [`MapError`] if it must not grow, and the kernel's; nothing has changed then.
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
    /// As [`MmapOptions::map`], for the new length: the file has these bytes.
    #[cfg(target_os = "linux")]
    pub unsafe fn remap(&mut self, len: usize, may_move: bool) -> io::Result<()> {
        // SAFETY: `&mut self`: nobody holds an address in it; the file, by the caller's promise.
        unsafe { self.mapping.remap(len, may_move) }
    }

    /// Whether the content is sure to stay: memory of this process alone, or a sealed memfd. What a forked child has as
    /// well ([`map_anon_shared`](MmapOptions::map_anon_shared)) it may write.
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

// SAFETY: mapped pages stay where they are while the value is borrowed or moved, and unchanged by what its maker promised.
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
