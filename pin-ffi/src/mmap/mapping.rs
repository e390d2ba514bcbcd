//! [`Mapping`]: the mapped pages, and the system calls on ranges of them. Every public mapping type holds one.

use super::error::{MapError, RangeError};
use super::{Mode, count, os};
use core::ops::Range;
use core::ptr::{self, NonNull};
use std::io;

/// The memory behind a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backing {
    /// A file that others may change.
    File,
    /// A memfd that nobody can write or shrink any more.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    Sealed,
    /// A memfd that nobody can shrink any more, but that others may write.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    Atomics,
    /// Private memory of this process.
    Private,
    /// Memory shared by this process and the children that it forks.
    Inherited,
}

/// Pages of this process, unmapped when dropped.
///
/// Invariants: this value owns the mapped, readable memory `[ptr - head, ptr - head + mapped)`; `mapped` is a multiple
/// of `page`; `head + len <= mapped`. Or nothing is mapped: then `mapped`, `head` and `len` are 0, and `ptr` is aligned
/// and not null.
#[derive(Debug)]
pub(super) struct Mapping {
    /// The first byte of the requested window.
    pub(super) ptr: NonNull<u8>,
    /// The length of the requested window in bytes.
    pub(super) len: usize,
    /// The number of bytes mapped before `ptr`, back to the page boundary.
    pub(super) head: usize,
    /// The number of bytes mapped in all. With huge pages this is a multiple of their size.
    pub(super) mapped: usize,
    /// The size of one page in bytes.
    pub(super) page: usize,
    /// The offset of `ptr` in the file.
    pub(super) offset: u64,
    pub(super) backing: Backing,
    /// The mode that it was made with.
    pub(super) mode: Mode,
    /// Whether the pages can be written now. If this is false, nobody writes them, even if their protection allows it.
    pub(super) writable: bool,
    /// Whether the pages can be executed now.
    pub(super) exec: bool,
}

// SAFETY: the pages belong to the process, not to a thread. The public types control access to them: they return
// `&[u8]` and `&mut [u8]` by the rules of borrowing.
unsafe impl Send for Mapping {}
// SAFETY: as above; no method changes the fields through `&self`.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// A mapping of length 0, with nothing mapped.
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

    /// Counts the pages, which have just been mapped.
    ///
    /// # Safety
    ///
    /// The fields fulfil the invariants of the type.
    pub(super) unsafe fn counted(self) -> Self {
        count::mapped(self.mapped);
        self
    }

    /// The first mapped byte.
    #[inline]
    pub(super) fn base(&self) -> NonNull<u8> {
        // SAFETY: the `head` bytes before `ptr` belong to the same mapping (type invariant).
        unsafe { self.ptr.sub(self.head) }
    }

    #[inline]
    pub(super) const fn bytes(&self) -> &[u8] {
        // SAFETY: the `len` bytes from `ptr` on are readable (type invariant), and mapped memory is always initialised.
        // The public type that calls this ensures that they do not change while borrowed, or its `unsafe` constructor
        // requires it of the caller.
        unsafe { core::slice::from_raw_parts(self.ptr.as_ptr(), self.len) }
    }

    /// # Safety
    ///
    /// The pages are writable, and nothing else accesses them while the returned slice lives.
    #[inline]
    pub(super) const unsafe fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`; the caller guarantees that the pages are writable and that nothing else accesses them.
        unsafe { core::slice::from_raw_parts_mut(self.ptr.as_ptr(), self.len) }
    }

    const fn prot(writable: bool, exec: bool) -> libc::c_int {
        let write = if writable { libc::PROT_WRITE } else { 0 };
        let exec = if exec { libc::PROT_EXEC } else { 0 };
        libc::PROT_READ | write | exec
    }

    /// The pages that `range` (in bytes, checked to be in bounds) touches: an address and a length, or `None` if it is
    /// empty.
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

    /// The pages that hold only bytes of `range`. Unless `strictly`, the bytes before the window's first and after its
    /// last, which nobody can see, count as part of an adjacent `range`.
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

    /// Calls `msync(2)` for the pages that `range` touches.
    pub(super) fn flush(&self, range: &Range<usize>, flags: libc::c_int) -> io::Result<()> {
        self.touched(range).map_or(Ok(()), |(addr, len)| os::msync(addr, len, flags))
    }

    /// Calls `sync_file_range(2)` for `range`.
    pub(super) fn flush_data(&self, file: std::os::fd::BorrowedFd<'_>, range: &Range<usize>) -> io::Result<()> {
        // A length of 0 would mean "to the end of the file".
        if range.is_empty() || !self.mode.is_shared() {
            return Ok(());
        }
        os::sync_data(file, self.offset + range.start as u64, range.len())
    }

    /// Calls `madvise(2)` for the pages that `range` touches.
    ///
    /// # Safety
    ///
    /// `advice` loses no content, neither in this process nor in a child.
    pub(super) unsafe fn advise(&self, range: &Range<usize>, advice: libc::c_int) -> io::Result<()> {
        // SAFETY: the pages belong to `self` (type invariant); the caller guarantees that `advice` loses no content.
        self.touched(range).map_or(Ok(()), |(addr, len)| unsafe { os::madvise(addr, len, advice) })
    }

    /// Calls `madvise(2)` for the pages that are wholly in `range`. `strictly` must be set if the file loses their
    /// content, too.
    ///
    /// # Safety
    ///
    /// The content of `range` may change or disappear.
    pub(super) unsafe fn advise_covered(
        &self,
        range: &Range<usize>,
        advice: libc::c_int,
        strictly: bool,
    ) -> io::Result<()> {
        // SAFETY: the pages belong to `self` (type invariant) and show no bytes outside `range` (`covered`), whose
        // content may change, as the caller guarantees.
        self.covered(range, strictly).map_or(Ok(()), |(addr, len)| unsafe { os::madvise(addr, len, advice) })
    }

    /// Calls `mlock(2)` for the pages that `range` touches.
    pub(super) fn lock(&self, range: &Range<usize>) -> io::Result<()> {
        self.touched(range).map_or(Ok(()), |(addr, len)| os::mlock(addr, len))
    }

    pub(super) fn lock_on_fault(&self, range: &Range<usize>) -> io::Result<()> {
        self.touched(range).map_or(Ok(()), |(addr, len)| os::mlock_on_fault(addr, len))
    }

    pub(super) fn unlock(&self, range: &Range<usize>) -> io::Result<()> {
        self.touched(range).map_or(Ok(()), |(addr, len)| os::munlock(addr, len))
    }

    /// Calls `mprotect(2)` for all pages. On an error it tries to restore their protection.
    ///
    /// # Safety
    ///
    /// No borrow of the pages exists that the new protection forbids.
    pub(super) unsafe fn protect(&mut self, writable: bool, exec: bool) -> io::Result<()> {
        if self.mapped != 0 && (self.writable, self.exec) != (writable, exec) {
            // SAFETY: the pages belong to `self` (type invariant); the caller guarantees that no borrow exists that the
            // new protection forbids.
            let result = unsafe { os::mprotect(self.base(), self.mapped, Self::prot(writable, exec)) };
            if let Err(error) = result {
                // If advice has split the mapping, some pages may have changed before the error.
                // SAFETY: the pages belong to `self`; this is the protection that they had before, so that it forbids
                // no existing borrow.
                let _ = unsafe { os::mprotect(self.base(), self.mapped, Self::prot(self.writable, self.exec)) };
                return Err(error);
            }
        }
        (self.writable, self.exec) = (writable, exec);
        Ok(())
    }

    /// Changes the length to `len` bytes, and moves the mapping if that is necessary and `may_move`. On an error
    /// nothing has changed.
    ///
    /// # Safety
    ///
    /// No borrow or address of the memory is in use, and the file, if there is one, has bytes up to `len`.
    #[cfg(target_os = "linux")]
    pub(super) unsafe fn remap(&mut self, len: usize, may_move: bool) -> io::Result<()> {
        if len == 0 {
            if self.mapped != 0 {
                // SAFETY: the pages belong to `self` (type invariant); the caller guarantees that no address in them is
                // in use.
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
            // SAFETY: the pages belong to `self` (type invariant); the caller guarantees that no address in them is in
            // use.
            let base = unsafe { os::mremap(self.base(), self.mapped, mapped, may_move)? };
            count::resized(self.mapped, mapped);
            self.mapped = mapped;
            // SAFETY: `head` is less than a page, and at least one page is mapped.
            self.ptr = unsafe { base.add(self.head) };
        }
        self.len = len;
        Ok(())
    }

    /// Changes the length where this is always safe: to a shorter one, or, for private memory, to any length.
    #[cfg(target_os = "linux")]
    pub(super) fn resize(&mut self, len: usize, may_move: bool) -> io::Result<()> {
        let before = self.len;
        if len > before && self.backing != Backing::Private {
            return Err(
                MapError::Unsupported("growing a mapping of a file or of inherited memory without `unsafe`").into()
            );
        }
        // Bytes that an earlier shrink left in the last page must not become visible again, so they are zeroed first.
        let hidden = self.mapped - self.head - before;
        let stale = hidden.min(len.saturating_sub(before));
        if stale > 0 {
            let (writable, exec) = (self.writable, self.exec);
            if !writable {
                // SAFETY: the new protection forbids only execution, and nothing borrows the pages, because of `&mut
                // self`.
                unsafe { self.protect(true, false)? };
            }
            // SAFETY: growing is only allowed for private memory, which is writable now; the `stale` bytes are inside
            // the mapped pages and after the visible bytes, so that nothing else accesses them.
            unsafe { self.ptr.add(before).write_bytes(0, stale) };
            if !writable {
                // SAFETY: this is the protection that the pages had before, and nothing borrows them, because of `&mut
                // self`.
                unsafe { self.protect(writable, exec)? };
            }
        }
        // SAFETY: nothing borrows the pages, because of `&mut self`. Only private memory grows, which has no file, and
        // a shorter window is still inside the file.
        unsafe { self.remap(len, may_move)? };
        Ok(())
    }
}

/// The address of an empty mapping: page-aligned, with no provenance.
fn nowhere() -> NonNull<u8> {
    NonNull::new(ptr::without_provenance_mut(os::page_size())).unwrap_or(NonNull::dangling())
}

impl Drop for Mapping {
    #[inline]
    fn drop(&mut self) {
        if self.mapped == 0 {
            return;
        }
        // SAFETY: the pages belong to `self` (type invariant), and nothing uses them any more: every borrow of them
        // borrows their owner.
        let unmapped = unsafe { os::munmap(self.base(), self.mapped) };
        // The kernel may have no memory to split a larger area. Then the pages stay mapped, and counted.
        if unmapped.is_ok() {
            count::unmapped(self.mapped);
        }
    }
}

/// Rounds `head + len` up to whole pages, and checks that neither this size nor the end in the file is too large.
/// `head` is less than `page`.
#[inline]
pub(super) fn whole_pages(offset: u64, head: usize, len: usize, page: usize) -> Result<usize, MapError> {
    let too_long = MapError::TooLong { offset, len: len as u64 };
    if len > isize::MAX as usize || offset.checked_add(len as u64).is_none_or(|end| end > i64::MAX as u64) {
        return Err(too_long);
    }
    // The sum does not overflow: `page` and `head` are at most a quarter of the address space, and `len` is less than
    // half of it.
    let pages = (head + len + (page - 1)) & !(page - 1);
    if pages > isize::MAX as usize { Err(too_long) } else { Ok(pages) }
}

/// A part of a mapping, on which the methods of all mapping types work.
pub(super) struct Window<'a> {
    pub(super) mapping: &'a Mapping,
    /// The part, in bytes of the mapping.
    pub(super) range: Range<usize>,
}

impl Window<'_> {
    /// Converts `range` of this window to a range of the mapping.
    pub(super) fn inside(&self, range: &impl core::ops::RangeBounds<usize>) -> Result<Range<usize>, RangeError> {
        let range = super::range::inside(range, self.range.len())?;
        Ok(self.range.start + range.start..self.range.start + range.end)
    }

    /// Converts the `len` bytes from `offset` on of this window to a range of the mapping.
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
        // A pretended page size of 64 KiB.
        const PAGE: usize = 1 << 16;
        if std::env::var_os("SANITIZER").is_some() {
            std::println!("skipped: a sanitizer has addresses of its own, and drops the one that is asked for");
            return;
        }
        // An address that the kernel does not use by itself.
        // SAFETY: nothing else uses this address, and no stack grows towards it.
        let options = unsafe { MmapOptions::new().at(0x13_0000 << 24) };
        let map = options.pages(Mode::CopyOnWrite, Backing::Private, 0, 100, PAGE, -1, None).unwrap();
        assert_eq!((map.len, map.mapped), (100, PAGE));
        let last = map.base().as_ptr().wrapping_add(PAGE - os::page_size());
        let is_mapped = || {
            let mut resident = 0;
            // SAFETY: `resident` has room for the byte about one page.
            unsafe { libc::mincore(last.cast(), 1, &raw mut resident) == 0 }
        };
        assert!(is_mapped());
        drop(map);
        assert!(!is_mapped());
    }
}
