//! [`Mapping`]: the pages themselves, and the system calls on ranges of them. Every public type holds one.

use super::error::{MapError, RangeError};
use super::{Mode, count, os};
use core::ops::Range;
use core::ptr::{self, NonNull};
use std::io;

/// What the pages are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backing {
    /// A file that others may reach: what is in it, they decide.
    File,
    /// A memfd that nobody can write or shrink any more.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    Sealed,
    /// A memfd that nobody can shrink any more, and that others may write.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    Atomics,
    /// Memory of this process alone.
    Private,
    /// Memory of this process and the children it forks.
    Inherited,
}

/// Pages of this process, unmapped when dropped.
///
/// Invariants: `[ptr - head, ptr - head + mapped)` was mapped by us, for us alone, and is readable; `mapped` is whole
/// pages of `page` bytes; `head + len <= mapped`. Or nothing is mapped: then `mapped`, `head` and `len` are 0, and
/// `ptr` is aligned and not null.
#[derive(Debug)]
pub(super) struct Mapping {
    /// The first byte that was asked for.
    pub(super) ptr: NonNull<u8>,
    /// How many bytes were asked for.
    pub(super) len: usize,
    /// Bytes mapped before `ptr`, because pages start there.
    pub(super) head: usize,
    /// Bytes mapped in all. With huge pages this is not `len` rounded to small ones.
    pub(super) mapped: usize,
    /// The size of a page of it.
    pub(super) page: usize,
    /// Where `ptr` is in the file.
    pub(super) offset: u64,
    pub(super) backing: Backing,
    /// What it was made for.
    pub(super) mode: Mode,
    /// Whether they can be written now. Where this is false nobody writes them, whatever the pages allow.
    pub(super) writable: bool,
    /// Whether they can be executed now.
    pub(super) exec: bool,
}

// SAFETY: the pages belong to the process and to no thread; what may be done to them from where is decided by the
// public types, which hand out `&[u8]` and `&mut [u8]` by the rules of borrowing.
unsafe impl Send for Mapping {}
// SAFETY: as above; no method changes the fields through `&self`.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Nothing mapped, as if of `page`s.
    pub(super) fn empty(offset: u64, backing: Backing, mode: Mode, exec: bool) -> Self {
        let writable = mode.is_writable();
        Self {
            ptr: nowhere(),
            len: 0,
            head: 0,
            mapped: 0,
            page: os::page_size(),
            offset,
            backing,
            mode,
            writable,
            exec,
        }
    }

    /// Counts pages that have just been mapped.
    ///
    /// # Safety
    ///
    /// The fields hold what the type's invariants say.
    pub(super) unsafe fn counted(self) -> Self {
        count::mapped(self.mapped);
        self
    }

    /// The first byte mapped.
    #[inline]
    pub(super) fn base(&self) -> NonNull<u8> {
        // SAFETY: `head` bytes before `ptr` are in the same mapping (type invariant).
        unsafe { self.ptr.sub(self.head) }
    }

    #[inline]
    pub(super) const fn bytes(&self) -> &[u8] {
        // SAFETY: `len` readable, initialised bytes of ours. That they do not change while borrowed is what the public
        // type that calls this has made sure of, or been promised.
        unsafe { core::slice::from_raw_parts(self.ptr.as_ptr(), self.len) }
    }

    /// # Safety
    ///
    /// The pages are writable, and the caller is the only one to reach them.
    #[inline]
    pub(super) const unsafe fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`; writable and exclusive by the caller's promise.
        unsafe { core::slice::from_raw_parts_mut(self.ptr.as_ptr(), self.len) }
    }

    const fn prot(writable: bool, exec: bool) -> libc::c_int {
        let write = if writable { libc::PROT_WRITE } else { 0 };
        let exec = if exec { libc::PROT_EXEC } else { 0 };
        libc::PROT_READ | write | exec
    }

    /// The pages that `range` (bytes of ours, checked) touches: an address and a length, or nothing.
    fn touched(&self, range: &Range<usize>) -> Option<(*mut u8, usize)> {
        debug_assert!(range.start <= range.end && range.end <= self.len);
        if range.is_empty() {
            return None;
        }
        // Neither sum overflows: both are at most `mapped`.
        let start = (self.head + range.start) & !(self.page - 1);
        let end = self.head + range.end;
        let end = end + (end.wrapping_neg() & (self.page - 1));
        Some((self.base().as_ptr().wrapping_add(start), end - start))
    }

    /// The pages that hold nothing but bytes of `range`, and, unless `strictly`, bytes that nobody can see: before our
    /// first, behind our last.
    fn covered(&self, range: &Range<usize>, strictly: bool) -> Option<(*mut u8, usize)> {
        debug_assert!(range.start <= range.end && range.end <= self.len);
        if range.is_empty() {
            return None;
        }
        let start = if range.start == 0 && !strictly { 0 } else { self.head + range.start };
        let start = start + (start.wrapping_neg() & (self.page - 1));
        let end = self.head + range.end;
        let end = if range.end == self.len && !strictly { self.mapped } else { end & !(self.page - 1) };
        (start < end).then(|| (self.base().as_ptr().wrapping_add(start), end - start))
    }

    /// `msync(2)` of the pages that `range` touches.
    pub(super) fn flush(&self, range: &Range<usize>, flags: libc::c_int) -> io::Result<()> {
        self.touched(range).map_or(Ok(()), |(addr, len)| os::msync(addr, len, flags))
    }

    /// `sync_file_range(2)` of `range`.
    pub(super) fn flush_data(&self, file: std::os::fd::BorrowedFd<'_>, range: &Range<usize>) -> io::Result<()> {
        // A length of 0 would mean "to the end of the file".
        if range.is_empty() || !self.mode.is_shared() {
            return Ok(());
        }
        os::sync_data(file, self.offset + range.start as u64, range.len())
    }

    /// `madvise(2)` of the pages that `range` touches.
    ///
    /// # Safety
    ///
    /// `advice` loses no content, in this process or in a child.
    pub(super) unsafe fn advise(&self, range: &Range<usize>, advice: libc::c_int) -> io::Result<()> {
        // SAFETY: our own pages; the caller's promise.
        self.touched(range).map_or(Ok(()), |(addr, len)| unsafe { os::madvise(addr, len, advice) })
    }

    /// `madvise(2)` of the pages that are wholly in `range`; `strictly` if the file, too, loses what is in them.
    ///
    /// # Safety
    ///
    /// The content of `range` may change or go.
    pub(super) unsafe fn advise_covered(
        &self,
        range: &Range<usize>,
        advice: libc::c_int,
        strictly: bool,
    ) -> io::Result<()> {
        // SAFETY: our own pages, of which nobody sees anything outside `range`; the caller's promise.
        self.covered(range, strictly).map_or(Ok(()), |(addr, len)| unsafe { os::madvise(addr, len, advice) })
    }

    /// `mlock(2)` of the pages that `range` touches.
    pub(super) fn lock(&self, range: &Range<usize>) -> io::Result<()> {
        self.touched(range).map_or(Ok(()), |(addr, len)| os::mlock(addr, len))
    }

    pub(super) fn lock_on_fault(&self, range: &Range<usize>) -> io::Result<()> {
        self.touched(range).map_or(Ok(()), |(addr, len)| os::mlock_on_fault(addr, len))
    }

    pub(super) fn unlock(&self, range: &Range<usize>) -> io::Result<()> {
        self.touched(range).map_or(Ok(()), |(addr, len)| os::munlock(addr, len))
    }

    /// `mprotect(2)` of everything. On an error the pages are as they were.
    ///
    /// # Safety
    ///
    /// Nothing holds a borrow of the pages that the new protection forbids.
    pub(super) unsafe fn protect(&mut self, writable: bool, exec: bool) -> io::Result<()> {
        if self.mapped != 0 && (self.writable, self.exec) != (writable, exec) {
            // SAFETY: our own pages; the caller's promise.
            let result = unsafe { os::mprotect(self.base(), self.mapped, Self::prot(writable, exec)) };
            if let Err(error) = result {
                // Where advice has split the mapping, a part may have changed before the error.
                // SAFETY: as above; this is what the pages allowed before.
                let _ = unsafe { os::mprotect(self.base(), self.mapped, Self::prot(self.writable, self.exec)) };
                return Err(error);
            }
        }
        (self.writable, self.exec) = (writable, exec);
        Ok(())
    }

    /// Makes it `len` bytes long, moving it if need be and allowed. On an error nothing has changed.
    ///
    /// # Safety
    ///
    /// Nothing holds an address in it, and the bytes up to `len` are there (in the file) to be mapped.
    #[cfg(target_os = "linux")]
    pub(super) unsafe fn remap(&mut self, len: usize, may_move: bool) -> io::Result<()> {
        if len == 0 {
            if self.mapped != 0 {
                // SAFETY: our own pages, which nobody uses.
                unsafe { os::munmap(self.base(), self.mapped)? };
                let unmapped = self.mapped;
                (self.ptr, self.len, self.head, self.mapped) = (nowhere(), 0, 0, 0);
                count::unmapped(unmapped);
            }
            return Ok(());
        }
        if self.mapped == 0 {
            return Err(MapError::Empty.into());
        }
        let mapped = whole_pages(self.offset, self.head, len, self.page)?;
        if mapped != self.mapped {
            // SAFETY: our own pages; the caller's promise.
            let base = unsafe { os::mremap(self.base(), self.mapped, mapped, may_move)? };
            count::resized(self.mapped, mapped);
            self.mapped = mapped;
            // SAFETY: `head` is less than a page, and at least one is mapped.
            self.ptr = unsafe { base.add(self.head) };
        }
        self.len = len;
        Ok(())
    }

    /// Changes the size where that cannot leave what may be mapped: to less, or of private memory to any size.
    #[cfg(target_os = "linux")]
    pub(super) fn resize(&mut self, len: usize, may_move: bool) -> io::Result<()> {
        let before = self.len;
        if len > before && self.backing != Backing::Private {
            return Err(
                MapError::Unsupported("growing a mapping of a file or of inherited memory without `unsafe`").into()
            );
        }
        // What an earlier shrink left behind in the last page is not to be seen again. Zeroed while nobody sees it.
        let hidden = self.mapped - self.head - before;
        let stale = hidden.min(len.saturating_sub(before));
        if stale > 0 {
            let (writable, exec) = (self.writable, self.exec);
            if !writable {
                // SAFETY: forbids nothing but execution, and `&mut self`: nobody holds an address.
                unsafe { self.protect(true, false)? };
            }
            // SAFETY: private memory, writable now, behind what is shown and inside what is mapped; exclusively ours.
            unsafe { self.ptr.add(before).write_bytes(0, stale) };
            if !writable {
                // SAFETY: as they were before.
                unsafe { self.protect(writable, exec)? };
            }
        }
        // SAFETY: `&mut self`: nobody holds an address; private memory can grow, and anything can shrink.
        unsafe { self.remap(len, may_move)? };
        Ok(())
    }
}

/// Where an empty mapping is: aligned for every type, and without leave to reach anything.
fn nowhere() -> NonNull<u8> {
    NonNull::new(ptr::without_provenance_mut(os::page_size())).unwrap_or(NonNull::dangling())
}

impl Drop for Mapping {
    #[inline]
    fn drop(&mut self) {
        if self.mapped == 0 {
            return;
        }
        // SAFETY: our own pages, which nobody uses any more: whoever lent them borrowed the owner.
        let unmapped = unsafe { os::munmap(self.base(), self.mapped) };
        // The kernel may have no memory to cut the pages out of a larger area: they stay mapped then, and counted.
        if unmapped.is_ok() {
            count::unmapped(self.mapped);
        }
    }
}

/// `head + len` in whole pages, if that, and its place in the file, can be. `head` is less than a `page`.
#[inline]
pub(super) fn whole_pages(offset: u64, head: usize, len: usize, page: usize) -> Result<usize, MapError> {
    let too_long = MapError::TooLong { offset, len: len as u64 };
    if len > isize::MAX as usize || offset.checked_add(len as u64).is_none_or(|end| end > i64::MAX as u64) {
        return Err(too_long);
    }
    // `page` is a power of two, at most a quarter of all addresses, as is `head`; `len` is less than half of them.
    let pages = (head + len + (page - 1)) & !(page - 1);
    if pages > isize::MAX as usize { Err(too_long) } else { Ok(pages) }
}

/// A part of a mapping: what the methods on ranges work on, whatever the type.
pub(super) struct Window<'a> {
    pub(super) mapping: &'a Mapping,
    /// Bytes of the mapping.
    pub(super) range: Range<usize>,
}

impl Window<'_> {
    /// The bytes `range` of this window, as bytes of the mapping.
    pub(super) fn inside(&self, range: &impl core::ops::RangeBounds<usize>) -> Result<Range<usize>, RangeError> {
        let range = super::range::inside(range, self.range.len())?;
        Ok(self.range.start + range.start..self.range.start + range.end)
    }

    /// `len` bytes of this window from `offset` on, as bytes of the mapping.
    pub(super) fn inside_from(&self, offset: usize, len: usize) -> Result<Range<usize>, RangeError> {
        let range = super::range::inside_from(offset, len, self.range.len())?;
        Ok(self.range.start + range.start..self.range.start + range.end)
    }
}

#[cfg(all(test, target_os = "linux", target_pointer_width = "64"))]
mod tests {
    use super::*;
    use crate::mmap::MmapOptions;

    #[test]
    fn s31_all_that_was_mapped_is_unmapped() {
        // As if pages were 64 KiB.
        const PAGE: usize = 1 << 16;
        if std::env::var_os("SANITIZER").is_some() {
            std::println!("skipped: a sanitizer has addresses of its own, and drops the one that is asked for");
            return;
        }
        // Far from where the kernel puts things by itself.
        // SAFETY: nothing else is there, and no stack grows towards it.
        let options = unsafe { MmapOptions::new().at(0x13_0000 << 24) };
        let map = options.pages(Mode::CopyOnWrite, Backing::Private, 0, 100, PAGE, -1, None).unwrap();
        assert_eq!((map.len, map.mapped), (100, PAGE));
        let last = map.base().as_ptr().wrapping_add(PAGE - os::page_size());
        let is_mapped = || {
            let mut resident = 0;
            // SAFETY: asks about one page.
            unsafe { libc::mincore(last.cast(), 1, &raw mut resident) == 0 }
        };
        assert!(is_mapped());
        drop(map);
        assert!(!is_mapped());
    }
}
