//! Every call that takes a range, with every range that is wrong, between neighbours that must not be touched.
#![cfg(target_os = "linux")]

mod mmap_common;

use mmap_common::{TempFile, mapped_at, page_size};
use pin_ffi::mmap::{Advice, AtomicRegion, LossyAdvice, Mmap, MmapMut, MmapOptions, MmapRaw, Region, RegionMut};
use std::io;
use std::ops::Bound;
use std::sync::atomic::AtomicU8;

type Range = (Bound<usize>, Bound<usize>);

const LEN: usize = 5000;

/// Ranges that are not inside `LEN` bytes.
fn outside() -> Vec<Range> {
    use Bound::{Excluded, Included, Unbounded};
    vec![
        (Included(LEN + 1), Unbounded),
        (Included(LEN + 1), Excluded(LEN + 1)),
        (Included(LEN), Included(LEN)),
        (Included(0), Excluded(LEN + 1)),
        (Unbounded, Included(LEN)),
        (Unbounded, Excluded(usize::MAX)),
        (Unbounded, Included(usize::MAX)),
        (Excluded(usize::MAX), Unbounded),
        (Included(usize::MAX), Included(usize::MAX)),
        (Included(usize::MAX), Excluded(0)),
        (Included(10), Excluded(9)),
        (Excluded(10), Included(9)),
        (Included(8192), Excluded(12288)),
        (Included(usize::MAX - 4095), Excluded(usize::MAX)),
    ]
}

/// Ranges that are.
fn within() -> Vec<Range> {
    use Bound::{Excluded, Included, Unbounded};
    vec![
        (Unbounded, Unbounded),
        (Included(0), Excluded(0)),
        (Included(LEN), Unbounded),
        (Included(LEN), Excluded(LEN)),
        (Excluded(LEN - 1), Unbounded),
        (Included(LEN - 1), Excluded(LEN)),
        (Included(1), Included(1)),
    ]
}

/// `LEN` bytes of a file from the middle of a page on, with a mapped page on either side, protected against writing and
/// filled.
struct Between {
    low: Mmap,
    high: Mmap,
    file: TempFile,
}

fn between(at: usize) -> (Between, MmapMut) {
    let page = page_size();
    let neighbour = |at| {
        let mut map = mmap_common::at(MmapOptions::new().len(page), at).map_anon().unwrap();
        map.fill(0x5a);
        map.make_read_only().unwrap()
    };
    let file = TempFile::of_pages(3);
    let pages = (100 + LEN).div_ceil(page);
    // SAFETY: a test's own file.
    let map =
        unsafe { mmap_common::at(MmapOptions::new().offset(100).len(LEN), at + page).map_mut(&file.file) }.unwrap();
    (Between { low: neighbour(at), high: neighbour(at + (1 + pages) * page), file }, map)
}

impl Between {
    fn check(&self, what: &str) {
        for (side, name) in [(&self.low, "low"), (&self.high, "high")] {
            assert!(side.iter().all(|&b| b == 0x5a), "{what} changed the {name} neighbour");
            let line = mapped_at(side.as_ptr()).unwrap();
            assert!(line.contains("r--p"), "{what}: {line}");
            assert_eq!(mmap_common::smaps(side.as_ptr(), "Locked"), 0, "{what} locked the {name} neighbour");
        }
        // What shares the first and the last page with the mapping, and is not part of it.
        let content = self.file.content();
        assert!(content[..100].iter().all(|&b| b == 1), "{what} changed the bytes before the first");
        let behind = content.iter().enumerate().skip(100 + LEN);
        assert!(behind.into_iter().all(|(i, &b)| b == (i / page_size()) as u8 + 1), "{what} changed those behind");
    }

    /// Calls `call` with every range, and looks after the neighbours.
    fn ranges(&self, what: &str, mut call: impl FnMut(Range) -> io::Result<()>) {
        for range in outside() {
            let error = call(range).expect_err(&format!("{what} {range:?}"));
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{what} {range:?}: {error}");
        }
        for range in within() {
            if let Err(error) = call(range) {
                // Locking may be forbidden, and advice unknown: but not because of the range.
                assert!(error.raw_os_error().is_some(), "{what} {range:?}: {error}");
            }
        }
        self.check(what);
    }
}

/// The calls that all types have.
macro_rules! on_pages {
    ($between:expr, $name:literal, $map:expr) => {{
        let map = &$map;
        $between.ranges(concat!($name, "::advise_range"), |r| map.advise_range(Advice::WillNeed, r));
        $between.ranges(concat!($name, "::lock_range"), |r| {
            map.lock_range(r)?;
            map.unlock_range(r)
        });
        $between.ranges(concat!($name, "::lock_on_fault"), |r| {
            map.lock_on_fault(r)?;
            map.unlock()
        });
        $between.ranges(concat!($name, "::unlock_range"), |r| map.unlock_range(r));
    }};
}

macro_rules! on_flush {
    ($between:expr, $name:literal, $map:expr) => {{
        let map = &$map;
        let file = mmap_common::TempFile::of_pages(3);
        $between.ranges(concat!($name, "::flush_range"), |r| map.flush_range(r));
        $between.ranges(concat!($name, "::flush_async_range"), |r| map.flush_async_range(r));
        $between.ranges(concat!($name, "::flush_data"), |r| map.flush_data(&file.file, r));
    }};
}

macro_rules! on_lossy {
    ($between:expr, $name:literal, $map:expr) => {{
        let map = &mut $map;
        for advice in [LossyAdvice::DontNeed, LossyAdvice::Free, LossyAdvice::DontFork, LossyAdvice::WipeOnFork] {
            // SAFETY: nothing depends on the bytes.
            $between.ranges(concat!($name, "::advise_lossy_range"), |r| unsafe { map.advise_lossy_range(advice, r) });
        }
    }};
}

/// Offsets with lengths that are not inside, and how many bytes from there on are.
fn copies() -> impl Iterator<Item = (usize, usize, usize)> {
    let offsets = [0, 1, LEN - 1, LEN, LEN + 1, 8192, isize::MAX as usize, usize::MAX - 3, usize::MAX];
    let pairs = offsets.into_iter().flat_map(|offset| [1, 2, LEN, LEN + 1, 3 * LEN].map(|len| (offset, len)));
    let outside = pairs.filter(|(offset, len)| offset.checked_add(*len).is_none_or(|end| end > LEN));
    outside.map(|(offset, len)| (offset, len, LEN.saturating_sub(offset).min(len)))
}

macro_rules! on_reads {
    ($between:expr, $name:literal, $map:expr) => {{
        let map = &$map;
        for (offset, len, there) in copies() {
            let mut bytes = vec![0xee; len];
            let error = map.try_copy_to(offset, &mut bytes).expect_err($name);
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{offset} {len}: {error}");
            assert!(bytes.iter().all(|&b| b == 0xee), "{offset} {len}");
            assert_eq!(map.try_read_at(offset, &mut bytes).unwrap(), there, "{offset} {len}");
            assert!(bytes[there..].iter().all(|&b| b == 0xee), "{offset} {len}");
        }
        map.try_copy_to(LEN, &mut []).unwrap();
        $between.check(concat!($name, ": copying out"));
    }};
}

macro_rules! on_writes {
    ($between:expr, $name:literal, $map:expr) => {{
        let map = &mut $map;
        for (offset, len, there) in copies() {
            assert_eq!(map.try_write_at(offset, &vec![0x77; len]).unwrap(), there, "{offset} {len}");
        }
        $between.check(concat!($name, ": copying in"));
    }};
}

#[test]
fn s29_ranges_of_a_mutable_mapping() {
    let (between, mut map) = between(mmap_common::far(4));
    on_reads!(between, "MmapMut", map);
    on_writes!(between, "MmapMut", map);
    assert_eq!(map.as_ptr() as usize % page_size(), 100);
    on_pages!(between, "MmapMut", map);
    on_flush!(between, "MmapMut", map);
    on_lossy!(between, "MmapMut", map);
    between.ranges("MmapMut::view", |r| map.view::<u8>(r).map(drop));
    between.ranges("MmapMut::view_mut", |r| map.view_mut::<u8>(r).map(|bytes| bytes.fill(1)));
    between.ranges("MmapMut::atomic_u8", |r| map.atomic_u8(r).map(drop));
    for range in outside() {
        assert!(
            map.atomic_u32(range).is_err() && map.atomic_u64(range).is_err() && map.view_mut::<u64>(range).is_err()
        );
    }
}

#[test]
fn s29_ranges_of_a_read_only_mapping() {
    let (between, map) = between(mmap_common::far(5));
    let map = map.make_read_only().unwrap();
    on_pages!(between, "Mmap", map);
    on_reads!(between, "Mmap", map);
    between.ranges("Mmap::view", |r| map.view::<u8>(r).map(drop));
}

#[test]
fn s29_ranges_of_a_raw_mapping() {
    let (between, map) = between(mmap_common::far(6));
    let mut map = MmapRaw::from(map);
    on_pages!(between, "MmapRaw", map);
    on_reads!(between, "MmapRaw", map);
    on_writes!(between, "MmapRaw", map);
    on_flush!(between, "MmapRaw", map);
    on_lossy!(between, "MmapRaw", map);
}

#[test]
fn s29_ranges_of_a_region() {
    let (between, map) = between(mmap_common::far(7));
    let region = Region::from(map);
    on_pages!(between, "Region", region);
    on_flush!(between, "Region", region);
    on_reads!(between, "Region", region);
    for range in outside() {
        let slice = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| region.slice(range)));
        assert!(slice.is_err(), "{range:?}");
    }
    let reader = region.reader();
    for (offset, len, there) in copies() {
        let mut bytes = vec![0xee; len];
        assert_eq!(reader.read_at(&mut bytes, offset as u64).unwrap(), there, "{offset} {len}");
        assert!(bytes[there..].iter().all(|&b| b == 0xee), "{offset} {len}");
    }
    between.ranges("Region::get", |r| Ok(region.get(r).map(drop)?));
    between.ranges("Region::view", |r| region.view::<u8>(r).map(drop));
}

#[test]
fn s29_ranges_of_an_inner_region_are_its_own() {
    let mut map = MmapMut::anon(4 * LEN).unwrap();
    map.fill(0x5a);
    // From just before a page's start on, so that one page is wholly inside.
    let (low, rest) = RegionMut::from(map).split_at(page_size() - 100);
    let (mut middle, high) = rest.split_at(LEN);
    for range in outside() {
        assert!(middle.flush_range(range).is_err() && middle.advise_range(Advice::Normal, range).is_err());
        assert!(middle.view_mut::<u8>(range).is_err());
        // SAFETY: refused.
        assert!(unsafe { middle.advise_lossy_range(LossyAdvice::DontNeed, range) }.is_err());
    }
    middle.view_mut::<u8>(..).unwrap().fill(1);
    // SAFETY: nothing depends on the bytes of `middle`.
    unsafe { middle.advise_lossy(LossyAdvice::DontNeed).unwrap() };
    assert!(low.iter().chain(high.iter()).all(|&b| b == 0x5a), "the pages at its ends are its neighbours', too");
    assert!(page_size() > 4096 || middle.contains(&0), "the page that is wholly its own has gone");
}

#[test]
fn s29_ranges_of_a_mutable_region() {
    let (between, map) = between(mmap_common::far(8));
    let mut region = RegionMut::from(map);
    on_pages!(between, "RegionMut", region);
    on_flush!(between, "RegionMut", region);
    on_lossy!(between, "RegionMut", region);
    on_reads!(between, "RegionMut", region);
    on_writes!(between, "RegionMut", region);
    between.ranges("RegionMut::view_mut", |r| region.view_mut::<u8>(r).map(|bytes| bytes.fill(1)));
    let mut writer = region.into_writer();
    for (offset, len, there) in copies() {
        assert_eq!(writer.write_at(&vec![0x66; len], offset as u64).unwrap(), there, "{offset} {len}");
    }
    std::io::Write::flush(&mut writer).unwrap();
    between.check("RegionWriter::write_at");
}

#[test]
fn s29_ranges_of_an_atomic_region() {
    let (between, map) = between(mmap_common::far(9));
    let region = AtomicRegion::<AtomicU8>::try_from(map).unwrap();
    let mut region = region;
    on_pages!(between, "AtomicRegion", region);
    on_flush!(between, "AtomicRegion", region);
    on_reads!(between, "AtomicRegion", region);
    on_writes!(between, "AtomicRegion", region);
    between.ranges("AtomicRegion::get", |r| Ok(region.get(r).map(drop)?));
}

#[test]
fn s29_dropping_and_resizing_between_neighbours() {
    if !mmap_common::shrinking_spares_what_lies_behind() {
        println!("skipped: the kernel here takes the pages behind a mapping that shrinks");
        return;
    }
    let (between, mut map) = between(mmap_common::far(10));
    map.resize(10, false).unwrap();
    between.check("shrinking");
    drop(map);
    between.check("dropping");
}

/// Gives a range that is inside when it is asked once, and one that is not when it is asked again.
struct Lies(std::cell::Cell<bool>);

impl std::ops::RangeBounds<usize> for Lies {
    fn start_bound(&self) -> Bound<&usize> {
        Bound::Unbounded
    }
    fn end_bound(&self) -> Bound<&usize> {
        Bound::Excluded(if self.0.replace(true) { &usize::MAX } else { &1 })
    }
}

#[test]
fn s21_a_range_that_changes_its_mind_is_asked_once() {
    let lies = || Lies(std::cell::Cell::new(false));
    let mut map = MmapMut::anon(LEN).unwrap();
    assert_eq!(map.view::<u8>(lies()).unwrap().len(), 1);
    assert_eq!(map.view_mut::<u8>(lies()).unwrap().len(), 1);
    map.flush_range(lies()).unwrap();
    let region = Region::from(map);
    assert_eq!((region.slice(lies()).len(), region.get(lies()).unwrap().len()), (1, 1));
    let atomics = AtomicRegion::<AtomicU8>::try_from(region.try_into_map_mut().unwrap()).unwrap();
    assert_eq!(atomics.get(lies()).unwrap().len(), 1);
}
