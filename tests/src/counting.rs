//! A global allocator that counts, thread by thread, so that tests running side by side do not see each other.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counting. Install it with `#[global_allocator]`.
#[derive(Debug)]
pub struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that is ending counts no more.
    let _ = ALLOCATIONS.try_with(|n| n.set(n.get() + 1));
}

// SAFETY: passes everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.realloc(ptr, layout, size) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(ptr, layout) }
    }
}

/// What the pointer check may allocate meanwhile: its 64 tables, which all threads share, grow under whichever pins next,
/// up to five times each with as many pins as there are in these tests.
const GROWTH: usize = 320;

/// How many allocations and reallocations this thread makes in `f`.
///
/// Exact where the pointer check is off, as in a release build; where it is on, some hundreds of them may be the check's.
pub fn allocations(f: impl FnOnce()) -> usize {
    // The pointer check reads its environment variable once, at whatever comes first.
    let checked = pin_ffi::check::is_on();
    let before = ALLOCATIONS.get();
    f();
    let count = ALLOCATIONS.get() - before;
    if checked { count.saturating_sub(GROWTH) } else { count }
}
