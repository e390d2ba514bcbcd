//! Storage for the C structs that a filled C struct points at.
//!
//! A [`Scratch`] is a bump arena: it starts in memory that its owner provides (the stack of a call, the heap cell of
//! an operation) and goes on in heap blocks when that is used up. What it has handed out stays where it is until the
//! scratch is dropped or [reset](Scratch::reset). With `std`, the largest block of a dropped scratch is kept for the
//! next one on the same thread, so that a call with a thousand buffers allocates the first time and never again.

use crate::buf::Lent;
use crate::check::{self, Note, Notes};
use alloc::alloc::{Layout, alloc, dealloc};
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};

/// Bytes that a generated call keeps on its stack for nested C structs: 32 `iovec`s on a 64-bit machine.
///
/// Small enough that no stack probe is emitted, large enough for what most calls need. Twice that where the
/// [pointer check](crate::check) is compiled in: it notes there what is lent.
pub const INLINE: usize = if check::COMPILED { 1024 } else { 512 };

/// The largest block, in bytes, that a thread keeps for its next call.
pub(crate) const KEEP_AT_MOST: usize = if cfg!(feature = "std") { 1 << 20 } else { 0 };

/// The first bytes of a [`Scratch`], wherever its owner wants them.
#[repr(C, align(16))]
#[derive(Debug)]
pub struct Inline<const N: usize>(MaybeUninit<[u8; N]>);

impl<const N: usize> Inline<N> {
    /// `N` bytes that nobody has written.
    #[inline(always)]
    pub const fn uninit() -> Self {
        Self(MaybeUninit::uninit())
    }
}

/// The header of a heap block; its bytes follow.
#[repr(C, align(16))]
struct Block {
    /// The block that was in use before this one.
    older: Option<NonNull<Block>>,
    /// Size of the whole block in bytes, this header included.
    size: usize,
}

const HEADER: usize = size_of::<Block>();

/// A bump arena for nested C structs.
///
/// # Examples
///
/// ```
/// use pin_ffi::{Inline, Scratch};
///
/// let mut inline = Inline::<64>::uninit();
/// let mut scratch = Scratch::new(&mut inline);
/// let small = scratch.alloc::<u64>(4).unwrap(); // in `inline`
/// let large = scratch.alloc::<u64>(4096).unwrap(); // on the heap
/// assert!(small.is_aligned() && large.is_aligned());
/// ```
pub struct Scratch<'a> {
    next: *mut u8,
    end: *mut u8,
    block: Option<NonNull<Block>>,
    /// What was lent to C together with the structs here, for the pointer check. The notes are in the scratch too: they
    /// end before its memory does.
    notes: Notes,
    /// The inline bytes are ours for `'a`.
    inline: PhantomData<&'a mut MaybeUninit<u8>>,
}

// SAFETY: the raw pointers lead to the exclusively borrowed inline bytes and to heap blocks that only this value owns;
// the thread's kept block is touched only by the thread that drops the scratch.
unsafe impl Send for Scratch<'_> {}
// SAFETY: a shared scratch offers no operation that reads or writes through its pointers.
unsafe impl Sync for Scratch<'_> {}

impl<'a> Scratch<'a> {
    /// A scratch that uses `inline` first.
    #[inline(always)]
    pub fn new<const N: usize>(inline: &'a mut Inline<N>) -> Self {
        let next = inline.0.as_mut_ptr().cast::<u8>();
        // One past the end of `inline`.
        Self { next, end: next.wrapping_add(N), block: None, notes: Notes::NONE, inline: PhantomData }
    }

    /// A scratch without inline bytes: the first allocation takes a heap block.
    #[inline]
    pub const fn on_heap() -> Scratch<'static> {
        let nowhere = ptr::dangling_mut::<u128>().cast::<u8>();
        Scratch { next: nowhere, end: nowhere, block: None, notes: Notes::NONE, inline: PhantomData }
    }

    /// A scratch over `N` bytes at `inline`, for storage that has no lifetime to borrow.
    ///
    /// # Safety
    ///
    /// `inline` must be valid for writes for as long as the scratch is used, and used by nothing else meanwhile.
    pub(crate) unsafe fn over<const N: usize>(inline: *mut Inline<N>) -> Scratch<'static> {
        let next = inline.cast::<u8>();
        Scratch { next, end: next.wrapping_add(N), block: None, notes: Notes::NONE, inline: PhantomData }
    }

    /// Room for `n` values of type `T`, aligned, uninitialised, non-null also for `n == 0`; `None` if memory ran out.
    #[inline(always)]
    pub fn alloc<T>(&mut self, n: usize) -> Option<NonNull<T>> {
        let address = self.next.addr();
        let pad = address.wrapping_neg() & (align_of::<T>() - 1);
        let room = (self.end.addr() - address).saturating_sub(pad);
        if size_of::<T>() == 0 || n <= room / size_of::<T>() {
            let start = self.next.wrapping_add(pad);
            self.next = if size_of::<T>() == 0 { self.next } else { start.wrapping_add(n * size_of::<T>()) };
            NonNull::new(start.cast())
        } else {
            self.alloc_slow(Layout::array::<T>(n).ok()?).map(NonNull::cast)
        }
    }

    /// Tells the pointer check that `lent` is C's to use, until the scratch is reset or dropped.
    ///
    /// For a [`fill`](crate::FfiPinned::fill) that is written by hand, with each address that it hands out; derived ones
    /// do it. Where the check is not compiled in it does nothing.
    #[inline(always)]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn note<T>(&mut self, lent: Lent<T>, write: bool) {
        if check::COMPILED && !lent.is_none() {
            self.note_bytes(lent.ptr.addr(), lent.len.wrapping_mul(size_of::<T>()), write);
        }
    }

    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    fn note_bytes(&mut self, start: usize, bytes: usize, write: bool) {
        // If there is no memory for the note, C gets its pointer all the same.
        if let Some(place) = self.alloc::<Note>(1) {
            // SAFETY: room for a note, in memory that the scratch keeps until the notes have ended.
            unsafe { self.notes.add(place, check::enter(start, bytes, write)) };
        }
    }

    /// Ends what was noted: C has finished, or never began.
    #[inline(always)]
    pub(crate) fn end_notes(&mut self) {
        // SAFETY: the notes are in the scratch's memory, which has not been reset since they were added.
        unsafe { self.notes.end() };
    }

    #[cold]
    #[inline(never)]
    fn alloc_slow(&mut self, wanted: Layout) -> Option<NonNull<u8>> {
        let slack = wanted.align().saturating_sub(align_of::<Block>());
        let least = HEADER.checked_add(slack)?.checked_add(wanted.size())?;
        let block = match kept::take(least) {
            Some(block) => block,
            None => {
                // Twice what the block before had, so that a steady state needs one block alone.
                // SAFETY: the chain's blocks are live.
                let before = self.block.map_or(INLINE, |b| unsafe { (*b.as_ptr()).size });
                Block::new(least.max(before.saturating_mul(2)))?
            }
        };
        // SAFETY: the block is ours, live, and its header was written by `Block::new`.
        let size = unsafe {
            (*block.as_ptr()).older = self.block;
            (*block.as_ptr()).size
        };
        self.block = Some(block);
        let base = block.as_ptr().cast::<u8>();
        let first = base.wrapping_add(HEADER);
        let start = first.wrapping_add(first.addr().wrapping_neg() & (wanted.align() - 1));
        self.next = start.wrapping_add(wanted.size());
        self.end = base.wrapping_add(size);
        NonNull::new(start)
    }

    /// Forgets all that was handed out and keeps the largest heap block.
    ///
    /// Takes `&mut self`; whoever still holds pointers into the scratch must not use them.
    pub fn reset(&mut self) {
        self.end_notes();
        let Some(newest) = self.block.take() else { return };
        let mut keep = newest;
        let mut next = Some(newest);
        while let Some(block) = next {
            // SAFETY: the chain's blocks are live and ours; each is looked at once.
            next = unsafe { (*block.as_ptr()).older };
            // SAFETY: as above, `keep` too.
            let (this, best) = unsafe { ((*block.as_ptr()).size, (*keep.as_ptr()).size) };
            if block == keep {
                continue;
            }
            let drop_it = if this > best { core::mem::replace(&mut keep, block) } else { block };
            // SAFETY: taken out of the chain, referred to by nobody.
            unsafe { Block::free(drop_it) };
        }
        // SAFETY: `keep` is live and ours.
        unsafe { (*keep.as_ptr()).older = None };
        self.block = Some(keep);
        self.rewind(keep);
    }

    /// Hands out `block`, the only one, from its start.
    #[inline(always)]
    fn rewind(&mut self, block: NonNull<Block>) {
        let base = block.as_ptr().cast::<u8>();
        self.next = base.wrapping_add(HEADER);
        // SAFETY: the block is live and ours.
        self.end = base.wrapping_add(unsafe { (*block.as_ptr()).size });
    }

    /// Forgets all that was handed out, as [`reset`](Self::reset) does, and keeps one block with room for all of it, so
    /// that the same again allocates nothing; unless that would be more than `at_most` bytes.
    #[inline(always)]
    pub(crate) fn settle(&mut self, at_most: usize) {
        self.end_notes();
        let Some(block) = self.block else { return };
        // SAFETY: the block is live and ours.
        if unsafe { (*block.as_ptr()).older }.is_none() {
            self.rewind(block);
        } else {
            self.settle_blocks(at_most);
        }
    }

    #[cold]
    #[inline(never)]
    fn settle_blocks(&mut self, at_most: usize) {
        let mut total = INLINE;
        let mut next = self.block;
        while let Some(block) = next {
            // SAFETY: the chain's blocks are live and ours.
            unsafe {
                total = total.saturating_add((*block.as_ptr()).size);
                next = (*block.as_ptr()).older;
            }
        }
        self.reset();
        if total <= at_most {
            // The inline bytes are counted, for what was in them comes first in the block next time. If there is no
            // memory for it, the largest block stays.
            let _ = self.alloc::<u8>(total);
            self.reset();
        }
    }

    #[cold]
    #[inline(never)]
    fn give_back(&mut self) {
        self.reset();
        if let Some(block) = self.block.take() {
            kept::put(block);
        }
    }
}

impl Drop for Scratch<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.end_notes();
        if self.block.is_some() {
            self.give_back();
        }
    }
}

impl core::fmt::Debug for Scratch<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Scratch").field("on_heap", &self.block.is_some()).finish_non_exhaustive()
    }
}

impl Block {
    fn new(size: usize) -> Option<NonNull<Block>> {
        let layout = Layout::from_size_align(size, align_of::<Block>()).ok()?;
        // SAFETY: `size` is at least `HEADER`, so not zero.
        let block = NonNull::new(unsafe { alloc(layout) })?.cast::<Block>();
        // SAFETY: freshly allocated with room and alignment for the header.
        unsafe { block.write(Block { older: None, size }) };
        Some(block)
    }

    /// # Safety
    ///
    /// `block` came from [`Block::new`] and is not used again.
    unsafe fn free(block: NonNull<Block>) {
        // SAFETY: the header is live (caller), and its size made a valid layout once.
        unsafe {
            let layout = Layout::from_size_align_unchecked((*block.as_ptr()).size, align_of::<Block>());
            dealloc(block.as_ptr().cast(), layout);
        }
    }
}

/// The block that a thread keeps for its next scratch.
#[cfg(feature = "std")]
mod kept {
    use super::{Block, KEEP_AT_MOST, NonNull};
    use core::cell::Cell;

    struct Kept(Cell<Option<NonNull<Block>>>);

    impl Drop for Kept {
        fn drop(&mut self) {
            if let Some(block) = self.0.take() {
                // SAFETY: the thread's own block, just taken out of its only place.
                unsafe { Block::free(block) };
            }
        }
    }

    std::thread_local! {
        static KEPT: Kept = const { Kept(Cell::new(None)) };
    }

    /// The kept block, if it has `least` bytes.
    pub(super) fn take(least: usize) -> Option<NonNull<Block>> {
        KEPT.try_with(|kept| {
            let block = kept.0.take()?;
            // SAFETY: a kept block is live.
            if unsafe { (*block.as_ptr()).size } >= least {
                Some(block)
            } else {
                kept.0.set(Some(block));
                None
            }
        })
        .ok()
        .flatten()
    }

    /// Keeps `block` if it is the larger one and not too large; frees the other.
    pub(super) fn put(block: NonNull<Block>) {
        // SAFETY: the caller hands over a live block.
        let size = unsafe { (*block.as_ptr()).size };
        let mut spare = Some(block);
        if size <= KEEP_AT_MOST {
            // A thread that is ending has no place left: then the block is freed below.
            let _ = KEPT.try_with(|kept| {
                let old = kept.0.take();
                // SAFETY: a kept block is live.
                if old.is_none_or(|old| unsafe { (*old.as_ptr()).size } < size) {
                    kept.0.set(spare);
                    spare = old;
                } else {
                    kept.0.set(old);
                }
            });
        }
        if let Some(spare) = spare {
            // SAFETY: owned by us alone: either it was never kept, or it was just taken out.
            unsafe { Block::free(spare) };
        }
    }
}

#[cfg(not(feature = "std"))]
mod kept {
    use super::{Block, NonNull};

    pub(super) fn take(_least: usize) -> Option<NonNull<Block>> {
        None
    }

    pub(super) fn put(block: NonNull<Block>) {
        // SAFETY: the caller hands over a live block that nobody else has.
        unsafe { Block::free(block) };
    }
}
