//! Where every word is checked, a crate needs no `unsafe` of its own.
#![forbid(unsafe_code)]
#![deny(warnings)]
use pin_ffi::{FfiPinned, calls, pinned_ffi};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    segments: &'a mut [Segment<'a>],
    #[ffi(inout = msg_flags)]
    flags: i32,
}

#[derive(FfiPinned)]
struct Packet {
    header: [u8; 2],
    body: Vec<u8>,
}

// Whoever calls it answers for what is passed, and that is C.
#[pinned_ffi]
extern "C" fn called_by_c(
    #[ffi(in, len = 4)] a: *const u8,
    #[ffi(out, len = n)] b: *mut u16,
    n: u32,
    #[ffi(inout, len = *m)] c: *mut i32,
    m: *const u32,
    #[ffi(in)] d: *const u8,
) {
    let _ = (a, b, c, d);
}

fn main() -> std::io::Result<()> {
    let (input, output) = UnixStream::pair()?;
    calls::writev(output.as_fd(), &Packet { header: *b"ab", body: b"cd".to_vec() })?;
    let (mut head, mut tail) = ([0; 1], [0; 3]);
    let mut segments = [Segment { bytes: &mut head }, Segment { bytes: &mut tail }];
    let mut message = Message { segments: &mut segments, flags: 0 };
    assert_eq!(calls::recvmsg(input.as_fd(), &mut message, 0)?, 4);
    assert_eq!(message.flags, 0);
    assert_eq!((&head, &tail), (b"a", b"bcd"));
    let _: unsafe extern "C" fn(_, _, _, _, _, _) = called_by_c;
    Ok(())
}
