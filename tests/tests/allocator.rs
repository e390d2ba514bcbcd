//! A global allocator that lends buffers itself, to log say: it is called in the middle of what the crate does.

use pin_ffi::manual::Scratch;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Logging;

#[global_allocator]
static ALLOCATOR: Logging = Logging;

std::thread_local! {
    /// Whether the next block that is freed is logged.
    static LOGS: Cell<bool> = const { Cell::new(false) };
}

// SAFETY: the system's allocator.
unsafe impl GlobalAlloc for Logging {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // Blocks of a scratch are what is aligned so here.
        if layout.align() == 16 && LOGS.replace(false) {
            assert!(Scratch::on_heap().alloc::<u64>(100).is_some());
        }
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(ptr, layout) }
    }
}

/// Room for `n` numbers, in a scratch of its own.
fn take(n: usize) -> (Scratch<'static>, usize) {
    let mut scratch = Scratch::on_heap();
    let start = scratch.alloc::<u64>(n).unwrap();
    (scratch, start.addr().get())
}

#[test]
fn two_scratches_have_memory_of_their_own_whatever_runs_when_a_block_is_freed() {
    for (kept, first, second) in [(10, 1000, 10), (10, 1000, 1000), (1000, 5000, 10), (5000, 1 << 18, 10)] {
        drop(take(kept));
        LOGS.set(true);
        let (a, at_a) = take(first);
        let (b, at_b) = take(second);
        assert!(at_a + first * 8 <= at_b || at_b + second * 8 <= at_a, "{kept} {first} {second}");
        LOGS.set(true);
        drop(a);
        let (_c, at_c) = take(first);
        assert!(at_b + second * 8 <= at_c || at_c + first * 8 <= at_b, "{kept} {first} {second}");
        drop(b);
        LOGS.set(false);
    }
}
