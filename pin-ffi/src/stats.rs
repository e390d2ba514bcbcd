//! Counters: what is out on loan, now and at most, and what is out for good.
//!
//! With the feature `metrics` they are also handed to the program's recorder, by `Stats::record`; with the feature
//! `tracing`, what goes wrong is an event.
//!
//! Counting is not free, so that each counter is kept only where something is done that costs more. Leaked operations are
//! always counted. Pins and checks are counted while the [pointer check](crate::check) is on: a pin in a release build
//! without it is a few instructions, none of them atomic.

use crate::events;
use core::fmt;
use core::panic::Location;
#[cfg(target_has_atomic = "ptr")]
use core::sync::atomic::{AtomicUsize, Ordering};
#[cfg(not(target_has_atomic = "ptr"))]
use uncounted::{AtomicUsize, Ordering};

/// For targets without atomic operations: nothing is counted there.
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

/// How many in-flight operations were dropped before C had finished with them, since the program started.
///
/// Their memory is kept for good: C may still write there. See [`InFlight`](crate::InFlight). Always 0 on a target without
/// atomic operations.
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

/// The counters of this process, at one moment.
///
/// Each is exact while no other thread pins or unpins. It prints as a table.
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
    /// Buffers that are pinned now, each as often as it was pinned; 0 while the check is off.
    pub pins: usize,
    /// Their bytes, those that are pinned twice counted twice; 0 while the check is off.
    pub pinned_bytes: usize,
    /// The most pins there ever were; 0 while the check is off.
    pub most_pins: usize,
    /// The most bytes that were ever pinned; 0 while the check is off. [`usize::MAX`] if there were more than that.
    pub most_pinned_bytes: usize,
    /// Bytes of the pages that pins have locked in memory, each page once.
    pub locked_bytes: usize,
    /// Mappings that are alive now.
    pub mappings: usize,
    /// Their bytes, in whole pages.
    pub mapped_bytes: usize,
    /// Operations dropped before C had finished with them: [`leaked_operations`].
    pub leaked_operations: usize,
    /// C structs, or slices of them, that were walked by [`check::verify`](crate::check::verify).
    pub checks: usize,
    /// Those in which something was wrong.
    pub failed_checks: usize,
}

/// The counters now; see [`Stats`].
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

/// Bytes of locked pages.
fn locked_bytes() -> usize {
    #[cfg(all(unix, feature = "std"))]
    return crate::page_lock::locked_bytes();
    #[cfg(not(all(unix, feature = "std")))]
    0
}

/// Live mappings and their bytes.
fn mapped() -> (usize, usize) {
    #[cfg(all(unix, feature = "mmap"))]
    return (crate::mmap::active_mappings(), crate::mmap::active_bytes());
    #[cfg(not(all(unix, feature = "mmap")))]
    (0, 0)
}

impl Stats {
    /// What has changed since `earlier`.
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

    /// Hands these counters to the program's recorder of the crate `metrics`.
    ///
    /// To be called where the program collects its other numbers, before each scrape: no pin and no call hands over
    /// anything by itself. What goes wrong does so at once, and is counted exactly all the same: leaks, failed checks,
    /// locks that the kernel refused, reports of C's that were refused, panics in functions that C calls.
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
    /// | `pin_ffi_refused_locks_total`, `pin_ffi_refused_reports_total`, `pin_ffi_callback_panics_total` | as they happen |
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

/// The difference of two [`Stats`]; it prints as a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Change {
    /// Pins more than before.
    pub pins: isize,
    /// Pinned bytes more than before.
    pub pinned_bytes: isize,
    /// By how much the most pins grew.
    pub most_pins: isize,
    /// By how much the most pinned bytes grew.
    pub most_pinned_bytes: isize,
    /// Locked bytes more than before.
    pub locked_bytes: isize,
    /// Mappings more than before.
    pub mappings: isize,
    /// Mapped bytes more than before.
    pub mapped_bytes: isize,
    /// Operations leaked meanwhile.
    pub leaked_operations: isize,
    /// Checks done meanwhile.
    pub checks: isize,
    /// Checks failed meanwhile.
    pub failed_checks: isize,
}

impl Change {
    /// Whether nothing is left over: as many pins, locked pages and mappings as before, no operation leaked, no check failed.
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
