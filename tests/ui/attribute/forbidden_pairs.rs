//! Words that cannot stand on one parameter: each pair says why.
use pin_ffi::pinned_ffi;
use std::ffi::{c_char, c_int, c_void};

#[pinned_ffi]
unsafe extern "C" {
    safe fn a(#[ffi(in, out)] p: *mut u32);
    safe fn b(#[ffi(in, inout)] p: *mut u32);
    safe fn c(#[ffi(out, inout)] p: *mut u32);
    safe fn d(#[ffi(pin, pin_mut)] p: *mut libc::iovec);
    safe fn e(#[ffi(in, pin)] p: *mut libc::iovec);
    safe fn f(#[ffi(pin, out)] p: *mut libc::iovec);
    safe fn g(#[ffi(inout, pin)] p: *mut libc::iovec);
    safe fn h(#[ffi(pin_mut, in)] p: *mut libc::iovec);
    safe fn i(#[ffi(out, pin_mut)] p: *mut libc::iovec);
    safe fn j(#[ffi(inout, pin_mut)] p: *mut libc::iovec);
    safe fn k(#[ffi(in, len = n, len_bytes = n)] p: *const u32, n: usize);
    safe fn l(#[ffi(cstr, len = n)] p: *const c_char, n: usize);
    safe fn m(#[ffi(cstr, len_bytes = n)] p: *const c_char, n: usize);
    safe fn n(#[ffi(cstr, in)] p: *const c_char);
    safe fn o(#[ffi(out, cstr)] p: *mut c_char);
    safe fn p(#[ffi(cstr, inout)] p: *mut c_char);
    safe fn q(#[ffi(cstr, pin)] p: *const c_char);
    safe fn r(#[ffi(cstr, pin_mut)] p: *const c_char);
    safe fn s(#[ffi(fd, in)] p: c_int);
    safe fn t(#[ffi(fd, out)] p: c_int);
    safe fn u(#[ffi(fd, inout)] p: c_int);
    safe fn v(#[ffi(fd, pin)] p: c_int);
    safe fn w(#[ffi(fd, pin_mut)] p: c_int);
    safe fn x(#[ffi(fd, cstr)] p: c_int);
    safe fn y(#[ffi(fd, len = n)] p: c_int, n: usize);
    safe fn z(#[ffi(in, in)] p: *const c_void);
}

fn main() {}
