//! Writes to `/dev/null`.

use super::{BYTES, Case, Segment, cvt, moved, null, repeat, segments, sizes, slices};
use libc::{c_int, c_void, iovec};
use pin_ffi::{FfiPinned, calls};
use std::fs::File;
use std::hint::black_box;
use std::io::{self, IoSlice, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

pub(super) fn add(cases: &mut Vec<Case>) {
    sizes!(cases, "writev", "libc", false, None, run_by_hand);
    sizes!(cases, "writev", "pin-ffi attribute", true, None, run_attribute);
    sizes!(cases, "writev", "pin-ffi with_pinned", true, None, run_with_pinned);
    sizes!(cases, "writev", "std", false, None, run_std);
    sizes!(cases, "writev", "nix", false, None, run_nix);
    sizes!(cases, "writev", "rustix", false, None, run_rustix);
}

#[inline(never)]
fn writev_by_hand<const N: usize>(fd: BorrowedFd<'_>, buffers: &[&mut [u8]]) -> io::Result<usize> {
    let mut iov = [const { MaybeUninit::<iovec>::uninit() }; N];
    if buffers.len() > N {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (slot, buffer) in iov.iter_mut().zip(buffers) {
        slot.write(iovec { iov_base: buffer.as_ptr().cast_mut().cast::<c_void>(), iov_len: buffer.len() });
    }
    // SAFETY: the first `buffers.len()` iovecs lead to borrowed buffers, which the kernel reads.
    cvt(unsafe { libc::writev(fd.as_raw_fd(), iov.as_ptr().cast(), buffers.len() as c_int) })
}

fn run_by_hand<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (null(), vec![1; N * BYTES]);
    let buffers = slices(&mut memory);
    repeat(iterations, || moved(writev_by_hand::<N>(black_box(fd.as_fd()), black_box(&buffers)), N * BYTES))
}

#[inline(never)]
fn writev_attribute(fd: BorrowedFd<'_>, segments: &[Segment<'_>]) -> io::Result<usize> {
    calls::writev(fd, segments)
}

fn run_attribute<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (null(), vec![1; N * BYTES]);
    let segments = segments(&mut memory);
    repeat(iterations, || moved(writev_attribute(black_box(fd.as_fd()), black_box(&segments)), N * BYTES))
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

#[inline(never)]
fn writev_with_pinned(fd: BorrowedFd<'_>, segments: &[Segment<'_>]) -> io::Result<usize> {
    SharedSegments { segments }.with_pinned(|c| {
        // SAFETY: the iovecs are filled while this closure runs; `writev` only reads.
        cvt(unsafe { libc::writev(fd.as_raw_fd(), c.as_ref().iov, c.as_ref().n) })
    })?
}

fn run_with_pinned<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (null(), vec![1; N * BYTES]);
    let segments = segments(&mut memory);
    repeat(iterations, || moved(writev_with_pinned(black_box(fd.as_fd()), black_box(&segments)), N * BYTES))
}

#[inline(never)]
fn writev_std(mut file: &File, buffers: &[&mut [u8]]) -> io::Result<usize> {
    let iov: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
    file.write_vectored(&iov)
}

fn run_std<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (File::from(null()), vec![1; N * BYTES]);
    let buffers = slices(&mut memory);
    repeat(iterations, || moved(writev_std(black_box(&fd), black_box(&buffers)), N * BYTES))
}

#[inline(never)]
fn writev_nix(fd: BorrowedFd<'_>, buffers: &[&mut [u8]]) -> nix::Result<usize> {
    let iov: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
    nix::sys::uio::writev(fd, &iov)
}

fn run_nix<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (null(), vec![1; N * BYTES]);
    let buffers = slices(&mut memory);
    repeat(iterations, || moved(writev_nix(black_box(fd.as_fd()), black_box(&buffers)), N * BYTES))
}

#[inline(never)]
fn writev_rustix(fd: BorrowedFd<'_>, buffers: &[&mut [u8]]) -> rustix::io::Result<usize> {
    let iov: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
    rustix::io::writev(fd, &iov)
}

fn run_rustix<const N: usize>(iterations: u64) -> u64 {
    let (fd, mut memory) = (null(), vec![1; N * BYTES]);
    let buffers = slices(&mut memory);
    repeat(iterations, || moved(writev_rustix(black_box(fd.as_fd()), black_box(&buffers)), N * BYTES))
}
