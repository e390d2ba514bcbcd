//! What more than one example, or an example and its tests, need.

#[cfg(unix)]
pub mod rights;
