//! Copying to and from pages that may be gone, with an error where a plain access would be a `SIGBUS`.
//!
//! There are two ways. The kernel can copy (by `process_vm_readv(2)` on this process, or through a pipe where that is
//! forbidden) and report how many bytes it copied. This works everywhere, but is slow because it looks up every page.
//! Or, once the program has called [`catch_sigbus`], a routine of this crate copies as fast as `memcpy`, and a signal
//! handler makes it return early if a page is gone.

use super::error::MapError;
use super::mapping::{Mapping, Window};
use super::{AtomicRegion, Mmap, MmapMut, MmapRaw, Region, RegionMut};
use core::ops::Range;
use core::sync::atomic::AtomicU8;
use std::io;

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), target_pointer_width = "64"))]
#[path = "sigbus.rs"]
mod sigbus;

/// Installs the signal handler that makes `try_read_at`, `try_write_at` and `try_copy_to` fast. One call is enough.
///
/// Without it they work through the kernel, which takes tens of times as long as `memcpy` for one page. With it, a
/// routine of this crate copies, and a `SIGBUS` inside that routine that an access to the mapped bytes causes ends the
/// copy with an error. Nothing changes for any other `SIGBUS`:
///
/// - The handler passes it on to the previous handler (for example that of Rust's standard library) with the same
///   arguments, or lets the process end as it would have. A handler that this process installs later must pass on
///   signals that it does not handle itself; otherwise a page that is gone is fatal again.
/// - If a thread blocks `SIGBUS`, a page that is gone ends the process inside a copy, as it would in a plain access,
///   because the kernel cannot call the handler.
/// - The handler only accesses registers and constants, so that it is safe at any point (`signal-safety(7)`), and does
///   not change `errno`.
///
/// Returns whether copies are fast now: true on Linux on x86-64 and aarch64.
///
/// # Errors
///
/// The error of the kernel, from `sigaction(2)`.
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
#[allow(clippy::missing_const_for_fn, clippy::unnecessary_wraps)] // on targets without a handler
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

/// The side of a copy that is in the mapping.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mapped {
    Source,
    Target,
}

/// Copies `len` bytes, up to the first page of the mapped side that is gone. Returns the number of bytes copied, or the
/// error of the kernel if the copy needs a pipe and none can be made.
///
/// Other threads and processes may change the mapped side meanwhile. The bytes are copied as if by relaxed atomics, by
/// the kernel or by assembly code, which is opaque to the compiler.
///
/// # Safety
///
/// The other side is valid for the copy: as the source, nobody writes it meanwhile; as the target, the caller has
/// exclusive access to it. The mapped side is inside a mapping that lives during the call. If it is the target, it is
/// writable, and nobody holds a reference to it except to atomics.
#[inline]
unsafe fn copy(target: *mut u8, source: *const u8, len: usize, mapped: Mapped) -> io::Result<usize> {
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), target_pointer_width = "64"))]
    if sigbus::is_installed() {
        // SAFETY: this function has the same contract, and the handler is installed.
        return Ok(unsafe { sigbus::copy(target, source, len, mapped) });
    }
    // SAFETY: this function has the same contract.
    unsafe { through_kernel(target, source, len, mapped) }
}

/// Like [`copy`], by system calls.
///
/// # Safety
///
/// As for [`copy`].
#[inline(never)]
unsafe fn through_kernel(target: *mut u8, source: *const u8, len: usize, mapped: Mapped) -> io::Result<usize> {
    let mut copied = 0;
    while copied < len {
        // SAFETY: `copied < len`, so that the results are inside both sides.
        let (to, from) = unsafe { (target.add(copied), source.add(copied)) };
        // SAFETY: the contract of this function holds for the remaining `len - copied` bytes of both sides.
        match unsafe { across_ourselves(to, from, len - copied, mapped) } {
            Some(0) => break,
            Some(step) => copied += step,
            // SAFETY: as for `across_ourselves`.
            None => return Ok(copied + unsafe { through_pipe(to, from, len - copied) }?),
        }
    }
    Ok(copied)
}

/// Copies by `process_vm_readv(2)` or `process_vm_writev(2)` on this process. Returns `None` if that is forbidden or
/// unsupported.
///
/// # Safety
///
/// As for [`copy`].
#[cfg(target_os = "linux")]
unsafe fn across_ourselves(target: *mut u8, source: *const u8, len: usize, mapped: Mapped) -> Option<usize> {
    let target = libc::iovec { iov_base: target.cast(), iov_len: len };
    let source = libc::iovec { iov_base: source.cast_mut().cast(), iov_len: len };
    // The mapped side is passed as that of the "other process", where a page that is gone is `EFAULT`.
    // SAFETY: both sides are `len` bytes for which the contract of `copy` holds; the kernel checks that the pages
    // exist.
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
    // A seccomp filter may forbid the call (`EPERM`), or the kernel may not have it; then the caller uses a pipe.
    (io::Error::last_os_error().raw_os_error() == Some(libc::EFAULT)).then_some(0)
}

#[cfg(not(target_os = "linux"))]
#[allow(clippy::unnecessary_wraps)]
unsafe fn across_ourselves(_: *mut u8, _: *const u8, _: usize, _: Mapped) -> Option<usize> {
    None
}

/// The number of bytes that fit into an empty pipe on every platform.
const PIPE: usize = 4096;

/// Copies through a pipe: `write(2)` and `read(2)` fail with `EFAULT` if a page is gone. Returns an error, before
/// anything is copied, if no pipe can be made.
///
/// # Safety
///
/// As for [`copy`].
unsafe fn through_pipe(target: *mut u8, source: *const u8, len: usize) -> io::Result<usize> {
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
    let mut ends = [-1; 2];
    // SAFETY: `ends` has room for two descriptors.
    #[cfg(not(target_vendor = "apple"))]
    let status = unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) };
    // SAFETY: as above.
    #[cfg(target_vendor = "apple")]
    let status = unsafe { libc::pipe(ends.as_mut_ptr()) };
    if status != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptors were created above, and nothing else owns them.
    let (out, into) = unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) };
    let mut done = 0;
    let page = super::page_size();
    while done < len {
        // A step ends at the next page boundary of either side, so that it is in one page of each side.
        // SAFETY: `done < len`, so that the results are inside both sides.
        let (to, from) = unsafe { (target.add(done), source.add(done)) };
        let step = (len - done).min(PIPE).min(page - to.addr() % page).min(page - from.addr() % page);
        // SAFETY: `step` bytes are inside both sides, for which the contract of `copy` holds; the kernel returns an
        // error for pages that are gone.
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
    /// Copies `range` (in bytes, checked to be in bounds) to `target`. Returns the number of bytes copied.
    ///
    /// # Safety
    ///
    /// `target` is valid for writes of as many bytes, and the caller has exclusive access to them.
    #[inline]
    unsafe fn copy_out(&self, range: &Range<usize>, target: *mut u8) -> io::Result<usize> {
        let len = range.end - range.start;
        // SAFETY: `range` is inside the mapping; the caller guarantees that `target` is valid for writes of `len` bytes
        // and exclusive.
        unsafe { copy(target, self.ptr.as_ptr().add(range.start), len, Mapped::Source) }
    }

    /// Copies `bytes` to `range` (in bytes, checked to be in bounds, and as long). Returns the number of bytes copied.
    ///
    /// # Safety
    ///
    /// Nobody holds a reference to the bytes of `range`, except to atomics.
    #[inline]
    unsafe fn copy_in(&self, range: &Range<usize>, bytes: &[u8]) -> io::Result<usize> {
        // Writing to read-only pages would be a `SIGSEGV`, which the handler does not catch.
        if !self.writable {
            return Err(io::Error::from_raw_os_error(libc::EACCES));
        }
        let len = range.end - range.start;
        // SAFETY: `range` is inside the mapping, which is writable (checked above); the caller guarantees that nobody
        // holds a reference to it, except to atomics.
        unsafe { copy(self.ptr.as_ptr().add(range.start), bytes.as_ptr(), len, Mapped::Target) }
    }
}

impl Window<'_> {
    #[inline]
    fn try_copy_to(&self, offset: usize, target: &mut [u8]) -> io::Result<()> {
        let range = self.inside_from(offset, target.len())?;
        // SAFETY: `target` is borrowed exclusively, and as long as `range`.
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
        // SAFETY: `target` is borrowed exclusively, and has at least `n` bytes.
        match unsafe { self.mapping.copy_out(&range, target.as_mut_ptr()) }? {
            0 if n > 0 => Err(gone(offset)),
            copied => Ok(copied),
        }
    }

    /// # Safety
    ///
    /// Nobody holds a reference to the bytes of this window, except to atomics.
    unsafe fn try_write_at(&self, offset: usize, bytes: &[u8]) -> io::Result<usize> {
        let left = self.range.len().saturating_sub(offset);
        if left == 0 || bytes.is_empty() {
            return Ok(0);
        }
        let n = left.min(bytes.len());
        let range = self.inside_from(offset, n)?;
        // SAFETY: the caller guarantees that nobody holds a reference to the window, except to atomics.
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
            /// Copies bytes from `offset` on to the whole of `target`. Works even if the file is truncated meanwhile.
            ///
            /// # Errors
            ///
            /// [`RangeError`](super::RangeError) if there are fewer bytes; [`MapError::Gone`] if one of their pages is
            /// gone; the error of the kernel if the copy needs a pipe and none can be made (`EMFILE`). The content of
            /// `target` is then unspecified.
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

            /// Copies as many bytes as there are from `offset` on to `target`. Works even if the file is truncated
            /// meanwhile. Returns the number of bytes copied: 0 at and past the end, and fewer than requested if a
            /// later page is gone.
            ///
            /// # Errors
            ///
            /// [`MapError::Gone`] if the page of the first byte is gone; otherwise the error of the kernel, as for
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
// Only for atomics of one byte: the copy accesses bytes, and must not race with atomics of another size.
try_read!(
    AtomicRegion<AtomicU8>,
    "let map = pin_ffi::mmap::AtomicRegion::<core::sync::atomic::AtomicU8>::try_from(pin_ffi::mmap::MmapMut::anon(4096)?).unwrap();"
);

macro_rules! try_write {
    ($type:ty, [$($mutability:tt)*], $map:literal) => {
        impl $type {
            /// Copies as many of `bytes` as fit to `offset`. Works even if the file is truncated meanwhile. Returns the
            /// number of bytes copied: 0 at and past the end, and fewer than given if a later page is gone.
            ///
            /// # Errors
            ///
            /// [`MapError::Gone`] if the page of the first byte is gone, or the storage cannot provide it; `EACCES` if
            /// the mapping is not writable; otherwise the error of the kernel, as for
            /// [`try_copy_to`](Self::try_copy_to).
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
                // SAFETY: `self` is borrowed exclusively, or its type gives no references to its bytes except as
                // atomics.
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
