//! Copying to and from pages that may be gone: an error where a load would be a `SIGBUS`.
//!
//! Two ways. The kernel copies (`process_vm_readv(2)` on ourselves; a pipe where that is forbidden), and says how far it
//! came: always right, and slow, for it looks up every page. Or, once the program has called [`catch_sigbus`], a routine
//! of ours copies as fast as `memcpy`, and a signal handler leads it out when a page is gone.

use super::error::MapError;
use super::mapping::{Mapping, Window};
use super::{AtomicRegion, Mmap, MmapMut, MmapRaw, Region, RegionMut};
use core::ops::Range;
use core::sync::atomic::AtomicU8;
use std::io;

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), target_pointer_width = "64"))]
#[path = "sigbus.rs"]
mod sigbus;

/// Installs the signal handler that makes `try_read_at`, `try_write_at` and `try_copy_to` fast. Once is enough.
///
/// Without it they work as well, through the kernel: some ten times as slow as `memcpy` for a page. With it, a copy is
/// done by a routine of this crate, and a `SIGBUS` inside that routine, because of the mapped bytes it was told to copy,
/// ends the copy with an error. What happens to any other `SIGBUS` does not change:
///
/// - The handler passes it on to the one that was there before, with the same arguments, or lets the process end as it
///   would have. Rust's own handler is such a one. So is whatever this process installs afterwards, as long as it passes
///   on what it does not know; one that does not takes the speed away and makes a page that is gone fatal again.
/// - A thread that blocks `SIGBUS` dies of it inside a copy, as it would of a load: the kernel cannot ask the handler.
/// - The handler touches nothing but registers and two constants: it is safe at any point (`signal-safety(7)`), and does
///   not change `errno`.
///
/// Gives whether copies are fast now: on Linux, on x86-64 and aarch64.
///
/// # Errors
///
/// The kernel's, from `sigaction(2)`.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MmapOptions, Mode, catch_sigbus};
///
/// catch_sigbus()?;
/// let path = std::env::temp_dir().join(format!("pin-ffi-doc-{}", std::process::id()));
/// std::fs::write(&path, [7; 100_000])?;
/// let file = std::fs::File::options().write(true).read(true).open(&path)?;
/// let map = MmapOptions::new().map_raw(&file, Mode::ReadOnly)?;
/// file.set_len(1)?; // as another process might
/// let mut bytes = [0; 100];
/// let error = map.try_copy_to(90_000, &mut bytes).unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[allow(clippy::missing_const_for_fn, clippy::unnecessary_wraps)] // where there is no handler
pub fn catch_sigbus() -> io::Result<bool> {
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), target_pointer_width = "64"))]
    {
        sigbus::install()?;
        Ok(true)
    }
    #[cfg(not(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64"),
        target_pointer_width = "64"
    )))]
    Ok(false)
}

/// Which side of a copy is the mapping.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mapped {
    Source,
    Target,
}

/// Copies `len` bytes, as far as the pages of the mapped side are there. Gives how many bytes that were, or the kernel's
/// error if it has no means of finding out.
///
/// The mapped side may change meanwhile, by other threads and processes: the bytes are copied one by one as if by relaxed
/// atomics, by the kernel or by instructions that Rust does not see into.
///
/// # Safety
///
/// The other side is valid for it, and exclusively the caller's or, as the source, shared. The mapped side is inside a
/// mapping of ours; as the target, nobody holds a reference to it, unless to atomics.
#[inline]
unsafe fn copy(target: *mut u8, source: *const u8, len: usize, mapped: Mapped) -> io::Result<usize> {
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), target_pointer_width = "64"))]
    if sigbus::is_installed() {
        // SAFETY: the caller's promise.
        return Ok(unsafe { sigbus::copy(target, source, len, mapped) });
    }
    // SAFETY: the caller's promise.
    unsafe { through_kernel(target, source, len, mapped) }
}

/// As [`copy`], by system calls.
///
/// # Safety
///
/// As for [`copy`].
#[inline(never)]
unsafe fn through_kernel(target: *mut u8, source: *const u8, len: usize, mapped: Mapped) -> io::Result<usize> {
    let mut copied = 0;
    while copied < len {
        // SAFETY: `copied < len`: what is left is inside both sides.
        let (to, from) = unsafe { (target.add(copied), source.add(copied)) };
        // SAFETY: the caller's promise, for the rest.
        match unsafe { across_ourselves(to, from, len - copied, mapped) } {
            Some(0) => break,
            Some(step) => copied += step,
            // SAFETY: as above.
            None => return Ok(copied + unsafe { through_pipe(to, from, len - copied) }?),
        }
    }
    Ok(copied)
}

/// `process_vm_readv(2)` or `process_vm_writev(2)` on this process; `None` where that is forbidden or not there.
///
/// # Safety
///
/// As for [`copy`].
#[cfg(target_os = "linux")]
unsafe fn across_ourselves(target: *mut u8, source: *const u8, len: usize, mapped: Mapped) -> Option<usize> {
    let target = libc::iovec { iov_base: target.cast(), iov_len: len };
    let source = libc::iovec { iov_base: source.cast_mut().cast(), iov_len: len };
    // The mapped side is the "other process": there, a page that is gone is `EFAULT`.
    // SAFETY: the caller's promise; the kernel checks the rest.
    let n = unsafe {
        let us = libc::getpid();
        match mapped {
            Mapped::Source => libc::process_vm_readv(us, &raw const target, 1, &raw const source, 1, 0),
            Mapped::Target => libc::process_vm_writev(us, &raw const source, 1, &raw const target, 1, 0),
        }
    };
    if n >= 0 {
        return Some(n as usize);
    }
    // A filter may forbid the call (`EPERM`), or a kernel not have it: then there is another way.
    (io::Error::last_os_error().raw_os_error() == Some(libc::EFAULT)).then_some(0)
}

#[cfg(not(target_os = "linux"))]
#[allow(clippy::unnecessary_wraps)]
unsafe fn across_ourselves(_: *mut u8, _: *const u8, _: usize, _: Mapped) -> Option<usize> {
    None
}

/// Bytes that fit into an empty pipe, on every platform.
const PIPE: usize = 4096;

/// Writes to a pipe and reads from it: `write(2)` and `read(2)` fail with `EFAULT` where a page is gone. An error, before
/// anything is copied, if no pipe can be had.
///
/// # Safety
///
/// As for [`copy`].
unsafe fn through_pipe(target: *mut u8, source: *const u8, len: usize) -> io::Result<usize> {
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
    let mut ends = [-1; 2];
    // SAFETY: room for two descriptors.
    #[cfg(not(target_vendor = "apple"))]
    let status = unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) };
    // SAFETY: as above.
    #[cfg(target_vendor = "apple")]
    let status = unsafe { libc::pipe(ends.as_mut_ptr()) };
    if status != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: just made, and ours alone.
    let (out, into) = unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) };
    let mut done = 0;
    let page = super::page_size();
    while done < len {
        // Up to the next page's start of either side: the page is there, or not, for all of it.
        // SAFETY: `done < len`.
        let (to, from) = unsafe { (target.add(done), source.add(done)) };
        let step = (len - done).min(PIPE).min(page - to.addr() % page).min(page - from.addr() % page);
        // SAFETY: `step` bytes are inside both sides; the kernel copes with pages that are gone.
        let moved = unsafe {
            libc::write(into.as_raw_fd(), from.cast(), step) == step as isize
                && libc::read(out.as_raw_fd(), to.cast(), step) == step as isize
        };
        if !moved {
            break;
        }
        done += step;
    }
    Ok(done)
}

impl Mapping {
    /// Copies `range` (bytes of ours, checked) out. Gives how many bytes were there.
    ///
    /// # Safety
    ///
    /// `target` is valid for writes of as many bytes, and the caller's own.
    #[inline]
    unsafe fn copy_out(&self, range: &Range<usize>, target: *mut u8) -> io::Result<usize> {
        let len = range.end - range.start;
        // SAFETY: `range` is inside our pages; `target` by the caller's promise.
        unsafe { copy(target, self.ptr.as_ptr().add(range.start), len, Mapped::Source) }
    }

    /// Copies `bytes` in at `range` (bytes of ours, checked, as many). Gives how many bytes found their page.
    ///
    /// # Safety
    ///
    /// Nobody holds a reference to `range`, unless to atomics.
    #[inline]
    unsafe fn copy_in(&self, range: &Range<usize>, bytes: &[u8]) -> io::Result<usize> {
        // Read-only pages would be a `SIGSEGV`, which nobody catches.
        if !self.writable {
            return Err(io::Error::from_raw_os_error(libc::EACCES));
        }
        let len = range.end - range.start;
        // SAFETY: `range` is inside our writable pages; nobody refers to it, by the caller's promise.
        unsafe { copy(self.ptr.as_ptr().add(range.start), bytes.as_ptr(), len, Mapped::Target) }
    }
}

impl Window<'_> {
    #[inline]
    fn try_copy_to(&self, offset: usize, target: &mut [u8]) -> io::Result<()> {
        let range = self.inside_from(offset, target.len())?;
        // SAFETY: `target` is exclusively borrowed.
        let copied = unsafe { self.mapping.copy_out(&range, target.as_mut_ptr()) }?;
        if copied == target.len() { Ok(()) } else { Err(gone(offset + copied)) }
    }

    fn try_read_at(&self, offset: usize, target: &mut [u8]) -> io::Result<usize> {
        let left = self.range.len().saturating_sub(offset);
        if left == 0 {
            return Ok(0);
        }
        let n = left.min(target.len());
        let range = self.inside_from(offset, n)?;
        // SAFETY: `target` is exclusively borrowed, and has at least `n` bytes.
        match unsafe { self.mapping.copy_out(&range, target.as_mut_ptr()) }? {
            0 if n > 0 => Err(gone(offset)),
            copied => Ok(copied),
        }
    }

    /// # Safety
    ///
    /// Nobody holds a reference to bytes of this window, unless to atomics.
    unsafe fn try_write_at(&self, offset: usize, bytes: &[u8]) -> io::Result<usize> {
        let left = self.range.len().saturating_sub(offset);
        if left == 0 || bytes.is_empty() {
            return Ok(0);
        }
        let n = left.min(bytes.len());
        let range = self.inside_from(offset, n)?;
        // SAFETY: the caller's promise.
        match unsafe { self.mapping.copy_in(&range, &bytes[..n]) }? {
            0 => Err(gone(offset)),
            copied => Ok(copied),
        }
    }
}

#[cold]
fn gone(at: usize) -> io::Error {
    MapError::Gone { at }.into()
}

macro_rules! try_read {
    ($type:ty, $map:literal) => {
        impl $type {
            /// Copies the bytes from `offset` on to `target`, all of it, even if the file is truncated meanwhile.
            ///
            /// # Errors
            ///
            /// [`RangeError`](super::RangeError) if there are not as many bytes; [`MapError::Gone`] if a page of them is
            /// gone; the kernel's where it needs a pipe for the copy and has none left (`EMFILE`). What `target` holds
            /// then is not said.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $map]
            /// let mut bytes = [1; 4];
            /// map.try_copy_to(10, &mut bytes)?;
            /// assert_eq!(bytes, [0; 4]);
            /// # Ok::<(), std::io::Error>(())
            /// ```
            #[inline]
            pub fn try_copy_to(&self, offset: usize, target: &mut [u8]) -> io::Result<()> {
                self.window().try_copy_to(offset, target)
            }

            /// Copies the bytes from `offset` on to `target`, as many as there are, even if the file is truncated
            /// meanwhile. Gives how many: 0 at and behind the end, fewer than asked for before a page that is gone.
            ///
            /// # Errors
            ///
            /// [`MapError::Gone`] if the page of the first byte is gone; the kernel's, as for
            /// [`try_copy_to`](Self::try_copy_to).
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $map]
            /// assert_eq!(map.try_read_at(map.len() - 3, &mut [0; 10])?, 3);
            /// assert_eq!(map.try_read_at(map.len(), &mut [0; 10])?, 0);
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn try_read_at(&self, offset: usize, target: &mut [u8]) -> io::Result<usize> {
                self.window().try_read_at(offset, target)
            }
        }
    };
}
try_read!(Mmap, "let map = pin_ffi::mmap::MmapMut::anon(4096)?.make_read_only()?;");
try_read!(MmapMut, "let map = pin_ffi::mmap::MmapMut::anon(4096)?;");
try_read!(MmapRaw, "let map = pin_ffi::mmap::MmapRaw::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
try_read!(Region, "let map = pin_ffi::mmap::Region::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
try_read!(RegionMut, "let map = pin_ffi::mmap::RegionMut::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
// Of bytes alone: the copy is one of bytes, and must not race with atomics of another size.
try_read!(
    AtomicRegion<AtomicU8>,
    "let map = pin_ffi::mmap::AtomicRegion::<core::sync::atomic::AtomicU8>::try_from(pin_ffi::mmap::MmapMut::anon(4096)?).unwrap();"
);

macro_rules! try_write {
    ($type:ty, [$($mutability:tt)*], $map:literal) => {
        impl $type {
            /// Copies `bytes` to `offset`, as many as fit, even if the file is truncated meanwhile. Gives how many: 0 at
            /// and behind the end, fewer than given before a page that is gone.
            ///
            /// # Errors
            ///
            /// [`MapError::Gone`] if the page of the first byte is gone, or cannot be given by the storage; `EACCES` if
            /// the mapping cannot be written; the kernel's, as for [`try_copy_to`](Self::try_copy_to).
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $map]
            /// assert_eq!(map.try_write_at(map.len() - 2, b"end")?, 2);
            /// let mut byte = [0];
            /// map.try_copy_to(map.len() - 1, &mut byte)?;
            /// assert_eq!(&byte, b"n");
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn try_write_at(& $($mutability)* self, offset: usize, bytes: &[u8]) -> io::Result<usize> {
                // SAFETY: exclusively borrowed, or of a type that gives no reference to its bytes, or as atomics alone.
                unsafe { self.window().try_write_at(offset, bytes) }
            }
        }
    };
}
try_write!(MmapMut, [mut], "let mut map = pin_ffi::mmap::MmapMut::anon(4096)?;");
try_write!(MmapRaw, [], "let map = pin_ffi::mmap::MmapRaw::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
try_write!(
    AtomicRegion<AtomicU8>,
    [],
    "let map = pin_ffi::mmap::AtomicRegion::<core::sync::atomic::AtomicU8>::try_from(pin_ffi::mmap::MmapMut::anon(4096)?).unwrap();"
);
try_write!(RegionMut, [mut], "let mut map = pin_ffi::mmap::RegionMut::from(pin_ffi::mmap::MmapMut::anon(4096)?);");
