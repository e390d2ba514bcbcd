//! Pins for several calls: what a [`scope`](crate::scope()) and a [`Pinner`](crate::Pinner) give.

#[cfg(all(unix, feature = "std"))]
pub use crate::page_lock::{LockError, LockedPins, WipedPins};
pub use crate::pinner::{Pinned, PinnedMut, Scope, Stored};
#[doc(hidden)]
pub use crate::pinner::{Slot, ThroughMut, Writable};
