//! Mapping a file over memory that already has an owner, and restoring that memory afterwards, as gcmmap does. It is
//! for code that needs the bytes of a file at an address of its choice, or in a `Vec`.

use super::error::MapError;
use super::mapping::{Backing, Mapping, whole_pages};
use super::{MmapOptions, Mode, os};
use alloc::vec::Vec;
use core::fmt;
use core::mem::ManuallyDrop;
use core::ops::{Deref, Range};
use core::ptr::NonNull;
use libc::c_int;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

/// Pages with another owner, with a file mapped over them. Dropping it restores the pages.
///
/// The holder of this value borrows or owns the pages as long as it lives. They are whole pages: nothing else is in
/// them.
struct Over {
    /// The mapping of the file. It is never dropped, because `Drop` restores the pages instead of unmapping them.
    mapping: ManuallyDrop<Mapping>,
    before: Before,
}

/// The original content of the pages, kept while the file is mapped over them.
enum Before {
    /// The pages themselves, moved to other addresses together with all their settings.
    #[cfg(target_os = "linux")]
    Aside(Vec<Piece>),
    /// A copy, and the flags, besides the usual ones, that the memory was mapped with.
    Copied(Vec<u8>, c_int),
}

/// Pages that have been moved. They belong to one area, so that all have the same settings.
#[cfg(target_os = "linux")]
struct Piece {
    home: NonNull<u8>,
    aside: NonNull<u8>,
    len: usize,
    lock: Option<os::Lock>,
}

impl Over {
    /// Maps the window over whole pages in `memory`. On an error, `memory` is unchanged.
    ///
    /// # Safety
    ///
    /// `memory` is initialised, private memory of this process (for example from an allocator). The caller has
    /// exclusive access to it until the returned value has been dropped.
    unsafe fn new(options: &MmapOptions, file: BorrowedFd<'_>, mode: Mode, memory: *mut [u8]) -> io::Result<Self> {
        // The file is always asked for its page size: of a file of huge pages, the kernel maps whole huge pages, over
        // anything that is already mapped there.
        let (len, page) = options.place_in(&os::status(file)?)?;
        let offset = options.start();
        let head = offset as usize & (page - 1);
        let needed = if len == 0 { 0 } else { whole_pages(offset, head, len, page)? };
        let start = memory.cast::<u8>();
        let pad = start.addr().wrapping_neg() % page;
        let available = memory.len().saturating_sub(pad) / page * page;
        if needed > available {
            return Err(MapError::NoRoom { needed, available }.into());
        }
        if options.is_placed() {
            return Err(MapError::Unsupported("`at` together with memory that is already somewhere").into());
        }
        // SAFETY: `start` is not null, because it comes from valid memory. If `needed` is not 0, `start + pad` is
        // inside `memory` (`needed <= available`); otherwise nothing is added.
        let base = unsafe { NonNull::new_unchecked(start.wrapping_add(if needed == 0 { 0 } else { pad })) };
        if needed == 0 {
            let mapping = options.pages(mode, Backing::File, offset, 0, page, file.as_raw_fd(), None)?;
            return Ok(Self { mapping: ManuallyDrop::new(mapping), before: Before::Copied(Vec::new(), 0) });
        }
        // SAFETY: `needed` bytes from `base` on are whole pages inside `memory` (`needed <= available`), to which the
        // caller has exclusive access.
        let before = unsafe { Before::take(base, needed) }?;
        match options.pages(mode, Backing::File, offset, len, page, file.as_raw_fd(), Some(base)) {
            Ok(mut mapping) => {
                // The same address, but with the provenance of `memory`, through which its owner reads.
                // SAFETY: `head` is less than a page, and at least one page is mapped.
                mapping.ptr = unsafe { base.add(head) };
                let over = Self { mapping: ManuallyDrop::new(mapping), before };
                // Counting notifies subscribers, which may panic: dropping `over` then restores the memory.
                super::count::mapped(needed);
                Ok(over)
            }
            Err(error) => {
                // SAFETY: these are the pages that `take` got above.
                unsafe { before.put_back(base, needed) };
                Err(error)
            }
        }
    }

    /// The bytes of the window.
    fn bytes(&self) -> &[u8] {
        self.mapping.bytes()
    }
}

impl Drop for Over {
    fn drop(&mut self) {
        let (base, len) = (self.mapping.base(), self.mapping.mapped);
        if len != 0 {
            let before = core::mem::replace(&mut self.before, Before::Copied(Vec::new(), 0));
            // SAFETY: `new` took these pages, and the holder of this value still has exclusive access to them.
            unsafe { before.put_back(base, len) };
            super::count::unmapped(len);
        }
    }
}

impl Before {
    /// Saves the content of the pages, which may be lost from the pages themselves. On an error they are unchanged.
    ///
    /// # Safety
    ///
    /// As for [`Over::new`], with `len` bytes of whole pages from `base` on as `memory`.
    unsafe fn take(base: NonNull<u8>, len: usize) -> io::Result<Self> {
        // The pages are moved without copying. Their old addresses stay reserved, so that nothing else is mapped there.
        #[cfg(target_os = "linux")]
        let flags = {
            // SAFETY: the caller guarantees that it has exclusive access to the pages.
            match unsafe { set_aside(base, len) } {
                Ok(pieces) => return Ok(Self::Aside(pieces)),
                // Linux before 5.7, or memory of huge pages.
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {}
                Err(error) => return Err(error),
            }
            // A copy restores the content of the pages but not their settings.
            let areas = os::areas(base, len)?;
            let no_reserve = areas.iter().any(|area| area.no_reserve);
            if !areas.iter().all(|area| area.plain && area.no_reserve == no_reserve) {
                let what = "mapping over memory with locks, advice or huge pages that cannot be moved";
                return Err(MapError::Unsupported(what).into());
            }
            if no_reserve { libc::MAP_NORESERVE } else { 0 }
        };
        #[cfg(not(target_os = "linux"))]
        let flags = 0;
        let mut copy = Vec::new();
        copy.try_reserve_exact(len)?;
        // SAFETY: the caller guarantees that the memory is initialised and that it has exclusive access to it.
        copy.extend_from_slice(unsafe { core::slice::from_raw_parts(base.as_ptr(), len) });
        Ok(Self::Copied(copy, flags))
    }

    /// Restores the pages in place of the current mapping. If that fails, it ends the process: the owner of the memory
    /// could not know that a file is still mapped there.
    ///
    /// # Safety
    ///
    /// `base` and `len` are those that were passed to [`take`](Self::take), whose contract still holds.
    unsafe fn put_back(self, base: NonNull<u8>, len: usize) {
        match self {
            #[cfg(target_os = "linux")]
            Self::Aside(pieces) => {
                for piece in pieces {
                    // SAFETY: `take` moved this piece from the caller's pages; each piece is restored once.
                    unsafe { piece.put_back() };
                }
            }
            Self::Copied(copy, flags) => {
                // SAFETY: the caller guarantees that these are the pages that were passed to `take`, to which it has
                // exclusive access.
                unsafe { fresh(base, len, flags) };
                // SAFETY: `copy` has `len` bytes, and `fresh` mapped `len` writable bytes at `base`; they do not
                // overlap.
                unsafe { core::ptr::copy_nonoverlapping(copy.as_ptr(), base.as_ptr(), len) };
            }
        }
    }
}

/// Moves the pages to other addresses, area by area, so that they keep their settings. On an error they are back at
/// their old addresses, unchanged.
///
/// # Safety
///
/// These are whole pages to which the caller has exclusive access.
#[cfg(target_os = "linux")]
unsafe fn set_aside(base: NonNull<u8>, len: usize) -> io::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    // One call tells whether any of the pages is locked. Which ones, and how, is only known from the list of everything
    // that is mapped.
    let locked = if os::is_locked(base, len) { os::areas(base, len)? } else { Vec::new() };
    // The pages are unlocked for the move, because the kernel would count moved locked pages twice. If the limit has
    // been lowered below what is locked now, they could not be locked again afterwards. So each lock is tried here,
    // where it changes nothing and can still fail.
    for area in &locked {
        area.relock()?;
    }
    let moved = if locked.is_empty() {
        // SAFETY: the caller guarantees exclusive access to these whole pages.
        unsafe { set_area_aside(base, len, None, &mut pieces) }
    } else {
        locked.iter().try_for_each(|area| {
            if area.lock.is_some() {
                os::munlock(area.start.as_ptr(), area.len)?;
            }
            // SAFETY: `areas` returned parts of these whole pages, to which the caller guarantees exclusive access.
            unsafe { set_area_aside(area.start, area.len, area.lock, &mut pieces) }
        })
    };
    if let Err(error) = moved {
        for piece in pieces {
            // SAFETY: the pages were moved above, and nobody uses either address.
            unsafe { piece.put_back() };
        }
        for area in &locked {
            // This lock succeeded above.
            let _ = area.relock();
        }
        return Err(error);
    }
    Ok(pieces)
}

/// Moves pages to other addresses, and locks them there if they were locked. Adds the moved pages to `pieces`, also on
/// an error.
///
/// # Safety
///
/// As for [`set_aside`].
#[cfg(target_os = "linux")]
unsafe fn set_area_aside(
    home: NonNull<u8>,
    len: usize,
    lock: Option<os::Lock>,
    pieces: &mut Vec<Piece>,
) -> io::Result<()> {
    pieces.try_reserve(1)?;
    // SAFETY: the caller guarantees exclusive access to these whole pages.
    match unsafe { os::set_aside(home, len) } {
        Ok(aside) => {
            pieces.push(Piece { home, aside, len, lock });
            lock.map_or(Ok(()), |lock| lock.set(aside, len))
        }
        // The kernel moves pages of a single area only, and does not say where the areas begin. So each half is tried
        // by itself.
        Err(error) if error.raw_os_error() == Some(libc::EFAULT) && len > os::page_size() => {
            let half = (len / 2).next_multiple_of(os::page_size());
            // SAFETY: `len` is at least two pages, so that `half` is less than `len` and both halves are whole pages of
            // the caller's.
            unsafe {
                set_area_aside(home, half, lock, pieces)?;
                set_area_aside(home.add(half), len - half, lock, pieces)
            }
        }
        Err(error) => Err(error),
    }
}

#[cfg(target_os = "linux")]
impl Piece {
    /// Moves the pages back to their old addresses, in place of the current mapping, together with their settings.
    ///
    /// # Safety
    ///
    /// The caller may replace what is mapped at `home`, and nobody uses the memory at `home` or `aside`.
    unsafe fn put_back(self) {
        let Self { home, aside, len, lock } = self;
        // SAFETY: the caller guarantees that the mapping at `home` may be replaced and that nobody uses either address.
        if unsafe { os::bring_back(aside, len, home) }.is_err() {
            // SAFETY: the caller guarantees that the mapping at `home` may be replaced.
            unsafe { fresh(home, len, 0) };
            // If the kernel refuses the lock, go on without it: the content matters more than the lock.
            let _ = lock.map(|lock| lock.set(home, len));
            // SAFETY: `bring_back` failed, so that the `len` bytes at `aside` are still mapped; `fresh` mapped `len`
            // writable bytes at `home`; they do not overlap.
            unsafe { core::ptr::copy_nonoverlapping(aside.as_ptr(), home.as_ptr(), len) };
            // SAFETY: the pages at `aside` are ours, and no longer needed. If unmapping fails, they leak.
            let _ = unsafe { os::munmap(aside, len) };
        }
    }
}

/// Maps fresh private memory over the pages, or ends the process.
///
/// # Safety
///
/// The caller may replace what is mapped in these pages.
unsafe fn fresh(base: NonNull<u8>, len: usize, flags: c_int) {
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    let flags = flags | libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED;
    // SAFETY: the caller guarantees that what is mapped here may be replaced.
    if let Err(error) = unsafe { os::mmap(base.as_ptr().cast(), len, prot, flags, -1, 0) } {
        // `eprintln!` may panic, and the owner must not see this memory again.
        let _ = io::Write::write_fmt(
            &mut io::stderr(),
            format_args!("pin-ffi: memory under a mapping cannot be put back: {error}\n"),
        );
        std::process::abort();
    }
}

impl MmapOptions {
    /// Maps a file for reading over the caller's memory while `f` runs, then restores the memory.
    ///
    /// The first page of the window is mapped at the first page boundary in `memory`. So `memory` must be up to one
    /// page longer than the [whole pages](super::page_size) that the window needs. `f` gets the bytes of the window.
    /// The memory is restored also when `f` panics. If the call fails, the memory is unchanged.
    ///
    /// Where the kernel supports it (Linux 5.7), the pages are moved to other addresses instead of copied. Locks,
    /// advice and all other settings of the pages are then restored too, and locked pages stay locked except while they
    /// are moved. On an older Linux the memory is copied, and the call refuses memory that has any settings. On other
    /// platforms the memory is copied, and the locks and advice of these pages are lost.
    ///
    /// If the kernel refuses to restore the pages (for example because it has no memory for the bookkeeping), the
    /// process is aborted, because the owner of the memory could not know that a file is still mapped there.
    ///
    /// # Errors
    ///
    /// As for [`map`](Self::map); [`MapError::NoRoom`] if `memory` is too short; [`MapError::Unsupported`] if its
    /// settings could not be restored, as with memory of huge pages; the error of the kernel if locked pages could not
    /// be locked again; an error if there is no memory for the copy.
    ///
    /// # Safety
    ///
    /// As for [`map`](Self::map), while `f` runs. `memory` must be private memory, for example from an allocator, and
    /// not a mapping of a file.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::{MmapOptions, page_size};
    ///
    /// let file = std::fs::File::open("/proc/self/exe")?;
    /// let mut buffer = vec![7; 3 * page_size()];
    /// // SAFETY: nobody changes the program file while it runs; `buffer` is on the heap.
    /// let magic = unsafe { MmapOptions::new().len(4).map_over(&file, &mut buffer, |bytes| bytes.to_vec())? };
    /// assert_eq!(magic, b"\x7fELF");
    /// assert!(buffer.iter().all(|&b| b == 7));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub unsafe fn map_over<R>(&self, file: impl AsFd, memory: &mut [u8], f: impl FnOnce(&[u8]) -> R) -> io::Result<R> {
        // SAFETY: `memory` is borrowed exclusively for longer than `over` lives; the caller guarantees that it is
        // private memory and that nobody changes the file.
        let over = unsafe { Over::new(self, file.as_fd(), Mode::ReadOnly, memory)? };
        Ok(f(over.bytes()))
    }

    /// Maps a file for reading and writing over the caller's memory while `f` runs, then restores the memory.
    ///
    /// Bytes that `f` writes are written to the file.
    ///
    /// # Errors
    ///
    /// As for [`map_over`](Self::map_over); `EACCES` if the file is not open for reading and writing.
    ///
    /// # Safety
    ///
    /// As for [`map_over`](Self::map_over) and [`map_mut`](Self::map_mut).
    pub unsafe fn map_over_mut<R>(
        &self,
        file: impl AsFd,
        memory: &mut [u8],
        f: impl FnOnce(&mut [u8]) -> R,
    ) -> io::Result<R> {
        // SAFETY: `memory` is borrowed exclusively for longer than `over` lives; the caller guarantees that it is
        // private memory and that nobody changes the file.
        let mut over = unsafe { Over::new(self, file.as_fd(), Mode::ReadWrite, memory)? };
        // SAFETY: the pages are mapped for writing (`Mode::ReadWrite`), and only `over`, a local value, accesses them.
        Ok(f(unsafe { over.mapping.bytes_mut() }))
    }

    /// Maps a file for reading into a `Vec`, for code that needs a `Vec`.
    ///
    /// # Errors
    ///
    /// As for [`map_over`](Self::map_over).
    ///
    /// # Safety
    ///
    /// As for [`map`](Self::map). The global allocator must return private memory, as allocators usually do.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::MmapOptions;
    ///
    /// fn checksum(bytes: &Vec<u8>, range: core::ops::Range<usize>) -> u32 {
    ///     bytes[range].iter().map(|&b| u32::from(b)).sum()
    /// }
    ///
    /// let file = std::fs::File::open("/proc/self/exe")?;
    /// // SAFETY: nobody changes the program file while it runs.
    /// let map = unsafe { MmapOptions::new().len(4).map_vec(&file)? };
    /// assert_eq!(checksum(map.as_vec(), map.window()), 0x7f + u32::from(b'E') + u32::from(b'L') + u32::from(b'F'));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub unsafe fn map_vec(&self, file: impl AsFd) -> io::Result<MmapVec> {
        let file = file.as_fd();
        let (len, page) = self.place_in(&os::status(file)?)?;
        let head = self.start() as usize & (page - 1);
        let needed = whole_pages(self.start(), head, len, page)?;
        let mut vec = Vec::new();
        // One page more than needed, so that whole pages fit at any address that the allocator returns.
        let room = needed.checked_add(page).ok_or(MapError::TooLong { offset: self.start(), len: len as u64 })?;
        vec.try_reserve_exact(room)?;
        vec.resize(room, 0);
        // The length is fixed here, so that a file that grows meanwhile still fits.
        // SAFETY: the returned value owns `vec`, does not touch its heap memory, and drops `over` first; the caller
        // guarantees that the allocator's memory is private and that nobody changes the file.
        let over = unsafe { Over::new(&(*self).len(len), file, Mode::ReadOnly, vec.as_mut_slice())? };
        let start = if len == 0 { 0 } else { over.mapping.ptr.addr().get() - vec.as_ptr().addr() };
        Ok(MmapVec { over: ManuallyDrop::new(over), vec: ManuallyDrop::new(vec), window: start..start + len })
    }
}

/// A `Vec` with a file mapped into it, at [`window`](Self::window). The other bytes are 0.
///
/// [`MmapOptions::map_vec`] makes it. You can borrow it as a `Vec`, but not get the `Vec` by value while the file is
/// mapped: growing or freeing it would give the pages of the file to the allocator.
pub struct MmapVec {
    /// Dropped before `vec`, so that the allocator gets its own pages back.
    over: ManuallyDrop<Over>,
    /// Only accessed through shared borrows as long as `over` exists.
    vec: ManuallyDrop<Vec<u8>>,
    window: Range<usize>,
}

// SAFETY: only this value accesses the vector and the mapping, and `&self` only reads them.
unsafe impl Send for MmapVec {}
// SAFETY: as above.
unsafe impl Sync for MmapVec {}

impl MmapVec {
    /// Returns the whole vector, with the file at [`window`](Self::window).
    #[must_use]
    pub fn as_vec(&self) -> &Vec<u8> {
        &self.vec
    }

    /// Returns the range of the vector at which the file is mapped, in bytes.
    #[must_use]
    pub fn window(&self) -> Range<usize> {
        self.window.clone()
    }

    /// Unmaps the file and returns the vector. All its bytes are 0.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `this` is never dropped, so that each field is dropped or taken once; `over` is dropped before `vec`
        // is used.
        unsafe {
            ManuallyDrop::drop(&mut this.over);
            ManuallyDrop::take(&mut this.vec)
        }
    }
}

impl Drop for MmapVec {
    fn drop(&mut self) {
        // SAFETY: `drop` runs once, and `into_vec` prevents it; `over` is dropped before `vec`.
        unsafe {
            ManuallyDrop::drop(&mut self.over);
            ManuallyDrop::drop(&mut self.vec);
        }
    }
}

impl Deref for MmapVec {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.vec[self.window.clone()]
    }
}

impl AsRef<[u8]> for MmapVec {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for MmapVec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MmapVec").field("window", &self.window).field("len", &self.vec.len()).finish_non_exhaustive()
    }
}
