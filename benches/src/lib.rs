//! What a call costs through `pin-ffi`, beside the same call written by hand and through other crates.
//!
//! `src/bin/` has the commands; `README.md` says how to read their tables. What is measured is in [`cases`], one function
//! for each way to make a call, so that each can be found by its name in a disassembly.

pub mod allocations;
pub mod callgrind;
pub mod cases;
mod chart;
pub mod limits;
pub mod not_yet_met;
pub mod options;
pub mod table;
