//! A struct of three buffers, derived without a target, against three `iovec`s written out.

use super::{ATTRIBUTE, BY_HAND, BYTES, Case, DERIVE, PINNER, Run, cvt, file, moved, null, repeat, zero};
use libc::iovec;
use pin_ffi::{FfiPinned, FfiPinnedMut, Pinner, calls};
use std::hint::black_box;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

pub(super) fn cases() -> Vec<Case> {
    let case = |call, form, run: fn(u64) -> Run| Case::call(call, form, 3, run);
    macro_rules! ours {
        ($readv:expr, $writev:expr, $sites:ident) => {{
            [
                case($readv, BY_HAND, |n| read(n, $sites::packet_readv_by_hand())),
                case($readv, DERIVE, |n| read(n, $sites::packet_readv_derive())),
                case($readv, ATTRIBUTE, |n| read(n, $sites::packet_readv_attribute())),
                case($readv, PINNER, |n| read(n, $sites::packet_readv_pinner())),
                case($writev, BY_HAND, |n| write(n, $sites::packet_writev_by_hand())),
                case($writev, DERIVE, |n| write(n, $sites::packet_writev_derive())),
                case($writev, ATTRIBUTE, |n| write(n, $sites::packet_writev_attribute())),
                case($writev, PINNER, |n| write(n, $sites::packet_writev_pinner())),
            ]
        }};
    }
    let peers = [
        case("readv of a struct", "std", |n| read(n, packet_readv_std)),
        case("readv of a struct", "nix", |n| read(n, packet_readv_nix)),
        case("readv of a struct", "rustix", |n| read(n, packet_readv_rustix)),
        case("writev of a struct", "std", |n| write(n, packet_writev_std)),
        case("writev of a struct", "nix", |n| write(n, packet_writev_nix)),
        case("writev of a struct", "rustix", |n| write(n, packet_writev_rustix)),
    ];
    let nine = ours!("readv of a struct, nine call sites", "writev of a struct, nine call sites", nine);
    ours!("readv of a struct", "writev of a struct", one).into_iter().chain(peers).chain(nine).collect()
}

sites! {
    fn packet_readv_by_hand(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize>;
    fn packet_readv_derive(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize>;
    fn packet_readv_attribute(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize>;
    fn packet_readv_pinner(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize>;
    fn packet_writev_by_hand(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize>;
    fn packet_writev_derive(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize>;
    fn packet_writev_attribute(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize>;
    fn packet_writev_pinner(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize>;
}

#[derive(FfiPinned)]
struct Packet<'a> {
    header: [u8; BYTES],
    body: &'a mut [u8],
    trailer: Vec<u8>,
}

#[inline(always)]
fn read(iterations: u64, mut readv: impl FnMut(BorrowedFd<'_>, &mut Packet<'_>) -> io::Result<usize>) -> Run {
    let (fd, mut body) = (zero(), [1; BYTES]);
    let mut packet = Packet { header: [1; BYTES], body: &mut body, trailer: vec![1; BYTES] };
    repeat(iterations, || moved(readv(black_box(fd.as_fd()), black_box(&mut packet)), 3 * BYTES))
}

#[inline(always)]
fn write(iterations: u64, mut writev: impl FnMut(BorrowedFd<'_>, &Packet<'_>) -> io::Result<usize>) -> Run {
    let (fd, mut body) = (null(), [1; BYTES]);
    let packet = Packet { header: [1; BYTES], body: &mut body, trailer: vec![1; BYTES] };
    repeat(iterations, || moved(writev(black_box(fd.as_fd()), black_box(&packet)), 3 * BYTES))
}

#[inline]
fn packet_readv_by_hand(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize> {
    let iov = [
        iovec { iov_base: packet.header.as_mut_ptr().cast(), iov_len: packet.header.len() },
        iovec { iov_base: packet.body.as_mut_ptr().cast(), iov_len: packet.body.len() },
        iovec { iov_base: packet.trailer.as_mut_ptr().cast(), iov_len: packet.trailer.len() },
    ];
    // SAFETY: the iovecs lead to exclusively borrowed buffers.
    cvt(unsafe { libc::readv(fd.as_raw_fd(), iov.as_ptr(), 3) })
}

#[inline]
fn packet_readv_derive(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize> {
    packet.with_pinned_mut(move |mut c| {
        // SAFETY: the iovecs are filled while this closure runs; `readv` writes their buffers.
        cvt(unsafe { libc::readv(fd.as_raw_fd(), c.as_mut_ptr().cast(), 3) })
    })?
}

#[inline]
fn packet_readv_attribute(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize> {
    calls::readv(fd, packet)
}

#[inline]
fn packet_readv_pinner(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize> {
    let pinner = Pinner::new();
    let header = pinner.pin_mut(&mut packet.header);
    let body = pinner.pin_mut(&mut packet.body);
    let trailer = pinner.pin_mut(&mut packet.trailer);
    let iov =
        [header, body, trailer].map(|pinned| iovec { iov_base: pinned.as_mut_ptr().cast(), iov_len: pinned.len() });
    // SAFETY: the iovecs lead to buffers that are pinned for writing.
    cvt(unsafe { libc::readv(fd.as_raw_fd(), iov.as_ptr(), 3) })
}

fn to_read<'a>(packet: &'a mut Packet<'_>) -> [IoSliceMut<'a>; 3] {
    [&mut packet.header[..], &mut packet.body[..], &mut packet.trailer[..]].map(IoSliceMut::new)
}

#[inline(never)]
fn packet_readv_std(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize> {
    file(fd).read_vectored(&mut to_read(packet))
}

#[inline(never)]
fn packet_readv_nix(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize> {
    Ok(nix::sys::uio::readv(fd, &mut to_read(packet))?)
}

#[inline(never)]
fn packet_readv_rustix(fd: BorrowedFd<'_>, packet: &mut Packet<'_>) -> io::Result<usize> {
    Ok(rustix::io::readv(fd, &mut to_read(packet))?)
}

#[inline]
fn packet_writev_by_hand(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize> {
    let iov = [
        iovec { iov_base: packet.header.as_ptr().cast_mut().cast(), iov_len: packet.header.len() },
        iovec { iov_base: packet.body.as_ptr().cast_mut().cast(), iov_len: packet.body.len() },
        iovec { iov_base: packet.trailer.as_ptr().cast_mut().cast(), iov_len: packet.trailer.len() },
    ];
    // SAFETY: the iovecs lead to borrowed buffers, which the kernel reads.
    cvt(unsafe { libc::writev(fd.as_raw_fd(), iov.as_ptr(), 3) })
}

#[inline]
fn packet_writev_derive(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize> {
    // SAFETY: the iovecs are filled while the closure runs, and the kernel reads them.
    packet.with_pinned(move |c| cvt(unsafe { libc::writev(fd.as_raw_fd(), c.as_ptr().cast(), 3) }))?
}

#[inline]
fn packet_writev_attribute(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize> {
    calls::writev(fd, packet)
}

#[inline]
fn packet_writev_pinner(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize> {
    let pinner = Pinner::new();
    let (header, body, trailer) = (pinner.pin(&packet.header), pinner.pin(&packet.body), pinner.pin(&packet.trailer));
    let iov = [header, body, trailer]
        .map(|pinned| iovec { iov_base: pinned.as_ptr().cast_mut().cast(), iov_len: pinned.len() });
    // SAFETY: the iovecs lead to pinned buffers, which the kernel reads.
    cvt(unsafe { libc::writev(fd.as_raw_fd(), iov.as_ptr(), 3) })
}

fn to_write<'a>(packet: &'a Packet<'_>) -> [IoSlice<'a>; 3] {
    [&packet.header[..], packet.body, &packet.trailer[..]].map(IoSlice::new)
}

#[inline(never)]
fn packet_writev_std(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize> {
    file(fd).write_vectored(&to_write(packet))
}

#[inline(never)]
fn packet_writev_nix(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize> {
    Ok(nix::sys::uio::writev(fd, &to_write(packet))?)
}

#[inline(never)]
fn packet_writev_rustix(fd: BorrowedFd<'_>, packet: &Packet<'_>) -> io::Result<usize> {
    Ok(rustix::io::writev(fd, &to_write(packet))?)
}
