//! Writes to `/dev/null`.

use super::{
    ATTRIBUTE, BY_HAND, BYTES, Case, DERIVE, PINNER, Pins, REUSED, Room, Run, Segment, cvt, file, moved, null, pin,
    put, repeat, segments, slices,
};
use libc::{c_int, iovec};
use pin_ffi::{FfiPinned, Pinner, calls};
use std::hint::black_box;
use std::io::{self, IoSlice, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

pub(super) fn cases<const N: usize, const ROOM: usize>() -> Vec<Case> {
    macro_rules! ours {
        ($what:expr, $sites:ident) => {{
            let case = |form, run: fn(u64) -> Run| Case::call($what, form, N, run);
            [
                case(BY_HAND, |n| run::<N, _>(n, $sites::writev_by_hand::<ROOM>())),
                case(DERIVE, |n| run_segments::<N>(n, $sites::writev_derive())),
                case(ATTRIBUTE, |n| run_segments::<N>(n, $sites::writev_attribute())),
                case(PINNER, |n| run::<N, _>(n, $sites::writev_pinner::<ROOM>())),
                case(REUSED, |n| {
                    let (mut idle, mut call) = (Pinner::new(), $sites::writev_reused::<ROOM>());
                    run::<N, _>(n, |fd, buffers| call(&mut idle, fd, buffers))
                }),
            ]
        }};
    }
    let case = |form, run: fn(u64) -> Run| Case::call("writev", form, N, run);
    let peers = [
        case("std", |n| run::<N, _>(n, writev_std)),
        case("nix", |n| run::<N, _>(n, writev_nix)),
        case("rustix", |n| run::<N, _>(n, writev_rustix)),
    ];
    // 256 buffers go the same way as 16.
    let nine = ours!("writev, nine call sites", nine).into_iter().filter(|_| N != 256);
    ours!("writev", one).into_iter().chain(peers).chain(nine).collect()
}

sites! {
    fn writev_by_hand<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &[&mut [u8]]) -> io::Result<usize>;
    fn writev_derive(fd: BorrowedFd<'_>, segments: &[Segment<'_>]) -> io::Result<usize>;
    fn writev_attribute(fd: BorrowedFd<'_>, segments: &[Segment<'_>]) -> io::Result<usize>;
    fn writev_pinner<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &[&mut [u8]]) -> io::Result<usize>;
    fn writev_reused<const ROOM: usize>(idle: &mut Pinner<'_>, fd: BorrowedFd<'_>, buffers: &[&mut [u8]]) -> io::Result<usize>;
}

#[inline(always)]
fn run<const N: usize, E: std::fmt::Debug>(
    iterations: u64,
    mut writev: impl FnMut(BorrowedFd<'_>, &[&mut [u8]]) -> Result<usize, E>,
) -> Run {
    let (fd, mut memory) = (null(), vec![1; N * BYTES]);
    let buffers = slices(&mut memory);
    repeat(iterations, || moved(writev(black_box(fd.as_fd()), black_box(&buffers)), N * BYTES))
}

#[inline(always)]
fn run_segments<const N: usize>(
    iterations: u64,
    mut writev: impl FnMut(BorrowedFd<'_>, &[Segment<'_>]) -> io::Result<usize>,
) -> Run {
    let (fd, mut memory) = (null(), vec![1; N * BYTES]);
    let segments = segments(&mut memory);
    repeat(iterations, || moved(writev(black_box(fd.as_fd()), black_box(&segments)), N * BYTES))
}

#[inline]
fn writev_by_hand<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &[&mut [u8]]) -> io::Result<usize> {
    let mut room: Room<ROOM> = [const { MaybeUninit::uninit() }; ROOM];
    put(&mut room, buffers)?;
    // SAFETY: the first `buffers.len()` iovecs lead to borrowed buffers, which the kernel reads.
    cvt(unsafe { libc::writev(fd.as_raw_fd(), room.as_ptr().cast(), buffers.len() as c_int) })
}

/// A C struct that leads to `iovec`s that C only reads through.
#[repr(C)]
#[derive(Debug)]
struct ConstVector {
    iov: *const iovec,
    n: c_int,
}

#[derive(FfiPinned)]
#[ffi(c = ConstVector)]
struct SharedSegments<'a, 'b> {
    #[ffi(array = iov, len = n)]
    segments: &'a [Segment<'b>],
}

#[inline]
fn writev_derive(fd: BorrowedFd<'_>, segments: &[Segment<'_>]) -> io::Result<usize> {
    SharedSegments { segments }.with_pinned(move |c| {
        // SAFETY: the iovecs are filled while this closure runs; `writev` only reads.
        cvt(unsafe { libc::writev(fd.as_raw_fd(), c.as_ref().iov, c.as_ref().n) })
    })?
}

#[inline]
fn writev_attribute(fd: BorrowedFd<'_>, segments: &[Segment<'_>]) -> io::Result<usize> {
    calls::writev(fd, segments)
}

#[inline(always)]
fn writev_pinned<'a, const ROOM: usize>(
    pins: &impl Pins<'a>,
    fd: BorrowedFd<'_>,
    buffers: &'a [&mut [u8]],
) -> io::Result<usize> {
    let mut room: Room<ROOM> = [const { MaybeUninit::uninit() }; ROOM];
    pin(pins, &mut room, buffers)?;
    // SAFETY: the first `buffers.len()` iovecs lead to pinned buffers, which the kernel reads.
    cvt(unsafe { libc::writev(fd.as_raw_fd(), room.as_ptr().cast(), buffers.len() as c_int) })
}

#[inline]
fn writev_pinner<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &[&mut [u8]]) -> io::Result<usize> {
    writev_pinned::<ROOM>(&Pinner::new(), fd, buffers)
}

#[inline]
fn writev_reused<const ROOM: usize>(
    idle: &mut Pinner<'_>,
    fd: BorrowedFd<'_>,
    buffers: &[&mut [u8]],
) -> io::Result<usize> {
    idle.scope(|pins| writev_pinned::<ROOM>(pins, fd, buffers))
}

#[inline(never)]
fn writev_std(fd: BorrowedFd<'_>, buffers: &[&mut [u8]]) -> io::Result<usize> {
    let iov: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
    file(fd).write_vectored(&iov)
}

#[inline(never)]
fn writev_nix(fd: BorrowedFd<'_>, buffers: &[&mut [u8]]) -> nix::Result<usize> {
    let iov: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
    nix::sys::uio::writev(fd, &iov)
}

#[inline(never)]
fn writev_rustix(fd: BorrowedFd<'_>, buffers: &[&mut [u8]]) -> rustix::io::Result<usize> {
    let iov: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
    rustix::io::writev(fd, &iov)
}
