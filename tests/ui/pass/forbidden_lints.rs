//! A crate may forbid every lint: no generated code allows one, and none asks it of generated code.
#![forbid(warnings, unused, nonstandard_style, future_incompatible, let_underscore, rust_2018_idioms)]
#![forbid(unused_variables, unused_mut, unused_unsafe, unused_imports, unused_qualifications, non_snake_case)]
#![forbid(unused_results, unreachable_code, unreachable_pub, single_use_lifetimes, unused_lifetimes)]
#![forbid(trivial_casts, trivial_numeric_casts, unsafe_op_in_unsafe_fn, missing_debug_implementations)]
#![forbid(elided_lifetimes_in_paths, explicit_outlives_requirements, variant_size_differences, missing_docs)]
#![forbid(clippy::all, clippy::unwrap_used, clippy::pedantic, clippy::restriction)]

use pin_ffi::pinned_ffi;
use std::ffi::{c_char, c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

#[pinned_ffi]
unsafe extern "C" {
    safe fn strlen(#[ffi(cstr)] lpString: *const c_char) -> usize;
    #[ffi(err = minus_one)]
    safe fn writev(#[ffi(fd)] Fd: c_int, #[ffi(pin, len = cnt)] Iov: *const libc::iovec, cnt: c_int) -> isize;
    #[ffi(err = minus_one)]
    safe fn read(
        #[ffi(fd)] fd: c_int,
        #[ffi(out, len = N, filled = ret, max = 1 << 20)] buf: *mut c_void,
        N: usize,
    ) -> isize;
    safe fn memchr(#[ffi(in = u8, len = n)] s: *const c_void, c: c_int, n: usize) -> usize;
    #[ffi(err = minus_one)]
    fn close(fd: c_int) -> c_int;
    #[link_name = "abs"]
    safe fn C_Abs(Number: c_int) -> c_int;
    safe fn frexp(x: f64, #[ffi(out)] exp: *mut c_int) -> f64;
}

#[pinned_ffi]
fn send(s: BorrowedFd<'_>, #[ffi(pin)] parts: &[&[u8]], #[ffi(pin)] one: &&[u8]) -> io::Result<usize> {
    // SAFETY: filled structs, which the call reads.
    let n = unsafe { libc::writev(s.as_raw_fd(), parts.as_ptr(), c_int::try_from(parts.len()).unwrap_or(c_int::MAX)) };
    // SAFETY: as above.
    let m = unsafe { libc::writev(s.as_raw_fd(), one.as_ptr(), 1) };
    usize::try_from(n + m).map_err(|_| io::Error::last_os_error())
}

#[pinned_ffi(panic = -1)]
extern "C" fn called(
    #[ffi(in, len = w * h)] p: *const u8,
    w: u32,
    h: u32,
    _: c_int,
    #[ffi(userdata = usize, nullable)] sum: *mut c_void,
) -> c_int {
    if let Some(sum) = sum {
        *sum += p.len();
    }
    0
}

const _: fn(BorrowedFd<'_>, &[&'static [u8]]) -> pin_ffi::errno::Result<usize> = writev;
const _: fn(BorrowedFd<'_>, &'static mut [u8]) -> pin_ffi::errno::Result<usize> = read;
const _: unsafe fn(c_int) -> pin_ffi::errno::Result<c_int> = close;
const _: fn(BorrowedFd<'_>, &[&[u8]], &&[u8]) -> io::Result<usize> = send;

fn main() {
    let _: usize = strlen(c"abc") + memchr(b"abc", 0);
    let _: unsafe extern "C" fn(_, _, _, _, _) -> _ = called;
    let mut exponent = C_Abs(0);
    let _: f64 = frexp(8.0, &mut exponent);
}
