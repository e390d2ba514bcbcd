//! `try_copy_to`, `try_read_at`, `try_write_at` through the kernel: no signal handler is installed in this process.
#![cfg(target_os = "linux")]

mod mmap_common;
mod mmap_seccomp;

use mmap_common::{TempFile, page_size, pattern, reason};
use pin_ffi::mmap::{AtomicRegion, MapError, MmapMut, MmapOptions, MmapRaw, Mode, Region, RegionMut};
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

const NEW: MmapOptions = MmapOptions::new();

fn raw(temp: &TempFile, mode: Mode) -> MmapRaw {
    NEW.map_raw(&temp.file, mode).unwrap()
}

#[test]
fn bytes_are_copied_out_and_in() {
    let content = pattern(3 * page_size() + 5);
    let temp = TempFile::new(&content);
    let map = raw(&temp, Mode::ReadWrite);
    let mut bytes = vec![0; content.len()];
    map.try_copy_to(0, &mut bytes).unwrap();
    assert_eq!(bytes, content);
    map.try_copy_to(page_size() - 1, &mut bytes[..2]).unwrap();
    assert_eq!(bytes[..2], content[page_size() - 1..=page_size()]);
    assert_eq!(map.try_write_at(page_size() - 1, b"xy").unwrap(), 2);
    assert_eq!(temp.content()[page_size() - 1..=page_size()], *b"xy");
}

#[test]
fn ranges_are_checked() {
    let temp = TempFile::new(b"0123456789");
    let map = raw(&temp, Mode::ReadWrite);
    let mut bytes = [0; 4];
    for offset in [7, 10, 11, usize::MAX, usize::MAX - 3] {
        let error = map.try_copy_to(offset, &mut bytes).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{offset}: {error}");
    }
    map.try_copy_to(10, &mut []).unwrap();
    assert!(map.try_copy_to(11, &mut []).is_err());
    assert_eq!(map.try_read_at(8, &mut bytes).unwrap(), 2);
    assert_eq!(map.try_write_at(8, b"abc").unwrap(), 2);
    for offset in [10, 11, usize::MAX] {
        assert_eq!(map.try_read_at(offset, &mut bytes).unwrap(), 0);
        assert_eq!(map.try_write_at(offset, b"abc").unwrap(), 0);
    }
    assert_eq!(temp.content(), b"01234567ab");
}

#[test]
fn s30_a_truncated_file_is_an_error() {
    let temp = TempFile::of_pages(4);
    let map = raw(&temp, Mode::ReadWrite);
    temp.file.set_len(page_size() as u64 + 10).unwrap();
    let mut bytes = vec![0; 4 * page_size()];
    let error = map.try_copy_to(0, &mut bytes).unwrap_err();
    // The rest of the page with the file's end is there, and 0.
    assert_eq!(reason(&error), &MapError::Gone { at: 2 * page_size() });
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(map.try_read_at(0, &mut bytes).unwrap(), 2 * page_size());
    assert_eq!((bytes[page_size() + 9], bytes[page_size() + 10]), (2, 0));
    let error = map.try_read_at(3 * page_size() + 1, &mut bytes).unwrap_err();
    assert_eq!(reason(&error), &MapError::Gone { at: 3 * page_size() + 1 });
    assert_eq!(map.try_write_at(2 * page_size() - 3, b"abcdef").unwrap(), 3);
    assert_eq!(reason(&map.try_write_at(2 * page_size(), b"x").unwrap_err()), &MapError::Gone { at: 2 * page_size() });
}

#[test]
fn s30_what_grows_back_is_read_again() {
    let temp = TempFile::of_pages(2);
    let map = raw(&temp, Mode::ReadOnly);
    let mut bytes = [0; 4];
    temp.file.set_len(0).unwrap();
    assert!(map.try_copy_to(page_size(), &mut bytes).is_err());
    temp.file.write_all_at(b"back", page_size() as u64).unwrap();
    map.try_copy_to(page_size(), &mut bytes).unwrap();
    assert_eq!(&bytes, b"back");
}

#[test]
fn read_only_mappings_are_not_written() {
    let temp = TempFile::new(b"content");
    for mode in [Mode::ReadOnly, Mode::ReadPrivate] {
        let error = raw(&temp, mode).try_write_at(0, b"x").unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EACCES));
    }
    let copy = raw(&temp, Mode::CopyOnWrite);
    assert_eq!(copy.try_write_at(0, b"C").unwrap(), 1);
    assert_eq!(temp.content(), b"content");
}

#[test]
fn every_type_copies() {
    let mut map = MmapMut::anon(page_size() + 10).unwrap();
    let mut bytes = [0; 3];
    assert_eq!(map.try_write_at(page_size() - 1, b"abc").unwrap(), 3);
    let region = RegionMut::from(map);
    region.try_copy_to(page_size() - 1, &mut bytes).unwrap();
    assert_eq!(&bytes, b"abc");
    let (low, mut high) = region.split_at(page_size());
    assert_eq!(high.try_write_at(0, b"BC").unwrap(), 2);
    assert_eq!(low.try_read_at(page_size() - 1, &mut bytes).unwrap(), 1);
    let region = low.try_join(high).unwrap().freeze();
    let inner: Region = region.slice(page_size() - 1..=page_size());
    assert_eq!((inner.try_read_at(0, &mut bytes).unwrap(), &bytes[..2]), (2, &b"aB"[..]));
    assert!(inner.try_copy_to(0, &mut bytes).is_err(), "its own end, not the mapping's");
    drop(inner);
    let map = region.try_into_map().unwrap();
    map.try_copy_to(page_size(), &mut bytes).unwrap();
    let atomic = AtomicRegion::<AtomicU8>::try_from(map.make_mut().unwrap()).unwrap();
    assert_eq!(atomic.try_write_at(0, b"xyz").unwrap(), 3);
    atomic.try_copy_to(1, &mut bytes[..2]).unwrap();
    assert_eq!((&bytes, atomic[0].load(Ordering::Relaxed)), (b"yz\0", b'x'));
}

#[test]
fn s30_without_process_vm_readv_a_pipe_does() {
    let temp = TempFile::of_pages(4);
    let map = raw(&temp, Mode::ReadWrite);
    temp.file.set_len(2 * page_size() as u64).unwrap();
    let forbidden =
        mmap_seccomp::failing(&[libc::SYS_process_vm_readv, libc::SYS_process_vm_writev], libc::EPERM, || {
            let mut bytes = vec![0; 4 * page_size()];
            assert_eq!(map.try_read_at(3, &mut bytes).unwrap(), 2 * page_size() - 3);
            assert_eq!((bytes[0], bytes[page_size() - 3], bytes[2 * page_size() - 4]), (1, 2, 2));
            assert!(map.try_read_at(2 * page_size(), &mut bytes).is_err());
            map.try_copy_to(page_size() - 7, &mut bytes[..14]).unwrap();
            assert_eq!(bytes[..14], [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2]);
            assert_eq!(map.try_write_at(2 * page_size() - 2, b"abcd").unwrap(), 2);
        });
    if !forbidden {
        println!("skipped: no filters to be had");
    }
}

/// Where neither way can be had, nothing is known of the file.
#[test]
fn without_a_pipe_the_error_is_the_kernels() {
    let mut map = MmapMut::anon(10).unwrap();
    let calls = [libc::SYS_process_vm_readv, libc::SYS_process_vm_writev, libc::SYS_pipe2];
    let forbidden = mmap_seccomp::failing(&calls, libc::EMFILE, || {
        let mut bytes = [0; 4];
        let errors = [
            map.try_copy_to(0, &mut bytes).unwrap_err(),
            map.try_read_at(0, &mut bytes).unwrap_err(),
            map.try_write_at(0, &bytes).unwrap_err(),
        ];
        assert!(errors.iter().all(|e| e.raw_os_error() == Some(libc::EMFILE)), "{errors:?}");
    });
    if !forbidden {
        println!("skipped: no filters to be had");
    }
}

#[test]
fn s30_truncated_and_grown_by_another_thread_all_the_time() {
    let temp = TempFile::of_pages(16);
    let map = raw(&temp, Mode::ReadOnly);
    let over = AtomicBool::new(false);
    std::thread::scope(|s| {
        s.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                temp.file.set_len(0).unwrap();
                temp.file.set_len(16 * page_size() as u64).unwrap();
            }
        });
        let mut bytes = vec![0; 16 * page_size()];
        let (mut whole, mut cut) = (0, 0);
        for _ in 0..2000 {
            match map.try_copy_to(0, &mut bytes) {
                Ok(()) => whole += 1,
                Err(error) => {
                    assert!(matches!(reason(&error), MapError::Gone { .. }));
                    cut += 1;
                }
            }
        }
        over.store(true, Ordering::Relaxed);
        println!("{whole} whole, {cut} cut short");
    });
}
