#![doc = include_str!("../../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;
// The derive and the attribute name `::pin_ffi`, here too.
extern crate self as pin_ffi;

mod buf;
pub mod errno;
mod field;
mod fill;
mod in_flight;
#[cfg(all(unix, feature = "mmap"))]
pub mod mmap;
mod scratch;
mod stats;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use buf::{Access, Buf, BufMut, Exclusive, Fill, Lent, NoPadding, OutBuf, Plain, Shared, Spare};
pub use errno::{Error, Result};
pub use field::{Convert, LenField, PtrField, Unfit};
pub use fill::{FfiArray, FfiArrayMut, FfiPinned, FfiPinnedMut, Field, FillError, Filled, RawArray, Reason};
pub use in_flight::{Direction, InFlight, Reads, Refused, Writes};
pub use scratch::{INLINE, Inline, Scratch};
pub use stats::leaked_operations;
