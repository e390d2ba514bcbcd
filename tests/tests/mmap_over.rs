//! Mapping a file over memory of an allocator, and what is there afterwards.
#![cfg(target_os = "linux")]

mod mmap_common;
mod mmap_seccomp;

use mmap_common::{TempFile, mapped_at, page_size, pattern, reason};
use pin_ffi::mmap::{MapError, MmapOptions, MmapVec};
use pin_ffi_tests::machine::locks;
use std::io;

const NEW: MmapOptions = MmapOptions::new();

fn over<R>(options: MmapOptions, temp: &TempFile, memory: &mut [u8], f: impl FnOnce(&[u8]) -> R) -> io::Result<R> {
    // SAFETY: a test's own file; the tests give memory of the heap.
    unsafe { options.map_over(&temp.file, memory, f) }
}

#[test]
fn c06_the_file_is_in_the_memory_and_then_what_was_there() {
    let content = pattern(2 * page_size() + 100);
    let temp = TempFile::new(&content);
    let before = pattern(6 * page_size() + 7);
    let mut memory = before.clone();
    let bounds = memory.as_ptr_range();
    over(NEW, &temp, &mut memory, |bytes| {
        assert_eq!(bytes, content);
        assert!(bounds.contains(&bytes.as_ptr()) && bounds.contains(&bytes[bytes.len() - 1..].as_ptr()));
        assert!(mapped_at(bytes.as_ptr()).unwrap().contains(temp.path.to_str().unwrap()));
    })
    .unwrap();
    assert_eq!(memory, before);
    assert!(!std::fs::read_to_string("/proc/self/maps").unwrap().contains(temp.path.to_str().unwrap()));
    // It is the allocator's again.
    memory.resize(100 * page_size(), 1);
    drop(memory);
}

#[test]
fn c06_a_window_of_any_offset() {
    let content = pattern(5 * page_size());
    let temp = TempFile::new(&content);
    let mut memory = vec![9; 4 * page_size()];
    let from = page_size() + 123;
    over(NEW.offset(from as u64).len(page_size()), &temp, &mut memory, |bytes| {
        assert_eq!(bytes, &content[from..from + page_size()]);
    })
    .unwrap();
    assert!(memory.iter().all(|&b| b == 9));
}

#[test]
fn c06_what_is_written_is_in_the_file_and_not_in_the_memory() {
    let temp = TempFile::new(b"content");
    let mut memory = vec![9; 3 * page_size()];
    // SAFETY: a test's own file, and memory of the heap.
    unsafe { NEW.map_over_mut(&temp.file, &mut memory, <[u8]>::make_ascii_uppercase) }.unwrap();
    assert_eq!(temp.content(), b"CONTENT");
    assert!(memory.iter().all(|&b| b == 9));
}

#[test]
fn c06_restored_after_a_panic() {
    let temp = TempFile::new(b"content");
    let before = pattern(3 * page_size());
    let mut memory = before.clone();
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        over(NEW, &temp, &mut memory, |bytes| panic!("on purpose, with {} bytes", bytes.len()))
    }));
    assert!(result.is_err());
    assert_eq!(memory, before);
}

#[test]
fn c06_a_failed_call_leaves_the_old_bytes() {
    let temp = TempFile::of_pages(2);
    let before = pattern(4 * page_size());
    let mut memory = before.clone();
    let page = page_size();
    let error = over(NEW.len(2 * page + 1), &temp, &mut memory, |_| ()).unwrap_err();
    assert!(matches!(reason(&error), MapError::PastEnd { .. }));
    let error = over(NEW, &temp, &mut memory[..2 * page - 1], |_| ()).unwrap_err();
    assert!(matches!(reason(&error), MapError::NoRoom { .. }), "{error}");
    let error = over(NEW, &temp, &mut [], |_| ()).unwrap_err();
    assert_eq!(reason(&error), &MapError::NoRoom { needed: 2 * page, available: 0 });
    let error = over(mmap_common::at(NEW, mmap_common::far(0)), &temp, &mut memory, |_| ()).unwrap_err();
    assert!(matches!(reason(&error), MapError::Unsupported(_)));
    // The kernel refuses these after the memory has been taken.
    // SAFETY: refused.
    let error = unsafe { NEW.map_over_mut(temp.read_only(), &mut memory, |_| ()) }.unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EACCES));
    let directory = std::fs::File::open("/").unwrap();
    // SAFETY: refused.
    assert!(unsafe { NEW.len(1).map_over(&directory, &mut memory, |_| ()) }.is_err());
    let locked = NEW.len(page).offset(page as u64);
    temp.file.set_len(page as u64).unwrap();
    assert!(
        !locks() || over(locked.allow_past_end().lock(), &temp, &mut memory, |_| ()).is_err(),
        "pages that are not there"
    );
    assert_eq!(memory, before);
}

#[test]
fn c06_an_empty_window_needs_no_memory() {
    let temp = TempFile::new(b"");
    assert_eq!(over(NEW, &temp, &mut [], <[u8]>::len).unwrap(), 0);
}

#[test]
fn c06_one_over_the_other_in_turn() {
    let (a, b) = (TempFile::new(b"first"), TempFile::new(b"second"));
    let mut memory = vec![9; 3 * page_size()];
    for _ in 0..200 {
        assert_eq!(over(NEW, &a, &mut memory, <[u8]>::to_vec).unwrap(), b"first");
        assert_eq!(over(NEW, &b, &mut memory, <[u8]>::to_vec).unwrap(), b"second");
    }
    assert!(memory.iter().all(|&b| b == 9));
}

#[test]
fn c06_restored_from_a_copy_where_pages_cannot_be_moved() {
    let temp = TempFile::new(b"content");
    let before = pattern(3 * page_size());
    let mut memory = before.clone();
    let filtered = mmap_seccomp::failing(&[libc::SYS_mremap], libc::EINVAL, || {
        assert_eq!(over(NEW, &temp, &mut memory, <[u8]>::to_vec).unwrap(), b"content");
        // SAFETY: refused.
        assert!(unsafe { NEW.map_over_mut(temp.read_only(), &mut memory, |_| ()) }.is_err());
    });
    assert_eq!(memory, before);
    if !filtered {
        println!("skipped: no filters to be had");
    }
}

#[test]
fn c06_a_vec_with_a_file_in_it() {
    #[allow(clippy::ptr_arg)] // that is the point
    fn wants_a_vec(bytes: &Vec<u8>) -> usize {
        bytes.len()
    }
    fn send_and_sync<T: Send + Sync>() {}
    send_and_sync::<MmapVec>();
    let content = pattern(3 * page_size());
    let temp = TempFile::new(&content);
    // SAFETY: a test's own file.
    let map = unsafe { NEW.offset(5).map_vec(&temp.file) }.unwrap();
    let window = map.window();
    assert_eq!(map.as_vec()[window.clone()], content[5..]);
    assert_eq!(map[..], content[5..]);
    assert!(wants_a_vec(map.as_vec()) >= window.end);
    let moved = Box::new(map);
    assert_eq!(moved[..], content[5..]);
    let mut vec = moved.into_vec();
    assert!(vec.iter().all(|&b| b == 0));
    vec.push(1);
    // SAFETY: as above.
    let empty = unsafe { NEW.len(0).map_vec(&temp.file) }.unwrap();
    assert!(empty.is_empty());
    // SAFETY: as above.
    drop(unsafe { NEW.map_vec(&temp.file) }.unwrap());
    assert!(!std::fs::read_to_string("/proc/self/maps").unwrap().contains(temp.path.to_str().unwrap()));
}

#[test]
fn c06_a_forgotten_vec_leaks_and_harms_nobody() {
    let temp = TempFile::new(b"content");
    // SAFETY: a test's own file.
    let map = unsafe { NEW.map_vec(&temp.file) }.unwrap();
    let address = map.as_ptr();
    std::mem::forget(map);
    let other: Vec<Vec<u8>> = (0..100).map(|_| vec![1; page_size()]).collect();
    drop(other);
    assert!(mapped_at(address).unwrap().contains(temp.path.to_str().unwrap()), "still there, and nobody else's");
}
