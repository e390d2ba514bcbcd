//! Mapping files and memory: windows, modes, flushing, protection, size.
#![cfg(target_os = "linux")]

mod mmap_common;

use mmap_common::{TempFile, at, mapped_at, page_size, pattern, reason, smaps};
use pin_ffi::mmap::{Advice, Denied, Huge, LossyAdvice, MapError, Mmap, MmapMut, MmapOptions, MmapRaw, Mode, Region};
use pin_ffi_tests::machine::{emulator, locks};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// The whole of a test file, which nobody else changes.
fn map(options: MmapOptions, file: &File) -> io::Result<Mmap> {
    // SAFETY: a test's own file.
    unsafe { options.map(file) }
}

fn map_mut(options: MmapOptions, file: &File) -> io::Result<MmapMut> {
    // SAFETY: a test's own file.
    unsafe { options.map_mut(file) }
}

fn map_copy(options: MmapOptions, file: &File) -> io::Result<MmapMut> {
    // SAFETY: a test's own file.
    unsafe { options.map_copy(file) }
}

const NEW: MmapOptions = MmapOptions::new();

// ---- windows ----

#[test]
fn m01_whole_file() {
    let content = pattern(100_003);
    let temp = TempFile::new(&content);
    assert_eq!(&map(NEW, &temp.file).unwrap()[..], &content);
}

#[test]
fn m01_explicit_length() {
    let content = pattern(100_003);
    let temp = TempFile::new(&content);
    assert_eq!(&map(NEW.len(5000), &temp.file).unwrap()[..], &content[..5000]);
    assert_eq!(&map(NEW.len(content.len()), &temp.file).unwrap()[..], &content);
}

#[test]
fn m01_last_1024_bytes() {
    let content = pattern(100_003);
    let temp = TempFile::new(&content);
    let from = content.len() - 1024;
    assert_eq!(&map(NEW.offset(from as u64).len(1024), &temp.file).unwrap()[..], &content[from..]);
}

#[test]
fn m01_any_offset_to_the_end() {
    let content = pattern(100_003);
    let temp = TempFile::new(&content);
    for offset in [67_746, 1, page_size() - 1, page_size(), page_size() + 1, 100_002] {
        assert_eq!(&map(NEW.offset(offset as u64), &temp.file).unwrap()[..], &content[offset..], "{offset}");
    }
}

#[test]
fn m01_offset_past_four_gib() {
    if cfg!(target_pointer_width = "32") && pin_ffi_tests::machine::emulator("qemu-user cuts off such an offset") {
        return;
    }
    let temp = TempFile::new(b"");
    let at = (5 << 30) + 123;
    temp.file.set_len(at + 10).unwrap();
    temp.file.write_all_at(b"far", at).unwrap();
    assert_eq!(&map(NEW.offset(at).len(3), &temp.file).unwrap()[..], b"far");
    assert_eq!(map(NEW.offset(at), &temp.file).unwrap().len(), 10);
}

#[test]
fn m01_zero_length_maps_nothing() {
    let temp = TempFile::new(b"something");
    for options in [NEW.len(0), NEW.offset(4).len(0), NEW.offset(9)] {
        let map = map(options, &temp.file).unwrap();
        assert_eq!(&map[..], b"");
        assert_eq!(mapped_at(map.as_ptr()), None);
        assert_eq!(map.as_ptr() as usize % page_size(), 0, "aligned for any type");
    }
}

#[test]
fn m02_empty_file_is_an_empty_slice() {
    let temp = TempFile::new(b"");
    assert_eq!(&map(NEW, &temp.file).unwrap()[..], b"");
    assert_eq!(&map_mut(NEW, &temp.file).unwrap()[..], b"");
}

#[test]
fn m02_empty_file_with_a_length_is_refused() {
    let temp = TempFile::new(b"");
    let error = map(NEW.len(1), &temp.file).unwrap_err();
    assert_eq!(reason(&error), &MapError::PastEnd { offset: 0, len: Some(1), size: 0 });
}

#[test]
fn m02_one_byte_past_the_end_is_refused() {
    let temp = TempFile::new(&pattern(1000));
    for (offset, len) in [(0, 1001), (1, 1000), (1000, 1), (999, 2)] {
        let error = map(NEW.offset(offset).len(len), &temp.file).unwrap_err();
        assert_eq!(reason(&error), &MapError::PastEnd { offset, len: Some(len), size: 1000 });
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
    let error = map(NEW.offset(1001), &temp.file).unwrap_err();
    assert_eq!(error.to_string(), "offset 1001 is past the file's 1000 bytes");
    assert!(map(NEW.offset(1001).len(0), &temp.file).is_err());
}

#[test]
fn m02_overflowing_windows_are_refused() {
    let temp = TempFile::new(&pattern(1000));
    for (offset, len) in [(0, usize::MAX), (u64::MAX, 1), (i64::MAX as u64, 1), (1 << 40, isize::MAX as usize), (7, !0)]
    {
        for options in [NEW.offset(offset).len(len), NEW.offset(offset).len(len).allow_past_end()] {
            let error = map(options, &temp.file).unwrap_err();
            assert!(matches!(reason(&error), MapError::PastEnd { .. } | MapError::TooLong { .. }), "{error}");
        }
    }
    assert!(matches!(reason(&MmapMut::anon(usize::MAX).unwrap_err()), MapError::TooLong { .. }));
}

#[test]
fn m02_objects_without_a_size_need_a_length() {
    let device = File::open("/dev/zero").unwrap();
    assert_eq!(reason(&map(NEW, &device).unwrap_err()), &MapError::NoSize);
    let (reader, _writer) = std::os::unix::net::UnixStream::pair().unwrap();
    // SAFETY: refused before anything is mapped.
    assert_eq!(reason(&unsafe { NEW.map(&reader) }.unwrap_err()), &MapError::NoSize);
}

#[test]
fn m02_a_device_with_a_given_length_is_mapped() {
    let device = File::open("/dev/zero").unwrap();
    // SAFETY: always zero.
    let map = unsafe { NEW.len(10_000).map_private(&device) }.unwrap();
    assert!(map.len() == 10_000 && map.iter().all(|&b| b == 0));
}

#[test]
fn m02_a_window_past_the_end_when_asked_for() {
    let temp = TempFile::new(b"short");
    let map = map_mut(NEW.len(2 * page_size()).allow_past_end(), &temp.file).unwrap();
    temp.file.set_len(2 * page_size() as u64).unwrap();
    temp.file.write_all_at(b"grown", page_size() as u64).unwrap();
    assert_eq!(&map[page_size()..page_size() + 5], b"grown");
}

// ---- modes ----

#[test]
fn m03_read_only_is_shared_and_not_writable() {
    let temp = TempFile::new(b"content");
    let map = map(NEW, &temp.file).unwrap();
    assert_eq!(map.mode(), Mode::ReadOnly);
    assert!(mapped_at(map.as_ptr()).unwrap().contains("r--s"));
}

#[test]
fn m03_read_private_is_private_and_not_writable() {
    let temp = TempFile::new(b"content");
    // SAFETY: a test's own file.
    let map = unsafe { NEW.map_private(&temp.file) }.unwrap();
    assert_eq!((map.mode(), &map[..]), (Mode::ReadPrivate, &b"content"[..]));
    assert!(mapped_at(map.as_ptr()).unwrap().contains("r--p"));
}

#[test]
fn m03_read_write_writes_the_file() {
    let temp = TempFile::new(b"content");
    let mut map = map_mut(NEW.offset(3), &temp.file).unwrap();
    assert!(mapped_at(map.as_ptr()).unwrap().contains("rw-s"));
    map.copy_from_slice(b"TENT");
    map.flush().unwrap();
    assert_eq!(temp.content(), b"conTENT");
}

#[test]
fn m03_copy_on_write_is_invisible_in_the_file_and_in_a_second_mapping() {
    let temp = TempFile::new(b"content");
    let second = map(NEW, &temp.file).unwrap();
    let mut copy = map_copy(NEW, &temp.file).unwrap();
    assert!(mapped_at(copy.as_ptr()).unwrap().contains("rw-p"));
    copy.fill(b'x');
    copy.flush().unwrap();
    assert_eq!((&copy[..], &second[..]), (&b"xxxxxxx"[..], &b"content"[..]));
    assert_eq!(temp.content(), b"content");
}

#[test]
fn m03_a_second_shared_mapping_sees_what_is_written() {
    let temp = TempFile::new(b"content");
    // Read by copying: the bytes change.
    let second = NEW.map_raw(&temp.file, Mode::ReadOnly).unwrap();
    let mut map = map_mut(NEW, &temp.file).unwrap();
    map[0] = b'C';
    // SAFETY: one mapped byte.
    assert_eq!(unsafe { second.as_ptr().read_volatile() }, b'C');
}

#[test]
fn m04_read_only_descriptor_cannot_be_mapped_for_writing() {
    let temp = TempFile::new(b"content");
    let error = map_mut(NEW, &temp.read_only()).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EACCES));
}

#[test]
fn m04_read_only_descriptor_can_be_mapped_copy_on_write() {
    let temp = TempFile::new(b"content");
    let mut map = map_copy(NEW, &temp.read_only()).unwrap();
    map[0] = b'C';
    assert_eq!((&map[..], &temp.content()[..]), (&b"Content"[..], &b"content"[..]));
}

#[test]
fn m04_a_write_only_descriptor_cannot_be_mapped() {
    let temp = TempFile::new(b"content");
    let file = File::options().write(true).open(&temp.path).unwrap();
    assert_eq!(map(NEW, &file).unwrap_err().raw_os_error(), Some(libc::EACCES));
}

#[test]
fn m10_the_mapping_outlives_its_descriptor_and_its_name() {
    let temp = TempFile::new(b"content");
    let map = map(NEW, &temp.file).unwrap();
    drop(temp);
    assert_eq!(&map[..], b"content");
}

#[test]
fn m11_anything_with_a_descriptor_can_be_mapped() {
    let temp = TempFile::new(b"content");
    let owned: std::os::fd::OwnedFd = temp.read_only().into();
    // SAFETY: a test's own file.
    let (a, b) = unsafe { (NEW.map(&owned).unwrap(), NEW.map(std::sync::Arc::new(temp.read_only())).unwrap()) };
    assert_eq!(a[..], b[..]);
}

/// A forked child has the pages as what they were when it was forked, and writes them.
#[test]
fn memory_that_a_child_writes_is_not_called_unchanging() {
    let mut map = NEW.len(1).map_anon_shared().unwrap();
    let status = mmap_common::in_child(|| {
        map[0] = 7;
        0
    });
    let map = map.make_read_only().unwrap();
    assert_eq!((status, map[0], map.is_unchanging()), (0, 7, false));
    assert!(MmapMut::anon(1).unwrap().make_read_only().unwrap().is_unchanging());
}

#[test]
fn raw_mapping_becomes_typed_again() {
    let temp = TempFile::new(b"content");
    let raw = NEW.map_raw(&temp.file, Mode::ReadWrite).unwrap();
    // SAFETY: a test's own file.
    let mut map = unsafe { raw.assume_map_mut() }.unwrap();
    map[0] = b'C';
    // SAFETY: as above.
    let map = unsafe { MmapRaw::from(map).assume_map() };
    assert_eq!(&map[..], b"Content");
    let raw = NEW.map_raw(&temp.file, Mode::ReadOnly).unwrap();
    // SAFETY: as above.
    assert!(unsafe { raw.assume_map_mut() }.is_err(), "read-only pages never become a `&mut [u8]`");
}

// ---- addresses, threads, dropping ----

#[test]
fn the_address_holds_still_when_the_value_moves() {
    let map = MmapMut::anon(100).unwrap();
    let address = map.as_ptr();
    let moved = Box::new(map);
    assert_eq!(moved.as_ptr(), address);
}

#[test]
fn a_mapping_is_used_and_dropped_on_another_thread() {
    fn send_and_sync<T: Send + Sync>() {}
    send_and_sync::<Mmap>();
    send_and_sync::<MmapMut>();
    send_and_sync::<MmapRaw>();
    // Its maker's thread is gone when it is used.
    let mut map = std::thread::spawn(|| MmapMut::anon(100).unwrap()).join().unwrap();
    map[0] = 1;
    let address = map.as_ptr() as usize;
    std::thread::spawn(move || drop(map)).join().unwrap();
    let _ = address;
}

#[test]
fn dropping_unmaps() {
    let temp = TempFile::of_pages(3);
    let map = map(NEW, &temp.file).unwrap();
    let line = mapped_at(map.as_ptr()).unwrap();
    assert!(line.contains(temp.path.file_name().unwrap().to_str().unwrap()));
    drop(map);
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    assert!(!maps.contains(temp.path.file_name().unwrap().to_str().unwrap()), "{maps}");
}

#[test]
fn a_forked_child_has_the_mapping_and_unmaps_only_its_own() {
    let mut map = MmapMut::anon(page_size()).unwrap();
    map.fill(7);
    let status = mmap_common::in_child(|| {
        let seen = map[10];
        map[10] = 8;
        // SAFETY: the value is not used again in the child.
        drop(unsafe { std::ptr::read(&raw const map) });
        i32::from(seen)
    });
    assert_eq!(libc::WEXITSTATUS(status), 7);
    assert_eq!(map[10], 7, "private memory");
}

#[test]
fn a_forked_child_writes_inherited_memory() {
    let map = MmapRaw::from(NEW.len(page_size()).map_anon_shared().unwrap());
    mmap_common::in_child(|| {
        // SAFETY: one mapped byte.
        unsafe { map.as_mut_ptr().write_volatile(9) };
        0
    });
    // SAFETY: one mapped byte.
    assert_eq!(unsafe { map.as_ptr().read_volatile() }, 9);
}

// ---- anonymous memory and options ----

#[test]
fn anonymous_memory_is_zero_and_needs_a_length() {
    assert!(MmapMut::anon(100_000).unwrap().iter().all(|&b| b == 0));
    assert_eq!(reason(&NEW.map_anon().unwrap_err()), &MapError::NoLength);
    assert!(matches!(reason(&NEW.len(1).offset(1).map_anon().unwrap_err()), MapError::Unsupported(_)));
    assert!(MmapMut::anon(0).unwrap().is_empty());
}

#[test]
fn populate_reads_everything_in() {
    if emulator("pages are the emulator's") {
        return;
    }
    let map = NEW.len(64 * page_size()).populate().map_anon().unwrap();
    assert_eq!(smaps(map.as_ptr(), "Rss").min(map.len()), map.len());
}

#[test]
fn no_reserve_and_stack_map_memory() {
    let mut map = NEW.len(1 << 28).no_reserve().stack().map_anon().unwrap();
    map[(1 << 28) - 1] = 1;
}

#[test]
fn at_maps_at_the_address_or_not_at_all() {
    let hole = MmapMut::anon(4 * page_size()).unwrap();
    let taken = hole.as_ptr() as usize;
    let error = at(NEW.len(1), taken).map_anon().unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EEXIST));
    assert!(hole.iter().all(|&b| b == 0));
    assert_eq!(
        reason(&at(NEW.len(1), taken + 1).map_anon().unwrap_err()),
        &MapError::Misaligned { align: page_size() }
    );
    assert!(at(NEW.len(1), 0).map_anon().is_err());
    // Far from where the kernel puts things by itself, so that no other test takes it.
    let free = mmap_common::far(2);
    let temp = TempFile::new(b"content");
    let map = map(at(NEW.offset(2), free), &temp.file).unwrap();
    assert_eq!((map.as_ptr() as usize, &map[..]), (free + 2, &b"ntent"[..]));
}

#[test]
fn sync_is_refused_where_there_is_no_persistent_memory() {
    let temp = TempFile::new(b"content");
    match map_mut(NEW.sync(), &temp.file) {
        Ok(_) => println!("skipped: the temporary directory is on persistent memory"),
        // Kernels before 4.15 do not know the flag at all.
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => println!("skipped: the kernel has no MAP_SYNC"),
        Err(error) => {
            let message = "`sync` on a file that is not on persistent memory (DAX) is not supported here";
            assert_eq!((error.kind(), error.to_string().as_str()), (io::ErrorKind::Unsupported, message));
        }
    }
    assert!(matches!(reason(&NEW.len(1).sync().map_anon().unwrap_err()), MapError::Unsupported(_)));
    // SAFETY: refused.
    let private = unsafe { NEW.sync().map_private(&temp.file) };
    assert!(matches!(reason(&private.unwrap_err()), MapError::Unsupported(_)));
}

#[test]
fn memory_is_bound_to_a_node() {
    // Apart from one another, for the kernel makes one area of neighbours.
    let bound = |n| at(NEW.len(4 * page_size()).bind_to_nodes(1), mmap_common::far(n));
    let shared = bound(22).populate().map_anon_shared();
    match [bound(20).map_anon(), bound(21).populate().map_anon(), shared].into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(maps) => {
            for mut map in maps {
                map.fill(1);
                let Ok(policy) = std::fs::read_to_string("/proc/self/numa_maps") else {
                    println!("skipped: the kernel does not show whose pages these are");
                    return;
                };
                let address = format!("{:x} ", map.as_ptr() as usize);
                let line = policy.lines().find(|line| line.starts_with(&address)).unwrap();
                assert!(line.contains(" bind:0 ") && line.contains(" N0=4"), "{line}");
            }
        }
        Err(error) => {
            assert!(matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EPERM)), "{error}");
            println!("skipped: {error}");
        }
    }
}

#[test]
fn a_node_that_is_not_there_is_refused_before_anything_is_mapped() {
    let first = NEW.len(1).bind_to_nodes(1);
    if first.map_anon().is_err() {
        println!("skipped: no nodes to be bound to");
        return;
    }
    let temp = TempFile::new(b"content");
    for nodes in [0, 1 << 63, 1 | 1 << 63] {
        let error = NEW.len(1).bind_to_nodes(nodes).map_anon().unwrap_err();
        assert!(matches!(reason(&error), MapError::NoNode { nodes: n, allowed } if *n == nodes && allowed & 1 == 1));
        let error = NEW.bind_to_nodes(nodes).map_raw(&temp.file, Mode::ReadOnly).unwrap_err();
        assert!(matches!(reason(&error), MapError::NoNode { .. }), "{error}");
    }
    let message = NEW.len(1).bind_to_nodes(1 << 63).map_anon().unwrap_err().to_string();
    assert!(message.starts_with("the NUMA nodes 0b1000") && message.contains("are not all among"), "{message}");
}

/// Huge pages of the default size, if the machine has any to spare.
fn huge_pages() -> Option<usize> {
    let size = Huge::Default.bytes().ok()?;
    match NEW.len(1).huge(Huge::Default).map_anon() {
        Ok(_) => Some(size),
        Err(error) => {
            println!("skipped: no huge pages to be had ({error})");
            None
        }
    }
}

#[test]
fn s31_huge_pages_are_unmapped_whole() {
    let Some(size) = huge_pages() else { return };
    let mut map = NEW.len(100).huge(Huge::Default).map_anon().unwrap();
    map[99] = 1;
    let address = map.as_ptr();
    assert_eq!((map.len(), address as usize % size), (100, 0));
    assert_eq!(smaps(address, "KernelPageSize"), size);
    drop(map);
    // Another test may have mapped something else there meanwhile.
    assert!(mapped_at(address).is_none_or(|line| !line.contains("hugepage")));
}

#[test]
fn s31_a_window_of_a_huge_memfd_is_unmapped_whole() {
    let Some(size) = huge_pages() else { return };
    let file = mmap_common::memfd(libc::MFD_HUGETLB).unwrap();
    file.set_len(size as u64).unwrap();
    // Nobody says that the file has huge pages: the mapping finds out.
    let mut map = map_mut(NEW.offset(12_345).len(10), &file).unwrap();
    map[9] = 1;
    map.flush().unwrap();
    let (address, line) = (map.as_ptr(), mapped_at(map.as_ptr()).unwrap());
    drop(map);
    assert_ne!(mapped_at(address), Some(line));
}

#[test]
fn a_huge_page_of_no_size_is_refused() {
    assert!(matches!(reason(&NEW.len(1).huge(Huge::Log2(63)).map_anon().unwrap_err()), MapError::Unsupported(_)));
    assert!(NEW.len(1).huge(Huge::Log2(200)).map_anon().is_err());
    assert!(NEW.len(1).huge(Huge::Log2(1)).map_anon().is_err());
}

// ---- flush, advice, locks ----

#[test]
fn m09_flush_async_and_ranges() {
    let temp = TempFile::of_pages(3);
    let mut map = map_mut(NEW.offset(10), &temp.file).unwrap();
    map.fill(9);
    map.flush_async().unwrap();
    map.flush_range(page_size() - 11..=page_size()).unwrap();
    map.flush_async_range(..1).unwrap();
    map.flush_range(map.len()..).unwrap();
    map.flush_data(&temp.file, ..).unwrap();
    assert_eq!(&temp.content()[..12], &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9, 9]);
}

#[test]
fn every_advice_is_known_or_refused_by_the_kernel() {
    let temp = TempFile::of_pages(2);
    let map = map(NEW, &temp.file).unwrap();
    let mut memory = MmapMut::anon(2 * page_size()).unwrap();
    memory.fill(3);
    for &advice in Advice::ALL {
        for result in [map.advise(advice), memory.advise(advice), memory.advise_range(advice, 5..6)] {
            if let Err(error) = result {
                assert!(error.raw_os_error().is_some(), "{advice:?}: {error}");
                println!("{advice:?}: {error}");
            }
        }
        assert_eq!((map[page_size()], memory[page_size()]), (2, 3), "{advice:?} keeps what is there");
    }
}

/// What the kernel cannot make longer stays as it was.
#[test]
fn a_mapping_whose_parts_differ_grows_no_longer() {
    if emulator("advice goes no further than the emulator") {
        return;
    }
    if std::env::var("SANITIZER").is_ok_and(|sanitizer| sanitizer == "valgrind") {
        println!("skipped: valgrind moves mappings by itself");
        return;
    }
    let page = page_size();
    let mut map = MmapMut::anon(4 * page).unwrap();
    map.fill(1);
    map.advise_range(Advice::DontDump, ..page).unwrap();
    assert_eq!(map.resize(8 * page, true).unwrap_err().raw_os_error(), Some(libc::EFAULT));
    assert!(map.len() == 4 * page && map.iter().all(|&b| b == 1));
    map.resize(page, true).unwrap();
    map.resize(8 * page, true).unwrap();
    assert_eq!((map[page - 1], map[page]), (1, 0));
}

#[test]
fn lossy_advice_spares_pages_that_the_range_covers_in_part() {
    let page = page_size();
    let mut map = MmapMut::anon(4 * page).unwrap();
    map.fill(7);
    // SAFETY: nothing depends on the bytes.
    unsafe { map.advise_lossy_range(LossyAdvice::DontNeed, 1..=3 * page).unwrap() };
    let first_of_each: Vec<u8> = map.chunks(page).map(|page| page[0]).collect();
    assert_eq!(first_of_each, [7, 0, 0, 7]);
    // SAFETY: as above.
    unsafe { map.advise_lossy(LossyAdvice::DontNeed).unwrap() };
    assert!(map.iter().all(|&b| b == 0));
}

#[test]
fn a_guarded_page_is_a_segfault_until_the_guard_is_removed() {
    if emulator("emulators take advice that they do not know, and do nothing") {
        return;
    }
    let page = page_size();
    let mut map = MmapMut::anon(3 * page).unwrap();
    map.fill(7);
    // SAFETY: nobody touches the guarded page but the child.
    if let Err(error) = unsafe { map.advise_lossy_range(LossyAdvice::GuardInstall, page..2 * page) } {
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
        println!("skipped: the kernel has no guards");
        return;
    }
    let status = mmap_common::in_child(|| i32::from(std::hint::black_box(&map)[page]));
    assert_eq!(libc::WTERMSIG(status), libc::SIGSEGV);
    assert_eq!((map[page - 1], map[2 * page]), (7, 7));
    // SAFETY: nothing depends on the bytes.
    unsafe { map.advise_lossy_range(LossyAdvice::GuardRemove, page..2 * page) }.unwrap();
    assert_eq!((map[page - 1], map[page], map[2 * page]), (7, 0, 7));
}

#[test]
fn remove_leaves_the_bytes_of_the_file_that_are_not_mapped() {
    if emulator("advice goes no further than the emulator") {
        return;
    }
    let page = page_size();
    let file = mmap_common::memfd(0).unwrap();
    file.write_all_at(&vec![5; 3 * page], 0).unwrap();
    let mut map = map_mut(NEW.offset(100).len(2 * page), &file).unwrap();
    // SAFETY: nothing depends on the bytes.
    unsafe { map.advise_lossy(LossyAdvice::Remove).unwrap() };
    let mut content = vec![0; 3 * page];
    file.read_exact_at(&mut content, 0).unwrap();
    assert!(content[..page].iter().all(|&b| b == 5) && content[2 * page..].iter().all(|&b| b == 5));
    assert!(content[page..2 * page].iter().all(|&b| b == 0));
}

#[test]
fn locked_bytes_are_counted_by_the_kernel() {
    let map = MmapMut::anon(4 * page_size()).unwrap();
    let lock = map.lock_range(page_size()..=page_size());
    if lock.is_err() || emulator("qemu-user locks in its own way") || !locks() {
        println!("skipped: {lock:?}");
        return;
    }
    assert_eq!(smaps(map[page_size()..].as_ptr(), "Locked"), page_size());
    map.unlock().unwrap();
    assert_eq!(smaps(map.as_ptr(), "Locked"), 0);
    let locked = NEW.len(page_size()).lock().map_anon().unwrap();
    assert_eq!(smaps(locked.as_ptr(), "Locked"), page_size());
    if let Err(error) = map.lock_on_fault(..) {
        println!("skipped: {error}");
        return;
    }
    assert!(std::fs::read_to_string("/proc/self/smaps").unwrap().contains(" lo "));
    map.unlock_range(..).unwrap();
    NEW.len(page_size()).lock_on_fault().map_anon().unwrap();
}

#[test]
fn an_empty_mapping_takes_every_call() {
    let mut map = MmapMut::anon(0).unwrap();
    map.flush().unwrap();
    map.advise(Advice::WillNeed).unwrap();
    map.lock().unwrap();
    map.unlock().unwrap();
    map.resize(0, true).unwrap();
    assert_eq!(reason(&map.resize(1, true).unwrap_err()), &MapError::Empty);
    let map = map.make_read_only().unwrap().make_exec().unwrap().make_mut().unwrap();
    assert!(map.is_empty());
}

// ---- protection ----

#[test]
fn protection_changes_and_changes_back() {
    let mut map = MmapMut::anon(page_size()).unwrap();
    map[0] = 1;
    let map = map.make_read_only().unwrap();
    assert!(mapped_at(map.as_ptr()).unwrap().contains("r--p"));
    let mut map = map.make_mut().unwrap();
    map[0] += 1;
    assert_eq!(map[0], 2);
}

#[test]
fn what_was_mapped_to_be_read_stays_so() {
    let temp = TempFile::new(b"content");
    let Denied { mapping, error } = map(NEW, &temp.file).unwrap().make_mut().unwrap_err();
    assert_eq!((reason(&error), &mapping[..]), (&MapError::MadeReadOnly, &b"content"[..]));
    // SAFETY: a test's own file.
    let mut map = unsafe { mapping.make_mut_shared() }.unwrap();
    map[0] = b'C';
    assert_eq!((map.mode(), &temp.content()[..]), (Mode::ReadWrite, &b"Content"[..]));
}

/// Two mappings of one file that were both promised to be read only: no safe code makes one of them writable.
#[test]
fn s30_a_raw_mapping_shown_as_a_slice_is_not_made_writable() {
    let temp = TempFile::new(b"content");
    let raw = || NEW.map_raw(&temp.file, Mode::ReadWrite).unwrap();
    let other = map(NEW, &temp.file).unwrap();
    // SAFETY: a test's own file, which nobody writes until the end.
    let (a, b) = unsafe { (raw().assume_map(), raw().assume_map()) };
    let Denied { mapping, error } = a.make_mut().unwrap_err();
    assert_eq!((mapping.mode(), reason(&error)), (Mode::ReadOnly, &MapError::MadeReadOnly));
    let region = Region::from(mapping).try_into_map_mut().unwrap_err();
    let raw = MmapRaw::from(region.try_into_map().unwrap());
    assert!(!raw.is_writable() && raw.try_write_at(0, b"C").is_err());
    // SAFETY: as above.
    assert!(unsafe { raw.assume_map_mut() }.is_err());
    assert_eq!(&other[..], b"content");
    drop(other);
    // SAFETY: nobody else shows the file now.
    let mut map = unsafe { b.make_mut_shared() }.unwrap();
    map[0] = b'C';
    assert_eq!((map.mode(), &temp.content()[..]), (Mode::ReadWrite, &b"Content"[..]));
}

/// What no other mapping of this process reaches may become writable again.
#[test]
fn memory_of_ours_that_was_raw_for_a_while_is_made_writable() {
    for map in [MmapMut::anon(10).unwrap(), NEW.len(10).map_anon_shared().unwrap()] {
        let mode = map.mode();
        // SAFETY: nobody writes it.
        let map = unsafe { MmapRaw::from(map).assume_map() };
        let mut map = map.make_mut().unwrap();
        map[0] = 1;
        assert_eq!((map.mode(), map[0]), (mode, 1));
    }
}

#[test]
fn a_private_mapping_made_writable_is_copy_on_write() {
    let temp = TempFile::new(b"content");
    // SAFETY: a test's own file.
    let mut map = unsafe { NEW.map_private(temp.read_only()) }.unwrap().make_mut().unwrap();
    map[0] = b'C';
    assert_eq!((map.mode(), &temp.content()[..]), (Mode::CopyOnWrite, &b"content"[..]));
}

#[test]
fn a_refused_protection_gives_the_mapping_back() {
    let temp = TempFile::new(b"content");
    let map = map(NEW, &temp.read_only()).unwrap();
    // SAFETY: refused by the kernel.
    let Denied { mapping, error } = unsafe { map.make_mut_shared() }.unwrap_err();
    assert_eq!((error.raw_os_error(), &mapping[..]), (Some(libc::EACCES), &b"content"[..]));
    assert_eq!(mapping.mode(), Mode::ReadOnly);
}

/// `mprotect` changes area by area, and stops at the first that it may not.
#[test]
fn a_protection_refused_halfway_is_taken_back() {
    use std::os::fd::AsRawFd;
    let page = page_size();
    let temp = TempFile::of_pages(1);
    let map = MmapMut::anon(2 * page).unwrap().make_read_only().unwrap();
    let second = map[page..].as_ptr().cast_mut().cast();
    let (flags, fd) = (libc::MAP_SHARED | libc::MAP_FIXED, temp.read_only());
    // SAFETY: our own page, replaced by one of a file that cannot be made writable.
    let replaced = unsafe { libc::mmap(second, page, libc::PROT_READ, flags, fd.as_raw_fd(), 0) };
    assert_eq!(replaced, second);
    let Denied { mapping, error } = map.make_mut().unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EACCES));
    assert!(mapped_at(mapping.as_ptr()).unwrap().contains("r--p"), "the first page, too, is as it was");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn code_is_written_made_executable_and_called() {
    let mut map = MmapMut::anon(page_size()).unwrap();
    map[..6].copy_from_slice(&[0xb8, 0xab, 0x00, 0x00, 0x00, 0xc3]); // mov eax, 0xab; ret
    let map = map.make_exec().unwrap();
    assert!(mapped_at(map.as_ptr()).unwrap().contains("r-xp"));
    // SAFETY: the code written above has this signature.
    let function: extern "C" fn() -> u32 = unsafe { std::mem::transmute(map.as_ptr()) };
    assert_eq!(function(), 0xab);
}

#[test]
fn exec_maps_a_file_to_be_executed() {
    let exe = File::open("/proc/self/exe").unwrap();
    let map = map(NEW.exec().len(page_size()), &exe).unwrap();
    assert!(mapped_at(map.as_ptr()).unwrap().contains("r-xs"));
}

// ---- size ----

#[test]
fn memory_grows_with_zeros_and_shrinks() {
    let mut map = MmapMut::anon(10).unwrap();
    map.fill(1);
    map.resize(5, true).unwrap();
    map.resize(3 * page_size() + 1, true).unwrap();
    assert_eq!(map.len(), 3 * page_size() + 1);
    assert_eq!((&map[..5], map[5..].iter().any(|&b| b != 0)), (&[1; 5][..], false));
    map[3 * page_size()] = 1;
    map.resize(0, true).unwrap();
    assert!(map.is_empty());
}

#[test]
fn memory_made_read_only_grows_with_zeros_too() {
    let mut map = MmapMut::anon(10).unwrap();
    map.fill(1);
    let mut map = map.make_read_only().unwrap();
    map.resize(5, true).unwrap();
    map.resize(2 * page_size(), true).unwrap();
    assert_eq!((&map[..5], map[5..].iter().any(|&b| b != 0)), (&[1; 5][..], false));
    let status = mmap_common::in_child(|| {
        // SAFETY: for the child to die of.
        unsafe { map.as_ptr().cast_mut().write(2) };
        0
    });
    assert_eq!(libc::WTERMSIG(status), libc::SIGSEGV, "it is as it was");
}

#[test]
fn a_file_mapping_does_not_grow_safely() {
    let temp = TempFile::of_pages(2);
    let mut map = map_mut(NEW.offset(7).len(page_size()), &temp.file).unwrap();
    assert!(matches!(reason(&map.resize(page_size() + 1, true).unwrap_err()), MapError::Unsupported(_)));
    assert_eq!(map.len(), page_size());
    map.resize(100, false).unwrap();
    // SAFETY: the file has two pages.
    unsafe { map.remap(2 * page_size() - 7, true).unwrap() };
    assert_eq!((map.len(), map[page_size() - 8], map[page_size() - 7]), (2 * page_size() - 7, 1, 2));
    let mut inherited = NEW.len(1).map_anon_shared().unwrap();
    assert!(inherited.resize(2 * page_size(), true).is_err(), "behind its end there would be a SIGBUS");
}

#[test]
fn a_remap_that_must_not_move_fails_and_changes_nothing() {
    // Two mappings side by side: the lower one cannot grow in place.
    let page = page_size();
    let place = mmap_common::far(3);
    let mut low = at(NEW.len(page), place).map_anon().unwrap();
    let high = at(NEW.len(page), place + page).map_anon_shared().unwrap();
    low[0] = 1;
    let error = low.resize(2 * page, false).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ENOMEM));
    assert_eq!((low.len(), low[0], high[0]), (page, 1, 0));
    low.resize(2 * page, true).unwrap();
    assert_eq!((low.len(), low[0]), (2 * page, 1));
    assert!(low.resize(usize::MAX, true).is_err());
}
