//! Memory with a descriptor, sealed, so that mapping it is safe. Linux.

use super::error::MapError;
use super::mapping::Backing;
use super::{Atomic, AtomicRegion, Huge, Mmap, MmapMut, MmapOptions, Mode};
use core::ffi::CStr;
use libc::c_int;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

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
    if seals == -1 || seals & needed != needed {
        let missing = if needed == SHRINK { "F_SEAL_SHRINK" } else { "F_SEAL_WRITE and F_SEAL_SHRINK" };
        return Err(MapError::NotSealed { missing }.into());
    }
    Ok(seals)
}

/// Makes memfds: memory with a descriptor, to be passed to other processes. `memfd_create(2)`; Linux.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MemfdOptions, MmapOptions};
///
/// // Written in place, then sealed: from here on nobody can change it.
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

    /// Kept by programs that this one executes: no `MFD_CLOEXEC`.
    pub const fn inherit(mut self) -> Self {
        self.inherit = true;
        self
    }

    /// A memfd with this content, sealed against every change.
    ///
    /// # Errors
    ///
    /// The kernel's: descriptors or memory ran out.
    pub fn sealed(&self, content: &[u8]) -> io::Result<OwnedFd> {
        if self.huge.is_some() {
            // Files of huge pages cannot be written by `write(2)`.
            return self.fill(content.len(), |bytes| bytes.copy_from_slice(content));
        }
        let mut file = self.create()?;
        file.write_all(content)?;
        seal(file, WRITE | SHRINK)
    }

    /// A memfd of `len` bytes, filled in place by `f`, then sealed against every change.
    ///
    /// # Errors
    ///
    /// The kernel's: descriptors or memory ran out.
    pub fn fill(&self, len: usize, f: impl FnOnce(&mut [u8])) -> io::Result<OwnedFd> {
        let file = self.create()?;
        file.set_len(self.size(len)? as u64)?;
        // SAFETY: nobody else has the descriptor before this function returns it.
        let mut map = unsafe { MmapOptions::new().len(len).map_mut(&file)? };
        f(&mut map);
        drop(map);
        seal(file, WRITE | SHRINK)
    }

    /// A memfd of `len` zeroed bytes that can be written and not resized, for [`map_atomic`](MmapOptions::map_atomic).
    ///
    /// # Errors
    ///
    /// The kernel's: descriptors or memory ran out.
    pub fn shared(&self, len: usize) -> io::Result<OwnedFd> {
        let file = self.create()?;
        file.set_len(self.size(len)? as u64)?;
        seal(file, SHRINK)
    }

    fn create(&self) -> io::Result<File> {
        let mut flags = libc::MFD_ALLOW_SEALING;
        if !self.inherit {
            flags |= libc::MFD_CLOEXEC;
        }
        if let Some(huge) = self.huge {
            huge.bytes()?;
            flags |= libc::MFD_HUGETLB | (u32::from(huge.log2()) << libc::MAP_HUGE_SHIFT);
        }
        // SAFETY: a C string.
        let fd = unsafe { libc::memfd_create(self.name.as_ptr(), flags) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: just made, and ours alone.
        Ok(unsafe { File::from_raw_fd(fd) })
    }

    /// `len`, in whole huge pages if these are asked for.
    fn size(&self, len: usize) -> io::Result<usize> {
        let page = self.huge.map_or(Ok(1), Huge::bytes)?;
        len.checked_next_multiple_of(page).ok_or_else(|| MapError::TooLong { offset: 0, len: len as u64 }.into())
    }
}

/// Seals it for good, against growing as well, and against other seals.
fn seal(file: File, seals: c_int) -> io::Result<OwnedFd> {
    let seals = seals | GROW | libc::F_SEAL_SEAL;
    // SAFETY: no pointers.
    if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) } == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(file.into())
}
