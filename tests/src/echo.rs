//! Declarations of the C side of the tests: the structs of `c/echo.h` and the functions of `c/echo.c`.
//!
//! `safe` functions lend their arguments, as their words say. Functions without words take raw pointers, for callbacks
//! and for operations that outlive the call.

#![allow(missing_docs, reason = "the fields and functions are C's, explained in c/echo.h and c/echo.c")]

use pin_ffi::{Plain, pinned_ffi};
use std::ffi::{c_char, c_int, c_void};
use std::fmt::Debug;

/// One buffer as C saw it.
#[derive(Plain, Debug, Default, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Seen {
    pub address: u64,
    /// The length in C's struct or parameter.
    pub len: i64,
    /// The sum of the bytes; 0 for NULL.
    pub sum: u64,
}

impl Seen {
    /// The expected result for a buffer of bytes that C can read in full.
    pub fn of(bytes: &[u8]) -> Self {
        let sum = bytes.iter().map(|b| u64::from(*b)).sum();
        Self { address: bytes.as_ptr().addr() as u64, len: bytes.len() as i64, sum }
    }

    /// The expected result for NULL with length 0.
    pub const NOTHING: Self = Self { address: 0, len: 0, sum: 0 };
}

/// Returns what `look` reported.
///
/// # Panics
///
/// Panics if the value could not be lent.
#[track_caller]
pub fn seen<E: Debug>(look: impl FnOnce(&mut Seen) -> Result<(), E>) -> Seen {
    let mut seen = Seen::default();
    look(&mut seen).unwrap();
    seen
}

/// Returns what `look` reported about two buffers.
///
/// # Panics
///
/// Panics if the value could not be lent.
#[track_caller]
pub fn seen_both<E: Debug>(look: impl FnOnce(&mut Seen, &mut Seen) -> Result<(), E>) -> (Seen, Seen) {
    let (mut a, mut b) = (Seen::default(), Seen::default());
    look(&mut a, &mut b).unwrap();
    (a, b)
}

macro_rules! runs {
    ($($(#[$doc:meta])* $name:ident $len:ty, $look:ident;)*) => {$(
        $(#[$doc])*
        #[repr(C)]
        #[derive(Debug)]
        pub struct $name {
            pub data: *mut c_void,
            pub len: $len,
        }

        #[pinned_ffi]
        unsafe extern "C" {
            pub safe fn $look(#[ffi(pin)] run: *const $name, #[ffi(out)] seen: *mut Seen);
        }
    )*};
}
runs! {
    /// A length of 8 bits.
    RunU8 u8, echo_run_u8_look;
    /// A length of 16 bits.
    RunU16 u16, echo_run_u16_look;
    /// A length of 32 bits.
    RunU32 u32, echo_run_u32_look;
    /// A length of 64 bits.
    RunU64 u64, echo_run_u64_look;
    /// C's `size_t`.
    RunUsize usize, echo_run_usize_look;
    /// A signed length of 8 bits.
    RunI8 i8, echo_run_i8_look;
    /// A signed length of 16 bits.
    RunI16 i16, echo_run_i16_look;
    /// C's `int`.
    RunI32 i32, echo_run_i32_look;
    /// A signed length of 64 bits.
    RunI64 i64, echo_run_i64_look;
}

/// The address in an integer.
#[repr(C)]
#[derive(Debug)]
pub struct Addr {
    pub len: u32,
    pub flags: u32,
    pub addr: u64,
}

/// The address in a union, the length in and out.
#[repr(C)]
#[allow(missing_debug_implementations, reason = "a union does not say what is there")]
pub struct InUnion {
    pub len: i32,
    pub at: At,
}

/// The union of [`InUnion`].
#[repr(C)]
#[allow(missing_debug_implementations, reason = "a union does not say what is there")]
pub union At {
    pub buf: *mut c_char,
    pub request: *mut c_void,
    pub addr: u64,
}

/// Two optional buffers and one count.
#[repr(C)]
#[derive(Debug)]
pub struct Pair {
    pub tx: u64,
    pub rx: u64,
    pub len: u32,
    pub speed: u32,
}

/// Parallel arrays of one count of elements.
#[repr(C)]
#[derive(Debug)]
pub struct Parallel {
    pub tags: u64,
    pub kinds: *mut u8,
    pub n: u16,
}

/// Planes of a picture.
#[repr(C)]
#[derive(Debug)]
pub struct Planes {
    pub width: u32,
    pub data: [*const u8; 3],
    pub stride: [i32; 3],
    pub side: [Side; 2],
    pub flags: [u32; 2],
}

/// The metadata of a plane.
#[repr(C)]
#[derive(Debug)]
pub struct Side {
    pub start: *mut u8,
    pub bytes: u16,
}

/// The innermost struct of an array.
#[repr(C)]
#[derive(Debug)]
pub struct Node {
    pub data: *mut c_void,
    pub len: u32,
    pub used: u32,
}

/// An array of [`Node`]s.
#[repr(C)]
#[derive(Debug)]
pub struct List {
    pub nodes: *mut Node,
    pub n: usize,
    pub tag: u32,
}

/// An array of arrays.
#[repr(C)]
#[derive(Debug)]
pub struct Tree {
    pub lists: *const List,
    pub n: u16,
}

/// A struct with another one in it.
#[repr(C)]
#[derive(Debug)]
pub struct Outer {
    pub before: u32,
    pub inner: List,
    pub after: u32,
}

/// A length in and out, in bytes of no type.
#[repr(C)]
#[derive(Debug)]
pub struct Inout {
    pub data: *mut c_void,
    pub len: u32,
    pub status: i32,
}

/// A buffer to read from, with a position in it.
#[repr(C)]
#[derive(Debug)]
pub struct Source {
    pub src: *const c_void,
    pub size: usize,
    pub pos: usize,
}

/// A buffer to write to, with a position in it.
#[repr(C)]
#[derive(Debug)]
pub struct Sink {
    pub dst: *mut c_void,
    pub size: usize,
    pub pos: u8,
}

/// Both in one struct, by addresses that move.
#[repr(C)]
#[derive(Debug)]
pub struct Flow {
    pub next_in: *mut u8,
    pub avail_in: u32,
    pub next_out: *mut u8,
    pub avail_out: u16,
}

/// Words whose room, and whose use or rest, are counted in bytes.
#[repr(C)]
#[derive(Debug)]
pub struct Words {
    pub words: *mut u32,
    pub bytes: u64,
    pub at: i64,
}

/// The same with a signed length.
#[repr(C)]
#[derive(Debug)]
pub struct Signed {
    pub data: *mut u8,
    pub len: i32,
}

/// Elements, counted in bytes.
#[repr(C)]
#[derive(Debug)]
pub struct Bytes {
    pub words: *mut u32,
    pub bytes: u32,
}

/// A C struct without padding: its fields are misaligned.
#[repr(C, packed)]
#[allow(missing_debug_implementations, reason = "its fields cannot be borrowed")]
pub struct Packed {
    pub tag: u8,
    pub data: *mut c_void,
    pub len: u16,
    pub value: u32,
}

/// A buffer that C only reads next to one that it writes.
#[repr(C)]
#[derive(Debug)]
pub struct Const {
    pub input: *const u8,
    pub input_len: usize,
    pub output: *mut u8,
    pub output_len: usize,
}

/// Plain values.
#[repr(C)]
#[derive(Debug)]
pub struct Values {
    pub small: i8,
    pub medium: u16,
    pub large: i64,
    pub inner: ValuesInner,
}

/// The struct inside [`Values`].
#[repr(C)]
#[derive(Debug)]
pub struct ValuesInner {
    pub bits: u32,
}

/// A live state, to which C leads back.
#[repr(C)]
#[derive(Debug)]
pub struct Stream {
    pub next_in: *const u8,
    pub avail_in: u32,
    pub next_out: *mut u8,
    pub avail_out: u32,
    pub total: u64,
    pub state: *mut c_void,
}

/// An operation that a thread of C's goes on with.
#[repr(C)]
#[derive(Debug)]
pub struct Op {
    pub nodes: *mut Node,
    pub n: usize,
    pub reply: *mut u8,
    pub reply_len: u32,
    pub status: i32,
    pub token: u64,
}

/// C's thread and queue.
#[repr(C)]
#[derive(Debug)]
pub struct CRing {
    opaque: [u8; 0],
}

pub type OnData = unsafe extern "C" fn(*const u8, usize, *mut c_void) -> c_int;
pub type OnSigned = unsafe extern "C" fn(*const u16, i32, *mut c_void) -> c_int;
pub type OnRoom = unsafe extern "C" fn(*mut u8, *const u32, *mut c_void) -> c_int;
pub type OnChange = unsafe extern "C" fn(*mut u32, u32, u32, *mut c_void) -> c_int;
pub type OnValues = unsafe extern "C" fn(*const i32, *mut i32, *const c_char, *mut c_void) -> i64;

#[pinned_ffi]
unsafe extern "C" {
    pub safe fn echo_calls() -> u64;

    // Structs, looked at.
    pub safe fn echo_addr_look(#[ffi(pin)] a: *const Addr, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_const_look(
        #[ffi(pin)] c: *const Const,
        #[ffi(out)] input: *mut Seen,
        #[ffi(out)] output: *mut Seen,
    );
    pub safe fn echo_pair_look(#[ffi(pin)] p: *const Pair, #[ffi(out)] tx: *mut Seen, #[ffi(out)] rx: *mut Seen);
    pub safe fn echo_parallel_look(
        #[ffi(pin)] p: *const Parallel,
        #[ffi(out)] tags: *mut Seen,
        #[ffi(out)] kinds: *mut Seen,
    );
    pub safe fn echo_packed_look(
        #[ffi(pin)] p: *const Packed,
        #[ffi(out)] seen: *mut Seen,
        #[ffi(out)] value: *mut u32,
    );
    #[ffi(err = nonzero)]
    pub safe fn echo_tree_look(#[ffi(pin)] t: *const Tree, i: u32, j: u32, #[ffi(out)] seen: *mut Seen) -> c_int;
    pub safe fn echo_outer_look(
        #[ffi(pin)] o: *const Outer,
        #[ffi(out)] first: *mut Seen,
        #[ffi(out)] around: *mut u64,
    );

    // Structs, written through.
    pub safe fn echo_planes_look(
        #[ffi(pin)] p: *const Planes,
        i: u32,
        #[ffi(out)] plane: *mut Seen,
        #[ffi(out)] side: *mut Seen,
    );
    pub safe fn echo_planes_fill(#[ffi(pin_mut)] p: *mut Planes, byte: u8);
    pub safe fn echo_const_fill(#[ffi(pin_mut)] c: *mut Const);
    pub safe fn echo_pair_transfer(#[ffi(pin_mut)] p: *mut Pair) -> i32;
    pub safe fn echo_packed_fill(#[ffi(pin_mut)] p: *mut Packed, byte: u8);
    #[ffi(err = nonzero)]
    pub safe fn echo_inout_fill(#[ffi(pin_mut)] s: *mut Inout, byte: u8, report: u32) -> c_int;
    #[ffi(err = none)]
    pub safe fn echo_inout_given(#[ffi(pin_mut)] s: *mut Inout) -> u32;
    pub safe fn echo_source_copy(
        #[ffi(pin_mut)] out: *mut Sink,
        #[ffi(pin_mut)] input: *mut Source,
        most: usize,
        more: c_int,
    ) -> usize;
    pub safe fn echo_flow_copy(#[ffi(pin_mut)] f: *mut Flow, most: usize, more: c_int) -> usize;
    pub safe fn echo_words_use(#[ffi(pin_mut)] w: *mut Words, byte: u8, n: i64);
    pub safe fn echo_words_move(#[ffi(pin_mut)] w: *mut Words, byte: u8, n: i64);
    pub safe fn echo_signed_fill(#[ffi(pin_mut)] s: *mut Signed, report: i32);
    pub safe fn echo_union_fill(#[ffi(pin_mut)] u: *mut InUnion, report: i32);
    pub safe fn echo_bytes_fill(#[ffi(pin_mut)] b: *mut Bytes, word: u32, report: i64);
    pub safe fn echo_list_fill(#[ffi(pin_mut)] l: *mut List, byte: u8, used: u32) -> u64;
    pub safe fn echo_tree_fill(#[ffi(pin_mut)] t: *mut Tree, byte: u8) -> u64;
    pub safe fn echo_outer_fill(#[ffi(pin_mut)] o: *mut Outer, byte: u8);
    pub safe fn echo_lists_fill(
        #[ffi(pin_mut, len = n, filled = ret)] lists: *mut List,
        n: u32,
        done: u32,
        report: i32,
    ) -> i32;
    #[ffi(err = nonzero)]
    pub safe fn echo_lists_done(
        #[ffi(pin_mut, len = n, filled = *done)] lists: *mut List,
        n: u32,
        done: *mut u32,
        report: u32,
    ) -> c_int;
    pub safe fn echo_few_lists(#[ffi(pin_mut, len = n)] lists: *mut List, n: u8);
    pub safe fn echo_values_double(#[ffi(pin_mut)] v: *mut Values);

    // A live state.
    pub fn echo_stream_init(s: *mut Stream) -> c_int;
    pub fn echo_stream_run(s: *mut Stream) -> c_int;
    pub fn echo_stream_end(s: *mut Stream);
    pub fn echo_stream_pointers(s: *const Stream) -> c_int;
    pub fn echo_stream_keep(s: *const Stream) -> c_int;
    pub fn echo_kept_pointers() -> c_int;

    // Parameters.
    pub safe fn echo_in(#[ffi(in, len = n)] p: *const c_void, n: usize, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_in_u8(#[ffi(in, len = n)] p: *const c_void, n: u8, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_in_u16(#[ffi(in, len = n)] p: *const c_void, n: u16, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_in_i32(#[ffi(in, len = n)] p: *const c_void, n: i32, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_in_u32(#[ffi(in, len = n)] p: *const c_void, n: u32, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_words(#[ffi(in, len_bytes = bytes)] p: *const u32, bytes: usize, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_elements(#[ffi(in, len = n)] p: *const u16, n: u32, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_image(#[ffi(in, len = w * h)] p: *const u8, w: u32, h: u32, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_sixteen(#[ffi(in, len = 16)] p: *const u8, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_in_through(#[ffi(in, len = *n)] p: *const u8, n: *const u32, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_string(#[ffi(cstr, nullable)] s: *const c_char, #[ffi(out)] seen: *mut Seen);
    pub safe fn echo_both(#[ffi(in, len = n)] a: *const u8, #[ffi(inout, len = n)] b: *mut u8, n: u16);
    pub safe fn echo_up(#[ffi(inout, len = n)] p: *mut u8, n: usize) -> i32;
    pub safe fn echo_value_up(#[ffi(inout, nullable)] v: *mut i32) -> i32;
    pub safe fn echo_value_read(#[ffi(in, nullable)] v: *const i64) -> i64;
    pub safe fn echo_fd(#[ffi(fd, nullable)] fd: c_int) -> c_int;
    #[ffi(err = minus_one)]
    pub safe fn echo_read(
        #[ffi(out, len = n, filled = ret)] p: *mut c_void,
        n: usize,
        report: isize,
        e: c_int,
    ) -> isize;
    #[ffi(err = nonzero)]
    pub safe fn echo_read_through(#[ffi(out, len = *n, filled = *n)] p: *mut c_void, n: *mut u32, report: u32)
    -> c_int;
    #[ffi(err = nonzero)]
    pub safe fn echo_read_signed(#[ffi(out, len = *n, filled = *n)] p: *mut c_void, n: *mut i32, report: i32) -> c_int;
    pub safe fn echo_read_words(#[ffi(out, len = n, filled = ret)] p: *mut u32, n: u32, report: i32) -> i32;
    pub safe fn echo_read_bytes(
        #[ffi(out, len_bytes = bytes, filled = ret)] p: *mut u32,
        bytes: usize,
        report: isize,
    ) -> isize;
    #[ffi(err = negative_errno)]
    pub safe fn echo_transfer(
        #[ffi(out, len = n, filled = *done)] p: *mut u8,
        n: c_int,
        done: *mut c_int,
        report: c_int,
    ) -> c_int;
    pub safe fn echo_fill_all(#[ffi(out, len = n, filled = all)] p: *mut u8, n: usize);
    #[ffi(err = nonzero)]
    pub safe fn echo_halves(
        #[ffi(out, len = *na, filled = *na)] a: *mut u8,
        na: *mut u32,
        #[ffi(out, len = *nb, filled = *nb)] b: *mut u8,
        nb: *mut u32,
        lie: u32,
    ) -> c_int;

    // Errors.
    #[ffi(err = nonzero)]
    pub safe fn echo_nonzero(e: c_int) -> c_int;
    #[ffi(err = minus_one)]
    pub safe fn echo_minus_one(e: c_int) -> c_int;
    #[ffi(err = minus_one)]
    pub safe fn echo_minus_one_unsigned(e: c_int) -> u32;
    #[ffi(err = negative_errno)]
    pub safe fn echo_negative_errno(e: c_int) -> c_int;
    #[ffi(err = negative_errno)]
    pub safe fn echo_negative_errno_count(e: c_int) -> isize;
    #[ffi(err = returned_errno)]
    pub safe fn echo_returned_errno(e: c_int) -> c_int;
    #[ffi(err = null)]
    pub safe fn echo_null(e: c_int) -> *const c_char;
    #[ffi(err = none)]
    pub safe fn echo_none(e: c_int) -> c_int;
    pub safe fn echo_set_errno(e: c_int);
    pub safe fn echo_get_errno() -> c_int;

    // Callbacks, which C calls with just what it is given here.
    pub fn echo_call_data(f: OnData, p: *const u8, n: usize, user: *mut c_void) -> c_int;
    pub fn echo_call_signed(f: OnSigned, p: *const u16, n: i32, user: *mut c_void) -> c_int;
    pub fn echo_call_room(f: OnRoom, p: *mut u8, n: *const u32, user: *mut c_void) -> c_int;
    pub fn echo_call_change(f: OnChange, p: *mut u32, w: u32, h: u32, user: *mut c_void) -> c_int;
    pub fn echo_call_values(
        f: OnValues,
        given: *const i32,
        changed: *mut i32,
        s: *const c_char,
        user: *mut c_void,
    ) -> i64;

    // An operation at once, and in a thread of its own.
    pub safe fn echo_op_run(#[ffi(pin_mut)] op: *mut Op, byte: u8, report: u32);
    pub fn echo_ring_new() -> *mut CRing;
    pub fn echo_ring_submit(ring: *mut CRing, op: *mut Op, byte: u8, report: u32);
    pub fn echo_ring_go(ring: *mut CRing);
    pub fn echo_ring_wait(ring: *mut CRing) -> *mut Op;
    pub fn echo_ring_cancel(ring: *mut CRing, op: *mut Op) -> c_int;
    pub fn echo_ring_free(ring: *mut CRing);
}
