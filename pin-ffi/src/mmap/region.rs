//! [`Region`]: a readable part of a mapping that keeps the mapping alive.

use super::mapping::Window;
use super::methods::{flush_methods, page_methods};
use super::part::{Part, out_of_range};
use super::{Mmap, MmapMut, Mode, RegionReader};
use crate::lend::{Lend, Lent, Shared};
use core::fmt;
use core::ops::{Deref, RangeBounds};

/// A readable part of a mapping, or all of it. It keeps the mapping alive.
///
/// Cloning and slicing cost one atomic addition each. Dropping the last part unmaps the mapping, as gcmmap does, but
/// without a garbage collector. An empty slice keeps the mapping alive, too.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MmapMut, Region};
///
/// let mut map = MmapMut::anon(10)?;
/// map.copy_from_slice(b"0123456789");
/// let region = Region::from(map);
/// let middle = region.slice(3..6);
/// drop(region);
/// assert_eq!(&middle[..], b"345");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Region {
    /// Invariant: no `RegionMut` or `AtomicRegion` overlaps this part.
    part: Part,
}

impl Region {
    /// # Safety
    ///
    /// `part` fulfils the invariant of the field.
    pub(super) const unsafe fn from_part(part: Part) -> Self {
        Self { part }
    }

    pub(super) fn window(&self) -> Window<'_> {
        self.part.window()
    }

    /// Returns the part `range` (in bytes). It keeps the whole mapping alive, as `self` does.
    ///
    /// # Panics
    ///
    /// Panics if the range is out of bounds, as slice indexing does.
    #[must_use]
    #[inline]
    #[track_caller]
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Self {
        match self.part.get(&range) {
            Ok(part) => Self { part },
            Err(error) => out_of_range(error),
        }
    }

    /// Returns the part `range` (in bytes), if it is in bounds.
    ///
    /// # Errors
    ///
    /// [`RangeError`](super::RangeError) if the range is out of bounds.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::{MmapMut, Region};
    ///
    /// let region = Region::from(MmapMut::anon(10)?);
    /// assert!(region.get(10..).unwrap().is_empty());
    /// assert!(region.get(11..).is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn get(&self, range: impl RangeBounds<usize>) -> Result<Self, super::RangeError> {
        Ok(Self { part: self.part.get(&range)? })
    }

    /// Splits the region at `at` (in bytes): the first part ends there, the second starts there.
    ///
    /// # Panics
    ///
    /// Panics if `at` is greater than the length.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::{MmapMut, Region};
    ///
    /// let (head, tail) = Region::from(MmapMut::anon(10)?).split_at(4);
    /// assert_eq!((head.len(), tail.len()), (4, 6));
    /// assert_eq!(head.try_join(tail).unwrap().len(), 10);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    #[track_caller]
    pub fn split_at(self, at: usize) -> (Self, Self) {
        let (head, tail) = self.part.split_at(at);
        (Self { part: head }, Self { part: tail })
    }

    /// Joins this part with the part that directly follows it.
    ///
    /// # Errors
    ///
    /// Returns both parts unchanged if `next` belongs to another mapping or does not start where this one ends.
    #[allow(clippy::result_large_err)] // both regions are returned
    pub fn try_join(self, next: Self) -> Result<Self, (Self, Self)> {
        match self.part.try_join(next.part) {
            Ok(part) => Ok(Self { part }),
            Err((part, next)) => Err((Self { part }, Self { part: next })),
        }
    }

    /// Returns whether both are parts of the same mapping.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::{MmapMut, Region};
    ///
    /// let (a, b) = (Region::from(MmapMut::anon(10)?), Region::from(MmapMut::anon(10)?));
    /// assert!(a.same_mapping(&a.slice(5..)) && !a.same_mapping(&b));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn same_mapping(&self, other: &Self) -> bool {
        self.part.same_mapping(&other.part)
    }

    /// Returns the offset in the mapping at which this part starts, in bytes.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.part.offset()
    }

    /// Returns the mode that the mapping was made with.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.part.mapping().mode
    }

    /// Returns the whole mapping, for reading, if no other part of it exists.
    ///
    /// # Errors
    ///
    /// Returns the region unchanged if other parts of the mapping exist.
    pub fn try_into_map(self) -> Result<Mmap, Self> {
        self.part.try_into_mapping().map(Mmap::from_mapping).map_err(|part| Self { part })
    }

    /// Returns the whole mapping, for writing, as it was before it became a region.
    ///
    /// # Errors
    ///
    /// Returns the region unchanged if other parts of the mapping exist, or if the mapping is read-only.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::{MmapMut, Region};
    ///
    /// let region = Region::from(MmapMut::anon(10)?);
    /// let part = region.slice(2..4);
    /// let region = region.try_into_map_mut().unwrap_err(); // `part` reads it
    /// drop(region);
    /// let mut map = part.try_into_map_mut().unwrap();
    /// map[0] = 1;
    /// assert_eq!(map.len(), 10);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn try_into_map_mut(self) -> Result<MmapMut, Self> {
        if !self.part.mapping().writable {
            return Err(self);
        }
        self.part.try_into_mapping().map(MmapMut::from_mapping).map_err(|part| Self { part })
    }

    /// Returns a reader that starts at the first byte and keeps the mapping alive.
    #[must_use]
    pub fn reader(&self) -> RegionReader {
        RegionReader::new(self.clone())
    }
}

page_methods!([] Region, "let map = pin_ffi::mmap::Region::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
flush_methods!([] Region, "let map = pin_ffi::mmap::Region::from(pin_ffi::mmap::MmapMut::anon(4096)?);");

impl From<Mmap> for Region {
    fn from(map: Mmap) -> Self {
        Self { part: Part::whole(map.into_mapping()) }
    }
}

impl From<MmapMut> for Region {
    /// The memory is read-only from now on. [`Region::try_into_map_mut`] is the way back.
    fn from(map: MmapMut) -> Self {
        Self { part: Part::whole(map.into_mapping()) }
    }
}

impl Deref for Region {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: the bytes stay mapped as long as `self.part` lives, and nobody writes them (field invariant).
        unsafe { core::slice::from_raw_parts(self.part.ptr().as_ptr(), self.part.len()) }
    }
}

impl AsRef<[u8]> for Region {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::describe(f, "Region", &self.window())
    }
}

#[cfg(feature = "bytes")]
impl From<Region> for bytes::Bytes {
    /// Does not copy: the `Bytes` own the region.
    fn from(region: Region) -> Self {
        Self::from_owner(region)
    }
}

// SAFETY: the bytes stay mapped at the same address as long as the value lives, also when it is moved, and nobody
// writes them (field invariant).
unsafe impl Lend for Region {
    type Elem = u8;
    type Access = Shared;
    #[inline(always)]
    fn lend(&self) -> Lent<u8> {
        Lent { ptr: self.part.ptr().as_ptr(), len: self.part.len() }
    }
    #[inline(always)]
    fn lend_mut(&mut self) -> Lent<u8> {
        self.lend()
    }
}
