//! Files and memory mapped, safe where that can be: Go's mmf and gcmmap for Rust, and what `memmap2` has.
//!
//! | type | is | from |
//! |---|---|---|
//! | [`Mmap`] | a `&[u8]` that unmaps itself | [`MmapOptions::map`], [`map_sealed`](MmapOptions::map_sealed), ... |
//! | [`MmapMut`] | a `&mut [u8]` that unmaps itself | [`MmapOptions::map_mut`], [`map_anon`](MmapOptions::map_anon), ... |
//! | [`MmapRaw`] | bytes that others may change, copied in and out | [`MmapOptions::map_raw`] |
//! | [`Region`] | a part that keeps the mapping, to read; cloned and sliced at will | [`Mmap`], [`MmapMut`] |
//! | [`RegionMut`] | a part that keeps the mapping, to write; split, never shared | [`MmapMut`] |
//! | [`AtomicRegion`] | a slice of atomics that many write, in several processes too | [`RegionMut`], [`MmapOptions::map_atomic`] |
//! | [`MmapVec`] | a `Vec` with a file in it, for code that wants one | [`MmapOptions::map_vec`] |
//! | [`RegionReader`], [`RegionWriter`] | a region as `std::io` has it | [`Region`], [`RegionMut`] |
//!
//! Every mapping keeps its address when it is moved, outlives the file descriptor it was made from, may be sent to
//! other threads, is unmapped when its owner is dropped and [counted](active_mappings) until then. All but [`MmapRaw`]
//! and [`AtomicRegion`] are [buffers](crate::Buf), to be lent to C as they are.

mod advice;
mod atomic;
mod count;
mod error;
mod fault;
mod map;
mod map_mut;
mod map_raw;
mod mapping;
#[cfg(target_os = "linux")]
mod memfd;
mod methods;
mod mode;
mod options;
mod os;
mod over;
mod range;
mod reader;
mod region;
mod region_mut;
mod view;
mod writer;

pub use advice::{Advice, LossyAdvice};
pub use atomic::{Atomic, AtomicRegion};
pub use count::{active_bytes, active_mappings};
pub use error::{Denied, MapError, RangeError};
pub use fault::catch_sigbus;
pub use map::Mmap;
pub use map_mut::MmapMut;
pub use map_raw::MmapRaw;
#[cfg(target_os = "linux")]
pub use memfd::MemfdOptions;
pub use mode::{Huge, Mode};
pub use options::MmapOptions;
pub use os::page_size;
pub use over::MmapVec;
pub use reader::RegionReader;
pub use region::Region;
pub use region_mut::RegionMut;
pub use writer::RegionWriter;

/// `Debug` of every mapping type: where it is, not what is in it.
fn describe(f: &mut core::fmt::Formatter<'_>, name: &str, window: &mapping::Window<'_>) -> core::fmt::Result {
    let address = window.mapping.ptr.as_ptr().wrapping_add(window.range.start);
    f.debug_struct(name)
        .field("address", &address)
        .field("len", &window.range.len())
        .field("mode", &window.mapping.mode)
        .finish_non_exhaustive()
}
