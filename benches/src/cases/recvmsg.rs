//! Receives a message with the sender's credentials, the same one again and again (`MSG_PEEK`).

use super::{BYTES, Case, Segment, cvt, moved, repeat, segments, sizes, slices, sockets};
use libc::{c_int, c_void, iovec, msghdr};
use nix::sys::socket::MsgFlags;
use pin_ffi::{FfiPinned, FfiPinnedMut, OutBuf, calls, pinned_ffi};
use rustix::net::{RecvAncillaryBuffer, RecvFlags};
use std::hint::black_box;
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

pub(super) fn add(cases: &mut Vec<Case>) {
    sizes!(cases, "recvmsg", "libc", false, None, run_by_hand);
    sizes!(cases, "recvmsg", "pin-ffi attribute", true, None, run_attribute);
    sizes!(cases, "recvmsg", "pin-ffi wrapper", true, None, run_wrapper);
    sizes!(cases, "recvmsg", "pin-ffi with_pinned_mut", true, None, run_with_pinned_mut);
    sizes!(cases, "recvmsg", "nix", false, None, run_nix);
    sizes!(cases, "recvmsg", "rustix", false, None, run_rustix);
}

/// Bytes for the sender's address: those of `sockaddr_un`.
const ADDRESS: usize = 110;

/// Bytes for control messages: more than the credentials need.
const CONTROL: usize = 64;

/// A socket in which a message of `n` buffers waits, and the one that sent it.
fn waiting(n: usize) -> (OwnedFd, OwnedFd) {
    let (a, b) = sockets();
    let (on, bytes) = (1 as c_int, vec![1u8; n * BYTES]);
    // SAFETY: one `int`, and the bytes, are lent.
    unsafe {
        let option = (&raw const on).cast();
        let length = size_of::<c_int>() as libc::socklen_t;
        assert!(libc::setsockopt(b.as_raw_fd(), libc::SOL_SOCKET, libc::SO_PASSCRED, option, length) == 0);
        assert!(libc::send(a.as_raw_fd(), bytes.as_ptr().cast(), bytes.len(), 0) as usize == bytes.len());
    }
    (b, a)
}

/// What a careful hand would keep of a message: memory, and what was received.
#[derive(Debug)]
struct ByHand<'a, 'b> {
    from: &'a mut [u8],
    from_len: usize,
    buffers: &'a mut [&'b mut [u8]],
    control: &'a mut [u8],
    control_len: usize,
    flags: c_int,
}

#[inline(never)]
fn recvmsg_by_hand<const N: usize>(fd: BorrowedFd<'_>, into: &mut ByHand<'_, '_>, flags: c_int) -> io::Result<usize> {
    let mut iov = [const { MaybeUninit::<iovec>::uninit() }; N];
    if into.buffers.len() > N {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (slot, buffer) in iov.iter_mut().zip(into.buffers.iter_mut()) {
        slot.write(iovec { iov_base: buffer.as_mut_ptr().cast::<c_void>(), iov_len: buffer.len() });
    }
    // SAFETY: the header's pointers lead to the filled iovecs and to exclusively borrowed memory.
    unsafe {
        let mut message: msghdr = std::mem::zeroed();
        message.msg_name = into.from.as_mut_ptr().cast();
        message.msg_namelen = into.from.len() as _;
        message.msg_iov = iov.as_mut_ptr().cast();
        message.msg_iovlen = into.buffers.len() as _;
        message.msg_control = into.control.as_mut_ptr().cast();
        message.msg_controllen = into.control.len() as _;
        let n = cvt(libc::recvmsg(fd.as_raw_fd(), &raw mut message, flags))?;
        into.from_len = message.msg_namelen as usize;
        into.control_len = message.msg_controllen as usize;
        into.flags = message.msg_flags;
        Ok(n)
    }
}

fn run_by_hand<const N: usize>(iterations: u64) -> u64 {
    let ((fd, _peer), mut memory) = (waiting(N), vec![1; N * BYTES]);
    let mut buffers = slices(&mut memory);
    let mut into = ByHand {
        from: &mut [0; ADDRESS],
        from_len: 0,
        buffers: &mut buffers,
        control: &mut [0; CONTROL],
        control_len: 0,
        flags: 0,
    };
    let made = repeat(iterations, || {
        let got = recvmsg_by_hand::<N>(black_box(fd.as_fd()), black_box(&mut into), black_box(libc::MSG_PEEK));
        moved(got, N * BYTES);
    });
    assert!(into.control_len > 0 && into.from_len <= ADDRESS && into.flags & libc::MSG_CTRUNC == 0);
    made
}

/// What the others receive into.
#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Received<'a, 'b> {
    #[ffi(ptr = msg_name, len = msg_namelen, inout)]
    from: OutBuf<'a, u8>,
    #[ffi(array = msg_iov, len = msg_iovlen)]
    segments: &'a mut [Segment<'b>],
    #[ffi(ptr = msg_control, len = msg_controllen, inout)]
    control: OutBuf<'a, u8>,
    #[ffi(out = msg_flags)]
    flags: c_int,
}

#[inline(never)]
fn recvmsg_attribute(fd: BorrowedFd<'_>, into: &mut Received<'_, '_>, flags: c_int) -> io::Result<usize> {
    calls::recvmsg(fd, into, flags)
}

#[pinned_ffi]
fn receive(fd: BorrowedFd<'_>, #[ffi(pin_mut)] into: &mut Received<'_, '_>, flags: c_int) -> io::Result<usize> {
    // SAFETY: `into` is the filled struct; the kernel has finished with it when the call returns.
    cvt(unsafe { libc::recvmsg(fd.as_raw_fd(), into.as_mut_ptr(), flags) })
}

#[inline(never)]
fn recvmsg_wrapper(fd: BorrowedFd<'_>, into: &mut Received<'_, '_>, flags: c_int) -> io::Result<usize> {
    receive(fd, into, flags)
}

#[inline(never)]
fn recvmsg_with_pinned_mut(fd: BorrowedFd<'_>, into: &mut Received<'_, '_>, flags: c_int) -> io::Result<usize> {
    // SAFETY: the struct is filled while the closure runs; the kernel has finished with it when the call returns.
    into.with_pinned_mut(|mut c| cvt(unsafe { libc::recvmsg(fd.as_raw_fd(), c.as_mut_ptr(), flags) }))?
}

#[inline(always)]
fn run<const N: usize>(
    iterations: u64,
    recvmsg: impl Fn(BorrowedFd<'_>, &mut Received<'_, '_>, c_int) -> io::Result<usize>,
) -> u64 {
    let ((fd, _peer), mut memory) = (waiting(N), vec![1; N * BYTES]);
    let mut segments = segments(&mut memory);
    let (mut from, mut control) = ([0; ADDRESS], [0; CONTROL]);
    let mut into = Received {
        from: OutBuf::new(&mut from),
        segments: &mut segments,
        control: OutBuf::new(&mut control),
        flags: 0,
    };
    let made = repeat(iterations, || {
        moved(recvmsg(black_box(fd.as_fd()), black_box(&mut into), black_box(libc::MSG_PEEK)), N * BYTES);
    });
    assert!(!into.control.filled().is_empty() && into.flags & libc::MSG_CTRUNC == 0);
    made
}

fn run_attribute<const N: usize>(iterations: u64) -> u64 {
    run::<N>(iterations, recvmsg_attribute)
}

fn run_wrapper<const N: usize>(iterations: u64) -> u64 {
    run::<N>(iterations, recvmsg_wrapper)
}

fn run_with_pinned_mut<const N: usize>(iterations: u64) -> u64 {
    run::<N>(iterations, recvmsg_with_pinned_mut)
}

#[inline(never)]
fn recvmsg_nix(fd: BorrowedFd<'_>, buffers: &mut [&mut [u8]], control: &mut [u8]) -> nix::Result<usize> {
    let mut iov: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
    let message = nix::sys::socket::recvmsg::<nix::sys::socket::UnixAddr>(
        fd.as_raw_fd(),
        &mut iov,
        Some(control),
        MsgFlags::MSG_PEEK,
    )?;
    Ok(message.bytes)
}

fn run_nix<const N: usize>(iterations: u64) -> u64 {
    let ((fd, _peer), mut memory) = (waiting(N), vec![1; N * BYTES]);
    let (mut buffers, mut control) = (slices(&mut memory), [0; CONTROL]);
    repeat(iterations, || {
        moved(recvmsg_nix(black_box(fd.as_fd()), black_box(&mut buffers), black_box(&mut control)), N * BYTES);
    })
}

#[inline(never)]
fn recvmsg_rustix(
    fd: BorrowedFd<'_>,
    buffers: &mut [&mut [u8]],
    control: &mut [MaybeUninit<u8>],
) -> rustix::io::Result<usize> {
    let mut iov: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
    let message = rustix::net::recvmsg(fd, &mut iov, &mut RecvAncillaryBuffer::new(control), RecvFlags::PEEK)?;
    Ok(message.bytes)
}

fn run_rustix<const N: usize>(iterations: u64) -> u64 {
    let ((fd, _peer), mut memory) = (waiting(N), vec![1; N * BYTES]);
    let (mut buffers, mut control) = (slices(&mut memory), [MaybeUninit::uninit(); CONTROL]);
    repeat(iterations, || {
        moved(recvmsg_rustix(black_box(fd.as_fd()), black_box(&mut buffers), black_box(&mut control)), N * BYTES);
    })
}
