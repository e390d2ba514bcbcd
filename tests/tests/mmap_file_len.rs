//! A file's length known once: windows inside it cost one system call, windows past it are refused all the same.
// A 32-bit machine has other calls for the same, with other numbers.
#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

mod mmap_common;
mod mmap_seccomp;
mod mmap_traced;

use mmap_common::{TempFile, in_child, mapped_at, memfd, page_size, pattern, reason, seal};
use mmap_traced::system_calls;
use pin_ffi::mmap::{MapError, MemfdOptions, Mmap, MmapMut, MmapOptions, Mode, SealedMemfd};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

const NEW: MmapOptions = MmapOptions::new();

fn map(options: MmapOptions, file: &File) -> io::Result<Mmap> {
    // SAFETY: a test's own file.
    unsafe { options.map(file) }
}

/// The calls that mapping this and unmapping it makes; `None` if nobody may look.
fn calls_of<M>(make: impl FnOnce() -> io::Result<M>) -> Option<Vec<String>> {
    let calls = system_calls(|| i32::from(make().is_err()));
    if calls.is_none() {
        println!("skipped: the kernel does not show system calls here");
    }
    calls
}

// ---- what it costs ----

#[test]
fn a_window_within_the_known_length_is_mapped_by_mmap_alone() {
    let temp = TempFile::new(&pattern(3 * page_size()));
    let size = 3 * page_size() as u64;
    let Some(asked) = calls_of(|| map(NEW.len(100), &temp.file)) else { return };
    assert_eq!(asked, ["fstat", "mmap", "munmap"], "nobody said how long the file is");
    for options in [
        NEW.len(100).file_len(size),
        NEW.offset(size - 1).len(1).file_len(size),
        NEW.len(3 * page_size()).file_len(size),
        NEW.len(100).allow_past_end(),
    ] {
        assert_eq!(calls_of(|| map(options, &temp.file)).unwrap(), ["mmap", "munmap"], "{options:?}");
    }
    // Nothing to map, nothing to ask.
    assert!(calls_of(|| map(NEW.offset(size).len(0).file_len(size), &temp.file)).unwrap().is_empty());
}

#[test]
fn a_window_of_a_sealed_memfd_known_as_one_is_mapped_by_mmap_alone() {
    let fd = MemfdOptions::new(c"test").sealed(&pattern(1000)).unwrap();
    let Some(asked) = calls_of(|| NEW.len(5).map_sealed(&fd)) else { return };
    assert_eq!(asked.iter().filter(|call| *call != "mmap").collect::<Vec<_>>(), ["fcntl", "fstat", "munmap"]);
    let memfd = SealedMemfd::new(fd).unwrap();
    for window in [NEW.len(5), NEW, NEW.offset(999)] {
        // Twice before Linux 6.7, which refuses to map it shared.
        let mut calls = calls_of(|| memfd.map(window)).unwrap();
        calls.dedup();
        assert_eq!(calls, ["mmap", "munmap"]);
        assert_eq!(calls_of(|| memfd.map_copy(window)).unwrap(), ["mmap", "munmap"]);
    }
    // One that may grow has no end to be known; a window inside the known part needs none.
    let file = mmap_common::memfd(libc::MFD_ALLOW_SEALING).unwrap();
    file.set_len(64).unwrap();
    seal(&file, libc::F_SEAL_SHRINK).unwrap();
    let memfd = SealedMemfd::new(file).unwrap();
    let check = |window: MmapOptions, expected: &[&str]| {
        // A region of atomics is counted by reference: it allocates. Its mapping does not fail.
        assert_eq!(calls_of(|| memfd.map_atomic::<AtomicU64>(window)).unwrap(), expected);
    };
    check(NEW.len(64), &["mmap", "munmap"]);
    check(NEW, &["fstat", "mmap", "munmap"]);
}

#[test]
fn a_window_past_the_known_length_maps_nothing_before_it_is_refused() {
    let temp = TempFile::new(&pattern(1000));
    let options = NEW.len(1001).file_len(1000);
    let calls = system_calls(|| i32::from(map(options, &temp.file).is_ok()));
    if let Some(calls) = calls {
        assert_eq!(calls, ["fstat"]);
    }
}

// ---- what it means ----

#[test]
fn m02_a_window_past_the_known_length_is_the_usual_error() {
    let temp = TempFile::new(&pattern(1000));
    for (offset, len) in [(0, 1001), (1, 1000), (1000, 1), (999, 2), (1001, 0), (u64::MAX, 1), (1, usize::MAX)] {
        for seen in [0, 1, 999, 1000] {
            let error = map(NEW.offset(offset).len(len).file_len(seen), &temp.file).unwrap_err();
            assert_eq!(reason(&error), &MapError::PastEnd { offset, len: Some(len), size: 1000 });
        }
    }
}

#[test]
fn m02_a_window_that_cannot_be_is_refused_whatever_is_known() {
    let temp = TempFile::new(b"content");
    for (offset, len) in [(0, usize::MAX), (i64::MAX as u64, 1), (7, isize::MAX as usize), (u64::MAX - 1, 1)] {
        let error = map(NEW.offset(offset).len(len).file_len(u64::MAX), &temp.file).unwrap_err();
        assert!(matches!(reason(&error), MapError::TooLong { .. }), "{error}");
    }
    // A sum past the last `u64` is within nothing that can be known: the file is asked.
    let error = map(NEW.offset(u64::MAX).len(2).file_len(u64::MAX), &temp.file).unwrap_err();
    assert!(matches!(reason(&error), MapError::PastEnd { size: 7, .. }), "{error}");
}

#[test]
fn m01_a_file_that_has_grown_is_asked_again() {
    let temp = TempFile::new(b"01234");
    let known = NEW.file_len(5);
    temp.file.write_all_at(b"56789", 5).unwrap();
    assert_eq!(&map(known.offset(3).len(7), &temp.file).unwrap()[..], b"3456789");
    assert_eq!(&map(known.offset(3), &temp.file).unwrap()[..], b"3456789", "to the end is to where it is now");
    assert!(map(known.len(11), &temp.file).is_err());
}

#[test]
fn a_known_length_of_nothing_says_nothing() {
    let temp = TempFile::new(b"content");
    assert_eq!(&map(NEW.len(3).file_len(0), &temp.file).unwrap()[..], b"con");
    let empty = map(NEW.len(0).file_len(0), &temp.file).unwrap();
    assert!(empty.is_empty() && mapped_at(empty.as_ptr()).is_none());
    let device = File::open("/dev/zero").unwrap();
    assert_eq!(map(NEW.len(3).file_len(0), &device).unwrap().len(), 3);
    assert_eq!(reason(&map(NEW.file_len(100), &device).unwrap_err()), &MapError::NoSize);
    // Memory of one's own has no file to know the length of.
    assert_eq!(NEW.len(8).file_len(3).map_anon().unwrap().len(), 8);
    assert_eq!(reason(&NEW.file_len(3).map_anon().unwrap_err()), &MapError::NoLength);
}

#[test]
fn s30_a_file_that_has_shrunk_since_is_as_one_that_shrinks_later() {
    let temp = TempFile::of_pages(3);
    let known = NEW.len(3 * page_size()).file_len(3 * page_size() as u64);
    temp.file.set_len(1).unwrap();
    // Copied: an error.
    let raw = known.map_raw(&temp.file, Mode::ReadOnly).unwrap();
    let error = raw.try_copy_to(page_size(), &mut [0; 10]).unwrap_err();
    assert_eq!(reason(&error), &MapError::Gone { at: page_size() });
    // Touched, after a promise that was not kept: the process ends, and nothing else is read.
    let map = map(known, &temp.file).unwrap();
    let status = in_child(|| {
        let byte = std::hint::black_box(&map)[page_size()];
        i32::from(std::hint::black_box(byte))
    });
    assert_eq!(libc::WTERMSIG(status), libc::SIGBUS);
}

#[test]
fn all_modes_take_a_known_length() {
    let temp = TempFile::new(&pattern(1000));
    let known = NEW.offset(10).len(5).file_len(1000);
    let content = &pattern(1000)[10..15];
    // SAFETY: a test's own file.
    unsafe {
        assert_eq!(&known.map_private(&temp.file).unwrap()[..], content);
        assert_eq!(&known.map_mut(&temp.file).unwrap()[..], content);
        assert_eq!(&known.map_copy(&temp.file).unwrap()[..], content);
        assert_eq!(&known.map_vec(&temp.file).unwrap()[..], content);
    }
}

// ---- what it must not open ----

#[test]
fn s30_safe_constructors_do_not_take_the_callers_word() {
    let fd = MemfdOptions::new(c"test").sealed(&[1; 16]).unwrap();
    let shared = MemfdOptions::new(c"test").shared(16).unwrap();
    let (known, known_shared) =
        (SealedMemfd::new(fd.try_clone().unwrap()).unwrap(), SealedMemfd::new(shared.try_clone().unwrap()).unwrap());
    for lie in [17, page_size() as u64, u64::MAX] {
        for len in [17, 24, page_size()] {
            let window = NEW.len(len).file_len(lie);
            for window in [window, window.allow_past_end(), window.offset(8), window.offset(16)] {
                let past_end = |error: io::Error| assert!(matches!(reason(&error), MapError::PastEnd { .. }));
                past_end(window.map_sealed(&fd).unwrap_err());
                past_end(window.map_sealed_copy(&fd).unwrap_err());
                past_end(window.map_atomic::<AtomicU8>(&shared).unwrap_err());
                past_end(known.map(window).unwrap_err());
                past_end(known.map_copy(window).unwrap_err());
                past_end(known_shared.map_atomic::<AtomicU8>(window).unwrap_err());
            }
        }
    }
}

/// Of a file of huge pages the kernel maps whole ones; over memory of somebody else's, that would be too much. So whoever
/// maps over memory finds out what the file is made of.
#[test]
fn s31_memory_is_not_mapped_over_before_the_file_is_asked() {
    let temp = TempFile::new(&pattern(1000));
    let mut memory = vec![7; 3 * page_size()];
    let calls = [libc::SYS_fstat, libc::SYS_newfstatat, libc::SYS_statx];
    let filtered = mmap_seccomp::failing(&calls, libc::EIO, || {
        for options in [NEW.len(3).file_len(1000), NEW.len(3).allow_past_end()] {
            // SAFETY: a test's own file and memory; refused.
            let error = unsafe { options.map_over(&temp.file, &mut memory, |_| ()) }.unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::EIO));
            // SAFETY: as above.
            assert!(unsafe { options.map_vec(&temp.file) }.is_err());
        }
    });
    if !filtered {
        println!("skipped: no filters to be had");
    }
    // SAFETY: a test's own file and memory.
    let len = unsafe { NEW.len(2000).allow_past_end().map_over(&temp.file, &mut memory, <[u8]>::len) };
    assert_eq!(len.unwrap(), 2000, "and past the end only if asked to");
    assert!(memory.iter().all(|&b| b == 7));
}

#[test]
fn s31_memory_next_to_a_window_of_a_huge_file_is_not_mapped_over() {
    let Ok(size) = pin_ffi::mmap::Huge::Default.bytes() else { return };
    let file = match memfd(libc::MFD_HUGETLB) {
        Ok(file) if file.set_len(size as u64).is_ok() && map(NEW, &file).is_ok() => file,
        _ => {
            println!("skipped: no huge pages to be had");
            return;
        }
    };
    // Where one huge page would fit, and a small one would do.
    let mut memory = MmapMut::anon(2 * size).unwrap();
    memory.fill(7);
    let start = memory.as_ptr().align_offset(size);
    for options in [NEW.len(3).file_len(size as u64), NEW.len(3).allow_past_end()] {
        let part = &mut memory[start..start + page_size()];
        // SAFETY: a test's own file and memory.
        let error = unsafe { options.map_over(&file, part, |_| ()) }.unwrap_err();
        assert!(matches!(reason(&error), MapError::NoRoom { .. }));
    }
    assert!(memory.iter().all(|&b| b == 7));
}

// ---- memfds whose seals and size are known ----

#[test]
fn what_may_shrink_is_no_sealed_memfd() {
    let temp = TempFile::new(b"content");
    let missing = MapError::NotSealed { missing: "F_SEAL_SHRINK" };
    assert_eq!(reason(&SealedMemfd::new(temp.read_only()).unwrap_err()), &missing);
    for seals in [0, libc::F_SEAL_WRITE, libc::F_SEAL_GROW, libc::F_SEAL_FUTURE_WRITE] {
        let file = memfd(libc::MFD_ALLOW_SEALING).unwrap();
        seal(&file, seals).unwrap();
        assert_eq!(reason(&SealedMemfd::new(file).unwrap_err()), &missing, "{seals:#x}");
    }
}

#[test]
fn what_may_be_written_is_shown_as_atomics_alone() {
    let memfd = SealedMemfd::new(MemfdOptions::new(c"test").shared(16).unwrap()).unwrap();
    let missing = MapError::NotSealed { missing: "F_SEAL_WRITE" };
    assert_eq!(reason(&memfd.map(NEW).unwrap_err()), &missing);
    assert_eq!(reason(&memfd.map_copy(NEW).unwrap_err()), &missing);
    let (a, b) = (memfd.map_atomic::<AtomicU64>(NEW).unwrap(), memfd.map_atomic::<AtomicU64>(NEW.offset(8)).unwrap());
    a[1].store(5, Ordering::Release);
    assert_eq!((memfd.size(), b[0].load(Ordering::Acquire)), (16, 5));
    assert!(matches!(reason(&memfd.map_atomic::<AtomicU64>(NEW.len(12)).unwrap_err()), MapError::Ragged { .. }));
}

#[test]
fn seals_and_size_that_come_later_are_found() {
    let file = memfd(libc::MFD_ALLOW_SEALING).unwrap();
    file.write_all_at(b"01234567", 0).unwrap();
    seal(&file, libc::F_SEAL_SHRINK).unwrap();
    let known = SealedMemfd::new(file.try_clone().unwrap()).unwrap();
    assert!(known.map(NEW).is_err() && known.map_atomic::<AtomicU8>(NEW.len(9)).is_err());
    file.write_all_at(b"89", 8).unwrap();
    assert_eq!(known.map_atomic::<AtomicU8>(NEW.len(9)).unwrap().len(), 9);
    assert_eq!(known.map_atomic::<AtomicU8>(NEW).unwrap().len(), 10);
    assert!(known.map_atomic::<AtomicU8>(NEW.len(11)).is_err());
    seal(&file, libc::F_SEAL_WRITE).unwrap();
    assert_eq!(&known.map(NEW).unwrap()[..], b"0123456789");
    let mut copy = known.map_copy(NEW.offset(9)).unwrap();
    copy[0] = b'x';
    assert_eq!((&copy[..], &known.map(NEW.offset(9)).unwrap()[..]), (&b"x"[..], &b"9"[..]));
    assert!(known.map_atomic::<AtomicU8>(NEW).is_err(), "the kernel grants no writable mapping any more");
}

#[test]
fn an_empty_sealed_memfd_has_empty_windows() {
    let memfd = SealedMemfd::new(MemfdOptions::new(c"test").sealed(b"").unwrap()).unwrap();
    assert!(memfd.map(NEW).unwrap().is_empty() && memfd.map(NEW.len(0)).unwrap().is_empty());
    assert!(memfd.map(NEW.len(1)).is_err() && memfd.map(NEW.offset(1)).is_err());
    let again: std::os::fd::OwnedFd = memfd.into();
    assert!(NEW.map_sealed(&again).unwrap().is_empty());
}
