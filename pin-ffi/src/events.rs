//! Events of `tracing`, and counters of `metrics`.
//!
//! Each function is called after a failure or after a system call, never on the usual path of a pin or of a call that
//! lends. Without the features the functions are empty.

#![cfg_attr(not(all(feature = "tracing", feature = "metrics")), allow(unused_variables, clippy::missing_const_for_fn))]

use core::panic::Location;

// These counters are also in `Stats`. They are passed on as totals, both when they change and by `record`.
pub(crate) const LEAKED_OPERATIONS: &str = "pin_ffi_leaked_operations_total";
#[cfg(any(feature = "metrics", feature = "check", all(debug_assertions, feature = "std")))]
pub(crate) const FAILED_CHECKS: &str = "pin_ffi_failed_checks_total";

/// Calls `report` and ignores a panic in it, since a subscriber may panic. The callers cannot unwind: a destructor may
/// run while a panic unwinds, or belong to a thread-local, and a panic there aborts the program; and a process that is
/// about to abort must not unwind instead. The panic message has been printed by then.
#[cfg(feature = "std")]
pub(crate) fn caught(report: impl FnOnce()) {
    let reported = std::panic::catch_unwind(core::panic::AssertUnwindSafe(report));
    // Dropping the panic's payload may panic as well.
    core::mem::forget(reported);
}

/// Calls `report`. Without `std` no panic can be caught.
#[cfg(not(feature = "std"))]
pub(crate) fn caught(report: impl FnOnce()) {
    report();
}

/// A counter of `Stats` has a new total.
#[inline]
pub(crate) fn count(counter: &'static str, total: usize) {
    #[cfg(feature = "metrics")]
    metrics::counter!(counter).absolute(total as u64);
}

/// An operation was dropped before C had finished with it. Called by its destructor.
#[cold]
pub(crate) fn operation_leaked(made_at: &'static Location<'static>, total: usize) {
    caught(|| count(LEAKED_OPERATIONS, total));
    #[cfg(feature = "tracing")]
    caught(|| {
        tracing::warn!(
            target: "pin_ffi",
            %made_at,
            total,
            "an operation was dropped before C had finished with it; its memory is kept for good"
        );
    });
}

/// The pointer check has found a fault.
#[cold]
#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
pub(crate) fn check_failed(fault: &crate::check::Fault, at: &'static Location<'static>) {
    #[cfg(feature = "tracing")]
    caught(|| {
        tracing::error!(
            target: "pin_ffi",
            path = fault.path(),
            address = format_args!("{:#x}", fault.address()),
            len_bytes = fault.len_bytes(),
            %at,
            "pointer check: {fault}"
        );
    });
}

/// The pointer check has read its policy.
#[cold]
#[cfg(any(feature = "check", all(debug_assertions, feature = "std")))]
pub(crate) fn policy_read(policy: crate::check::Policy) {
    #[cfg(feature = "tracing")]
    tracing::debug!(target: "pin_ffi", ?policy, "the pointer check is compiled in");
}

/// The kernel refused to lock pages.
#[cold]
#[cfg(all(unix, feature = "std"))]
pub(crate) fn lock_refused(error: &crate::page_lock::LockError) {
    #[cfg(feature = "metrics")]
    metrics::counter!("pin_ffi_refused_locks_total").increment(1);
    #[cfg(feature = "tracing")]
    tracing::warn!(target: "pin_ffi", len_bytes = error.len_bytes(), limit = error.limit(), "{error}");
}

/// C has reported an invalid length, and no result was taken over.
#[cold]
pub(crate) fn report_refused(error: &crate::LendError) {
    #[cfg(feature = "metrics")]
    metrics::counter!("pin_ffi_refused_reports_total").increment(1);
    #[cfg(feature = "tracing")]
    tracing::error!(target: "pin_ffi", "{error}");
}

/// A function that C calls has panicked.
#[cold]
#[cfg(feature = "std")]
pub(crate) fn callback_panicked(name: &'static str, answered: bool) {
    #[cfg(feature = "metrics")]
    metrics::counter!("pin_ffi_callback_panics_total").increment(1);
    #[cfg(feature = "tracing")]
    tracing::error!(target: "pin_ffi", name, answered, "a function that C calls has panicked");
}

/// Memory has been mapped.
#[inline]
#[cfg(all(unix, feature = "mmap"))]
pub(crate) fn mapped(bytes: usize) {
    #[cfg(feature = "tracing")]
    tracing::trace!(target: "pin_ffi", bytes, "mapped");
}

/// Memory has been unmapped. Called by destructors.
#[inline]
#[cfg(all(unix, feature = "mmap"))]
pub(crate) fn unmapped(bytes: usize) {
    #[cfg(feature = "tracing")]
    caught(|| tracing::trace!(target: "pin_ffi", bytes, "unmapped"));
}

/// `Stats::record`.
#[cfg(feature = "metrics")]
#[allow(clippy::cast_precision_loss)] // a gauge is an `f64`
pub(crate) fn record(stats: &crate::stats::Stats) {
    let gauges = [
        ("pin_ffi_pins", stats.pins),
        ("pin_ffi_pinned_bytes", stats.pinned_bytes),
        ("pin_ffi_pins_most", stats.most_pins),
        ("pin_ffi_pinned_bytes_most", stats.most_pinned_bytes),
        ("pin_ffi_locked_bytes", stats.locked_bytes),
        ("pin_ffi_mappings", stats.mappings),
        ("pin_ffi_mapped_bytes", stats.mapped_bytes),
    ];
    for (name, now) in gauges {
        metrics::gauge!(name).set(now as f64);
    }
    count(LEAKED_OPERATIONS, stats.leaked_operations);
    count("pin_ffi_checks_total", stats.checks);
    count(FAILED_CHECKS, stats.failed_checks);
}
