//! Regions: parts of a mapping that keep it mapped; readers, writers, views.
#![cfg(target_os = "linux")]

mod mmap_common;

use mmap_common::{TempFile, mapped_at, page_size, pattern, reason};
use pin_ffi::mmap::{
    AtomicRegion, MapError, MmapMut, MmapOptions, Mode, Region, RegionMut, RegionReader, RegionWriter,
};
use pin_ffi::{Lend, manual::LendMut};
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicI32, AtomicU8, AtomicU32, AtomicU64, Ordering};

fn file_region(temp: &TempFile) -> Region {
    // SAFETY: a test's own file.
    unsafe { MmapOptions::new().map(&temp.file) }.unwrap().into()
}

fn file_writer(temp: &TempFile) -> RegionWriter {
    // SAFETY: a test's own file.
    RegionMut::from(unsafe { MmapOptions::new().map_mut(&temp.file) }.unwrap()).into_writer()
}

fn memory(content: &[u8]) -> Region {
    let mut map = MmapMut::anon(content.len()).unwrap();
    map.copy_from_slice(content);
    map.into()
}

// ---- keeping alive ----

#[test]
fn c02_any_inner_slice_keeps_the_mapping_alive() {
    let content = pattern(3 * page_size());
    let temp = TempFile::new(&content);
    let region = file_region(&temp);
    let inner = region.slice(page_size() + 5..).slice(..10);
    drop((region, temp));
    assert_eq!(&inner[..], &content[page_size() + 5..page_size() + 15]);
    assert!(mapped_at(inner.as_ptr()).is_some());
}

#[test]
fn c02_an_empty_slice_keeps_the_mapping_alive_too() {
    let region = memory(b"0123456789");
    let address = region.as_ptr();
    let empty = region.slice(10..);
    drop(region);
    assert!(mapped_at(address).is_some() && empty.is_empty());
}

#[test]
fn the_last_part_unmaps() {
    // One page apart from its neighbours, so that nothing else is mapped there afterwards.
    let mut map = mmap_common::at(MmapOptions::new().len(page_size()), mmap_common::far(11)).map_anon().unwrap();
    map[0] = 1;
    let region = Region::from(map);
    let address = region.as_ptr();
    let parts: Vec<Region> = (0..100).map(|i| region.slice(i..)).collect();
    drop(region);
    for part in parts {
        assert!(mapped_at(address).is_some());
        drop(part);
    }
    assert_eq!(mapped_at(address), None);
}

#[test]
fn parts_are_dropped_on_other_threads() {
    fn send_and_sync<T: Send + Sync>() {}
    send_and_sync::<Region>();
    send_and_sync::<RegionMut>();
    send_and_sync::<AtomicRegion<AtomicU8>>();
    send_and_sync::<RegionReader>();
    send_and_sync::<RegionWriter>();
    let region = memory(&pattern(10_000));
    let sum: u64 = region.iter().map(|&b| u64::from(b)).sum();
    let threads: Vec<_> = (0..8)
        .map(|i| {
            let part = region.slice(i * 1250..(i + 1) * 1250);
            std::thread::spawn(move || part.iter().map(|&b| u64::from(b)).sum::<u64>())
        })
        .collect();
    drop(region);
    assert_eq!(threads.into_iter().map(|thread| thread.join().unwrap()).sum::<u64>(), sum);
}

// ---- slicing, splitting, joining ----

#[test]
fn slices_stay_inside() {
    let region = memory(b"0123456789");
    let part = region.slice(2..8);
    assert_eq!((&part[..], part.offset()), (&b"234567"[..], 2));
    assert_eq!((&part.slice(1..=2)[..], part.slice(1..).offset()), (&b"34"[..], 3));
    assert!(part.get(..7).is_err(), "not the seventh byte of the mapping, but there is no seventh of the part");
    assert!(part.get(7..).is_err());
    assert!(part.get(..=usize::MAX).is_err());
    #[allow(clippy::reversed_empty_ranges)]
    let reversed = part.get(3..2);
    assert_eq!(reversed.unwrap_err().to_string(), "range 3..2 ends before it starts");
}

#[test]
#[should_panic(expected = "range 4..11 is not inside the 10 bytes that are there")]
fn a_slice_outside_panics_with_the_range() {
    let _ = memory(b"0123456789").slice(4..11);
}

#[test]
fn neighbours_join_and_others_do_not() {
    let (head, tail) = memory(b"0123456789").split_at(4);
    let (tail, head) = tail.try_join(head).unwrap_err();
    let gap = head.slice(..3);
    let (_, tail) = gap.try_join(tail).unwrap_err();
    assert_eq!(&head.try_join(tail).unwrap()[..], b"0123456789");
    let (a, b) = (memory(b"a"), memory(b"b"));
    assert!(a.clone().try_join(b.clone()).is_err());
    assert!(a.same_mapping(&a.slice(1..)) && !a.same_mapping(&b));
}

#[test]
fn mutable_parts_are_written_by_several_threads_and_joined() {
    let region = RegionMut::from(MmapMut::anon(4000).unwrap());
    let (mut low, mut high) = region.split_at(2000);
    std::thread::scope(|s| {
        s.spawn(|| low.fill(1));
        s.spawn(|| high.fill(2));
    });
    let (low, _) = low.try_join(RegionMut::from(MmapMut::anon(1).unwrap())).unwrap_err();
    let whole = low.try_join(high).unwrap().freeze();
    assert!(whole[..2000].iter().all(|&b| b == 1) && whole[2000..].iter().all(|&b| b == 2));
}

#[test]
fn a_frozen_part_is_read_while_its_neighbour_is_written() {
    let (low, mut high) = RegionMut::from(MmapMut::anon(20).unwrap()).split_at(10);
    let low = low.freeze();
    high.fill(3);
    assert_eq!((low[9], high[0]), (0, 3));
    let low = low.try_into_map_mut().unwrap_err();
    drop(high);
    assert_eq!(low.try_into_map_mut().unwrap()[10], 3);
}

// ---- back to a mapping ----

#[test]
fn only_the_last_region_becomes_writable_again() {
    let region = memory(b"0123456789");
    let part = region.slice(3..4);
    let region = region.try_into_map_mut().unwrap_err();
    let region = region.try_into_map().unwrap_err();
    drop(region);
    let mut map = part.try_into_map_mut().unwrap();
    map[0] = b'x';
    assert_eq!(&map[..], b"x123456789");
}

#[test]
fn a_region_of_a_read_only_mapping_never_becomes_writable() {
    let temp = TempFile::new(b"content");
    let region = file_region(&temp).try_into_map_mut().unwrap_err();
    assert_eq!(region.mode(), Mode::ReadOnly);
    let map = region.try_into_map().unwrap();
    assert!(map.make_mut().is_err());
    // Made for writing, then protected: the pages are read-only now, and a `&mut [u8]` of them would fault.
    let protected = Region::from(MmapMut::anon(1).unwrap().make_read_only().unwrap());
    let protected = protected.try_into_map_mut().unwrap_err();
    assert_eq!(protected.try_into_map().unwrap().make_mut().unwrap().len(), 1);
}

// ---- readers and writers ----

#[test]
fn m05_reader_to_writer_copies_a_file() {
    let content = pattern(1_000_003);
    let (from, to) = (TempFile::new(&content), TempFile::new(b""));
    to.file.set_len(content.len() as u64).unwrap();
    let mut writer = file_writer(&to);
    let copied = io::copy(&mut file_region(&from).reader(), &mut writer).unwrap();
    writer.flush().unwrap();
    assert_eq!(copied, content.len() as u64);
    assert_eq!(to.content(), content);
}

#[test]
fn m06_a_write_past_the_end_is_short() {
    let mut writer = RegionMut::from(MmapMut::anon(10).unwrap()).into_writer();
    assert_eq!(writer.write_at(b"abc", 8).unwrap(), 2);
    assert_eq!(writer.write_at(b"abc", 10).unwrap(), 0);
    assert_eq!(writer.write_at(b"abc", u64::MAX).unwrap(), 0);
    assert_eq!(writer.write(b"0123456789abc").unwrap(), 10);
    assert_eq!(writer.write_all(b"x").unwrap_err().kind(), io::ErrorKind::WriteZero);
    assert_eq!(&writer.into_region()[..], b"0123456789");
}

#[test]
fn m06_writers_and_readers_seek() {
    let mut writer = RegionMut::from(MmapMut::anon(10).unwrap()).into_writer();
    assert_eq!(writer.seek(SeekFrom::End(-3)).unwrap(), 7);
    writer.write_all(b"end").unwrap();
    assert_eq!(writer.seek(SeekFrom::Current(-10)).unwrap(), 0);
    assert_eq!(writer.seek(SeekFrom::Current(-1)).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    writer.write_all(b"start").unwrap();
    assert_eq!(writer.seek(SeekFrom::Start(u64::MAX)).unwrap(), u64::MAX);
    assert_eq!(writer.write(b"x").unwrap(), 0);
    assert!(writer.seek(SeekFrom::Current(1)).is_err());

    let mut reader = writer.freeze().reader();
    let mut text = String::new();
    reader.seek(SeekFrom::Start(7)).unwrap();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "end");
    assert_eq!(reader.seek(SeekFrom::End(100)).unwrap(), 110);
    assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
    assert_eq!(reader.fill_buf().unwrap(), b"");
}

#[test]
fn m05_readers_read_as_io_has_it() {
    let region = memory(b"one\ntwo\nthree");
    let reader = region.reader();
    let mut buf = [0; 4];
    assert_eq!((reader.read_at(&mut buf, 11).unwrap(), &buf[..2]), (2, &b"ee"[..]));
    assert_eq!(reader.read_at(&mut buf, 13).unwrap(), 0);
    assert_eq!(reader.read_at(&mut buf, u64::MAX).unwrap(), 0);
    let lines: Vec<_> = reader.clone().lines().map(Result::unwrap).collect();
    assert_eq!(lines, ["one", "two", "three"]);
    let mut reader = reader;
    reader.read_exact(&mut buf).unwrap();
    reader.consume(1_000_000);
    assert_eq!(reader.stream_position().unwrap(), 13);
}

#[test]
fn m07_a_reader_outlives_everything_else() {
    let temp = TempFile::new(b"content");
    let mut reader = file_region(&temp).reader();
    drop(temp);
    let mut all = Vec::new();
    reader.read_to_end(&mut all).unwrap();
    assert_eq!(all, b"content");
    assert_eq!(reader.into_region().try_into_map().unwrap().len(), 7);
}

// ---- views ----

#[test]
fn views_check_range_alignment_and_length() {
    let mut map = MmapMut::anon(33).unwrap();
    map.view_mut::<u64>(8..24).unwrap()[1] = 0x0102_0304;
    let map = map.make_read_only().unwrap();
    assert_eq!(map.view::<u64>(8..24).unwrap(), [0, 0x0102_0304]);
    assert_eq!(map.view::<[u8; 3]>(..).unwrap().len(), 11);
    assert_eq!(reason(&map.view::<u32>(2..6).unwrap_err()), &MapError::Misaligned { align: 4 });
    assert_eq!(reason(&map.view::<u32>(4..9).unwrap_err()), &MapError::Ragged { len: 5, size: 4 });
    assert_eq!(map.view::<u8>(..34).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    assert!(map.view::<u128>(32..32).unwrap().is_empty());
    // The part's own first byte is what must be aligned.
    let region = Region::from(map);
    assert!(region.slice(1..9).view::<u64>(..).is_err());
    assert_eq!(region.slice(16..24).view::<u64>(..).unwrap(), [0x0102_0304]);
    assert!(MmapMut::anon(0).unwrap().view::<u128>(..).unwrap().is_empty());
}

#[test]
fn atomics_are_shared_between_clones_and_threads() {
    let region = AtomicRegion::<AtomicU64>::try_from(MmapMut::anon(64).unwrap()).unwrap();
    assert_eq!(region.len(), 8);
    std::thread::scope(|s| {
        for _ in 0..4 {
            let part = region.get(1..).unwrap();
            s.spawn(move || {
                for _ in 0..1000 {
                    part[0].fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(region[1].load(Ordering::Relaxed), 4000);
    assert!(region.get(9..).is_err(), "elements, not bytes");
    assert!(region.same_mapping(&region.get(8..).unwrap()));
    let second = region.clone();
    let region = region.try_into_map_mut().unwrap_err();
    drop(second);
    assert_eq!(region.try_into_map_mut().unwrap().view::<u64>(8..16).unwrap(), [4000]);
}

#[test]
fn atomics_of_several_sizes_have_parts_of_their_own() {
    let (words, bytes) = RegionMut::from(MmapMut::anon(64).unwrap()).split_at(8);
    let words = AtomicRegion::<AtomicU32>::try_from(words).unwrap();
    let bytes = AtomicRegion::<AtomicU8>::try_from(bytes).unwrap();
    assert_eq!((words.len(), bytes.len()), (2, 56));
    words[1].store(u32::MAX, Ordering::Relaxed);
    bytes[0].store(1, Ordering::Relaxed);
    let words = words.try_into_map_mut().unwrap_err();
    drop(words);
    assert_eq!(bytes.try_into_map_mut().unwrap()[3..10], [0, 0xff, 0xff, 0xff, 0xff, 1, 0]);
}

#[test]
fn atomics_are_aligned_and_whole() {
    let (_, odd) = RegionMut::from(MmapMut::anon(64).unwrap()).split_at(2);
    let denied = AtomicRegion::<AtomicU32>::try_from(odd).unwrap_err();
    assert_eq!(reason(&denied.error), &MapError::Misaligned { align: 4 });
    assert_eq!(denied.mapping.len(), 62, "the region comes back");
    let (ragged, _) = RegionMut::from(MmapMut::anon(64).unwrap()).split_at(6);
    let denied = AtomicRegion::<AtomicI32>::try_from(ragged).unwrap_err();
    assert_eq!(reason(&denied.error), &MapError::Ragged { len: 6, size: 4 });
    assert!(AtomicRegion::<AtomicU64>::try_from(MmapMut::anon(0).unwrap()).unwrap().is_empty());
}

// ---- buffers ----

fn gathered<B: Lend<Elem = u8>>(buffers: &[B]) -> Vec<u8> {
    let iov: Vec<libc::iovec> = buffers
        .iter()
        .map(|buffer| {
            let lent = buffer.lend();
            libc::iovec { iov_base: lent.ptr.cast(), iov_len: lent.len }
        })
        .collect();
    let (mut reader, writer) = std::os::unix::net::UnixStream::pair().unwrap();
    let fd = std::os::fd::AsRawFd::as_raw_fd(&writer);
    // SAFETY: the buffers are lent, and C only reads them.
    let n = unsafe { libc::writev(fd, iov.as_ptr(), iov.len() as libc::c_int) };
    let mut bytes = vec![0; usize::try_from(n).unwrap()];
    reader.read_exact(&mut bytes).unwrap();
    bytes
}

fn filled<B: LendMut<Elem = u8>>(buffer: &mut B, content: &[u8]) {
    let (reader, mut writer) = std::os::unix::net::UnixStream::pair().unwrap();
    writer.write_all(content).unwrap();
    let lent = buffer.lend_mut();
    let iov = libc::iovec { iov_base: lent.ptr.cast(), iov_len: lent.len };
    let fd = std::os::fd::AsRawFd::as_raw_fd(&reader);
    // SAFETY: the buffer is lent for writing.
    let n = unsafe { libc::readv(fd, &raw const iov, 1) };
    assert_eq!(usize::try_from(n).unwrap(), content.len());
}

#[test]
fn every_mapping_is_lent_for_reading() {
    let map = || {
        let mut map = MmapMut::anon(3).unwrap();
        map.copy_from_slice(b"abc");
        map
    };
    assert_eq!(gathered(&[map(), map()]), b"abcabc");
    assert_eq!(gathered(&[map().make_read_only().unwrap()]), b"abc");
    let region = Region::from(map());
    assert_eq!(gathered(&[region.slice(1..), region.slice(..0), region]), b"bcabc");
    assert_eq!(gathered(&[RegionMut::from(map()).split_at(2).1]), b"c");
}

#[test]
fn writable_mappings_are_lent_for_writing() {
    let mut map = MmapMut::anon(page_size()).unwrap();
    filled(&mut map, b"written by the kernel");
    let (mut low, mut high) = RegionMut::from(map).split_at(11);
    filled(&mut high, b"through");
    assert_eq!((&low[..], &high[..10]), (&b"written by "[..], &b"throughnel"[..]));
    filled(&mut low, b"W");
    assert_eq!(&low[..], b"Written by ");
}

#[test]
fn lent_addresses_hold_still_when_the_owner_moves() {
    let mut map = MmapMut::anon(10).unwrap();
    let before = map.lend_mut().ptr;
    let mut moved = Box::new(map);
    assert_eq!(moved.lend_mut().ptr, before);
    let region = Region::from(*moved);
    let before = region.lend().ptr;
    assert_eq!([region][0].lend().ptr, before);
}

#[test]
fn a_region_becomes_bytes_without_copying() {
    let region = memory(b"0123456789");
    let address = region.as_ptr();
    let bytes = bytes::Bytes::from(region.slice(2..));
    drop(region);
    let part = bytes.slice(1..3);
    drop(bytes);
    assert_eq!((&part[..], part.as_ptr() as usize), (&b"34"[..], address as usize + 3));
}
