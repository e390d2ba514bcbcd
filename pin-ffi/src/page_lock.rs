//! Pages that stay in memory: [`LockedPins`], for real-time code and for secrets.
//!
//! The kernel locks whole pages and does not count (XNU's does): one `munlock` undoes any number of `mlock`s. So this module
//! counts how often each page is locked through it, and unlocks a page with the last pin that has any byte in it.
//!
//! What was counted may be locked no longer: pages may have been unmapped under a forgotten pinner, and a forked child has
//! none of its parent's locks. So each pin asks for all of its pages where the kernel does not count.

use crate::events;
use crate::lend::{Lend, Plain};
use crate::pinner::{EndNode, Pinned, PinnedMut, Record, Writable};
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering, compiler_fence};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Pins whose pages stay in memory, never swapped out: what [`Scope::locked`](crate::pin::Scope::locked) and
/// [`Pinner::locked`](crate::Pinner::locked) give.
///
/// Each pin locks the pages that its buffer touches (`mlock(2)`), reading them in first, until it ends; of a C string
/// also the page of its NUL. An empty buffer touches none. Pages that
/// several pins touch are unlocked with the last of them, whichever scopes and pinners these belong to. Pages that the
/// program locks by other means as well (`mlockall`, a mapping's own lock) are unlocked all the same: the kernel does
/// not count.
///
/// A forgotten [`Pinner`](crate::Pinner) keeps its pages locked, and wipes nothing.
///
/// A forked child has the pins, and not the locks (`fork(2)`): pages that were locked before may be swapped out there. What
/// the child pins itself is locked.
///
/// # Examples
///
/// ```
/// let mut key = [7_u8; 32];
/// pin_ffi::scope(|s| {
///     let pin = s.locked().wiped().pin_mut(&mut key)?;
///     // ... C uses the key at `pin.as_mut_ptr()`; it is in no swap file ...
///     # let _ = pin;
///     Ok::<(), pin_ffi::pin::LockError>(())
/// })?;
/// assert_eq!(key, [0; 32]);
/// # Ok::<(), pin_ffi::pin::LockError>(())
/// ```
#[must_use = "it pins nothing by itself"]
#[derive(Clone, Copy)]
pub struct LockedPins<'s, 'env> {
    record: &'s Record,
    /// Invariant, as the scope's own.
    env: PhantomData<&'env mut &'env ()>,
}

/// Pins whose pages stay in memory and that are overwritten with zeros when they end: see [`LockedPins::wiped`].
#[must_use = "it pins nothing by itself"]
#[derive(Clone, Copy)]
pub struct WipedPins<'s, 'env>(LockedPins<'s, 'env>);

impl<'s, 'env> LockedPins<'s, 'env> {
    /// Whoever calls this releases the record before anything of `'env` ends.
    pub(crate) const fn over(record: &'s Record) -> Self {
        Self { record, env: PhantomData }
    }

    /// Overwrites what is pinned with zeros when the pin ends, before its pages are unlocked and an owner is dropped: by
    /// writes that the compiler does not leave out.
    ///
    /// What was copied elsewhere meanwhile, by C or by the growth of a `Vec` before it was pinned, is not reached.
    pub const fn wiped(self) -> WipedPins<'s, 'env> {
        WipedPins(self)
    }

    /// Pins a buffer for C to read, its pages locked; see [`Scope::pin`](crate::pin::Scope::pin).
    ///
    /// # Errors
    ///
    /// The kernel does not lock the pages; the buffer is not pinned then.
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin<B: Lend + ?Sized>(&self, buf: &'env B) -> Result<Pinned<'s, B::Elem>, LockError> {
        let lent = buf.lend();
        self.lock::<B>(lent.ptr, lent.len, false)?;
        Ok(self.record.pin(lent, B::BEHIND))
    }

    /// Pins a buffer for C to read and write, its pages locked; see [`Scope::pin_mut`](crate::pin::Scope::pin_mut).
    ///
    /// # Errors
    ///
    /// The kernel does not lock the pages; the buffer is not pinned then.
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_mut<B>(&self, buf: &'env mut B) -> Result<PinnedMut<'s, B::Elem>, LockError>
    where
        B: Lend<Access: Writable<B>> + ?Sized,
    {
        let lent = buf.lend_mut();
        self.lock::<B>(lent.ptr, lent.len, false)?;
        Ok(self.record.pin(lent, B::BEHIND))
    }

    /// Keeps `value`, pinned for C to read, its pages locked; see [`Scope::pin_owned`](crate::pin::Scope::pin_owned).
    ///
    /// # Errors
    ///
    /// The kernel does not lock the pages. The value is kept all the same, and dropped with the others.
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_owned<B: Lend + Send + 'env>(&self, value: B) -> Result<Pinned<'s, B::Elem>, LockError> {
        let pin = self.record.pin_owned(value);
        self.lock::<B>(pin.as_ptr().cast_mut(), pin.len(), false)?;
        Ok(pin)
    }

    /// Keeps `value`, pinned for C to read and write, its pages locked; see
    /// [`Scope::pin_owned_mut`](crate::pin::Scope::pin_owned_mut).
    ///
    /// # Errors
    ///
    /// The kernel does not lock the pages. The value is kept all the same, and dropped with the others.
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_owned_mut<B>(&self, value: B) -> Result<PinnedMut<'s, B::Elem>, LockError>
    where
        B: Lend<Access: Writable<B>> + Send + 'env,
    {
        let pin = self.record.pin_owned_mut(value);
        self.lock::<B>(pin.as_mut_ptr(), pin.len(), false)?;
        Ok(pin)
    }

    /// Locks, until the record's release, the pages of `len` elements at `start` and of what C reads behind them. If
    /// `wipe`, the elements are ours to write then.
    fn lock<B: Lend + ?Sized>(&self, start: *mut B::Elem, len: usize, wipe: bool) -> Result<(), LockError> {
        let start = start.cast::<u8>();
        let bytes = size_of::<B::Elem>() * len;
        // Behind a buffer that is not there is nothing.
        let behind = if start.is_null() { 0 } else { size_of::<B::Elem>() * B::BEHIND };
        // No bytes have no page, and nothing to wipe, wherever they are: their page may be locked for another pin.
        let Some(pages) = pages(start, bytes + behind) else { return Ok(()) };
        let node = self.record.at_end(PageNode { node: EndNode::new(end), start, bytes, wipe, locked: None });
        let locked = lock(pages);
        if let Err(error) = &locked {
            events::lock_refused(error);
        }
        locked?;
        // SAFETY: the node stays until the release, which cannot run meanwhile: the record is borrowed.
        unsafe { (*node.as_ptr()).locked = Some(pages) };
        Ok(())
    }
}

impl<'s, 'env> WipedPins<'s, 'env> {
    /// Pins a buffer for C to read and write, its pages locked, and wipes it at the end.
    ///
    /// # Errors
    ///
    /// The kernel does not lock the pages; the buffer is wiped all the same.
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_mut<B>(&self, buf: &'env mut B) -> Result<PinnedMut<'s, B::Elem>, LockError>
    where
        B: Lend<Elem: Plain, Access: Writable<B>> + ?Sized,
    {
        let lent = buf.lend_mut();
        self.0.lock::<B>(lent.ptr, lent.len, true)?;
        Ok(self.0.record.pin(lent, B::BEHIND))
    }

    /// Keeps `value`, pinned for C to read and write, its pages locked, and wipes it at the end, before it is dropped.
    ///
    /// # Errors
    ///
    /// The kernel does not lock the pages. The value is kept, wiped and dropped all the same.
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_owned_mut<B>(&self, value: B) -> Result<PinnedMut<'s, B::Elem>, LockError>
    where
        B: Lend<Elem: Plain, Access: Writable<B>> + Send + 'env,
    {
        let pin = self.0.record.pin_owned_mut(value);
        self.0.lock::<B>(pin.as_mut_ptr(), pin.len(), true)?;
        Ok(pin)
    }
}

impl fmt::Debug for LockedPins<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockedPins").finish_non_exhaustive()
    }
}

impl fmt::Debug for WipedPins<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WipedPins").finish_non_exhaustive()
    }
}

/// Pages that could not be locked in memory.
#[derive(Debug)]
pub struct LockError {
    bytes: usize,
    already: usize,
    limit: Option<usize>,
    source: io::Error,
}

impl LockError {
    /// How many bytes were to be locked, in whole pages.
    #[must_use]
    pub const fn len_bytes(&self) -> usize {
        self.bytes
    }

    /// The limit in bytes (`RLIMIT_MEMLOCK`), if there is one.
    #[must_use]
    pub const fn limit(&self) -> Option<usize> {
        self.limit
    }
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, already, limit, source } = self;
        write!(f, "cannot lock {bytes} bytes in memory: {source}")?;
        // The kernel says `ENOMEM` also of pages that cannot be read in.
        let over = |limit: usize| already.saturating_add(*bytes) > limit;
        match (limit, source.raw_os_error()) {
            (Some(limit), Some(libc::ENOMEM | libc::EPERM)) if over(*limit) => write!(
                f,
                "; RLIMIT_MEMLOCK allows the process {limit} bytes, and pins have locked {already}: raise it (`ulimit -l`, \
                 in KiB) or lock less"
            ),
            (_, Some(libc::ENOMEM)) => write!(
                f,
                "; either a page of them cannot be read in (the file behind it was truncated, say), or the program has \
                 locked more than the {already} bytes of pins, and RLIMIT_MEMLOCK is reached"
            ),
            _ => write!(f, "; pins have locked {already} bytes"),
        }
    }
}

impl core::error::Error for LockError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.source)
    }
}

impl From<LockError> for io::Error {
    fn from(error: LockError) -> Self {
        Self::new(error.source.kind(), error)
    }
}

/// What ends with a locked pin.
#[repr(C)]
struct PageNode {
    node: EndNode,
    start: *mut u8,
    bytes: usize,
    wipe: bool,
    /// The pages, once they are locked.
    locked: Option<(usize, usize)>,
}

/// # Safety
///
/// `node` is the head of a live `PageNode`; if it says so, its bytes are ours to write.
unsafe fn end(node: NonNull<EndNode>) {
    // SAFETY: the caller's promise.
    let &PageNode { start, bytes, wipe, locked, .. } = unsafe { node.cast::<PageNode>().as_ref() };
    if wipe {
        // SAFETY: as above.
        unsafe { wipe_bytes(start, bytes) };
    }
    if let Some(pages) = locked {
        table().unlock(pages);
    }
}

/// Zeros that are written, whether or not anybody reads them.
///
/// # Safety
///
/// The bytes are valid for writes.
#[allow(clippy::cast_ptr_alignment)] // from the first aligned word on
unsafe fn wipe_bytes(start: *mut u8, bytes: usize) {
    let mut at = 0;
    let head = start.align_offset(align_of::<u64>()).min(bytes);
    // SAFETY: below `bytes`; whole words from where they are aligned.
    unsafe {
        while at < head {
            start.add(at).write_volatile(0);
            at += 1;
        }
        while bytes - at >= size_of::<u64>() {
            start.add(at).cast::<u64>().write_volatile(0);
            at += size_of::<u64>();
        }
        while at < bytes {
            start.add(at).write_volatile(0);
            at += 1;
        }
    }
    compiler_fence(Ordering::SeqCst);
}

fn page_size() -> usize {
    // SAFETY: no conditions.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).unwrap_or(4096)
}

/// The pages of `bytes` at `start`, as first and end addresses; at least one, or `None` if there are no bytes.
fn pages(start: *mut u8, bytes: usize) -> Option<(usize, usize)> {
    let size = page_size();
    (bytes != 0).then(|| (start.addr() & !(size - 1), (start.addr() + bytes).next_multiple_of(size)))
}

/// Pages that are locked equally often, by their first and end addresses.
#[derive(Clone, Copy)]
struct Run {
    start: usize,
    end: usize,
    count: usize,
}

/// Whether the kernel counts how often a page is locked, as XNU does: there a page that is counted is not locked again, so
/// that it has to be locked by then.
const COUNTS: bool = cfg!(target_vendor = "apple");

fn lock_pages(start: usize, end: usize) -> io::Result<()> {
    // SAFETY: locking pages changes nothing that a program can see; the buffer in them is borrowed or owned.
    if unsafe { libc::mlock(core::ptr::without_provenance(start), end - start) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Runs in the order of their addresses. They do not overlap, and begin and end at least where what is locked does.
struct Table {
    runs: Vec<Run>,
}

fn table() -> MutexGuard<'static, Table> {
    static TABLE: Mutex<Table> = Mutex::new(Table { runs: Vec::new() });
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The bytes of all runs. Changed while the table is held, and read at any time.
static BYTES: AtomicUsize = AtomicUsize::new(0);

/// Bytes of the pages that pins have locked, or wait for.
pub(crate) fn locked_bytes() -> usize {
    BYTES.load(Ordering::Relaxed)
}

/// Counts pages and locks them. Memory for the table is taken, and freed, while nobody holds it: the program's allocator
/// may pin. Nor does anybody while the pages are read in, for which a thread of the program may be needed: one that serves
/// their file system, or a `userfaultfd(2)`. They are counted first, so that no pin that ends meanwhile unlocks them.
fn lock((first, end): (usize, usize)) -> Result<(), LockError> {
    let mut larger = Vec::new();
    loop {
        let mut table = table();
        let needed = table.runs.len() + table.most_new_runs(first, end);
        if table.runs.capacity() < needed {
            if larger.capacity() < needed {
                drop(table);
                larger = Vec::with_capacity(2 * needed);
                continue;
            }
            larger.extend_from_slice(&table.runs);
            core::mem::swap(&mut larger, &mut table.runs);
        }
        if COUNTS {
            table.lock_gaps(first, end).map_err(|source| error(end - first, source))?;
        }
        table.count(first, end);
        drop(table);
        break;
    }
    if COUNTS {
        return Ok(());
    }
    // All of them, those too that were counted before.
    lock_pages(first, end).map_err(|source| {
        // A part may be locked all the same: what no other pin has counted is unlocked.
        table().unlock((first, end));
        error(end - first, source)
    })
}

impl Table {
    /// The first run that ends behind `at`.
    fn first_behind(&self, at: usize) -> usize {
        self.runs.partition_point(|run| run.end <= at)
    }

    /// What is locked in `[first, end)` makes no more runs than this: two are split, and between all there are gaps.
    fn most_new_runs(&self, first: usize, end: usize) -> usize {
        let touched = self.runs[self.first_behind(first)..].iter().take_while(|run| run.start < end);
        touched.count() + 3
    }

    /// The parts of `[first, end)` that are not counted yet.
    fn gaps(&self, first: usize, end: usize) -> impl Iterator<Item = (usize, usize)> {
        let mut runs = self.runs[self.first_behind(first)..].iter().take_while(move |run| run.start < end);
        let mut at = first;
        core::iter::from_fn(move || {
            while at < end {
                let (to, behind) = runs.next().map_or((end, end), |run| (run.start, run.end));
                let gap = (at, to);
                at = behind;
                if gap.0 < gap.1 {
                    return Some(gap);
                }
            }
            None
        })
    }

    /// Locks what is not counted yet, or nothing.
    fn lock_gaps(&self, first: usize, end: usize) -> io::Result<()> {
        let locked = self.gaps(first, end).try_for_each(|(start, end)| lock_pages(start, end));
        if locked.is_err() {
            // A part may be locked all the same.
            self.gaps(first, end).for_each(|(start, end)| unlock(start, end));
        }
        locked
    }

    /// Counts pages once more. There is room for the new runs.
    fn count(&mut self, first: usize, end: usize) {
        self.split(first);
        self.split(end);
        let mut i = self.first_behind(first);
        let mut at = first;
        while at < end {
            match self.runs.get_mut(i) {
                Some(run) if run.start == at => {
                    run.count += 1;
                    at = run.end;
                }
                next => {
                    let to = next.map_or(end, |run| run.start.min(end));
                    self.runs.insert(i, Run { start: at, end: to, count: 1 });
                    BYTES.fetch_add(to - at, Ordering::Relaxed);
                    at = to;
                }
            }
            i += 1;
        }
    }

    /// Undoes a `count`, and unlocks the pages that are counted no more: the runs still begin and end where that made them.
    fn unlock(&mut self, (first, end): (usize, usize)) {
        let from = self.first_behind(first);
        let mut kept = from;
        let mut to = from;
        while let Some(&Run { start, end: behind, count }) = self.runs.get(to).filter(|run| run.start < end) {
            if count == 1 {
                BYTES.fetch_sub(behind - start, Ordering::Relaxed);
                unlock(start, behind);
            } else {
                self.runs[kept] = Run { start, end: behind, count: count - 1 };
                kept += 1;
            }
            to += 1;
        }
        self.runs.drain(kept..to);
    }

    /// Makes runs begin at `at`, if one goes on there. There is room for it.
    fn split(&mut self, at: usize) {
        let i = self.first_behind(at);
        if let Some(run) = self.runs.get_mut(i).filter(|run| run.start < at) {
            let behind = Run { start: at, ..*run };
            run.end = at;
            self.runs.insert(i + 1, behind);
        }
    }
}

#[cold]
fn error(bytes: usize, source: io::Error) -> LockError {
    // SAFETY: zeros are an `rlimit`.
    let mut limit: libc::rlimit = unsafe { core::mem::zeroed() };
    // SAFETY: a place for the limit.
    let known = unsafe { libc::getrlimit(libc::RLIMIT_MEMLOCK, &raw mut limit) } == 0;
    let limit = (known && limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur as usize);
    LockError { bytes, already: locked_bytes(), limit, source }
}

fn unlock(start: usize, end: usize) {
    // SAFETY: unlocking pages changes nothing that a program can see. Pages that are gone meanwhile need nothing.
    unsafe { libc::munlock(core::ptr::without_provenance(start), end - start) };
}
