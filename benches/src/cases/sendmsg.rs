//! Sends messages that carry one descriptor over a pair of sockets.
//!
//! Each message is taken out again by a plain `recv` of the measuring loop, whose cost is measured by itself
//! ([`drain`]) and taken off.

use super::{BYTES, Case, Segment, cvt, moved, repeat, segments, sizes, slices, sockets};
use libc::{c_int, c_void, iovec, msghdr};
use nix::sys::socket::{ControlMessage, MsgFlags};
use pin_ffi::{FfiPinned, calls, pinned_ffi};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use std::hint::black_box;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

pub(super) fn add(cases: &mut Vec<Case>) {
    sizes!(cases, "sendmsg", "libc", false, Some(drain), run_by_hand);
    sizes!(cases, "sendmsg", "pin-ffi attribute", true, Some(drain), run_attribute);
    sizes!(cases, "sendmsg", "pin-ffi wrapper", true, Some(drain), run_wrapper);
    sizes!(cases, "sendmsg", "pin-ffi with_pinned", true, Some(drain), run_with_pinned);
    sizes!(cases, "sendmsg", "nix", false, Some(drain), run_nix);
    sizes!(cases, "sendmsg", "rustix", false, Some(drain), run_rustix);
}

/// Takes the next message, whole; the kernel closes its descriptor.
#[inline(never)]
fn take(fd: BorrowedFd<'_>, flags: c_int) {
    let mut byte = 0u8;
    // SAFETY: one byte is lent.
    let n = unsafe { libc::recv(fd.as_raw_fd(), (&raw mut byte).cast(), 1, flags) };
    assert!(n == 1);
}

/// Takes the same message again and again.
fn drain(iterations: u64) -> u64 {
    let (a, b) = sockets();
    // SAFETY: one byte is lent.
    let n = unsafe { libc::send(a.as_raw_fd(), [0u8].as_ptr().cast(), 1, 0) };
    assert!(n == 1);
    repeat(iterations, || take(black_box(b.as_fd()), black_box(libc::MSG_PEEK)))
}

/// A control message with one descriptor, as long as `CMSG_SPACE` says.
type Control = [u64; 3];

fn control(fd: BorrowedFd<'_>) -> Control {
    let mut control: Control = [0; 3];
    // SAFETY: the array is aligned for a `cmsghdr` and has room for it and one descriptor.
    unsafe {
        assert!(libc::CMSG_SPACE(size_of::<c_int>() as u32) as usize == size_of::<Control>());
        let header = control.as_mut_ptr().cast::<libc::cmsghdr>();
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(size_of::<c_int>() as u32) as _;
        libc::CMSG_DATA(header).cast::<c_int>().write_unaligned(fd.as_raw_fd());
    }
    control
}

#[inline(never)]
fn sendmsg_by_hand<const N: usize>(
    fd: BorrowedFd<'_>,
    buffers: &[&mut [u8]],
    control: &[u64],
    flags: c_int,
) -> io::Result<usize> {
    let mut iov = [const { MaybeUninit::<iovec>::uninit() }; N];
    if buffers.len() > N {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (slot, buffer) in iov.iter_mut().zip(buffers) {
        slot.write(iovec { iov_base: buffer.as_ptr().cast_mut().cast::<c_void>(), iov_len: buffer.len() });
    }
    // SAFETY: the header's pointers lead to the filled iovecs and the borrowed control message, which the kernel reads.
    unsafe {
        let mut message: msghdr = std::mem::zeroed();
        message.msg_iov = iov.as_mut_ptr().cast();
        message.msg_iovlen = buffers.len() as _;
        message.msg_control = control.as_ptr().cast_mut().cast();
        message.msg_controllen = size_of_val(control) as _;
        cvt(libc::sendmsg(fd.as_raw_fd(), &raw const message, flags))
    }
}

fn run_by_hand<const N: usize>(iterations: u64) -> u64 {
    let ((a, b), mut memory) = (sockets(), vec![1; N * BYTES]);
    let (buffers, control) = (slices(&mut memory), control(a.as_fd()));
    repeat(iterations, || {
        let sent = sendmsg_by_hand::<N>(black_box(a.as_fd()), black_box(&buffers), black_box(&control), black_box(0));
        moved(sent, N * BYTES);
        take(black_box(b.as_fd()), black_box(0));
    })
}

/// What the others lend.
#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Sent<'a, 'b> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    segments: &'a [Segment<'b>],
    #[ffi(ptr = msg_control, len_bytes = msg_controllen)]
    control: &'a [u64],
}

#[inline(never)]
fn sendmsg_attribute(fd: BorrowedFd<'_>, segments: &[Segment<'_>], control: &[u64], flags: c_int) -> io::Result<usize> {
    calls::sendmsg(fd, &Sent { segments, control }, flags)
}

fn run_attribute<const N: usize>(iterations: u64) -> u64 {
    let ((a, b), mut memory) = (sockets(), vec![1; N * BYTES]);
    let (segments, control) = (segments(&mut memory), control(a.as_fd()));
    repeat(iterations, || {
        let sent = sendmsg_attribute(black_box(a.as_fd()), black_box(&segments), black_box(&control), black_box(0));
        moved(sent, N * BYTES);
        take(black_box(b.as_fd()), black_box(0));
    })
}

#[pinned_ffi]
fn send(fd: BorrowedFd<'_>, #[ffi(pin)] message: &Sent<'_, '_>, flags: c_int) -> io::Result<usize> {
    // SAFETY: `message` is the filled struct, which the kernel reads.
    cvt(unsafe { libc::sendmsg(fd.as_raw_fd(), message.as_ptr(), flags) })
}

#[inline(never)]
fn sendmsg_wrapper(fd: BorrowedFd<'_>, segments: &[Segment<'_>], control: &[u64], flags: c_int) -> io::Result<usize> {
    send(fd, &Sent { segments, control }, flags)
}

fn run_wrapper<const N: usize>(iterations: u64) -> u64 {
    let ((a, b), mut memory) = (sockets(), vec![1; N * BYTES]);
    let (segments, control) = (segments(&mut memory), control(a.as_fd()));
    repeat(iterations, || {
        let sent = sendmsg_wrapper(black_box(a.as_fd()), black_box(&segments), black_box(&control), black_box(0));
        moved(sent, N * BYTES);
        take(black_box(b.as_fd()), black_box(0));
    })
}

#[inline(never)]
fn sendmsg_with_pinned(
    fd: BorrowedFd<'_>,
    segments: &[Segment<'_>],
    control: &[u64],
    flags: c_int,
) -> io::Result<usize> {
    // SAFETY: the struct is filled while the closure runs, and the kernel reads it.
    Sent { segments, control }.with_pinned(|c| cvt(unsafe { libc::sendmsg(fd.as_raw_fd(), c.as_ptr(), flags) }))?
}

fn run_with_pinned<const N: usize>(iterations: u64) -> u64 {
    let ((a, b), mut memory) = (sockets(), vec![1; N * BYTES]);
    let (segments, control) = (segments(&mut memory), control(a.as_fd()));
    repeat(iterations, || {
        let sent = sendmsg_with_pinned(black_box(a.as_fd()), black_box(&segments), black_box(&control), black_box(0));
        moved(sent, N * BYTES);
        take(black_box(b.as_fd()), black_box(0));
    })
}

#[inline(never)]
fn sendmsg_nix(fd: BorrowedFd<'_>, buffers: &[&mut [u8]], lent: BorrowedFd<'_>) -> nix::Result<usize> {
    let iov: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
    let control = [ControlMessage::ScmRights(&[lent.as_raw_fd()])];
    nix::sys::socket::sendmsg::<()>(fd.as_raw_fd(), &iov, &control, MsgFlags::empty(), None)
}

fn run_nix<const N: usize>(iterations: u64) -> u64 {
    let ((a, b), mut memory) = (sockets(), vec![1; N * BYTES]);
    let buffers = slices(&mut memory);
    repeat(iterations, || {
        let sent = sendmsg_nix(black_box(a.as_fd()), black_box(&buffers), black_box(a.as_fd()));
        moved(sent, N * BYTES);
        take(black_box(b.as_fd()), black_box(0));
    })
}

#[inline(never)]
fn sendmsg_rustix(fd: BorrowedFd<'_>, buffers: &[&mut [u8]], lent: BorrowedFd<'_>) -> rustix::io::Result<usize> {
    let iov: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let fds = [lent];
    assert!(control.push(SendAncillaryMessage::ScmRights(&fds)));
    rustix::net::sendmsg(fd, &iov, &mut control, SendFlags::empty())
}

fn run_rustix<const N: usize>(iterations: u64) -> u64 {
    let ((a, b), mut memory) = (sockets(), vec![1; N * BYTES]);
    let buffers = slices(&mut memory);
    repeat(iterations, || {
        let sent = sendmsg_rustix(black_box(a.as_fd()), black_box(&buffers), black_box(a.as_fd()));
        moved(sent, N * BYTES);
        take(black_box(b.as_fd()), black_box(0));
    })
}
