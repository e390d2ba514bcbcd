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
//! other threads, is unmapped when its owner is dropped and [counted](active_mappings) until then. All but [`MmapRaw`],
//! [`AtomicRegion`] and [`MmapVec`] are [buffers](crate::Lend), to be lent to C as they are.
//!
//! # Examples
//!
//! ```
//! use pin_ffi::mmap::{MmapOptions, Region};
//! use std::io::BufRead;
//!
//! # let path = std::env::temp_dir().join(format!("pin-ffi-mod-{}", std::process::id()));
//! # std::fs::write(&path, "one\ntwo\nthree\n")?;
//! let file = std::fs::File::open(&path)?;
//! // SAFETY: the file is this program's own: nobody changes it.
//! let map = unsafe { MmapOptions::new().map(&file)? };
//! let region = Region::from(map); // shared from here on
//! let tail = region.slice(4..);
//! drop((file, region));
//! assert_eq!(tail.reader().lines().count(), 2);
//! # std::fs::remove_file(&path)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What is safe
//!
//! A file can be changed and truncated by others while it is mapped, and a `&[u8]` must not change. So a file becomes a
//! slice only by an `unsafe fn`, whose caller answers for everybody else. There are three ways round it:
//!
//! - Memory that nobody else has: [anonymous](MmapOptions::map_anon), or a memfd that the kernel keeps as it is
//!   ([`map_sealed`](MmapOptions::map_sealed), [`SealedMemfd`]).
//! - Bytes that are only copied: [`MmapRaw`]. A page that is gone is an error, by the kernel's help, or as fast as
//!   `memcpy` after [`catch_sigbus`].
//! - Bytes that are only atomics: [`AtomicRegion`].
//!
//! A `SIGBUS` itself is no undefined behaviour: it ends the process.
//!
//! # Ranges
//!
//! Ranges are in bytes of the mapping or region, need not be at pages' ends, and are checked in one place: one that is
//! not inside is a [`RangeError`] inside an `InvalidInput`, and the kernel is not asked. An empty one, also at the end,
//! is inside, and nothing is done.
//!
//! The window of a file is checked before it is mapped, which takes an `fstat(2)` each time, unless the file's length is
//! known already: [`MmapOptions::file_len`], [`SealedMemfd`].

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
mod part;
mod range;
mod reader;
mod region;
mod region_mut;
#[cfg(target_os = "linux")]
mod sealed;
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
pub use memfd::{MemfdOptions, MemfdWriter};
pub use mode::{Huge, Mode};
pub use options::MmapOptions;
pub use os::page_size;
pub use over::MmapVec;
pub use reader::RegionReader;
pub use region::Region;
pub use region_mut::RegionMut;
#[cfg(target_os = "linux")]
pub use sealed::SealedMemfd;
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
