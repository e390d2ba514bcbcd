//! What a call through `pin-ffi` may cost. Counts, never times: `cost` ends with 1 where one is passed.
//!
//! Every case of ours has limits on its instructions in user space: so many more than the same call written by hand in the
//! same run, at any number of call sites, and so many whatever that costs; or so many times the call by hand. Another is on
//! heap allocations. Instructions are those of one toolchain, so a new compiler may move the numbers of [`CALLS`]; the
//! others should stay.

use crate::cases::{Build, Case, DERIVE, NINE, REUSED};
use crate::not_yet_met::NOT_YET_MET;

/// Heap allocations that the first call of a thread may make on top of those by hand: the block that the thread keeps.
/// Later calls make none.
const BLOCKS: [(&str, &str, f64); 1] = [(FIRST, "1024 buffers", 1.0)];

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

/// Instructions by which the nine sites take turns, in every row of their table.
const TURNS: f64 = 7.0;

const FIRST: &str = "readv, first on its thread";

/// Times the hand-written call, where what is filled makes up most of it.
const RATIOS: [(&str, &str, f64); 6] = [
    ("messages sent at once", "64 × 4", 1.15),
    ("messages received at once", "64 × 4", 1.15),
    ("arrays in arrays, read", ANY, 1.25),
    ("arrays in arrays, written", ANY, 1.25),
    ("an operation in flight", ANY, 1.15),
    // The allocator sets itself up on the new thread.
    (FIRST, "1024 buffers", 1.5),
];

/// Times the hand-written call, both in a debug build.
const DEBUG: f64 = 8.0;

/// The most that a case may cost, and where that comes from.
#[derive(Debug)]
pub struct Limit {
    /// Instructions.
    pub instructions: f64,
    /// Which of the limits it is.
    pub from: String,
    /// Allocations.
    pub allocations: f64,
}

/// What became of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is kept.
    Kept,
    /// It is not kept yet, and what was reached is: [`NOT_YET_MET`].
    NotYet,
    /// It is broken.
    Broken,
}

impl Limit {
    /// Whether `case` keeps it with these costs; by hand they are `by_hand`.
    #[must_use]
    pub fn judge(&self, case: &Case, instructions: f64, allocations: f64, by_hand: f64) -> Verdict {
        let name = case.name();
        let reached = NOT_YET_MET.iter().find(|(other, ..)| *other == name);
        if instructions <= self.instructions && allocations <= self.allocations {
            Verdict::Kept
        } else if reached.is_some_and(|(_, times, a)| instructions <= by_hand * times && allocations <= *a) {
            Verdict::NotYet
        } else {
            Verdict::Broken
        }
    }
}

/// The limits of a case of ours, whose call costs `by_hand` and makes so many `allocations` when written by hand.
#[must_use]
pub fn of(case: &Case, by_hand: f64, allocations: f64) -> Limit {
    let (call, turns) = case.what.strip_suffix(NINE).map_or((case.what, 0.0), |call| (call, TURNS));
    fn find<'a>(list: &'a [(&str, &str, f64)], call: &str, case: &Case) -> Option<&'a f64> {
        list.iter().find(|(what, size, _)| *what == call && [case.size, ANY].contains(size)).map(|(.., value)| value)
    }
    let allocations = allocations + find(&BLOCKS, call, case).unwrap_or(&0.0);
    let times = if case.build == Build::Release { find(&RATIOS, call, case) } else { Some(&DEBUG) };
    if let Some(times) = times {
        let from = format!("{times} times the {by_hand:.0} by hand");
        return Limit { instructions: times * by_hand, from, allocations };
    }
    let allowed: f64 = ALLOWANCES
        .iter()
        .filter(|a| [call, ANY].contains(&a.what) && a.form == case.form)
        .map(|a| a.instructions)
        .sum();
    let over = MORE + MORE_PART * by_hand + allowed;
    let mut limit =
        Limit { instructions: by_hand + over, from: format!("{over:.1} over the {by_hand:.0} by hand"), allocations };
    if let Some((_, call, each_buffer)) = CALLS.iter().find(|(what, ..)| *what == call) {
        let at_all = call + each_buffer * case.buffers as f64 + allowed + turns;
        if at_all < limit.instructions {
            limit.instructions = at_all;
            limit.from = format!("{call} a call and {each_buffer} a buffer, {:.1} for the form", allowed + turns);
        }
    }
    limit
}
