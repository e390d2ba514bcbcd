//! Files and memory mapped, safe where that can be: Go's mmf and gcmmap for Rust, and what `memmap2` has.
//!
//! | type | is | from |
//! |---|---|---|
//! | [`Mmap`] | a `&[u8]` that unmaps itself | [`MmapOptions::map`], [`map_sealed`](MmapOptions::map_sealed), ... |
//! | [`MmapMut`] | a `&mut [u8]` that unmaps itself | [`MmapOptions::map_mut`], [`map_anon`](MmapOptions::map_anon), ... |
//! | [`MmapRaw`] | bytes that others may change, copied in and out | [`MmapOptions::map_raw`] |
//!
//! Every mapping keeps its address when it is moved, outlives the file descriptor it was made from, may be sent to
//! other threads, is unmapped when its owner is dropped and [counted](active_mappings) until then.

mod advice;
mod count;
mod error;
mod map;
mod map_mut;
mod map_raw;
mod mapping;
mod methods;
mod mode;
mod options;
mod os;
mod range;

pub use advice::{Advice, LossyAdvice};
pub use count::{active_bytes, active_mappings};
pub use error::{Denied, MapError, RangeError};
pub use map::Mmap;
pub use map_mut::MmapMut;
pub use map_raw::MmapRaw;
pub use mode::{Huge, Mode};
pub use options::MmapOptions;
pub use os::page_size;

/// `Debug` of every mapping type: where it is, not what is in it.
fn describe(f: &mut core::fmt::Formatter<'_>, name: &str, window: &mapping::Window<'_>) -> core::fmt::Result {
    let address = window.mapping.ptr.as_ptr().wrapping_add(window.range.start);
    f.debug_struct(name)
        .field("address", &address)
        .field("len", &window.range.len())
        .field("mode", &window.mapping.mode)
        .finish_non_exhaustive()
}
