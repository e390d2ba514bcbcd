//! [`AtomicRegion`]: a part of a mapping that many write at once, in this process and in others.

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
    /// An atomic integer: any bytes are a value.
    #[allow(missing_docs)]
    pub unsafe trait Sealed: Send + Sync {}
}
use sealed::Sealed;

/// An atomic integer that an [`AtomicRegion`] can be made of: [`AtomicU8`], [`AtomicU32`], [`AtomicI32`] (a futex word,
/// for one), and `AtomicU64` where the machine has it.
pub trait Atomic: Sealed {}

macro_rules! atomic {
    ($($type:ty)*) => {$(
        // SAFETY: an atomic integer.
        unsafe impl Sealed for $type {}
        impl Atomic for $type {}
    )*};
}
atomic!(AtomicU8 AtomicU32 AtomicI32);
#[cfg(target_has_atomic = "64")]
atomic!(core::sync::atomic::AtomicU64);

/// A part of a mapping, or all of it, as a slice of atomics; cheap to clone, and it keeps the mapping alive.
///
/// Nobody sees its bytes as plain ones, so that other holders, threads and processes may write them at any time. All
/// holders of one mapping see atomics of one size: a race between accesses of different sizes is undefined behaviour.
/// For words of several sizes, split a [`RegionMut`] first, or map windows of a memfd one by one.
///
/// Two mappings of one memfd are memory apart to the compiler, in one process as in two, and only the processor knows
/// that they are not. Where they are atomics of different sizes, it alone says what comes of a race.
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
    /// Invariant: the bytes are aligned for `A`, a whole number of them, and writable, and only `AtomicRegion`s of `A` have
    /// a part of them.
    part: Part,
    atomics: PhantomData<A>,
}

impl<A: Atomic> AtomicRegion<A> {
    /// A part as atomics, if it is aligned for them and a whole number of them; else the part, with the reason.
    ///
    /// # Safety
    ///
    /// The bytes are writable, and nobody else has a part of them.
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

    /// What its mapping was made for.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.part.mapping().mode
    }

    /// The part `range` (elements), which keeps everything mapped as this does.
    ///
    /// # Errors
    ///
    /// If the range is not inside.
    pub fn get(&self, range: impl RangeBounds<usize>) -> Result<Self, super::RangeError> {
        let range = inside(&range, self.len())?;
        // Neither overflows: both are inside the part.
        let bytes = range.start * size_of::<A>()..range.end * size_of::<A>();
        Ok(Self { part: self.part.get(&bytes)?, atomics: PhantomData })
    }

    /// Whether both are parts of one mapping.
    #[must_use]
    pub fn same_mapping(&self, other: &Self) -> bool {
        self.part.same_mapping(&other.part)
    }

    /// The whole mapping as plain bytes, if nobody else in this process has a part of it.
    ///
    /// # Errors
    ///
    /// The region as it was, if it is not the only one, or if other processes may write it (it came from
    /// [`map_atomic`](super::MmapOptions::map_atomic)).
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
    /// The region, with the reason, if it is not aligned for `A` or not a whole number of them.
    fn try_from(region: RegionMut) -> Result<Self, Self::Error> {
        // SAFETY: a `RegionMut` is writable, and alone with its part; it is gone.
        unsafe { Self::from_part(region.into_part()) }.map_err(|(part, error)| {
            // SAFETY: the part of the `RegionMut` that it was.
            let mapping = unsafe { RegionMut::from_part(part) };
            super::Denied { mapping, error: error.into() }
        })
    }
}

impl<A: Atomic> TryFrom<MmapMut> for AtomicRegion<A> {
    type Error = super::Denied<RegionMut>;

    /// # Errors
    ///
    /// The mapping, as a region, with the reason, if it is not aligned for `A` or not a whole number of them.
    fn try_from(map: MmapMut) -> Result<Self, Self::Error> {
        RegionMut::from(map).try_into()
    }
}

impl<A: Atomic> AtomicRegion<A> {
    /// A mapping of its own that nobody else in this process reaches.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(super) fn from_mapping(mapping: Mapping) -> io::Result<Self> {
        debug_assert!(mapping.writable);
        // SAFETY: all of a writable mapping, which nobody else has.
        unsafe { Self::from_part(Part::whole(mapping)) }.map_err(|(_, error)| error.into())
    }
}

impl<A: Atomic> Deref for AtomicRegion<A> {
    type Target = [A];
    #[inline]
    fn deref(&self) -> &[A] {
        let (ptr, len) = (self.part.ptr().as_ptr(), self.part.len() / size_of::<A>());
        // SAFETY: mapped for as long as `self.part` lives, aligned, writable, and reached by such atomics alone (field
        // invariant); any bytes are a value of an atomic integer.
        unsafe { core::slice::from_raw_parts(ptr.cast(), len) }
    }
}

impl<A: Atomic> fmt::Debug for AtomicRegion<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::describe(f, "AtomicRegion", &self.window())
    }
}
