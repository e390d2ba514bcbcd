//! The counters of live mappings and bytes. One test at a time: they count the whole process.
#![cfg(target_os = "linux")]

mod mmap_common;

use mmap_common::{TempFile, memfd, page_size};
use pin_ffi::mmap::{
    AtomicRegion, Huge, MemfdOptions, MmapMut, MmapOptions, MmapRaw, Mode, Region, RegionMut, active_bytes,
    active_mappings,
};
use pin_ffi_tests::machine::locks;
use std::sync::atomic::AtomicU8;
use std::sync::{Mutex, MutexGuard};

/// Keeps other tests of this process out, and expects the counters back where they were at its end.
struct Alone {
    before: (usize, usize),
    _lock: MutexGuard<'static, ()>,
}

fn alone() -> Alone {
    static LOCK: Mutex<()> = Mutex::new(());
    let lock = LOCK.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Alone { before: counts(), _lock: lock }
}

fn counts() -> (usize, usize) {
    (active_mappings(), active_bytes())
}

impl Alone {
    /// Mappings, and pages, since the test began.
    fn since(&self) -> (usize, usize) {
        (active_mappings() - self.before.0, (active_bytes() - self.before.1) / page_size())
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(counts(), self.before, "something is left");
        }
    }
}

const NEW: MmapOptions = MmapOptions::new();

#[test]
fn c01_bytes_are_counted_in_whole_pages() {
    let alone = alone();
    let page = page_size();
    let temp = TempFile::of_pages(4);
    let one = MmapMut::anon(1).unwrap();
    assert_eq!(alone.since(), (1, 1));
    let two = MmapMut::anon(page + 1).unwrap();
    assert_eq!(alone.since(), (2, 3));
    // Two bytes on either side of a page's end.
    // SAFETY: a test's own file.
    let straddling = unsafe { NEW.offset(page as u64 - 1).len(2).map(&temp.file) }.unwrap();
    assert_eq!(alone.since(), (3, 5));
    drop(two);
    assert_eq!(alone.since(), (2, 3));
    drop((one, straddling));
    assert_eq!(alone.since(), (0, 0));
}

#[test]
fn c01_an_empty_mapping_does_not_count() {
    let alone = alone();
    let empty = MmapMut::anon(0).unwrap();
    let region = Region::from(empty);
    assert_eq!(alone.since(), (0, 0));
    drop(region);
}

#[test]
fn c01_counts_are_exact_from_any_thread() {
    let alone = alone();
    std::thread::scope(|s| {
        for _ in 0..8 {
            s.spawn(|| {
                for i in 0..500 {
                    let map = MmapMut::anon(1 + i * 16).unwrap();
                    assert!(active_mappings() > 0 && active_bytes() >= map.len());
                }
            });
        }
    });
    assert_eq!(alone.since(), (0, 0));
}

#[test]
fn c01_a_drop_on_another_thread_counts_at_once() {
    let alone = alone();
    let map = MmapMut::anon(1).unwrap();
    std::thread::spawn(move || drop(map)).join().unwrap();
    assert_eq!(alone.since(), (0, 0));
}

#[test]
fn c02_slices_count_once() {
    let alone = alone();
    let region = Region::from(MmapMut::anon(5 * page_size()).unwrap());
    let parts: Vec<Region> = (0..100).map(|i| region.slice(i..)).collect();
    assert_eq!(alone.since(), (1, 5));
    drop(region);
    assert_eq!(alone.since(), (1, 5));
    drop(parts);
    assert_eq!(alone.since(), (0, 0));
}

#[test]
fn c02_conversions_keep_the_count() {
    let alone = alone();
    let map = MmapMut::anon(1).unwrap();
    let map = map.make_read_only().unwrap().make_mut().unwrap();
    let (low, high) = RegionMut::from(map).split_at(1);
    let region = low.try_join(high).unwrap().freeze();
    assert_eq!(alone.since(), (1, 1));
    let raw = MmapRaw::from(region.try_into_map_mut().unwrap());
    assert_eq!(alone.since(), (1, 1));
    // SAFETY: memory of our own.
    let atomic = AtomicRegion::<AtomicU8>::try_from(unsafe { raw.assume_map_mut() }.unwrap()).unwrap();
    assert_eq!(alone.since(), (1, 1));
    let map = atomic.try_into_map_mut().unwrap();
    assert_eq!(alone.since(), (1, 1));
    drop(map);
}

#[test]
fn c03_a_thousand_live_mappings_are_all_released() {
    let alone = alone();
    let temp = TempFile::of_pages(2);
    // SAFETY: a test's own file.
    let maps: Vec<_> = (0..1000).map(|_| unsafe { NEW.map(&temp.file) }.unwrap()).collect();
    assert_eq!(alone.since(), (1000, 2000));
    drop(maps);
    assert_eq!(alone.since(), (0, 0));
    assert!(!std::fs::read_to_string("/proc/self/maps").unwrap().contains(temp.path.to_str().unwrap()));
}

#[test]
fn c04_failed_calls_leave_the_counters() {
    let alone = alone();
    let temp = TempFile::new(b"content");
    let fails = |result: std::io::Result<MmapMut>| {
        assert!(result.is_err());
        assert_eq!(alone.since(), (0, 0));
    };
    // SAFETY: a test's own file; all of these fail.
    unsafe {
        fails(NEW.map_mut(temp.read_only()));
        fails(NEW.len(100).map_mut(&temp.file));
        fails(NEW.offset(100).map_mut(&temp.file));
        fails(NEW.len(1).map_mut(std::fs::File::open("/").unwrap()));
        fails(mmap_common::at(NEW.len(1), 1).map_mut(&temp.file));
        fails(NEW.len(isize::MAX as usize).allow_past_end().map_mut(&temp.file));
    }
    fails(NEW.map_anon());
    fails(NEW.len(isize::MAX as usize).map_anon());
    fails(NEW.len(1).sync().map_anon());
    fails(NEW.len(1).huge(Huge::Log2(13)).map_anon());
    fails(NEW.map_sealed_copy(&temp.file));
    assert!(NEW.map_raw(memfd(0).unwrap(), Mode::ReadOnly).is_ok(), "an empty one");
}

#[test]
fn c04_a_mapping_that_cannot_be_locked_is_unmapped() {
    if !locks() {
        return;
    }
    let alone = alone();
    // Locking pages behind the file's end fails for everybody, root included.
    let temp = TempFile::new(b"content");
    // SAFETY: a test's own file; fails.
    let result = unsafe { NEW.len(3 * page_size()).allow_past_end().lock().map(&temp.file) };
    assert!(result.is_err());
    assert_eq!(alone.since(), (0, 0));
    assert!(!std::fs::read_to_string("/proc/self/maps").unwrap().contains(temp.path.to_str().unwrap()));
}

#[test]
fn c01_resizing_counts_the_difference() {
    let alone = alone();
    let mut map = MmapMut::anon(1).unwrap();
    map.resize(3 * page_size(), true).unwrap();
    assert_eq!(alone.since(), (1, 3));
    map.resize(page_size() + 1, true).unwrap();
    assert_eq!(alone.since(), (1, 2));
    map.resize(usize::MAX, true).unwrap_err();
    assert_eq!(alone.since(), (1, 2));
    map.resize(0, true).unwrap();
    assert_eq!(alone.since(), (0, 0));
}

#[test]
fn c01_a_panic_releases() {
    let alone = alone();
    let result = std::panic::catch_unwind(|| {
        let _map = MmapMut::anon(1).unwrap();
        let _fd = MemfdOptions::new(c"x").fill(1, |_| panic!("on purpose"));
    });
    assert!(result.is_err());
    assert_eq!(alone.since(), (0, 0));
}

#[test]
#[cfg(target_pointer_width = "64")]
fn c05_a_mapping_is_no_heap() {
    let alone = alone();
    let map = NEW.len(20 << 30).no_reserve().map_anon().unwrap();
    // What is not touched takes no memory.
    let mut resident = vec![0_u8; (1 << 30) / page_size()];
    // SAFETY: the first of 20 GiB, and a byte for each of its pages.
    let status = unsafe { libc::mincore(map.as_ptr().cast_mut().cast(), 1 << 30, resident.as_mut_ptr()) };
    assert_eq!(status, 0);
    assert!(resident.iter().all(|page| page & 1 == 0));
    assert_eq!(alone.since(), (1, (20 << 30) / page_size()));
}

#[test]
fn c03_huge_pages_are_counted_whole() {
    let alone = alone();
    match NEW.len(1).huge(Huge::Default).map_anon() {
        Ok(_map) => assert_eq!(alone.since(), (1, Huge::Default.bytes().unwrap() / page_size())),
        Err(error) => println!("skipped: no huge pages to be had ({error})"),
    }
}
