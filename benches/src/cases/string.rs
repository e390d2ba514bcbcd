//! A string that ends with a NUL.

use super::c::bench_open;
use super::{ATTRIBUTE, BY_HAND, Case, Run, cvt, moved, repeat};
use pin_ffi::pinned_ffi;
use std::ffi::CStr;
use std::hint::black_box;
use std::io;

pub(super) fn cases() -> Vec<Case> {
    macro_rules! ours {
        ($what:expr, $sites:ident) => {{
            let case = |form, run: fn(u64) -> Run| Case::sized($what, form, "a path", run);
            [
                case(BY_HAND, |n| run(n, $sites::string_by_hand())),
                case(ATTRIBUTE, |n| run(n, $sites::string_attribute())),
            ]
        }};
    }
    ours!("a string", one).into_iter().chain(ours!("a string, nine call sites", nine)).collect()
}

sites! {
    fn string_by_hand(path: &CStr) -> io::Result<usize>;
    fn string_attribute(path: &CStr) -> io::Result<usize>;
}

#[inline(always)]
fn run(iterations: u64, mut open: impl FnMut(&CStr) -> io::Result<usize>) -> Run {
    repeat(iterations, || moved(open(black_box(c"/dev/null")), 0))
}

#[inline]
fn string_by_hand(path: &CStr) -> io::Result<usize> {
    // SAFETY: a C string.
    cvt(unsafe { bench_open(path.as_ptr(), libc::O_RDONLY) } as isize)
}

mod calls {
    use super::pinned_ffi;
    use libc::{c_char, c_int};

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(err = minus_one)]
        pub(super) safe fn bench_open(#[ffi(cstr)] path: *const c_char, flags: c_int) -> c_int;
    }
}

#[inline]
fn string_attribute(path: &CStr) -> io::Result<usize> {
    Ok(calls::bench_open(path, libc::O_RDONLY)? as usize)
}
