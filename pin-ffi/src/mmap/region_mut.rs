//! [`RegionMut`]: a part of a mapping that one owner writes.

use super::mapping::{Mapping, Window};
use super::methods::{flush_methods, lossy_methods, page_methods};
use super::{MmapMut, Mode, Region, RegionWriter};
use crate::buf::{Buf, Exclusive, Lent};
use alloc::sync::Arc;
use core::fmt;
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

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
    /// Invariant: `[ptr, ptr + len)` is inside its visible bytes, they are writable, and no other `Region`, `RegionMut`
    /// or `AtomicRegion` has a part of them.
    owner: Arc<Mapping>,
    ptr: NonNull<u8>,
    len: usize,
}

// SAFETY: bytes that only this value reaches, kept mapped by an `Arc` of what is `Send` and `Sync`.
unsafe impl Send for RegionMut {}
// SAFETY: as above; through `&RegionMut` they are only read.
unsafe impl Sync for RegionMut {}

impl RegionMut {
    pub(super) const fn parts(&self) -> (&Arc<Mapping>, NonNull<u8>, usize) {
        (&self.owner, self.ptr, self.len)
    }

    pub(super) fn window(&self) -> Window<'_> {
        let start = self.offset();
        Window { mapping: &self.owner, range: start..start + self.len }
    }

    /// The parts before and from `at` (bytes) on, apart from one another.
    ///
    /// # Panics
    ///
    /// If `at` is more than the length.
    #[must_use]
    #[track_caller]
    pub fn split_at(self, at: usize) -> (Self, Self) {
        if let Err(error) = super::range::inside(&(..at), self.len) {
            super::region::out_of_range(error);
        }
        // SAFETY: `at` is inside.
        let ptr = unsafe { self.ptr.add(at) };
        let head = Self { owner: Arc::clone(&self.owner), ptr: self.ptr, len: at };
        (head, Self { owner: self.owner, ptr, len: self.len - at })
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

    /// The same part, to be shared: nobody writes it from here on.
    #[must_use]
    pub fn freeze(self) -> Region {
        // SAFETY: inside and kept mapped; this part, the only one that could write it, is gone.
        unsafe { Region::from_parts(self.owner, self.ptr, self.len) }
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

    /// The whole mapping, if nobody else has a part of it.
    ///
    /// # Errors
    ///
    /// The region as it was, if it is not the only one.
    pub fn try_into_map_mut(self) -> Result<MmapMut, Self> {
        let Self { owner, ptr, len } = self;
        match Arc::try_unwrap(owner) {
            Ok(mapping) => Ok(MmapMut::from_mapping(mapping)),
            Err(owner) => Err(Self { owner, ptr, len }),
        }
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
        let mapping = map.into_mapping();
        let (ptr, len) = (mapping.ptr, mapping.len);
        Self { owner: Arc::new(mapping), ptr, len }
    }
}

impl Deref for RegionMut {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: mapped for as long as `owner` lives, and written through `self` alone (field invariants).
        unsafe { core::slice::from_raw_parts(self.ptr.as_ptr(), self.len) }
    }
}

impl DerefMut for RegionMut {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `deref`; writable, and `&mut self`.
        unsafe { core::slice::from_raw_parts_mut(self.ptr.as_ptr(), self.len) }
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

// SAFETY: mapped for as long as the value lives, wherever it is moved; writable, and nobody else's (field invariants).
unsafe impl Buf for RegionMut {
    type Elem = u8;
    type Access = Exclusive;
    #[inline(always)]
    fn lend(&self) -> Lent<u8> {
        Lent { ptr: self.ptr.as_ptr(), len: self.len }
    }
    #[inline(always)]
    fn lend_mut(&mut self) -> Lent<u8> {
        self.lend()
    }
}
