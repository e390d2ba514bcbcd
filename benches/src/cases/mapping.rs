//! Mapped memory: made, touched and unmade. What is done with it besides is in `mmap_cost`.

use super::{BY_HAND, Case, Kind, Run, repeat};
use pin_ffi::mmap::{MmapMut, MmapOptions};
use rustix::mm::{MapFlags, ProtFlags};
use std::ffi::c_void;
use std::fs::File;
use std::hint::black_box;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd};
use std::ptr::null_mut;
use std::slice;

const OURS: &str = "pin-ffi";
const PAGE: usize = 4096;
const MIB: usize = 1 << 20;
const GIB: usize = 1 << 30;

fn case(what: &'static str, form: &'static str, size: &'static str, run: fn(u64) -> Run) -> Case {
    Case { kind: Kind::Mapping, ..Case::sized(what, form, size, run) }
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(map_and_unmap::<PAGE>("4 KiB"));
    cases.extend(map_and_unmap::<MIB>("1 MiB"));
    cases.extend(map_and_unmap::<GIB>("1 GiB, sparse"));
    cases.extend(touch_pages());
    cases
}

/// A file in memory, so that no disk is measured.
fn memory_file(len: usize) -> File {
    // SAFETY: a C string; the descriptor is ours alone.
    let file = unsafe { File::from_raw_fd(libc::memfd_create(c"bench".as_ptr(), libc::MFD_CLOEXEC)) };
    file.set_len(len as u64).expect("memory");
    file
}

const READ_WRITE: i32 = libc::PROT_READ | libc::PROT_WRITE;

/// Maps with raw pointers; without a file, memory of its own.
fn by_hand(file: Option<&File>, len: usize, prot: i32) -> *mut c_void {
    let (flags, fd) = match file {
        Some(file) => (libc::MAP_SHARED, file.as_raw_fd()),
        None => (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1),
    };
    // SAFETY: a new mapping, where nothing was.
    let start = unsafe { libc::mmap(null_mut(), len, prot, flags, fd, 0) };
    assert!(start != libc::MAP_FAILED);
    start
}

fn map_and_unmap<const LEN: usize>(size: &'static str) -> [Case; 9] {
    const GIVEN: &str = "map and unmap, length given";
    const FILE: &str = "map and unmap, length from the file";
    /// The file is of the benchmark's own, and nobody makes it shorter.
    fn run<R>(iterations: u64, len: usize, mut map: impl FnMut(&File, usize) -> io::Result<R>) -> Run {
        let file = memory_file(len);
        repeat(iterations, || drop(black_box(map(black_box(&file), black_box(len)).expect("a mapping"))))
    }
    fn unmap(start: *mut c_void, len: usize) {
        // SAFETY: mapped just before, and not used.
        unsafe { libc::munmap(black_box(start), len) };
    }
    [
        case(GIVEN, BY_HAND, size, |n| {
            run(n, LEN, |file, len| {
                unmap(by_hand(Some(file), len, libc::PROT_READ), len);
                Ok(())
            })
        }),
        case(GIVEN, "pin-ffi, file_len", size, |n| {
            // SAFETY: as said at `run`.
            run(n, LEN, |file, len| unsafe { MmapOptions::new().len(len).file_len(LEN as u64).map(file) })
        }),
        case(GIVEN, "pin-ffi, file asked", size, |n| {
            // SAFETY: as said at `run`.
            run(n, LEN, |file, len| unsafe { MmapOptions::new().len(len).map(file) })
        }),
        case(GIVEN, "pin-ffi, unchecked", size, |n| {
            // SAFETY: as said at `run`.
            run(n, LEN, |file, len| unsafe { MmapOptions::new().len(len).allow_past_end().map(file) })
        }),
        case(GIVEN, "memmap2", size, |n| {
            // SAFETY: as said at `run`.
            run(n, LEN, |file, len| unsafe { memmap2::MmapOptions::new().len(len).map(file) })
        }),
        case(GIVEN, "rustix", size, |n| {
            run(n, LEN, |file, len| {
                // SAFETY: a new mapping, unmapped before anyone uses it.
                unsafe {
                    let start = rustix::mm::mmap(null_mut(), len, ProtFlags::READ, MapFlags::SHARED, file, 0)?;
                    Ok(rustix::mm::munmap(black_box(start), len)?)
                }
            })
        }),
        case(FILE, BY_HAND, size, |n| {
            run(n, LEN, |file, _| {
                // SAFETY: room for what is asked about an open file.
                let len = unsafe {
                    let mut stat: libc::stat = std::mem::zeroed();
                    assert!(libc::fstat(file.as_raw_fd(), &raw mut stat) == 0);
                    stat.st_size as usize
                };
                unmap(by_hand(Some(file), len, libc::PROT_READ), len);
                Ok(())
            })
        }),
        // SAFETY: as said at `run`.
        case(FILE, OURS, size, |n| run(n, LEN, |file, _| unsafe { MmapOptions::new().map(file) })),
        // SAFETY: as said at `run`.
        case(FILE, "memmap2", size, |n| run(n, LEN, |file, _| unsafe { memmap2::Mmap::map(file) })),
    ]
}

fn touch_pages() -> [Case; 4] {
    const WHAT: &str = "map memory, touch each page, unmap";
    fn touch(bytes: &mut [u8]) {
        for page in bytes.chunks_mut(PAGE) {
            page[0] = 1;
        }
        black_box(bytes);
    }
    let case = |form, run| case(WHAT, form, "1 MiB", run);
    [
        case(BY_HAND, |n| {
            repeat(n, || {
                let start = by_hand(None, MIB, READ_WRITE);
                // SAFETY: memory of our own, not used after it is unmapped.
                unsafe {
                    touch(slice::from_raw_parts_mut(start.cast(), MIB));
                    libc::munmap(start, MIB);
                }
            })
        }),
        case(OURS, |n| repeat(n, || touch(&mut MmapMut::anon(MIB).expect("memory")))),
        case("memmap2", |n| repeat(n, || touch(&mut memmap2::MmapMut::map_anon(MIB).expect("memory")))),
        case("rustix", |n| {
            repeat(n, || {
                // SAFETY: memory of our own, not used after it is unmapped.
                unsafe {
                    let prot = ProtFlags::READ | ProtFlags::WRITE;
                    let start = rustix::mm::mmap_anonymous(null_mut(), MIB, prot, MapFlags::PRIVATE).expect("memory");
                    touch(slice::from_raw_parts_mut(start.cast(), MIB));
                    rustix::mm::munmap(start, MIB).expect("a mapping");
                }
            })
        }),
    ]
}
