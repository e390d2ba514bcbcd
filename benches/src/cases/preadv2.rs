//! Reads from `/dev/zero` at an offset, with flags: of the peers, only rustix has it.

use super::{
    ATTRIBUTE, BY_HAND, BYTES, Case, DERIVE, PINNER, Pins, REUSED, Room, Run, Segment, Segments, cvt, moved, pin_mut,
    put_mut, repeat, segments, slices, zero,
};
use libc::{c_int, iovec, off_t, ssize_t};
use pin_ffi::{FfiPinnedMut, Pinner, pinned_ffi};
use std::hint::black_box;
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

pub(super) fn cases<const N: usize, const ROOM: usize>() -> Vec<Case> {
    macro_rules! ours {
        ($what:expr, $sites:ident) => {{
            let case = |form, run: fn(u64) -> Run| Case::call($what, form, N, run);
            [
                case(BY_HAND, |n| run::<N, _>(n, $sites::preadv2_by_hand::<ROOM>())),
                case(DERIVE, |n| run_segments::<N>(n, $sites::preadv2_derive())),
                case(ATTRIBUTE, |n| run_segments::<N>(n, $sites::preadv2_attribute())),
                case(PINNER, |n| run::<N, _>(n, $sites::preadv2_pinner::<ROOM>())),
                case(REUSED, |n| {
                    let (mut idle, mut call) = (Pinner::new(), $sites::preadv2_reused::<ROOM>());
                    run::<N, _>(n, |fd, buffers, at| call(&mut idle, fd, buffers, at))
                }),
            ]
        }};
    }
    let case = |form, run: fn(u64) -> Run| Case::call("preadv2", form, N, run);
    let peers = [case("rustix", |n| run::<N, _>(n, preadv2_rustix))];
    // 256 buffers go the same way as 16.
    let nine = ours!("preadv2, nine call sites", nine).into_iter().filter(|_| N != 256);
    ours!("preadv2", one).into_iter().chain(peers).chain(nine).collect()
}

sites! {
    fn preadv2_by_hand<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]], at: off_t) -> io::Result<usize>;
    fn preadv2_derive(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>], at: off_t) -> io::Result<usize>;
    fn preadv2_attribute(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>], at: off_t) -> io::Result<usize>;
    fn preadv2_pinner<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]], at: off_t) -> io::Result<usize>;
    fn preadv2_reused<const ROOM: usize>(idle: &mut Pinner<'_>, fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]], at: off_t) -> io::Result<usize>;
}

#[inline(always)]
fn run<const N: usize, E: std::fmt::Debug>(
    iterations: u64,
    mut preadv2: impl FnMut(BorrowedFd<'_>, &mut [&mut [u8]], off_t) -> Result<usize, E>,
) -> Run {
    let (fd, mut memory) = (zero(), vec![1; N * BYTES]);
    let mut buffers = slices(&mut memory);
    repeat(iterations, || moved(preadv2(black_box(fd.as_fd()), black_box(&mut buffers), black_box(8)), N * BYTES))
}

#[inline(always)]
fn run_segments<const N: usize>(
    iterations: u64,
    mut preadv2: impl FnMut(BorrowedFd<'_>, &mut [Segment<'_>], off_t) -> io::Result<usize>,
) -> Run {
    let (fd, mut memory) = (zero(), vec![1; N * BYTES]);
    let mut segments = segments(&mut memory);
    repeat(iterations, || moved(preadv2(black_box(fd.as_fd()), black_box(&mut segments), black_box(8)), N * BYTES))
}

#[inline]
fn preadv2_by_hand<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]], at: off_t) -> io::Result<usize> {
    let mut room: Room<ROOM> = [const { MaybeUninit::uninit() }; ROOM];
    put_mut(&mut room, buffers)?;
    // SAFETY: the first `buffers.len()` iovecs lead to exclusively borrowed buffers.
    cvt(unsafe { libc::preadv2(fd.as_raw_fd(), room.as_ptr().cast(), buffers.len() as c_int, at, 0) })
}

#[inline]
fn preadv2_derive(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>], at: off_t) -> io::Result<usize> {
    Segments { segments }.with_pinned_mut(move |mut c| {
        // SAFETY: the iovecs are filled while this closure runs; the call reads the array and writes the buffers.
        cvt(unsafe { libc::preadv2(fd.as_raw_fd(), (*c.as_mut_ptr()).iov, c.as_ref().n, at, 0) })
    })?
}

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one)]
    safe fn preadv2(
        #[ffi(fd)] fd: c_int,
        #[ffi(pin_mut, len = n)] iov: *const iovec,
        n: c_int,
        offset: off_t,
        flags: c_int,
    ) -> ssize_t;
}

#[inline]
fn preadv2_attribute(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>], at: off_t) -> io::Result<usize> {
    preadv2(fd, segments, at, 0)
}

#[inline(always)]
fn preadv2_pinned<'a, const ROOM: usize>(
    pins: &impl Pins<'a>,
    fd: BorrowedFd<'_>,
    buffers: &'a mut [&mut [u8]],
    at: off_t,
) -> io::Result<usize> {
    let (mut room, n): (Room<ROOM>, _) = ([const { MaybeUninit::uninit() }; ROOM], buffers.len());
    pin_mut(pins, &mut room, buffers)?;
    // SAFETY: the first `n` iovecs lead to buffers that are pinned for writing.
    cvt(unsafe { libc::preadv2(fd.as_raw_fd(), room.as_ptr().cast(), n as c_int, at, 0) })
}

#[inline]
fn preadv2_pinner<const ROOM: usize>(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]], at: off_t) -> io::Result<usize> {
    preadv2_pinned::<ROOM>(&Pinner::new(), fd, buffers, at)
}

#[inline]
fn preadv2_reused<const ROOM: usize>(
    idle: &mut Pinner<'_>,
    fd: BorrowedFd<'_>,
    buffers: &mut [&mut [u8]],
    at: off_t,
) -> io::Result<usize> {
    idle.scope(|pins| preadv2_pinned::<ROOM>(pins, fd, buffers, at))
}

#[inline(never)]
fn preadv2_rustix(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]], at: off_t) -> rustix::io::Result<usize> {
    let mut iov: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
    rustix::io::preadv2(fd, &mut iov, at as u64, rustix::io::ReadWriteFlags::empty())
}
