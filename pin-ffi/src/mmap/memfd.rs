//! Sealed memfds, which can be mapped safely. Linux only.

use super::error::MapError;
use super::mapping::Backing;
use super::{Atomic, AtomicRegion, Huge, Mmap, MmapMut, MmapOptions, Mode};
use core::ffi::CStr;
use libc::c_int;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::fs::FileExt;

/// Nobody can make the memfd longer.
pub(super) const GROW: c_int = libc::F_SEAL_GROW;
/// Nobody can make the memfd shorter.
pub(super) const SHRINK: c_int = libc::F_SEAL_SHRINK;
/// Nobody can change the content of the memfd. The kernel grants this seal only if no writable shared mapping exists
/// and no hardware is writing to a page. Afterwards it refuses such mappings, and refuses to punch holes.
///
/// `F_SEAL_FUTURE_WRITE` is not enough, because earlier mappings can still write.
pub(super) const WRITE: c_int = libc::F_SEAL_WRITE;

impl MmapOptions {
    /// Maps a memfd that nobody can write or shrink any more, for reading.
    ///
    /// This is safe because the kernel enforces the contract of [`map`](Self::map): the memfd has `F_SEAL_WRITE` and
    /// `F_SEAL_SHRINK`, and seals are permanent. See "File Sealing" in `fcntl(2)`.
    ///
    /// The memfd is mapped shared. Before Linux 6.7 the kernel refuses that if the descriptor is open for writing, and
    /// the memfd is mapped private instead. A private mapping shows the same bytes, but it appears as private in
    /// `/proc/self/smaps`, is charged as such where memory is not overcommitted, and can [become
    /// copy-on-write](Mmap::make_mut), whereas a shared one stays read-only.
    ///
    /// # Errors
    ///
    /// [`MapError::NotSealed`] if a seal is missing or the file is not a memfd; otherwise as for [`map`](Self::map).
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
        // The size is read after the seals, so that it can only grow afterwards.
        check_seals(memfd, WRITE | SHRINK)?;
        self.read_sealed(memfd, self.checked_end().place(memfd)?)
    }

    /// Maps a window, whose place is checked, of a memfd that is sealed against writing and shrinking.
    pub(super) fn read_sealed(&self, memfd: BorrowedFd<'_>, place: (usize, usize)) -> io::Result<Mmap> {
        let mapping = match self.window_at(memfd, Mode::ReadOnly, Backing::Sealed, place) {
            Err(error) if matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES)) => {
                self.window_at(memfd, Mode::ReadPrivate, Backing::Sealed, place)?
            }
            result => result?,
        };
        Ok(Mmap::from_mapping(mapping))
    }

    /// Maps a memfd that nobody can write or shrink any more, copy-on-write. Changes are only visible in this mapping.
    ///
    /// # Errors
    ///
    /// As for [`map_sealed`](Self::map_sealed).
    pub fn map_sealed_copy(&self, memfd: impl AsFd) -> io::Result<MmapMut> {
        let memfd = memfd.as_fd();
        check_seals(memfd, WRITE | SHRINK)?;
        Ok(MmapMut::from_mapping(self.checked_end().window(memfd, Mode::CopyOnWrite, Backing::Sealed)?))
    }

    /// Maps a memfd that nobody can shrink, as atomics that are shared with other processes.
    ///
    /// This is safe although others may write the memory, because it is only accessed as atomics, and its pages cannot
    /// disappear.
    ///
    /// # Errors
    ///
    /// [`MapError::NotSealed`] without `F_SEAL_SHRINK`; [`MapError::Misaligned`] or [`MapError::Ragged`] if the window
    /// is not aligned for the atomics or its length is not a multiple of their size; otherwise the error of the kernel:
    /// `EPERM` if the memfd is sealed against writing.
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

/// Returns the seals of the memfd, if they include `needed`. `needed` must include [`SHRINK`].
pub(super) fn check_seals(memfd: BorrowedFd<'_>, needed: c_int) -> io::Result<c_int> {
    // SAFETY: no pointers.
    let seals = unsafe { libc::fcntl(memfd.as_raw_fd(), libc::F_GET_SEALS) };
    // For a file that is not a memfd the call fails with `EINVAL`. The caller gets the same error as for missing seals.
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

/// Options to create memfds: memory with a file descriptor, which can be passed to other processes. `memfd_create(2)`;
/// Linux only.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MemfdOptions, MmapOptions};
///
/// // Written, then sealed: from here on nobody can change it.
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
    /// Options for a memfd with this name. It appears in `/proc/self/maps` and need not be unique.
    pub const fn new(name: &'a CStr) -> Self {
        Self { name, huge: None, inherit: false }
    }

    /// Uses huge pages. `MFD_HUGETLB`. The size is then rounded up to whole pages.
    pub const fn huge(mut self, size: Huge) -> Self {
        self.huge = Some(size);
        self
    }

    /// Lets programs that this one executes inherit the descriptor once the memfd is sealed: clears `FD_CLOEXEC`.
    pub const fn inherit(mut self) -> Self {
        self.inherit = true;
        self
    }

    /// Creates a memfd with this content, sealed against every change.
    ///
    /// The content is copied once, by `write(2)`.
    ///
    /// # Errors
    ///
    /// The error of the kernel if descriptors or memory ran out; otherwise as for [`MemfdWriter::seal`].
    pub fn sealed(&self, content: &[u8]) -> io::Result<OwnedFd> {
        if self.huge.is_some() {
            return self.sealed_huge(content);
        }
        let mut writer = self.writer()?;
        writer.write_all(content)?;
        writer.seal()
    }

    /// Creates a memfd of `len` bytes whose content `f` writes, sealed against every change.
    ///
    /// `f` gets zeroed memory that nobody else can access. After `f` has returned, the memory is copied to the memfd,
    /// so that both exist for a moment. To write the content piece by piece without this copy, use a
    /// [`writer`](Self::writer).
    ///
    /// `f` does not get a mapping of the memfd itself: until the memfd is sealed, others could change its pages through
    /// the descriptor, and a forked child that inherits a mapping would prevent the sealing.
    ///
    /// # Errors
    ///
    /// As for [`sealed`](Self::sealed); [`MapError::TooLong`] if no file can be that long.
    pub fn fill(&self, len: usize, f: impl FnOnce(&mut [u8])) -> io::Result<OwnedFd> {
        // An impossible size is an error before `f` is called.
        self.size(len)?;
        let mut content = MmapOptions::new().len(len).map_anon()?;
        f(&mut content);
        self.sealed(&content)
    }

    /// Creates a memfd that is written piece by piece, then sealed.
    ///
    /// # Errors
    ///
    /// The error of the kernel if descriptors ran out; [`MapError::Unsupported`] with [huge](Self::huge) pages, to
    /// which `write(2)` cannot write.
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

    /// Creates a memfd of `len` zeroed bytes that can be written but not resized, for
    /// [`map_atomic`](MmapOptions::map_atomic).
    ///
    /// # Errors
    ///
    /// As for [`fill`](Self::fill).
    pub fn shared(&self, len: usize) -> io::Result<OwnedFd> {
        let size = self.size(len)?;
        let file = self.create()?;
        file.set_len(size)?;
        seal(file, SHRINK, size, self.inherit)
    }

    /// `write(2)` cannot write to files of huge pages. So the content is copied into a raw mapping, which copes with
    /// others that write to the file or truncate it meanwhile.
    #[cold]
    fn sealed_huge(&self, content: &[u8]) -> io::Result<OwnedFd> {
        const ATTEMPTS: usize = 100;
        let size = self.size(content.len())?;
        let mut attempt = 1;
        loop {
            let file = self.create()?;
            file.set_len(size)?;
            let map = MmapOptions::new().len(content.len()).map_raw(&file, Mode::ReadWrite)?;
            // A child that is forked from here on does not inherit the mapping.
            // SAFETY: only a forked child loses the content, and no child accesses this mapping, which is local to this
            // function.
            unsafe { map.window().mapping.advise(&(0..content.len()), libc::MADV_DONTFORK)? };
            let mut copied = 0;
            while copied < content.len() {
                copied += map.try_write_at(copied, &content[copied..])?;
            }
            drop(map);
            match seal(file, WRITE | SHRINK, size, self.inherit) {
                // A child that was forked between `mmap` and the advice has inherited the mapping until it executes
                // another program.
                Err(error) if error.raw_os_error() == Some(libc::EBUSY) && attempt < ATTEMPTS => attempt += 1,
                result => return result,
            }
        }
    }

    /// Creates the file with `FD_CLOEXEC`, which stays set until the memfd is sealed.
    fn create(&self) -> io::Result<File> {
        let mut flags = libc::MFD_ALLOW_SEALING | libc::MFD_CLOEXEC;
        if let Some(huge) = self.huge {
            huge.bytes()?;
            flags |= libc::MFD_HUGETLB | (u32::from(huge.log2()) << libc::MAP_HUGE_SHIFT);
        }
        // SAFETY: `name` is a valid C string.
        let fd = unsafe { libc::memfd_create(self.name.as_ptr(), flags) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `fd` was created above, and nothing else owns it.
        Ok(unsafe { File::from_raw_fd(fd) })
    }

    /// Rounds `len` up to whole huge pages if these are requested, and checks that a file can be that long.
    fn size(&self, len: usize) -> io::Result<u64> {
        let page = self.huge.map_or(Ok(1), Huge::bytes)?;
        let size = len.checked_next_multiple_of(page).map(|size| size as u64);
        size.filter(|&size| i64::try_from(size).is_ok()).ok_or(MapError::TooLong { offset: 0, len: len as u64 }.into())
    }
}

/// A memfd that is being written. [`MemfdOptions::writer`] makes it.
///
/// It does not give access to its descriptor, and programs that this one executes do not inherit it. Until it is
/// sealed, others that open it through `/proc/self/fd` can write to it and truncate it like any file.
#[derive(Debug)]
#[must_use = "what was written is lost unless it is sealed"]
pub struct MemfdWriter {
    file: File,
    /// The offset of the next write. The descriptor's own position is not used, because it is shared with all copies of
    /// the descriptor.
    written: u64,
    inherit: bool,
}

impl MemfdWriter {
    /// Seals the memfd against every change.
    ///
    /// # Errors
    ///
    /// `EBUSY` if somebody else has it mapped for writing; [`MapError::Resized`] if somebody else has changed its size;
    /// otherwise the error of the kernel.
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

    /// Does nothing: writes are not buffered.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Adds `seals`, and seals against growing and further seals, permanently. Checks that the memfd has `size` bytes, then
/// lets other programs inherit it if `inherit` is set.
fn seal(file: File, seals: c_int, size: u64, inherit: bool) -> io::Result<OwnedFd> {
    let seals = seals | GROW | libc::F_SEAL_SEAL;
    // SAFETY: no pointers.
    if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // The size can no longer change, so that whoever maps the memfd finds this one.
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
