//! Code shared by several examples, or by an example and its tests.

pub mod console;
#[cfg(unix)]
pub mod rights;
