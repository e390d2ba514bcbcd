//! Counters: pins, locked pages, mappings, leaked operations and pointer checks.
//!
//! With the feature `metrics`, `Stats::record` passes them to the program's recorder. With the feature `tracing`,
//! failures are events.
//!
//! Counting is not free, so only operations that cost more than the counting are counted. Leaked operations are always
//! counted. Pins and checks are only counted while the [pointer check](crate::check) is on: without it, a pin in a
//! release build is a few instructions, none of them atomic.

use crate::events;
use core::fmt;
use core::panic::Location;
#[cfg(target_has_atomic = "ptr")]
use core::sync::atomic::{AtomicUsize, Ordering};
#[cfg(not(target_has_atomic = "ptr"))]
use uncounted::{AtomicUsize, Ordering};

/// A replacement for targets without atomic operations, which counts nothing.
#[cfg(not(target_has_atomic = "ptr"))]
mod uncounted {
    pub(super) struct AtomicUsize;

    pub(super) enum Ordering {
        Relaxed,
    }

    impl AtomicUsize {
        pub(super) const fn new(_: usize) -> Self {
            Self
        }
        pub(super) const fn load(&self, _: Ordering) -> usize {
            0
        }
        pub(super) const fn fetch_add(&self, _: usize, _: Ordering) -> usize {
            0
        }
    }
}

static LEAKED_OPERATIONS: AtomicUsize = AtomicUsize::new(0);
static CHECKS: AtomicUsize = AtomicUsize::new(0);
static FAILED_CHECKS: AtomicUsize = AtomicUsize::new(0);

/// Returns how many in-flight operations have been dropped before C had finished with them, since the program started.
///
/// Their memory is never freed, because C may still write to it. See [`InFlight`](crate::InFlight). Always 0 on a
/// target without atomic operations.
#[must_use]
pub fn leaked_operations() -> usize {
    LEAKED_OPERATIONS.load(Ordering::Relaxed)
}

#[cold]
pub(crate) fn count_leaked_operation(made_at: &'static Location<'static>) {
    let total = LEAKED_OPERATIONS.fetch_add(1, Ordering::Relaxed) + 1;
    events::operation_leaked(made_at, total);
}

#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
pub(crate) fn count_check() {
    CHECKS.fetch_add(1, Ordering::Relaxed);
}

#[cold]
#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
pub(crate) fn count_failed_check() {
    let total = FAILED_CHECKS.fetch_add(1, Ordering::Relaxed) + 1;
    events::caught(|| events::count(events::FAILED_CHECKS, total));
}

/// A snapshot of the counters of this process.
///
/// Each counter is exact while no other thread pins or unpins. `Display` prints a table.
///
/// # Examples
///
/// ```
/// let before = pin_ffi::stats();
/// pin_ffi::scope(|s| {
///     let _ = s.pin(b"twelve bytes");
///     // Pins are counted while the check is on.
///     let expected = if pin_ffi::check::is_on() { 12 } else { 0 };
///     assert_eq!(pin_ffi::stats().since(&before).pinned_bytes, expected);
/// });
/// assert!(pin_ffi::stats().since(&before).is_clean(), "{}", pin_ffi::stats());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Stats {
    /// The number of current pins. A buffer that is pinned twice counts twice. 0 while the check is off.
    pub pins: usize,
    /// The number of pinned bytes. Bytes that are pinned twice count twice. 0 while the check is off.
    pub pinned_bytes: usize,
    /// The maximum of `pins` so far. 0 while the check is off.
    pub most_pins: usize,
    /// The maximum of `pinned_bytes` so far, or [`usize::MAX`] if it was greater than that. 0 while the check is off.
    pub most_pinned_bytes: usize,
    /// The number of bytes in pages that pins have locked in memory. Each page counts once.
    pub locked_bytes: usize,
    /// The number of live mappings.
    pub mappings: usize,
    /// The number of mapped bytes, in whole pages.
    pub mapped_bytes: usize,
    /// The number of operations dropped before C had finished with them: see [`leaked_operations`].
    pub leaked_operations: usize,
    /// The number of C structs, or slices of them, that [`check::verify`](crate::check::verify) has walked.
    pub checks: usize,
    /// The number of checks that found a fault.
    pub failed_checks: usize,
}

/// Returns the current counters; see [`Stats`].
#[must_use]
pub fn stats() -> Stats {
    let [pins, pinned_bytes, most_pins, most_pinned_bytes] = crate::check::totals();
    let (mappings, mapped_bytes) = mapped();
    Stats {
        pins,
        pinned_bytes,
        most_pins,
        most_pinned_bytes,
        locked_bytes: locked_bytes(),
        mappings,
        mapped_bytes,
        leaked_operations: leaked_operations(),
        checks: CHECKS.load(Ordering::Relaxed),
        failed_checks: FAILED_CHECKS.load(Ordering::Relaxed),
    }
}

/// The number of bytes in locked pages.
fn locked_bytes() -> usize {
    #[cfg(all(unix, feature = "std"))]
    return crate::page_lock::locked_bytes();
    #[cfg(not(all(unix, feature = "std")))]
    0
}

/// The number of live mappings, and of their bytes.
fn mapped() -> (usize, usize) {
    #[cfg(all(unix, feature = "mmap"))]
    return (crate::mmap::active_mappings(), crate::mmap::active_bytes());
    #[cfg(not(all(unix, feature = "mmap")))]
    (0, 0)
}

impl Stats {
    /// Returns the difference to an `earlier` snapshot.
    #[must_use]
    pub const fn since(&self, earlier: &Self) -> Change {
        const fn from(before: usize, now: usize) -> isize {
            now.wrapping_sub(before) as isize
        }
        Change {
            pins: from(earlier.pins, self.pins),
            pinned_bytes: from(earlier.pinned_bytes, self.pinned_bytes),
            most_pins: from(earlier.most_pins, self.most_pins),
            most_pinned_bytes: from(earlier.most_pinned_bytes, self.most_pinned_bytes),
            locked_bytes: from(earlier.locked_bytes, self.locked_bytes),
            mappings: from(earlier.mappings, self.mappings),
            mapped_bytes: from(earlier.mapped_bytes, self.mapped_bytes),
            leaked_operations: from(earlier.leaked_operations, self.leaked_operations),
            checks: from(earlier.checks, self.checks),
            failed_checks: from(earlier.failed_checks, self.failed_checks),
        }
    }

    /// Passes these counters to the program's recorder of the crate `metrics`.
    ///
    /// Call it where the program collects its other numbers, before each scrape, because pins and calls do not update
    /// the recorder themselves. Failures do so immediately, and are counted exactly: leaks, failed checks, locks that
    /// the kernel refused, reports by C that were refused, and panics in callbacks.
    ///
    /// | gauge | |
    /// |---|---|
    /// | `pin_ffi_pins`, `pin_ffi_pinned_bytes` | [`pins`](Self::pins), [`pinned_bytes`](Self::pinned_bytes) |
    /// | `pin_ffi_pins_most`, `pin_ffi_pinned_bytes_most` | [`most_pins`](Self::most_pins), [`most_pinned_bytes`](Self::most_pinned_bytes) |
    /// | `pin_ffi_locked_bytes` | [`locked_bytes`](Self::locked_bytes) |
    /// | `pin_ffi_mappings`, `pin_ffi_mapped_bytes` | [`mappings`](Self::mappings), [`mapped_bytes`](Self::mapped_bytes) |
    ///
    /// | counter | |
    /// |---|---|
    /// | `pin_ffi_leaked_operations_total` | [`leaked_operations`](Self::leaked_operations) |
    /// | `pin_ffi_checks_total`, `pin_ffi_failed_checks_total` | [`checks`](Self::checks), [`failed_checks`](Self::failed_checks) |
    /// | `pin_ffi_refused_locks_total`, `pin_ffi_refused_reports_total`, `pin_ffi_callback_panics_total` | counted when they happen |
    ///
    /// # Examples
    ///
    /// ```
    /// pin_ffi::stats().record();
    /// ```
    #[cfg(feature = "metrics")]
    pub fn record(&self) {
        events::record(self);
    }
}

/// The difference of two [`Stats`]. `Display` prints a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Change {
    /// The change of [`Stats::pins`].
    pub pins: isize,
    /// The change of [`Stats::pinned_bytes`].
    pub pinned_bytes: isize,
    /// The change of [`Stats::most_pins`].
    pub most_pins: isize,
    /// The change of [`Stats::most_pinned_bytes`].
    pub most_pinned_bytes: isize,
    /// The change of [`Stats::locked_bytes`].
    pub locked_bytes: isize,
    /// The change of [`Stats::mappings`].
    pub mappings: isize,
    /// The change of [`Stats::mapped_bytes`].
    pub mapped_bytes: isize,
    /// The number of operations leaked in between.
    pub leaked_operations: isize,
    /// The number of checks made in between.
    pub checks: isize,
    /// The number of failed checks in between.
    pub failed_checks: isize,
}

impl Change {
    /// Returns whether there are as many pins, locked pages and mappings as before, and no operation was leaked and no
    /// check failed in between.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.pins == 0
            && self.pinned_bytes == 0
            && self.locked_bytes == 0
            && self.mappings == 0
            && self.mapped_bytes == 0
            && self.leaked_operations == 0
            && self.failed_checks == 0
    }
}

macro_rules! prints_as_table {
    ($t:ident, $sign:literal) => {
        impl fmt::Display for $t {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut line = |name, cells: [Option<_>; 2]| {
                    write!(f, "{name:<16}")?;
                    for cell in cells.into_iter().flatten() {
                        write!(f, concat!(" {:>", $sign, "14}"), cell)?;
                    }
                    writeln!(f)
                };
                line("pins, bytes", [Some(self.pins), Some(self.pinned_bytes)])?;
                line("  at most", [Some(self.most_pins), Some(self.most_pinned_bytes)])?;
                line("locked bytes", [Some(self.locked_bytes), None])?;
                line("mappings, bytes", [Some(self.mappings), Some(self.mapped_bytes)])?;
                line("leaked", [Some(self.leaked_operations), None])?;
                line("checks, failed", [Some(self.checks), Some(self.failed_checks)])
            }
        }
    };
}
prints_as_table!(Stats, "");
prints_as_table!(Change, "+");
