//! What a call through `pin-ffi` may cost. Counts, never times: `cost` ends with 1 where one is passed.
//!
//! Every case of ours has three limits. Two are on its instructions in user space: so many more than the same call
//! written by hand in the same run, and so many whatever that costs. The third is on heap allocations. Instructions are
//! those of one toolchain, so a new compiler may move the numbers of [`CALLS`]; the others should stay.

use crate::cases::{Case, DERIVE, REUSED};

/// Heap allocations for each call once it has been made before: what the first call took is kept for the next.
const ALLOCATIONS: f64 = 0.0;

/// Instructions over the hand-written call that every call may cost, whatever its size: checks of lengths and of what C
/// reports, the way to the thread's kept block once the buffers are too many for the stack.
const MORE: f64 = 10.0;

/// The part of the hand-written call's instructions that may come on top of that: a different loop over the buffers.
const MORE_PART: f64 = 0.01;

/// What a form may cost on top of that, with the reason. Each is a debt.
struct Allowance {
    what: &'static str,
    form: &'static str,
    instructions: f64,
}

const ANY: &str = "";

const ALLOWANCES: [Allowance; 3] = [
    // A pinner that is made for one call has no storage, and the compiler sees that. One that is kept is asked for it, and
    // for the case that it has some there is a second copy of the call, out of line: what the call borrows is written down
    // for that copy first, a store or two for each.
    Allowance { what: ANY, form: REUSED, instructions: 4.0 },
    // More is borrowed: the buffers, the address and the control data.
    Allowance { what: "recvmsg", form: REUSED, instructions: 5.0 },
    // Three lengths come back and are checked, and what the closure returns comes back beside what the fill returns.
    Allowance { what: "recvmsg", form: DERIVE, instructions: 6.0 },
];

/// The most instructions of each call, and of each buffer in it, whatever the same costs by hand: the kernel's entry in
/// the C library, the measuring loop of 15, and two loads and two stores a buffer make up the hand-written part.
const CALLS: [(&str, f64, f64); 9] = [
    ("readv", 80.0, 4.1),
    ("writev", 80.0, 4.1),
    ("preadv2", 110.0, 4.1),
    ("sendmsg", 90.0, 4.1),
    ("recvmsg", 125.0, 4.1),
    ("read into uninitialised memory", 85.0, 0.0),
    ("readlink", 80.0, 0.0),
    ("readv of a struct", 65.0, 0.0),
    ("writev of a struct", 65.0, 0.0),
];

/// The most that a case may cost, and where that comes from.
#[derive(Debug)]
pub struct Limit {
    /// Instructions.
    pub instructions: f64,
    /// Which of the two limits it is.
    pub from: String,
    /// Allocations.
    pub allocations: f64,
}

/// The limits of a case of ours, whose call costs `by_hand` when written by hand.
#[must_use]
pub fn of(case: &Case, by_hand: f64) -> Limit {
    let buffers = case.buffers as f64;
    let allowed: f64 = ALLOWANCES
        .iter()
        .filter(|a| [case.what, ANY].contains(&a.what) && a.form == case.form)
        .map(|a| a.instructions)
        .sum();
    let over = MORE + MORE_PART * by_hand + allowed;
    let (_, call, each_buffer) =
        CALLS.iter().find(|(what, ..)| *what == case.what).expect("every call has a limit of its own");
    let at_all = call + each_buffer * buffers + allowed;
    let (instructions, from) = if by_hand + over < at_all {
        (by_hand + over, format!("{over:.1} over the {by_hand:.0} by hand"))
    } else {
        (at_all, format!("{call} a call and {each_buffer} a buffer, {allowed:.1} for the form"))
    };
    Limit { instructions, from, allocations: ALLOCATIONS }
}
