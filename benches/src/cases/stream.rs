//! Streams: C says how far it has come, by a position (`pos`) or by an address that moves (`advance`).

use super::c::{bench_flow, bench_pour, flow, sink, source};
use super::{ATTRIBUTE, BY_HAND, BYTES, Case, DERIVE, Run, moved, repeat};
use libc::{c_int, c_uint};
use pin_ffi::{FfiPinned, FfiPinnedMut, OutBuf, pinned_ffi};
use std::hint::black_box;
use std::io;

pub(super) fn cases() -> Vec<Case> {
    macro_rules! ours {
        ($pos:expr, $advance:expr, $sites:ident) => {{
            let case = |what, form, run: fn(u64) -> Run| Case::sized(what, form, "a step", run);
            [
                case($pos, BY_HAND, |n| by_hand(n, $sites::stream_pos_by_hand())),
                case($pos, DERIVE, |n| pos(n, $sites::stream_pos_derive())),
                case($pos, ATTRIBUTE, |n| pos(n, $sites::stream_pos_attribute())),
                case($advance, BY_HAND, |n| by_hand(n, $sites::stream_advance_by_hand())),
                case($advance, DERIVE, |n| advance(n, $sites::stream_advance_derive())),
                case($advance, ATTRIBUTE, |n| advance(n, $sites::stream_advance_attribute())),
            ]
        }};
    }
    let one = ours!("a stream by positions", "a stream by addresses", one);
    let nine = ours!("a stream by positions, nine call sites", "a stream by addresses, nine call sites", nine);
    one.into_iter().chain(nine).collect()
}

sites! {
    fn stream_pos_by_hand(step: &mut ByHand<'_>) -> io::Result<()>;
    fn stream_pos_derive(input: &mut Input<'_>, output: &mut Output<'_>) -> io::Result<()>;
    fn stream_pos_attribute(input: &mut Input<'_>, output: &mut Output<'_>) -> io::Result<()>;
    fn stream_advance_by_hand(step: &mut ByHand<'_>) -> io::Result<()>;
    fn stream_advance_derive(both: &mut Both<'_>) -> io::Result<()>;
    fn stream_advance_attribute(both: &mut Both<'_>) -> io::Result<()>;
}

/// What a hand would keep: input that gets shorter, room, and how much of it is filled.
struct ByHand<'a> {
    input: &'a [u8],
    output: &'a mut [u8],
    filled: usize,
}

#[derive(FfiPinned)]
#[ffi(c = source)]
struct Input<'a> {
    #[ffi(ptr = src, len = size, pos = pos)]
    bytes: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = sink)]
struct Output<'a> {
    #[ffi(ptr = dst, len = size, pos = pos)]
    bytes: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = flow)]
struct Both<'a> {
    #[ffi(ptr = next_in, len = avail_in, advance, read_only)]
    input: &'a [u8],
    #[ffi(ptr = next_out, len = avail_out, advance)]
    output: OutBuf<'a, u8>,
}

#[inline(always)]
fn by_hand(iterations: u64, mut step: impl FnMut(&mut ByHand<'_>) -> io::Result<()>) -> Run {
    let (input, mut output) = ([1; BYTES], [1; BYTES]);
    let mut value = ByHand { input: &input, output: &mut output, filled: 0 };
    repeat(iterations, || {
        (value.input, value.filled) = (&input, 0);
        moved(step(black_box(&mut value)).map(|()| value.filled), BYTES);
    })
}

#[inline(always)]
fn pos(iterations: u64, mut step: impl FnMut(&mut Input<'_>, &mut Output<'_>) -> io::Result<()>) -> Run {
    let (bytes, mut memory) = ([1; BYTES], [1; BYTES]);
    let (mut input, mut output) = (Input { bytes: &bytes }, Output { bytes: OutBuf::new(&mut memory) });
    repeat(iterations, || {
        input.bytes = &bytes;
        output.bytes.clear();
        moved(step(black_box(&mut input), black_box(&mut output)).map(|()| output.bytes.filled().len()), BYTES);
    })
}

#[inline(always)]
fn advance(iterations: u64, mut step: impl FnMut(&mut Both<'_>) -> io::Result<()>) -> Run {
    let (bytes, mut memory) = ([1; BYTES], [1; BYTES]);
    let mut both = Both { input: &bytes, output: OutBuf::new(&mut memory) };
    repeat(iterations, || {
        both.input = &bytes;
        both.output.clear();
        moved(step(black_box(&mut both)).map(|()| both.output.filled().len()), BYTES);
    })
}

#[inline(always)]
fn invalid() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[inline]
fn stream_pos_by_hand(step: &mut ByHand<'_>) -> io::Result<()> {
    let mut input = source { src: step.input.as_ptr().cast(), size: step.input.len(), pos: 0 };
    let mut output = sink { dst: step.output.as_mut_ptr().cast(), size: step.output.len(), pos: step.filled };
    // SAFETY: both lead to borrowed memory.
    if unsafe { bench_pour(&raw mut input, &raw mut output) } != 0 {
        return Err(invalid());
    }
    let rest = step.input.get(input.pos..).ok_or_else(invalid)?;
    if output.pos < step.filled || output.pos > step.output.len() {
        return Err(invalid());
    }
    (step.input, step.filled) = (rest, output.pos);
    Ok(())
}

#[inline]
fn stream_pos_derive(input: &mut Input<'_>, output: &mut Output<'_>) -> io::Result<()> {
    let status = input.with_pinned_mut(|mut input| {
        // SAFETY: both are filled while the closures run.
        output.with_pinned_mut(|mut output| unsafe { bench_pour(input.as_mut_ptr(), output.as_mut_ptr()) })
    })??;
    if status == 0 { Ok(()) } else { Err(invalid()) }
}

mod calls {
    use super::{c_int, flow, pinned_ffi, sink, source};

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(err = nonzero)]
        pub(super) safe fn bench_pour(#[ffi(pin_mut)] from: *mut source, #[ffi(pin_mut)] into: *mut sink) -> usize;
        #[ffi(err = nonzero)]
        pub(super) safe fn bench_flow(#[ffi(pin_mut)] f: *mut flow) -> c_int;
    }
}

#[inline]
fn stream_pos_attribute(input: &mut Input<'_>, output: &mut Output<'_>) -> io::Result<()> {
    calls::bench_pour(input, output).map(drop)
}

#[inline]
fn stream_advance_by_hand(step: &mut ByHand<'_>) -> io::Result<()> {
    let too_long = |_| invalid();
    let mut c = flow {
        next_in: step.input.as_ptr(),
        avail_in: step.input.len().try_into().map_err(too_long)?,
        next_out: step.output[step.filled..].as_mut_ptr(),
        avail_out: (step.output.len() - step.filled).try_into().map_err(too_long)?,
    };
    let (in_before, out_before) = (c.avail_in, c.avail_out);
    // SAFETY: it leads to borrowed memory.
    if unsafe { bench_flow(&raw mut c) } != 0 {
        return Err(invalid());
    }
    let taken = |before: c_uint, after| before.checked_sub(after).ok_or_else(invalid);
    let (read, written) = (taken(in_before, c.avail_in)? as usize, taken(out_before, c.avail_out)? as usize);
    (step.input, step.filled) = (&step.input[read..], step.filled + written);
    Ok(())
}

#[inline]
fn stream_advance_derive(both: &mut Both<'_>) -> io::Result<()> {
    // SAFETY: it is filled while the closure runs.
    let status = both.with_pinned_mut(|mut c| unsafe { bench_flow(c.as_mut_ptr()) })?;
    if status == 0 { Ok(()) } else { Err(invalid()) }
}

#[inline]
fn stream_advance_attribute(both: &mut Both<'_>) -> io::Result<()> {
    calls::bench_flow(both).map(drop)
}
