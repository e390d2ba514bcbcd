//! Pages that stay in memory for as long as a pin: counted, limited, wiped.

#![cfg(target_os = "linux")]

use pin_ffi::{
    Lend, Pinner,
    manual::{Exclusive, Lent},
    scope, stats,
};
use pin_ffi_tests::child;
use pin_ffi_tests::machine::locks;
use std::fs;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// The kernel's count is the process's: one test at a time. `None` if pages cannot be locked here.
fn alone() -> Option<MutexGuard<'static, ()>> {
    static ALONE: Mutex<()> = Mutex::new(());
    locks().then(|| ALONE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What the kernel says is locked, in bytes.
fn kernel() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmLck:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

fn page() -> usize {
    // SAFETY: no conditions.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap()
}

/// A buffer of `n` pages that begins with one.
fn pages(n: usize) -> (Vec<u8>, std::ops::Range<usize>) {
    let memory = vec![1_u8; (n + 1) * page()];
    let first = memory.as_ptr().align_offset(page());
    (memory, first..first + n * page())
}

#[test]
fn pages_are_locked_for_as_long_as_the_pin() {
    let Some(_alone) = alone() else { return };
    let before = kernel();
    let (memory, range) = pages(3);
    scope(|s| {
        let pin = s.locked().pin(&memory[range.clone()]).unwrap();
        assert_eq!((pin.len(), kernel() - before), (3 * page(), 3 * page()));
        assert_eq!(stats().locked_bytes, 3 * page());
    });
    assert_eq!((kernel(), stats().locked_bytes), (before, 0));
    let pinner = Pinner::new();
    let _ = pinner.locked().pin(&memory[range.start + 1..range.start + 3]).unwrap();
    assert_eq!(kernel() - before, page(), "a whole page for two bytes");
    let pinner = pinner.unpin();
    assert_eq!(kernel(), before);
    let _ = pinner.locked().pin(&memory[range.start..range.start]).unwrap();
    assert_eq!(kernel(), before, "no page for no bytes");
}

#[test]
fn overlapping_pins_unlock_with_the_last_of_them() {
    let Some(_alone) = alone() else { return };
    let before = kernel();
    let (memory, range) = pages(6);
    let part = |from: usize, to: usize| &memory[range.start + from * page()..range.start + to * page()];
    let (a, b, c) = (Pinner::new(), Pinner::new(), Pinner::new());
    let _ = a.locked().pin(part(0, 4)).unwrap();
    let _ = b.locked().pin(part(2, 6)).unwrap();
    let _ = c.locked().pin(part(1, 3)).unwrap();
    assert_eq!(kernel() - before, 6 * page(), "each page once");
    let a = a.unpin();
    assert_eq!(kernel() - before, 5 * page(), "page 0 alone was the first pinner's");
    let _ = a.locked().pin(&part(5, 6)[1..2]).unwrap();
    drop(b);
    assert_eq!(kernel() - before, 3 * page(), "1, 2 and 5");
    drop(c);
    assert_eq!(kernel() - before, page());
    drop(a);
    assert_eq!(kernel(), before);
}

/// An empty pin has an address as well, in the middle of what another pin has locked.
#[test]
fn an_empty_pin_unlocks_no_page_of_another() {
    let Some(_alone) = alone() else { return };
    let before = kernel();
    let (memory, range) = pages(4);
    let locked = &memory[range.clone()];
    let pinner = Pinner::new();
    let _ = pinner.locked().pin(locked).unwrap();
    for at in [0, 1, page(), page() + 5, 2 * page(), 4 * page() - 1, 4 * page()] {
        scope(|s| assert!(s.locked().pin(&locked[at..at]).unwrap().is_empty()));
        assert_eq!((kernel() - before, stats().locked_bytes), (4 * page(), 4 * page()), "after an empty pin at {at}");
    }
    drop(pinner);
    assert_eq!((kernel(), stats().locked_bytes), (before, 0));

    // For writing and wiped, owned, of an empty type, with nothing in it, and with room for more.
    let (mut memory, range) = pages(4);
    let (head, rest) = memory[range].split_at_mut(2 * page() + 100);
    let (empty, rest) = rest.split_at_mut(0);
    scope(|s| {
        let wiped = s.locked().wiped();
        let _ = wiped.pin_mut(head).unwrap();
        let _ = wiped.pin_mut(rest).unwrap();
        let pinner = Pinner::new();
        assert!(pinner.locked().wiped().pin_mut(empty).unwrap().is_empty());
        drop(pinner);
        assert_eq!((kernel() - before, stats().locked_bytes), (4 * page(), 4 * page()));
    });
    let room = Vec::<u8>::with_capacity(8 * page());
    // SAFETY: room of the vector's, of which nobody reads a byte.
    let whole = unsafe { std::slice::from_raw_parts_mut(room.as_ptr().cast_mut().cast(), room.capacity()) };
    let mut whole: &mut [std::mem::MaybeUninit<u8>] = whole;
    scope(|s| {
        let _ = s.locked().pin_mut(&mut whole).unwrap();
        let held = kernel();
        scope(|t| assert!(t.locked().pin(&room).unwrap().is_empty()));
        scope(|t| assert!(t.locked().pin_owned(None::<Vec<u8>>).unwrap().is_empty()));
        scope(|t| assert!(t.locked().pin_owned(Vec::<u8>::with_capacity(9)).unwrap().is_empty()));
        assert!(held - before >= 8 * page() && kernel() == held);
    });
    assert_eq!((kernel(), stats().locked_bytes), (before, 0));
}

/// C reads the NUL too, which may be the first byte of another page.
#[test]
fn the_page_of_a_nul_is_locked_with_the_string() {
    let Some(_alone) = alone() else { return };
    let before = kernel();
    let (mut memory, range) = pages(2);
    memory[range.start + page()] = 0;
    let bytes = &memory[range.start..=range.start + page()];
    let string = std::ffi::CStr::from_bytes_with_nul(bytes).unwrap();
    scope(|s| {
        assert_eq!(s.locked().pin(string).unwrap().len(), page());
        assert_eq!((kernel() - before, stats().locked_bytes), (2 * page(), 2 * page()));
    });
    scope(|s| {
        let _ = s.locked().pin_owned(Some(string)).unwrap();
        assert_eq!(kernel() - before, 2 * page());
        let _ = s.locked().pin(&string[page()..]).unwrap();
        let pinner = Pinner::new();
        assert!(pinner.locked().pin(&string[page()..]).unwrap().is_empty(), "nothing but a NUL");
        drop(pinner);
        assert_eq!(kernel() - before, 2 * page());
    });
    scope(|s| {
        let _ = s.locked().pin(&string[page()..]).unwrap();
        assert_eq!(kernel() - before, page(), "the page of the NUL alone");
        let _ = s.locked().pin_owned(None::<&std::ffi::CStr>).unwrap();
        assert_eq!(kernel() - before, page(), "no string, no NUL");
    });
    assert_eq!((kernel(), stats().locked_bytes), (before, 0));
}

#[test]
fn random_locks_agree_with_a_count_for_each_page() {
    let Some(_alone) = alone() else { return };
    let before = kernel();
    let (memory, range) = pages(24);
    let mut counts = [0_usize; 24];
    let mut held: Vec<(Pinner<'_>, usize, usize)> = Vec::new();
    let mut seed = 7_u64;
    let mut below = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % n
    };
    for _ in 0..2000 {
        if held.len() < 12 && below(2) == 0 {
            let from = below(24);
            let to = from + 1 + below(24 - from);
            let pinner = Pinner::new();
            let _ = pinner.locked().pin(&memory[range.start + from * page()..range.start + to * page()]).unwrap();
            counts[from..to].iter_mut().for_each(|n| *n += 1);
            held.push((pinner, from, to));
        } else if !held.is_empty() {
            let (pinner, from, to) = held.swap_remove(below(held.len()));
            drop(pinner);
            counts[from..to].iter_mut().for_each(|n| *n -= 1);
        }
        let expected = counts.iter().filter(|&&n| n != 0).count() * page();
        assert_eq!((kernel() - before, stats().locked_bytes), (expected, expected));
    }
}

/// Bytes whose drop keeps a copy of them.
struct Secret<'a>(Vec<u8>, &'a Mutex<Vec<u8>>);

impl Drop for Secret<'_> {
    fn drop(&mut self) {
        self.1.lock().unwrap().extend_from_slice(&self.0);
    }
}

// SAFETY: passes on what the vector promises.
unsafe impl Lend for Secret<'_> {
    type Elem = u8;
    type Access = Exclusive;
    fn lend(&self) -> Lent<u8> {
        self.0.lend()
    }
    fn lend_mut(&mut self) -> Lent<u8> {
        self.0.lend_mut()
    }
}

#[test]
fn wiped_at_the_end_and_before_the_owner_is_dropped() {
    let Some(_alone) = alone() else { return };
    let seen = Mutex::new(Vec::new());
    let (mut key, mut words) = ([7_u8; 37], vec![u32::MAX; 5]);
    scope(|s| {
        let locked = s.locked().wiped();
        let pin = locked.pin_mut(&mut key[1..36]).unwrap();
        // SAFETY: pinned, and nobody else uses it.
        unsafe { pin.as_mut_ptr().write_bytes(9, 35) };
        let _ = locked.pin_mut(&mut words).unwrap();
        let secret = Secret(vec![5; 100], &seen);
        assert_eq!(locked.pin_owned_mut(secret).unwrap().len(), 100);
        assert!(seen.lock().unwrap().is_empty());
    });
    assert_eq!((key[0], key[36]), (7, 7), "no byte beside it");
    assert!(key[1..36].iter().all(|&b| b == 0) && words == [0; 5]);
    assert_eq!(*seen.lock().unwrap(), [0; 100], "what its drop saw");
}

#[test]
fn wiped_and_unlocked_after_a_panic_too() {
    let Some(_alone) = alone() else { return };
    let before = kernel();
    let mut key = [7_u8; 64];
    let panic = catch_unwind(AssertUnwindSafe(|| {
        scope(|s| {
            let _ = s.locked().wiped().pin_mut(&mut key).unwrap();
            panic!("inside");
        });
    }));
    assert!(panic.is_err());
    assert_eq!((key, kernel()), ([0; 64], before));
}

#[test]
fn the_error_tells_the_limit() {
    let Some(_alone) = alone() else { return };
    // A thread may give up its privileges for itself, by the system call; the limit is the process's.
    thread::spawn(|| {
        let before = kernel();
        // SAFETY: a place for the limit.
        let limit = unsafe {
            let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
            libc::getrlimit(libc::RLIMIT_MEMLOCK, &raw mut limit);
            limit.rlim_cur
        };
        if limit > 1 << 30 {
            return;
        }
        // SAFETY: changes this thread's identity alone.
        let gone = unsafe { libc::syscall(libc::SYS_setresuid, 65534, 65534, 65534) };
        assert_eq!(gone, 0);
        let memory = vec![0_u8; usize::try_from(limit).unwrap() + (64 << 10)];
        let error = scope(|s| s.locked().pin(&memory).map(|_| ()).unwrap_err());
        assert_eq!(error.limit(), Some(usize::try_from(limit).unwrap()));
        let text = error.to_string();
        assert!(text.contains(&format!("RLIMIT_MEMLOCK allows the process {limit} bytes")), "{text}");
        assert_eq!((kernel(), stats().locked_bytes), (before, 0), "nothing is left locked");
        assert!(!pin_ffi::check::is_pinned(memory.as_ptr(), 1));
    })
    .join()
    .unwrap();
}

/// What a forgotten pinner has counted is unmapped, and other memory is mapped there: that is locked when it is pinned.
#[test]
fn pages_that_were_mapped_anew_are_locked() {
    // A process of its own: what a forgotten pinner has locked is counted for good.
    const CHILD: &str = "PIN_FFI_TEST_ALONE";
    const NAME: &str = "pages_that_were_mapped_anew_are_locked";
    let Some(_alone) = alone() else { return };
    if std::env::var_os(CHILD).is_none() {
        let status = child::alone(NAME).env(CHILD, NAME).status().unwrap();
        assert!(status.success());
        return;
    }
    let page = page();
    let map = |at: *mut libc::c_void| {
        let fixed = if at.is_null() { 0 } else { libc::MAP_FIXED };
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | fixed;
        // SAFETY: new memory, or over the test's own.
        let at = unsafe { libc::mmap(at, 3 * page, libc::PROT_READ, flags, -1, 0) };
        assert_ne!(at, libc::MAP_FAILED);
        // SAFETY: mapped above, and never written.
        (at, unsafe { std::slice::from_raw_parts(at.cast::<u8>(), 3 * page) })
    };
    let (at, old) = map(std::ptr::null_mut());
    let forgotten = Pinner::new();
    let _ = forgotten.locked().pin(&old[page..2 * page]).unwrap();
    std::mem::forget(forgotten);
    let (_, new) = map(at);
    let before = kernel();
    scope(|s| {
        let _ = s.locked().pin(new).unwrap();
        assert_eq!(kernel() - before, 3 * page);
    });
    assert_eq!(kernel() - before, page, "the forgotten pin's, as before");
    // SAFETY: the test's own.
    unsafe { libc::munmap(at, 3 * page) };
}

#[test]
fn what_a_forked_child_pins_is_locked_there() {
    let Some(_alone) = alone() else { return };
    let (memory, range) = pages(2);
    scope(|s| {
        let _ = s.locked().pin(&memory[range.clone()]).unwrap();
        // SAFETY: the child reads `/proc` and ends.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let before = kernel();
            let pinner = Pinner::new();
            let is_locked = pinner.locked().pin(&memory[range.clone()]).is_ok() && kernel() - before == 2 * page();
            // SAFETY: ends the child at once.
            unsafe { libc::_exit(i32::from(!is_locked)) };
        }
        let mut status = 0;
        // SAFETY: our own child.
        assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
        assert_eq!(status, 0);
    });
}

/// The last pages are behind the end of their file.
#[test]
fn a_lock_that_is_refused_leaves_nothing_locked() {
    let Some(_alone) = alone() else { return };
    let page = page();
    // SAFETY: a name; the descriptor is closed below.
    let file = unsafe { libc::memfd_create(c"short".as_ptr(), 0) };
    assert!(file >= 0);
    // SAFETY: the test's own file, mapped by nobody else.
    let (at, memory) = unsafe {
        assert_eq!(libc::ftruncate(file, page as libc::off_t), 0);
        let at = libc::mmap(std::ptr::null_mut(), 4 * page, libc::PROT_READ, libc::MAP_SHARED, file, 0);
        assert_ne!(at, libc::MAP_FAILED);
        libc::close(file);
        (at, std::slice::from_raw_parts(at.cast::<u8>(), 4 * page))
    };
    let before = kernel();
    scope(|s| {
        let _ = s.locked().pin(&memory[..page]).unwrap();
        let error = s.locked().pin(memory).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("cannot be read in") && !text.contains("ulimit"), "{text}");
        assert_eq!((error.len_bytes(), kernel() - before, stats().locked_bytes % page), (4 * page, page, 0));
    });
    assert_eq!(kernel(), before);
    // SAFETY: as above.
    unsafe { libc::munmap(at, 4 * page) };
}

/// A page that this program provides itself, by `userfaultfd(2)`: whoever needs it waits. So do those that need a page of
/// a file system that the program serves.
struct Late {
    waiting: OwnedFd,
    page: usize,
}

impl Late {
    /// Makes a new page at `at` late, before anybody has touched it. `None` if the kernel does not let us; says so.
    fn new(at: *mut libc::c_void) -> Option<Self> {
        // SAFETY: makes a descriptor, which is the test's own.
        let waiting = unsafe {
            let fd = libc::syscall(libc::SYS_userfaultfd, libc::O_CLOEXEC | libc::O_NONBLOCK);
            (fd >= 0).then(|| OwnedFd::from_raw_fd(fd as i32))
        };
        let late = waiting.map(|waiting| Self { waiting, page: at.addr() });
        // UFFDIO_API and UFFDIO_REGISTER (for pages that are missing).
        let late = late.filter(|late| late.ask(0xc018_aa3f, &mut [0xaa, 0, 0]));
        let late = late.filter(|late| late.ask(0xc020_aa00, &mut [at.addr() as u64, page() as u64, 1, 0]));
        if late.is_none() {
            println!("skipped: no userfaultfd here: {}", std::io::Error::last_os_error());
        }
        late
    }

    fn ask<const N: usize>(&self, request: u32, words: &mut [u64; N]) -> bool {
        // SAFETY: the kernel's structs for these requests are as many words.
        unsafe { libc::ioctl(self.waiting.as_raw_fd(), request as _, words.as_mut_ptr()) == 0 }
    }

    /// Until one more thread waits for the page; false if none does.
    fn is_awaited(&self) -> bool {
        let mut poll = libc::pollfd { fd: self.waiting.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let mut message = [0_u64; 4];
        // SAFETY: one descriptor; room for a message.
        unsafe {
            libc::poll(&raw mut poll, 1, 10_000) == 1 && libc::read(poll.fd, message.as_mut_ptr().cast(), 32) == 32
        }
    }

    /// Provides the page, of zeros (`UFFDIO_ZEROPAGE`).
    fn provide(&self) {
        assert!(self.ask(0xc020_aa04, &mut [self.page as u64, page() as u64, 0, 0]));
    }
}

#[test]
fn a_lock_that_waits_for_its_pages_stops_no_other() {
    let Some(_alone) = alone() else { return };
    let before = kernel();
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: new memory, the test's own.
    let at = unsafe { libc::mmap(std::ptr::null_mut(), page(), libc::PROT_READ, flags, -1, 0) };
    assert_ne!(at, libc::MAP_FAILED);
    let Some(late) = Late::new(at) else { return };
    // SAFETY: mapped above, and never written.
    let memory = unsafe { std::slice::from_raw_parts(at.cast::<u8>(), page()) };
    thread::scope(|threads| {
        let slow = threads.spawn(|| scope(|s| s.locked().pin(memory).map(|_| kernel() - before)));
        let is_awaited = late.is_awaited();
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let (counted, own) = (stats().locked_bytes, [0_u8; 8]);
            let is_locked = scope(|s| s.locked().pin(&own).is_ok());
            let _ = sender.send((counted, is_locked));
        });
        let other = receiver.recv_timeout(Duration::from_secs(10));
        late.provide();
        assert_eq!((is_awaited, other), (true, Ok((page(), true))));
        assert_eq!(slow.join().unwrap().unwrap(), page());
    });
    assert_eq!((kernel(), stats().locked_bytes), (before, 0));
    // SAFETY: the test's own.
    unsafe { libc::munmap(at, page()) };
}

/// The second page is behind the end of its file; the first comes late, so that another pin takes it meanwhile.
#[test]
fn a_lock_that_is_refused_late_leaves_what_another_pin_has_locked_meanwhile() {
    let Some(_alone) = alone() else { return };
    let (before, page) = (kernel(), page());
    // SAFETY: a new file and new memory, the test's own.
    let (at, memory) = unsafe {
        let file = libc::memfd_create(c"empty".as_ptr(), 0);
        let at = libc::mmap(std::ptr::null_mut(), 2 * page, libc::PROT_READ, libc::MAP_SHARED, file, 0);
        assert_ne!(at, libc::MAP_FAILED);
        libc::close(file);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
        assert_eq!(libc::mmap(at, page, libc::PROT_READ, flags, -1, 0), at);
        (at, std::slice::from_raw_parts(at.cast::<u8>(), 2 * page))
    };
    let Some(late) = Late::new(at) else { return };
    let held = thread::scope(|threads| {
        let refused = threads.spawn(|| scope(|s| s.locked().pin(memory).map(|_| ())));
        let first = late.is_awaited();
        let locked = threads.spawn(|| {
            let pinner = Pinner::new();
            let is_locked = pinner.locked().pin(&memory[..page]).is_ok();
            (pinner, is_locked)
        });
        let second = late.is_awaited();
        late.provide();
        let (pinner, is_locked) = locked.join().unwrap();
        let error = refused.join().unwrap().unwrap_err();
        assert_eq!((first, second, is_locked, error.len_bytes()), (true, true, true, 2 * page));
        pinner
    });
    assert_eq!((kernel() - before, stats().locked_bytes), (page, page));
    drop(held);
    assert_eq!((kernel(), stats().locked_bytes), (before, 0));
    // SAFETY: the test's own.
    unsafe { libc::munmap(at, 2 * page) };
}
