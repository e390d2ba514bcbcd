//! Memfds: what makes mapping one safe, and what does not.
#![cfg(target_os = "linux")]

mod mmap_common;

use mmap_common::{TempFile, mapped_at, memfd, page_size, reason, seal};
use pin_ffi::mmap::{Huge, MapError, MemfdOptions, MmapOptions, Mode, SealedMemfd};
use std::ffi::CStr;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const NEW: MmapOptions = MmapOptions::new();

fn with_content(content: &[u8]) -> File {
    let mut file = memfd(libc::MFD_ALLOW_SEALING).unwrap();
    file.write_all(content).unwrap();
    file
}

#[test]
fn a_sealed_memfd_is_mapped_safely() {
    let file = with_content(b"0123456789");
    seal(&file, libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK).unwrap();
    let map = NEW.offset(2).len(3).map_sealed(&file).unwrap();
    assert_eq!(&map[..], b"234");
    assert!(map.is_unchanging());
    let line = mapped_at(map.as_ptr()).unwrap();
    match map.mode() {
        Mode::ReadOnly => assert!(line.contains("r--s"), "{line}"),
        Mode::ReadPrivate => assert!(line.contains("r--p"), "{line}"),
        mode => panic!("{mode:?}"),
    }
    assert_eq!(&NEW.map_sealed(&file).unwrap()[..], b"0123456789");
}

#[test]
fn seals_that_are_not_enough_are_refused_by_name() {
    for (seals, missing) in [
        (0, "F_SEAL_WRITE and F_SEAL_SHRINK"),
        (libc::F_SEAL_GROW, "F_SEAL_WRITE and F_SEAL_SHRINK"),
        (libc::F_SEAL_WRITE, "F_SEAL_SHRINK"),
        (libc::F_SEAL_SHRINK, "F_SEAL_WRITE"),
        (libc::F_SEAL_SHRINK | libc::F_SEAL_GROW, "F_SEAL_WRITE"),
        // Mappings made before this seal go on writing.
        (libc::F_SEAL_SHRINK | libc::F_SEAL_FUTURE_WRITE, "F_SEAL_WRITE"),
    ] {
        let file = with_content(b"content");
        seal(&file, seals).unwrap();
        let missing = MapError::NotSealed { missing };
        assert_eq!(reason(&NEW.map_sealed(&file).unwrap_err()), &missing, "{seals:#x}");
        assert_eq!(reason(&NEW.map_sealed_copy(&file).unwrap_err()), &missing, "{seals:#x}");
        if let Ok(memfd) = SealedMemfd::new(file.try_clone().unwrap()) {
            assert_eq!(reason(&memfd.map(NEW).unwrap_err()), &missing, "{seals:#x}");
            assert_eq!(reason(&memfd.map_copy(NEW).unwrap_err()), &missing, "{seals:#x}");
        }
        if seals & libc::F_SEAL_SHRINK == 0 {
            let missing = MapError::NotSealed { missing: "F_SEAL_SHRINK" };
            assert_eq!(reason(&NEW.map_atomic::<AtomicU8>(&file).unwrap_err()), &missing, "{seals:#x}");
            assert_eq!(reason(&SealedMemfd::new(file).unwrap_err()), &missing, "{seals:#x}");
        }
    }
}

#[test]
fn what_is_no_memfd_is_refused() {
    let temp = TempFile::new(b"content");
    assert!(matches!(reason(&NEW.map_sealed(&temp.file).unwrap_err()), MapError::NotSealed { .. }));
    let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
    assert!(matches!(reason(&NEW.map_sealed(&socket).unwrap_err()), MapError::NotSealed { .. }));
    assert!(matches!(reason(&NEW.map_atomic::<AtomicU8>(&temp.file).unwrap_err()), MapError::NotSealed { .. }));
}

#[test]
fn the_window_must_be_inside_even_if_asked_otherwise() {
    let fd = MemfdOptions::new(c"test").sealed(b"content").unwrap();
    for options in [NEW.len(8), NEW.len(8).allow_past_end(), NEW.offset(8), NEW.len(page_size()).allow_past_end()] {
        assert!(matches!(reason(&options.map_sealed(&fd).unwrap_err()), MapError::PastEnd { .. }));
        assert!(matches!(reason(&options.map_sealed_copy(&fd).unwrap_err()), MapError::PastEnd { .. }));
        assert!(matches!(reason(&options.map_atomic::<AtomicU8>(&fd).unwrap_err()), MapError::PastEnd { .. }));
    }
}

#[test]
fn nobody_changes_what_is_sealed() {
    let fd = MemfdOptions::new(c"test").sealed(&vec![7; 2 * page_size()]).unwrap();
    let map = NEW.map_sealed(&fd).unwrap();
    let mut file = File::from(fd);
    assert!(file.write_all(b"x").is_err());
    file.seek(SeekFrom::Start(0)).unwrap();
    assert!(file.write_all(b"x").is_err());
    assert!(file.set_len(0).is_err());
    assert!(file.set_len(1 << 20).is_err());
    // SAFETY: refused.
    assert!(unsafe { NEW.map_mut(&file) }.is_err());
    assert!(NEW.map_raw(&file, Mode::ReadWrite).is_err());
    assert!(NEW.map_atomic::<AtomicU8>(&file).is_err());
    let punch = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
    // SAFETY: no pointers.
    assert_eq!(unsafe { libc::fallocate(std::os::fd::AsRawFd::as_raw_fd(&file), punch, 0, 4096) }, -1);
    assert!(map.iter().all(|&b| b == 7));
}

#[test]
fn a_memfd_with_a_writable_mapping_cannot_be_sealed() {
    let file = with_content(b"content");
    // SAFETY: a test's own file.
    let map = unsafe { NEW.map_mut(&file) }.unwrap();
    let error = seal(&file, libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EBUSY));
    assert!(NEW.map_sealed(&file).is_err());
    drop(map);
    seal(&file, libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK).unwrap();
    assert_eq!(&NEW.map_sealed(&file).unwrap()[..], b"content");
}

#[test]
fn a_sealed_mapping_never_becomes_writable_shared() {
    let fd = MemfdOptions::new(c"test").sealed(b"content").unwrap();
    let second = NEW.map_sealed(&fd).unwrap();
    match NEW.map_sealed(&fd).unwrap().make_mut() {
        Err(denied) => assert_eq!(&denied.mapping[..], b"content"),
        // Where the kernel only gave a private mapping.
        Ok(mut map) => map[0] = b'x',
    }
    // SAFETY: the kernel refuses, or copies.
    match unsafe { NEW.map_sealed(&fd).unwrap().make_mut_shared() } {
        Err(denied) => assert_eq!(denied.error.raw_os_error(), Some(libc::EACCES)),
        Ok(mut map) => map[0] = b'x',
    }
    assert_eq!(&second[..], b"content");
}

#[test]
fn a_sealed_memfd_is_copied_on_write() {
    let fd = MemfdOptions::new(c"test").sealed(b"content").unwrap();
    let (mut copy, map) = (NEW.map_sealed_copy(&fd).unwrap(), NEW.map_sealed(&fd).unwrap());
    copy[0] = b'C';
    assert_eq!((&copy[..], &map[..]), (&b"Content"[..], &b"content"[..]));
}

#[test]
fn a_memfd_is_filled_and_sealed() {
    let len = page_size() + 100;
    let fd = MemfdOptions::new(c"filled").fill(len, |bytes| bytes.fill(5)).unwrap();
    let map = NEW.map_sealed(&fd).unwrap();
    assert!(map.len() == len && map.iter().all(|&b| b == 5));
    assert!(mapped_at(map.as_ptr()).unwrap().contains("memfd:filled"));
    assert!(MemfdOptions::new(c"empty").fill(0, |_| ()).and_then(|fd| NEW.map_sealed(&fd)).unwrap().is_empty());
    assert!(NEW.map_sealed(MemfdOptions::new(c"empty").sealed(b"").unwrap()).unwrap().is_empty());
    assert!(matches!(
        reason(&MemfdOptions::new(c"all").fill(usize::MAX, |_| ()).unwrap_err()),
        MapError::TooLong { .. }
    ));
}

#[test]
fn a_memfd_is_written_piece_by_piece_and_sealed() {
    let mut writer = MemfdOptions::new(c"written").writer().unwrap();
    for line in 0..1000 {
        writeln!(writer, "line {line}").unwrap();
    }
    writer.flush().unwrap();
    let map = NEW.map_sealed(writer.seal().unwrap()).unwrap();
    assert!(map.starts_with(b"line 0\nline 1\n") && map.ends_with(b"line 999\n"));
    let empty = MemfdOptions::new(c"written").writer().unwrap().seal().unwrap();
    assert!(NEW.map_sealed(&empty).unwrap().is_empty());
    let huge = MemfdOptions::new(c"written").huge(Huge::Default).writer().unwrap_err();
    assert!(matches!(reason(&huge), MapError::Unsupported(_)), "the kernel cannot write files of huge pages");
}

/// The descriptors of this process that lead to a memfd of this name.
fn descriptors(name: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir("/proc/self/fd").unwrap().map(|entry| entry.unwrap().path());
    all.filter(|fd| fd.read_link().is_ok_and(|to| to.to_string_lossy().contains(name))).collect()
}

/// Whether it is closed when another program is executed.
fn is_private(fd: &Path) -> bool {
    let info = std::fs::read_to_string(Path::new("/proc/self/fdinfo").join(fd.file_name().unwrap())).unwrap();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap();
    i32::from_str_radix(flags.trim(), 8).unwrap() & libc::O_CLOEXEC != 0
}

#[test]
fn what_is_shown_while_a_memfd_is_filled_is_nobody_elses() {
    for options in [MemfdOptions::new(c"nobodys"), MemfdOptions::new(c"nobodys").inherit()] {
        let fd = options.fill(1 << 16, |bytes| {
            bytes.fill(7);
            assert!(descriptors("memfd:nobodys").is_empty(), "nothing to be written, or truncated");
            // A program that inherits all that is inherited.
            let write_to_it = "for fd in /proc/self/fd/*; do
                    case $(readlink $fd) in *memfd:nobodys*) printf ATTACK > $fd ;; esac
                done; true";
            let shell = Command::new("sh").args(["-c", write_to_it]).stderr(Stdio::null()).status();
            assert!(shell.is_ok_and(|status| status.success()));
            assert!(!std::fs::read_to_string("/proc/self/maps").unwrap().contains("memfd:nobodys"), "to be seen");
            assert!(bytes.iter().all(|&b| b == 7));
        });
        let map = NEW.map_sealed(fd.unwrap()).unwrap();
        assert!(map.len() == 1 << 16 && map.iter().all(|&b| b == 7));
    }
}

#[test]
fn a_memfd_is_inherited_only_once_it_is_sealed() {
    let mut writer = MemfdOptions::new(c"late").inherit().writer().unwrap();
    writer.write_all(b"content").unwrap();
    let [fd] = &descriptors("memfd:late")[..] else { panic!("one") };
    assert!(is_private(fd));
    let sealed = writer.seal().unwrap();
    assert!(!is_private(fd));
    assert_eq!(&NEW.map_sealed(&sealed).unwrap()[..], b"content");
}

/// Through `/proc/self/fd` a program reaches its own descriptors.
#[test]
fn what_others_do_to_a_memfd_before_it_is_sealed_is_an_error() {
    let started = |name: &'static CStr| {
        let mut writer = MemfdOptions::new(name).writer().unwrap();
        writer.write_all(b"content").unwrap();
        let path = descriptors(&format!("memfd:{}", name.to_str().unwrap())).remove(0);
        (writer, File::options().read(true).write(true).open(path).unwrap())
    };
    let (writer, other) = started(c"truncated");
    other.set_len(3).unwrap();
    let error = writer.seal().unwrap_err();
    assert_eq!(reason(&error), &MapError::Resized { len: 7, size: 3 });
    assert_eq!(error.to_string(), "the memfd was resized by others before it was sealed: 3 bytes instead of 7");

    let (writer, mut other) = started(c"extended");
    other.seek(SeekFrom::End(0)).unwrap();
    other.write_all(b"more").unwrap();
    assert_eq!(reason(&writer.seal().unwrap_err()), &MapError::Resized { len: 7, size: 11 });

    let (writer, other) = started(c"mapped");
    let map = NEW.map_raw(&other, Mode::ReadWrite).unwrap();
    assert_eq!(writer.seal().unwrap_err().raw_os_error(), Some(libc::EBUSY), "it could be written for ever");
    drop(map);

    // Each descriptor has a position of its own, or not: pieces follow each other all the same.
    let mut writer = MemfdOptions::new(c"sought").writer().unwrap();
    writer.write_all(b"one ").unwrap();
    let fd: i32 = descriptors("memfd:sought")[0].file_name().unwrap().to_str().unwrap().parse().unwrap();
    // SAFETY: no pointers.
    assert_eq!(unsafe { libc::lseek(fd, 0, libc::SEEK_SET) }, 0);
    writer.write_all(b"two").unwrap();
    assert_eq!(&NEW.map_sealed(writer.seal().unwrap()).unwrap()[..], b"one two");
}

/// A forked child has what its parent had mapped, until it executes another program.
#[test]
fn memfds_are_filled_while_other_threads_fork() {
    let huge = MemfdOptions::new(c"forked").huge(Huge::Default);
    let huge = huge.sealed(b"x").is_ok().then_some(huge);
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let forking: Vec<_> = (0..2)
            .map(|_| {
                threads.spawn(|| {
                    // With a user to become, the standard library forks.
                    // SAFETY: no conditions.
                    let user = unsafe { libc::getuid() };
                    while !done.load(Ordering::Relaxed) {
                        assert!(Command::new("true").uid(user).status().unwrap().success());
                    }
                })
            })
            .collect();
        let (start, mut n) = (Instant::now(), 0);
        let mut failed = Vec::new();
        while start.elapsed() < Duration::from_secs(2) {
            let options = huge.filter(|_| n % 8 == 0).unwrap_or(MemfdOptions::new(c"forked"));
            failed.extend(options.fill(4 * page_size(), |bytes| bytes.fill(3)).err());
            n += 1;
        }
        done.store(true, Ordering::Relaxed);
        for thread in forking {
            thread.join().unwrap();
        }
        assert!(failed.is_empty(), "{} of {n}: {:?}", failed.len(), failed[0]);
    });
}

#[test]
fn a_panic_while_filling_leaves_nothing() {
    let before = std::fs::read_dir("/proc/self/fd").unwrap().count();
    let result = std::panic::catch_unwind(|| MemfdOptions::new(c"panic-here").fill(10, |_| panic!("on purpose")));
    assert!(result.is_err());
    assert!(!std::fs::read_to_string("/proc/self/maps").unwrap().contains("panic-here"));
    // Other tests open files meanwhile; the name says whose this would be.
    let open = std::fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| entry.ok()?.path().read_link().ok());
    assert!(open.into_iter().all(|target| !target.to_string_lossy().contains("panic-here")), "of {before}");
}

#[test]
fn a_shared_memfd_is_written_through_two_mappings() {
    let fd = MemfdOptions::new(c"test").shared(16).unwrap();
    let a = NEW.map_atomic::<AtomicU64>(&fd).unwrap();
    let b = NEW.offset(8).map_atomic::<AtomicU64>(&fd).unwrap();
    a[1].store(77, Ordering::Release);
    assert_eq!(b[0].load(Ordering::Acquire), 77);
    let error = NEW.offset(4).map_atomic::<AtomicU64>(&fd).unwrap_err();
    assert_eq!(reason(&error), &MapError::Misaligned { align: 8 });
    let error = NEW.len(12).map_atomic::<AtomicU64>(&fd).unwrap_err();
    assert_eq!(reason(&error), &MapError::Ragged { len: 12, size: 8 });
    assert!(b.try_into_map_mut().is_err(), "other processes may write it: it never becomes plain bytes");
    let file = File::from(fd);
    assert!(file.set_len(0).is_err(), "it cannot shrink under them");
    let mut bytes = [0; 8];
    file.read_exact_at(&mut bytes, 8).unwrap();
    assert_eq!(u64::from_ne_bytes(bytes), 77);
}

#[test]
fn an_unsealed_memfd_is_not_mapped_as_atomics() {
    let file = with_content(b"content!");
    assert_eq!(
        reason(&NEW.map_atomic::<AtomicU8>(&file).unwrap_err()),
        &MapError::NotSealed { missing: "F_SEAL_SHRINK" }
    );
}

#[test]
fn a_memfd_of_huge_pages() {
    let Ok(size) = Huge::Default.bytes() else { return };
    match MemfdOptions::new(c"huge").huge(Huge::Default).sealed(b"content") {
        Ok(fd) => {
            let map = NEW.map_sealed(&fd).unwrap();
            assert_eq!((map.len(), &map[..8]), (size, &b"content\0"[..]));
        }
        Err(error) => println!("skipped: no huge pages to be had ({error})"),
    }
}

#[test]
fn a_memfd_is_kept_by_executed_programs_only_if_asked() {
    for (options, flag) in [(MemfdOptions::new(c"a"), libc::FD_CLOEXEC), (MemfdOptions::new(c"b").inherit(), 0)] {
        let fd = options.sealed(b"x").unwrap();
        // SAFETY: no pointers.
        assert_eq!(unsafe { libc::fcntl(std::os::fd::AsRawFd::as_raw_fd(&fd), libc::F_GETFD) }, flag);
    }
}
