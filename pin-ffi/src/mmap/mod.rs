//! Memory-mapped files and anonymous memory, with a safe API where that is possible.
//!
//! It has the features of Go's mmf and gcmmap, and those of `memmap2`.
//!
//! | type | is | from |
//! |---|---|---|
//! | [`Mmap`] | a `&[u8]` that unmaps itself | [`MmapOptions::map`], [`map_sealed`](MmapOptions::map_sealed), ... |
//! | [`MmapMut`] | a `&mut [u8]` that unmaps itself | [`MmapOptions::map_mut`], [`map_anon`](MmapOptions::map_anon), ... |
//! | [`MmapRaw`] | bytes that others may change; they are copied in and out | [`MmapOptions::map_raw`] |
//! | [`Region`] | a readable part that keeps the mapping alive; cheap to clone and slice | [`Mmap`], [`MmapMut`] |
//! | [`RegionMut`] | a writable part that keeps the mapping alive; split, never shared | [`MmapMut`] |
//! | [`AtomicRegion`] | a slice of atomics that several threads and processes write | [`RegionMut`], [`MmapOptions::map_atomic`] |
//! | [`MmapVec`] | a `Vec` with a file mapped into it, for code that needs a `Vec` | [`MmapOptions::map_vec`] |
//! | [`RegionReader`], [`RegionWriter`] | `std::io` access to a region | [`Region`], [`RegionMut`] |
//!
//! A mapping keeps its address when its owner is moved. It outlives the file descriptor that it was made from, and can
//! be sent to other threads. It is unmapped when its owner is dropped, and is [counted](active_mappings) until then.
//! All types but [`MmapRaw`], [`AtomicRegion`] and [`MmapVec`] are [buffers](crate::Lend): you can lend them to C
//! directly.
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
//! Others can change or truncate a file while it is mapped, but the bytes behind a `&[u8]` must not change. So only an
//! `unsafe fn` shows a file as a slice; its caller guarantees that nobody changes the file. There are three safe
//! alternatives:
//!
//! - Memory that nobody else can change: [anonymous](MmapOptions::map_anon) memory, or a memfd that is sealed, so that
//!   the kernel refuses every change ([`map_sealed`](MmapOptions::map_sealed), [`SealedMemfd`]).
//! - Bytes that are only copied: [`MmapRaw`]. Copying from a page that is gone returns an error. The kernel does the
//!   copy, or, after [`catch_sigbus`], a routine that is as fast as `memcpy`.
//! - Bytes that are only accessed as atomics: [`AtomicRegion`].
//!
//! A `SIGBUS` is not undefined behaviour: it ends the process.
//!
//! # Ranges
//!
//! Ranges are in bytes of the mapping or region and need not start or end at page boundaries. A range that is out of
//! bounds is a [`RangeError`] inside an [`io::Error`](std::io::Error) of kind `InvalidInput`; no system call is made.
//! An empty range, also one at the end, is in bounds, and does nothing.
//!
//! The window of a file is checked against the file's length before it is mapped. This costs one `fstat(2)` for each
//! mapping, unless the length is already known: see [`MmapOptions::file_len`] and [`SealedMemfd`].

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

/// `Debug` for every mapping type: prints the address, the length and the mode, not the content.
fn describe(f: &mut core::fmt::Formatter<'_>, name: &str, window: &mapping::Window<'_>) -> core::fmt::Result {
    let address = window.mapping.ptr.as_ptr().wrapping_add(window.range.start);
    f.debug_struct(name)
        .field("address", &address)
        .field("len", &window.range.len())
        .field("mode", &window.mapping.mode)
        .finish_non_exhaustive()
}
