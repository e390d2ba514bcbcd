//! [`MmapRaw`]: mapped bytes that others may change. They are never shown as a slice.

use super::mapping::{Backing, Mapping, Window};
use super::methods::{flush_methods, lossy_methods, page_methods};
use super::{Mmap, MmapMut, Mode};
use core::fmt;

/// Mapped bytes that may change at any time: others may write to the file or truncate it.
///
/// [`try_copy_to`](Self::try_copy_to) and similar methods copy bytes in and out. They return an error where a plain
/// load would end the process with a `SIGBUS`. Raw pointers to the bytes are available, too.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MmapOptions, Mode};
///
/// let file = std::fs::File::open("/proc/self/exe")?;
/// let map = MmapOptions::new().len(4).map_raw(&file, Mode::ReadOnly)?;
/// // SAFETY: nobody truncates the program file while it runs.
/// assert_eq!(unsafe { map.as_ptr().add(1).read_volatile() }, b'E');
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct MmapRaw {
    mapping: Mapping,
}

#[allow(clippy::len_without_is_empty)] // there is an `is_empty` below
impl MmapRaw {
    pub(super) const fn from_mapping(mapping: Mapping) -> Self {
        Self { mapping }
    }

    pub(super) fn window(&self) -> Window<'_> {
        Window { mapping: &self.mapping, range: 0..self.mapping.len }
    }

    /// Returns the mode that the mapping was made with.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mapping.mode
    }

    /// Returns a pointer to the first byte.
    #[must_use]
    pub const fn as_ptr(&self) -> *const u8 {
        self.mapping.ptr.as_ptr()
    }

    /// Returns a pointer to the first byte. Write through it only if [`is_writable`](Self::is_writable) returns true.
    #[must_use]
    pub const fn as_mut_ptr(&self) -> *mut u8 {
        self.mapping.ptr.as_ptr()
    }

    /// Returns the length in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.mapping.len
    }

    /// Returns whether the length is 0.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.mapping.len == 0
    }

    /// Returns whether the pages can be written now.
    #[must_use]
    pub const fn is_writable(&self) -> bool {
        self.mapping.writable
    }

    /// Converts the mapping to a readable slice.
    ///
    /// If it maps a file shared, the result is like that of [`MmapOptions::map`](super::MmapOptions::map):
    /// [`make_mut`](Mmap::make_mut) refuses it, because the file may be shown as a slice elsewhere.
    ///
    /// # Safety
    ///
    /// As for [`MmapOptions::map`](super::MmapOptions::map), from now on. In addition, nobody may write through
    /// [pointers](Self::as_mut_ptr) that were taken before.
    #[must_use]
    pub unsafe fn assume_map(mut self) -> Mmap {
        // The caller guarantees that nobody writes to the file. The protection of the pages need not change, because
        // `Mmap` never writes to them.
        if self.mapping.mode.is_shared() && self.mapping.backing != Backing::Inherited {
            (self.mapping.mode, self.mapping.writable) = (Mode::ReadOnly, false);
        }
        Mmap::from_mapping(self.mapping)
    }

    /// Converts the mapping to a writable slice.
    ///
    /// # Errors
    ///
    /// Returns the mapping unchanged if it cannot be written.
    ///
    /// # Safety
    ///
    /// As for [`MmapOptions::map_mut`](super::MmapOptions::map_mut), from now on. In addition, nobody may use
    /// [pointers](Self::as_mut_ptr) that were taken before.
    pub unsafe fn assume_map_mut(self) -> Result<MmapMut, Self> {
        if self.is_writable() { Ok(MmapMut::from_mapping(self.mapping)) } else { Err(self) }
    }
}

page_methods!([] MmapRaw, "let map = pin_ffi::mmap::MmapRaw::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
flush_methods!([] MmapRaw, "let map = pin_ffi::mmap::MmapRaw::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
lossy_methods!([] MmapRaw, []);

impl fmt::Debug for MmapRaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::describe(f, "MmapRaw", &self.window())
    }
}
