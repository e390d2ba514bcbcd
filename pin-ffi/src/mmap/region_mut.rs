//! [`RegionMut`]: a writable part of a mapping with exactly one owner.

use super::mapping::Window;
use super::methods::{flush_methods, lossy_methods, page_methods};
use super::part::Part;
use super::{MmapMut, Mode, Region, RegionWriter};
use crate::lend::{Exclusive, Lend, Lent};
use core::fmt;
use core::ops::{Deref, DerefMut};

/// A writable part of a mapping, or all of it. It keeps the mapping alive, and no other part overlaps it.
///
/// Split it to write from several threads at the same time.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MmapMut, RegionMut};
///
/// let (mut low, mut high) = RegionMut::from(MmapMut::anon(8)?).split_at(4);
/// std::thread::scope(|s| {
///     s.spawn(|| low.fill(b'l'));
///     s.spawn(|| high.fill(b'h'));
/// });
/// let whole = low.try_join(high).unwrap().freeze();
/// assert_eq!(&whole[..], b"llllhhhh");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct RegionMut {
    /// Invariant: the bytes are writable, and no other `Region`, `RegionMut` or `AtomicRegion` overlaps them.
    part: Part,
}

impl RegionMut {
    /// # Safety
    ///
    /// `part` fulfils the invariant of the field.
    pub(super) const unsafe fn from_part(part: Part) -> Self {
        Self { part }
    }

    pub(super) fn into_part(self) -> Part {
        self.part
    }

    pub(super) fn window(&self) -> Window<'_> {
        self.part.window()
    }

    /// Splits the region at `at` (in bytes) into two parts that do not overlap: the first ends there, the second starts
    /// there.
    ///
    /// # Panics
    ///
    /// Panics if `at` is greater than the length.
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

    /// Makes the part shareable and read-only.
    #[must_use]
    pub fn freeze(self) -> Region {
        // SAFETY: `self` is consumed, and it was the only region that could write the part.
        unsafe { Region::from_part(self.part) }
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

    /// Returns the whole mapping, if no other part of it exists.
    ///
    /// # Errors
    ///
    /// Returns the region unchanged if other parts of the mapping exist.
    pub fn try_into_map_mut(self) -> Result<MmapMut, Self> {
        self.part.try_into_mapping().map(MmapMut::from_mapping).map_err(|part| Self { part })
    }

    /// Returns a writer that starts at the first byte and owns the region.
    #[must_use]
    pub fn into_writer(self) -> RegionWriter {
        RegionWriter::new(self)
    }
}

page_methods!([] RegionMut, "let map = pin_ffi::mmap::RegionMut::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
flush_methods!([] RegionMut, "let map = pin_ffi::mmap::RegionMut::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
lossy_methods!([] RegionMut, [mut]);

impl From<MmapMut> for RegionMut {
    fn from(map: MmapMut) -> Self {
        Self { part: Part::whole(map.into_mapping()) }
    }
}

impl Deref for RegionMut {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: the bytes stay mapped as long as `self.part` lives, and are only written through `self` (field
        // invariant), which is borrowed.
        unsafe { core::slice::from_raw_parts(self.part.ptr().as_ptr(), self.part.len()) }
    }
}

impl DerefMut for RegionMut {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `deref`; the bytes are writable (field invariant), and `&mut self` makes the access exclusive.
        unsafe { core::slice::from_raw_parts_mut(self.part.ptr().as_ptr(), self.part.len()) }
    }
}

impl AsRef<[u8]> for RegionMut {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl AsMut<[u8]> for RegionMut {
    #[inline]
    fn as_mut(&mut self) -> &mut [u8] {
        self
    }
}

impl fmt::Debug for RegionMut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::describe(f, "RegionMut", &self.window())
    }
}

// SAFETY: the bytes stay mapped at the same address as long as the value lives, also when it is moved; they are
// writable, and no other part overlaps them (field invariant).
unsafe impl Lend for RegionMut {
    type Elem = u8;
    type Access = Exclusive;
    #[inline(always)]
    fn lend(&self) -> Lent<u8> {
        Lent { ptr: self.part.ptr().as_ptr(), len: self.part.len() }
    }
    #[inline(always)]
    fn lend_mut(&mut self) -> Lent<u8> {
        self.lend()
    }
}
