//! [`AtomicRegion`]: a part of a mapping that many write at once, in this process and in others.

use super::error::MapError;
use super::mapping::{Mapping, Window};
use super::methods::{flush_methods, page_methods};
use super::range::inside;
use super::{MmapMut, Mode};
use alloc::sync::Arc;
use core::fmt;
use core::ops::RangeBounds;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicI32, AtomicU8, AtomicU32};
use std::io;

/// A part of a mapping, or all of it, as atomics; cheap to clone, and it keeps the mapping alive.
///
/// The bytes are never shown as plain ones, so that other holders, threads and processes may write them at any time.
///
/// # Examples
///
/// ```
/// use core::sync::atomic::Ordering;
/// use pin_ffi::mmap::{AtomicRegion, MmapOptions};
///
/// let region = AtomicRegion::from(MmapOptions::new().len(4).map_anon_shared()?);
/// let other = region.clone();
/// std::thread::spawn(move || other.as_u32().unwrap()[0].fetch_add(5, Ordering::Relaxed)).join().unwrap();
/// assert_eq!(region.as_u32()?[0].load(Ordering::Relaxed), 5);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct AtomicRegion {
    /// Invariant: `[ptr, ptr + len)` is inside its visible bytes, they are writable, and only `AtomicRegion`s have parts
    /// of this mapping.
    owner: Arc<Mapping>,
    ptr: NonNull<u8>,
    len: usize,
}

// SAFETY: bytes that are reached by atomics alone, kept mapped by an `Arc` of what is `Send` and `Sync`.
unsafe impl Send for AtomicRegion {}
// SAFETY: as above.
unsafe impl Sync for AtomicRegion {}

impl AtomicRegion {
    pub(super) fn from_mapping(mapping: Mapping) -> Self {
        debug_assert!(mapping.writable);
        let (ptr, len) = (mapping.ptr, mapping.len);
        Self { owner: Arc::new(mapping), ptr, len }
    }

    pub(super) fn window(&self) -> Window<'_> {
        let start = self.ptr.addr().get() - self.owner.ptr.addr().get();
        Window { mapping: &self.owner, range: start..start + self.len }
    }

    /// How many bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What its mapping was made for.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.owner.mode
    }

    /// The first byte.
    #[must_use]
    pub const fn as_ptr(&self) -> *mut u8 {
        self.ptr.as_ptr()
    }

    /// The part `range` (bytes), which keeps everything mapped as this does.
    ///
    /// # Errors
    ///
    /// If the range is not inside.
    pub fn get(&self, range: impl RangeBounds<usize>) -> Result<Self, super::RangeError> {
        let range = inside(&range, self.len)?;
        // SAFETY: inside `[ptr, ptr + len)`.
        let ptr = unsafe { self.ptr.add(range.start) };
        Ok(Self { owner: Arc::clone(&self.owner), ptr, len: range.len() })
    }

    /// The bytes, each an atomic.
    #[must_use]
    pub const fn as_u8(&self) -> &[AtomicU8] {
        // SAFETY: mapped, writable, and reached by atomics alone (field invariants); any byte is a value.
        unsafe { core::slice::from_raw_parts(self.ptr.as_ptr().cast(), self.len) }
    }

    /// # Safety
    ///
    /// `A` is an atomic integer.
    unsafe fn atomics<A>(&self) -> io::Result<&[A]> {
        let (align, size) = (align_of::<A>(), size_of::<A>());
        if self.ptr.addr().get() % align != 0 {
            return Err(MapError::Misaligned { align }.into());
        }
        if self.len % size != 0 {
            return Err(MapError::Ragged { len: self.len, size }.into());
        }
        // SAFETY: aligned and whole; else as in `as_u8`.
        Ok(unsafe { core::slice::from_raw_parts(self.ptr.as_ptr().cast(), self.len / size) })
    }

    /// The bytes in fours, in the machine's byte order.
    ///
    /// # Errors
    ///
    /// The first byte is not aligned for it, or the length is not a whole number of them.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::{AtomicRegion, MmapMut};
    ///
    /// let region = AtomicRegion::from(MmapMut::anon(10)?);
    /// assert!(region.as_u32().is_err());
    /// assert_eq!(region.get(..8)?.as_u32()?.len(), 2);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn as_u32(&self) -> io::Result<&[AtomicU32]> {
        // SAFETY: an atomic integer.
        unsafe { self.atomics() }
    }

    /// The bytes in fours, signed: a futex word, for one.
    ///
    /// # Errors
    ///
    /// As [`as_u32`](Self::as_u32).
    pub fn as_i32(&self) -> io::Result<&[AtomicI32]> {
        // SAFETY: an atomic integer.
        unsafe { self.atomics() }
    }

    /// The bytes in eights, in the machine's byte order.
    ///
    /// # Errors
    ///
    /// As [`as_u32`](Self::as_u32).
    #[cfg(target_has_atomic = "64")]
    pub fn as_u64(&self) -> io::Result<&[core::sync::atomic::AtomicU64]> {
        // SAFETY: an atomic integer.
        unsafe { self.atomics() }
    }

    /// Whether both are parts of one mapping.
    #[must_use]
    pub fn same_mapping(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.owner, &other.owner)
    }
}

page_methods!([] AtomicRegion, "let map = pin_ffi::mmap::AtomicRegion::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
flush_methods!([] AtomicRegion, "let map = pin_ffi::mmap::AtomicRegion::from(pin_ffi::mmap::MmapMut::anon(4096)?);");

impl From<MmapMut> for AtomicRegion {
    fn from(map: MmapMut) -> Self {
        Self::from_mapping(map.into_mapping())
    }
}

impl fmt::Debug for AtomicRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::describe(f, "AtomicRegion", &self.window())
    }
}
