//! A global allocator that pins, to lend a log line to C say: it is called in the middle of what the crate does.

#![cfg(all(unix, any(debug_assertions, feature = "check")))]

use pin_ffi::mmap::catch_sigbus;
use pin_ffi::{
    Lend, Pinner, check,
    manual::{Lent, Shared},
    scope, stats,
};
use pin_ffi_tests::child;
use pin_ffi_tests::machine::locks;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

struct Pins;

#[global_allocator]
static ALLOCATOR: Pins = Pins;

std::thread_local! {
    /// What the allocator does before each block that it gives or takes; nothing while it does it.
    static DOES: Cell<Option<fn()>> = const { Cell::new(None) };
    /// Whether the blocks of pinners on this thread are counted, to its end: others end when they like.
    static COUNTS: Cell<bool> = const { Cell::new(false) };
}

/// Blocks that pinners have on the threads that count: nothing else here is aligned so.
static BLOCKS: AtomicUsize = AtomicUsize::new(0);

fn is_counted(layout: Layout) -> bool {
    layout.align() == 16 && COUNTS.try_with(Cell::get).unwrap_or(false)
}

fn act() {
    let _ = DOES.try_with(|does| {
        if let Some(f) = does.take() {
            f();
            does.set(Some(f));
        }
    });
}

// SAFETY: the system's allocator.
unsafe impl GlobalAlloc for Pins {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        act();
        if is_counted(layout) {
            BLOCKS.fetch_add(1, Ordering::Relaxed);
        }
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        act();
        if is_counted(layout) {
            BLOCKS.fetch_sub(1, Ordering::Relaxed);
        }
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(ptr, layout) }
    }
}

static TEXT: [u8; 64] = [1; 64];

/// What is counted is the process's: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `f` on a thread whose allocator does this, and fails if it hangs.
fn with<R: Send + 'static>(does: fn(), f: impl FnOnce() -> R + Send + 'static) -> R {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        COUNTS.set(true);
        DOES.set(Some(does));
        let result = f();
        DOES.set(None);
        let _ = sender.send(result);
    });
    let result = receiver.recv_timeout(Duration::from_secs(30)).expect("it hangs, or has panicked");
    // With all that the thread has kept.
    thread.join().unwrap();
    result
}

fn pins_for_a_moment() {
    scope(|s| {
        let pin = s.pin(&TEXT);
        assert!(check::is_pinned(pin.as_ptr(), 64));
    });
}

/// So many pins of one block that its part of the registry grows again and again.
#[test]
fn s32_the_registry_grows_while_the_allocator_pins() {
    let _alone = alone();
    assert!(check::is_on());
    let most = with(pins_for_a_moment, || {
        let pinner = Pinner::new();
        for _ in 0..20_000 {
            let _ = pinner.pin(&TEXT);
        }
        assert!(pinner.is_pinned(TEXT.as_ptr(), 64));
        stats().pins
    });
    assert!(most >= 20_000);
}

fn locks_for_a_moment() {
    scope(|s| s.locked().pin(&TEXT).map(|_| ())).unwrap();
    std::hint::black_box(stats());
}

/// Each second page of a buffer, and then all of it.
#[test]
fn s32_pages_are_counted_while_the_allocator_locks_some() {
    if !locks() {
        return;
    }
    let _alone = alone();
    let left = with(locks_for_a_moment, || {
        let page = 1 << 16;
        let memory = vec![0_u8; 64 * page];
        {
            let (pinner, whole) = (Pinner::new(), Pinner::new());
            for part in memory.chunks(page).step_by(2) {
                let _ = pinner.locked().pin(&part[..1]).unwrap();
            }
            let _ = whole.locked().pin(&memory[..]).unwrap();
            assert!(stats().locked_bytes >= memory.len());
        }
        stats().locked_bytes
    });
    assert_eq!(left, 0);
}

fn catches() {
    catch_sigbus().unwrap();
}

/// An allocator that reads a mapped file, say.
#[test]
fn s32_a_handler_is_installed_while_the_allocator_asks_for_it() {
    let _alone = alone();
    let fast = with(catches, || catch_sigbus().unwrap());
    assert_eq!(fast, catch_sigbus().unwrap());
}

const CHILD: &str = "PIN_FFI_TEST_REPORTS";

fn verifies_what_is_not_pinned() {
    let text = [1_u8; 8];
    let iov = libc::iovec { iov_base: text.as_ptr().cast_mut().cast(), iov_len: 8 };
    // SAFETY: `iovec`s lead to no further structs.
    unsafe { check::verify(&iov) };
}

/// The same mistake in the allocator and around it, where the policy is to report it: read once, so in a process of its own.
#[test]
fn s32_a_report_is_remembered_while_the_allocator_makes_one() {
    const NAME: &str = "s32_a_report_is_remembered_while_the_allocator_makes_one";
    if std::env::var_os(CHILD).is_none() {
        let output = child::alone(NAME).env(CHILD, NAME).env("PIN_FFI_CHECK", "report").output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{out}{err}");
        assert_eq!(err.matches("pointer check at").count(), 3, "one for each place: {err}");
        return;
    }
    let _alone = alone();
    with(verifies_what_is_not_pinned, || {
        for _ in 0..3 {
            let text = [1_u8; 4];
            let iov = libc::iovec { iov_base: text.as_ptr().cast_mut().cast(), iov_len: 4 };
            // SAFETY: as above.
            unsafe { check::verify(&iov) };
            // SAFETY: as above. Another place, for which the list grows.
            unsafe { check::verify(&iov) };
        }
    });
}

static MADE: AtomicUsize = AtomicUsize::new(0);
static DROPPED: AtomicUsize = AtomicUsize::new(0);

/// Bytes that a pinner owns.
struct Counted(Box<[u8; 32]>);

impl Counted {
    fn new() -> Self {
        let new = Self(Box::new([3; 32]));
        MADE.fetch_add(1, Ordering::Relaxed);
        new
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        assert_eq!(*self.0, [3; 32]);
        DROPPED.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: passes on what the box promises.
unsafe impl Lend for Counted {
    type Elem = u8;
    type Access = Shared;
    fn lend(&self) -> Lent<u8> {
        self.0.lend()
    }
    fn lend_mut(&mut self) -> Lent<u8> {
        self.0.lend_mut()
    }
}

std::thread_local! {
    static PINNER: Pinner<'static> = const { Pinner::new() };
}

fn pins_in_the_threads_pinner() {
    // Not when the thread ends.
    let _ = PINNER.try_with(|pinner| {
        let _ = pinner.pin(&TEXT);
        let _ = pinner.pin_owned(Counted::new());
    });
}

/// A pinner that the allocator uses in the middle of what it does itself: first of all to take its first block, for a pin
/// of each kind.
#[test]
fn s32_a_pinner_grows_while_the_allocator_pins_in_it() {
    let _alone = alone();
    let (before, blocks) = (stats(), BLOCKS.load(Ordering::Relaxed));
    for owned_first in [false, true] {
        let made = MADE.load(Ordering::Relaxed);
        let first = Counted::new();
        let (address, pins) = with(pins_in_the_threads_pinner, move || {
            PINNER.with(|pinner| {
                if owned_first {
                    let _ = pinner.pin_owned(first);
                } else {
                    let _ = pinner.pin(&TEXT);
                    let _ = pinner.pin_owned(first);
                }
                for _ in 0..1000 {
                    let _ = pinner.pin(&TEXT);
                    let _ = pinner.pin_owned(Counted::new());
                }
                let pin = pinner.pin_owned(Counted::new());
                (pin.as_ptr().addr(), pinner.len())
            })
        });
        let made = MADE.load(Ordering::Relaxed) - made;
        assert!(made > 1002, "the allocator has pinned as well: {made} {pins}");
        assert_eq!(DROPPED.load(Ordering::Relaxed), MADE.load(Ordering::Relaxed));
        assert_eq!(stats().since(&before).pins, 0);
        assert!(!check::is_pinned(std::ptr::without_provenance::<u8>(address), 32));
        assert_eq!(BLOCKS.load(Ordering::Relaxed), blocks);
    }
}
