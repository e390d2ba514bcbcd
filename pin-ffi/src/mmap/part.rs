//! [`Part`]: a range of a mapping, with shared ownership of the mapping. All region types contain one.

use super::error::RangeError;
use super::mapping::{Mapping, Window};
use super::range::inside;
use alloc::sync::Arc;
use core::ops::RangeBounds;
use core::ptr::NonNull;

/// A range of a mapping, and the reference count that keeps it mapped.
///
/// The type that contains it (`Region`, `RegionMut` or `AtomicRegion`) decides how the bytes are accessed. The types'
/// invariants ensure that no byte of a `RegionMut` is in another part, and that a byte of an `AtomicRegion` is only in
/// parts of the same type.
#[derive(Clone)]
pub(super) struct Part {
    owner: Arc<Mapping>,
    /// Invariant: `[ptr, ptr + len)` is inside the visible bytes of `owner`.
    ptr: NonNull<u8>,
    len: usize,
}

// SAFETY: `Mapping` is `Send` and `Sync`, and no method of this type reads or writes the bytes at `ptr`.
unsafe impl Send for Part {}
// SAFETY: as above.
unsafe impl Sync for Part {}

impl Part {
    pub(super) fn whole(mapping: Mapping) -> Self {
        let (ptr, len) = (mapping.ptr, mapping.len);
        Self { owner: Arc::new(mapping), ptr, len }
    }

    /// The first of `len` bytes, which stay mapped as long as `self` lives.
    #[inline(always)]
    pub(super) const fn ptr(&self) -> NonNull<u8> {
        self.ptr
    }

    #[inline(always)]
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn mapping(&self) -> &Mapping {
        &self.owner
    }

    /// The offset in the mapping at which this part starts, in bytes.
    pub(super) fn offset(&self) -> usize {
        self.ptr.addr().get() - self.owner.ptr.addr().get()
    }

    pub(super) fn window(&self) -> Window<'_> {
        let start = self.offset();
        Window { mapping: &self.owner, range: start..start + self.len }
    }

    pub(super) fn same_mapping(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.owner, &other.owner)
    }

    /// Returns the part `range` of this part.
    #[inline]
    pub(super) fn get(&self, range: &impl RangeBounds<usize>) -> Result<Self, RangeError> {
        let range = inside(range, self.len)?;
        // SAFETY: `inside` checked that `range` is in bounds.
        let ptr = unsafe { self.ptr.add(range.start) };
        Ok(Self { owner: Arc::clone(&self.owner), ptr, len: range.end - range.start })
    }

    /// Splits the part at `at`. Panics if `at` is greater than the length.
    #[track_caller]
    pub(super) fn split_at(self, at: usize) -> (Self, Self) {
        let head = self.get(&(..at)).unwrap_or_else(|error| out_of_range(error));
        // SAFETY: `get` checked above that `at` is at most `len`.
        let ptr = unsafe { self.ptr.add(at) };
        (head, Self { ptr, len: self.len - at, owner: self.owner })
    }

    /// Joins both parts, if `next` starts where this one ends.
    #[allow(clippy::result_large_err)] // both parts are returned
    pub(super) fn try_join(self, next: Self) -> Result<Self, (Self, Self)> {
        if self.same_mapping(&next) && self.offset() + self.len == next.offset() {
            Ok(Self { len: self.len + next.len, ..self })
        } else {
            Err((self, next))
        }
    }

    /// Returns the whole mapping, if no other part of it exists.
    pub(super) fn try_into_mapping(self) -> Result<Mapping, Self> {
        let Self { owner, ptr, len } = self;
        Arc::try_unwrap(owner).map_err(|owner| Self { owner, ptr, len })
    }
}

#[cold]
#[track_caller]
pub(super) fn out_of_range(error: RangeError) -> ! {
    panic!("{error}")
}
