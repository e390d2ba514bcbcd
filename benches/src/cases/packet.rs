//! A struct of three buffers, derived without a target, against three `iovec`s written out.

use super::{BYTES, Case, cvt, moved, null, repeat, zero};
use libc::iovec;
use pin_ffi::{FfiPinned, FfiPinnedMut, calls};
use std::hint::black_box;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

pub(super) fn add(cases: &mut Vec<Case>) {
    let case = |call, form, ours, run| Case { call, form, ours, buffers: 3, between: None, run };
    cases.extend([
        case("readv struct", "libc", false, read_by_hand as fn(u64) -> u64),
        case("readv struct", "pin-ffi attribute", true, read_attribute),
        case("readv struct", "pin-ffi with_pinned_mut", true, read_with_pinned_mut),
        case("writev struct", "libc", false, write_by_hand),
        case("writev struct", "pin-ffi attribute", true, write_attribute),
        case("writev struct", "pin-ffi with_pinned", true, write_with_pinned),
    ]);
}

#[derive(FfiPinned)]
struct Packet<'a> {
    header: [u8; BYTES],
    body: &'a mut [u8],
    trailer: Vec<u8>,
}

const TOTAL: usize = 3 * BYTES;

#[inline(never)]
fn packet_readv_by_hand(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize> {
    let iov = [
        iovec { iov_base: packet.header.as_mut_ptr().cast(), iov_len: packet.header.len() },
        iovec { iov_base: packet.body.as_mut_ptr().cast(), iov_len: packet.body.len() },
        iovec { iov_base: packet.trailer.as_mut_ptr().cast(), iov_len: packet.trailer.len() },
    ];
    // SAFETY: the iovecs lead to exclusively borrowed buffers.
    cvt(unsafe { libc::readv(fd.as_raw_fd(), iov.as_ptr(), 3) })
}

#[inline(never)]
fn packet_readv_attribute(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize> {
    calls::readv(fd, packet)
}

#[inline(never)]
fn packet_readv_with_pinned_mut(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize> {
    packet.with_pinned_mut(|mut c| {
        // SAFETY: the iovecs are filled while this closure runs; `readv` writes their buffers.
        cvt(unsafe { libc::readv(fd.as_raw_fd(), c.as_mut_ptr().cast(), 3) })
    })?
}

#[inline(never)]
fn packet_writev_by_hand(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize> {
    let iov = [
        iovec { iov_base: packet.header.as_ptr().cast_mut().cast(), iov_len: packet.header.len() },
        iovec { iov_base: packet.body.as_ptr().cast_mut().cast(), iov_len: packet.body.len() },
        iovec { iov_base: packet.trailer.as_ptr().cast_mut().cast(), iov_len: packet.trailer.len() },
    ];
    // SAFETY: the iovecs lead to borrowed buffers, which the kernel reads.
    cvt(unsafe { libc::writev(fd.as_raw_fd(), iov.as_ptr(), 3) })
}

#[inline(never)]
fn packet_writev_attribute(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize> {
    calls::writev(fd, packet)
}

#[inline(never)]
fn packet_writev_with_pinned(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize> {
    // SAFETY: the iovecs are filled while the closure runs, and the kernel reads them.
    packet.with_pinned(|c| cvt(unsafe { libc::writev(fd.as_raw_fd(), c.as_ptr().cast(), 3) }))?
}

#[inline(always)]
fn read(iterations: u64, readv: impl Fn(BorrowedFd<'_>, &mut Packet<'_>) -> io::Result<usize>) -> u64 {
    let (fd, mut body) = (zero(), [1; BYTES]);
    let mut packet = Packet { header: [1; BYTES], body: &mut body, trailer: vec![1; BYTES] };
    repeat(iterations, || moved(readv(black_box(fd.as_fd()), black_box(&mut packet)), TOTAL))
}

#[inline(always)]
fn write(iterations: u64, writev: impl Fn(BorrowedFd<'_>, &Packet<'_>) -> io::Result<usize>) -> u64 {
    let (fd, mut body) = (null(), [1; BYTES]);
    let packet = Packet { header: [1; BYTES], body: &mut body, trailer: vec![1; BYTES] };
    repeat(iterations, || moved(writev(black_box(fd.as_fd()), black_box(&packet)), TOTAL))
}

fn read_by_hand(iterations: u64) -> u64 {
    read(iterations, packet_readv_by_hand)
}

fn read_attribute(iterations: u64) -> u64 {
    read(iterations, packet_readv_attribute)
}

fn read_with_pinned_mut(iterations: u64) -> u64 {
    read(iterations, packet_readv_with_pinned_mut)
}

fn write_by_hand(iterations: u64) -> u64 {
    write(iterations, packet_writev_by_hand)
}

fn write_attribute(iterations: u64) -> u64 {
    write(iterations, packet_writev_attribute)
}

fn write_with_pinned(iterations: u64) -> u64 {
    write(iterations, packet_writev_with_pinned)
}
