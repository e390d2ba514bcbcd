//! [`AtomicRegion`]: a part of a mapping that several threads and processes write at the same time.

use super::error::MapError;
use super::mapping::{Mapping, Window};
use super::methods::{flush_methods, page_methods};
use super::part::Part;
use super::range::inside;
use super::{MmapMut, Mode, RegionMut};
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, RangeBounds};
use core::sync::atomic::{AtomicI32, AtomicU8, AtomicU32};
use std::io;

mod sealed {
    /// # Safety
    ///
    /// The type is an atomic integer; every bit pattern is a valid value.
    #[allow(missing_docs)]
    pub unsafe trait Sealed: Send + Sync {}
}
use sealed::Sealed;

/// The element types of an [`AtomicRegion`]: [`AtomicU8`], [`AtomicU32`], [`AtomicI32`] (for example for a futex word),
/// and `AtomicU64` on targets that have it.
pub trait Atomic: Sealed {}

macro_rules! atomic {
    ($($type:ty)*) => {$(
        // SAFETY: the macro is only used for atomic integers.
        unsafe impl Sealed for $type {}
        impl Atomic for $type {}
    )*};
}
atomic!(AtomicU8 AtomicU32 AtomicI32);
#[cfg(target_has_atomic = "64")]
atomic!(core::sync::atomic::AtomicU64);

/// A part of a mapping, or all of it, as a slice of atomics. It is cheap to clone and keeps the mapping alive.
///
/// The bytes are only accessed as atomics, so that other holders, threads and processes may write them at any time. All
/// holders of one mapping access it as atomics of the same size, because a race between accesses of different sizes is
/// undefined behaviour. For atomics of several sizes, split a [`RegionMut`] first, or map several windows of a memfd.
///
/// To the compiler, two mappings of one memfd are separate memory, whether in one process or in two; only the processor
/// knows that they are the same. If they are accessed as atomics of different sizes, the processor alone determines the
/// result of a race.
///
/// # Examples
///
/// ```
/// use core::sync::atomic::{AtomicU32, Ordering};
/// use pin_ffi::mmap::{AtomicRegion, MmapOptions};
///
/// let region = AtomicRegion::<AtomicU32>::try_from(MmapOptions::new().len(8).map_anon_shared()?).unwrap();
/// let second = region.get(1..).unwrap();
/// std::thread::spawn(move || second[0].fetch_add(5, Ordering::Relaxed)).join().unwrap();
/// assert_eq!(region[1].load(Ordering::Relaxed), 5);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct AtomicRegion<A: Atomic> {
    /// Invariant: the bytes are aligned for `A`, writable, and a multiple of its size long, and only `AtomicRegion`s of
    /// `A` overlap them.
    part: Part,
    atomics: PhantomData<A>,
}

impl<A: Atomic> AtomicRegion<A> {
    /// Makes a part a slice of atomics. Returns the part and the reason if it is not aligned for `A` or not a multiple
    /// of its size long.
    ///
    /// # Safety
    ///
    /// The bytes are writable, and no other part overlaps them.
    unsafe fn from_part(part: Part) -> Result<Self, (Part, MapError)> {
        let (align, size) = (align_of::<A>(), size_of::<A>());
        if part.ptr().addr().get() % align != 0 {
            return Err((part, MapError::Misaligned { align }));
        }
        if part.len() % size != 0 {
            let len = part.len();
            return Err((part, MapError::Ragged { len, size }));
        }
        Ok(Self { part, atomics: PhantomData })
    }

    pub(super) fn window(&self) -> Window<'_> {
        self.part.window()
    }

    /// Returns the mode that the mapping was made with.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.part.mapping().mode
    }

    /// Returns the part `range` (in elements). It keeps the whole mapping alive, as `self` does.
    ///
    /// # Errors
    ///
    /// [`RangeError`](super::RangeError) if the range is out of bounds.
    pub fn get(&self, range: impl RangeBounds<usize>) -> Result<Self, super::RangeError> {
        let range = inside(&range, self.len())?;
        // Neither product overflows, because both are at most the length of the part in bytes.
        let bytes = range.start * size_of::<A>()..range.end * size_of::<A>();
        Ok(Self { part: self.part.get(&bytes)?, atomics: PhantomData })
    }

    /// Returns whether both are parts of the same mapping.
    #[must_use]
    pub fn same_mapping(&self, other: &Self) -> bool {
        self.part.same_mapping(&other.part)
    }

    /// Returns the whole mapping as plain bytes, if no other part of it exists in this process.
    ///
    /// # Errors
    ///
    /// Returns the region unchanged if other parts of the mapping exist, or if other processes may write to it (that
    /// is, [`map_atomic`](super::MmapOptions::map_atomic) made it).
    ///
    /// # Examples
    ///
    /// ```
    /// use core::sync::atomic::{AtomicU8, Ordering};
    /// use pin_ffi::mmap::{AtomicRegion, MmapMut};
    ///
    /// let region = AtomicRegion::<AtomicU8>::try_from(MmapMut::anon(4)?).unwrap();
    /// region[2].store(7, Ordering::Relaxed);
    /// assert_eq!(region.try_into_map_mut().unwrap()[..], [0, 0, 7, 0]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn try_into_map_mut(self) -> Result<MmapMut, Self> {
        if self.part.mapping().backing == super::mapping::Backing::Atomics {
            return Err(self);
        }
        let mapping = self.part.try_into_mapping().map(MmapMut::from_mapping);
        mapping.map_err(|part| Self { part, atomics: PhantomData })
    }
}

impl<A: Atomic> Clone for AtomicRegion<A> {
    fn clone(&self) -> Self {
        Self { part: self.part.clone(), atomics: PhantomData }
    }
}

page_methods!([<A: Atomic>] AtomicRegion<A>, "let map = pin_ffi::mmap::AtomicRegion::<core::sync::atomic::AtomicU8>::try_from(pin_ffi::mmap::MmapMut::anon(4096)?).unwrap();");
flush_methods!([<A: Atomic>] AtomicRegion<A>, "let map = pin_ffi::mmap::AtomicRegion::<core::sync::atomic::AtomicU8>::try_from(pin_ffi::mmap::MmapMut::anon(4096)?).unwrap();");

impl<A: Atomic> TryFrom<RegionMut> for AtomicRegion<A> {
    type Error = super::Denied<RegionMut>;

    /// # Errors
    ///
    /// Returns the region and the reason if it is not aligned for `A` or not a multiple of its size long.
    fn try_from(region: RegionMut) -> Result<Self, Self::Error> {
        // SAFETY: the bytes of a `RegionMut` are writable and no other part overlaps them (its invariant); `region` is
        // consumed.
        unsafe { Self::from_part(region.into_part()) }.map_err(|(part, error)| {
            // SAFETY: `part` is that of the consumed `RegionMut`, so that its invariant holds.
            let mapping = unsafe { RegionMut::from_part(part) };
            super::Denied { mapping, error: error.into() }
        })
    }
}

impl<A: Atomic> TryFrom<MmapMut> for AtomicRegion<A> {
    type Error = super::Denied<RegionMut>;

    /// # Errors
    ///
    /// Returns the mapping, as a region, and the reason if it is not aligned for `A` or not a multiple of its size
    /// long.
    fn try_from(map: MmapMut) -> Result<Self, Self::Error> {
        RegionMut::from(map).try_into()
    }
}

impl<A: Atomic> AtomicRegion<A> {
    /// Makes a writable mapping, which nothing else in this process accesses, a region.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(super) fn from_mapping(mapping: Mapping) -> io::Result<Self> {
        debug_assert!(mapping.writable);
        // SAFETY: the mapping is writable, and this is its only part, because it was passed by value.
        unsafe { Self::from_part(Part::whole(mapping)) }.map_err(|(_, error)| error.into())
    }
}

impl<A: Atomic> Deref for AtomicRegion<A> {
    type Target = [A];
    #[inline]
    fn deref(&self) -> &[A] {
        let (ptr, len) = (self.part.ptr().as_ptr(), self.part.len() / size_of::<A>());
        // SAFETY: the bytes stay mapped as long as `self.part` lives; they are aligned, writable, and only accessed as
        // atomics of type `A` (field invariant); every bit pattern is a valid atomic integer.
        unsafe { core::slice::from_raw_parts(ptr.cast(), len) }
    }
}

impl<A: Atomic> fmt::Debug for AtomicRegion<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::describe(f, "AtomicRegion", &self.window())
    }
}
