//! Sends messages that carry one descriptor over a pair of sockets.
//!
//! Each message is taken out again by a plain `recv` of the measuring loop, whose cost is measured by itself
//! ([`drain`]) and taken off.

use super::{
    ATTRIBUTE, BY_HAND, BYTES, Case, DERIVE, PINNER, Pins, REUSED, Room, Run, Segment, WRAPPER, cvt, moved, pin, put,
    repeat, segments, slices, sockets,
};
use libc::{c_int, msghdr};
use nix::sys::socket::{ControlMessage, MsgFlags};
use pin_ffi::{FfiPinned, Pinner, calls, pinned_ffi};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use socket2::{MsgHdr, SockRef};
use std::hint::black_box;
use std::io::{self, IoSlice};
use std::mem::{self, MaybeUninit};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

pub(super) fn cases<const N: usize, const ROOM: usize>() -> Vec<Case> {
    macro_rules! ours {
        ($what:expr, $sites:ident) => {{
            let case = |form, run: fn(u64) -> Run| Case { between: Some(drain), ..Case::call($what, form, N, run) };
            [
                case(BY_HAND, |n| run::<N, _>(n, $sites::sendmsg_by_hand::<ROOM>())),
                case(DERIVE, |n| run_segments::<N>(n, $sites::sendmsg_derive())),
                case(ATTRIBUTE, |n| run_segments::<N>(n, $sites::sendmsg_attribute())),
                case(WRAPPER, |n| run_segments::<N>(n, $sites::sendmsg_wrapper())),
                case(PINNER, |n| run::<N, _>(n, $sites::sendmsg_pinner::<ROOM>())),
                case(REUSED, |n| {
                    let (mut idle, mut call) = (Pinner::new(), $sites::sendmsg_reused::<ROOM>());
                    run::<N, _>(n, |fd, sent| call(&mut idle, fd, sent))
                }),
            ]
        }};
    }
    let case = |form, run: fn(u64) -> Run| Case { between: Some(drain), ..Case::call("sendmsg", form, N, run) };
    let peers = [
        case("nix", |n| run::<N, _>(n, sendmsg_nix)),
        case("rustix", |n| run::<N, _>(n, sendmsg_rustix)),
        case("socket2", |n| run::<N, _>(n, sendmsg_socket2)),
    ];
    // 256 buffers go the same way as 16.
    let nine = ours!("sendmsg, nine call sites", nine).into_iter().filter(|_| N != 256);
    ours!("sendmsg", one).into_iter().chain(peers).chain(nine).collect()
}

sites! {
    fn sendmsg_by_hand<const ROOM: usize>(fd: BorrowedFd<'_>, sent: &ByHand<'_, '_>) -> io::Result<usize>;
    fn sendmsg_derive(fd: BorrowedFd<'_>, sent: &Sent<'_, '_>) -> io::Result<usize>;
    fn sendmsg_attribute(fd: BorrowedFd<'_>, sent: &Sent<'_, '_>) -> io::Result<usize>;
    fn sendmsg_pinner<const ROOM: usize>(fd: BorrowedFd<'_>, sent: &ByHand<'_, '_>) -> io::Result<usize>;
    fn sendmsg_reused<const ROOM: usize>(idle: &mut Pinner<'_>, fd: BorrowedFd<'_>, sent: &ByHand<'_, '_>) -> io::Result<usize>;
    fn sendmsg_wrapper(fd: BorrowedFd<'_>, message: &Sent<'_, '_>) -> io::Result<usize>;
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
fn drain(iterations: u64) -> Run {
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

/// What a hand would put together for a message.
#[derive(Debug)]
struct ByHand<'a, 'b> {
    buffers: &'a [&'b mut [u8]],
    /// The descriptor, for those who make the control message themselves at each call.
    lent: BorrowedFd<'a>,
    control: &'a [u64],
}

#[inline(always)]
fn run<const N: usize, E: std::fmt::Debug>(
    iterations: u64,
    mut sendmsg: impl FnMut(BorrowedFd<'_>, &ByHand<'_, '_>) -> Result<usize, E>,
) -> Run {
    let ((a, b), mut memory) = (sockets(), vec![1; N * BYTES]);
    let sent = ByHand { buffers: &slices(&mut memory), lent: a.as_fd(), control: &control(a.as_fd()) };
    repeat(iterations, || {
        moved(sendmsg(black_box(a.as_fd()), black_box(&sent)), N * BYTES);
        take(black_box(b.as_fd()), black_box(0));
    })
}

#[inline]
fn sendmsg_by_hand<const ROOM: usize>(fd: BorrowedFd<'_>, sent: &ByHand<'_, '_>) -> io::Result<usize> {
    let mut room: Room<ROOM> = [const { MaybeUninit::uninit() }; ROOM];
    put(&mut room, sent.buffers)?;
    // SAFETY: the header's pointers lead to the filled iovecs and the borrowed control message, which the kernel reads.
    unsafe {
        let mut message: msghdr = mem::zeroed();
        message.msg_iov = room.as_mut_ptr().cast();
        message.msg_iovlen = sent.buffers.len() as _;
        message.msg_control = sent.control.as_ptr().cast_mut().cast();
        message.msg_controllen = size_of_val(sent.control) as _;
        cvt(libc::sendmsg(fd.as_raw_fd(), &raw const message, 0))
    }
}

/// What is lent through the derive.
#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Sent<'a, 'b> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    segments: &'a [Segment<'b>],
    #[ffi(ptr = msg_control, len_bytes = msg_controllen)]
    control: &'a [u64],
}

#[inline(always)]
fn run_segments<const N: usize>(
    iterations: u64,
    mut sendmsg: impl FnMut(BorrowedFd<'_>, &Sent<'_, '_>) -> io::Result<usize>,
) -> Run {
    let ((a, b), mut memory) = (sockets(), vec![1; N * BYTES]);
    let sent = Sent { segments: &segments(&mut memory), control: &control(a.as_fd()) };
    repeat(iterations, || {
        moved(sendmsg(black_box(a.as_fd()), black_box(&sent)), N * BYTES);
        take(black_box(b.as_fd()), black_box(0));
    })
}

#[inline]
fn sendmsg_derive(fd: BorrowedFd<'_>, sent: &Sent<'_, '_>) -> io::Result<usize> {
    // SAFETY: the struct is filled while the closure runs, and the kernel reads it.
    sent.with_pinned(move |c| cvt(unsafe { libc::sendmsg(fd.as_raw_fd(), c.as_ptr(), 0) }))?
}

#[inline]
fn sendmsg_attribute(fd: BorrowedFd<'_>, sent: &Sent<'_, '_>) -> io::Result<usize> {
    // SAFETY: `run_segments` makes the control message, and keeps the descriptor open that it names.
    unsafe { calls::sendmsg_with_control(fd, sent, 0) }
}

#[pinned_ffi]
#[inline]
fn sendmsg_wrapper(fd: BorrowedFd<'_>, #[ffi(pin)] message: &Sent<'_, '_>) -> io::Result<usize> {
    // SAFETY: `message` is the filled struct, which the kernel reads.
    cvt(unsafe { libc::sendmsg(fd.as_raw_fd(), message.as_ptr(), 0) })
}

#[inline(always)]
fn sendmsg_pinned<'a, const ROOM: usize>(
    pins: &impl Pins<'a>,
    fd: BorrowedFd<'_>,
    sent: &'a ByHand<'_, '_>,
) -> io::Result<usize> {
    let mut room: Room<ROOM> = [const { MaybeUninit::uninit() }; ROOM];
    pin(pins, &mut room, sent.buffers)?;
    let control = pins.pin(sent.control);
    // SAFETY: the header's pointers lead to iovecs of pinned buffers and the pinned control message; the kernel reads.
    unsafe {
        let mut message: msghdr = mem::zeroed();
        message.msg_iov = room.as_mut_ptr().cast();
        message.msg_iovlen = sent.buffers.len() as _;
        message.msg_control = control.as_ptr().cast_mut().cast();
        message.msg_controllen = control.len_bytes() as _;
        cvt(libc::sendmsg(fd.as_raw_fd(), &raw const message, 0))
    }
}

#[inline]
fn sendmsg_pinner<const ROOM: usize>(fd: BorrowedFd<'_>, sent: &ByHand<'_, '_>) -> io::Result<usize> {
    sendmsg_pinned::<ROOM>(&Pinner::new(), fd, sent)
}

#[inline]
fn sendmsg_reused<const ROOM: usize>(
    idle: &mut Pinner<'_>,
    fd: BorrowedFd<'_>,
    sent: &ByHand<'_, '_>,
) -> io::Result<usize> {
    idle.scope(|pins| sendmsg_pinned::<ROOM>(pins, fd, sent))
}

#[inline(never)]
fn sendmsg_nix(fd: BorrowedFd<'_>, sent: &ByHand<'_, '_>) -> nix::Result<usize> {
    let iov: Vec<_> = sent.buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
    let control = [ControlMessage::ScmRights(&[sent.lent.as_raw_fd()])];
    nix::sys::socket::sendmsg::<()>(fd.as_raw_fd(), &iov, &control, MsgFlags::empty(), None)
}

#[inline(never)]
fn sendmsg_rustix(fd: BorrowedFd<'_>, sent: &ByHand<'_, '_>) -> rustix::io::Result<usize> {
    let iov: Vec<_> = sent.buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let fds = [sent.lent];
    assert!(control.push(SendAncillaryMessage::ScmRights(&fds)));
    rustix::net::sendmsg(fd, &iov, &mut control, SendFlags::empty())
}

#[inline(never)]
fn sendmsg_socket2(fd: BorrowedFd<'_>, sent: &ByHand<'_, '_>) -> io::Result<usize> {
    let iov: Vec<_> = sent.buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
    // SAFETY: the bytes of three numbers.
    let control = unsafe { std::slice::from_raw_parts(sent.control.as_ptr().cast(), size_of_val(sent.control)) };
    SockRef::from(&fd).sendmsg(&MsgHdr::new().with_buffers(&iov).with_control(control), 0)
}
