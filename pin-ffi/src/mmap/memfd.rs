//! Memory with a descriptor, sealed, so that mapping it is safe. Linux.

use super::error::MapError;
use super::mapping::Backing;
use super::{Atomic, AtomicRegion, Huge, Mmap, MmapMut, MmapOptions, Mode};
use core::ffi::CStr;
use libc::c_int;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::fs::FileExt;

/// Nobody can make it longer.
pub(super) const GROW: c_int = libc::F_SEAL_GROW;
/// Nobody can make it shorter.
pub(super) const SHRINK: c_int = libc::F_SEAL_SHRINK;
/// Nobody can change what is in it. The kernel grants this seal only when no writable shared mapping is left, nor a page
/// that is being written by hardware, and afterwards grants no such mapping; it also keeps holes from being punched.
///
/// `F_SEAL_FUTURE_WRITE` is not enough: mappings from before it go on writing.
pub(super) const WRITE: c_int = libc::F_SEAL_WRITE;

impl MmapOptions {
    /// Maps, for reading, a memfd that nobody can write or shrink any more.
    ///
    /// Safe, for the kernel keeps the promise that [`map`](Self::map) asks of its caller: the memfd has `F_SEAL_WRITE`
    /// and `F_SEAL_SHRINK`, and seals are for good. `fcntl(2)`, "File Sealing".
    ///
    /// It is mapped shared. Before Linux 6.7 the kernel refuses that of a descriptor open for writing; then it is mapped
    /// private, which shows the same bytes, but looks private in `/proc/self/smaps`, is charged as such where memory is
    /// not overcommitted, and [becomes copy-on-write](Mmap::make_mut) rather than staying read-only.
    ///
    /// # Errors
    ///
    /// [`MapError::NotSealed`] if a seal is missing, or the file is not a memfd at all; else as [`map`](Self::map).
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::{MemfdOptions, MmapOptions};
    ///
    /// let fd = MemfdOptions::new(c"greeting").sealed(b"hello")?;
    /// let map = MmapOptions::new().map_sealed(&fd)?;
    /// assert_eq!(&map[..], b"hello");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn map_sealed(&self, memfd: impl AsFd) -> io::Result<Mmap> {
        let memfd = memfd.as_fd();
        // The size is read after the seals: it can only have become larger.
        check_seals(memfd, WRITE | SHRINK)?;
        self.read_sealed(memfd, self.checked_end().place(memfd)?)
    }

    /// The window at a checked place of a memfd that is sealed against writing and shrinking.
    pub(super) fn read_sealed(&self, memfd: BorrowedFd<'_>, place: (usize, usize)) -> io::Result<Mmap> {
        let mapping = match self.window_at(memfd, Mode::ReadOnly, Backing::Sealed, place) {
            Err(error) if matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES)) => {
                self.window_at(memfd, Mode::ReadPrivate, Backing::Sealed, place)?
            }
            result => result?,
        };
        Ok(Mmap::from_mapping(mapping))
    }

    /// Maps a memfd that nobody can write or shrink any more, copy-on-write: changes stay here.
    ///
    /// # Errors
    ///
    /// As [`map_sealed`](Self::map_sealed).
    pub fn map_sealed_copy(&self, memfd: impl AsFd) -> io::Result<MmapMut> {
        let memfd = memfd.as_fd();
        check_seals(memfd, WRITE | SHRINK)?;
        Ok(MmapMut::from_mapping(self.checked_end().window(memfd, Mode::CopyOnWrite, Backing::Sealed)?))
    }

    /// Maps a memfd that nobody can shrink, to be shared with other processes through atomics.
    ///
    /// Safe: others may write it, but it is only ever shown as atomics, and its pages cannot go.
    ///
    /// # Errors
    ///
    /// [`MapError::NotSealed`] without `F_SEAL_SHRINK`; [`MapError::Misaligned`] or [`MapError::Ragged`] if the window is
    /// not aligned for the atomics or not a whole number of them; the kernel's, `EPERM` if it is sealed against writing.
    ///
    /// # Examples
    ///
    /// ```
    /// use core::sync::atomic::{AtomicU64, Ordering};
    /// use pin_ffi::mmap::{MemfdOptions, MmapOptions};
    ///
    /// let fd = MemfdOptions::new(c"counter").shared(8)?; // to be passed to another process
    /// let here = MmapOptions::new().map_atomic::<AtomicU64>(&fd)?;
    /// let there = MmapOptions::new().map_atomic::<AtomicU64>(&fd)?;
    /// here[0].store(7, Ordering::Release);
    /// assert_eq!(there[0].load(Ordering::Acquire), 7);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn map_atomic<A: Atomic>(&self, memfd: impl AsFd) -> io::Result<AtomicRegion<A>> {
        let memfd = memfd.as_fd();
        check_seals(memfd, SHRINK)?;
        AtomicRegion::from_mapping(self.checked_end().window(memfd, Mode::ReadWrite, Backing::Atomics)?)
    }
}

/// The memfd's seals, if `needed`, which have [`SHRINK`] among them, are.
pub(super) fn check_seals(memfd: BorrowedFd<'_>, needed: c_int) -> io::Result<c_int> {
    // SAFETY: no pointers.
    let seals = unsafe { libc::fcntl(memfd.as_raw_fd(), libc::F_GET_SEALS) };
    // What is not a memfd has no seals: `EINVAL`, which means the same to the caller.
    let lacks = needed & if seals == -1 { !0 } else { !seals };
    if lacks == 0 {
        return Ok(seals);
    }
    let missing = match (lacks & WRITE != 0, lacks & SHRINK != 0) {
        (true, true) => "F_SEAL_WRITE and F_SEAL_SHRINK",
        (true, false) => "F_SEAL_WRITE",
        _ => "F_SEAL_SHRINK",
    };
    Err(MapError::NotSealed { missing }.into())
}

/// Makes memfds: memory with a descriptor, to be passed to other processes. `memfd_create(2)`; Linux.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MemfdOptions, MmapOptions};
///
/// // LentStruct, then sealed: from here on nobody can change it.
/// let fd = MemfdOptions::new(c"squares").fill(256, |bytes| {
///     for (i, byte) in bytes.iter_mut().enumerate() {
///         *byte = (i * i) as u8;
///     }
/// })?;
/// assert_eq!(MmapOptions::new().map_sealed(&fd)?[3], 9);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "options make nothing until a method that gives a descriptor is called"]
pub struct MemfdOptions<'a> {
    name: &'a CStr,
    huge: Option<Huge>,
    inherit: bool,
}

impl<'a> MemfdOptions<'a> {
    /// With a name that shows in `/proc/self/maps`, and need not be unique.
    pub const fn new(name: &'a CStr) -> Self {
        Self { name, huge: None, inherit: false }
    }

    /// Of huge pages. `MFD_HUGETLB`; its size is then rounded up to whole ones.
    pub const fn huge(mut self, size: Huge) -> Self {
        self.huge = Some(size);
        self
    }

    /// Kept by programs that this one executes, once it is sealed: no `FD_CLOEXEC`.
    pub const fn inherit(mut self) -> Self {
        self.inherit = true;
        self
    }

    /// A memfd with this content, sealed against every change.
    ///
    /// The content is copied once, by `write(2)`.
    ///
    /// # Errors
    ///
    /// The kernel's: descriptors or memory ran out. As [`MemfdWriter::seal`].
    pub fn sealed(&self, content: &[u8]) -> io::Result<OwnedFd> {
        if self.huge.is_some() {
            return self.sealed_huge(content);
        }
        let mut writer = self.writer()?;
        writer.write_all(content)?;
        writer.seal()
    }

    /// A memfd of `len` bytes, filled by `f`, then sealed against every change.
    ///
    /// `f` gets zeroed memory that nobody else has; the memfd is made from a copy of it when `f` has returned. So both are
    /// there for a moment. To write content as it is made, without a copy of the whole, take a [`writer`](Self::writer).
    ///
    /// `f` does not get the memfd itself: others reach its pages, by its descriptor, until it is sealed, and a forked child
    /// that has them mapped would keep it from being sealed.
    ///
    /// # Errors
    ///
    /// As [`sealed`](Self::sealed); [`MapError::TooLong`].
    pub fn fill(&self, len: usize, f: impl FnOnce(&mut [u8])) -> io::Result<OwnedFd> {
        // What cannot be is said before `f` is called.
        self.size(len)?;
        let mut content = MmapOptions::new().len(len).map_anon()?;
        f(&mut content);
        self.sealed(&content)
    }

    /// A memfd to be written piece by piece, then sealed.
    ///
    /// # Errors
    ///
    /// The kernel's: descriptors ran out. [`MapError::Unsupported`] with [huge](Self::huge) pages, which `write(2)` cannot
    /// write.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::{MemfdOptions, MmapOptions};
    /// use std::io::Write;
    ///
    /// let mut writer = MemfdOptions::new(c"squares").writer()?;
    /// for n in 1..=3 {
    ///     writeln!(writer, "{n} {}", n * n)?;
    /// }
    /// assert_eq!(&MmapOptions::new().map_sealed(writer.seal()?)?[..], b"1 1\n2 4\n3 9\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn writer(&self) -> io::Result<MemfdWriter> {
        if self.huge.is_some() {
            return Err(MapError::Unsupported("writing a memfd of huge pages").into());
        }
        Ok(MemfdWriter { file: self.create()?, written: 0, inherit: self.inherit })
    }

    /// A memfd of `len` zeroed bytes that can be written and not resized, for [`map_atomic`](MmapOptions::map_atomic).
    ///
    /// # Errors
    ///
    /// As [`fill`](Self::fill).
    pub fn shared(&self, len: usize) -> io::Result<OwnedFd> {
        let size = self.size(len)?;
        let file = self.create()?;
        file.set_len(size)?;
        seal(file, SHRINK, size, self.inherit)
    }

    /// `write(2)` does not write files of huge pages: their content is copied into a mapping, by the routine that expects
    /// others to write and to truncate it meanwhile.
    #[cold]
    fn sealed_huge(&self, content: &[u8]) -> io::Result<OwnedFd> {
        const ATTEMPTS: usize = 100;
        let size = self.size(content.len())?;
        let mut attempt = 1;
        loop {
            let file = self.create()?;
            file.set_len(size)?;
            let map = MmapOptions::new().len(content.len()).map_raw(&file, Mode::ReadWrite)?;
            // A child that is forked from here on does not have it.
            // SAFETY: content that a child loses, and that no child knows of.
            unsafe { map.window().mapping.advise(&(0..content.len()), libc::MADV_DONTFORK)? };
            let mut copied = 0;
            while copied < content.len() {
                copied += map.try_write_at(copied, &content[copied..])?;
            }
            drop(map);
            match seal(file, WRITE | SHRINK, size, self.inherit) {
                // A child that was forked just between may have it, until it executes another program.
                Err(error) if error.raw_os_error() == Some(libc::EBUSY) && attempt < ATTEMPTS => attempt += 1,
                result => return result,
            }
        }
    }

    /// Closed when another program is executed, for as long as it is not sealed.
    fn create(&self) -> io::Result<File> {
        let mut flags = libc::MFD_ALLOW_SEALING | libc::MFD_CLOEXEC;
        if let Some(huge) = self.huge {
            huge.bytes()?;
            flags |= libc::MFD_HUGETLB | (u32::from(huge.log2()) << libc::MAP_HUGE_SHIFT);
        }
        // SAFETY: a C string.
        let fd = unsafe { libc::memfd_create(self.name.as_ptr(), flags) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: just made, and owned by nothing else.
        Ok(unsafe { File::from_raw_fd(fd) })
    }

    /// `len`, in whole huge pages if these are asked for; no more than a file can have.
    fn size(&self, len: usize) -> io::Result<u64> {
        let page = self.huge.map_or(Ok(1), Huge::bytes)?;
        let size = len.checked_next_multiple_of(page).map(|size| size as u64);
        size.filter(|&size| i64::try_from(size).is_ok()).ok_or(MapError::TooLong { offset: 0, len: len as u64 }.into())
    }
}

/// A memfd while it is written; made by [`MemfdOptions::writer`].
///
/// Its descriptor is not lent, and programs that this one executes do not get it. Whoever reaches it otherwise, through
/// `/proc/self/fd`, may write and truncate it like any file, until it is sealed.
#[derive(Debug)]
#[must_use = "what was written is lost unless it is sealed"]
pub struct MemfdWriter {
    file: File,
    /// Where the next piece goes. The descriptor's own position is shared with whoever has a copy of it.
    written: u64,
    inherit: bool,
}

impl MemfdWriter {
    /// Seals it against every change.
    ///
    /// # Errors
    ///
    /// `EBUSY` if somebody else has it mapped for writing; [`MapError::Resized`] if somebody else has made it shorter or
    /// longer; the kernel's.
    pub fn seal(self) -> io::Result<OwnedFd> {
        seal(self.file, WRITE | SHRINK, self.written, self.inherit)
    }
}

impl Write for MemfdWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write_at(bytes, self.written)?;
        self.written += n as u64;
        Ok(n)
    }

    /// Nothing is kept back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Seals it for good, against growing as well, and against other seals, if it has `size` bytes; then others may inherit it.
fn seal(file: File, seals: c_int, size: u64, inherit: bool) -> io::Result<OwnedFd> {
    let seals = seals | GROW | libc::F_SEAL_SEAL;
    // SAFETY: no pointers.
    if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // It can no longer change, so that this is what whoever maps it finds.
    let found = file.metadata()?.len();
    if found != size {
        return Err(MapError::Resized { len: size, size: found }.into());
    }
    // SAFETY: no pointers.
    if inherit && unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETFD, 0) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(file.into())
}
