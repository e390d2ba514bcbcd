//! What the tests have in common: a C library, a counting allocator, a buffer that tells when it is dropped.

pub mod child;
pub mod counting;
pub mod echo;
pub mod sparse;
pub mod told;
