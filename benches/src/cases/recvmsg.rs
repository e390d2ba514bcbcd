//! Receives a message with the sender's credentials, the same one again and again (`MSG_PEEK`).

use super::{
    ATTRIBUTE, BY_HAND, BYTES, Case, DERIVE, PINNER, Pins, REUSED, Room, Run, Segment, WRAPPER, cvt, moved, pin_mut,
    put_mut, repeat, segments, slices, sockets,
};
use libc::{MSG_PEEK, c_int, msghdr};
use nix::sys::socket::{MsgFlags, UnixAddr};
use pin_ffi::{FfiPinned, FfiPinnedMut, OutBuf, Pinner, calls, pinned_ffi};
use rustix::net::{RecvAncillaryBuffer, RecvFlags};
use socket2::{MaybeUninitSlice, MsgHdrMut, SockAddr, SockRef};
use std::hint::black_box;
use std::io::{self, IoSliceMut};
use std::mem::{self, MaybeUninit};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

pub(super) fn cases<const N: usize, const ROOM: usize>() -> Vec<Case> {
    macro_rules! ours {
        ($what:expr, $sites:ident) => {{
            let case = |form, run: fn(u64) -> Run| Case::call($what, form, N, run);
            [
                case(BY_HAND, |n| run::<N, _>(n, $sites::recvmsg_by_hand::<ROOM>())),
                case(DERIVE, |n| run_segments::<N>(n, $sites::recvmsg_derive())),
                case(ATTRIBUTE, |n| run_segments::<N>(n, $sites::recvmsg_attribute())),
                case(WRAPPER, |n| run_segments::<N>(n, $sites::recvmsg_wrapper())),
                case(PINNER, |n| run::<N, _>(n, $sites::recvmsg_pinner::<ROOM>())),
                case(REUSED, |n| {
                    let (mut idle, mut call) = (Pinner::new(), $sites::recvmsg_reused::<ROOM>());
                    run::<N, _>(n, |fd, into| call(&mut idle, fd, into))
                }),
            ]
        }};
    }
    let case = |form, run: fn(u64) -> Run| Case::call("recvmsg", form, N, run);
    let peers = [
        case("nix", |n| run::<N, _>(n, recvmsg_nix)),
        case("rustix", |n| run::<N, _>(n, recvmsg_rustix)),
        case("socket2", |n| {
            let mut address = SockAddr::unix("/").expect("an address");
            run::<N, _>(n, move |fd, into| recvmsg_socket2(fd, into, &mut address))
        }),
    ];
    // 256 buffers go the same way as 16.
    let nine = ours!("recvmsg, nine call sites", nine).into_iter().filter(|_| N != 256);
    ours!("recvmsg", one).into_iter().chain(peers).chain(nine).collect()
}

sites! {
    fn recvmsg_by_hand<const ROOM: usize>(fd: BorrowedFd<'_>, into: &mut ByHand<'_, '_>) -> io::Result<usize>;
    fn recvmsg_derive(fd: BorrowedFd<'_>, into: &mut Received<'_, '_>) -> io::Result<usize>;
    fn recvmsg_attribute(fd: BorrowedFd<'_>, into: &mut Received<'_, '_>) -> io::Result<usize>;
    fn recvmsg_pinner<const ROOM: usize>(fd: BorrowedFd<'_>, into: &mut ByHand<'_, '_>) -> io::Result<usize>;
    fn recvmsg_reused<const ROOM: usize>(idle: &mut Pinner<'_>, fd: BorrowedFd<'_>, into: &mut ByHand<'_, '_>) -> io::Result<usize>;
    fn recvmsg_wrapper(fd: BorrowedFd<'_>, into: &mut Received<'_, '_>) -> io::Result<usize>;
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

#[inline(always)]
fn run<const N: usize, E: std::fmt::Debug>(
    iterations: u64,
    mut recvmsg: impl FnMut(BorrowedFd<'_>, &mut ByHand<'_, '_>) -> Result<usize, E>,
) -> Run {
    let ((fd, _peer), mut memory) = (waiting(N), vec![1; N * BYTES]);
    let mut into = ByHand {
        from: &mut [0; ADDRESS],
        from_len: 0,
        buffers: &mut slices(&mut memory),
        control: &mut [0; CONTROL],
        control_len: 0,
        flags: 0,
    };
    let run = repeat(iterations, || moved(recvmsg(black_box(fd.as_fd()), black_box(&mut into)), N * BYTES));
    assert!(into.control_len > 0 && into.from_len <= ADDRESS && into.flags & libc::MSG_CTRUNC == 0);
    run
}

#[inline]
fn recvmsg_by_hand<const ROOM: usize>(fd: BorrowedFd<'_>, into: &mut ByHand<'_, '_>) -> io::Result<usize> {
    let mut room: Room<ROOM> = [const { MaybeUninit::uninit() }; ROOM];
    put_mut(&mut room, into.buffers)?;
    // SAFETY: the header's pointers lead to the filled iovecs and to exclusively borrowed memory.
    unsafe {
        let mut message: msghdr = mem::zeroed();
        message.msg_name = into.from.as_mut_ptr().cast();
        message.msg_namelen = into.from.len() as _;
        message.msg_iov = room.as_mut_ptr().cast();
        message.msg_iovlen = into.buffers.len() as _;
        message.msg_control = into.control.as_mut_ptr().cast();
        message.msg_controllen = into.control.len() as _;
        let n = cvt(libc::recvmsg(fd.as_raw_fd(), &raw mut message, MSG_PEEK))?;
        received(&message, into)?;
        Ok(n)
    }
}

/// Takes what the kernel reports. It tells the address's own length, also where that is longer than what it wrote.
#[inline(always)]
fn received(message: &msghdr, into: &mut ByHand<'_, '_>) -> io::Result<()> {
    if message.msg_namelen as usize > into.from.len() || message.msg_controllen > into.control.len() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    into.from_len = message.msg_namelen as usize;
    into.control_len = message.msg_controllen;
    into.flags = message.msg_flags;
    Ok(())
}

/// What is received into through the derive.
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

#[inline(always)]
fn run_segments<const N: usize>(
    iterations: u64,
    mut recvmsg: impl FnMut(BorrowedFd<'_>, &mut Received<'_, '_>) -> io::Result<usize>,
) -> Run {
    let ((fd, _peer), mut memory) = (waiting(N), vec![1; N * BYTES]);
    let (mut from, mut control) = ([0; ADDRESS], [0; CONTROL]);
    let mut into = Received {
        from: OutBuf::new(&mut from),
        segments: &mut segments(&mut memory),
        control: OutBuf::new(&mut control),
        flags: 0,
    };
    let run = repeat(iterations, || moved(recvmsg(black_box(fd.as_fd()), black_box(&mut into)), N * BYTES));
    assert!(!into.control.filled().is_empty() && into.flags & libc::MSG_CTRUNC == 0);
    run
}

#[inline]
fn recvmsg_derive(fd: BorrowedFd<'_>, into: &mut Received<'_, '_>) -> io::Result<usize> {
    // SAFETY: the struct is filled while the closure runs; the kernel has finished with it when the call returns.
    into.with_pinned_mut(move |mut c| cvt(unsafe { libc::recvmsg(fd.as_raw_fd(), c.as_mut_ptr(), MSG_PEEK) }))?
}

#[inline]
fn recvmsg_attribute(fd: BorrowedFd<'_>, into: &mut Received<'_, '_>) -> io::Result<usize> {
    // SAFETY: the sender passes credentials and no descriptors.
    unsafe { calls::recvmsg_with_control(fd, into, MSG_PEEK) }
}

#[pinned_ffi]
#[inline]
fn recvmsg_wrapper(fd: BorrowedFd<'_>, #[ffi(pin_mut)] into: &mut Received<'_, '_>) -> io::Result<usize> {
    // SAFETY: `into` is the filled struct; the kernel has finished with it when the call returns.
    cvt(unsafe { libc::recvmsg(fd.as_raw_fd(), into.as_mut_ptr(), MSG_PEEK) })
}

/// What the kernel reports comes back in the header: the memory itself is pinned.
#[inline(always)]
fn recvmsg_pinned<'a, const ROOM: usize>(
    pins: &impl Pins<'a>,
    fd: BorrowedFd<'_>,
    from: &'a mut [u8],
    buffers: &'a mut [&mut [u8]],
    control: &'a mut [u8],
) -> io::Result<(usize, msghdr)> {
    let (mut room, parts): (Room<ROOM>, _) = ([const { MaybeUninit::uninit() }; ROOM], buffers.len());
    pin_mut(pins, &mut room, buffers)?;
    let (from, control) = (pins.pin_mut(from), pins.pin_mut(control));
    // SAFETY: the header's pointers lead to iovecs of pinned buffers and to pinned memory.
    unsafe {
        let mut message: msghdr = mem::zeroed();
        message.msg_name = from.as_mut_ptr().cast();
        message.msg_namelen = from.len() as _;
        message.msg_iov = room.as_mut_ptr().cast();
        message.msg_iovlen = parts as _;
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = control.len() as _;
        let n = cvt(libc::recvmsg(fd.as_raw_fd(), &raw mut message, MSG_PEEK))?;
        Ok((n, message))
    }
}

#[inline]
fn recvmsg_pinner<const ROOM: usize>(fd: BorrowedFd<'_>, into: &mut ByHand<'_, '_>) -> io::Result<usize> {
    let (n, message) = recvmsg_pinned::<ROOM>(&Pinner::new(), fd, into.from, into.buffers, into.control)?;
    received(&message, into)?;
    Ok(n)
}

#[inline]
fn recvmsg_reused<const ROOM: usize>(
    idle: &mut Pinner<'_>,
    fd: BorrowedFd<'_>,
    into: &mut ByHand<'_, '_>,
) -> io::Result<usize> {
    let got = idle.scope(|pins| recvmsg_pinned::<ROOM>(pins, fd, into.from, into.buffers, into.control));
    let (n, message) = got?;
    received(&message, into)?;
    Ok(n)
}

#[inline(never)]
fn recvmsg_nix(fd: BorrowedFd<'_>, into: &mut ByHand<'_, '_>) -> nix::Result<usize> {
    let mut iov: Vec<_> = into.buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
    let control = Some(&mut *into.control);
    let message = nix::sys::socket::recvmsg::<UnixAddr>(fd.as_raw_fd(), &mut iov, control, MsgFlags::MSG_PEEK)?;
    // The control messages would be read from `message`, which has their length.
    into.control_len = CONTROL;
    into.flags = message.flags.bits();
    Ok(message.bytes)
}

#[inline(never)]
fn recvmsg_rustix(fd: BorrowedFd<'_>, into: &mut ByHand<'_, '_>) -> rustix::io::Result<usize> {
    let mut iov: Vec<_> = into.buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
    let mut control = RecvAncillaryBuffer::new(uninit(into.control));
    let message = rustix::net::recvmsg(fd, &mut iov, &mut control, RecvFlags::PEEK)?;
    // The control messages would be read from `control`, which has their length.
    into.control_len = CONTROL;
    into.flags = message.flags.bits() as c_int;
    Ok(message.bytes)
}

#[inline(never)]
fn recvmsg_socket2(fd: BorrowedFd<'_>, into: &mut ByHand<'_, '_>, address: &mut SockAddr) -> io::Result<usize> {
    let mut iov: Vec<_> = into.buffers.iter_mut().map(|buffer| MaybeUninitSlice::new(uninit(buffer))).collect();
    let mut message = MsgHdrMut::new().with_addr(address).with_buffers(&mut iov).with_control(uninit(into.control));
    let n = SockRef::from(&fd).recvmsg(&mut message, MSG_PEEK)?;
    into.control_len = message.control_len();
    into.flags = if message.flags().is_truncated() { libc::MSG_TRUNC } else { 0 };
    Ok(n)
}

/// Initialised memory as those want it who would take any: they only write it, with initialised bytes.
#[inline(always)]
fn uninit(memory: &mut [u8]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: the same layout, and the kernel alone writes there.
    unsafe { std::slice::from_raw_parts_mut(memory.as_mut_ptr().cast(), memory.len()) }
}
