//! [`MmapOptions`]: the builder for every kind of mapping.

use super::error::MapError;
use super::mapping::{Backing, Mapping, whole_pages};
use super::{Huge, Mmap, MmapMut, MmapRaw, Mode, os};
use core::ptr;
use libc::c_int;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

/// Options for a mapping, and the constructors.
///
/// Without options, a constructor maps the whole file, at an address that the kernel chooses. The mapped part of the
/// file, the window, may start and end at any byte. Its end is checked against the file's size before anything is
/// mapped. An empty window, or the whole of an empty file, maps nothing and is an empty slice. A file that reports 0
/// bytes but is not empty (for example in `/proc`) is [refused](MapError::NoSize); read it instead.
///
/// | constructor | | gives | safe because |
/// |---|---|---|---|
/// | [`map`](Self::map), [`map_private`](Self::map_private) | file | [`Mmap`] | `unsafe`: others can change the file |
/// | [`map_mut`](Self::map_mut), [`map_copy`](Self::map_copy) | file | [`MmapMut`] | `unsafe`: as above |
/// | [`map_raw`](Self::map_raw) | file | [`MmapRaw`] | shows no slice |
/// | [`map_sealed`](Self::map_sealed), [`map_sealed_copy`](Self::map_sealed_copy) | memfd | [`Mmap`], [`MmapMut`] | the kernel refuses every change to it |
/// | [`map_atomic`](Self::map_atomic) | memfd | [`AtomicRegion`](super::AtomicRegion) | shows only atomics, and cannot shrink |
/// | [`map_anon`](Self::map_anon), [`map_anon_shared`](Self::map_anon_shared) | memory | [`MmapMut`] | nobody else can access it |
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::MmapOptions;
///
/// let file = std::fs::File::open("/proc/self/exe")?;
/// // SAFETY: nobody changes the program file while it runs.
/// let map = unsafe { MmapOptions::new().offset(1).len(3).map(&file)? };
/// assert_eq!(&map[..], b"ELF");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools)] // as many as the flags of `mmap(2)`
#[must_use = "options map nothing until a `map` method is called"]
pub struct MmapOptions {
    offset: u64,
    len: Option<usize>,
    file_len: Option<u64>,
    past_end: bool,
    exec: bool,
    populate: bool,
    lock: Lock,
    huge: Option<Huge>,
    no_reserve: bool,
    stack: bool,
    sync: bool,
    at: Option<usize>,
    nodes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Lock {
    #[default]
    No,
    Now,
    OnFault,
}

impl MmapOptions {
    /// Options for the whole file.
    pub const fn new() -> Self {
        Self {
            offset: 0,
            len: None,
            file_len: None,
            past_end: false,
            exec: false,
            populate: false,
            lock: Lock::No,
            huge: None,
            no_reserve: false,
            stack: false,
            sync: false,
            at: None,
            nodes: None,
        }
    }

    /// Starts the window at this byte of the file. It need not be at a page boundary.
    pub const fn offset(mut self, bytes: u64) -> Self {
        self.offset = bytes;
        self
    }

    /// Sets the length of the window in bytes. Without it, the window ends at the end of the file.
    ///
    /// Anonymous memory needs a length. So do files without a known size: devices (except block devices on Linux), and
    /// files that report 0 bytes but are not empty.
    pub const fn len(mut self, bytes: usize) -> Self {
        self.len = Some(bytes);
        self
    }

    /// Sets the file's length as the caller has seen it. A window with a given length that ends within it is then
    /// mapped by `mmap(2)` alone.
    ///
    /// Use it to map many windows of one file and ask for its length only once. Without it each window costs an
    /// `fstat(2)`, about a sixth of the cost of mapping and unmapping. No default can avoid that cost, because only the
    /// kernel knows where the file ends.
    ///
    /// If a window ends past this length, the file is asked again, because it may have grown; the window is refused if
    /// it ends past the current end. The file is also asked for a window without [`len`](Self::len), which ends at the
    /// current end of the file.
    ///
    /// If the file has been truncated since the caller saw its length, a window past the end of the file may be mapped,
    /// and accessing its last pages is a `SIGBUS`, just as if the file had been truncated after it was mapped. The
    /// contract of [`map`](Self::map) covers both: with `file_len`, the caller guarantees that nobody truncates the
    /// file from the moment it saw the length. Copies from and to a [`map_raw`](Self::map_raw) mapping return an error
    /// in both cases. The safe constructors that show a slice ([`map_sealed`](Self::map_sealed),
    /// [`map_atomic`](Self::map_atomic)) ignore this length and ask the file each time. A
    /// [`SealedMemfd`](super::SealedMemfd) does not need to ask.
    ///
    /// For a file on hugetlbfs, also call [`huge`](Self::huge).
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::MmapOptions;
    ///
    /// let file = std::fs::File::open("/proc/self/exe")?;
    /// let len = file.metadata()?.len();
    /// let window = MmapOptions::new().len(3).file_len(len);
    /// // SAFETY: nobody changes the program file while it runs.
    /// let map = unsafe { window.offset(1).map(&file)? }; // no `fstat`
    /// assert_eq!(&map[..], b"ELF");
    /// // SAFETY: as above.
    /// let error = unsafe { window.offset(len - 2).map(&file).unwrap_err() };
    /// assert_eq!(error.to_string(), format!("3 bytes from offset {} end past the file's {len} bytes", len - 2));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub const fn file_len(mut self, bytes: u64) -> Self {
        self.file_len = Some(bytes);
        self
    }

    /// Allows a window with a given length to end past the end of the file, and does not ask for the file's size.
    ///
    /// Use it for a file that will grow. Until it has grown, accessing the pages after its last one is a `SIGBUS`. This
    /// saves one `fstat(2)`; [`file_len`](Self::file_len) saves it too, and keeps the check. For a file on hugetlbfs,
    /// also call [`huge`](Self::huge).
    pub const fn allow_past_end(mut self) -> Self {
        self.past_end = true;
        self
    }

    /// Makes the bytes executable as well. `PROT_EXEC`.
    pub const fn exec(mut self) -> Self {
        self.exec = true;
        self
    }

    /// Reads in as many pages as possible now. `MAP_POPULATE`; no effect where that does not exist.
    ///
    /// Pages that cannot be read are not reported. Use [`Advice::PopulateRead`](super::Advice::PopulateRead) afterwards
    /// to get an error.
    pub const fn populate(mut self) -> Self {
        self.populate = true;
        self
    }

    /// Locks all pages in memory. `mlock(2)`; if that fails, nothing is mapped.
    pub const fn lock(mut self) -> Self {
        self.lock = Lock::Now;
        self
    }

    /// Locks each page in memory when it is first accessed. `mlock2(2)`; Linux only.
    pub const fn lock_on_fault(mut self) -> Self {
        self.lock = Lock::OnFault;
        self
    }

    /// Maps huge pages: anonymous memory (`MAP_HUGETLB`), or a file on hugetlbfs. Linux only.
    ///
    /// Whole huge pages are mapped, unmapped and counted. The window has the requested length.
    pub const fn huge(mut self, size: Huge) -> Self {
        self.huge = Some(size);
        self
    }

    /// Reserves no swap space, so that a write may fail for lack of memory. `MAP_NORESERVE`.
    pub const fn no_reserve(mut self) -> Self {
        self.no_reserve = true;
        self
    }

    /// Maps memory for use as a stack. `MAP_STACK`; no effect where that does not exist.
    pub const fn stack(mut self) -> Self {
        self.stack = true;
        self
    }

    /// Guarantees that data that has been written and flushed from the processor's cache is on persistent memory,
    /// including the metadata it needs. `MAP_SYNC`; only on Linux, and only for files on such memory (DAX). Anything
    /// else is refused.
    pub const fn sync(mut self) -> Self {
        self.sync = true;
        self
    }

    /// Maps the page with the window's first byte exactly at this address, or fails with `EEXIST` if something is
    /// already mapped there. `MAP_FIXED_NOREPLACE`; Linux only.
    ///
    /// # Safety
    ///
    /// Nothing else may come to use these addresses. The kernel does not replace existing mappings, but it does not
    /// protect the addresses below the main thread's stack: a stack that grows into the mapping overwrites it silently.
    pub const unsafe fn at(mut self, page: usize) -> Self {
        self.at = Some(page);
        self
    }

    /// Allocates pages on these NUMA nodes only; bit 0 is node 0. `mbind(2)` with `MPOL_BIND`; Linux only.
    ///
    /// If a node does not exist or this process may not use its memory, nothing is mapped: [`MapError::NoNode`]. Pages
    /// of a file that are already in memory stay where they are.
    pub const fn bind_to_nodes(mut self, nodes: u64) -> Self {
        self.nodes = Some(nodes);
        self
    }

    /// Maps a file for reading: [`Mode::ReadOnly`].
    ///
    /// # Errors
    ///
    /// [`MapError`] inside an [`io::Error`] if the window is not inside the file; the error of the kernel if the file
    /// is not open for reading or cannot be mapped.
    ///
    /// # Safety
    ///
    /// As long as the mapping exists, nobody may truncate the file, or change the bytes of the window except through
    /// this mapping: it dereferences to a `&[u8]`, whose bytes must not change. The caller has to ensure this, for
    /// example by a private file, by permissions, or by a lock that everybody respects. Any process that can write to
    /// the file, including this one, could change the bytes by `write(2)` or through another mapping.
    ///
    /// If a process truncates the file, or the storage fails, the next access is a `SIGBUS`, which ends the process.
    ///
    /// The safe alternatives are a [sealed memfd](Self::map_sealed), and [`map_raw`](Self::map_raw), which copes with
    /// all of this.
    pub unsafe fn map(&self, file: impl AsFd) -> io::Result<Mmap> {
        Ok(Mmap::from_mapping(self.file(file.as_fd(), Mode::ReadOnly)?))
    }

    /// Maps a file for reading, privately: [`Mode::ReadPrivate`]. Whether later changes to the file are visible is
    /// unspecified.
    ///
    /// # Errors
    ///
    /// As for [`map`](Self::map).
    ///
    /// # Safety
    ///
    /// As for [`map`](Self::map): later changes to the file may be visible in a private mapping, too, because only a
    /// page that has been written through the mapping is copied.
    pub unsafe fn map_private(&self, file: impl AsFd) -> io::Result<Mmap> {
        Ok(Mmap::from_mapping(self.file(file.as_fd(), Mode::ReadPrivate)?))
    }

    /// Maps a file for reading and writing: [`Mode::ReadWrite`].
    ///
    /// # Errors
    ///
    /// As for [`map`](Self::map); `EACCES` if the file is not open for reading and writing.
    ///
    /// # Safety
    ///
    /// As for [`map`](Self::map). In addition, nobody, in this process or another, may rely on the bytes of the file
    /// staying unchanged.
    pub unsafe fn map_mut(&self, file: impl AsFd) -> io::Result<MmapMut> {
        Ok(MmapMut::from_mapping(self.file(file.as_fd(), Mode::ReadWrite)?))
    }

    /// Maps a file for reading and writing, without writing the file: [`Mode::CopyOnWrite`].
    ///
    /// # Errors
    ///
    /// As for [`map`](Self::map). The file need not be open for writing.
    ///
    /// # Safety
    ///
    /// As for [`map`](Self::map): pages that have not been written still belong to the file, and truncating the file
    /// also removes pages that have been written.
    pub unsafe fn map_copy(&self, file: impl AsFd) -> io::Result<MmapMut> {
        Ok(MmapMut::from_mapping(self.file(file.as_fd(), Mode::CopyOnWrite)?))
    }

    /// Maps a file without showing it as a slice. This is safe, because it does not matter whether others change the
    /// file.
    ///
    /// [`MmapRaw`] reads and writes by copying, which works even if the file changes or shrinks meanwhile.
    ///
    /// # Errors
    ///
    /// As for [`map`](Self::map).
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::{MmapOptions, Mode};
    ///
    /// let file = std::fs::File::open("/proc/self/exe")?;
    /// let map = MmapOptions::new().map_raw(&file, Mode::ReadOnly)?;
    /// let mut magic = [0; 4];
    /// map.try_copy_to(0, &mut magic)?;
    /// assert_eq!(&magic, b"\x7fELF");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn map_raw(&self, file: impl AsFd, mode: Mode) -> io::Result<MmapRaw> {
        Ok(MmapRaw::from_mapping(self.file(file.as_fd(), mode)?))
    }

    /// Maps zeroed private memory. `MAP_ANONYMOUS | MAP_PRIVATE`.
    ///
    /// # Errors
    ///
    /// [`MapError::NoLength`] without [`len`](Self::len); the error of the kernel if there is no memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::MmapOptions;
    ///
    /// let mut map = MmapOptions::new().len(100).map_anon()?;
    /// map[99] = 1;
    /// assert_eq!(map.iter().sum::<u8>(), 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn map_anon(&self) -> io::Result<MmapMut> {
        Ok(MmapMut::from_mapping(self.memory(Mode::CopyOnWrite)?))
    }

    /// Maps zeroed memory that is shared with children forked later. `MAP_ANONYMOUS | MAP_SHARED`.
    ///
    /// This is safe because forking is `unsafe`: the code that forks must ensure that parent and child access this
    /// memory at the same time only through [atomics](super::AtomicRegion).
    ///
    /// # Errors
    ///
    /// As for [`map_anon`](Self::map_anon).
    pub fn map_anon_shared(&self) -> io::Result<MmapMut> {
        Ok(MmapMut::from_mapping(self.memory(Mode::ReadWrite)?))
    }

    /// Maps the window of `file` in this mode.
    fn file(&self, file: BorrowedFd<'_>, mode: Mode) -> io::Result<Mapping> {
        self.window(file, mode, Backing::File)
    }

    pub(super) fn window(&self, file: BorrowedFd<'_>, mode: Mode, backing: Backing) -> io::Result<Mapping> {
        self.window_at(file, mode, backing, self.place(file)?)
    }

    /// Maps the window whose length and page size are known.
    #[inline]
    pub(super) fn window_at(
        &self,
        file: BorrowedFd<'_>,
        mode: Mode,
        backing: Backing,
        (len, page): (usize, usize),
    ) -> io::Result<Mapping> {
        self.pages(mode, backing, self.offset, len, page, file.as_raw_fd(), None)
    }

    /// The same options, but the window's end is always checked against the file's real length.
    #[cfg(target_os = "linux")]
    pub(super) const fn checked_end(mut self) -> Self {
        self.past_end = false;
        self.file_len = None;
        self
    }

    /// Whether the caller gave the length, so that it is not taken from the file.
    #[cfg(target_os = "linux")]
    pub(super) const fn has_len(&self) -> bool {
        self.len.is_some()
    }

    /// The window's first byte in the file.
    pub(super) const fn start(&self) -> u64 {
        self.offset
    }

    /// Whether the caller asked for an address.
    pub(super) const fn is_placed(&self) -> bool {
        self.at.is_some()
    }

    /// Returns the length of the window in `file` and the size of the file's pages.
    pub(super) fn place(&self, file: BorrowedFd<'_>) -> io::Result<(usize, usize)> {
        if let Some(len) = self.len {
            let seen = |size| self.offset.checked_add(len as u64).is_some_and(|end| end <= size);
            if self.past_end || self.file_len.is_some_and(seen) {
                let huge = self.huge.map(Huge::bytes).transpose()?;
                return Ok((len, huge.unwrap_or_else(os::page_size)));
            }
        }
        self.place_in(&os::status(file)?)
    }

    /// Returns the length of the window in a file with this status and the size of its pages. `file_len` is ignored.
    pub(super) fn place_in(&self, status: &os::Status) -> io::Result<(usize, usize)> {
        let offset = self.offset;
        let os::Status { size, huge: of_file } = *status;
        let huge = self.huge.map(Huge::bytes).transpose()?;
        let page = of_file.or(huge).unwrap_or_else(os::page_size);
        let len = match (self.len, size) {
            (None, None) => return Err(MapError::NoSize.into()),
            (Some(len), None) => len,
            (Some(len), _) if self.past_end => len,
            (len, Some(size)) => {
                let left = size.checked_sub(offset).ok_or(MapError::PastEnd { offset, len, size })?;
                match len {
                    Some(len) if len as u64 > left => {
                        return Err(MapError::PastEnd { offset, len: Some(len), size }.into());
                    }
                    Some(len) => len,
                    None => usize::try_from(left).map_err(|_| MapError::TooLong { offset, len: left })?,
                }
            }
        };
        Ok((len, page))
    }

    /// Maps anonymous memory in this mode.
    fn memory(&self, mode: Mode) -> io::Result<Mapping> {
        let len = self.len.ok_or(MapError::NoLength)?;
        if self.offset != 0 {
            return Err(MapError::Unsupported("an offset into anonymous memory").into());
        }
        let page = self.huge.map_or_else(|| Ok(os::page_size()), Huge::bytes)?;
        let backing = if mode.is_shared() { Backing::Inherited } else { Backing::Private };
        self.pages(mode, backing, 0, len, page, -1, None)
    }

    /// Maps whole pages around the window; over the pages at `fixed`, if that is given.
    ///
    /// The caller may replace what is mapped at `fixed`, in as many pages as the window needs.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn pages(
        &self,
        mode: Mode,
        backing: Backing,
        offset: u64,
        len: usize,
        page: usize,
        fd: c_int,
        fixed: Option<ptr::NonNull<u8>>,
    ) -> io::Result<Mapping> {
        let head = offset as usize & (page - 1);
        let mapped = whole_pages(offset, head, len, page)?;
        if len == 0 {
            return Ok(Mapping::empty(offset, backing, mode, self.exec));
        }
        let mut flags = mode.flags() | self.flags(fd, mode)?;
        if let Some(nodes) = self.nodes {
            check_nodes(nodes)?;
        }
        let mut addr = ptr::null_mut();
        if let Some(at) = self.at {
            flags |= fixed_noreplace()?;
            if at == 0 || at % page != 0 {
                return Err(MapError::Misaligned { align: page }.into());
            }
            addr = ptr::without_provenance_mut(at);
        }
        if let Some(fixed) = fixed {
            flags |= libc::MAP_FIXED;
            addr = fixed.as_ptr().cast();
        }
        let prot = libc::PROT_READ
            | if mode.is_writable() { libc::PROT_WRITE } else { 0 }
            | if self.exec { libc::PROT_EXEC } else { 0 };
        // SAFETY: `MAP_FIXED` is only set with `fixed`, where the caller allows replacing the pages.
        let base = match unsafe { os::mmap(addr, mapped, prot, flags, fd, offset - head as u64) } {
            Ok(base) => base,
            Err(error) => return Err(self.explained(error)),
        };
        let mapping = Mapping {
            // SAFETY: `head` is less than a page, and at least one page is mapped.
            ptr: unsafe { base.add(head) },
            len,
            head,
            mapped,
            page,
            offset,
            backing,
            mode,
            writable: mode.is_writable(),
            exec: self.exec,
        };
        if let Err(error) = self.prepare(&mapping) {
            let mapping = core::mem::ManuallyDrop::new(mapping);
            if fixed.is_none() {
                // SAFETY: the pages were mapped above, and nobody else knows their address. They have not been counted.
                unsafe { os::munmap(mapping.base(), mapped)? };
            }
            return Err(error);
        }
        // A mapping over other memory is counted by the caller, once a value exists that restores the memory when
        // dropped.
        // SAFETY: the pages were mapped above, with the size and protection that the fields hold.
        Ok(if fixed.is_none() { unsafe { mapping.counted() } } else { mapping })
    }

    /// Replaces the kernel's error by a clearer one where its cause is known.
    #[cold]
    fn explained(&self, error: io::Error) -> io::Error {
        if self.sync && self.at.is_none() && error.raw_os_error() == Some(libc::EOPNOTSUPP) {
            return MapError::Unsupported("`sync` on a file that is not on persistent memory (DAX)").into();
        }
        error
    }

    /// Applies the options that need calls after `mmap(2)`.
    #[inline]
    fn prepare(&self, mapping: &Mapping) -> io::Result<()> {
        let base = mapping.base();
        if let Some(at) = self.at {
            // Kernels before 4.17 ignore the flag and treat the address as a hint.
            if base.addr().get() != at {
                return Err(io::Error::from_raw_os_error(libc::EEXIST));
            }
        }
        if let Some(nodes) = self.nodes {
            os::bind_to_nodes(base, mapping.mapped, nodes)?;
            if self.populate {
                let advice = if mapping.writable { super::Advice::PopulateWrite } else { super::Advice::PopulateRead };
                // Errors are ignored, as `MAP_POPULATE` does.
                // SAFETY: this advice changes no content.
                let _ = unsafe { mapping.advise(&(0..mapping.len), advice.number()?) };
            }
        }
        match self.lock {
            Lock::No => Ok(()),
            Lock::Now => mapping.lock(&(0..mapping.len)),
            Lock::OnFault => mapping.lock_on_fault(&(0..mapping.len)),
        }
    }

    #[cfg(target_os = "linux")]
    #[inline]
    fn flags(&self, fd: c_int, mode: Mode) -> Result<c_int, MapError> {
        let mut flags = if fd == -1 { libc::MAP_ANONYMOUS } else { 0 };
        if let (Some(huge), -1) = (self.huge, fd) {
            flags |= libc::MAP_HUGETLB | (c_int::from(huge.log2()) << libc::MAP_HUGE_SHIFT);
        }
        // With NUMA nodes, `prepare` reads the pages in after it has bound them.
        if self.populate && self.nodes.is_none() {
            flags |= libc::MAP_POPULATE;
        }
        if self.no_reserve {
            flags |= libc::MAP_NORESERVE;
        }
        if self.stack {
            flags |= libc::MAP_STACK;
        }
        if self.sync {
            if fd == -1 || !mode.is_shared() {
                return Err(MapError::Unsupported("`sync` on anything but a shared mapping of a file"));
            }
            // `MAP_SHARED` is one of the bits of `MAP_SHARED_VALIDATE`.
            flags |= libc::MAP_SHARED_VALIDATE | libc::MAP_SYNC;
        }
        Ok(flags)
    }

    #[cfg(not(target_os = "linux"))]
    fn flags(&self, fd: c_int, _: Mode) -> Result<c_int, MapError> {
        if self.huge.is_some() {
            return Err(MapError::Unsupported("asking for huge pages"));
        }
        if self.sync {
            return Err(MapError::Unsupported("`sync`"));
        }
        // `no_reserve`, `populate` and `stack` have no portable equivalent, and are ignored.
        Ok(if fd == -1 { libc::MAP_ANON } else { 0 })
    }
}

/// Checks that this process may use all these NUMA nodes. The kernel only checks that it may use one of them.
#[cold]
fn check_nodes(nodes: u64) -> Result<(), MapError> {
    match os::allowed_nodes() {
        Some(allowed) if nodes == 0 || nodes & !allowed != 0 => Err(MapError::NoNode { nodes, allowed }),
        _ => Ok(()),
    }
}

#[cfg(target_os = "linux")]
#[allow(clippy::unnecessary_wraps)]
const fn fixed_noreplace() -> Result<c_int, MapError> {
    Ok(libc::MAP_FIXED_NOREPLACE)
}

#[cfg(not(target_os = "linux"))]
const fn fixed_noreplace() -> Result<c_int, MapError> {
    Err(MapError::Unsupported("mapping at a given address"))
}
