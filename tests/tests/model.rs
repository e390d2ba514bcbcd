//! Pins, slots, nested scopes and overlapping ranges against a reference model that keeps plain lists.
//!
//! A million steps in a release build, fewer without; `PIN_FFI_MODEL_STEPS` and `PIN_FFI_MODEL_SEED` say otherwise.

#![cfg(all(unix, any(debug_assertions, feature = "check")))]

use pin_ffi::check::{self, fault, foreign, is_pinned};
use pin_ffi::{Pinner, pin::Scope, scope, stats};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes of the arena that shared pins overlap in.
const ARENA: usize = 1 << 16;

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % n
    }

    /// A range below `n`, mostly short.
    fn range(&mut self, n: usize) -> (usize, usize) {
        let most = [16, 256, 4096, n][self.below(4)];
        let start = self.below(n);
        (start, self.below(most.min(n - start) + 1))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Held {
    start: usize,
    bytes: usize,
    write: bool,
    foreign: bool,
    owner: usize,
}

/// The reference: a list, searched from end to end.
#[derive(Default)]
struct Model {
    held: Vec<Held>,
    most: (usize, usize),
}

impl Model {
    fn add(&mut self, held: Held) {
        self.held.push(held);
        let (pins, bytes) = self.totals();
        self.most = (self.most.0.max(pins), self.most.1.max(bytes));
    }

    fn end(&mut self, owner: usize) {
        self.held.retain(|h| h.owner != owner);
    }

    fn totals(&self) -> (usize, usize) {
        let pins = self.held.iter().filter(|h| !h.foreign);
        (pins.clone().count(), pins.map(|h| h.bytes).sum())
    }

    fn holds(&self, start: usize, bytes: usize, write: bool) -> bool {
        self.held.iter().any(|h| h.start <= start && start + bytes <= h.start + h.bytes && (h.write || !write))
    }
}

struct World<'a> {
    random: Random,
    model: Model,
    arena: &'a [u8],
    owners: usize,
}

impl World<'_> {
    fn compare(&mut self, probes: usize) {
        let stats = stats();
        assert_eq!((stats.pins, stats.pinned_bytes), self.model.totals());
        assert_eq!((stats.most_pins, stats.most_pinned_bytes), self.model.most);
        for _ in 0..probes {
            // Around what is held, and anywhere.
            let (start, bytes) = if self.model.held.is_empty() || self.random.below(4) == 0 {
                let (start, bytes) = self.random.range(ARENA);
                (self.arena.as_ptr().addr() + start, bytes)
            } else {
                let held = self.model.held[self.random.below(self.model.held.len())];
                let start = held.start + self.random.below(held.bytes + 1);
                (start, (held.start + held.bytes - start + self.random.below(3)).saturating_sub(1))
            };
            let pointer = std::ptr::without_provenance::<u8>(start);
            assert_eq!(is_pinned(pointer, bytes), self.model.holds(start, bytes, false), "{bytes} bytes at {start:#x}");
            let write = self.random.below(2) == 0;
            let c = libc::iovec { iov_base: pointer.cast_mut().cast(), iov_len: bytes };
            // SAFETY: an `iovec` leads to no further structs.
            let fault = unsafe { fault(&c, write) };
            assert_eq!(fault.is_none(), bytes == 0 || self.model.holds(start, bytes, write), "{fault:?}");
        }
    }

    fn held<T>(&mut self, start: *const T, bytes: usize, write: bool, owner: usize) {
        self.model.add(Held { start: start.addr(), bytes, write, foreign: false, owner });
    }
}

/// Scopes in scopes, with slots in memory that plays C's; some end by a panic.
fn nest<'env>(world: &RefCell<World<'env>>, slots: &RefCell<Vec<*const u8>>, depth: usize) {
    let arena = world.borrow().arena;
    let owner = {
        let mut world = world.borrow_mut();
        world.owners += 1;
        world.owners
    };
    let body = |s: &Scope<'_, 'env>| {
        let n = world.borrow_mut().random.below(6);
        let base = slots.borrow().as_ptr().cast_mut();
        let first = depth * 6;
        for slot in first..first + n {
            let (start, bytes) = world.borrow_mut().random.range(ARENA);
            let pin = s.pin(&arena[start..start + bytes]);
            world.borrow_mut().held(pin.as_ptr(), bytes, false, owner);
            // SAFETY: a slot of the table, which is used through this pointer alone.
            let stored = unsafe { s.store_at(base.add(slot), &pin) };
            // SAFETY: as above.
            assert_eq!(unsafe { *base.add(slot) }, pin.as_ptr());
            if world.borrow_mut().random.below(3) == 0 {
                stored.release();
                // SAFETY: as above.
                assert!(unsafe { *base.add(slot) }.is_null());
            }
        }
        if depth < 5 && world.borrow_mut().random.below(3) != 0 {
            nest(world, slots, depth + 1);
        }
        for slot in first + 6..36 {
            // SAFETY: as above.
            assert!(unsafe { *base.add(slot) }.is_null(), "an inner scope's slot");
        }
        world.borrow_mut().compare(2);
        if world.borrow_mut().random.below(8) == 0 {
            std::panic::resume_unwind(Box::new("ended by a panic"));
        }
    };
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| scope(body))) {
        assert!(panic.is::<&str>(), "an assertion failed");
    }
    let mut world = world.borrow_mut();
    world.model.end(owner);
    world.compare(1);
}

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn random_operations_agree_with_the_model() {
    assert!(check::is_on());
    let steps = from_environment("PIN_FFI_MODEL_STEPS", if cfg!(debug_assertions) { 60_000 } else { 1_000_000 });
    let seed = from_environment("PIN_FFI_MODEL_SEED", 0x5EED);
    let arena = vec![0_u8; ARENA];
    let slots = RefCell::new(vec![std::ptr::null(); 36]);
    let world = RefCell::new(World { random: Random(seed | 1), model: Model::default(), arena: &arena, owners: 100 });
    let mut pinners: Vec<Pinner<'_>> = (0..8).map(|_| Pinner::new()).collect();
    let mut guards = Vec::new();
    for step in 0..steps {
        let mut now = world.borrow_mut();
        let i = now.random.below(8);
        match now.random.below(20) {
            0..=9 => {
                let (start, bytes) = now.random.range(ARENA);
                let pin = pinners[i].pin(&arena[start..start + bytes]);
                now.held(pin.as_ptr(), bytes, false, i);
            }
            10..=13 => {
                let bytes = now.random.below(400);
                let pin = pinners[i].pin_owned_mut(vec![0_u8; bytes]);
                now.held(pin.as_ptr(), bytes, true, i);
            }
            14..=15 => {
                pinners[i] = std::mem::take(&mut pinners[i]).unpin();
                now.model.end(i);
            }
            16 => {
                pinners[i].clear();
                now.model.end(i);
            }
            17 => {
                let (start, bytes) = now.random.range(ARENA);
                now.owners += 1;
                let owner = now.owners;
                // SAFETY: the arena outlives the guard.
                guards.push((unsafe { foreign(arena[start..].as_ptr(), bytes) }, owner));
                let start = arena[start..].as_ptr().addr();
                now.model.add(Held { start, bytes, write: true, foreign: true, owner });
            }
            18 if !guards.is_empty() => {
                let n = guards.len();
                let (guard, owner) = guards.swap_remove(now.random.below(n));
                drop(guard);
                now.model.end(owner);
            }
            _ => {
                drop(now);
                nest(&world, &slots, 0);
                continue;
            }
        }
        // All is released from time to time, so that ranges come and go at every density.
        if step % 5000 == 4999 {
            for (i, pinner) in pinners.iter_mut().enumerate() {
                pinner.clear();
                now.model.end(i);
            }
        }
        now.compare(2);
    }
    drop((pinners, guards));
    assert_eq!((stats().pins, stats().pinned_bytes), (0, 0));
    assert!(slots.borrow().iter().all(|s| s.is_null()));
}
