//! How much more than the same call written by hand a call through `pin-ffi` may cost.

/// Instructions in user space that every call may cost more, whatever its size: the checks of lengths and of what C
/// reports, and the way to the thread's kept block once the buffers are too many for the stack.
pub const MORE_INSTRUCTIONS: f64 = 10.0;

/// The part of the hand-written call's instructions that may come on top of that.
pub const MORE_PART: f64 = 0.01;

/// Heap allocations for each call once it has been made before.
pub const ALLOCATIONS: f64 = 0.0;

/// The most instructions for a call that costs `by_hand` when written by hand.
#[must_use]
pub fn instructions(by_hand: f64) -> f64 {
    by_hand * (1.0 + MORE_PART) + MORE_INSTRUCTIONS
}
