//! The registry of pinned ranges: which memory C may use now, and where that was said.
//!
//! A range is filed under one key: its size class, and which block of that size it starts in. A range is no larger than
//! a block of its class, so that whatever address is looked up, the ranges around it start in the block of the address
//! or in the one before; and there are few classes. So a range is entered and removed in constant time, and looked up
//! in time that depends on the classes in use and not on how many ranges there are. Keys are spread over shards, each
//! under a lock of its own: threads that pin different buffers rarely meet.
//!
//! Entries are in arenas, and are named by number: a number that outlives its entry leads nowhere harmful. The first
//! entries of each shard are part of it, so that a program with a few thousand pins allocates nothing here.
//!
//! No code of the user's runs under a lock, and only one lock is held at a time. That includes the program's allocator,
//! which may pin: memory is taken and freed while nobody holds a lock. The types of `super::sync` are the
//! standard library's, or those of a tester that explores schedules.

use super::gauge::Gauge;
use super::sync::{AtomicU32, Mutex, MutexGuard, Ordering, PoisonError};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::panic::Location;

const SHARDS: usize = 64;
/// Entries and chains that each shard starts with.
const FIRST: usize = 48;
const FIRST_CHAINS: usize = 64;
/// Log2 of the step from one size class to the next: single bytes, 4, 16, 64 and so on.
const STEP: u32 = 2;
/// A bit for each class.
const CLASSES: u32 = u32::BITS;

/// A range of memory that C may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: usize,
    pub(crate) bytes: usize,
    /// C may write there.
    pub(crate) write: bool,
    /// Memory of C's own, rather than pinned.
    pub(crate) foreign: bool,
    /// Where that was said. Always there; an `Option` so that an empty registry is zeros.
    pub(crate) at: Option<&'static Location<'static>>,
}

/// Names an entry; 0 is none. Wide enough for every number in every shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

/// What is known of a range that was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// It is in one range, with the access asked for.
    Inside,
    /// It is in this range, which C may not write.
    ReadOnly(Range),
    /// It begins in this range, and ends behind it.
    Begins(Range),
    Nothing,
}

/// How much is pinned, and was at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Totals {
    pub(crate) pins: usize,
    pub(crate) bytes: usize,
    pub(crate) most_pins: usize,
    pub(crate) most_bytes: usize,
}

#[derive(Clone, Copy)]
struct Entry {
    range: Range,
    /// Neighbours in the chain, as entry numbers plus 1; `next` also chains the free entries.
    previous: u32,
    next: u32,
}

const FREE: Entry =
    Entry { range: Range { start: 0, bytes: 0, write: false, foreign: false, at: None }, previous: 0, next: 0 };

/// Memory for a table that is to grow. What is left in it is freed when no lock is held.
#[derive(Default)]
struct Growth {
    entries: Vec<Entry>,
    chains: Option<Box<[u32]>>,
}

/// What a table lacks before another entry can be made: how many entries behind the first, how many chains, in all.
#[derive(Clone, Copy)]
struct Lack {
    entries: Option<usize>,
    chains: Option<usize>,
}

struct Table {
    first: [Entry; FIRST],
    more: Vec<Entry>,
    /// Heads of the chains, as entry numbers plus 1: a power of two of them, once there is more than `FIRST_CHAINS`.
    first_chains: [u32; FIRST_CHAINS],
    more_chains: Option<Box<[u32]>>,
    /// The first free entry, plus 1.
    free: u32,
    /// Entries that were ever in use.
    used: u32,
    live: u32,
}

/// A cache line or two of its own, so that shards do not slow each other down.
#[repr(align(128))]
struct Shard(Mutex<Table>);

#[repr(align(128))]
struct Apart<T>(T);

/// The ranges. See the module's text.
pub(crate) struct Registry {
    shards: [Shard; SHARDS],
    /// Which size classes were ever in use, a bit each.
    classes: Apart<AtomicU32>,
    pins: Gauge,
    bytes: Gauge,
}

/// The class of a range: blocks of `2^(STEP * class)` bytes. The last class has no end; all of a program's addresses are
/// in its first block.
fn class(bytes: usize) -> u32 {
    let log = usize::BITS - bytes.saturating_sub(1).leading_zeros();
    log.div_ceil(STEP).min(CLASSES - 1)
}

/// The block of `class` in which `address` is.
fn block(address: usize, class: u32) -> usize {
    address.checked_shr(STEP * class).unwrap_or(0)
}

/// Spreads a key's bits. The shard comes from the highest ones, the chain from those below.
const fn spread(block: usize, class: u32) -> u64 {
    ((block as u64) << 5 | class as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

const fn shard_of(hash: u64) -> usize {
    (hash >> 58) as usize
}

impl Range {
    /// Whether the `bytes` at `start` are in it.
    fn contains(&self, start: usize, bytes: usize) -> bool {
        let offset = start.wrapping_sub(self.start);
        offset <= self.bytes && bytes <= self.bytes - offset
    }

    /// Bytes between it and the `bytes` at `start`.
    fn gap(&self, start: usize, bytes: usize) -> usize {
        let before = self.start.saturating_sub(start.saturating_add(bytes));
        let behind = start.saturating_sub(self.start.saturating_add(self.bytes));
        before.max(behind)
    }
}

impl Table {
    const fn new() -> Self {
        Self {
            first: [FREE; FIRST],
            more: Vec::new(),
            first_chains: [0; FIRST_CHAINS],
            more_chains: None,
            free: 0,
            used: 0,
            live: 0,
        }
    }

    fn entry(&mut self, number: u32) -> &mut Entry {
        let i = number as usize - 1;
        if i < FIRST { &mut self.first[i] } else { &mut self.more[i - FIRST] }
    }

    fn chains(&mut self) -> &mut [u32] {
        match &mut self.more_chains {
            Some(chains) => chains,
            None => &mut self.first_chains,
        }
    }

    fn chain(&mut self, hash: u64) -> &mut u32 {
        let chains = self.chains();
        // The shard's bits are the highest six.
        let i = (hash >> 26) as usize & (chains.len() - 1);
        &mut chains[i]
    }

    /// Enters a range, if there is memory for it. Gives its number.
    #[inline]
    fn insert(&mut self, hash: u64, range: Range) -> Option<u32> {
        if self.lacks_chains() {
            return None;
        }
        let number = if self.free == 0 {
            if self.used as usize >= FIRST {
                if self.more.len() == self.more.capacity() {
                    return None;
                }
                self.more.push(FREE);
            }
            self.used += 1;
            self.used
        } else {
            let number = self.free;
            self.free = self.entry(number).next;
            number
        };
        self.live += 1;
        self.link(hash, number, range);
        Some(number)
    }

    /// There are more chains when there are twice as many entries.
    #[inline]
    fn lacks_chains(&self) -> bool {
        self.live as usize >= 2 * self.chain_count()
    }

    #[inline]
    fn chain_count(&self) -> usize {
        self.more_chains.as_ref().map_or(FIRST_CHAINS, |c| c.len())
    }

    /// What `insert` lacks.
    fn lack(&self) -> Lack {
        let full = self.free == 0 && self.used as usize >= FIRST && self.more.len() == self.more.capacity();
        // So that twice as many have numbers.
        assert!(!full || self.used < u32::MAX / 2, "there are no numbers for more pins of one block of memory");
        Lack {
            entries: full.then(|| (2 * self.more.len()).max(FIRST)),
            chains: self.lacks_chains().then(|| 4 * self.chain_count()),
        }
    }

    /// Grows with what is there for it, and leaves in its place what is to be freed.
    fn grow(&mut self, growth: &mut Growth) {
        let lack = self.lack();
        if lack.entries.is_some() {
            growth.entries.extend_from_slice(&self.more);
            core::mem::swap(&mut growth.entries, &mut self.more);
        }
        if lack.chains.is_some() {
            core::mem::swap(&mut growth.chains, &mut self.more_chains);
            self.relink();
        }
    }

    fn link(&mut self, hash: u64, number: u32, range: Range) {
        let next = core::mem::replace(self.chain(hash), number);
        *self.entry(number) = Entry { range, previous: 0, next };
        if next != 0 {
            self.entry(next).previous = number;
        }
    }

    fn remove(&mut self, hash: u64, number: u32) {
        let Entry { previous, next, .. } = *self.entry(number);
        if previous == 0 {
            *self.chain(hash) = next;
        } else {
            self.entry(previous).next = next;
        }
        if next != 0 {
            self.entry(next).previous = previous;
        }
        *self.entry(number) = Entry { next: self.free, ..FREE };
        self.free = number;
        self.live -= 1;
    }

    /// Fills chains that are empty.
    fn relink(&mut self) {
        for number in 1..=self.used {
            let range = self.entry(number).range;
            if range.at.is_some() {
                let class = class(range.bytes);
                self.link(spread(block(range.start, class), class), number, range);
            }
        }
    }

    /// The ranges in the chain of `hash`, until `f` breaks.
    fn each(&mut self, hash: u64, mut f: impl FnMut(&Range) -> bool) {
        let mut number = *self.chain(hash);
        while number != 0 {
            let entry = self.entry(number);
            if f(&entry.range) {
                return;
            }
            number = entry.next;
        }
    }
}

impl Growth {
    fn of(lack: Lack) -> Self {
        Self {
            entries: Vec::with_capacity(lack.entries.unwrap_or(0)),
            chains: lack.chains.map(|n| alloc::vec![0; n].into_boxed_slice()),
        }
    }

    fn is_enough(&self, lack: Lack) -> bool {
        lack.entries.is_none_or(|n| self.entries.capacity() >= n)
            && lack.chains.is_none_or(|n| self.chains.as_ref().is_some_and(|c| c.len() >= n))
    }
}

impl Registry {
    #[allow(clippy::large_stack_arrays)] // made at compile time, for a static
    pub(crate) const fn new() -> Self {
        Self {
            shards: [const { Shard(Mutex::new(Table::new())) }; SHARDS],
            classes: Apart(AtomicU32::new(0)),
            pins: Gauge::new(),
            bytes: Gauge::new(),
        }
    }

    fn lock(&self, shard: usize) -> MutexGuard<'_, Table> {
        // Nothing below panics with a table half changed.
        self.shards[shard].0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a range. The same range may be entered any number of times.
    pub(crate) fn insert(&self, range: Range) -> Ticket {
        let class = class(range.bytes);
        if self.classes.0.load(Ordering::Relaxed) & (1 << class) == 0 {
            self.classes.0.fetch_or(1 << class, Ordering::Relaxed);
        }
        let hash = spread(block(range.start, class), class);
        let shard = shard_of(hash);
        let number = self.lock(shard).insert(hash, range);
        let number = number.unwrap_or_else(|| self.insert_growing(shard, hash, range));
        // Nothing from here on panics: nobody has the ticket yet to remove the range.
        if !range.foreign {
            self.pins.add(1);
            self.bytes.add(range.bytes);
        }
        Ticket::new(number, shard)
    }

    /// Enters a range in a table that has to grow. Meanwhile others may use it: also the allocator, on this very thread.
    #[cold]
    fn insert_growing(&self, shard: usize, hash: u64, range: Range) -> u32 {
        let mut growth = Growth::default();
        loop {
            let mut table = self.lock(shard);
            let lack = table.lack();
            if growth.is_enough(lack) {
                table.grow(&mut growth);
                if let Some(number) = table.insert(hash, range) {
                    drop(table);
                    return number;
                }
            }
            drop(table);
            growth = Growth::of(lack);
        }
    }

    /// Removes what `insert` entered under this ticket, which is used once.
    pub(crate) fn remove(&self, ticket: Ticket) {
        let (number, shard) = ticket.parts();
        if number == 0 {
            return;
        }
        let mut table = self.lock(shard);
        let range = table.entry(number).range;
        let class = class(range.bytes);
        table.remove(spread(block(range.start, class), class), number);
        drop(table);
        if !range.foreign {
            self.pins.remove(1);
            self.bytes.remove(range.bytes);
        }
    }

    /// Looks up the `bytes` at `start`, for C to write if `write`.
    pub(crate) fn find(&self, start: usize, bytes: usize, write: bool) -> Found {
        let mut found = Found::Nothing;
        self.around(start, |range| {
            if range.contains(start, bytes) {
                found = if range.write || !write { Found::Inside } else { Found::ReadOnly(*range) };
            } else if found == Found::Nothing && range.bytes != 0 && range.contains(start, 1) {
                found = Found::Begins(*range);
            }
            found == Found::Inside
        });
        found
    }

    /// How many bytes from `start` on are in one range, at most.
    pub(crate) fn extent(&self, start: usize) -> usize {
        let mut most = 0;
        self.around(start, |range| {
            if range.contains(start, 0) {
                most = most.max(range.bytes - (start - range.start));
            }
            false
        });
        most
    }

    /// All ranges that can hold `start`, and others, until `f` breaks.
    fn around(&self, start: usize, mut f: impl FnMut(&Range) -> bool) {
        let mut classes = self.classes.0.load(Ordering::Relaxed);
        let mut done = false;
        while classes != 0 && !done {
            let class = classes.trailing_zeros();
            classes &= classes - 1;
            let at = block(start, class);
            // A range that holds `start` begins in its block or in the one before.
            for block in [Some(at), at.checked_sub(1)].into_iter().flatten() {
                let hash = spread(block, class);
                self.lock(shard_of(hash)).each(hash, |range| {
                    done = f(range);
                    done
                });
                if done {
                    break;
                }
            }
        }
    }

    /// The range that is nearest to the `bytes` at `start`. Looks at every range there is.
    #[cold]
    pub(crate) fn nearest(&self, start: usize, bytes: usize) -> Option<Range> {
        let mut best: Option<Range> = None;
        for shard in 0..SHARDS {
            let mut table = self.lock(shard);
            for number in 1..=table.used {
                let range = table.entry(number).range;
                if range.at.is_some() && best.is_none_or(|b| range.gap(start, bytes) < b.gap(start, bytes)) {
                    best = Some(range);
                }
            }
        }
        best
    }

    /// How much is pinned. Exact while no other thread pins or unpins.
    pub(crate) fn totals(&self) -> Totals {
        let ((pins, most_pins), (bytes, most_bytes)) = (self.pins.read(), self.bytes.read());
        Totals { pins, bytes, most_pins, most_bytes }
    }
}

impl Ticket {
    /// No entry.
    pub(crate) const NONE: Self = Self(0);

    #[inline]
    const fn new(number: u32, shard: usize) -> Self {
        Self(number as u64 * SHARDS as u64 + shard as u64)
    }

    #[inline]
    const fn parts(self) -> (u32, usize) {
        ((self.0 / SHARDS as u64) as u32, (self.0 % SHARDS as u64) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_names_whatever_entry_there_can_be() {
        for number in [1, 2, (1 << 26) - 1, 1 << 26, (1 << 26) + 1, u32::MAX] {
            for shard in [0, 1, SHARDS - 1] {
                assert_eq!(Ticket::new(number, shard).parts(), (number, shard));
            }
        }
        assert_eq!(Ticket::NONE.parts(), (0, 0));
    }
}
