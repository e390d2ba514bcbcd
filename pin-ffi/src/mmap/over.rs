//! Mapping a file over memory that something else owns, and putting back what was there: gcmmap's way, for code that
//! wants its bytes at an address it has chosen, or in a `Vec`.

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

/// Pages of somebody else's, with a file mapped over them; put back when dropped.
///
/// The pages stay borrowed or owned by whoever has this, and are whole: nothing else is in them.
struct Over {
    /// What is mapped there now. It does not unmap: there is something to put back.
    mapping: ManuallyDrop<Mapping>,
    before: Before,
}

/// Where what was there is kept meanwhile.
enum Before {
    /// The pages themselves, elsewhere, with all that is set for them.
    #[cfg(target_os = "linux")]
    Aside(Vec<Piece>),
    /// A copy, of memory mapped with these flags besides the usual ones.
    Copied(Vec<u8>, c_int),
}

/// Pages that have been moved: of one area, for which the same is set throughout.
#[cfg(target_os = "linux")]
struct Piece {
    home: NonNull<u8>,
    aside: NonNull<u8>,
    len: usize,
    lock: Option<os::Lock>,
}

impl Over {
    /// Maps the window over whole pages in `memory`. On an error `memory` is as it was.
    ///
    /// # Safety
    ///
    /// `memory` is initialised, private memory of this process (of an allocator, say), exclusively the caller's until this
    /// has been dropped.
    unsafe fn new(options: &MmapOptions, file: BorrowedFd<'_>, mode: Mode, memory: *mut [u8]) -> io::Result<Self> {
        // Always asked: of a file of huge pages the kernel maps whole ones, over whatever is there.
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
        // SAFETY: not null, as memory is not; `pad` is inside if anything is needed, and else nothing is done there.
        let base = unsafe { NonNull::new_unchecked(start.wrapping_add(if needed == 0 { 0 } else { pad })) };
        if needed == 0 {
            let mapping = options.pages(mode, Backing::File, offset, 0, page, file.as_raw_fd(), None)?;
            return Ok(Self { mapping: ManuallyDrop::new(mapping), before: Before::Copied(Vec::new(), 0) });
        }
        // SAFETY: whole pages of the caller's.
        let before = unsafe { Before::take(base, needed) }?;
        match options.pages(mode, Backing::File, offset, len, page, file.as_raw_fd(), Some(base)) {
            Ok(mut mapping) => {
                // The same address, as the memory's owner knows it.
                // SAFETY: `head` is less than a page, and at least one is mapped.
                mapping.ptr = unsafe { base.add(head) };
                let over = Self { mapping: ManuallyDrop::new(mapping), before };
                // Counting tells others, and they may panic: the memory is put back then as well.
                super::count::mapped(needed);
                Ok(over)
            }
            Err(error) => {
                // SAFETY: the pages just taken.
                unsafe { before.put_back(base, needed) };
                Err(error)
            }
        }
    }

    /// The window.
    fn bytes(&self) -> &[u8] {
        self.mapping.bytes()
    }
}

impl Drop for Over {
    fn drop(&mut self) {
        let (base, len) = (self.mapping.base(), self.mapping.mapped);
        if len != 0 {
            let before = core::mem::replace(&mut self.before, Before::Copied(Vec::new(), 0));
            // SAFETY: the pages taken by `new`, which are still the owner's.
            unsafe { before.put_back(base, len) };
            super::count::unmapped(len);
        }
    }
}

impl Before {
    /// Keeps what is in the pages. They may be empty afterwards. On an error they are as they were.
    ///
    /// # Safety
    ///
    /// As [`Over::new`].
    unsafe fn take(base: NonNull<u8>, len: usize) -> io::Result<Self> {
        // The pages go elsewhere without being copied, and the place stays taken, so that nothing else is mapped there.
        #[cfg(target_os = "linux")]
        let flags = {
            // SAFETY: the caller's pages, which nobody uses.
            match unsafe { set_aside(base, len) } {
                Ok(pieces) => return Ok(Self::Aside(pieces)),
                // Before Linux 5.7, and for memory of huge pages.
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {}
                Err(error) => return Err(error),
            }
            // With a copy is put back what is in the pages, and nothing that is set for them.
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
        // SAFETY: initialised memory of the caller's.
        copy.extend_from_slice(unsafe { core::slice::from_raw_parts(base.as_ptr(), len) });
        Ok(Self::Copied(copy, flags))
    }

    /// Puts it back, in place of what is mapped there now; or ends the process, for the memory's owner could not tell
    /// that it has a file in its hands.
    ///
    /// # Safety
    ///
    /// The pages that [`take`](Self::take) took.
    unsafe fn put_back(self, base: NonNull<u8>, len: usize) {
        match self {
            #[cfg(target_os = "linux")]
            Self::Aside(pieces) => {
                for piece in pieces {
                    // SAFETY: the caller's promise; each piece once.
                    unsafe { piece.put_back() };
                }
            }
            Self::Copied(copy, flags) => {
                // SAFETY: the caller's promise.
                unsafe { fresh(base, len, flags) };
                // SAFETY: both are as long, and apart.
                unsafe { core::ptr::copy_nonoverlapping(copy.as_ptr(), base.as_ptr(), len) };
            }
        }
    }
}

/// Moves the pages elsewhere, area by area, so that what is set for them goes with them. On an error they are where they
/// were, as they were.
///
/// # Safety
///
/// Whole pages of the caller's, which nobody uses.
#[cfg(target_os = "linux")]
unsafe fn set_aside(base: NonNull<u8>, len: usize) -> io::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    // Whether any is locked is asked in one call; which ones, and how, takes a look at all that is mapped.
    let locked = if os::is_locked(base, len) { os::areas(base, len)? } else { Vec::new() };
    // They are unlocked for the move: with a lock the kernel counts them twice from then on. A limit may have become lower
    // than what is locked, so that they could not be locked again: they are, while it makes no difference.
    for area in &locked {
        area.relock()?;
    }
    let moved = if locked.is_empty() {
        // SAFETY: the caller's promise.
        unsafe { set_area_aside(base, len, None, &mut pieces) }
    } else {
        locked.iter().try_for_each(|area| {
            if area.lock.is_some() {
                os::munlock(area.start.as_ptr(), area.len)?;
            }
            // SAFETY: the caller's promise: a part of the pages.
            unsafe { set_area_aside(area.start, area.len, area.lock, &mut pieces) }
        })
    };
    if let Err(error) = moved {
        for piece in pieces {
            // SAFETY: moved above, and in nobody's use.
            unsafe { piece.put_back() };
        }
        for area in &locked {
            // As it could be above.
            let _ = area.relock();
        }
        return Err(error);
    }
    Ok(pieces)
}

/// Moves pages elsewhere, and locks them there if they were locked. Adds what was moved to `pieces`, also on an error.
///
/// # Safety
///
/// As [`set_aside`].
#[cfg(target_os = "linux")]
unsafe fn set_area_aside(
    home: NonNull<u8>,
    len: usize,
    lock: Option<os::Lock>,
    pieces: &mut Vec<Piece>,
) -> io::Result<()> {
    pieces.try_reserve(1)?;
    // SAFETY: the caller's promise.
    match unsafe { os::set_aside(home, len) } {
        Ok(aside) => {
            pieces.push(Piece { home, aside, len, lock });
            lock.map_or(Ok(()), |lock| lock.set(aside, len))
        }
        // The kernel moves what is of one area. Where these begin it does not say: halves have fewer of them.
        Err(error) if error.raw_os_error() == Some(libc::EFAULT) && len > os::page_size() => {
            let half = (len / 2).next_multiple_of(os::page_size());
            // SAFETY: `half` is less than `len`, which is two pages at least; the rest is the caller's promise.
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
    /// Brings the pages home, in place of what is mapped there now, with all that is set for them.
    ///
    /// # Safety
    ///
    /// Both places are ours, and nobody uses them.
    unsafe fn put_back(self) {
        let Self { home, aside, len, lock } = self;
        // SAFETY: the caller's promise.
        if unsafe { os::bring_back(aside, len, home) }.is_err() {
            // SAFETY: the pages set aside are still there, and still ours.
            unsafe { fresh(home, len, 0) };
            // Without a lock, if the kernel gives none: what is in the pages matters more than where they may go.
            let _ = lock.map(|lock| lock.set(home, len));
            // SAFETY: both are as long, and apart.
            unsafe { core::ptr::copy_nonoverlapping(aside.as_ptr(), home.as_ptr(), len) };
            // SAFETY: ours, and not needed any more. If it fails, they stay: a leak, and nothing worse.
            let _ = unsafe { os::munmap(aside, len) };
        }
    }
}

/// Maps private memory over the pages, or ends the process.
///
/// # Safety
///
/// The pages are the caller's to replace.
unsafe fn fresh(base: NonNull<u8>, len: usize, flags: c_int) {
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    let flags = flags | libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED;
    // SAFETY: the caller's promise.
    if let Err(error) = unsafe { os::mmap(base.as_ptr().cast(), len, prot, flags, -1, 0) } {
        // Not `eprintln!`, which may panic: nobody must see this memory again.
        let _ = io::Write::write_fmt(
            &mut io::stderr(),
            format_args!("pin-ffi: memory under a mapping cannot be put back: {error}\n"),
        );
        std::process::abort();
    }
}

impl MmapOptions {
    /// Maps a file for reading over memory of the caller's while `f` runs, then puts back what was there.
    ///
    /// The window's first page lands on the first page that starts in `memory`, so that `memory` must be up to one page
    /// longer than the [whole pages](super::page_size) the window needs. `f` gets the window. What was there is put back
    /// also when `f` panics; if the call fails, nothing has changed.
    ///
    /// The pages are moved aside, not copied, where the kernel can (Linux 5.7): locks, advice and whatever else is set for
    /// them is there again afterwards, and pages that are locked stay locked meanwhile, but for the moment in which they are
    /// moved. An older Linux keeps a copy, and refuses memory for which anything is set. Elsewhere a copy is kept, and locks
    /// and advice of these pages are lost.
    ///
    /// Should the kernel refuse to put the pages back (it has no memory for the bookkeeping, say), the process ends: the
    /// memory's owner could not know.
    ///
    /// # Errors
    ///
    /// As [`map`](Self::map); [`MapError::NoRoom`] if the memory is too short; [`MapError::Unsupported`] if what is set for
    /// it could not be put back, as for memory of huge pages; the kernel's, if locked pages could not be locked again; no
    /// memory to keep what was there.
    ///
    /// # Safety
    ///
    /// As [`map`](Self::map), while `f` runs. `memory` is private memory, of an allocator say, not a mapping of a file.
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
        // SAFETY: exclusively borrowed for longer than this lives; the rest is the caller's promise.
        let over = unsafe { Over::new(self, file.as_fd(), Mode::ReadOnly, memory)? };
        Ok(f(over.bytes()))
    }

    /// Maps a file for reading and writing over memory of the caller's while `f` runs, then puts back what was there.
    ///
    /// What `f` writes is in the file.
    ///
    /// # Errors
    ///
    /// As [`map_over`](Self::map_over); `EACCES` if the file is not open for both.
    ///
    /// # Safety
    ///
    /// As [`map_over`](Self::map_over) and [`map_mut`](Self::map_mut).
    pub unsafe fn map_over_mut<R>(
        &self,
        file: impl AsFd,
        memory: &mut [u8],
        f: impl FnOnce(&mut [u8]) -> R,
    ) -> io::Result<R> {
        // SAFETY: exclusively borrowed for longer than this lives; the rest is the caller's promise.
        let mut over = unsafe { Over::new(self, file.as_fd(), Mode::ReadWrite, memory)? };
        // SAFETY: mapped for writing; `over` is ours alone.
        Ok(f(unsafe { over.mapping.bytes_mut() }))
    }

    /// Maps a file for reading into a `Vec`, for code that wants one.
    ///
    /// # Errors
    ///
    /// As [`map_over`](Self::map_over).
    ///
    /// # Safety
    ///
    /// As [`map`](Self::map). The global allocator gives private memory, as allocators do.
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
        // As much as makes sure of whole pages wherever the allocator puts it.
        let room = needed.checked_add(page).ok_or(MapError::TooLong { offset: self.start(), len: len as u64 })?;
        vec.try_reserve_exact(room)?;
        vec.resize(room, 0);
        // The length found is the one that is mapped, even if the file grows meanwhile.
        // SAFETY: on the heap, and owned by the value for longer than this lives; the rest is the caller's promise.
        let over = unsafe { Over::new(&(*self).len(len), file, Mode::ReadOnly, vec.as_mut_slice())? };
        let start = if len == 0 { 0 } else { over.mapping.ptr.addr().get() - vec.as_ptr().addr() };
        Ok(MmapVec { over: ManuallyDrop::new(over), vec: ManuallyDrop::new(vec), window: start..start + len })
    }
}

/// A `Vec` with a file mapped into it, at [`window`](Self::window); elsewhere it is zeros.
///
/// Made by [`MmapOptions::map_vec`]. It can be borrowed, and never owned, as the `Vec` it is: growing or freeing it
/// with a file inside would hand the file to the allocator.
pub struct MmapVec {
    /// Dropped before `vec`: the allocator gets its own pages back.
    over: ManuallyDrop<Over>,
    /// Never touched while `over` is there, but through shared borrows.
    vec: ManuallyDrop<Vec<u8>>,
    window: Range<usize>,
}

// SAFETY: a vector and a mapping that only this value reaches, to be read through `&`.
unsafe impl Send for MmapVec {}
// SAFETY: as above.
unsafe impl Sync for MmapVec {}

impl MmapVec {
    /// The whole vector: the file is at [`window`](Self::window).
    #[must_use]
    pub fn as_vec(&self) -> &Vec<u8> {
        &self.vec
    }

    /// Where in the vector the file is, in bytes.
    #[must_use]
    pub fn window(&self) -> Range<usize> {
        self.window.clone()
    }

    /// The vector without the file: zeros, as it was made.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: once, for `this` is not dropped; the file goes first.
        unsafe {
            ManuallyDrop::drop(&mut this.over);
            ManuallyDrop::take(&mut this.vec)
        }
    }
}

impl Drop for MmapVec {
    fn drop(&mut self) {
        // SAFETY: once, here; the file goes first.
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
