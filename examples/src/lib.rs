//! What more than one example, or an example and its tests, need.

pub mod console;
#[cfg(unix)]
pub mod rights;
