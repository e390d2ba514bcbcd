//! Counters of live mappings and of their bytes.

use core::sync::atomic::{AtomicUsize, Ordering};

static MAPPINGS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

/// Returns the number of live mappings that this crate has made in this process.
///
/// The count is exact as soon as a constructor or a `drop` has returned, on any thread. A call that fails does not
/// change it. A region counts once, no matter how many slices of it exist. An empty mapping does not count, because
/// nothing is mapped.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MmapMut, active_mappings};
///
/// let before = active_mappings();
/// let map = MmapMut::anon(1)?;
/// assert_eq!(active_mappings(), before + 1);
/// drop(map);
/// assert_eq!(active_mappings(), before);
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub fn active_mappings() -> usize {
    MAPPINGS.load(Ordering::Relaxed)
}

/// Returns the number of bytes that this crate has mapped in this process, in whole pages.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MmapMut, active_bytes, page_size};
///
/// let before = active_bytes();
/// let map = MmapMut::anon(1)?;
/// assert_eq!(active_bytes(), before + page_size());
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub fn active_bytes() -> usize {
    BYTES.load(Ordering::Relaxed)
}

pub(super) fn mapped(bytes: usize) {
    MAPPINGS.fetch_add(1, Ordering::Relaxed);
    BYTES.fetch_add(bytes, Ordering::Relaxed);
    crate::events::mapped(bytes);
}

pub(super) fn unmapped(bytes: usize) {
    MAPPINGS.fetch_sub(1, Ordering::Relaxed);
    BYTES.fetch_sub(bytes, Ordering::Relaxed);
    crate::events::unmapped(bytes);
}

#[cfg(target_os = "linux")]
pub(super) fn resized(from: usize, to: usize) {
    if to >= from {
        BYTES.fetch_add(to - from, Ordering::Relaxed);
    } else {
        BYTES.fetch_sub(from - to, Ordering::Relaxed);
    }
}
