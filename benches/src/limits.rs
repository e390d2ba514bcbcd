//! How much more than the same call written by hand a call through `pin-ffi` may cost.

/// Instructions in user space that every call may cost more, whatever its size: the checks of lengths and of what C
/// reports, and the way to the thread's kept block once the buffers are too many for the stack.
pub const MORE_INSTRUCTIONS: f64 = 10.0;

/// The part of the hand-written call's instructions that may come on top of that.
pub const MORE_PART: f64 = 0.01;

/// Heap allocations for each call once it has been made before.
pub const ALLOCATIONS: f64 = 0.0;

/// Cases that may cost a few instructions more than that, and why. Each is a debt.
const ALLOWED: [(&str, f64); 1] = [
    // The C structs are in a block, three lengths are checked, and what the closure returns comes back beside what
    // the fill returns: together 3 instructions too many of 4 250.
    ("recvmsg/pin-ffi with_pinned_mut/1024", 4.0),
];

/// The most instructions for the case `name`, whose call costs `by_hand` when written by hand.
#[must_use]
pub fn instructions(name: &str, by_hand: f64) -> f64 {
    let allowed = ALLOWED.iter().find(|(case, _)| *case == name).map_or(0.0, |(_, more)| *more);
    by_hand * (1.0 + MORE_PART) + MORE_INSTRUCTIONS + allowed
}
