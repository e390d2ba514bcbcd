//! Many messages in one call, each of four buffers, as `sendmmsg` and `recvmmsg` take them.

use super::c::{bench_recvmmsg, bench_sendmmsg};
use super::{ATTRIBUTE, BY_HAND, BYTES, Case, Run, Segment, WRAPPER, cvt, moved, repeat, segments};
use libc::{c_int, c_uint, iovec, mmsghdr};
use pin_ffi::{FfiPinned, OutBuf, pinned_ffi};
use std::hint::black_box;
use std::io;
use std::mem::{self, MaybeUninit};

/// Buffers of a message.
const PARTS: usize = 4;

/// Bytes for an address: those of `sockaddr_in6`.
const ADDRESS: usize = 28;

pub(super) fn cases<const N: usize>(size: &'static str) -> Vec<Case> {
    macro_rules! ours {
        ($send:expr, $receive:expr, $sites:ident) => {{
            let case = |what, form, run: fn(u64) -> Run| Case::sized(what, form, size, run);
            [
                case($send, BY_HAND, |n| send::<N>(n, $sites::batch_send_by_hand())),
                case($send, ATTRIBUTE, |n| send::<N>(n, $sites::batch_send_attribute())),
                case($send, WRAPPER, |n| send::<N>(n, $sites::batch_send_wrapper())),
                case($receive, BY_HAND, |n| receive_by_hand::<N>(n, $sites::batch_receive_by_hand())),
                case($receive, ATTRIBUTE, |n| receive::<N>(n, $sites::batch_receive_attribute())),
                case($receive, WRAPPER, |n| receive::<N>(n, $sites::batch_receive_wrapper())),
            ]
        }};
    }
    let one = ours!("messages sent at once", "messages received at once", one);
    let nine = ours!("messages sent at once, nine call sites", "messages received at once, nine call sites", nine);
    let fixed = Case::sized("messages sent at once", "libc, at most four", size, |n| send::<N>(n, batch_send_of_four));
    one.into_iter().chain([fixed]).chain(nine).collect()
}

sites! {
    fn batch_send_by_hand(messages: &[Sent<'_>]) -> io::Result<usize>;
    fn batch_send_attribute(messages: &[Sent<'_>]) -> io::Result<usize>;
    fn batch_send_wrapper(messages: &[Sent<'_>]) -> io::Result<usize>;
    fn batch_receive_by_hand(messages: &mut [ByHand<'_>]) -> io::Result<usize>;
    fn batch_receive_attribute(messages: &mut [Received<'_>]) -> io::Result<usize>;
    fn batch_receive_wrapper(messages: &mut [Received<'_>]) -> io::Result<usize>;
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct SentParts<'a> {
    #[ffi(ptr = msg_name, len = msg_namelen)]
    to: &'a [u8],
    #[ffi(array = msg_iov, len = msg_iovlen)]
    parts: Vec<Segment<'a>>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct Sent<'a> {
    #[ffi(inline = msg_hdr)]
    message: SentParts<'a>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct ReceivedParts<'a> {
    #[ffi(ptr = msg_name, len = msg_namelen, inout)]
    from: OutBuf<'a, u8>,
    #[ffi(array = msg_iov, len = msg_iovlen)]
    parts: Vec<Segment<'a>>,
    #[ffi(out = msg_flags)]
    flags: c_int,
}

#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct Received<'a> {
    #[ffi(inline = msg_hdr)]
    message: ReceivedParts<'a>,
    #[ffi(out = msg_len)]
    len: usize,
}

#[inline(always)]
fn send<const N: usize>(iterations: u64, mut send: impl FnMut(&[Sent<'_>]) -> io::Result<usize>) -> Run {
    let (to, mut memory) = ([1; ADDRESS], vec![1; N * PARTS * BYTES]);
    let message = |parts| SentParts { to: &to, parts: segments(parts) };
    let messages: Vec<_> = memory.chunks_mut(PARTS * BYTES).map(|parts| Sent { message: message(parts) }).collect();
    repeat(iterations, || moved(send(black_box(&messages)), N))
}

/// What a hand would keep of a message.
struct ByHand<'a> {
    from: &'a mut [u8],
    from_len: usize,
    parts: Vec<Segment<'a>>,
    flags: c_int,
    len: usize,
}

#[inline(always)]
fn receive_by_hand<const N: usize>(
    iterations: u64,
    mut receive: impl FnMut(&mut [ByHand<'_>]) -> io::Result<usize>,
) -> Run {
    let (mut from, mut memory) = (vec![1; N * ADDRESS], vec![1; N * PARTS * BYTES]);
    let mut messages: Vec<_> = memory
        .chunks_mut(PARTS * BYTES)
        .zip(from.chunks_mut(ADDRESS))
        .map(|(parts, from)| ByHand { from, from_len: 1, parts: segments(parts), flags: 1, len: 1 })
        .collect();
    let run = repeat(iterations, || moved(receive(black_box(&mut messages)), N));
    assert!(messages.iter().all(|m| m.len == 0 && m.flags == 0 && m.from_len == ADDRESS));
    run
}

#[inline(always)]
fn receive<const N: usize>(iterations: u64, mut receive: impl FnMut(&mut [Received<'_>]) -> io::Result<usize>) -> Run {
    let (mut from, mut memory) = (vec![1; N * ADDRESS], vec![1; N * PARTS * BYTES]);
    let mut messages: Vec<_> = memory
        .chunks_mut(PARTS * BYTES)
        .zip(from.chunks_mut(ADDRESS))
        .map(|(parts, from)| Received {
            message: ReceivedParts { from: OutBuf::new(from), parts: segments(parts), flags: 1 },
            len: 1,
        })
        .collect();
    let run = repeat(iterations, || moved(receive(black_box(&mut messages)), N));
    assert!(messages.iter().all(|m| m.len == 0 && m.message.flags == 0 && m.message.from.filled().len() == ADDRESS));
    run
}

/// Room on the stack for 64 messages, and 256 buffers in all, as a hand would keep it.
struct Rooms {
    messages: [MaybeUninit<mmsghdr>; 64],
    parts: [MaybeUninit<iovec>; 256],
}

impl Rooms {
    #[inline(always)]
    fn new() -> Self {
        Self { messages: [const { MaybeUninit::uninit() }; 64], parts: [const { MaybeUninit::uninit() }; 256] }
    }
}

#[inline(always)]
fn invalid() -> io::Error {
    io::ErrorKind::InvalidInput.into()
}

/// A message of all but its address, whose buffers are at the start of `room`; the rest stays there.
#[inline(always)]
fn message(room: &mut &mut [MaybeUninit<iovec>], parts: &[Segment<'_>]) -> io::Result<mmsghdr> {
    if parts.len() > room.len() {
        return Err(invalid());
    }
    let (c, rest) = mem::take(room).split_at_mut(parts.len());
    *room = rest;
    // Counted, not iterated: one index serves both sides.
    for i in 0..parts.len() {
        let part = iovec { iov_base: parts[i].bytes.as_ptr().cast_mut().cast(), iov_len: parts[i].bytes.len() };
        c[i].write(part);
    }
    // SAFETY: zeros are a message.
    let mut message: mmsghdr = unsafe { mem::zeroed() };
    message.msg_hdr.msg_iov = c.as_mut_ptr().cast();
    message.msg_hdr.msg_iovlen = parts.len() as _;
    Ok(message)
}

#[inline]
fn batch_send_by_hand(messages: &[Sent<'_>]) -> io::Result<usize> {
    let mut rooms = Rooms::new();
    if messages.len() > rooms.messages.len() {
        return Err(invalid());
    }
    let mut room = &mut rooms.parts[..];
    for (c, value) in rooms.messages.iter_mut().zip(messages) {
        let mut message = message(&mut room, &value.message.parts)?;
        message.msg_hdr.msg_name = value.message.to.as_ptr().cast_mut().cast();
        message.msg_hdr.msg_namelen = value.message.to.len().try_into().map_err(|_| invalid())?;
        c.write(message);
    }
    // SAFETY: the messages lead to iovecs of borrowed buffers, and to borrowed addresses.
    cvt(unsafe { bench_sendmmsg(0, rooms.messages.as_ptr().cast(), messages.len() as c_uint, 0) } as isize)
}

/// The same where no message has more than four buffers: the compiler does without the inner loop.
#[inline(never)]
fn batch_send_of_four(messages: &[Sent<'_>]) -> io::Result<usize> {
    let mut c_messages = [const { MaybeUninit::uninit() }; 64];
    let mut rooms = [const { [const { MaybeUninit::uninit() }; PARTS] }; 64];
    if messages.len() > c_messages.len() {
        return Err(invalid());
    }
    for ((c, room), value) in c_messages.iter_mut().zip(&mut rooms).zip(messages) {
        let mut message = message(&mut &mut room[..], &value.message.parts)?;
        message.msg_hdr.msg_name = value.message.to.as_ptr().cast_mut().cast();
        message.msg_hdr.msg_namelen = value.message.to.len().try_into().map_err(|_| invalid())?;
        c.write(message);
    }
    // SAFETY: the messages lead to iovecs of borrowed buffers, and to borrowed addresses.
    cvt(unsafe { bench_sendmmsg(0, c_messages.as_ptr().cast(), messages.len() as c_uint, 0) } as isize)
}

#[inline]
fn batch_receive_by_hand(messages: &mut [ByHand<'_>]) -> io::Result<usize> {
    let mut rooms = Rooms::new();
    if messages.len() > rooms.messages.len() {
        return Err(invalid());
    }
    let mut room = &mut rooms.parts[..];
    for (c, value) in rooms.messages.iter_mut().zip(&mut *messages) {
        let mut message = message(&mut room, &value.parts)?;
        message.msg_hdr.msg_name = value.from.as_mut_ptr().cast();
        message.msg_hdr.msg_namelen = value.from.len().try_into().map_err(|_| invalid())?;
        c.write(message);
    }
    let n = messages.len() as c_uint;
    // SAFETY: the messages lead to iovecs of exclusively borrowed buffers, and to room for addresses.
    let n = cvt(unsafe { bench_recvmmsg(0, rooms.messages.as_mut_ptr().cast(), n, 0) } as isize)?;
    for (c, value) in rooms.messages.iter().zip(messages).take(n) {
        // SAFETY: filled above.
        let c = unsafe { c.assume_init_ref() };
        let from_len = c.msg_hdr.msg_namelen as usize;
        if from_len > value.from.len() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        (value.from_len, value.flags, value.len) = (from_len, c.msg_hdr.msg_flags, c.msg_len as usize);
    }
    Ok(n)
}

mod calls {
    use super::{c_int, c_uint, mmsghdr, pinned_ffi};

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(err = minus_one)]
        pub(super) safe fn bench_sendmmsg(
            socket: c_int,
            #[ffi(pin, len = n)] messages: *const mmsghdr,
            n: c_uint,
            flags: c_int,
        ) -> c_int;
        #[ffi(err = minus_one)]
        pub(super) safe fn bench_recvmmsg(
            socket: c_int,
            #[ffi(pin_mut, len = n, filled = ret)] messages: *mut mmsghdr,
            n: c_uint,
            flags: c_int,
        ) -> c_int;
    }
}

#[inline]
fn batch_send_attribute(messages: &[Sent<'_>]) -> io::Result<usize> {
    Ok(calls::bench_sendmmsg(0, messages, 0)? as usize)
}

#[inline]
fn batch_receive_attribute(messages: &mut [Received<'_>]) -> io::Result<usize> {
    Ok(calls::bench_recvmmsg(0, messages, 0)? as usize)
}

#[pinned_ffi]
#[inline]
fn batch_send_wrapper(#[ffi(pin)] messages: &[Sent<'_>]) -> io::Result<usize> {
    // SAFETY: `messages` are the filled structs, which C reads.
    cvt(unsafe { bench_sendmmsg(0, messages.as_ptr(), messages.len() as c_uint, 0) } as isize)
}

#[pinned_ffi]
#[inline]
fn batch_receive_wrapper(#[ffi(pin_mut)] messages: &mut [Received<'_>]) -> io::Result<usize> {
    // SAFETY: `messages` are the filled structs; C reports all of them.
    cvt(unsafe { bench_recvmmsg(0, messages.as_mut_ptr(), messages.len() as c_uint, 0) } as isize)
}
