//! [`MmapOptions`]: what to map, and how; it makes every kind of mapping.

use super::error::MapError;
use super::mapping::{Backing, Mapping, whole_pages};
use super::{Huge, Mmap, MmapMut, MmapRaw, Mode, os};
use core::ptr;
use libc::c_int;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

/// Where a file's window is, how it is mapped, and the constructors.
///
/// Without options: the whole file, wherever the kernel likes. A window may start and end at any byte. Its end is
/// checked against the file's size before anything is mapped. A window of no bytes maps nothing, and is an empty slice.
/// So is the whole of an empty file; a file that only says that it has 0 bytes (of `/proc`, say) is
/// [refused](MapError::NoSize), and can be read instead.
///
/// | constructor | | gives | safe because |
/// |---|---|---|---|
/// | [`map`](Self::map), [`map_private`](Self::map_private) | file | [`Mmap`] | `unsafe`: others can change the file |
/// | [`map_mut`](Self::map_mut), [`map_copy`](Self::map_copy) | file | [`MmapMut`] | `unsafe`: as above |
/// | [`map_raw`](Self::map_raw) | file | [`MmapRaw`] | shows no slice |
/// | [`map_sealed`](Self::map_sealed), [`map_sealed_copy`](Self::map_sealed_copy) | memfd | [`Mmap`], [`MmapMut`] | the kernel keeps it as it is |
/// | [`map_atomic`](Self::map_atomic) | memfd | [`AtomicRegion`](super::AtomicRegion) | shows atomics alone, and cannot shrink |
/// | [`map_anon`](Self::map_anon), [`map_anon_shared`](Self::map_anon_shared) | memory | [`MmapMut`] | nobody else has it |
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
#[allow(clippy::struct_excessive_bools)] // as many as `mmap(2)` has flags
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
    /// The whole file.
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

    /// Starts at this byte of the file; any byte, not only a page's first.
    pub const fn offset(mut self, bytes: u64) -> Self {
        self.offset = bytes;
        self
    }

    /// Maps so many bytes. Without it: up to the file's end.
    ///
    /// Needed for anonymous memory, and for what does not know its size: devices, all but block devices on Linux, and files
    /// that say that they have 0 bytes and are not empty.
    pub const fn len(mut self, bytes: usize) -> Self {
        self.len = Some(bytes);
        self
    }

    /// The file was seen to have so many bytes: a window of given length that ends within them is mapped by `mmap(2)`
    /// alone.
    ///
    /// For many windows of one file, whose length is then asked for once. Without it each window costs an `fstat(2)`,
    /// about a sixth of what mapping and unmapping cost; no default can both check the end and do without, for the only
    /// way to know where a file ends is to ask.
    ///
    /// A window that ends behind them asks the file after all, which may have grown, and is refused if it is behind the
    /// real end. So does a window without [`len`](Self::len), for it ends where the file ends now.
    ///
    /// If the file has become shorter since it was seen, a window may be mapped that the file no longer has, and touching
    /// its last pages is a `SIGBUS`. That is what becoming shorter after the mapping does as well, and is in the contract
    /// of [`map`](Self::map): whoever promises that nobody truncates the file promises it from when it was seen.
    /// [`map_raw`](Self::map_raw) gives an error instead, whenever it happens. Constructors that are safe and show a slice
    /// ([`map_sealed`](Self::map_sealed), [`map_atomic`](Self::map_atomic)) do not take the caller's word and ask each
    /// time; a [`SealedMemfd`](super::SealedMemfd) need not.
    ///
    /// A file on hugetlbfs must be said to be one, by [`huge`](Self::huge).
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

    /// Lets a window of given length end past the file's, and does not ask for the file's size.
    ///
    /// For a file that will grow. Until it has, touching the pages behind its last one is a `SIGBUS`. It saves one
    /// `fstat(2)`, as [`file_len`](Self::file_len) does, which keeps the check. A file on hugetlbfs must then be said to be
    /// one, by [`huge`](Self::huge).
    pub const fn allow_past_end(mut self) -> Self {
        self.past_end = true;
        self
    }

    /// The bytes can be executed as well. `PROT_EXEC`.
    pub const fn exec(mut self) -> Self {
        self.exec = true;
        self
    }

    /// Reads everything in now, as far as it can be. `MAP_POPULATE`; nothing where that does not exist.
    ///
    /// To be told what could not be read, use [`Advice::PopulateRead`](super::Advice::PopulateRead) afterwards.
    pub const fn populate(mut self) -> Self {
        self.populate = true;
        self
    }

    /// Keeps everything in memory. `mlock(2)`; if that fails, nothing is mapped.
    pub const fn lock(mut self) -> Self {
        self.lock = Lock::Now;
        self
    }

    /// Keeps each page in memory once it has been used. `mlock2(2)`; Linux.
    pub const fn lock_on_fault(mut self) -> Self {
        self.lock = Lock::OnFault;
        self
    }

    /// Maps huge pages: anonymous memory (`MAP_HUGETLB`), or a file on hugetlbfs. Linux.
    ///
    /// Whole huge pages are mapped, unmapped, and counted; the window is as long as it was asked for.
    pub const fn huge(mut self, size: Huge) -> Self {
        self.huge = Some(size);
        self
    }

    /// Sets no swap aside: a write may then find no memory left. `MAP_NORESERVE`.
    pub const fn no_reserve(mut self) -> Self {
        self.no_reserve = true;
        self
    }

    /// For use as a stack. `MAP_STACK`; nothing where that does not exist.
    pub const fn stack(mut self) -> Self {
        self.stack = true;
        self
    }

    /// What has been written and flushed from the processor's cache is on persistent memory, metadata included.
    /// `MAP_SYNC`; Linux, and files on such memory (DAX): anything else is refused.
    pub const fn sync(mut self) -> Self {
        self.sync = true;
        self
    }

    /// Maps the page with the window's first byte exactly at this address, or fails with `EEXIST` if something is there.
    /// `MAP_FIXED_NOREPLACE`; Linux.
    ///
    /// # Safety
    ///
    /// It is not where something else is going to be. The kernel keeps others' pages, and not the room below the main
    /// thread's stack: a stack that grew into the mapping would write over it unnoticed.
    pub const unsafe fn at(mut self, page: usize) -> Self {
        self.at = Some(page);
        self
    }

    /// Takes the pages from these NUMA nodes only: bit 0 is node 0. `mbind(2)`, `MPOL_BIND`; Linux.
    ///
    /// Each must be there, and open to this process, or nothing is mapped: [`MapError::NoNode`]. The pages of a file that
    /// are in memory already stay where they are.
    pub const fn bind_to_nodes(mut self, nodes: u64) -> Self {
        self.nodes = Some(nodes);
        self
    }

    /// Maps a file for reading: [`Mode::ReadOnly`].
    ///
    /// # Errors
    ///
    /// [`MapError`] inside an [`io::Error`] if the window is not in the file; the kernel's, if the file is not open for
    /// reading or cannot be mapped.
    ///
    /// # Safety
    ///
    /// The mapping is a `&[u8]` whenever it is used, and such bytes must not change. Yet for as long as it exists any
    /// process that can write the file may change them by `write(2)` or a mapping of its own, and so may this process;
    /// any that can truncate the file turns the next access into a `SIGBUS`, which ends the process; and storage that
    /// fails does the same. The caller makes sure that nobody does (a file of one's own, permissions, a lock that
    /// everybody respects), or has a [sealed memfd](Self::map_sealed) instead, or reads through
    /// [`map_raw`](Self::map_raw), which survives all of it.
    pub unsafe fn map(&self, file: impl AsFd) -> io::Result<Mmap> {
        Ok(Mmap::from_mapping(self.file(file.as_fd(), Mode::ReadOnly)?))
    }

    /// Maps a file for reading, apart from what is written to it later as far as the kernel likes:
    /// [`Mode::ReadPrivate`].
    ///
    /// # Errors
    ///
    /// As [`map`](Self::map).
    ///
    /// # Safety
    ///
    /// As [`map`](Self::map): a private mapping shows later changes of the file, too, in pages not yet written.
    pub unsafe fn map_private(&self, file: impl AsFd) -> io::Result<Mmap> {
        Ok(Mmap::from_mapping(self.file(file.as_fd(), Mode::ReadPrivate)?))
    }

    /// Maps a file for reading and writing: [`Mode::ReadWrite`].
    ///
    /// # Errors
    ///
    /// As [`map`](Self::map); `EACCES` if the file is not open for both.
    ///
    /// # Safety
    ///
    /// As [`map`](Self::map); and nobody, in this process or another, relies on the file's bytes staying as they are.
    pub unsafe fn map_mut(&self, file: impl AsFd) -> io::Result<MmapMut> {
        Ok(MmapMut::from_mapping(self.file(file.as_fd(), Mode::ReadWrite)?))
    }

    /// Maps a file for reading and writing, without writing the file: [`Mode::CopyOnWrite`].
    ///
    /// # Errors
    ///
    /// As [`map`](Self::map). The file need not be open for writing.
    ///
    /// # Safety
    ///
    /// As [`map`](Self::map): what has not been written is still the file's, and truncating it takes away also what
    /// has been.
    pub unsafe fn map_copy(&self, file: impl AsFd) -> io::Result<MmapMut> {
        Ok(MmapMut::from_mapping(self.file(file.as_fd(), Mode::CopyOnWrite)?))
    }

    /// Maps a file without ever showing it as a slice, so that nobody need promise anything.
    ///
    /// [`MmapRaw`] reads and writes by copying, and survives a file that changes or shrinks meanwhile.
    ///
    /// # Errors
    ///
    /// As [`map`](Self::map).
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

    /// Maps zeroed memory of this process's own. `MAP_ANONYMOUS | MAP_PRIVATE`.
    ///
    /// # Errors
    ///
    /// No [`len`](Self::len); no memory.
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

    /// Maps zeroed memory that children forked later share. `MAP_ANONYMOUS | MAP_SHARED`.
    ///
    /// Safe, since to fork is not: whoever forks sees to it that parent and child meet in this memory only through
    /// [atomics](super::AtomicRegion).
    ///
    /// # Errors
    ///
    /// As [`map_anon`](Self::map_anon).
    pub fn map_anon_shared(&self) -> io::Result<MmapMut> {
        Ok(MmapMut::from_mapping(self.memory(Mode::ReadWrite)?))
    }

    /// The window of `file` in this mode.
    fn file(&self, file: BorrowedFd<'_>, mode: Mode) -> io::Result<Mapping> {
        self.window(file, mode, Backing::File)
    }

    pub(super) fn window(&self, file: BorrowedFd<'_>, mode: Mode, backing: Backing) -> io::Result<Mapping> {
        self.window_at(file, mode, backing, self.place(file)?)
    }

    /// The window whose length, and page size, are known.
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

    /// The same options with the window's end checked against the file's, whatever the caller says of it.
    #[cfg(target_os = "linux")]
    pub(super) const fn checked_end(mut self) -> Self {
        self.past_end = false;
        self.file_len = None;
        self
    }

    /// Whether the length is given, and not to be taken from the file.
    #[cfg(target_os = "linux")]
    pub(super) const fn has_len(&self) -> bool {
        self.len.is_some()
    }

    /// The window's first byte in the file.
    pub(super) const fn start(&self) -> u64 {
        self.offset
    }

    /// Whether an address is asked for.
    pub(super) const fn is_placed(&self) -> bool {
        self.at.is_some()
    }

    /// How many bytes of `file` are meant, and the size of its pages.
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

    /// How many bytes of a file like this are meant, and the size of its pages; nothing but its status is believed.
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

    /// Anonymous memory in this mode.
    fn memory(&self, mode: Mode) -> io::Result<Mapping> {
        let len = self.len.ok_or(MapError::NoLength)?;
        if self.offset != 0 {
            return Err(MapError::Unsupported("an offset into anonymous memory").into());
        }
        let page = self.huge.map_or_else(|| Ok(os::page_size()), Huge::bytes)?;
        let backing = if mode.is_shared() { Backing::Inherited } else { Backing::Private };
        self.pages(mode, backing, 0, len, page, -1, None)
    }

    /// Maps whole pages around the window; over `fixed`, if that is given.
    ///
    /// `fixed`: its pages are the caller's to replace, as many as the window needs.
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
        // SAFETY: `MAP_FIXED` only over what the caller gave up.
        let base = match unsafe { os::mmap(addr, mapped, prot, flags, fd, offset - head as u64) } {
            Ok(base) => base,
            Err(error) => return Err(self.explained(error)),
        };
        let mapping = Mapping {
            // SAFETY: `head` is less than a page, and at least one is mapped.
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
                // SAFETY: just mapped, and nobody knows of it. It was not counted.
                unsafe { os::munmap(mapping.base(), mapped)? };
            }
            return Err(error);
        }
        // Over other memory the caller counts it, once there is something that puts the memory back.
        // SAFETY: mapped above, as the fields say.
        Ok(if fixed.is_none() { unsafe { mapping.counted() } } else { mapping })
    }

    /// The kernel's error, where we know better than its number what it says.
    #[cold]
    fn explained(&self, error: io::Error) -> io::Error {
        if self.sync && self.at.is_none() && error.raw_os_error() == Some(libc::EOPNOTSUPP) {
            return MapError::Unsupported("`sync` on a file that is not on persistent memory (DAX)").into();
        }
        error
    }

    /// What is done to the pages before anybody sees them.
    #[inline]
    fn prepare(&self, mapping: &Mapping) -> io::Result<()> {
        let base = mapping.base();
        if let Some(at) = self.at {
            // Kernels before 4.17 take the flag for a hint.
            if base.addr().get() != at {
                return Err(io::Error::from_raw_os_error(libc::EEXIST));
            }
        }
        if let Some(nodes) = self.nodes {
            os::bind_to_nodes(base, mapping.mapped, nodes)?;
            if self.populate {
                let advice = if mapping.writable { super::Advice::PopulateWrite } else { super::Advice::PopulateRead };
                // Like `MAP_POPULATE`, as far as it can be.
                // SAFETY: changes no content.
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
        // Bound pages are read in once they are bound.
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
        // Swap is not reserved, pages are not read in, and stacks are nothing special, or not by this name.
        Ok(if fd == -1 { libc::MAP_ANON } else { 0 })
    }
}

/// Whether all these NUMA nodes are there for us. The kernel takes it for granted if one of them is.
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
