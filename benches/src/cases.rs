//! The calls that are measured.
//!
//! Every way to make a call is a function of its own that is never inlined, from the buffers to the number of bytes: all
//! that it does is part of its cost. Buffers are [`BYTES`] long, for the kernel's part of the work is not counted.

mod packet;
mod readv;
mod recvmsg;
mod sendmsg;
mod writev;

use crate::allocations;
use pin_ffi::FfiPinned;
use std::hint::black_box;
use std::io;
use std::os::fd::OwnedFd;

/// Bytes in each buffer.
pub const BYTES: usize = 16;

/// How many buffers a call lends.
pub const SIZES: [usize; 4] = [1, 16, 256, 1024];

/// The form that the others are held against.
pub const BY_HAND: &str = "libc";

/// One call made in one way with a number of buffers.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Which call.
    pub call: &'static str,
    /// How it is made.
    pub form: &'static str,
    /// Whether it is made through `pin-ffi`, and so must keep the limits.
    pub ours: bool,
    /// How many buffers it lends.
    pub buffers: usize,
    /// What is done between calls and is not part of their cost.
    pub between: Option<fn(u64) -> u64>,
    /// Makes the call once, then so many times; how many allocations the latter made.
    pub run: fn(u64) -> u64,
}

impl Case {
    /// The name by which it is chosen.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.call, self.form, self.buffers)
    }
}

/// The same function for each of [`SIZES`].
macro_rules! sizes {
    ($cases:ident, $call:literal, $form:literal, $ours:literal, $between:expr, $run:ident) => {
        $cases.extend([
            Case { call: $call, form: $form, ours: $ours, buffers: 1, between: $between, run: $run::<1> },
            Case { call: $call, form: $form, ours: $ours, buffers: 16, between: $between, run: $run::<16> },
            Case { call: $call, form: $form, ours: $ours, buffers: 256, between: $between, run: $run::<256> },
            Case { call: $call, form: $form, ours: $ours, buffers: 1024, between: $between, run: $run::<1024> },
        ])
    };
}
use sizes;

/// All cases, in the order of the table; of each call the hand-written form first.
#[must_use]
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    readv::add(&mut cases);
    writev::add(&mut cases);
    sendmsg::add(&mut cases);
    recvmsg::add(&mut cases);
    packet::add(&mut cases);
    cases
}

/// Makes the call once, then `iterations` times; how many allocations the latter made.
#[inline(always)]
fn repeat(iterations: u64, mut call: impl FnMut()) -> u64 {
    call();
    let before = allocations::made();
    for _ in 0..iterations {
        call();
    }
    allocations::made() - before
}

/// Stops the run if a call did not do what it was measured for.
#[inline(always)]
#[track_caller]
fn moved<E: std::fmt::Debug>(result: Result<usize, E>, expected: usize) {
    match black_box(result) {
        Ok(n) if n == expected => {}
        result => panic!("moved {result:?} instead of {expected} bytes"),
    }
}

/// The result of a C function, as a careful hand would write it.
#[inline(always)]
fn cvt(ret: isize) -> io::Result<usize> {
    if ret < 0 { Err(io::Error::last_os_error()) } else { Ok(ret as usize) }
}

/// A buffer to write or read.
#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

/// A C struct of one's own that leads to an array of `iovec`s.
#[repr(C)]
#[derive(Debug)]
struct Vector {
    iov: *mut libc::iovec,
    n: libc::c_int,
}

/// What fills it, for [`with_pinned`](FfiPinned::with_pinned) of many buffers.
#[derive(FfiPinned)]
#[ffi(c = Vector)]
struct Segments<'a, 'b> {
    #[ffi(array = iov, len = n)]
    segments: &'a mut [Segment<'b>],
}

fn slices(memory: &mut [u8]) -> Vec<&mut [u8]> {
    memory.chunks_mut(BYTES).collect()
}

fn segments(memory: &mut [u8]) -> Vec<Segment<'_>> {
    memory.chunks_mut(BYTES).map(|bytes| Segment { bytes }).collect()
}

fn zero() -> OwnedFd {
    std::fs::File::open("/dev/zero").expect("/dev/zero").into()
}

fn null() -> OwnedFd {
    std::fs::File::options().write(true).open("/dev/null").expect("/dev/null").into()
}

/// Two connected sockets that keep messages apart.
fn sockets() -> (OwnedFd, OwnedFd) {
    let (a, b) = std::os::unix::net::UnixDatagram::pair().expect("a pair of sockets");
    (a.into(), b.into())
}
