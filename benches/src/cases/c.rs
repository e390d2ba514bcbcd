//! The C side, where a system call would hide what the way there costs: functions that take what they are given, and do
//! as good as nothing with it.

use libc::{c_int, c_uint, c_void, iovec, mmsghdr};
use std::hint::black_box;

/// A row of buffers.
#[repr(C)]
#[derive(Debug)]
pub(super) struct row {
    pub(super) cells: *mut iovec,
    pub(super) n: c_uint,
}

/// Rows of buffers.
#[repr(C)]
#[derive(Debug)]
pub(super) struct sheet {
    pub(super) rows: *mut row,
    pub(super) n: c_uint,
}

/// An operation that goes on after the call.
#[repr(C)]
#[derive(Debug)]
pub(super) struct request {
    pub(super) data: *mut u8,
    pub(super) len: c_uint,
    pub(super) status: c_int,
}

/// The same of several buffers.
#[repr(C)]
#[derive(Debug)]
pub(super) struct requests {
    pub(super) buffers: *mut iovec,
    pub(super) n: c_uint,
    pub(super) status: c_int,
}

/// Input, and how far C has come in it.
#[repr(C)]
#[derive(Debug)]
pub(super) struct source {
    pub(super) src: *const c_void,
    pub(super) size: usize,
    pub(super) pos: usize,
}

/// Room for output, and how far C has come in it.
#[repr(C)]
#[derive(Debug)]
pub(super) struct sink {
    pub(super) dst: *mut c_void,
    pub(super) size: usize,
    pub(super) pos: usize,
}

/// Input and room for output, of which C moves the addresses.
#[repr(C)]
#[derive(Debug)]
pub(super) struct flow {
    pub(super) next_in: *const u8,
    pub(super) avail_in: c_uint,
    pub(super) next_out: *mut u8,
    pub(super) avail_out: c_uint,
}

#[unsafe(no_mangle)]
#[inline(never)]
pub(super) unsafe extern "C" fn bench_read_sheets(sheets: *const sheet, n: c_uint) -> c_int {
    black_box(sheets);
    n as c_int
}

#[unsafe(no_mangle)]
#[inline(never)]
pub(super) unsafe extern "C" fn bench_write_sheets(sheets: *mut sheet, n: c_uint) -> c_int {
    black_box(sheets);
    n as c_int
}

#[unsafe(no_mangle)]
#[inline(never)]
pub(super) unsafe extern "C" fn bench_sendmmsg(
    socket: c_int,
    messages: *const mmsghdr,
    n: c_uint,
    flags: c_int,
) -> c_int {
    black_box((socket, messages, flags));
    n as c_int
}

#[unsafe(no_mangle)]
#[inline(never)]
pub(super) unsafe extern "C" fn bench_recvmmsg(
    socket: c_int,
    messages: *mut mmsghdr,
    n: c_uint,
    flags: c_int,
) -> c_int {
    black_box((socket, messages, flags));
    n as c_int
}

/// Has come through all of both.
///
/// # Safety
///
/// Both are there.
#[unsafe(no_mangle)]
#[inline(never)]
pub(super) unsafe extern "C" fn bench_pour(from: *mut source, into: *mut sink) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        (*from).pos = (*from).size;
        (*into).pos = (*into).size;
    }
    0
}

/// Has come through all of both.
///
/// # Safety
///
/// It is there.
#[unsafe(no_mangle)]
#[inline(never)]
pub(super) unsafe extern "C" fn bench_flow(f: *mut flow) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        (*f).next_in = (*f).next_in.wrapping_add((*f).avail_in as usize);
        (*f).next_out = (*f).next_out.wrapping_add((*f).avail_out as usize);
        (*f).avail_in = 0;
        (*f).avail_out = 0;
    }
    0
}

#[unsafe(no_mangle)]
#[inline(never)]
pub(super) unsafe extern "C" fn bench_submit(operation: *mut request) {
    black_box(operation);
}

#[unsafe(no_mangle)]
#[inline(never)]
pub(super) unsafe extern "C" fn bench_submit_several(operation: *mut requests) {
    black_box(operation);
}

#[unsafe(no_mangle)]
#[inline(never)]
pub(super) unsafe extern "C" fn bench_open(path: *const libc::c_char, flags: c_int) -> c_int {
    black_box(path);
    flags
}

/// Calls `f` with `data`.
///
/// # Safety
///
/// `f` may be called with these.
#[unsafe(no_mangle)]
#[inline(never)]
pub(super) unsafe extern "C" fn bench_call(
    f: unsafe extern "C" fn(*const u8, usize, *mut c_void) -> c_int,
    data: *const u8,
    n: usize,
    user: *mut c_void,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { f(data, n, user) }
}
