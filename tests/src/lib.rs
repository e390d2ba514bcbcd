//! x

pub mod counting;
pub mod told;
