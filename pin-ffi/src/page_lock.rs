//! Pages that stay in memory: [`LockedPins`], for real-time code and for secrets.
//!
//! The kernel locks whole pages and does not count: one `munlock` undoes any number of `mlock`s. So this module counts
//! how often each page is locked through it, and unlocks a page with the last pin that has any byte in it.

use crate::buf::{Buf, Plain};
use crate::events;
use crate::pinner::{EndNode, Pinned, PinnedMut, Record, Writable};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;
use core::sync::atomic::{Ordering, compiler_fence};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Pins whose pages stay in memory, never swapped out: what [`Scope::locked`](crate::Scope::locked) and
/// [`Pinner::locked`](crate::Pinner::locked) give.
///
/// Each pin locks the pages that its buffer touches (`mlock(2)`), reading them in first, until it ends. Pages that
/// several pins touch are unlocked with the last of them, whichever scopes and pinners these belong to. Pages that the
/// program locks by other means as well (`mlockall`, a mapping's own lock) are unlocked all the same: the kernel does
/// not count.
///
/// A forgotten [`Pinner`](crate::Pinner) keeps its pages locked, and wipes nothing.
///
/// # Examples
///
/// ```
/// let mut key = [7_u8; 32];
/// pin_ffi::scope(|s| {
///     let pin = s.locked().wiped().pin_mut(&mut key)?;
///     // ... C uses the key at `pin.as_mut_ptr()`; it is in no swap file ...
///     # let _ = pin;
///     Ok::<(), pin_ffi::LockError>(())
/// })?;
/// assert_eq!(key, [0; 32]);
/// # Ok::<(), pin_ffi::LockError>(())
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

    /// Pins a buffer for C to read, its pages locked; see [`Scope::pin`](crate::Scope::pin).
    ///
    /// # Errors
    ///
    /// The kernel does not lock the pages; the buffer is not pinned then.
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin<B: Buf + ?Sized>(&self, buf: &'env B) -> Result<Pinned<'s, B::Elem>, LockError> {
        let lent = buf.lend();
        self.lock(lent.ptr.cast(), size_of::<B::Elem>() * lent.len, false)?;
        Ok(self.record.pin(lent, B::BEHIND))
    }

    /// Pins a buffer for C to read and write, its pages locked; see [`Scope::pin_mut`](crate::Scope::pin_mut).
    ///
    /// # Errors
    ///
    /// The kernel does not lock the pages; the buffer is not pinned then.
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_mut<B>(&self, buf: &'env mut B) -> Result<PinnedMut<'s, B::Elem>, LockError>
    where
        B: Buf<Access: Writable<B>> + ?Sized,
    {
        let lent = buf.lend_mut();
        self.lock(lent.ptr.cast(), size_of::<B::Elem>() * lent.len, false)?;
        Ok(self.record.pin(lent, B::BEHIND))
    }

    /// Keeps `value`, pinned for C to read, its pages locked; see [`Scope::pin_owned`](crate::Scope::pin_owned).
    ///
    /// # Errors
    ///
    /// The kernel does not lock the pages. The value is kept all the same, and dropped with the others.
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_owned<B: Buf + Send + 'env>(&self, value: B) -> Result<Pinned<'s, B::Elem>, LockError> {
        let pin = self.record.pin_owned(value);
        self.lock(pin.as_ptr().cast_mut().cast(), pin.len_bytes(), false)?;
        Ok(pin)
    }

    /// Keeps `value`, pinned for C to read and write, its pages locked; see
    /// [`Scope::pin_owned_mut`](crate::Scope::pin_owned_mut).
    ///
    /// # Errors
    ///
    /// The kernel does not lock the pages. The value is kept all the same, and dropped with the others.
    #[cfg_attr(any(feature = "check", debug_assertions), track_caller)]
    pub fn pin_owned_mut<B>(&self, value: B) -> Result<PinnedMut<'s, B::Elem>, LockError>
    where
        B: Buf<Access: Writable<B>> + Send + 'env,
    {
        let pin = self.record.pin_owned_mut(value);
        self.lock(pin.as_mut_ptr().cast(), pin.len_bytes(), false)?;
        Ok(pin)
    }

    /// Locks the pages of `bytes` at `start` until the record's release. If `wipe`, these are ours to write then.
    fn lock(&self, start: *mut u8, bytes: usize, wipe: bool) -> Result<(), LockError> {
        let pages = pages(start, bytes);
        let node = self.record.at_end(PageNode { node: EndNode::new(end), start, bytes, wipe, locked: None });
        let locked = table().lock(pages);
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
        B: Buf<Elem: Plain, Access: Writable<B>> + ?Sized,
    {
        let lent = buf.lend_mut();
        self.0.lock(lent.ptr.cast(), size_of::<B::Elem>() * lent.len, true)?;
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
        B: Buf<Elem: Plain, Access: Writable<B>> + Send + 'env,
    {
        let pin = self.0.record.pin_owned_mut(value);
        self.0.lock(pin.as_mut_ptr().cast(), pin.len_bytes(), true)?;
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
        match limit {
            Some(limit) => write!(
                f,
                "; RLIMIT_MEMLOCK allows the process {limit} bytes, and pins have locked {already}: raise it (`ulimit -l`, \
                 in KiB) or lock less"
            ),
            None => write!(f, "; RLIMIT_MEMLOCK sets no limit, and pins have locked {already} bytes"),
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

/// The pages of `bytes` at `start`, as first and end addresses.
fn pages(start: *mut u8, bytes: usize) -> (usize, usize) {
    let size = page_size();
    let first = start.addr() & !(size - 1);
    if bytes == 0 {
        return (first, first);
    }
    (first, (start.addr() + bytes).next_multiple_of(size))
}

/// Runs of pages that are locked equally often: first address to end address and count. Runs do not overlap.
struct Table {
    runs: BTreeMap<usize, (usize, usize)>,
    bytes: usize,
}

fn table() -> MutexGuard<'static, Table> {
    static TABLE: Mutex<Table> = Mutex::new(Table { runs: BTreeMap::new(), bytes: 0 });
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes of the pages that pins have locked.
pub(crate) fn locked_bytes() -> usize {
    table().bytes
}

impl Table {
    fn lock(&mut self, (first, end): (usize, usize)) -> Result<(), LockError> {
        if first == end {
            return Ok(());
        }
        self.split(first);
        self.split(end);
        let held: Vec<usize> = self.runs.range(first..end).map(|(&start, _)| start).collect();
        let mut gaps = Vec::new();
        let mut at = first;
        for &start in &held {
            if at < start {
                gaps.push((at, start));
            }
            at = self.runs[&start].0;
        }
        if at < end {
            gaps.push((at, end));
        }
        for (i, &(start, end)) in gaps.iter().enumerate() {
            // SAFETY: locking pages changes nothing that a program can see; the buffer in them is borrowed or owned.
            if unsafe { libc::mlock(core::ptr::without_provenance(start), end - start) } != 0 {
                let source = io::Error::last_os_error();
                for &(start, end) in &gaps[..i] {
                    unlock(start, end);
                }
                return Err(self.error(gaps.iter().map(|(start, end)| end - start).sum(), source));
            }
        }
        for start in held {
            if let Some((_, count)) = self.runs.get_mut(&start) {
                *count += 1;
            }
        }
        for (start, end) in gaps {
            self.runs.insert(start, (end, 1));
            self.bytes += end - start;
        }
        Ok(())
    }

    fn unlock(&mut self, (first, end): (usize, usize)) {
        self.split(first);
        self.split(end);
        let held: Vec<usize> = self.runs.range(first..end).map(|(&start, _)| start).collect();
        for start in held {
            let Some((end, count)) = self.runs.get_mut(&start) else { continue };
            *count -= 1;
            if *count == 0 {
                let end = *end;
                self.runs.remove(&start);
                self.bytes -= end - start;
                unlock(start, end);
            }
        }
    }

    /// Makes runs begin at `at`, if one goes on there.
    fn split(&mut self, at: usize) {
        let Some((_, run)) = self.runs.range_mut(..at).next_back() else { return };
        let (end, count) = *run;
        if end > at {
            run.0 = at;
            self.runs.insert(at, (end, count));
        }
    }

    #[cold]
    fn error(&self, bytes: usize, source: io::Error) -> LockError {
        // SAFETY: zeros are an `rlimit`.
        let mut limit: libc::rlimit = unsafe { core::mem::zeroed() };
        // SAFETY: a place for the limit.
        let known = unsafe { libc::getrlimit(libc::RLIMIT_MEMLOCK, &raw mut limit) } == 0;
        let limit = (known && limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur as usize);
        LockError { bytes, already: self.bytes, limit, source }
    }
}

fn unlock(start: usize, end: usize) {
    // SAFETY: unlocking pages changes nothing that a program can see. Pages that are gone meanwhile need nothing.
    unsafe { libc::munlock(core::ptr::without_provenance(start), end - start) };
}
