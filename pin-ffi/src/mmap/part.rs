//! [`Part`]: some bytes of a mapping, and a share in all of it. The regions are made of it.

use super::error::RangeError;
use super::mapping::{Mapping, Window};
use super::range::inside;
use alloc::sync::Arc;
use core::ops::RangeBounds;
use core::ptr::NonNull;

/// Where some bytes of a mapping are, and what keeps them mapped.
///
/// Who may read or write them, the type decides that has it: `Region`, `RegionMut`, `AtomicRegion`. Those of one mapping
/// that may be written share no byte with any other.
#[derive(Clone)]
pub(super) struct Part {
    owner: Arc<Mapping>,
    /// Invariant: `[ptr, ptr + len)` is inside the visible bytes of `owner`.
    ptr: NonNull<u8>,
    len: usize,
}

// SAFETY: a place, kept mapped by an `Arc` of what is `Send` and `Sync`; nothing here reads or writes it.
unsafe impl Send for Part {}
// SAFETY: as above.
unsafe impl Sync for Part {}

impl Part {
    pub(super) fn whole(mapping: Mapping) -> Self {
        let (ptr, len) = (mapping.ptr, mapping.len);
        Self { owner: Arc::new(mapping), ptr, len }
    }

    /// The first byte: mapped for as long as `self`, with `len` bytes.
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

    /// Where it starts in its mapping.
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

    /// The bytes `range` of it.
    #[inline]
    pub(super) fn get(&self, range: &impl RangeBounds<usize>) -> Result<Self, RangeError> {
        let range = inside(range, self.len)?;
        // SAFETY: `range` is inside `[ptr, ptr + len)`.
        let ptr = unsafe { self.ptr.add(range.start) };
        Ok(Self { owner: Arc::clone(&self.owner), ptr, len: range.end - range.start })
    }

    /// What is before and from `at` on. Panics if that is more than the length.
    #[track_caller]
    pub(super) fn split_at(self, at: usize) -> (Self, Self) {
        let head = self.get(&(..at)).unwrap_or_else(|error| out_of_range(error));
        // SAFETY: `at` is inside, as was found above.
        let ptr = unsafe { self.ptr.add(at) };
        (head, Self { ptr, len: self.len - at, owner: self.owner })
    }

    /// Both as one, if `next` starts where this one ends.
    #[allow(clippy::result_large_err)] // both come back
    pub(super) fn try_join(self, next: Self) -> Result<Self, (Self, Self)> {
        if self.same_mapping(&next) && self.offset() + self.len == next.offset() {
            Ok(Self { len: self.len + next.len, ..self })
        } else {
            Err((self, next))
        }
    }

    /// The whole mapping, if nobody else has a part of it.
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
