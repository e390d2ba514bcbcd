//! A global allocator that counts allocations per thread, so that tests that run in parallel do not affect each other.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system allocator with a counter. Install it with `#[global_allocator]`.
#[derive(Debug)]
pub struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that is ending no longer counts.
    let _ = ALLOCATIONS.try_with(|n| n.set(n.get() + 1));
}

// SAFETY: all methods forward to the system allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: this method has the same contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: this method has the same contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: this method has the same contract.
        unsafe { System.realloc(ptr, layout, size) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: this method has the same contract.
        unsafe { System.dealloc(ptr, layout) }
    }
}

/// The number of allocations that the pointer check may make meanwhile. All threads share its 64 tables, and the next
/// thread that pins grows them: up to five times each with the number of pins in these tests.
const GROWTH: usize = 320;

/// Returns how many allocations and reallocations this thread makes in `f`.
///
/// The count is exact if the pointer check is off, as in a release build. If it is on, the check may make some hundreds
/// of them.
pub fn allocations(f: impl FnOnce()) -> usize {
    // The pointer check reads its environment variable once, when it is first used.
    let checked = pin_ffi::check::is_on();
    let before = ALLOCATIONS.get();
    f();
    let count = ALLOCATIONS.get() - before;
    if checked { count.saturating_sub(GROWTH) } else { count }
}
