//! [`MmapRaw`]: mapped bytes that others may change, and that are never shown as a slice.

use super::mapping::{Backing, Mapping, Window};
use super::methods::{flush_methods, lossy_methods, page_methods};
use super::{Mmap, MmapMut, Mode};
use core::fmt;

/// Mapped bytes without a promise: others may change or truncate the file at any time.
///
/// Bytes are copied in and out, by [`try_copy_to`](Self::try_copy_to) and its like, which give an error where a load
/// would end the process with a `SIGBUS`; or they are reached through raw pointers.
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

#[allow(clippy::len_without_is_empty)] // `is_empty` is below
impl MmapRaw {
    pub(super) const fn from_mapping(mapping: Mapping) -> Self {
        Self { mapping }
    }

    pub(super) fn window(&self) -> Window<'_> {
        Window { mapping: &self.mapping, range: 0..self.mapping.len }
    }

    /// What it was made for.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mapping.mode
    }

    /// The first byte.
    #[must_use]
    pub const fn as_ptr(&self) -> *const u8 {
        self.mapping.ptr.as_ptr()
    }

    /// The first byte; to be written only if [`is_writable`](Self::is_writable).
    #[must_use]
    pub const fn as_mut_ptr(&self) -> *mut u8 {
        self.mapping.ptr.as_ptr()
    }

    /// How many bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.mapping.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.mapping.len == 0
    }

    /// Whether the pages can be written now.
    #[must_use]
    pub const fn is_writable(&self) -> bool {
        self.mapping.writable
    }

    /// The same mapping as one to read.
    ///
    /// Of a shared file it is as [`MmapOptions::map`](super::MmapOptions::map) would have made it:
    /// [`make_mut`](Mmap::make_mut) is refused, for the file may be shown elsewhere.
    ///
    /// # Safety
    ///
    /// As [`MmapOptions::map`](super::MmapOptions::map), from now on; and nobody writes through
    /// [pointers](Self::as_mut_ptr) taken before.
    #[must_use]
    pub unsafe fn assume_map(mut self) -> Mmap {
        // What is promised is that nobody writes the file. The pages may stay as they are: no type of ours writes them.
        if self.mapping.mode.is_shared() && self.mapping.backing != Backing::Inherited {
            (self.mapping.mode, self.mapping.writable) = (Mode::ReadOnly, false);
        }
        Mmap::from_mapping(self.mapping)
    }

    /// The same mapping as one to write.
    ///
    /// # Errors
    ///
    /// The mapping itself, if it cannot be written.
    ///
    /// # Safety
    ///
    /// As [`MmapOptions::map_mut`](super::MmapOptions::map_mut), from now on; and nobody uses
    /// [pointers](Self::as_mut_ptr) taken before.
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
