//! [`RegionMut`]: a part of a mapping that one owner writes.

use super::mapping::Window;
use super::methods::{flush_methods, lossy_methods, page_methods};
use super::part::Part;
use super::{MmapMut, Mode, Region, RegionWriter};
use crate::lend::{Exclusive, Lend, Lent};
use core::fmt;
use core::ops::{Deref, DerefMut};

/// A part of a mapping, or all of it, to write; it keeps the mapping alive, and no other part overlaps it.
///
/// Split it to write from several threads at once.
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
    /// Invariant: the bytes are writable, and no other `Region`, `RegionMut` or `AtomicRegion` has a part of them.
    part: Part,
}

impl RegionMut {
    /// # Safety
    ///
    /// The invariant of the field holds.
    pub(super) const unsafe fn from_part(part: Part) -> Self {
        Self { part }
    }

    pub(super) fn into_part(self) -> Part {
        self.part
    }

    pub(super) fn window(&self) -> Window<'_> {
        self.part.window()
    }

    /// The parts before and from `at` (bytes) on, apart from one another.
    ///
    /// # Panics
    ///
    /// If `at` is more than the length.
    #[must_use]
    #[track_caller]
    pub fn split_at(self, at: usize) -> (Self, Self) {
        let (head, tail) = self.part.split_at(at);
        (Self { part: head }, Self { part: tail })
    }

    /// This part and its neighbour behind it as one.
    ///
    /// # Errors
    ///
    /// Both as they were, if `next` is of another mapping or does not start where this one ends.
    #[allow(clippy::result_large_err)] // both regions come back
    pub fn try_join(self, next: Self) -> Result<Self, (Self, Self)> {
        match self.part.try_join(next.part) {
            Ok(part) => Ok(Self { part }),
            Err((part, next)) => Err((Self { part }, Self { part: next })),
        }
    }

    /// The same part, to be shared: nobody writes it from here on.
    #[must_use]
    pub fn freeze(self) -> Region {
        // SAFETY: this region, the only one that could write the part, is gone.
        unsafe { Region::from_part(self.part) }
    }

    /// Where it starts in its mapping, in bytes.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.part.offset()
    }

    /// What its mapping was made for.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.part.mapping().mode
    }

    /// The whole mapping, if nobody else has a part of it.
    ///
    /// # Errors
    ///
    /// The region as it was, if it is not the only one.
    pub fn try_into_map_mut(self) -> Result<MmapMut, Self> {
        self.part.try_into_mapping().map(MmapMut::from_mapping).map_err(|part| Self { part })
    }

    /// A writer from the first byte on, which has the region.
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
        // SAFETY: mapped for as long as `self.part` lives, and written through `self` alone (field invariant).
        unsafe { core::slice::from_raw_parts(self.part.ptr().as_ptr(), self.part.len()) }
    }
}

impl DerefMut for RegionMut {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `deref`; writable, and `&mut self`.
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

// SAFETY: mapped for as long as the value lives, wherever it is moved; writable, and nobody else's (field invariant).
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
