//! C cuts off what does not fit and reports the length of all of it: the call has succeeded. What fits is shown, nothing
//! else of the call is lost, and the full length can be had.

#![cfg(target_os = "linux")]

use pin_ffi::{FfiPinned, FfiPinnedMut, InFlight, OutBuf, OutVec, Reason, Spare, calls, pinned_ffi};
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixStream};

/// Two sockets with long names, and how long the address of the first is.
fn named(test: &str) -> (UnixDatagram, UnixDatagram, usize) {
    let name = |end| format!("pin-ffi-truncated-{test}-{}-{end}", std::process::id());
    let bound = |end| UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(name(end)).unwrap()).unwrap();
    let (a, b) = (bound("a"), bound("b"));
    a.connect_addr(&b.local_addr().unwrap()).unwrap();
    b.set_nonblocking(true).unwrap();
    // The family, a NUL, and the name.
    (a, b, 2 + 1 + name("a").len())
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Received<'a> {
    #[ffi(ptr = msg_name, len_bytes = msg_namelen, inout)]
    name: OutBuf<'a, u8>,
    #[ffi(array = msg_iov, len = msg_iovlen)]
    parts: [&'a mut [u8]; 1],
    #[ffi(out = msg_flags)]
    flags: c_int,
}

#[test]
fn a_longer_name_than_fits_leaves_the_message_as_it_came() {
    let (a, b, len) = named("message");
    a.send(b"precious").unwrap();
    let (mut name, mut data) = ([MaybeUninit::uninit(); 16], [0; 4]);
    let mut received = Received { name: OutBuf::uninit(&mut name), parts: [&mut data], flags: -1 };
    assert_eq!(calls::recvmsg(b.as_fd(), &mut received, 0).unwrap(), 4);
    assert_eq!(received.flags, libc::MSG_TRUNC);
    assert_eq!((received.name.filled().len(), received.name.full()), (16, len));
    assert!(received.name.filled().ends_with(b"pin-ffi-trunc"));
    assert_eq!(&data, b"prec");
}

#[test]
fn the_real_length_of_a_message_is_what_the_call_returns() {
    let (a, b, len) = named("real-length");
    a.send(b"precious").unwrap();
    let (mut name, mut data) = ([0; 128], [0; 4]);
    let mut received = Received { name: OutBuf::new(&mut name), parts: [&mut data], flags: -1 };
    assert_eq!(calls::recvmsg(b.as_fd(), &mut received, libc::MSG_TRUNC).unwrap(), 8);
    assert_eq!((received.name.filled().len(), received.name.full()), (len, len));
}

#[test]
fn the_next_call_forgets_what_was_missing() {
    let (a, b, len) = named("again");
    let (mut name, mut data) = ([0; 16], [0; 8]);
    let mut received = Received { name: OutBuf::new(&mut name), parts: [&mut data], flags: -1 };
    a.send(b"one").unwrap();
    calls::recvmsg(b.as_fd(), &mut received, 0).unwrap();
    assert_eq!(received.name.full(), len);
    let (unnamed, other) = UnixDatagram::pair().unwrap();
    unnamed.send(b"two").unwrap();
    calls::recvmsg(other.as_fd(), &mut received, 0).unwrap();
    assert_eq!((received.name.filled(), received.name.full()), (&[][..], 0));
}

#[cfg(target_pointer_width = "64")]
#[test]
fn one_long_name_leaves_the_batch_as_it_came() {
    #[derive(FfiPinned)]
    #[ffi(c = libc::mmsghdr)]
    struct Several<'a> {
        #[ffi(inline = msg_hdr)]
        message: Received<'a>,
        #[ffi(out = msg_len)]
        len: usize,
    }
    let (a, b, len) = named("batch");
    a.send(b"one").unwrap();
    a.send(b"three").unwrap();
    let (mut long, mut short, mut x, mut y) = ([0; 128], [0; 8], [0; 8], [0; 8]);
    let mut batch = [(&mut long[..], &mut x), (&mut short[..], &mut y)].map(|(name, data)| Several {
        message: Received { name: OutBuf::new(name), parts: [data], flags: -1 },
        len: 0,
    });
    assert_eq!(calls::recvmmsg(b.as_fd(), &mut batch, libc::MSG_DONTWAIT, None).unwrap(), 2);
    let shown =
        batch.each_ref().map(|m| (m.len, m.message.flags, m.message.name.filled().len(), m.message.name.full()));
    assert_eq!(shown, [(3, 0, len, len), (5, 0, 8, len)]);
    assert_eq!((&x[..3], &y[..5]), (&b"one"[..], &b"three"[..]));
}

#[test]
fn an_operation_keeps_the_full_length_in_its_own_buffer() {
    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    struct Owned {
        #[ffi(ptr = msg_name, len = msg_namelen, inout)]
        name: OutVec<u8>,
        #[ffi(array = msg_iov, len = msg_iovlen)]
        parts: [Vec<u8>; 1],
    }
    let (a, b, len) = named("operation");
    a.send(b"precious").unwrap();
    let mut operation = InFlight::new(Owned { name: OutVec::with_capacity(16), parts: [vec![0; 8]] }).unwrap();
    // SAFETY: the operation's own struct; the call has ended when it returns.
    let n = unsafe { libc::recvmsg(b.as_raw_fd(), operation.start(), 0) };
    assert_eq!(n, 8);
    // SAFETY: the call has returned, and keeps nothing.
    let received = unsafe { operation.complete(n >= 0) }.unwrap();
    assert_eq!((received.name.filled().len(), received.name.full()), (received.name.capacity(), len));
    assert_eq!(received.parts[0], b"precious");
}

// ---- the word, on a struct's field ----

#[repr(C)]
struct text {
    data: *mut u8,
    len: u32,
    needed: i32,
}

/// In the length itself.
#[derive(FfiPinned)]
#[ffi(c = text)]
struct InLength<B: pin_ffi::manual::Fill<Elem = u8>> {
    #[ffi(ptr = data, len = len, full = len)]
    data: B,
    #[ffi(inout = needed)]
    status: i32,
}

/// In a field beside it.
#[derive(FfiPinned)]
#[ffi(c = text)]
struct Beside<B: pin_ffi::manual::Fill<Elem = u8>> {
    #[ffi(ptr = data, len = len, full = needed)]
    data: B,
}

#[test]
fn where_the_word_says_so_the_length_itself_may_be_more_than_fits() {
    let mut vec = Vec::with_capacity(4);
    vec.push(b'>');
    let room = vec.capacity() - 1;
    let mut value = InLength { data: Spare::new(&mut vec), status: 0 };
    for reported in [0, 2, room, 1000] {
        value
            .with_pinned_mut(|mut c| {
                // SAFETY: plays C, which fills what fits and reports all.
                unsafe {
                    let c = c.as_mut_ptr();
                    assert_eq!((*c).len as usize, room);
                    (*c).data.write_bytes(b'x', room);
                    ((*c).len, (*c).needed) = (reported as u32, 7);
                }
            })
            .unwrap();
        assert_eq!((value.data.filled().len(), value.data.full(), value.status), (reported.min(room), reported, 7));
    }
    value.data.keep();
    assert_eq!(value.data.full(), 0);
}

#[test]
fn where_the_word_says_so_a_field_beside_it_may_be_more_than_fits() {
    let mut memory = [MaybeUninit::<u8>::uninit(); 4];
    let mut value = Beside { data: OutBuf::uninit(&mut memory) };
    for needed in [3, 4, 5, i32::MAX, 0] {
        value
            .with_pinned_mut(|mut c| {
                // SAFETY: plays C.
                unsafe {
                    let c = c.as_mut_ptr();
                    assert_eq!(((*c).len, (*c).needed), (4, 0));
                    (*c).data.write_bytes(b'x', 4);
                    (*c).needed = needed;
                }
            })
            .unwrap();
        assert_eq!((value.data.filled().len(), value.data.full()), ((needed as usize).min(4), needed as usize));
    }
}

#[test]
fn what_was_left_in_a_struct_before_is_no_answer() {
    let mut memory = [MaybeUninit::<u8>::uninit(); 4];
    let mut live = text { data: std::ptr::null_mut(), len: 0, needed: 3 };
    let mut value = Beside { data: OutBuf::uninit(&mut memory) };
    // SAFETY: C does nothing here.
    value.with_pinned_mut_in(&mut live, |mut c| unsafe { _ = c.as_mut_ptr() }).unwrap();
    assert_eq!((value.data.filled().len(), value.data.full()), (0, 0));
}

#[test]
fn a_question_for_the_size_has_no_room_and_an_answer() {
    let mut value = Beside { data: OutBuf::new(&mut []) };
    // SAFETY: plays C.
    value.with_pinned_mut(|mut c| unsafe { (*c.as_mut_ptr()).needed = 40 }).unwrap();
    assert_eq!((value.data.filled().len(), value.data.full()), (0, 40));
    value.data.clear();
    assert_eq!(value.data.full(), 0);
}

#[test]
fn what_is_no_length_is_an_error_and_nothing_is_taken() {
    let mut memory = [MaybeUninit::<u8>::uninit(); 4];
    let mut value = Beside { data: OutBuf::uninit(&mut memory) };
    for (needed, fits) in [(2, true), (-1, false), (i32::MIN, false)] {
        // SAFETY: plays C, over bytes that it writes.
        let result = value.with_pinned_mut(|mut c| unsafe {
            let c = c.as_mut_ptr();
            (*c).data.write_bytes(b'x', 4);
            (*c).needed = needed;
        });
        assert_eq!(result.is_ok(), fits);
        if let Err(error) = result {
            assert_eq!(error.reason(), Reason::Overrun);
            assert_eq!(
                error.to_string(),
                format!("`Beside.data`: C reported {needed} in `needed`, and the buffer holds 4")
            );
        }
        assert_eq!((value.data.filled(), value.data.full()), (&b"xx"[..], 2));
    }
}

#[test]
fn elements_that_are_partly_there_count_for_the_full_length_alone() {
    #[repr(C)]
    struct words {
        data: *mut u32,
        bytes: usize,
    }
    #[derive(FfiPinned)]
    #[ffi(c = words)]
    struct Words<'a> {
        #[ffi(ptr = data, len_bytes = bytes, full = bytes)]
        data: OutBuf<'a, u32>,
    }
    let mut memory = [0; 2];
    let mut value = Words { data: OutBuf::new(&mut memory) };
    for (bytes, filled, full) in [(7, 1, 2), (8, 2, 2), (9, 2, 3), (usize::MAX, 2, usize::MAX / 4 + 1)] {
        // SAFETY: plays C, over memory that is initialised.
        value.with_pinned_mut(|mut c| unsafe { (*c.as_mut_ptr()).bytes = bytes }).unwrap();
        assert_eq!((value.data.filled().len(), value.data.full()), (filled, full));
    }
}

// ---- the word, on a parameter ----

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = nonzero)]
    safe fn getsockname(
        #[ffi(fd)] fd: c_int,
        #[ffi(out, len = *n, full = *n)] address: *mut c_void,
        n: *mut libc::socklen_t,
    ) -> c_int;

    #[ffi(err = minus_one)]
    safe fn recv(
        #[ffi(fd)] fd: c_int,
        #[ffi(out, len = n, full = ret)] buf: *mut c_void,
        n: usize,
        flags: c_int,
    ) -> isize;

    #[ffi(err = none)]
    safe fn confstr(name: c_int, #[ffi(out, len = n, full = ret, null_if_empty)] buf: *mut i8, n: usize) -> usize;
}

#[test]
fn a_longer_address_than_fits_is_shown_as_far_as_it_fits() {
    let (a, _, len) = named("getsockname");
    let mut address = [MaybeUninit::uninit(); 128];
    let (full, (filled, rest)) = getsockname(a.as_fd(), &mut address).unwrap();
    assert_eq!((full, filled.len(), rest.len()), (len, len, 128 - len));
    let (full, (filled, _)) = getsockname(a.as_fd(), &mut address[..5]).unwrap();
    assert_eq!((full, &filled[2..]), (len, &b"\0pi"[..]));
    let (unnamed, _other) = UnixStream::pair().unwrap();
    assert_eq!(getsockname(unnamed.as_fd(), &mut [0; 16]).unwrap(), (2, 2));
}

#[test]
fn a_truncated_datagrams_real_length_is_told_beside_what_fits() {
    let (a, b) = UnixDatagram::pair().unwrap();
    for room in [4, 8, 12] {
        a.send(b"eight...").unwrap();
        let mut vec = Vec::with_capacity(room);
        let room = vec.capacity();
        let told = recv(b.as_fd(), Spare::new(&mut vec), libc::MSG_TRUNC).unwrap();
        assert_eq!((told, vec.len()), ((8, room.min(8)), room.min(8)));
    }
}

#[test]
fn a_string_of_the_system_says_its_size() {
    let (size, _) = confstr(libc::_CS_PATH, &mut [0; 0]).unwrap();
    let mut path = vec![0; size];
    assert_eq!(confstr(libc::_CS_PATH, &mut path[..]).unwrap(), (size, size));
    let mut start = [0; 4];
    assert_eq!(confstr(libc::_CS_PATH, &mut start).unwrap(), (size, 4));
    // With its NUL, wherever it was cut off.
    assert_eq!(start, [path[0], path[1], path[2], 0]);
}
