//! What a program has set for its memory (locks, advice) is there again when a file has been mapped over it.
#![cfg(target_os = "linux")]

mod mmap_common;
mod mmap_seccomp;

use mmap_common::{TempFile, page_size, pattern, reason};
use pin_ffi::mmap::{Advice, Huge, LossyAdvice, MapError, MmapMut, MmapOptions};
use pin_ffi_tests::machine::{emulator, locks, sanitized};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

const NEW: MmapOptions = MmapOptions::new();

/// What is locked is counted for the whole process: one test at a time. `None` where settings are not the kernel's.
fn alone() -> Option<MutexGuard<'static, ()>> {
    static ALONE: Mutex<()> = Mutex::new(());
    let is_real = locks() && !sanitized() && !emulator("its addresses are not the kernel's");
    is_real.then(|| ALONE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What the kernel says is locked, in bytes.
fn locked() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmLck:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

/// What is set for each page of the memory, as `/proc/self/smaps` has it.
fn settings(memory: &[u8]) -> Vec<String> {
    let smaps = fs::read_to_string("/proc/self/smaps").unwrap();
    let mut areas = Vec::new();
    let mut area = (0, 0);
    for line in smaps.lines() {
        let bounds = line.split(' ').next().and_then(|first| first.split_once('-'));
        let bounds = bounds.map(|(from, to)| (usize::from_str_radix(from, 16), usize::from_str_radix(to, 16)));
        if let Some((Ok(from), Ok(to))) = bounds {
            area = (from, to);
        } else if let Some(flags) = line.strip_prefix("VmFlags: ") {
            areas.push((area, flags.trim().to_owned()));
        }
    }
    let pages = memory.chunks(page_size()).map(|page| page.as_ptr().addr());
    let of = |at| areas.iter().find(|((from, to), _)| (*from..*to).contains(&at)).map(|(_, flags)| flags.clone());
    pages.map(|at| of(at).expect("a page of the program's")).collect()
}

/// Twelve pages, each set in another way than those beside it.
fn varied() -> MmapMut {
    let page = page_size();
    let mut memory = NEW.len(12 * page).map_anon().unwrap();
    memory.copy_from_slice(&pattern(12 * page));
    let of = |n: usize| n * page..(n + 1) * page;
    memory.lock_range(page..3 * page).unwrap();
    memory.lock_on_fault(of(3)).unwrap();
    memory.advise_range(Advice::DontDump, 2 * page..5 * page).unwrap();
    memory.advise_range(Advice::Random, of(5)).unwrap();
    memory.advise_range(Advice::Sequential, of(6)).unwrap();
    // SAFETY: no child looks at it.
    unsafe { memory.advise_lossy_range(LossyAdvice::DontFork, of(7)).unwrap() };
    let _ = memory.advise_range(Advice::NoHugePage, of(8));
    let _ = memory.advise_range(Advice::Mergeable, of(9));
    memory.lock_range(of(10)).unwrap();
    memory
}

#[test]
fn c06_locks_and_advice_are_put_back() {
    let Some(_alone) = alone() else { return };
    let (temp, page, before) = (TempFile::new(&pattern(9 * page_size())), page_size(), locked());
    let mut memory = varied();
    let (set, count) = (settings(&memory), locked());
    assert_eq!(count - before, 4 * page);
    for (from, n) in [(0, 12), (1, 9), (2, 8), (3, 5), (1, 1), (2, 1), (10, 1), (0, 2), (4, 4), (9, 3)] {
        let len = n.min(9) * page;
        let mut over = |_: usize| {
            let part = &mut memory[from * page..(from + n) * page];
            // SAFETY: a test's own file, and memory of its own.
            let result = unsafe {
                NEW.len(len).map_over(&temp.file, part, |bytes| {
                    assert!(*bytes == pattern(9 * page)[..len]);
                    assert_eq!(locked(), count, "what is kept meanwhile stays locked");
                })
            };
            result.unwrap();
        };
        (0..20).for_each(&mut over);
        assert!(memory[..] == pattern(12 * page));
        assert_eq!((settings(&memory), locked()), (set.clone(), count), "{n} pages from {from}");
    }
    drop(memory);
    assert_eq!(locked(), before);
}

#[test]
fn c06_locks_and_advice_are_put_back_after_a_panic_and_after_a_refusal() {
    let Some(_alone) = alone() else { return };
    let (temp, page) = (TempFile::of_pages(9), page_size());
    let mut memory = varied();
    let (set, count) = (settings(&memory), locked());
    for from in 0..4 {
        let part = &mut memory[from * page..];
        let options = NEW.len((8 - from) * page);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            // SAFETY: a test's own file, and memory of its own.
            unsafe { options.map_over(&temp.file, part, |_| panic!("on purpose")) }
        }));
        assert!(panicked.is_err());
        // SAFETY: refused, after the memory has been taken.
        let error = unsafe { options.map_over_mut(temp.read_only(), part, |_| ()) }.unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EACCES));
        // SAFETY: refused: the last page is not there to be read in.
        let error = unsafe {
            options.offset(2 * page as u64).len(8 * page).allow_past_end().lock().map_over(&temp.file, part, |_| ())
        };
        assert!(error.is_err());
        assert!(memory[..] == pattern(12 * page));
        assert_eq!((settings(&memory), locked()), (set.clone(), count), "from {from}");
    }
}

/// Pages cannot be moved: their settings would be lost with a copy.
#[test]
fn c06_memory_whose_settings_would_be_lost_is_refused() {
    let Some(_alone) = alone() else { return };
    let (temp, page) = (TempFile::new(b"content"), page_size());
    let mut memory = varied();
    let (set, count) = (settings(&memory), locked());
    let filtered = mmap_seccomp::failing(&[libc::SYS_mremap], libc::EINVAL, || {
        for from in 1..11 {
            // SAFETY: refused.
            let error = unsafe { NEW.map_over(&temp.file, &mut memory[from * page..], |_| ()) }.unwrap_err();
            assert!(matches!(reason(&error), MapError::Unsupported(_)), "{error}");
        }
        // SAFETY: a test's own file, and memory of its own.
        unsafe { NEW.map_over(&temp.file, &mut memory[11 * page..], |bytes| assert_eq!(bytes, b"content")) }.unwrap();
    });
    assert!(memory[..] == pattern(12 * page));
    assert_eq!((settings(&memory), locked()), (set, count));
    if !filtered {
        println!("skipped: no filters to be had");
    }
}

#[test]
fn c06_memory_of_huge_pages_is_refused() {
    let Some(_alone) = alone() else { return };
    let temp = TempFile::new(b"content");
    let Ok(mut memory) = NEW.len(1).huge(Huge::Default).map_anon() else {
        println!("skipped: no huge pages to be had");
        return;
    };
    memory.resize(Huge::Default.bytes().unwrap(), false).unwrap();
    memory.fill(7);
    // SAFETY: refused.
    let error = unsafe { NEW.map_over(&temp.file, &mut memory, |_| ()) }.unwrap_err();
    assert!(matches!(reason(&error), MapError::Unsupported(_)), "{error}");
    assert!(memory.iter().all(|&b| b == 7));
}

/// A limit that has become lower than what is locked: what is unlocked could not be locked again.
#[test]
fn c06_locks_that_could_not_be_had_again_are_kept() {
    let Some(_alone) = alone() else { return };
    let temp = TempFile::new(b"content");
    let mut memory = varied();
    let (set, count) = (settings(&memory), locked());
    let limit = |new: Option<libc::rlimit>| {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: a place for the limit, and a limit.
        unsafe {
            libc::getrlimit(libc::RLIMIT_MEMLOCK, &raw mut limit);
            if let Some(new) = new {
                assert_eq!(libc::setrlimit(libc::RLIMIT_MEMLOCK, &raw const new), 0);
            }
        }
        limit
    };
    let before = limit(None);
    limit(Some(libc::rlimit { rlim_cur: 0, ..before }));
    let refused = std::thread::scope(|threads| {
        let thread = threads.spawn(|| {
            // A thread may give up its privileges for itself, by the system call.
            // SAFETY: changes this thread's identity alone.
            assert_eq!(unsafe { libc::syscall(libc::SYS_setresuid, 65534, 65534, 65534) }, 0);
            // SAFETY: a test's own file, and memory of its own.
            unsafe { NEW.map_over(&temp.file, &mut memory[page_size()..], |_| ()) }.is_err()
        });
        thread.join()
    });
    limit(Some(before));
    assert!(refused.unwrap());
    assert!(memory[..] == pattern(12 * page_size()));
    assert_eq!((settings(&memory), locked()), (set, count));
}
