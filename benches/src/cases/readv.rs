//! Reads from `/dev/zero`.

use super::{BYTES, Case, Segment, Segments, cvt, moved, repeat, segments, sizes, slices, zero};
use libc::{c_int, c_void, iovec};
use pin_ffi::{FfiPinnedMut, calls};
use std::fs::File;
use std::hint::black_box;
use std::io::{self, IoSliceMut, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

pub(super) fn add(cases: &mut Vec<Case>) {
    sizes!(cases, "readv", "libc", false, None, run_by_hand);
    sizes!(cases, "readv", "pin-ffi attribute", true, None, run_attribute);
    sizes!(cases, "readv", "pin-ffi with_pinned_mut", true, None, run_with_pinned_mut);
    sizes!(cases, "readv", "std", false, None, run_std);
    sizes!(cases, "readv", "nix", false, None, run_nix);
    sizes!(cases, "readv", "rustix", false, None, run_rustix);
}

#[inline(never)]
fn readv_by_hand<const N: usize>(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> io::Result<usize> {
    let mut iov = [const { MaybeUninit::<iovec>::uninit() }; N];
    if buffers.len() > N {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (slot, buffer) in iov.iter_mut().zip(buffers.iter_mut()) {
        slot.write(iovec { iov_base: buffer.as_mut_ptr().cast::<c_void>(), iov_len: buffer.len() });
    }
    // SAFETY: the first `buffers.len()` iovecs lead to exclusively borrowed buffers.
    cvt(unsafe { libc::readv(fd.as_raw_fd(), iov.as_ptr().cast(), buffers.len() as c_int) })
}

fn run_by_hand<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (zero(), vec![1; N * BYTES]);
    let mut buffers = slices(&mut memory);
    repeat(iterations, || {
        moved(readv_by_hand::<N>(black_box(fd.as_fd()), black_box(&mut buffers)), N * BYTES);
    })
}

#[inline(never)]
fn readv_attribute(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>]) -> io::Result<usize> {
    calls::readv(fd, segments)
}

fn run_attribute<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (zero(), vec![1; N * BYTES]);
    let mut segments = segments(&mut memory);
    repeat(iterations, || {
        moved(readv_attribute(black_box(fd.as_fd()), black_box(&mut segments)), N * BYTES);
    })
}

#[inline(never)]
fn readv_with_pinned_mut(fd: BorrowedFd<'_>, segments: &mut [Segment<'_>]) -> io::Result<usize> {
    Segments { segments }.with_pinned_mut(|mut c| {
        // SAFETY: the iovecs are filled while this closure runs; `readv` reads the array and writes the buffers.
        cvt(unsafe { libc::readv(fd.as_raw_fd(), (*c.as_mut_ptr()).iov, c.as_ref().n) })
    })?
}

fn run_with_pinned_mut<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (zero(), vec![1; N * BYTES]);
    let mut segments = segments(&mut memory);
    repeat(iterations, || {
        moved(readv_with_pinned_mut(black_box(fd.as_fd()), black_box(&mut segments)), N * BYTES);
    })
}

#[inline(never)]
fn readv_std(mut file: &File, buffers: &mut [&mut [u8]]) -> io::Result<usize> {
    let mut iov: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
    file.read_vectored(&mut iov)
}

fn run_std<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (File::from(zero()), vec![1; N * BYTES]);
    let mut buffers = slices(&mut memory);
    repeat(iterations, || moved(readv_std(black_box(&fd), black_box(&mut buffers)), N * BYTES))
}

#[inline(never)]
fn readv_nix(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> nix::Result<usize> {
    let mut iov: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
    nix::sys::uio::readv(fd, &mut iov)
}

fn run_nix<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (zero(), vec![1; N * BYTES]);
    let mut buffers = slices(&mut memory);
    repeat(iterations, || moved(readv_nix(black_box(fd.as_fd()), black_box(&mut buffers)), N * BYTES))
}

#[inline(never)]
fn readv_rustix(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]]) -> rustix::io::Result<usize> {
    let mut iov: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
    rustix::io::readv(fd, &mut iov)
}

fn run_rustix<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (zero(), vec![1; N * BYTES]);
    let mut buffers = slices(&mut memory);
    repeat(iterations, || moved(readv_rustix(black_box(fd.as_fd()), black_box(&mut buffers)), N * BYTES))
}
