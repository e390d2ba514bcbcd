//! [`Region`]: a part of a mapping that keeps it mapped.

use super::mapping::{Mapping, Window};
use super::methods::{flush_methods, page_methods};
use super::range::inside;
use super::{Mmap, MmapMut, Mode, RegionReader};
use crate::buf::{Buf, Lent, Shared};
use alloc::sync::Arc;
use core::fmt;
use core::ops::{Deref, RangeBounds};
use core::ptr::NonNull;

/// A part of a mapping, or all of it, to read; it keeps the mapping alive.
///
/// Cloning and slicing cost one atomic addition. The last part that is dropped unmaps: gcmmap without a collector. A
/// slice of an empty range keeps it mapped, too.
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
    /// Invariant: `[ptr, ptr + len)` is inside its visible bytes, and no `RegionMut` or `AtomicRegion` has a part of it.
    owner: Arc<Mapping>,
    ptr: NonNull<u8>,
    len: usize,
}

// SAFETY: bytes that nobody writes while regions of them exist, kept mapped by an `Arc` of what is `Send` and `Sync`.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

impl Region {
    fn whole(mapping: Mapping) -> Self {
        let (ptr, len) = (mapping.ptr, mapping.len);
        Self { owner: Arc::new(mapping), ptr, len }
    }

    /// # Safety
    ///
    /// The invariant of the fields holds.
    pub(super) unsafe fn from_parts(owner: Arc<Mapping>, ptr: NonNull<u8>, len: usize) -> Self {
        Self { owner, ptr, len }
    }

    pub(super) fn window(&self) -> Window<'_> {
        let start = self.offset();
        Window { mapping: &self.owner, range: start..start + self.len }
    }

    /// The part `range` (bytes), which keeps everything mapped as this does.
    ///
    /// # Panics
    ///
    /// If the range is not inside, as slicing does.
    #[must_use]
    #[inline]
    #[track_caller]
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Self {
        match inside(&range, self.len) {
            Ok(range) => {
                // SAFETY: `range` is inside `[ptr, ptr + len)`.
                let ptr = unsafe { self.ptr.add(range.start) };
                Self { owner: Arc::clone(&self.owner), ptr, len: range.end - range.start }
            }
            Err(error) => out_of_range(error),
        }
    }

    /// The part `range` (bytes), if it is inside.
    ///
    /// # Errors
    ///
    /// If the range is not inside.
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
        Ok(self.slice(inside(&range, self.len)?))
    }

    /// The parts before and from `at` (bytes) on.
    ///
    /// # Panics
    ///
    /// If `at` is more than the length.
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
        let head = self.slice(..at);
        // SAFETY: `at` is inside, or `slice` had panicked.
        let ptr = unsafe { self.ptr.add(at) };
        (head, Self { ptr, len: self.len - at, owner: self.owner })
    }

    /// This part and its neighbour behind it as one.
    ///
    /// # Errors
    ///
    /// Both as they were, if `next` is of another mapping or does not start where this one ends.
    #[allow(clippy::result_large_err)] // both regions come back
    pub fn try_join(self, next: Self) -> Result<Self, (Self, Self)> {
        if Arc::ptr_eq(&self.owner, &next.owner) && self.offset() + self.len == next.offset() {
            Ok(Self { len: self.len + next.len, ..self })
        } else {
            Err((self, next))
        }
    }

    /// Whether both are parts of one mapping.
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
        Arc::ptr_eq(&self.owner, &other.owner)
    }

    /// Where it starts in its mapping, in bytes.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.ptr.addr().get() - self.owner.ptr.addr().get()
    }

    /// What its mapping was made for.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.owner.mode
    }

    /// The whole mapping, to read, if nobody else has a part of it.
    ///
    /// # Errors
    ///
    /// The region as it was, if it is not the only one.
    pub fn try_into_map(self) -> Result<Mmap, Self> {
        let Self { owner, ptr, len } = self;
        match Arc::try_unwrap(owner) {
            Ok(mapping) => Ok(Mmap::from_mapping(mapping)),
            Err(owner) => Err(Self { owner, ptr, len }),
        }
    }

    /// The whole mapping, to write, as it was before it became a region.
    ///
    /// # Errors
    ///
    /// The region as it was, if it is not the only one, or if its mapping is read-only.
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
        if !self.owner.writable {
            return Err(self);
        }
        let Self { owner, ptr, len } = self;
        match Arc::try_unwrap(owner) {
            Ok(mapping) => Ok(MmapMut::from_mapping(mapping)),
            Err(owner) => Err(Self { owner, ptr, len }),
        }
    }

    /// A reader from the first byte on, which keeps the region.
    #[must_use]
    pub fn reader(&self) -> RegionReader {
        RegionReader::new(self.clone())
    }
}

#[cold]
#[track_caller]
pub(super) fn out_of_range(error: super::RangeError) -> ! {
    panic!("{error}")
}

page_methods!([] Region, "let map = pin_ffi::mmap::Region::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
flush_methods!([] Region, "let map = pin_ffi::mmap::Region::from(pin_ffi::mmap::MmapMut::anon(4096)?);");

impl From<Mmap> for Region {
    fn from(map: Mmap) -> Self {
        Self::whole(map.into_mapping())
    }
}

impl From<MmapMut> for Region {
    /// Nobody writes it from here on; [`Region::try_into_map_mut`] undoes it.
    fn from(map: MmapMut) -> Self {
        Self::whole(map.into_mapping())
    }
}

impl Deref for Region {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: mapped for as long as `owner` lives, and not written (field invariants).
        unsafe { core::slice::from_raw_parts(self.ptr.as_ptr(), self.len) }
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
    /// Without copying: the bytes keep the region.
    fn from(region: Region) -> Self {
        Self::from_owner(region)
    }
}

// SAFETY: mapped for as long as the value lives, wherever it is moved, and not written (field invariants).
unsafe impl Buf for Region {
    type Elem = u8;
    type Access = Shared;
    #[inline(always)]
    fn lend(&self) -> Lent<u8> {
        Lent { ptr: self.ptr.as_ptr(), len: self.len }
    }
    #[inline(always)]
    fn lend_mut(&mut self) -> Lent<u8> {
        self.lend()
    }
}
