//! The first call of a thread: what is set up then is set up once. Instructions are counted in [`cold_turn`] alone, for
//! a thread itself costs more than a call, and not always the same.

use super::{
    ATTRIBUTE, BY_HAND, BYTES, Case, DERIVE, Room, Run, Segment, Segments, cvt, moved, put_mut, repeat, segments,
    slices, zero,
};
use crate::allocations;
use libc::c_int;
use pin_ffi::{FfiPinnedMut, calls};
use std::hint::black_box;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::thread;

pub(super) fn cases() -> Vec<Case> {
    fn of<const N: usize, const ROOM: usize>() -> [Case; 3] {
        let case = |form, run: fn(u64) -> Run| Case {
            within: Some("*cold_turn*"),
            ..Case::call("readv, first on its thread", form, N, run)
        };
        [
            case(BY_HAND, |n| {
                let (fd, mut memory) = (zero(), vec![1; N * BYTES]);
                let mut buffers = slices(&mut memory);
                on_threads(n, || moved(cold_by_hand::<ROOM>(black_box(fd.as_fd()), black_box(&mut buffers)), N * BYTES))
            }),
            case(DERIVE, |n| of_segments::<N>(n, cold_derive)),
            case(ATTRIBUTE, |n| of_segments::<N>(n, cold_attribute)),
        ]
    }
    of::<1, 16>().into_iter().chain(of::<1024, 1024>()).collect()
}

#[inline(always)]
fn of_segments<const N: usize>(
    iterations: u64,
    readv: impl Fn(BorrowedFd<'_>, &mut [Segment<'_>]) -> io::Result<usize> + Sync,
) -> Run {
    let (fd, mut memory) = (zero(), vec![1; N * BYTES]);
    let mut segments = segments(&mut memory);
    on_threads(iterations, || moved(readv(black_box(fd.as_fd()), black_box(&mut segments)), N * BYTES))
}

#[inline(always)]
fn on_threads(iterations: u64, mut call: impl FnMut() + Send) -> Run {
    let (mut turns, mut allocated) = (0, 0);
    let run = repeat(iterations, || {
        thread::scope(|scope| {
            let first = || {
                let before = allocations::made();
                cold_turn(&mut call);
                // The first turn is not counted.
                allocated += if turns > 0 { allocations::made() - before } else { 0 };
                turns += 1;
            };
            scope.spawn(first).join().expect("no panic");
        });
    });
    Run { allocations: allocated, ..run }
}

/// What is counted.
#[inline(never)]
fn cold_turn(call: &mut dyn FnMut()) {
    call();
}

#[inline(never)]
fn cold_by_hand<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> io::Result<usize> {
    let mut room: Room<ROOM> = [const { MaybeUninit::uninit() }; ROOM];
    put_mut(&mut room, buffers)?;
    // SAFETY: the first `buffers.len()` iovecs lead to exclusively borrowed buffers.
    cvt(unsafe { libc::readv(fd.as_raw_fd(), room.as_ptr().cast(), buffers.len() as c_int) })
}

#[inline(never)]
fn cold_derive(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>]) -> io::Result<usize> {
    Segments { segments }.with_pinned_mut(move |mut c| {
        // SAFETY: the iovecs are filled while this closure runs; `readv` reads the array and writes the buffers.
        cvt(unsafe { libc::readv(fd.as_raw_fd(), (*c.as_mut_ptr()).iov, c.as_ref().n) })
    })?
}

#[inline(never)]
fn cold_attribute(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>]) -> io::Result<usize> {
    calls::readv(fd, segments)
}
