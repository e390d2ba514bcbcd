//! The registry of pinned ranges under a tester that chooses which thread goes on at each lock and atomic operation.
//!
//! It is the crate's own source, with the tester's locks and atomics in place of the standard library's.

#![cfg(feature = "schedules")]
#![allow(dead_code)]

extern crate alloc;

mod sync {
    pub(crate) use shuttle::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};
    pub(crate) use std::sync::PoisonError;

    shuttle::thread_local! {
        static PART: std::cell::Cell<usize> = std::cell::Cell::new(usize::MAX);
    }
    static THREADS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

    /// Two threads share a part, so that this is explored too.
    pub(crate) fn part() -> usize {
        PART.with(|part| {
            if part.get() == usize::MAX {
                part.set(THREADS.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 4);
            }
            part.get()
        })
    }

    pub(crate) const fn parts() -> usize {
        4
    }
}

#[path = "../../pin-ffi/src/check/gauge.rs"]
mod gauge;

#[path = "../../pin-ffi/src/check/registry.rs"]
mod registry;

use registry::{Found, Range, Registry, Totals};
use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::Arc;
use shuttle::{Config, Runner, scheduler};
use std::panic::Location;

fn range(start: usize, bytes: usize, write: bool) -> Range {
    Range { start, bytes, write, foreign: false, at: Some(Location::caller()) }
}

/// Explores `f` under random schedules and under schedules with few switches.
fn explore(iterations: usize, f: impl Fn() + Send + Sync + Copy + 'static) {
    let mut config = Config::new();
    config.stack_size = 1 << 21;
    Runner::new(scheduler::RandomScheduler::new(iterations), config.clone()).run(f);
    Runner::new(scheduler::PctScheduler::new(3, iterations), config).run(f);
}

/// Eight threads, each with ranges of its own that touch and overlap those of others.
#[test]
fn what_a_thread_holds_is_found_by_it_at_each_moment() {
    explore(1000, || {
        let registry = Arc::new(Registry::new());
        let threads: Vec<_> = (0..8_usize)
            .map(|t| {
                let registry = Arc::clone(&registry);
                shuttle::thread::spawn(move || {
                    // Neighbours overlap by half, in two size classes.
                    let bytes = if t % 2 == 0 { 64 } else { 200 };
                    let start = 0x1000 + t * 32;
                    for _ in 0..2 {
                        let ticket = registry.insert(range(start, bytes, t % 2 == 0));
                        assert_eq!(registry.find(start, bytes, false), Found::Inside);
                        assert_eq!(registry.find(start + bytes - 1, 1, false), Found::Inside);
                        let again = registry.insert(range(start, bytes, true));
                        registry.remove(ticket);
                        assert_eq!(registry.find(start + 1, bytes - 1, true), Found::Inside);
                        registry.remove(again);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(registry.find(0x1000, 1, false), Found::Nothing);
        assert!(registry.nearest(0x1000, 1).is_none());
        let Totals { pins, bytes, most_pins, most_bytes } = registry.totals();
        assert_eq!((pins, bytes), (0, 0));
        assert!((2..=16).contains(&most_pins) && (128..=8 * 400).contains(&most_bytes), "{most_pins} {most_bytes}");
    });
}

/// Random operations on one registry; each thread keeps a list of what it holds.
#[test]
fn random_operations_of_eight_threads() {
    explore(500, || {
        let registry = Arc::new(Registry::new());
        let threads: Vec<_> = (0..8_usize)
            .map(|t| {
                let registry = Arc::clone(&registry);
                shuttle::thread::spawn(move || {
                    let mut held = Vec::new();
                    for _ in 0..12 {
                        let draw = thread_rng().r#gen::<u32>() as usize;
                        if draw % 3 != 0 || held.is_empty() {
                            let range = range(0x4000 + draw % 512, 1 + (draw >> 9) % 300, t % 2 == 0);
                            held.push((registry.insert(range), range));
                        } else {
                            let (ticket, _) = held.swap_remove(draw % held.len());
                            registry.remove(ticket);
                        }
                        for (_, range) in &held {
                            assert_eq!(registry.find(range.start, range.bytes, range.write), Found::Inside);
                        }
                    }
                    for (ticket, _) in held {
                        registry.remove(ticket);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(registry.nearest(0, usize::MAX).is_none());
        assert_eq!((registry.totals().pins, registry.totals().bytes), (0, 0));
    });
}

/// The most pins are those of the fullest moment, where threads take turns.
#[test]
fn high_water_marks_are_exact_where_moments_are() {
    explore(500, || {
        let registry = Arc::new(Registry::new());
        let reader = Arc::clone(&registry);
        let reader = shuttle::thread::spawn(move || {
            for _ in 0..4 {
                assert!(matches!(reader.find(0x100, 10, false), Found::Inside | Found::Nothing));
            }
        });
        for _ in 0..3 {
            let registry = Arc::clone(&registry);
            shuttle::thread::spawn(move || {
                let tickets: Vec<_> = (0..5).map(|i| registry.insert(range(0x100 * i, 10, false))).collect();
                for ticket in tickets {
                    registry.remove(ticket);
                }
            })
            .join()
            .unwrap();
        }
        reader.join().unwrap();
        assert_eq!(registry.totals(), Totals { pins: 0, bytes: 0, most_pins: 5, most_bytes: 50 });
    });
}
