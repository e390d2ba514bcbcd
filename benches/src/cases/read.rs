//! Reads into a `Vec`'s unused capacity, from `/dev/zero`.

use super::{ATTRIBUTE, BY_HAND, BYTES, Case, PINNER, Pins, REUSED, Run, cvt, file, moved, repeat, zero};
use pin_ffi::{Pinner, Spare, calls, manual::Fill};
use std::hint::black_box;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

pub(super) fn cases() -> Vec<Case> {
    macro_rules! ours {
        ($what:expr, $sites:ident) => {{
            let case = |form, run: fn(u64) -> Run| Case::call($what, form, 1, run);
            [
                case(BY_HAND, |n| run(n, $sites::read_by_hand())),
                case(ATTRIBUTE, |n| run(n, $sites::read_attribute())),
                case(PINNER, |n| run(n, $sites::read_pinner())),
                case(REUSED, |n| {
                    let (mut idle, mut call) = (Pinner::new(), $sites::read_reused());
                    run(n, |fd, vec| call(&mut idle, fd, vec))
                }),
            ]
        }};
    }
    let case = |form, run: fn(u64) -> Run| Case::call("read into uninitialised memory", form, 1, run);
    let peers = [case("std", |n| run(n, read_std)), case("rustix", |n| run(n, read_rustix))];
    ours!("read into uninitialised memory", one)
        .into_iter()
        .chain(peers)
        .chain(ours!("read into uninitialised memory, nine call sites", nine))
        .collect()
}

sites! {
    fn read_by_hand(fd: BorrowedFd<'_>, vec: &mut Vec<u8>) -> io::Result<usize>;
    fn read_attribute(fd: BorrowedFd<'_>, vec: &mut Vec<u8>) -> io::Result<usize>;
    fn read_pinner(fd: BorrowedFd<'_>, vec: &mut Vec<u8>) -> io::Result<usize>;
    fn read_reused(idle: &mut Pinner<'_>, fd: BorrowedFd<'_>, vec: &mut Vec<u8>) -> io::Result<usize>;
}

#[inline(always)]
fn run<E: std::fmt::Debug>(
    iterations: u64,
    mut read: impl FnMut(BorrowedFd<'_>, &mut Vec<u8>) -> Result<usize, E>,
) -> Run {
    let (fd, mut vec) = (zero(), Vec::with_capacity(BYTES));
    repeat(iterations, || {
        vec.clear();
        moved(read(black_box(fd.as_fd()), black_box(&mut vec)), BYTES);
        moved::<()>(Ok(vec.len()), BYTES);
    })
}

#[inline]
fn read_by_hand(fd: BorrowedFd<'_>, vec: &mut Vec<u8>) -> io::Result<usize> {
    let spare = vec.spare_capacity_mut();
    // SAFETY: the spare capacity is exclusively borrowed.
    let n = cvt(unsafe { libc::read(fd.as_raw_fd(), spare.as_mut_ptr().cast(), spare.len()) })?;
    if n > spare.len() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // SAFETY: the kernel has initialised `n` bytes behind the vector's elements.
    unsafe { vec.set_len(vec.len() + n) };
    Ok(n)
}

#[inline]
fn read_attribute(fd: BorrowedFd<'_>, vec: &mut Vec<u8>) -> io::Result<usize> {
    calls::read(fd, Spare::new(vec))
}

#[inline(always)]
fn read_pinned<'a>(pins: &impl Pins<'a>, fd: BorrowedFd<'_>, spare: &'a mut Spare<'_, u8>) -> io::Result<usize> {
    let pinned = pins.pin_mut(spare);
    // SAFETY: the spare capacity is pinned for writing.
    let n = cvt(unsafe { libc::read(fd.as_raw_fd(), pinned.as_mut_ptr().cast(), pinned.len()) })?;
    if n > pinned.len() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(n)
}

#[inline]
fn read_pinner(fd: BorrowedFd<'_>, vec: &mut Vec<u8>) -> io::Result<usize> {
    let mut spare = Spare::new(vec);
    let n = read_pinned(&Pinner::new(), fd, &mut spare)?;
    // SAFETY: the kernel has initialised `n` bytes, no more than there is room for.
    unsafe { spare.set_filled(n) };
    Ok(n)
}

#[inline]
fn read_reused(idle: &mut Pinner<'_>, fd: BorrowedFd<'_>, vec: &mut Vec<u8>) -> io::Result<usize> {
    let mut spare = Spare::new(vec);
    let n = idle.scope(|pins| read_pinned(pins, fd, &mut spare));
    let n = n?;
    // SAFETY: as above.
    unsafe { spare.set_filled(n) };
    Ok(n)
}

/// On stable Rust, std reads into uninitialised memory only on the way to the end of something.
#[inline(never)]
fn read_std(fd: BorrowedFd<'_>, vec: &mut Vec<u8>) -> io::Result<usize> {
    file(fd).by_ref().take((vec.capacity() - vec.len()) as u64).read_to_end(vec)
}

#[inline(never)]
fn read_rustix(fd: BorrowedFd<'_>, vec: &mut Vec<u8>) -> rustix::io::Result<usize> {
    rustix::io::read(fd, rustix::buffer::spare_capacity(vec))
}
