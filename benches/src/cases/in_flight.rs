//! An operation that C goes on with after the call that started it: made, started, completed.

use super::c::{bench_submit, bench_submit_several, request, requests};
use super::{BY_HAND, BYTES, Case, IN_FLIGHT, Run, moved, repeat};
use libc::{c_int, c_uint, iovec};
use pin_ffi::{FfiPinned, InFlight};
use std::hint::black_box;
use std::io;
use std::mem::{self, MaybeUninit};
use std::ptr::null_mut;

pub(super) fn cases() -> Vec<Case> {
    macro_rules! ours {
        ($what:expr, $sites:ident) => {{
            let case = |form, buffers, run: fn(u64) -> Run| Case::call($what, form, buffers, run);
            [
                case(BY_HAND, 1, |n| one_buffer(n, $sites::in_flight_by_hand())),
                case(IN_FLIGHT, 1, |n| one_buffer(n, $sites::in_flight())),
                case(BY_HAND, 16, |n| several(n, $sites::in_flight_several_by_hand())),
                case(IN_FLIGHT, 16, |n| several(n, $sites::in_flight_several())),
            ]
        }};
    }
    let nine = ours!("an operation in flight, nine call sites", nine);
    ours!("an operation in flight", one).into_iter().chain(nine).collect()
}

sites! {
    fn in_flight_by_hand(value: Request) -> io::Result<Request>;
    fn in_flight(value: Request) -> io::Result<Request>;
    fn in_flight_several_by_hand(value: Requests) -> io::Result<Requests>;
    fn in_flight_several(value: Requests) -> io::Result<Requests>;
}

#[derive(FfiPinned, Default)]
#[ffi(c = request)]
struct Request {
    #[ffi(ptr = data, len = len)]
    data: Vec<u8>,
    #[ffi(out = status)]
    status: c_int,
}

#[derive(FfiPinned, Default)]
#[ffi(c = requests)]
struct Requests {
    #[ffi(array = buffers, len = n)]
    buffers: Vec<Vec<u8>>,
    #[ffi(out = status)]
    status: c_int,
}

#[inline(always)]
fn one_buffer(iterations: u64, mut call: impl FnMut(Request) -> io::Result<Request>) -> Run {
    let mut value = Request { data: vec![1; BYTES], status: 1 };
    let mut turn = || -> io::Result<usize> {
        value = call(black_box(mem::take(&mut value)))?;
        Ok(value.status as usize)
    };
    repeat(iterations, || moved(turn(), 0))
}

#[inline(always)]
fn several(iterations: u64, mut call: impl FnMut(Requests) -> io::Result<Requests>) -> Run {
    let mut value = Requests { buffers: vec![vec![1; BYTES]; 16], status: 1 };
    let mut turn = || -> io::Result<usize> {
        value = call(black_box(mem::take(&mut value)))?;
        Ok(value.status as usize)
    };
    repeat(iterations, || moved(turn(), 0))
}

#[inline]
fn in_flight_by_hand(value: Request) -> io::Result<Request> {
    #[repr(C)]
    struct Cell {
        c: request,
        value: Request,
    }
    let Ok(len) = value.data.len().try_into() else { return Err(io::ErrorKind::InvalidInput.into()) };
    let cell = Box::into_raw(Box::new(Cell { c: request { data: null_mut(), len, status: 0 }, value }));
    // SAFETY: the cell is live and ours until C has its address, and again when C has finished.
    unsafe {
        (*cell).c.data = (*cell).value.data.as_mut_ptr();
        bench_submit(&raw mut (*cell).c);
        let Cell { c, mut value } = *Box::from_raw(cell);
        value.status = c.status;
        Ok(value)
    }
}

#[inline]
fn in_flight_several_by_hand(value: Requests) -> io::Result<Requests> {
    #[repr(C)]
    struct Cell {
        c: requests,
        room: [MaybeUninit<iovec>; 16],
        value: Requests,
    }
    let n = value.buffers.len();
    if n > 16 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let c = requests { buffers: null_mut(), n: n as c_uint, status: 0 };
    let cell = Box::into_raw(Box::new(Cell { c, room: [const { MaybeUninit::uninit() }; 16], value }));
    // SAFETY: the cell is live and ours until C has its address, and again when C has finished.
    unsafe {
        for (c, buffer) in (*cell).room.iter_mut().zip(&mut (*cell).value.buffers) {
            c.write(iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() });
        }
        (*cell).c.buffers = (&raw mut (*cell).room).cast();
        bench_submit_several(&raw mut (*cell).c);
        let Cell { c, mut value, .. } = *Box::from_raw(cell);
        value.status = c.status;
        Ok(value)
    }
}

#[inline]
fn in_flight(value: Request) -> io::Result<Request> {
    let mut operation = InFlight::new(value)?;
    // SAFETY: C finishes before this returns, and keeps nothing.
    unsafe {
        bench_submit(operation.start());
        Ok(operation.complete(true)?)
    }
}

#[inline]
fn in_flight_several(value: Requests) -> io::Result<Requests> {
    let mut operation = InFlight::new(value)?;
    // SAFETY: C finishes before this returns, and keeps nothing.
    unsafe {
        bench_submit_several(operation.start());
        Ok(operation.complete(true)?)
    }
}
