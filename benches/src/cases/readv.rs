//! Reads from `/dev/zero`.

use super::{
    ATTRIBUTE, BY_HAND, BYTES, Case, DERIVE, PINNER, Pins, REUSED, Room, Run, Segment, Segments, cvt, file, moved,
    pin_mut, put_mut, repeat, segments, slices, zero,
};
use libc::c_int;
use pin_ffi::{FfiPinnedMut, Pinner, calls};
use std::hint::black_box;
use std::io::{self, IoSliceMut, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

pub(super) fn cases<const N: usize, const ROOM: usize>() -> Vec<Case> {
    macro_rules! ours {
        ($what:expr, $sites:ident) => {{
            let case = |form, run: fn(u64) -> Run| Case::call($what, form, N, run);
            [
                case(BY_HAND, |n| run::<N, _>(n, $sites::readv_by_hand::<ROOM>())),
                case(DERIVE, |n| run_segments::<N>(n, $sites::readv_derive())),
                case(ATTRIBUTE, |n| run_segments::<N>(n, $sites::readv_attribute())),
                case(PINNER, |n| run::<N, _>(n, $sites::readv_pinner::<ROOM>())),
                case(REUSED, |n| {
                    let (mut idle, mut call) = (Pinner::new(), $sites::readv_reused::<ROOM>());
                    run::<N, _>(n, |fd, buffers| call(&mut idle, fd, buffers))
                }),
            ]
        }};
    }
    let case = |form, run: fn(u64) -> Run| Case::call("readv", form, N, run);
    let peers = [
        case("std", |n| run::<N, _>(n, readv_std)),
        case("nix", |n| run::<N, _>(n, readv_nix)),
        case("rustix", |n| run::<N, _>(n, readv_rustix)),
    ];
    // 256 buffers go the same way as 16.
    let nine = ours!("readv, nine call sites", nine).into_iter().filter(|_| N != 256);
    ours!("readv", one).into_iter().chain(peers).chain(nine).collect()
}

sites! {
    fn readv_by_hand<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> io::Result<usize>;
    fn readv_derive(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>]) -> io::Result<usize>;
    fn readv_attribute(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>]) -> io::Result<usize>;
    fn readv_pinner<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> io::Result<usize>;
    fn readv_reused<const ROOM: usize>(idle: &mut Pinner<'_>, fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> io::Result<usize>;
}

#[inline(always)]
fn run<const N: usize, E: std::fmt::Debug>(
    iterations: u64,
    mut readv: impl FnMut(BorrowedFd<'_>, &mut [&mut [u8]]) -> Result<usize, E>,
) -> Run {
    let (fd, mut memory) = (zero(), vec![1; N * BYTES]);
    let mut buffers = slices(&mut memory);
    repeat(iterations, || moved(readv(black_box(fd.as_fd()), black_box(&mut buffers)), N * BYTES))
}

#[inline(always)]
fn run_segments<const N: usize>(
    iterations: u64,
    mut readv: impl FnMut(BorrowedFd<'_>, &mut [Segment<'_>]) -> io::Result<usize>,
) -> Run {
    let (fd, mut memory) = (zero(), vec![1; N * BYTES]);
    let mut segments = segments(&mut memory);
    repeat(iterations, || moved(readv(black_box(fd.as_fd()), black_box(&mut segments)), N * BYTES))
}

#[inline]
fn readv_by_hand<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> io::Result<usize> {
    let mut room: Room<ROOM> = [const { MaybeUninit::uninit() }; ROOM];
    put_mut(&mut room, buffers)?;
    // SAFETY: the first `buffers.len()` iovecs lead to exclusively borrowed buffers.
    cvt(unsafe { libc::readv(fd.as_raw_fd(), room.as_ptr().cast(), buffers.len() as c_int) })
}

#[inline]
fn readv_derive(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>]) -> io::Result<usize> {
    Segments { segments }.with_pinned_mut(move |mut c| {
        // SAFETY: the iovecs are filled while this closure runs; `readv` reads the array and writes the buffers.
        cvt(unsafe { libc::readv(fd.as_raw_fd(), (*c.as_mut_ptr()).iov, c.as_ref().n) })
    })?
}

#[inline]
fn readv_attribute(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>]) -> io::Result<usize> {
    calls::readv(fd, segments)
}

#[inline(always)]
fn readv_pinned<'a, const ROOM: usize>(
    pins: &impl Pins<'a>,
    fd: BorrowedFd<'_>,
    buffers: &'a mut [&mut [u8]],
) -> io::Result<usize> {
    let (mut room, n): (Room<ROOM>, _) = ([const { MaybeUninit::uninit() }; ROOM], buffers.len());
    pin_mut(pins, &mut room, buffers)?;
    // SAFETY: the first `n` iovecs lead to buffers that are pinned for writing.
    cvt(unsafe { libc::readv(fd.as_raw_fd(), room.as_ptr().cast(), n as c_int) })
}

#[inline]
fn readv_pinner<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> io::Result<usize> {
    readv_pinned::<ROOM>(&Pinner::new(), fd, buffers)
}

#[inline]
fn readv_reused<const ROOM: usize>(
    idle: &mut Pinner<'_>,
    fd: BorrowedFd<'_>,
    buffers: &mut [&mut [u8]],
) -> io::Result<usize> {
    idle.scope(|pins| readv_pinned::<ROOM>(pins, fd, buffers))
}

#[inline(never)]
fn readv_std(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> io::Result<usize> {
    let mut iov: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
    file(fd).read_vectored(&mut iov)
}

#[inline(never)]
fn readv_nix(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> nix::Result<usize> {
    let mut iov: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
    nix::sys::uio::readv(fd, &mut iov)
}

#[inline(never)]
fn readv_rustix(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> rustix::io::Result<usize> {
    let mut iov: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
    rustix::io::readv(fd, &mut iov)
}
