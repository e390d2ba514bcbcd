//! What pins cost: `Pinner` and `scope`, in nanoseconds and allocations, beside what Go's `runtime.Pinner` was measured at.
//!
//! `cargo run --release --manifest-path benches/Cargo.toml --bin pins`, and with `--features check` the same with the pointer check on.

#![allow(clippy::cast_precision_loss)] // nanoseconds, to three digits

use pin_ffi::{FfiArrayMut, Pinner, calls, check, pin::PinnedMut, scope};
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::io::Write;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// `readv` through buffers that are pinned for it, in times of the raw call.
const READV_LIMIT: f64 = 1.02;

struct Counting;
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: passes everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static GLOBAL: Counting = Counting;

/// Nanoseconds of one call of `f` (the least of several runs), and allocations.
fn measure(mut f: impl FnMut()) -> (f64, f64) {
    let mut rounds = 1_u32;
    let run = |rounds: u32, f: &mut dyn FnMut()| {
        let start = Instant::now();
        for _ in 0..rounds {
            f();
        }
        start.elapsed()
    };
    while run(rounds, &mut f) < Duration::from_millis(5) {
        rounds *= 2;
    }
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    run(rounds, &mut f);
    let allocations = (ALLOCATIONS.load(Ordering::Relaxed) - before) as f64 / f64::from(rounds);
    let best = (0..15).map(|_| run(rounds, &mut f)).min().unwrap_or_default();
    (best.as_nanos() as f64 / f64::from(rounds), allocations)
}

fn pin_and_unpin() {
    println!(
        "pin + unpin, all buffers at once (Go 1.26 as measured elsewhere: 45, 741, 47000 ns; 0, 2, 8 allocations)"
    );
    println!("{:>8} {:>12} {:>12} {:>12} {:>10}", "buffers", "Pinner ns", "scope ns", "ns a pin", "allocs");
    for (n, go) in [(1, 45.0), (16, 741.0), (1024, 47_000.0)] {
        let buffers: Vec<Vec<u8>> = (0..n).map(|_| vec![0; 64]).collect();
        let mut reused = Pinner::new();
        let (pinner, allocations) = measure(|| {
            for buffer in &buffers {
                black_box(reused.pin(black_box(buffer)).as_ptr());
            }
            reused.clear();
        });
        let (scoped, _) = measure(|| {
            scope(|s| {
                for buffer in &buffers {
                    black_box(s.pin(black_box(buffer)).as_ptr());
                }
            });
        });
        println!(
            "{n:>8} {pinner:>12.1} {scoped:>12.1} {:>12.2} {allocations:>10.2}   {:.1} times faster than Go",
            pinner / f64::from(n),
            go / pinner
        );
    }
}

fn live_pins() {
    println!("\none pin + unpin while others are live (the limit with the check: 60 ns at 10000)");
    println!("{:>10} {:>12}", "live", "ns");
    for live in [0, 100, 10_000, 100_000, 1_000_000] {
        let held: Vec<Box<[u8; 48]>> = (0..live).map(|_| Box::new([0; 48])).collect();
        let fresh: Vec<Vec<u8>> = (0..64).map(|_| vec![0; 64]).collect();
        let holder = Pinner::new();
        for buffer in &held {
            let _ = holder.pin(&**buffer);
        }
        let mut idle = Pinner::new();
        let (ns, _) = measure(|| {
            let pinner = std::mem::take(&mut idle).unpin();
            for buffer in &fresh {
                black_box(pinner.pin(black_box(buffer)).as_ptr());
            }
            idle = pinner.unpin();
        });
        println!("{live:>10} {:>12.1}", ns / 64.0);
    }
}

/// Nanoseconds that this thread has run: what else the machine does is not in it.
fn thread_time() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a place for the time.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) };
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}

fn threads() {
    println!("\nthreads, each with 16 buffers of its own, in each one's own time");
    println!("{:>8} {:>20}", "threads", "ns a pin + unpin");
    for threads in [1, 2, 4, 8] {
        let rounds = 50_000_u32;
        let worst = std::thread::scope(|t| {
            let all: Vec<_> = (0..threads)
                .map(|_| {
                    t.spawn(|| {
                        let buffers: Vec<Vec<u8>> = (0..16).map(|_| vec![0; 64]).collect();
                        let start = thread_time();
                        for _ in 0..rounds {
                            scope(|s| {
                                for buffer in &buffers {
                                    black_box(s.pin(black_box(buffer)).as_ptr());
                                }
                            });
                        }
                        (thread_time() - start) / f64::from(rounds * 16)
                    })
                })
                .collect();
            all.into_iter().map(|t| t.join().unwrap_or(f64::NAN)).fold(0.0, f64::max)
        });
        println!("{threads:>8} {worst:>20.1}");
    }
}

/// Nanoseconds of one call of each, the least of many short runs that take turns: what else the machine does falls on all
/// of them, and a run that was disturbed does not count.
fn compare<const N: usize>(mut calls: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut rounds = 1_u32;
    let run = |rounds: u32, f: &mut dyn FnMut()| {
        let start = Instant::now();
        for _ in 0..rounds {
            f();
        }
        start.elapsed().as_nanos() as f64 / f64::from(rounds)
    };
    while run(rounds, calls[0]) * f64::from(rounds) < 500_000.0 {
        rounds *= 2;
    }
    let mut least = [f64::MAX; N];
    for _ in 0..400 {
        for (least, call) in least.iter_mut().zip(&mut calls) {
            *least = least.min(run(rounds, call));
        }
    }
    least
}

/// Element `i` of the array leads to what is pinned.
fn put(array: *mut libc::iovec, i: usize, pin: &PinnedMut<'_, u8>) {
    // SAFETY: the callers have arrays of as many elements as buffers, which nobody else uses.
    unsafe { *array.add(i) = libc::iovec { iov_base: pin.as_mut_ptr().cast(), iov_len: pin.len() } };
}

fn readv() {
    println!("\nreadv of 64-byte buffers from a file, in times of the raw call through iovecs that are filled already");
    println!("(Go: 1.34, 3.35, 9.51; ptrguard: 4, 21, 90; the limit here, where the check is off: {READV_LIMIT})");
    println!(
        "{:>8} {:>9} {:>8} {:>8} {:>8} {:>8} {:>14} {:>14}",
        "buffers", "raw ns", "by hand", "derive", "scope", "Pinner", "Pinner::scope", "Pinner::unpin"
    );
    let path = std::env::temp_dir().join(format!("pin-ffi-pins-{}", std::process::id()));
    let Ok(mut file) = std::fs::OpenOptions::new().create(true).truncate(true).read(true).write(true).open(&path)
    else {
        return;
    };
    let _ = std::fs::remove_file(&path);
    if file.write_all(&vec![7; 64 * 1024]).is_err() {
        return;
    }
    let fd = file.as_raw_fd();
    for n in [1_usize, 16, 1024] {
        let mut memory: Vec<Vec<u8>> = (0..n).map(|_| vec![0; 64]).collect();
        let filled: Vec<libc::iovec> =
            memory.iter_mut().map(|b| libc::iovec { iov_base: b.as_mut_ptr().cast(), iov_len: 64 }).collect();
        let mut array = filled.clone();
        let array = array.as_mut_ptr();
        // All use the same buffers, so that all find them in the same caches.
        let memory = &raw mut memory;
        // SAFETY: the calls take turns, and keep nothing.
        let buffers = || unsafe { &mut *memory };
        let rewind = || {
            // SAFETY: a descriptor that is open.
            unsafe { libc::lseek(fd, 0, libc::SEEK_SET) };
        };
        let call = |array: *const libc::iovec| {
            rewind();
            // SAFETY: `n` buffers of 64 bytes.
            black_box(unsafe { libc::readv(fd, array, n as i32) });
        };
        let (mut idle, mut kept) = (Pinner::new(), Pinner::new());
        let [raw, by_hand, derive, scope, fresh, reused, scoped] = compare([
            &mut || call(filled.as_ptr()),
            &mut || {
                let own = array;
                for (i, buffer) in buffers().iter_mut().enumerate() {
                    // SAFETY: as in `fill`.
                    unsafe {
                        *own.add(i) = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() }
                    };
                }
                call(own);
            },
            &mut || derived(buffers(), file.as_fd(), &rewind),
            &mut || {
                let own = array;
                scope(|s| {
                    for (i, buffer) in buffers().iter_mut().enumerate() {
                        put(own, i, &s.pin_mut(buffer));
                    }
                    call(own);
                });
            },
            &mut || {
                let own = array;
                let pinner = Pinner::new();
                for (i, buffer) in buffers().iter_mut().enumerate() {
                    put(own, i, &pinner.pin_mut(buffer));
                }
                call(own);
            },
            &mut || {
                let own = array;
                let pinner = std::mem::take(&mut idle).unpin();
                for (i, buffer) in buffers().iter_mut().enumerate() {
                    put(own, i, &pinner.pin_mut(buffer));
                }
                call(own);
                idle = pinner.unpin();
            },
            &mut || {
                let own = array;
                kept.scope(|s| {
                    for (i, buffer) in buffers().iter_mut().enumerate() {
                        put(own, i, &s.pin_mut(buffer));
                    }
                    call(own);
                });
            },
        ]);
        println!(
            "{n:>8} {raw:>9.1} {:>8.3} {:>8.3} {:>8.3} {:>8.3} {:>14.3} {:>14.3}",
            by_hand / raw,
            derive / raw,
            scope / raw,
            fresh / raw,
            scoped / raw,
            reused / raw
        );
    }
}

fn derived(memory: &mut Vec<Vec<u8>>, file: std::os::fd::BorrowedFd<'_>, rewind: &dyn Fn()) {
    const fn lendable<B: FfiArrayMut<Elem = libc::iovec>>(_: &B) {}
    lendable(memory);
    rewind();
    let _ = black_box(calls::readv(file, memory));
}

fn main() {
    println!("pointer check: {}\n", if check::is_on() { "on" } else { "off" });
    pin_and_unpin();
    live_pins();
    threads();
    readv();
}
