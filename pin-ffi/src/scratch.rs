//! Storage for the C structs that a filled C struct points at.
//!
//! A [`Scratch`] is a bump arena: it starts in memory that its owner provides (the stack of a call, the heap cell of
//! an operation) and goes on in heap blocks when that is used up. What it has handed out stays where it is until the
//! scratch is dropped or [reset](Scratch::reset). With `std`, the largest block of a dropped scratch is kept for the
//! next one on the same thread, so that a call with a thousand buffers allocates the first time and never again.

use crate::check::{self, Note, Notes};
use crate::error::LendError;
use crate::lend::Lent;
use alloc::alloc::{Layout, alloc, dealloc};
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};

/// Bytes that a generated call keeps on its stack for nested C structs: 256 `iovec`s on a 64-bit machine with `std`.
///
/// More would cost each call a probe of the stack for every page; less, and calls with a few dozen buffers would pay for
/// a heap block. Where there is no `std`, stacks are small, and it is 512. Twice that where the
/// [pointer check](crate::check) is compiled in: it notes there what is lent.
pub const INLINE: usize =
    (if cfg!(all(feature = "std", target_pointer_width = "64")) { 4096 } else { 512 }) << (check::COMPILED as usize);

/// The largest block, in bytes, that a thread keeps for its next call.
pub(crate) const KEEP_AT_MOST: usize = if cfg!(feature = "std") { 1 << 20 } else { 0 };

/// How many levels of arrays, each in a struct of the one above, are filled at most. A debug build takes up to 8 KiB of the
/// stack for each, and a thread has 2 MiB unless it asks for more.
pub(crate) const MAX_LEVELS: u32 = 128;

/// The first bytes of a [`Scratch`], wherever its owner wants them.
#[repr(C, align(16))]
#[derive(Debug)]
pub struct Inline<const N: usize>(MaybeUninit<[u8; N]>);

impl<const N: usize> Inline<N> {
    /// `N` bytes that nobody has written.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn uninit() -> Self {
        Self(MaybeUninit::uninit())
    }
}

/// Calls `lend` with a scratch: on the stack if what is lent `fits` there, in heap blocks otherwise.
///
/// `fits` is what [`scratch_left`](crate::FfiPinned::scratch_left) said of [`INLINE`] bytes. It decides between two
/// copies of `lend`, of which the one on the stack is free of all that has to do with blocks if the compiler sees that
/// it needs none; the scratch goes on in blocks where `fits` was wrong.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn with_scratch<R>(fits: Option<usize>, lend: impl FnOnce(&mut Scratch<'_>) -> R) -> R {
    if fits.is_some() {
        let mut inline = Inline::<INLINE>::uninit();
        lend(&mut Scratch::new(&mut inline))
    } else {
        in_blocks(lend)
    }
}

#[inline(never)]
fn in_blocks<R>(lend: impl FnOnce(&mut Scratch<'_>) -> R) -> R {
    lend(&mut Scratch::on_heap())
}

/// The same for a function that may be refused: the error has its own way out, so that the result stays in registers.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn try_with_scratch<R>(
    fits: Option<usize>,
    lend: impl FnOnce(&mut Scratch<'_>) -> Result<R, LendError>,
) -> Result<R, LendError> {
    let mut refused = MaybeUninit::uninit();
    let lent = with_scratch(fits, |scratch| match lend(scratch) {
        Ok(result) => Some(result),
        Err(error) => {
            refused.write(error);
            None
        }
    });
    // SAFETY: `None` says that the error was written.
    lent.ok_or_else(|| unsafe { refused.assume_init() })
}

/// The header of a heap block; its bytes follow.
#[repr(C, align(16))]
struct Block {
    /// The block that was in use before this one.
    older: Option<NonNull<Block>>,
    /// Bytes behind this header.
    bytes: usize,
}

const HEADER: usize = size_of::<Block>();

/// What all that is handed out is aligned to, at least.
const ALIGN: usize = align_of::<Block>();

/// A bump arena for nested C structs: what it hands out stays in place until it is dropped or reset.
///
/// With `std` each thread keeps the block of its last scratch for the next, if it has at most 1 MiB: a call with more than
/// about 65 500 `iovec`s allocates every time. Arrays in the structs of other arrays are filled down to 128 levels; deeper
/// ones are refused ([`Reason::TooDeep`](crate::Reason::TooDeep)).
///
/// # Examples
///
/// ```
/// use pin_ffi::manual::{Inline, Scratch};
///
/// let mut inline = Inline::<64>::uninit();
/// let mut scratch = Scratch::new(&mut inline);
/// let small = scratch.alloc::<u64>(4).unwrap(); // in `inline`
/// let large = scratch.alloc::<u64>(4096).unwrap(); // on the heap
/// assert!(small.is_aligned() && large.is_aligned());
/// ```
pub struct Scratch<'a> {
    next: *mut u8,
    /// Bytes at `next`.
    room: usize,
    blocks: Blocks,
    /// What was lent to C together with the structs here, for the pointer check. The notes are in the scratch too: they
    /// end before its memory does.
    notes: Notes,
    /// How many arrays, each in a struct of the one before, are being filled.
    level: u32,
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
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn new<const N: usize>(inline: &'a mut Inline<N>) -> Self {
        let next = inline.0.as_mut_ptr().cast::<u8>();
        Self { next, room: N, blocks: Blocks::NONE, notes: Notes::NONE, level: 0, inline: PhantomData }
    }

    /// A scratch without inline bytes: the first allocation takes a heap block.
    #[inline]
    pub const fn on_heap() -> Scratch<'static> {
        let nowhere = ptr::dangling_mut::<u128>().cast::<u8>();
        Scratch { next: nowhere, room: 0, blocks: Blocks::NONE, notes: Notes::NONE, level: 0, inline: PhantomData }
    }

    /// A scratch over `N` bytes at `inline`, for storage that has no lifetime to borrow.
    ///
    /// # Safety
    ///
    /// `inline` must be valid for writes for as long as the scratch is used, and used by nothing else meanwhile.
    pub(crate) unsafe fn over<const N: usize>(inline: *mut Inline<N>) -> Scratch<'static> {
        let next = inline.cast::<u8>();
        Scratch { next, room: N, blocks: Blocks::NONE, notes: Notes::NONE, level: 0, inline: PhantomData }
    }

    /// Room for `n` values of type `T`, aligned, uninitialised, non-null also for `n == 0`; `None` if memory ran out.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn alloc<T>(&mut self, n: usize) -> Option<NonNull<T>> {
        // SAFETY: exclusively borrowed.
        unsafe { Self::alloc_at(self, n) }
    }

    /// Room for `n` values of type `T`, and behind them for `n` of type `K`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn alloc_pair<T, K>(&mut self, n: usize) -> Option<(NonNull<T>, NonNull<K>)> {
        if size_of::<K>() == 0 {
            return Some((self.alloc::<T>(n)?, NonNull::dangling()));
        }
        // As many pairs, each with its padding, are at least as large as the two arrays with the padding in between.
        let first = self.alloc::<(MaybeUninit<T>, MaybeUninit<K>)>(n)?.cast::<T>();
        // SAFETY: just allocated for `n` of both.
        let second = unsafe { Self::second_of_pair(first.as_ptr(), n) };
        // SAFETY: behind an address that is not null, in the same allocation.
        Some((first, unsafe { NonNull::new_unchecked(second) }))
    }

    /// Where the second array of an [`alloc_pair`](Self::alloc_pair) is, whose first is at `first`.
    ///
    /// # Safety
    ///
    /// `first` came from `alloc_pair::<T, K>(n)`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) unsafe fn second_of_pair<T, K>(first: *mut T, n: usize) -> *mut K {
        let offset = (n * size_of::<T>()).next_multiple_of(align_of::<K>());
        if size_of::<K>() == 0 { ptr::dangling_mut() } else { first.cast::<u8>().wrapping_add(offset).cast() }
    }

    /// As [`alloc`](Self::alloc), for a scratch that the program's allocator may reach: it may come here again in the
    /// middle of this.
    ///
    /// # Safety
    ///
    /// `this` is a live scratch, to which nobody has a reference; on this thread, and meanwhile, others do nothing with it
    /// but this.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) unsafe fn alloc_at<T>(this: *mut Self, n: usize) -> Option<NonNull<T>> {
        // Up to the alignment of a block, no values have an address inside or right behind it; beyond, it might wrap to null.
        if size_of::<T>() == 0 || (align_of::<T>() > align_of::<Block>() && n == 0) {
            return Some(NonNull::dangling());
        }
        // SAFETY: the caller's promise.
        let (next, room) = unsafe { ((*this).next, (*this).room) };
        // `next` is aligned as a block is, so that only the rarest types need a pad.
        let pad = if align_of::<T>() <= ALIGN { 0 } else { next.addr().wrapping_neg() & (align_of::<T>() - 1) };
        let room = if pad == 0 { room } else { room.saturating_sub(pad) };
        let (start, room) = if n <= room / size_of::<T>() {
            (next.wrapping_add(pad), room)
        } else {
            // SAFETY: the caller's promise.
            unsafe { Self::grow::<T>(this, n)? }
        };
        let used = n * size_of::<T>();
        let used = if size_of::<T>() % ALIGN == 0 { used } else { used.next_multiple_of(ALIGN) };
        // SAFETY: the caller's promise. What an inner call has left of its block is not used.
        unsafe {
            (*this).next = start.wrapping_add(used);
            (*this).room = if size_of::<T>() % ALIGN == 0 { room - used } else { room.saturating_sub(used) };
        }
        // SAFETY: inside the inline bytes or a block, or the dangling address of `on_heap`: none of them is null.
        Some(unsafe { NonNull::new_unchecked(start.cast()) })
    }

    /// Runs `fill` one level further down; `None` if there are too many already.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn one_level_down<R>(&mut self, fill: impl FnOnce(&mut Self) -> R) -> Option<R> {
        let level = self.level;
        if level == MAX_LEVELS {
            return None;
        }
        self.level = level + 1;
        let filled = fill(self);
        self.level = level;
        Some(filled)
    }

    /// Tells the pointer check that `lent` is C's to use, until the scratch is reset or dropped.
    ///
    /// For a [`fill`](crate::FfiPinned::fill) that is written by hand, with each address that it hands out; derived ones
    /// do it. Where the check is not compiled in it does nothing.
    ///
    /// # Safety
    ///
    /// `lent` is memory until then: [`verify`](crate::check::verify) may read C structs there.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub unsafe fn note<T>(&mut self, lent: Lent<T>, write: bool) {
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
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn end_notes(&mut self) {
        // SAFETY: the notes are in the scratch's memory, which has not been reset since they were added.
        unsafe { self.notes.end() };
    }

    /// Goes on in a heap block with room for `n` values of type `T`; where in it they can start, and how
    /// many bytes there are from there.
    ///
    /// The scratch stays out of the functions that are not inlined, so that that of a call lives in registers.
    ///
    /// # Safety
    ///
    /// As for [`alloc_at`](Self::alloc_at).
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn grow<T>(this: *mut Self, n: usize) -> Option<(*mut u8, usize)> {
        let slack = align_of::<T>().saturating_sub(align_of::<Block>());
        let is_enough = |bytes: usize| n <= bytes.saturating_sub(slack) / size_of::<T>();
        // SAFETY: the caller's promise.
        let before = unsafe { (*this).blocks };
        // SAFETY: more than no values did not fit, so that 0 bytes are not enough.
        let kept = if before.is_none() { unsafe { kept::borrow(is_enough) } } else { None };
        let newest = if let Some(kept) = kept {
            // SAFETY: the caller's promise.
            unsafe { (*this).blocks = Blocks::lent(kept) };
            kept
        } else {
            // Where the pointer check notes what the structs lend, it needs as much again.
            let structs = Layout::array::<T>(if check::COMPILED { n.checked_mul(2)? } else { n }).ok()?;
            let longer = before.longer(slack.checked_add(structs.size())?)?;
            // SAFETY: the caller's promise.
            let now = unsafe { (*this).blocks };
            // The allocator may have been here, and taken blocks as well.
            let longer = if now == before { longer } else { longer.before(now) };
            // SAFETY: the caller's promise.
            unsafe { (*this).blocks = longer };
            longer.newest()?
        };
        let (first, bytes) = Block::bytes(newest);
        // A block is aligned for all but the rarest types.
        let pad = if slack == 0 { 0 } else { first.addr().wrapping_neg() & (align_of::<T>() - 1) };
        Some((first.wrapping_add(pad), bytes - pad))
    }

    /// Whether it has taken memory of its own.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn has_blocks(&self) -> bool {
        !self.blocks.is_none()
    }

    /// Whether nothing is in its blocks: it has one, of which no byte was handed out since it was settled.
    #[inline]
    pub(crate) fn is_untouched(&self) -> bool {
        self.blocks.newest().is_some_and(|newest| self.next == Block::bytes(newest).0)
    }

    /// Forgets all that was handed out and keeps the largest heap block.
    ///
    /// Takes `&mut self`; whoever still holds pointers into the scratch must not use them.
    pub fn reset(&mut self) {
        self.end_notes();
        // A fill that panicked did not come back up.
        self.level = 0;
        self.blocks = self.blocks.largest();
        let Some(block) = self.blocks.newest() else { return };
        (self.next, self.room) = Block::bytes(block);
    }

    /// Forgets all that was handed out, as [`reset`](Self::reset) does, and keeps one block with room for all of it, so
    /// that the same again allocates nothing; unless that would be more than `at_most` bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn settle(&mut self, at_most: usize) {
        self.end_notes();
        let Some(newest) = self.blocks.newest() else { return };
        // SAFETY: the blocks of a scratch are live.
        if unsafe { newest.as_ref().older }.is_none() {
            (self.next, self.room) = Block::bytes(newest);
        } else {
            *self = core::mem::replace(self, Self::on_heap()).settle_blocks(at_most);
        }
    }

    /// By value, so that a record that owns a scratch lives in registers.
    #[cold]
    #[inline(never)]
    fn settle_blocks(mut self, at_most: usize) -> Self {
        let mut total = INLINE;
        let mut next = self.blocks.newest();
        while let Some(block) = next {
            // SAFETY: the blocks of a scratch are live.
            unsafe {
                total = total.saturating_add(block.as_ref().bytes);
                next = block.as_ref().older;
            }
        }
        self.reset();
        if total <= at_most {
            // The inline bytes are counted, for what was in them comes first in the block next time. If there is no
            // memory for it, the largest block stays.
            let _ = self.alloc::<u8>(total);
            self.reset();
        }
        self
    }
}

impl Drop for Scratch<'_> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn drop(&mut self) {
        self.end_notes();
        if !self.blocks.is_none() {
            kept::give_back(self.blocks);
        }
    }
}

impl core::fmt::Debug for Scratch<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Scratch").field("on_heap", &!self.blocks.is_none()).finish_non_exhaustive()
    }
}

/// The heap blocks of a scratch, the newest first: its address.
///
/// The lowest bit is set unless it is one block alone that the thread lends ([`kept`]), so that one comparison tells
/// whether it goes back there as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Blocks(*mut Block);

const OF_ITS_OWN: usize = 1;

impl Blocks {
    const NONE: Self = Self(ptr::null_mut());

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_none(self) -> bool {
        self.0.is_null()
    }

    /// One block, lent by the thread.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lent(block: NonNull<Block>) -> Self {
        Self(block.as_ptr())
    }

    /// Blocks of which `newest` is the first, and that are not the thread's.
    fn of_its_own(newest: NonNull<Block>) -> Self {
        Self(newest.as_ptr().map_addr(|address| address | OF_ITS_OWN))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn newest(self) -> Option<NonNull<Block>> {
        NonNull::new(self.0.map_addr(|address| address & !OF_ITS_OWN))
    }

    /// These blocks and a new one with `least` bytes at least.
    #[cold]
    #[inline(never)]
    fn longer(self, least: usize) -> Option<Self> {
        // Twice what the block before has, on top: whatever was handed out so far fits into the new one as well, and a
        // steady state needs one block alone.
        // SAFETY: the blocks are live.
        let before = self.newest().map_or(256, |newest| unsafe { newest.as_ref().bytes });
        let block = Block::new(least.checked_add(before.saturating_mul(2))?, self.newest())?;
        Some(if self.is_none() && kept::lend(block) { Self::lent(block) } else { Self::of_its_own(block) })
    }

    /// The newest of these blocks, and then those of `others`.
    #[cold]
    #[inline(never)]
    fn before(self, others: Self) -> Self {
        self.newest().map_or(others, |newest| {
            // SAFETY: live and ours.
            unsafe { (*newest.as_ptr()).older = others.newest() };
            Self::of_its_own(newest)
        })
    }

    /// The largest of the blocks, alone; the others are freed.
    fn largest(self) -> Self {
        let mut largest = self.newest();
        let mut next = self.newest();
        while let (Some(block), Some(best)) = (next, largest) {
            // SAFETY: the blocks are live and ours; each is looked at once.
            unsafe {
                next = block.as_ref().older;
                if block != best {
                    let larger = block.as_ref().bytes > best.as_ref().bytes;
                    largest = Some(if larger { block } else { best });
                    Block::free(if larger { best } else { block });
                }
            }
        }
        if largest == NonNull::new(self.0) {
            return self;
        }
        largest.map_or(Self::NONE, |largest| {
            // SAFETY: live and ours.
            unsafe { (*largest.as_ptr()).older = None };
            Self::of_its_own(largest)
        })
    }
}

impl Block {
    fn new(bytes: usize, older: Option<NonNull<Block>>) -> Option<NonNull<Block>> {
        let layout = Layout::from_size_align(HEADER.checked_add(bytes)?, align_of::<Block>()).ok()?;
        // SAFETY: `HEADER` is not zero.
        let block = NonNull::new(unsafe { alloc(layout) })?.cast::<Block>();
        // SAFETY: freshly allocated with room and alignment for the header.
        unsafe { block.write(Block { older, bytes }) };
        Some(block)
    }

    /// Where the bytes of a live block start, and how many there are.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bytes(block: NonNull<Block>) -> (*mut u8, usize) {
        // SAFETY: the callers have it from a scratch, whose blocks are live.
        (block.as_ptr().cast::<u8>().wrapping_add(HEADER), unsafe { (*block.as_ptr()).bytes })
    }

    /// # Safety
    ///
    /// `block` came from [`Block::new`] and is not used again.
    unsafe fn free(block: NonNull<Block>) {
        // SAFETY: the header is live (caller), and its size made a valid layout once.
        unsafe {
            let layout = Layout::from_size_align_unchecked(HEADER + (*block.as_ptr()).bytes, align_of::<Block>());
            dealloc(block.as_ptr().cast(), layout);
        }
    }
}

/// The block that a thread keeps for its next scratch.
///
/// It has two states: kept here (`bytes` is its size), or lent to a scratch (`bytes` is 0, and the address is only
/// compared with what comes back). Lending and giving back are a comparison and two moves each; the cells have no
/// destructor, so that reaching them costs nothing either. What ends with the thread is [`Guard`]: nothing is kept
/// before it has been set up, nor after it has run.
#[cfg(feature = "std")]
mod kept {
    use super::{Block, Blocks, KEEP_AT_MOST, NonNull};
    use core::cell::Cell;
    use core::ptr;

    struct Kept {
        /// The block, kept or lent last; null if there is none, and once the thread ends.
        block: Cell<*mut Block>,
        /// Its bytes; 0 if it is lent, or there is none.
        bytes: Cell<usize>,
    }

    struct Guard;

    std::thread_local! {
        static KEPT: Kept = const { Kept { block: Cell::new(ptr::null_mut()), bytes: Cell::new(0) } };
        static GUARD: Guard = const { Guard };
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            KEPT.with(|kept| kept.replace(ptr::null_mut(), 0));
        }
    }

    impl Kept {
        /// Another block, kept or lent, in place of this one, which is freed if it was kept here.
        ///
        /// Freed last: the program's allocator may call here again, and must find what is true.
        fn replace(&self, block: *mut Block, bytes: usize) {
            let before = self.block.replace(block);
            if let (1.., Some(before)) = (self.bytes.replace(bytes), NonNull::new(before)) {
                // SAFETY: it was kept here, so nobody else has it, and it is not found here again.
                unsafe { Block::free(before) };
            }
        }
    }

    /// The kept block for a scratch that has none yet, if it is large enough.
    ///
    /// # Safety
    ///
    /// 0 bytes are not enough.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) unsafe fn borrow(is_enough: impl FnOnce(usize) -> bool) -> Option<NonNull<Block>> {
        KEPT.with(|kept| {
            if !is_enough(kept.bytes.get()) {
                return None;
            }
            kept.bytes.set(0);
            // SAFETY: the bytes were not 0 (caller), so there is a block.
            Some(unsafe { NonNull::new_unchecked(kept.block.get()) })
        })
    }

    /// The blocks of a scratch that is dropped: the largest is kept if there is no larger one yet.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn give_back(blocks: Blocks) {
        KEPT.with(|kept| {
            if blocks.0 == kept.block.get() {
                // SAFETY: the address alone means one block that this scratch owns. It is lent and not kept, or this
                // scratch could not have it, so nothing is overwritten; and there is a guard, or the cell were null.
                kept.bytes.set(unsafe { (*blocks.0).bytes });
            } else {
                keep_larger(blocks);
            }
        });
    }

    #[cold]
    #[inline(never)]
    fn keep_larger(blocks: Blocks) {
        let Some(block) = blocks.largest().newest() else { return };
        let (_, bytes) = Block::bytes(block);
        KEPT.with(|kept| {
            if bytes <= KEEP_AT_MOST && bytes > kept.bytes.get() && GUARD.try_with(|_| ()).is_ok() {
                kept.replace(block.as_ptr(), bytes);
            } else {
                // SAFETY: ours alone, and not used again.
                unsafe { Block::free(block) };
            }
        });
    }

    /// A new block that is the first of its scratch is lent as if it had been kept, if it may be.
    pub(super) fn lend(block: NonNull<Block>) -> bool {
        let (_, bytes) = Block::bytes(block);
        if bytes > KEEP_AT_MOST || GUARD.try_with(|_| ()).is_err() {
            return false;
        }
        // What is kept is too small, or it would have been borrowed.
        KEPT.with(|kept| kept.replace(block.as_ptr(), 0));
        true
    }
}

#[cfg(not(feature = "std"))]
mod kept {
    use super::{Block, Blocks, NonNull};

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) unsafe fn borrow(_is_enough: impl FnOnce(usize) -> bool) -> Option<NonNull<Block>> {
        None
    }

    #[cold]
    #[inline(never)]
    pub(super) fn give_back(blocks: Blocks) {
        if let Some(block) = blocks.largest().newest() {
            // SAFETY: the last block of a scratch that is dropped.
            unsafe { Block::free(block) };
        }
    }

    pub(super) fn lend(_block: NonNull<Block>) -> bool {
        false
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[repr(align(64))]
    struct Line(#[allow(dead_code, reason = "only its address matters")] [u8; 64]);

    /// Takes `n` numbers, writes the first and the last, and tells where they are.
    fn take(scratch: &mut Scratch<'_>, n: usize) -> usize {
        let start = scratch.alloc::<u64>(n).unwrap().as_ptr();
        // SAFETY: room for `n`, which no test has at 0.
        unsafe {
            start.write(1);
            start.add(n - 1).write(2);
        }
        start.addr()
    }

    #[test]
    fn nothing_takes_no_room() {
        #[repr(align(64))]
        struct Wide(#[allow(dead_code)] u8);

        let mut inline = Inline::<64>::uninit();
        let end = (&raw const inline).addr() + 64;
        for taken in 1..=64 {
            let mut scratch = Scratch::new(&mut inline);
            assert!(scratch.alloc::<u8>(taken).is_some());
            assert!(scratch.alloc::<Wide>(0).unwrap().is_aligned() && scratch.alloc::<u64>(0).unwrap().is_aligned());
            let large = take(&mut scratch, 1000);
            assert!(large + 8000 < end - 64 || large >= end, "memory past the inline bytes");
        }
    }

    #[test]
    fn a_thread_uses_its_block_again() {
        let first = take(&mut Scratch::on_heap(), 1000);
        assert_eq!(take(&mut Scratch::on_heap(), 1000), first);
        assert_eq!(take(&mut Scratch::on_heap(), 10), first);
    }

    #[test]
    fn what_took_several_blocks_fits_into_one_afterwards() {
        let all = |scratch: &mut Scratch<'_>| [100, 200, 3000, 50, 9000].map(|n| take(scratch, n));
        all(&mut Scratch::on_heap());
        let places = all(&mut Scratch::on_heap());
        assert!(places.windows(2).all(|two| two[0] < two[1] && two[1] - two[0] <= 3000 * 8), "{places:?}");
        assert_eq!(all(&mut Scratch::on_heap()), places);
    }

    #[test]
    fn two_at_once_have_memory_of_their_own() {
        for (outer, inner) in [(1000, 1000), (1000, 50), (50, 5000), (5000, 5000)] {
            let (mut a, mut b) = (Scratch::on_heap(), Scratch::on_heap());
            let (at_a, at_b) = (take(&mut a, outer), take(&mut b, inner));
            assert!(at_a + outer * 8 <= at_b || at_b + inner * 8 <= at_a);
            if outer < inner {
                drop(a);
            }
            let mut c = Scratch::on_heap();
            let at_c = take(&mut c, inner);
            assert!(at_c + inner * 8 <= at_b || at_b + inner * 8 <= at_c);
        }
    }

    #[test]
    fn a_block_may_end_on_another_thread() {
        let mut scratch = Scratch::on_heap();
        take(&mut scratch, 1000);
        std::thread::spawn(move || {
            take(&mut Scratch::on_heap(), 2000);
            drop(scratch);
            take(&mut Scratch::on_heap(), 1000);
        })
        .join()
        .unwrap();
        let (mut a, mut b) = (Scratch::on_heap(), Scratch::on_heap());
        assert_ne!(take(&mut a, 1000), take(&mut b, 1000));
    }

    #[test]
    fn a_scratch_may_outlive_what_its_thread_keeps() {
        std::thread_local!(static LAST: RefCell<Option<Scratch<'static>>> = const { RefCell::new(None) });
        std::thread::spawn(|| {
            // First, and so destroyed last.
            LAST.with(|_| ());
            let mut scratch = Scratch::on_heap();
            take(&mut scratch, 1000);
            LAST.set(Some(scratch));
        })
        .join()
        .unwrap();
    }

    #[test]
    fn a_very_large_block_is_not_kept() {
        let large = 1 << 18;
        take(&mut Scratch::on_heap(), large);
        let (mut a, mut b) = (Scratch::on_heap(), Scratch::on_heap());
        assert_ne!(take(&mut a, 100), take(&mut b, large));
    }

    #[test]
    fn a_wrong_hint_costs_time_and_nothing_else() {
        let small = with_scratch(None, |scratch| take(scratch, 1));
        assert_eq!(take(&mut Scratch::on_heap(), 1), small);
        let large = with_scratch(Some(0), |scratch| take(scratch, 10_000));
        assert_eq!(take(&mut Scratch::on_heap(), 10_000), large);
    }

    #[test]
    fn a_block_aligns_more_than_its_own_alignment() {
        let mut scratch = Scratch::on_heap();
        for n in [1, 3, 40, 500] {
            let start = scratch.alloc::<Line>(n).unwrap();
            assert!(start.is_aligned());
            // SAFETY: room for `n`.
            unsafe { start.add(n - 1).write(Line([7; 64])) };
            take(&mut scratch, 1);
        }
    }

    #[test]
    fn a_reset_scratch_keeps_its_largest_block() {
        let mut scratch = Scratch::on_heap();
        take(&mut scratch, 100);
        let large = take(&mut scratch, 5000);
        scratch.reset();
        assert_eq!(take(&mut scratch, 5000), large);
        drop(scratch);
        assert_eq!(take(&mut Scratch::on_heap(), 5000), large);
    }
}
