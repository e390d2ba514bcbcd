//! A function that C calls with some bytes and the program's own value; a panic in it does not cross into C.

use super::c::bench_call;
use super::{BY_HAND, BYTES, CALLBACK, Case, Run, moved, repeat};
use libc::{c_int, c_void};
use pin_ffi::pinned_ffi;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{io, slice};

pub(super) fn cases() -> Vec<Case> {
    macro_rules! ours {
        ($what:expr, $sites:ident) => {{
            let case = |form, run: fn(u64) -> Run| Case::sized($what, form, "a call", run);
            [case(BY_HAND, |n| run(n, $sites::callback_by_hand())), case(CALLBACK, |n| run(n, $sites::callback()))]
        }};
    }
    ours!("a callback", one).into_iter().chain(ours!("a callback, nine call sites", nine)).collect()
}

sites! {
    fn callback_by_hand(data: &[u8], seen: &mut Seen) -> io::Result<usize>;
    fn callback(data: &[u8], seen: &mut Seen) -> io::Result<usize>;
}

/// What the callback keeps.
#[derive(Default)]
struct Seen {
    calls: usize,
    bytes: usize,
}

impl Seen {
    #[inline(always)]
    fn more(&mut self, data: &[u8]) -> c_int {
        self.calls += 1;
        self.bytes += data.len();
        // Something that may panic.
        c_int::from(data[data.len() / 2])
    }
}

/// What C gets if the function panics.
const PANICKED: c_int = -1;

#[inline(always)]
fn run(iterations: u64, mut call: impl FnMut(&[u8], &mut Seen) -> io::Result<usize>) -> Run {
    let (data, mut seen) = ([1; BYTES], Seen::default());
    let run = repeat(iterations, || moved(call(black_box(&data), black_box(&mut seen)), 1));
    assert!(seen.bytes == seen.calls * BYTES);
    run
}

unsafe extern "C" fn on_data_by_hand(data: *const u8, n: usize, user: *mut c_void) -> c_int {
    if data.is_null() || n > isize::MAX as usize || user.is_null() || !user.cast::<Seen>().is_aligned() {
        return PANICKED;
    }
    // SAFETY: what C passes with the bytes that are there.
    let (data, seen) = unsafe { (slice::from_raw_parts(data, n), &mut *user.cast::<Seen>()) };
    catch_unwind(AssertUnwindSafe(|| seen.more(data))).unwrap_or(PANICKED)
}

#[pinned_ffi(panic = PANICKED)]
extern "C" fn on_data(
    #[ffi(in, len = n)] data: *const u8,
    n: usize,
    #[ffi(userdata = Seen)] user: *mut c_void,
) -> c_int {
    user.more(data)
}

#[inline]
fn callback_by_hand(data: &[u8], seen: &mut Seen) -> io::Result<usize> {
    // SAFETY: the bytes and the value are there for the call.
    Ok(unsafe { bench_call(on_data_by_hand, data.as_ptr(), data.len(), (&raw mut *seen).cast()) } as usize)
}

#[inline]
fn callback(data: &[u8], seen: &mut Seen) -> io::Result<usize> {
    // SAFETY: the bytes and the value are there for the call.
    Ok(unsafe { bench_call(on_data, data.as_ptr(), data.len(), (&raw mut *seen).cast()) } as usize)
}
