//! System calls that fail: what comes back, what is left, what is counted. One test at a time, for the counters.
// A 32-bit machine has other calls for the same, with other numbers.
#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

mod mmap_common;
mod mmap_seccomp;

use mmap_common::{TempFile, mapped_at, page_size, reason};
use pin_ffi::mmap::{
    Advice, MapError, MemfdOptions, MmapMut, MmapOptions, Mode, RegionMut, active_bytes, active_mappings,
};
use std::io::Write;
use std::sync::{Mutex, MutexGuard};

const NEW: MmapOptions = MmapOptions::new();

fn alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Runs `f` with `calls` failing, alone; gives by how much it changed the counters.
fn failing(calls: &[libc::c_long], errno: i32, f: impl FnOnce() + Send) -> Option<(usize, usize)> {
    let _alone = alone();
    let before = (active_mappings(), active_bytes());
    if !mmap_seccomp::failing(calls, errno, f) {
        println!("skipped: calls cannot be made to fail here");
        return None;
    }
    Some((active_mappings() - before.0, active_bytes() - before.1))
}

#[test]
fn c04_a_failed_mmap_changes_nothing() {
    let temp = TempFile::new(b"content");
    let change = failing(&[libc::SYS_mmap], libc::ENOMEM, || {
        assert_eq!(MmapMut::anon(1).unwrap_err().raw_os_error(), Some(libc::ENOMEM));
        // SAFETY: a test's own file; fails.
        assert_eq!(unsafe { NEW.map(&temp.file) }.unwrap_err().raw_os_error(), Some(libc::ENOMEM));
    });
    assert!(change.is_none_or(|change| change == (0, 0)));
}

#[test]
fn c04_a_failed_fstat_maps_nothing() {
    let temp = TempFile::new(b"content");
    let change = failing(&[libc::SYS_fstat, libc::SYS_newfstatat, libc::SYS_statx], libc::EIO, || {
        // SAFETY: a test's own file; fails.
        assert_eq!(unsafe { NEW.map(&temp.file) }.unwrap_err().raw_os_error(), Some(libc::EIO));
        // SAFETY: a test's own file.
        let unchecked = unsafe { NEW.len(3).allow_past_end().map(&temp.file) }.unwrap();
        assert_eq!(&unchecked[..], b"con", "needs no fstat");
    });
    assert!(change.is_none_or(|change| change == (0, 0)));
}

#[test]
fn c04_failed_preparations_unmap() {
    let change = failing(&[libc::SYS_mlock, libc::SYS_mlock2, libc::SYS_mbind], libc::EPERM, || {
        for options in [NEW.lock(), NEW.lock_on_fault(), NEW.bind_to_nodes(1)] {
            let at = mmap_common::far(1);
            let error = mmap_common::at(options.len(1), at).map_anon().unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::EPERM));
            assert_eq!(mapped_at(at as *const u8), None);
        }
    });
    assert!(change.is_none_or(|change| change == (0, 0)));
}

#[test]
fn c04_what_cannot_be_unmapped_stays_counted() {
    let mut address = std::ptr::null();
    let shared = &mut address as *mut *const u8 as usize;
    let change = failing(&[libc::SYS_munmap], libc::ENOMEM, || {
        let map = MmapMut::anon(1).unwrap();
        // SAFETY: the test waits for this thread.
        unsafe { *(shared as *mut *const u8) = map.as_ptr() };
    });
    if let Some(change) = change {
        assert_eq!(change, (1, page_size()));
        assert!(mapped_at(address).is_some());
    }
}

#[test]
fn a_failed_mprotect_gives_the_mapping_back() {
    failing(&[libc::SYS_mprotect], libc::ENOMEM, || {
        let mut map = MmapMut::anon(1).unwrap();
        map[0] = 1;
        let denied = map.make_read_only().unwrap_err();
        assert_eq!(denied.error.raw_os_error(), Some(libc::ENOMEM));
        let mut map = denied.mapping;
        map[0] += 1;
        let mut map = map.make_exec().unwrap_err().mapping;
        map[0] += 1;
        assert_eq!(map[0], 3, "and it can still be written");
    });
}

#[test]
fn a_failed_msync_madvise_or_mlock_is_told() {
    let calls = [libc::SYS_msync, libc::SYS_madvise, libc::SYS_mlock, libc::SYS_munlock, libc::SYS_mlock2];
    failing(&calls, libc::EIO, || {
        let map = MmapMut::anon(1).unwrap();
        for result in [
            map.flush(),
            map.flush_async(),
            map.advise(Advice::WillNeed),
            map.lock(),
            map.unlock(),
            map.lock_on_fault(..),
        ] {
            assert_eq!(result.unwrap_err().raw_os_error(), Some(libc::EIO));
        }
        // Nothing to ask the kernel for.
        map.flush_range(1..).unwrap();
        map.advise_range(Advice::WillNeed, ..0).unwrap();
    });
}

#[test]
fn m05_a_writer_flushes_what_it_wrote_and_tells_what_failed() {
    failing(&[libc::SYS_msync], libc::EIO, || {
        let mut writer = RegionMut::from(MmapMut::anon(10).unwrap()).into_writer();
        writer.flush().unwrap();
        writer.write_all(b"abc").unwrap();
        assert_eq!(writer.flush().unwrap_err().raw_os_error(), Some(libc::EIO));
        assert!(writer.flush().is_err(), "it has still to be written");
    });
}

#[test]
fn a_failed_mremap_changes_nothing() {
    let change = failing(&[libc::SYS_mremap], libc::ENOMEM, || {
        let mut map = MmapMut::anon(10).unwrap();
        map.fill(3);
        assert_eq!(map.resize(1 << 20, true).unwrap_err().raw_os_error(), Some(libc::ENOMEM));
        assert_eq!(&map[..], &[3; 10]);
        map.resize(20, true).unwrap();
        assert_eq!((map[9], map[10], map.len()), (3, 0, 20), "in the same page without asking");
    });
    assert!(change.is_none_or(|change| change == (0, 0)));
}

#[test]
fn unreadable_seals_are_no_seals() {
    let fd = MemfdOptions::new(c"test").sealed(b"content").unwrap();
    failing(&[libc::SYS_fcntl], libc::EPERM, || {
        assert!(matches!(reason(&NEW.map_sealed(&fd).unwrap_err()), MapError::NotSealed { .. }));
        assert!(MemfdOptions::new(c"test").sealed(b"x").is_err(), "never unsealed by accident");
    });
}

/// Kernels before 6.7 refuse a shared mapping of a memfd that is sealed against writing.
#[test]
fn an_old_kernel_maps_sealed_memfds_privately() {
    let fd = MemfdOptions::new(c"test").sealed(b"content").unwrap();
    let _alone = alone();
    let filtered = mmap_seccomp::failing_shared_mmap(libc::EPERM, || {
        let map = NEW.map_sealed(&fd).unwrap();
        assert_eq!((map.mode(), &map[..]), (Mode::ReadPrivate, &b"content"[..]));
        let mut copy = map.make_mut().unwrap();
        copy[0] = b'C';
        assert_eq!((copy.mode(), &NEW.map_sealed(&fd).unwrap()[..]), (Mode::CopyOnWrite, &b"content"[..]));
    });
    if !filtered {
        println!("skipped: calls cannot be made to fail here");
    }
}
