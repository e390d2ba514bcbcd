//! Shared code of the tests: a C library, a counting allocator, and a buffer that runs a closure when it is dropped.

pub mod child;
pub mod counting;
#[cfg(unix)]
pub mod echo;
#[cfg(unix)]
pub mod machine;
#[cfg(unix)]
pub mod sparse;
pub mod told;

/// The code in `docs/MMAP.md`.
#[cfg(all(doctest, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[doc = include_str!("../../docs/MMAP.md")]
mod mmap_md {}
