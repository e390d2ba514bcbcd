//! What a call costs through `pin-ffi`, beside the same call written by hand and through other crates.
//!
//! `src/bin/cost.rs` is the command; `README.md` says how to read its table. The calls themselves are in [`cases`], one
//! function for each way to make a call, so that each can be found by its name in a disassembly.

pub mod allocations;
pub mod callgrind;
pub mod cases;
pub mod limits;
