//! Counters of what is out on loan for good.

use core::sync::atomic::{AtomicUsize, Ordering};

static LEAKED_OPERATIONS: AtomicUsize = AtomicUsize::new(0);

/// How many in-flight operations were dropped before C had finished with them, since the program started.
///
/// Their memory is kept for good: C may still write there. See [`InFlight`](crate::InFlight).
#[must_use]
pub fn leaked_operations() -> usize {
    LEAKED_OPERATIONS.load(Ordering::Relaxed)
}

#[cold]
pub(crate) fn count_leaked_operation() {
    LEAKED_OPERATIONS.fetch_add(1, Ordering::Relaxed);
}
