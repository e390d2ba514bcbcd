//! Counters of mappings and locked pages, in `stats()`.
//!
//! One test at a time, in a process of their own: the counters are the process's.

#![cfg(unix)]

use pin_ffi::mmap::{MmapMut, Region, page_size};
use pin_ffi::{scope, stats};
use std::sync::{Mutex, MutexGuard, PoisonError};

fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn mappings_and_their_bytes_are_counted_from_the_call_that_makes_them_to_the_drop() {
    let _alone = alone();
    let (start, page) = (stats(), page_size());
    let map = MmapMut::anon(page + 1).unwrap();
    let change = stats().since(&start);
    assert_eq!((change.mappings, change.mapped_bytes), (1, 2 * page as isize), "whole pages");
    assert!(!change.is_clean());
    assert!(MmapMut::anon(usize::MAX).is_err());
    assert_eq!(stats().since(&start), change, "a call that failed");

    let region = Region::from(map);
    let slices: Vec<_> = (0..10).map(|i| region.slice(i..page)).collect();
    drop(region);
    std::thread::spawn(move || {
        assert_eq!(stats().since(&start).mappings, 1, "a region counts once");
        drop(slices);
    })
    .join()
    .unwrap();
    let change = stats().since(&start);
    assert!(change.is_clean(), "{change}");

    let table = stats().since(&start).to_string();
    assert!(
        table.lines().any(|line| line.split_whitespace().collect::<Vec<_>>() == ["mappings,", "bytes", "+0", "+0"])
    );
}

#[test]
fn locked_pages_are_counted_once_each() {
    let _alone = alone();
    let start = stats();
    let buffer = vec![0_u8; 8];
    let locked = scope(|s| {
        let both = [s.locked().pin(&buffer), s.locked().pin(&buffer[..4])];
        // The limit is the kernel's: where it refuses, nothing is locked.
        let pages = both.iter().flatten().count().min(1);
        (stats().since(&start).locked_bytes, (pages * page_size()) as isize)
    });
    assert_eq!(locked.0, locked.1);
    assert!(stats().since(&start).is_clean());
}
