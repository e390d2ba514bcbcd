//! Thin functions for the system calls, and their names on each platform.

use super::error::MapError;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};
use libc::{c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

#[cfg(not(any(target_os = "linux", target_os = "android")))]
use libc::{fstat, mmap as c_mmap, off_t as Offset, stat as Stat};
#[cfg(any(target_os = "linux", target_os = "android"))]
use libc::{fstat64 as fstat, mmap64 as c_mmap, off64_t as Offset, stat64 as Stat};

/// Returns the size of a page in bytes.
///
/// # Examples
///
/// ```
/// assert!(pin_ffi::mmap::page_size().is_power_of_two());
/// ```
#[inline]
#[must_use]
pub fn page_size() -> usize {
    static SIZE: AtomicUsize = AtomicUsize::new(0);
    match SIZE.load(Ordering::Relaxed) {
        0 => {
            // SAFETY: no pointers.
            let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
            SIZE.store(size, Ordering::Relaxed);
            size
        }
        size => size,
    }
}

/// Returns `Hugepagesize` of `/proc/meminfo`, in bytes.
pub(super) fn default_huge_page_size() -> io::Result<usize> {
    static SIZE: AtomicUsize = AtomicUsize::new(0);
    let known = SIZE.load(Ordering::Relaxed);
    if known != 0 {
        return Ok(known);
    }
    let none = || io::Error::from(MapError::Unsupported("a default size of huge pages"));
    let info = std::fs::read_to_string("/proc/meminfo").map_err(|_| none())?;
    let line = info.lines().find_map(|line| line.strip_prefix("Hugepagesize:")).ok_or_else(none)?;
    let kib: usize = line.trim().trim_end_matches(" kB").parse().map_err(|_| none())?;
    let size = kib.checked_mul(1024).filter(|size| size.is_power_of_two()).ok_or_else(none)?;
    SIZE.store(size, Ordering::Relaxed);
    Ok(size)
}

/// The result of `fstat` for a file.
pub(super) struct Status {
    /// The size in bytes, if this kind of file has one.
    pub(super) size: Option<u64>,
    /// The size of the file's pages, if these are huge.
    pub(super) huge: Option<usize>,
}

pub(super) fn status(fd: BorrowedFd<'_>) -> io::Result<Status> {
    let mut stat = core::mem::MaybeUninit::<Stat>::uninit();
    // SAFETY: `stat` is valid for the write.
    if unsafe { fstat(fd.as_raw_fd(), stat.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `fstat` succeeded, so that it has initialised `stat`.
    let stat = unsafe { stat.assume_init() };
    match stat.st_mode & libc::S_IFMT {
        libc::S_IFREG => {
            let block = usize::try_from(stat.st_blksize).unwrap_or(0);
            let huge = if block > page_size() { huge_file(fd, block)? } else { None };
            let size = match u64::try_from(stat.st_size).ok() {
                Some(0) if huge.is_none() && !is_empty(fd)? => None,
                size => size,
            };
            Ok(Status { size, huge })
        }
        libc::S_IFBLK => Ok(Status { size: block_device_size(fd), huge: None }),
        _ => Ok(Status { size: None, huge: None }),
    }
}

/// Returns whether a regular file that reports 0 bytes is empty. Files whose content is generated when they are read,
/// such as those in `/proc`, report that size even if they are not empty.
#[cold]
fn is_empty(fd: BorrowedFd<'_>) -> io::Result<bool> {
    // The kernel's own file systems do not support mappings of such files. This is tried first, because reading such a
    // file may change it, or block.
    // SAFETY: the new mapping replaces nothing (no `MAP_FIXED`), and is unmapped before anything accesses it.
    let mapped = unsafe { mmap(core::ptr::null_mut(), 1, libc::PROT_READ, libc::MAP_PRIVATE, fd.as_raw_fd(), 0) };
    match mapped {
        // SAFETY: the page was mapped above, and nothing uses it.
        Ok(page) => unsafe { munmap(page, page_size())? },
        Err(error) => {
            return match error.raw_os_error() {
                Some(libc::ENODEV | libc::EIO | libc::EINVAL | libc::EOPNOTSUPP) => Ok(false),
                _ => Err(error),
            };
        }
    }
    // A file that a program serves (FUSE) may support mappings and still not be empty.
    let mut byte = 0_u8;
    loop {
        // SAFETY: `byte` is valid for writes of one byte.
        match unsafe { libc::pread(fd.as_raw_fd(), (&raw mut byte).cast(), 1, 0) } {
            -1 => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
            read => return Ok(read == 0),
        }
    }
}

/// Returns the size of a block device, by `ioctl(2)`, because `fstat` reports 0.
#[cfg(target_os = "linux")]
#[cold]
fn block_device_size(fd: BorrowedFd<'_>) -> Option<u64> {
    // `_IOR(0x12, 114, size_t)`, which `libc` does not define.
    const BLKGETSIZE64: u32 = READ | (size_of::<usize>() as u32) << 16 | 0x12 << 8 | 0x72;
    const READ: u32 = if cfg!(any(
        target_arch = "mips",
        target_arch = "mips64",
        target_arch = "powerpc",
        target_arch = "powerpc64",
        target_arch = "sparc",
        target_arch = "sparc64"
    )) {
        1 << 30
    } else {
        2 << 30
    };
    let mut size = 0_u64;
    // SAFETY: the descriptor is a block device, for which this request writes a `u64`; `size` is valid for that.
    (unsafe { libc::ioctl(fd.as_raw_fd(), BLKGETSIZE64 as _, &raw mut size) } == 0).then_some(size)
}

#[cfg(not(target_os = "linux"))]
fn block_device_size(_: BorrowedFd<'_>) -> Option<u64> {
    None
}

/// Returns `block`, if the file is on hugetlbfs (as a memfd of huge pages is).
#[cfg(target_os = "linux")]
#[cold]
fn huge_file(fd: BorrowedFd<'_>, block: usize) -> io::Result<Option<usize>> {
    const HUGETLBFS_MAGIC: u64 = 0x9584_58f6;
    let mut stat = core::mem::MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: `stat` is valid for the write.
    if unsafe { libc::fstatfs(fd.as_raw_fd(), stat.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `fstatfs` succeeded, so that it has initialised `stat`.
    let stat = unsafe { stat.assume_init() };
    // The type of the field depends on the platform; the magic number has 32 bits.
    Ok((stat.f_type as u64 & 0xffff_ffff == HUGETLBFS_MAGIC && block.is_power_of_two()).then_some(block))
}

#[cfg(not(target_os = "linux"))]
#[allow(clippy::unnecessary_wraps)]
fn huge_file(_: BorrowedFd<'_>, _: usize) -> io::Result<Option<usize>> {
    Ok(None)
}

/// `mmap(2)`.
///
/// # Safety
///
/// With `MAP_FIXED` in `flags`, the caller must be allowed to replace what is mapped at `addr`.
#[inline]
pub(super) unsafe fn mmap(
    addr: *mut c_void,
    len: usize,
    prot: c_int,
    flags: c_int,
    fd: c_int,
    offset: u64,
) -> io::Result<NonNull<u8>> {
    let Ok(offset) = Offset::try_from(offset) else {
        return Err(MapError::TooLong { offset, len: len as u64 }.into());
    };
    // SAFETY: without `MAP_FIXED` the call changes no existing mapping; with it, the caller guarantees that the
    // mappings at `addr` may be replaced.
    let ptr = unsafe { c_mmap(addr, len, prot, flags, fd, offset) };
    if ptr == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    Ok(NonNull::new(ptr.cast()).expect("the kernel does not map at address 0 unless told to"))
}

/// Converts the status of a call that returns 0 or -1.
#[inline]
fn done(status: c_int) -> io::Result<()> {
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// `munmap(2)`.
///
/// # Safety
///
/// The caller owns the pages, and nothing uses them any more.
#[inline]
pub(super) unsafe fn munmap(addr: NonNull<u8>, len: usize) -> io::Result<()> {
    // SAFETY: the caller guarantees that it owns the pages and that nothing uses them.
    done(unsafe { libc::munmap(addr.as_ptr().cast(), len) })
}

/// `mprotect(2)`.
///
/// # Safety
///
/// The caller owns the pages, and nothing uses them in a way that `prot` forbids.
pub(super) unsafe fn mprotect(addr: NonNull<u8>, len: usize, prot: c_int) -> io::Result<()> {
    // SAFETY: the caller guarantees that it owns the pages and that `prot` forbids no existing use of them.
    done(unsafe { libc::mprotect(addr.as_ptr().cast(), len, prot) })
}

/// `msync(2)`. It does not change the program's memory, and fails for pages that are not mapped.
pub(super) fn msync(addr: *mut u8, len: usize, flags: c_int) -> io::Result<()> {
    // SAFETY: `msync` does not change the program's memory, and fails for pages that are not mapped.
    done(unsafe { libc::msync(addr.cast(), len, flags) })
}

/// `madvise(2)`.
///
/// # Safety
///
/// The caller owns the pages. If `advice` changes or loses their content, nothing relies on it.
pub(super) unsafe fn madvise(addr: *mut u8, len: usize, advice: c_int) -> io::Result<()> {
    // SAFETY: the caller guarantees that it owns the pages and that nothing relies on content that `advice` loses.
    done(unsafe { libc::madvise(addr.cast(), len, advice) })
}

/// `mlock(2)`.
pub(super) fn mlock(addr: *mut u8, len: usize) -> io::Result<()> {
    // SAFETY: `mlock` changes no content.
    done(unsafe { libc::mlock(addr.cast(), len) })
}

/// `mlock2(2)` with `MLOCK_ONFAULT`.
#[cfg(target_os = "linux")]
pub(super) fn mlock_on_fault(addr: *mut u8, len: usize) -> io::Result<()> {
    const MLOCK_ONFAULT: libc::c_uint = 1;
    // Called by number, since older C libraries have no function for it.
    // SAFETY: `mlock2` changes no content.
    let status = unsafe { libc::syscall(libc::SYS_mlock2, addr, len, MLOCK_ONFAULT) };
    done(if status == 0 { 0 } else { -1 })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn mlock_on_fault(_: *mut u8, _: usize) -> io::Result<()> {
    Err(MapError::Unsupported("locking pages as they are touched").into())
}

/// `munlock(2)`.
pub(super) fn munlock(addr: *mut u8, len: usize) -> io::Result<()> {
    // SAFETY: `munlock` changes no content.
    done(unsafe { libc::munlock(addr.cast(), len) })
}

/// The kind of lock that keeps pages in memory.
#[cfg(target_os = "linux")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    All,
    OnFault,
}

#[cfg(target_os = "linux")]
impl Lock {
    /// Locks pages in this way. Pages that are already locked in this way do not change.
    pub(super) fn set(self, addr: NonNull<u8>, len: usize) -> io::Result<()> {
        match self {
            Self::All => mlock(addr.as_ptr(), len),
            Self::OnFault => mlock_on_fault(addr.as_ptr(), len),
        }
    }
}

/// Returns whether any of these pages, which are private memory of this process, is locked.
#[cfg(target_os = "linux")]
pub(super) fn is_locked(addr: NonNull<u8>, len: usize) -> bool {
    // For private memory `MS_INVALIDATE` has no effect, but it fails with `EBUSY` if a page is locked.
    msync(addr.as_ptr(), len, libc::MS_INVALIDATE).is_err_and(|error| error.raw_os_error() == Some(libc::EBUSY))
}

/// Adjacent pages with the same settings.
#[cfg(target_os = "linux")]
pub(super) struct Area {
    pub(super) start: NonNull<u8>,
    pub(super) len: usize,
    pub(super) lock: Option<Lock>,
    /// Whether the pages have no special settings: readable and writable memory, as an allocator gets it.
    pub(super) plain: bool,
    /// Whether no swap space is reserved for the pages: `MAP_NORESERVE`.
    pub(super) no_reserve: bool,
}

#[cfg(target_os = "linux")]
impl Area {
    /// Locks the pages as they were locked when the area was listed.
    pub(super) fn relock(&self) -> io::Result<()> {
        self.lock.map_or(Ok(()), |lock| lock.set(self.start, self.len))
    }
}

/// Lists the areas that contain these pages, from the first page to the last, by reading `/proc/self/smaps`.
#[cfg(target_os = "linux")]
#[cold]
pub(super) fn areas(addr: NonNull<u8>, len: usize) -> io::Result<alloc::vec::Vec<Area>> {
    use std::io::BufRead;
    let (first, end) = (addr.addr().get(), addr.addr().get() + len);
    let mut areas = alloc::vec::Vec::new();
    let mut bounds = (0, 0);
    // The address up to which areas have been found.
    let mut at = first;
    for line in io::BufReader::new(std::fs::File::open("/proc/self/smaps")?).lines() {
        let line = line?;
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("VmFlags:") if bounds.0 <= at && at < bounds.1 => {
                let to = bounds.1.min(end);
                let has = |wanted| line.split_ascii_whitespace().any(|flag| flag == wanted);
                let lock = if has("lf") { Lock::OnFault } else { Lock::All };
                areas.push(Area {
                    // SAFETY: `first <= at < end`, so that the result is inside the pages.
                    start: unsafe { addr.add(at - first) },
                    len: to - at,
                    lock: has("lo").then_some(lock),
                    plain: words.all(|flag| matches!(flag, "rd" | "wr" | "mr" | "mw" | "me" | "ac" | "nr" | "sd")),
                    no_reserve: has("nr"),
                });
                at = to;
                if at == end {
                    return Ok(areas);
                }
            }
            Some(word) => {
                let numbers = word.split_once('-').map(|(from, to)| (hex(from), hex(to)));
                if let Some((Some(from), Some(to))) = numbers {
                    bounds = (from, to);
                }
            }
            None => {}
        }
    }
    Err(MapError::Unsupported("mapping over memory of which the kernel does not tell what is set for it").into())
}

#[cfg(target_os = "linux")]
fn hex(digits: &str) -> Option<usize> {
    usize::from_str_radix(digits, 16).ok()
}

/// `mremap(2)` without a fixed address.
///
/// # Safety
///
/// The caller owns the pages, and no address in them is in use.
#[cfg(target_os = "linux")]
pub(super) unsafe fn mremap(addr: NonNull<u8>, from: usize, to: usize, may_move: bool) -> io::Result<NonNull<u8>> {
    let flags = if may_move { libc::MREMAP_MAYMOVE } else { 0 };
    // SAFETY: the caller guarantees that it owns the pages and that no address in them is in use.
    let ptr = unsafe { libc::mremap(addr.as_ptr().cast(), from, to, flags) };
    if ptr == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    Ok(NonNull::new(ptr.cast()).expect("the kernel does not map at address 0 unless told to"))
}

/// Moves the pages from `addr` to another address, which it returns. `addr` stays mapped, but empty.
///
/// # Safety
///
/// The caller owns the pages, and nothing uses them until they are moved back.
#[cfg(target_os = "linux")]
pub(super) unsafe fn set_aside(addr: NonNull<u8>, len: usize) -> io::Result<NonNull<u8>> {
    const MREMAP_DONTUNMAP: c_int = 4;
    let flags = libc::MREMAP_MAYMOVE | MREMAP_DONTUNMAP;
    let anywhere = core::ptr::null_mut::<c_void>();
    // With this flag the kernel reads the fifth argument as a hint, and refuses one that is not page-aligned.
    // SAFETY: the caller guarantees that it owns the pages and that nothing uses them.
    let ptr = unsafe { libc::mremap(addr.as_ptr().cast(), len, len, flags, anywhere) };
    if ptr == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    Ok(NonNull::new(ptr.cast()).expect("the kernel does not map at address 0 unless told to"))
}

/// Moves the pages at `from` to `to`, in one step, in place of what is mapped there.
///
/// # Safety
///
/// The caller owns both ranges of pages, and nothing uses them during the call.
#[cfg(target_os = "linux")]
pub(super) unsafe fn bring_back(from: NonNull<u8>, len: usize, to: NonNull<u8>) -> io::Result<()> {
    let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
    // SAFETY: the caller guarantees that it owns both ranges of pages and that nothing uses them.
    let ptr = unsafe { libc::mremap(from.as_ptr().cast(), len, len, flags, to.as_ptr()) };
    if ptr == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Returns the NUMA nodes up to 63 whose memory this process may use, or `None` if that is unknown.
#[cfg(target_os = "linux")]
#[allow(clippy::unnecessary_cast)] // where a long has 64 bits
pub(super) fn allowed_nodes() -> Option<u64> {
    const MPOL_F_MEMS_ALLOWED: libc::c_ulong = 4;
    // The kernel requires room for all nodes that it supports; no kernel is built for more than this.
    const NODES: usize = 1024;
    const LONG: usize = libc::c_ulong::BITS as usize;
    let mut mask: [libc::c_ulong; NODES / LONG] = [0; NODES / LONG];
    let none = core::ptr::null_mut::<c_int>();
    // SAFETY: `mask` has room for `NODES` bits, the number that is passed; the mode pointer is null, and no address is
    // used.
    let status = unsafe {
        libc::syscall(libc::SYS_get_mempolicy, none, mask.as_mut_ptr(), NODES, 0 as libc::c_ulong, MPOL_F_MEMS_ALLOWED)
    };
    // If a long has 32 bits, the second one holds the high half.
    let high = if LONG < 64 { u64::from(mask[1] as u32) << 32 } else { 0 };
    (status == 0).then_some(mask[0] as u64 | high)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn allowed_nodes() -> Option<u64> {
    None
}

/// `mbind(2)` with `MPOL_BIND`, to the nodes whose bits are set.
#[cfg(target_os = "linux")]
pub(super) fn bind_to_nodes(addr: NonNull<u8>, len: usize, nodes: u64) -> io::Result<()> {
    const MPOL_BIND: libc::c_ulong = 2;
    // The kernel reads longs. If a long has 32 bits, these are the two halves, low half first.
    let mask = [nodes as libc::c_ulong, (nodes >> 32) as libc::c_ulong];
    // The kernel uses one bit fewer than the number that is passed.
    let bits: libc::c_ulong = 64 + 1;
    // SAFETY: `mask` holds `bits - 1` bits; `mbind` changes no content.
    let status = unsafe {
        libc::syscall(libc::SYS_mbind, addr.as_ptr(), len, MPOL_BIND, mask.as_ptr(), bits, 0 as libc::c_ulong)
    };
    done(if status == 0 { 0 } else { -1 })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn bind_to_nodes(_: NonNull<u8>, _: usize, _: u64) -> io::Result<()> {
    Err(MapError::Unsupported("binding memory to NUMA nodes").into())
}

/// `sync_file_range(2)`: writes the pages, without the file's metadata, and waits.
#[cfg(target_os = "linux")]
pub(super) fn sync_data(fd: BorrowedFd<'_>, offset: u64, len: usize) -> io::Result<()> {
    let flags = libc::SYNC_FILE_RANGE_WAIT_BEFORE | libc::SYNC_FILE_RANGE_WRITE | libc::SYNC_FILE_RANGE_WAIT_AFTER;
    // SAFETY: no pointers.
    done(unsafe { libc::sync_file_range(fd.as_raw_fd(), offset as _, len as _, flags) })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn sync_data(fd: BorrowedFd<'_>, _: u64, _: usize) -> io::Result<()> {
    // SAFETY: no pointers.
    done(unsafe { libc::fsync(fd.as_raw_fd()) })
}
