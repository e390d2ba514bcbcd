//! One attack for each row of what no safe code may be able to reach; the number is the row's.
//!
//! Rows that are refused at compile time are under `ui/`. Tests that call nothing foreign (`s10`, `s12`, `s16`, `s21`,
//! `s23`, and what else plays C in Rust) are also for Miri, where it is installed: there they show what a run cannot.

use pin_ffi::{
    FfiArray, FfiPinned, FfiPinnedMut, InFlight, Lend, LendError, OutBuf, Reason, Spare,
    manual::{Exclusive, Fill, Fillable, INLINE, Inline, Lent, LentArray, LentStruct, Scratch, Shared},
    pinned_ffi,
};
use pin_ffi_tests::echo::*;
use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::io::{self, IoSlice, IoSliceMut};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::panic::{self, AssertUnwindSafe};
use std::ptr::null_mut;
use std::rc::Rc;

#[derive(FfiPinned)]
#[ffi(c = Inout)]
struct Reply<B: Fill<Elem = u8>> {
    #[ffi(ptr = data, len = len, inout)]
    bytes: B,
    #[ffi(out = status)]
    status: i32,
}

fn reply<B: Fill<Elem = u8>>(bytes: B) -> Reply<B> {
    Reply { bytes, status: 0 }
}

#[derive(FfiPinned)]
#[ffi(c = Stream)]
struct Feed<'a> {
    #[ffi(ptr = next_in, len = avail_in)]
    input: &'a [u8],
    #[ffi(ptr = next_out, len = avail_out)]
    output: &'a mut [u8],
}

fn empty_stream() -> Stream {
    // SAFETY: numbers and null pointers.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

/// How many of the stream's pointers and lengths C finds there.
fn pointers(stream: &Stream) -> c_int {
    // SAFETY: C only looks at the struct itself.
    unsafe { echo_stream_pointers(stream) }
}

/// Plays C: writes `byte` to the whole buffer of an `iovec`.
fn write_through(mut c: pin_ffi::manual::LentStruct<'_, libc::iovec>, byte: u8) {
    // SAFETY: lent for writing, as long as this runs.
    unsafe {
        let iov = c.as_mut_ptr();
        (*iov).iov_base.cast::<u8>().write_bytes(byte, (*iov).iov_len);
    }
}

/// Plays C: reads the whole buffer of an `iovec`.
fn read_through(c: &pin_ffi::manual::LentStruct<'_, libc::iovec>) -> Vec<u8> {
    // SAFETY: lent for reading, as long as this runs.
    unsafe {
        let iov = c.as_ref();
        std::slice::from_raw_parts(iov.iov_base.cast_const().cast(), iov.iov_len).to_vec()
    }
}

// ---- 1: the borrow ends, C still writes ----

#[derive(FfiPinned)]
#[ffi(c = Op)]
struct Owned {
    #[ffi(ptr = reply, len = reply_len)]
    reply: [u8; 32],
    #[ffi(out = status)]
    status: i32,
    #[ffi(skip)]
    #[allow(dead_code, reason = "what is lost")]
    cycle: Option<Rc<RefCell<Vec<InFlight<Owned>>>>>,
}

/// Starts an operation, has `lose` lose it, lets C write, and looks at what C wrote through C's own address.
fn lost(lose: impl FnOnce(InFlight<Owned>)) {
    let mut started = InFlight::new(Owned { reply: [0; 32], status: 0, cycle: None }).unwrap();
    let op = started.start();
    // SAFETY: the operation stays where it is until it is completed, and it never is.
    let ring = unsafe {
        let ring = echo_ring_new();
        echo_ring_submit(ring, op, 0, 32);
        ring
    };
    lose(started);
    let others: Vec<_> = (0..64).map(|_| Box::new([0_u8; size_of::<Owned>()])).collect();
    // SAFETY: as above.
    unsafe {
        echo_ring_go(ring);
        assert_eq!(echo_ring_wait(ring), op);
        echo_ring_free(ring);
        assert_eq!(((*op).status, *(*op).reply.cast::<[u8; 32]>()), (1, [b'!'; 32]));
    }
    assert!(others.iter().all(|o| o.iter().all(|b| *b == 0)), "C wrote into another allocation");
}

#[test]
fn s01_an_operation_is_forgotten_while_c_writes() {
    lost(std::mem::forget);
}

#[test]
fn s01_an_operation_is_lost_in_a_cycle_while_c_writes() {
    lost(|started| {
        let cycle = Rc::new(RefCell::new(vec![started]));
        let inner = Owned { reply: [0; 32], status: 0, cycle: Some(cycle.clone()) };
        cycle.borrow_mut().push(InFlight::new(inner).unwrap());
    });
}

#[test]
fn s01_an_operation_is_dropped_while_c_writes() {
    lost(|started| _ = panic::catch_unwind(AssertUnwindSafe(|| drop(started))));
}

#[test]
fn s01_the_filled_struct_is_forgotten_in_the_closure() {
    let (mut live, mut output) = (empty_stream(), [0; 4]);
    Feed { input: b"text", output: &mut output }
        .with_pinned_mut_in(&mut live, |c| _ = std::mem::ManuallyDrop::new(c))
        .unwrap();
    assert_eq!(pointers(&live), 0);
}

#[test]
fn s01_the_closure_panics_while_c_has_the_pointers() {
    let (mut live, mut output) = (empty_stream(), [0; 4]);
    let mut feed = Feed { input: b"text", output: &mut output };
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        feed.with_pinned_mut_in(&mut live, |mut c| {
            // SAFETY: C looks at the struct, and keeps its address.
            assert_eq!(unsafe { echo_stream_keep(c.as_mut_ptr()) }, 4);
            panic!("while C has them");
        })
    }));
    assert!(panicked.is_err());
    // SAFETY: the struct that C kept is still there.
    assert_eq!(unsafe { echo_kept_pointers() }, 0);
}

// ---- 4: pointers left in the C struct ----

#[test]
fn s04_c_looks_again_at_the_struct_that_it_kept() {
    let (mut live, mut output) = (empty_stream(), [0; 4]);
    let mut feed = Feed { input: b"text", output: &mut output };
    feed.with_pinned_mut_in(&mut live, |mut c| {
        // SAFETY: C looks at the struct, and keeps its address.
        assert_eq!(unsafe { echo_stream_keep(c.as_mut_ptr()) }, 4);
    })
    .unwrap();
    // SAFETY: the struct that C kept is still there.
    assert_eq!(unsafe { echo_kept_pointers() }, 0);
    feed.with_pinned_in(&mut live, |c| assert_eq!(pointers(c_struct(&c)), 4)).unwrap();
    assert_eq!(pointers(&live), 0);
}

/// The C struct, for looking at.
fn c_struct<'a, C>(c: &'a pin_ffi::manual::LentStruct<'_, C>) -> &'a C {
    // SAFETY: each caller's C struct is made of numbers and pointers, and nobody writes meanwhile.
    unsafe { c.as_ref() }
}

#[test]
fn s04_nothing_is_left_after_c_has_lied() {
    let mut live = Inout { data: null_mut(), len: 0, status: 0 };
    let mut memory = [0; 4];
    let error = reply(OutBuf::new(&mut memory)).with_pinned_mut_in(&mut live, |mut c| {
        // SAFETY: plays C.
        unsafe { (*c.as_mut_ptr()).len = 5 }
    });
    assert_eq!(error.unwrap_err().reason(), Reason::Overrun);
    assert!(live.data.is_null() && live.len == 0);
}

#[test]
fn s04_nothing_is_left_in_the_struct_inside_a_struct() {
    #[derive(FfiPinned)]
    #[ffi(c = List)]
    struct Leaves<'a> {
        #[ffi(array = nodes, len = n)]
        leaves: &'a mut [Leaf<'a>],
    }
    #[derive(FfiPinned)]
    #[ffi(c = Node)]
    struct Leaf<'a> {
        #[ffi(ptr = data, len = len)]
        bytes: &'a mut [u8],
    }
    #[derive(FfiPinned)]
    #[ffi(c = Outer)]
    struct Around<'a> {
        #[ffi(inline = inner)]
        inner: Leaves<'a>,
    }

    // SAFETY: numbers and null pointers.
    let mut live: Outer = unsafe { MaybeUninit::zeroed().assume_init() };
    let mut bytes = [0; 4];
    let mut leaves = [Leaf { bytes: &mut bytes }];
    let mut around = Around { inner: Leaves { leaves: &mut leaves } };
    around
        .with_pinned_mut_in(&mut live, |c| assert!(!c_struct(&c).inner.nodes.is_null() && c_struct(&c).inner.n == 1))
        .unwrap();
    assert!(live.inner.nodes.is_null() && live.inner.n == 0);
}

#[test]
fn s04_an_address_in_an_integer_is_nulled_too() {
    #[derive(FfiPinned)]
    #[ffi(c = Addr)]
    struct InInteger<'a> {
        #[ffi(ptr = addr, len = len)]
        bytes: &'a [u8],
    }
    let mut live = Addr { len: 9, flags: 9, addr: 9 };
    InInteger { bytes: b"text" }.with_pinned_in(&mut live, |c| assert_ne!(c_struct(&c).addr, 9)).unwrap();
    assert_eq!((live.len, live.flags, live.addr), (0, 9, 0));
}

// ---- 10: C writes through a pointer made from a shared borrow ----

macro_rules! written_through {
    ($($test:ident($memory:ident) $make:expr, $buf:ident => $look:expr;)*) => {$(
        #[test]
        fn $test() {
            #[allow(unused_mut)]
            let mut $memory = vec![1_u8; 4];
            {
                #[allow(unused_mut)]
                let mut $buf = $make;
                $buf.with_pinned_mut(|c| write_through(c, 2)).unwrap();
                let first: u8 = $look;
                assert_eq!(first, 2, "C's write is not in the buffer itself");
            }
        }
    )*};
}
written_through! {
    s10_c_writes_to_an_exclusive_slice(memory) &mut memory[..], buf => buf[3];
    s10_c_writes_to_an_inline_array(_memory) [1_u8; 4], buf => buf[3];
    s10_c_writes_to_a_borrowed_array(_memory) &mut [1_u8; 4], buf => buf[3];
    s10_c_writes_to_a_vector(memory) memory.clone(), buf => buf[3];
    s10_c_writes_to_a_boxed_slice(memory) memory.clone().into_boxed_slice(), buf => buf[3];
    s10_c_writes_to_an_io_slice(memory) IoSliceMut::new(&mut memory), buf => buf[3];
    s10_c_writes_to_an_out_buf(memory) OutBuf::new(&mut memory), buf => {
        // SAFETY: initialised before, and written by C now.
        unsafe { buf.assume_filled(4) };
        buf.filled()[3]
    };
}

#[test]
fn s10_c_reads_what_is_lent_for_reading() {
    let text = b"only read".to_vec();
    assert_eq!(text.with_pinned(|c| read_through(&c)).unwrap(), text);
    assert_eq!(text.as_slice().with_pinned(|c| read_through(&c)).unwrap(), text);
    assert_eq!(IoSlice::new(&text).with_pinned(|c| read_through(&c)).unwrap(), text);
    assert_eq!("only read".with_pinned(|c| read_through(&c)).unwrap(), text);
    // While C reads others may read too.
    assert!(text.with_pinned(|c| read_through(&c) == text).unwrap());
}

#[test]
fn s10_pointers_to_several_fields_are_good_at_once() {
    #[derive(FfiPinned)]
    struct Three<'a> {
        header: [u8; 4],
        body: &'a mut [u8],
        trailer: [u8; 2],
    }

    let mut body = [0; 3];
    let mut three = Three { header: [0; 4], body: &mut body, trailer: [0; 2] };
    three
        .with_pinned_mut(|mut c| {
            // SAFETY: three filled `iovec`s, lent for writing.
            for (iov, byte) in unsafe { *c.as_mut_ptr() }.iter().rev().zip([3, 2, 1]) {
                // SAFETY: as above.
                unsafe { iov.iov_base.cast::<u8>().write_bytes(byte, iov.iov_len) };
            }
        })
        .unwrap();
    assert_eq!((three.header, &*three.body, three.trailer), ([1; 4], &[2; 3][..], [3; 2]));
}

// ---- 12: the owner moves ----

#[test]
fn s12_the_operation_moves_while_c_writes_its_inline_and_boxed_buffers() {
    #[derive(FfiPinned)]
    struct Both {
        inline: [u8; 8],
        boxed: Box<[u8]>,
        vec: Vec<u8>,
    }

    let mut started = InFlight::new(Both { inline: [0; 8], boxed: Box::new([0; 4]), vec: vec![0; 2] }).unwrap();
    let c = started.start();
    let moved = Box::new([Some(started), None]);
    // SAFETY: plays C, which was given the address and is not done.
    for iov in unsafe { *c } {
        // SAFETY: as above.
        unsafe { iov.iov_base.cast::<u8>().write_bytes(7, iov.iov_len) };
    }
    let [started, _] = *moved;
    // SAFETY: C is done.
    let both = unsafe { started.unwrap().complete(true) }.unwrap();
    assert_eq!((both.inline, &both.boxed[..], &both.vec[..]), ([7; 8], &[7; 4][..], &[7; 2][..]));
}

// ---- 13: the length wraps ----

#[cfg(target_pointer_width = "64")]
#[test]
fn s13_four_gib_and_five_do_not_become_five() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU32)]
    struct Run<'a> {
        #[ffi(ptr = data, len = len)]
        bytes: &'a [u8],
    }
    let memory = pin_ffi_tests::sparse::Sparse::new((1 << 32) + 5);
    let before = echo_calls();
    assert!(echo_run_u32_look(&Run { bytes: &memory }, &mut Seen::default()).is_err());
    assert!(echo_in_u32(&memory, &mut Seen::default()).is_err());
    assert_eq!(echo_calls(), before, "C was called");
}

// ---- 14: the in/out length is not reset ----

#[test]
fn s14_a_value_used_twice_tells_its_capacity_twice() {
    let (mut memory, mut vec) = ([0_u8; 8], Vec::<u8>::with_capacity(8));
    let mut borrowed = reply(OutBuf::new(&mut memory));
    assert_eq!(echo_inout_fill(&mut borrowed, 1, 2).map(|()| borrowed.bytes.filled().len()).unwrap(), 2);
    assert_eq!(echo_inout_given(&mut borrowed).unwrap(), 8);
    assert_eq!(borrowed.bytes.filled(), []);
    assert_eq!(echo_inout_given(&mut borrowed).unwrap(), 8, "after C has said 0");

    let mut spare = reply(Spare::new(&mut vec));
    echo_inout_fill(&mut spare, 1, 2).unwrap();
    let room = echo_inout_given(&mut spare).unwrap();
    assert_eq!(room as usize, vec.capacity());
}

// ---- 15: C reports more than fits ----

#[test]
fn s15_c_reports_more_than_fits() {
    let mut memory = [MaybeUninit::<u8>::uninit(); 4];
    let mut value = reply(OutBuf::uninit(&mut memory));
    echo_inout_fill(&mut value, b'a', 2).unwrap();
    for lie in [5, u32::MAX] {
        let error = echo_inout_fill(&mut value, b'b', lie).unwrap_err();
        assert_eq!(error.to_string(), format!("`Reply.bytes`: C reported {lie} in `len`, and the buffer holds 4"));
        assert_eq!(value.bytes.filled().len(), 2);
    }
    assert_eq!(value.status, -7, "of the honest call");
}

#[test]
fn s15_nothing_is_taken_where_one_report_cannot_be() {
    /// The report comes last.
    #[derive(FfiPinned)]
    #[ffi(c = Inout)]
    struct StatusFirst<'a> {
        #[ffi(out = status)]
        status: i32,
        #[ffi(ptr = data, len = len, inout)]
        bytes: OutBuf<'a, u8>,
    }

    let (mut memory, mut other) = ([0; 4], [0; 4]);
    let mut value = reply(OutBuf::new(&mut memory));
    let mut status_first = StatusFirst { status: 0, bytes: OutBuf::new(&mut other) };
    for (len, status, is_ok) in [(2, 5, true), (9, 6, false), (4, 7, true)] {
        let play = |mut c: LentStruct<'_, Inout>| {
            // SAFETY: plays C, over memory that is initialised.
            unsafe { ((*c.as_mut_ptr()).len, (*c.as_mut_ptr()).status) = (len, status) }
        };
        assert_eq!(value.with_pinned_mut(play).is_ok(), is_ok);
        assert_eq!(status_first.with_pinned_mut(play).is_ok(), is_ok);
        let taken = if is_ok { (len as usize, status) } else { (2, 5) };
        assert_eq!((value.bytes.filled().len(), value.status), taken);
        assert_eq!((status_first.bytes.filled().len(), status_first.status), taken);
    }
}

#[test]
fn s15_c_reports_a_negative_length() {
    #[derive(FfiPinned)]
    #[ffi(c = Signed)]
    struct Room<'a> {
        #[ffi(ptr = data, len = len, inout)]
        bytes: OutBuf<'a, u8>,
    }
    let mut memory = [0; 4];
    let mut room = Room { bytes: OutBuf::new(&mut memory) };
    for lie in [-1, i32::MIN] {
        let error = echo_signed_fill(&mut room, lie).unwrap_err();
        assert_eq!(error.to_string(), format!("`Room.bytes`: C reported {lie} in `len`, and the buffer holds 4"));
    }
    assert_eq!(room.bytes.filled(), b"");
}

#[test]
fn s15_c_reports_more_bytes_than_fit() {
    #[derive(FfiPinned)]
    #[ffi(c = Bytes)]
    struct Words<'a> {
        #[ffi(ptr = words, len_bytes = bytes, inout)]
        words: OutBuf<'a, u32>,
    }
    let mut memory = [0; 4];
    let mut words = Words { words: OutBuf::new(&mut memory) };
    assert!(echo_bytes_fill(&mut words, 1, 17).is_err());
    assert_eq!(words.words.filled(), []);
    echo_bytes_fill(&mut words, 1, 16).unwrap();
    assert_eq!(words.words.filled().len(), 4);
}

#[test]
fn s15_c_returns_more_than_fits() {
    let mut memory = [MaybeUninit::uninit(); 4];
    assert!(echo_read(&mut memory, 5, 0).is_err());
    let mut vec = Vec::with_capacity(4);
    assert!(echo_read(Spare::new(&mut vec), isize::MAX, 0).is_err());
    assert_eq!(vec, b"");
    assert!(echo_read_words(&mut [0; 4], 5).is_err());
    assert!(echo_read_words(&mut [0; 4], -5).is_err());
    assert!(echo_read_bytes(&mut [0; 4], 17).is_err());
    assert_eq!(echo_read_bytes(&mut [0; 4], 16).unwrap(), 4);
}

#[test]
fn s15_c_leaves_more_than_fits_behind_the_length_pointer() {
    assert!(echo_read_through(&mut [0; 4], 5).is_err());
    assert!(echo_read_signed(&mut [0; 4], -1).is_err());
    assert!(echo_read_signed(&mut [0; 4], i32::MIN).is_err());
    assert_eq!(echo_read_signed(&mut [0; 4], 4).unwrap(), 4);
}

#[test]
fn s15_c_deals_with_more_structs_than_there_are() {
    #[derive(FfiPinned)]
    #[ffi(c = List)]
    struct Tagged {
        #[ffi(inout = tag)]
        tag: u32,
    }
    let mut lists = [Tagged { tag: 1 }, Tagged { tag: 2 }];
    let error = echo_lists_fill(&mut lists, 1, 3).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`echo_lists_fill.lists`: C reported 3 in `the returned value`, and the buffer holds 2"
    );
    assert_eq!(lists.each_ref().map(|l| l.tag), [1, 2]);
}

/// Plays C: a report in each of two structs.
#[unsafe(no_mangle)]
unsafe extern "C" fn pin_ffi_soundness_two(a: *mut Inout, b: *mut Inout, n: u32, m: u32) {
    // SAFETY: two structs (caller).
    unsafe { ((*a).len, (*b).len) = (n, m) }
}

/// The same in an array of two.
#[unsafe(no_mangle)]
unsafe extern "C" fn pin_ffi_soundness_run(values: *mut Inout, _: c_int, n: u32, m: u32) {
    // SAFETY: two structs (caller).
    unsafe { pin_ffi_soundness_two(values, values.add(1), n, m) }
}

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(rename = report_in_two)]
    safe fn pin_ffi_soundness_two(#[ffi(pin_mut)] a: *mut Inout, #[ffi(pin_mut)] b: *mut Inout, n: u32, m: u32);
    #[ffi(rename = report_in_a_run)]
    safe fn pin_ffi_soundness_run(#[ffi(pin_mut, len = count)] values: *mut Inout, count: c_int, n: u32, m: u32);
}

type Borrowed<'a> = Reply<OutBuf<'a, u8>>;

#[pinned_ffi]
fn report_in_a_wrapper(
    #[ffi(pin_mut)] a: &mut Borrowed<'_>,
    #[ffi(pin_mut)] b: &mut Borrowed<'_>,
    n: u32,
    m: u32,
) -> io::Result<()> {
    // SAFETY: two structs, lent for writing, over memory that is initialised.
    unsafe { pin_ffi_soundness_two(a.as_mut_ptr(), b.as_mut_ptr(), n, m) };
    Ok(())
}

/// Two values of which the second is lied about after the first was reported truly, and what they show then.
fn reported_in_two(mut call: impl FnMut(&mut [Borrowed<'_>; 2], u32, u32) -> bool) {
    let (mut a, mut b) = ([0; 4], [0; 4]);
    let mut values = [reply(OutBuf::new(&mut a)), reply(OutBuf::new(&mut b))];
    for (n, m, is_ok) in [(2, 3, true), (1, 9, false), (9, 1, false), (4, 4, true)] {
        assert_eq!(call(&mut values, n, m), is_ok);
        let taken = if is_ok { [n as usize, m as usize] } else { [2, 3] };
        assert_eq!(values.each_ref().map(|value| value.bytes.filled().len()), taken);
    }
}

#[test]
fn s15_nothing_is_taken_of_an_array_where_one_report_cannot_be() {
    reported_in_two(|values, n, m| report_in_a_run(&mut values[..], n, m).is_ok());
}

#[test]
fn s15_nothing_is_taken_of_any_parameter_where_one_report_cannot_be() {
    reported_in_two(|[a, b], n, m| report_in_two(a, b, n, m).is_ok());
}

#[test]
fn s15_nothing_is_taken_in_a_wrapper_where_one_report_cannot_be() {
    reported_in_two(|[a, b], n, m| report_in_a_wrapper(a, b, n, m).is_ok());
}

#[test]
fn s15_a_buffer_without_room_takes_nothing_whatever_is_reported() {
    let mut value = reply(None::<OutBuf<'_, u8>>);
    let taken = value.with_pinned_mut(|mut c| {
        // SAFETY: plays C, which says how much room it would have needed.
        unsafe { ((*c.as_mut_ptr()).len, (*c.as_mut_ptr()).status) = (9, 6) }
    });
    assert_eq!((taken, value.status), (Ok(()), 6));
}

// ---- 16: uninitialised bytes shown ----

#[test]
fn s16_only_the_reported_prefix_becomes_visible() {
    let (mut a, mut b, mut vec) = ([MaybeUninit::<u8>::uninit(); 8], [MaybeUninit::uninit(); 8], Vec::with_capacity(8));
    let mut value = reply(OutBuf::uninit(&mut a));
    echo_inout_fill(&mut value, b'x', 3).unwrap();
    assert_eq!(value.bytes.filled(), b"xxx");
    let (filled, rest) = echo_read(&mut b, 3, 0).unwrap();
    assert_eq!((filled.len(), rest.len()), (3, 5));
    echo_read(Spare::new(&mut vec), 3, 0).unwrap();
    assert_eq!(vec, b"rrr");
}

#[test]
fn s16_nothing_becomes_visible_of_a_call_that_did_not_happen() {
    let mut memory = [MaybeUninit::<u8>::uninit(); 8];
    let mut value = reply(OutBuf::uninit(&mut memory));
    value.with_pinned_mut(|c| assert_eq!(c_struct(&c).len, 8)).unwrap();
    assert_eq!(value.bytes.filled(), b"");
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        value.with_pinned_mut(|mut c| {
            // SAFETY: not given to anybody.
            unsafe { c.as_mut_ptr() };
            panic!("before the call");
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(value.bytes.filled(), b"");
}

#[test]
fn s16_uninitialised_memory_is_not_lent_for_reading() {
    let mut memory = [MaybeUninit::<u8>::uninit(); 8];
    assert_eq!(FfiPinned::with_pinned(&&mut memory[..], |c| c_struct(&c).iov_len).unwrap(), 0);
    assert_eq!(OutBuf::uninit(&mut memory).with_pinned(|c| c_struct(&c).iov_len).unwrap(), 0);
    assert_eq!(Spare::new(&mut Vec::with_capacity(8)).with_pinned(|c| c_struct(&c).iov_len).unwrap(), 0);
}

#[test]
#[cfg(all(target_os = "linux", target_pointer_width = "64"))] // where `calls` has recvmmsg
fn s16_nothing_becomes_visible_of_messages_that_did_not_come() {
    use std::os::{fd::AsFd, unix::net::UnixDatagram};

    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    struct Message<'a> {
        #[ffi(ptr = msg_control, len = msg_controllen, inout)]
        control: OutBuf<'a, u8>,
    }
    #[derive(FfiPinned)]
    #[ffi(c = libc::mmsghdr)]
    struct Several<'a> {
        #[ffi(inline = msg_hdr)]
        message: Message<'a>,
    }

    if pin_ffi_tests::machine::emulator("qemu-user reports messages that did not come") {
        return;
    }
    let (a, b) = UnixDatagram::pair().unwrap();
    a.send(b"one").unwrap();
    let mut memory = [[MaybeUninit::uninit(); 8]; 3];
    let mut several = memory.each_mut().map(|m| Several { message: Message { control: OutBuf::uninit(m) } });
    // SAFETY: no descriptor comes.
    let came = unsafe { pin_ffi::calls::recvmmsg_with_control(b.as_fd(), &mut several, libc::MSG_DONTWAIT, None) };
    assert_eq!(came.unwrap(), 1);
    assert_eq!(several.each_ref().map(|s| s.message.control.filled().len()), [0; 3]);
}

// ---- 17: bytes that nobody wrote are sent ----

/// Leaves a field of its C struct to itself.
#[derive(FfiPinned)]
#[ffi(c = Inout)]
struct Told<'a> {
    #[ffi(ptr = data, len = len, read_only)]
    bytes: &'a [u8],
}

#[test]
fn s17_what_no_field_fills_of_a_struct_in_an_array_is_zero() {
    let mut inline = Inline::<INLINE>::uninit();
    // SAFETY: bytes of our own.
    unsafe { (&raw mut inline).cast::<u8>().write_bytes(0xAA, INLINE) };
    let mut scratch = Scratch::new(&mut inline);
    let mut values = [Told { bytes: b"" }, Told { bytes: b"ab" }];
    // SAFETY: the values are borrowed for as long as what they fill is looked at.
    let (array, _) = unsafe { <[Told<'_>]>::fill_all::<false>(&raw mut values[..], true, &mut scratch) }.unwrap();
    // SAFETY: as many structs, of numbers and pointers.
    let filled = unsafe { std::slice::from_raw_parts(array.ptr, array.len) };
    assert_eq!(filled.iter().map(|c| (c.len, c.status)).collect::<Vec<_>>(), [(0, 0), (2, 0)]);
}

// ---- 18: another field claims more than the buffer has ----

#[test]
fn s18_the_shorter_of_two_buffers_is_not_lent_with_the_longers_length() {
    #[derive(FfiPinned)]
    #[ffi(c = Pair)]
    struct Transfer<'a> {
        #[ffi(ptr = tx, len = len, read_only)]
        tx: &'a [u8],
        #[ffi(ptr = rx, len = len)]
        rx: &'a mut [u8],
    }
    let (mut memory, before) = ([7; 8], echo_calls());
    assert!(echo_pair_transfer(&mut Transfer { tx: b"longer", rx: &mut memory[..4] }).is_err());
    assert!(echo_pair_transfer(&mut Transfer { tx: b"s", rx: &mut memory[..4] }).is_err());
    assert!(echo_both(b"longer", &mut memory[..4]).is_err());
    assert_eq!((memory, echo_calls()), ([7; 8], before));
}

#[test]
fn s18_parallel_arrays_count_elements_of_each() {
    #[derive(FfiPinned)]
    #[ffi(c = Parallel)]
    struct Tagged<'a> {
        #[ffi(ptr = tags, len = n)]
        tags: &'a [u64],
        #[ffi(ptr = kinds, len = n)]
        kinds: &'a [u8],
    }
    let mut seen = (Seen::default(), Seen::default());
    assert!(echo_parallel_look(&Tagged { tags: &[1, 2], kinds: &[1] }, &mut seen.0, &mut seen.1).is_err());
    assert!(echo_parallel_look(&Tagged { tags: &[1], kinds: &[1; 8] }, &mut seen.0, &mut seen.1).is_err());
    assert_eq!(seen, (Seen::default(), Seen::default()));
}

#[test]
fn s18_dimensions_claim_more_than_the_buffer_has() {
    let mut seen = Seen::default();
    for (w, h) in [(4, 4), (16, 1), (u32::MAX, 1), (u32::MAX, u32::MAX), (1 << 16, 1 << 16)] {
        assert!(echo_image(&[0; 15], w, h, &mut seen).is_err(), "{w} x {h}");
    }
    assert!(echo_sixteen(&[], &mut seen).is_err());
    assert_eq!(seen, Seen::default(), "C was called");
}

// ---- 19: the address of an empty buffer ----

#[test]
fn s19_an_empty_buffer_has_an_address_that_is_not_null() {
    #[track_caller]
    fn address<B: FfiPinned<C = libc::iovec>>(empty: &B) -> (bool, usize) {
        empty.with_pinned(|c| (c_struct(&c).iov_base.is_null(), c_struct(&c).iov_len)).unwrap()
    }
    let there = (false, 0);
    assert_eq!(address(&b"".as_slice()), there);
    assert_eq!(address(&[0_u8; 0]), there);
    assert_eq!(address(&Vec::<u8>::new()), there);
    assert_eq!(address(&Box::<[u8]>::default()), there);
    assert_eq!(address(&String::new()), there);
    assert_eq!(address(&c""), there);
    assert_eq!(address(&IoSlice::new(b"")), there);
    assert_eq!(address(&OutBuf::new(&mut [0_u8; 0])), there);
    assert_eq!(address(&Spare::new(&mut Vec::<u8>::new())), there);
}

#[test]
fn s19_an_empty_buffer_of_larger_elements_is_aligned() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU8)]
    struct Run<B: Lend> {
        #[ffi(ptr = data, len_bytes = len)]
        bytes: B,
    }
    for address in [
        seen(|s| echo_run_u8_look(&Run { bytes: Vec::<u64>::new() }, s)).address,
        seen(|s| echo_run_u8_look(&Run { bytes: [0_u64; 0].as_slice() }, s)).address,
        seen(|s| echo_run_u8_look(&Run { bytes: Spare::new(&mut Vec::<u64>::new()) }, s)).address,
    ] {
        assert!(address != 0 && address % align_of::<u64>() as u64 == 0, "{address:#x}");
    }
}

#[test]
fn s19_where_it_is_said_an_empty_buffer_is_null() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU8)]
    struct Run<B: Lend> {
        #[ffi(ptr = data, len_bytes = len, null_if_empty)]
        bytes: B,
    }
    assert_eq!(seen(|s| echo_run_u8_look(&Run { bytes: "" }, s)), Seen::NOTHING);
    assert_eq!(seen(|s| echo_run_u8_look(&Run { bytes: None::<Vec<u64>> }, s)), Seen::NOTHING);
}

#[test]
fn s19_an_empty_parameter_is_not_null() {
    let mut seen = Seen::default();
    echo_in(&[], &mut seen);
    assert!(seen.address != 0 && seen.len == 0);
}

// ---- 21: a type that lies between two calls ----

/// Says another length each time that it is asked.
struct Liar {
    bytes: [u8; 64],
    asked: Cell<usize>,
}

impl Liar {
    fn new() -> Self {
        Self { bytes: [0; 64], asked: Cell::new(0) }
    }

    /// Ever shorter: a pointer from one call and a length from an earlier one would not fit together.
    fn lent(&self) -> Lent<u8> {
        let asked = self.asked.get();
        self.asked.set(asked + 1);
        Lent { ptr: self.bytes.as_ptr().wrapping_add(asked).cast_mut(), len: 60 - asked }
    }
}

// SAFETY: each answer by itself is a part of the array.
unsafe impl Lend for Liar {
    type Elem = u8;
    type Access = Shared;
    fn lend(&self) -> Lent<u8> {
        self.lent()
    }
    fn lend_mut(&mut self) -> Lent<u8> {
        self.lent()
    }
}

#[derive(FfiPinned)]
#[ffi(c = Const)]
struct FromLiar {
    #[ffi(ptr = input, len = input_len, max = 64)]
    liar: Liar,
}

#[test]
fn s21_a_buffer_is_asked_once_for_address_and_length() {
    let mut value = FromLiar { liar: Liar::new() };
    let start = value.liar.bytes.as_ptr();
    for asked in 0..3 {
        let (at, len) = value.with_pinned(|c| (c_struct(&c).input, c_struct(&c).input_len)).unwrap();
        assert_eq!((at, len), (start.wrapping_add(asked), 60 - asked));
    }
    let (at, len) = value.with_pinned_mut(|c| (c_struct(&c).input, c_struct(&c).input_len)).unwrap();
    assert_eq!((at, len, value.liar.asked.get()), (start.wrapping_add(3), 57, 4));
}

#[test]
fn s21_an_argument_is_asked_once_for_address_and_length() {
    struct Asked<'a>(&'a mut [u8], &'a Cell<usize>);
    // SAFETY: each answer by itself is a part of the slice.
    unsafe impl Fillable<u8> for Asked<'_> {
        type Output = usize;
        fn lend_out(&mut self) -> Lent<u8> {
            self.1.set(self.1.get() + 1);
            Lent { ptr: self.0.as_mut_ptr(), len: self.0.len() / self.1.get() }
        }
        unsafe fn finish(self, n: usize) -> usize {
            n
        }
    }
    let asked = Cell::new(0);
    assert_eq!(echo_read(Asked(&mut [0; 8], &asked), 8, 0).unwrap(), 8);
    assert_eq!(asked.get(), 1);
}

// ---- 22: panics on the way ----

/// A buffer that panics instead of being lent.
struct Explosive;

// SAFETY: lends nothing.
unsafe impl Lend for Explosive {
    type Elem = u8;
    type Access = Exclusive;
    fn lend(&self) -> Lent<u8> {
        panic!("while it is being filled")
    }
    fn lend_mut(&mut self) -> Lent<u8> {
        self.lend()
    }
}

#[derive(FfiPinned)]
#[ffi(c = Stream)]
struct HalfWay<'a> {
    #[ffi(ptr = next_in, len = avail_in)]
    input: &'a [u8],
    #[ffi(ptr = next_out, len = avail_out)]
    output: Explosive,
}

#[test]
fn s22_a_panic_while_filling_leaves_no_pointer() {
    let mut live = empty_stream();
    for write in [false, true] {
        let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
            let mut half = HalfWay { input: b"lent before the panic", output: Explosive };
            if write { half.with_pinned_mut_in(&mut live, |_| ()) } else { half.with_pinned_in(&mut live, |_| ()) }
        }));
        assert!(panicked.is_err());
        assert_eq!(pointers(&live), 0);
    }
}

#[test]
fn s22_a_panic_after_a_part_was_filled_leaves_no_pointer() {
    /// Fills the struct, and then panics.
    struct Late<'a>(Feed<'a>);
    // SAFETY: the inner value's promise.
    unsafe impl FfiPinned for Late<'_> {
        type C = Stream;
        type Kept = ();
        unsafe fn fill<const WRITE: bool>(
            this: *mut Self,
            c: *mut Stream,
            scratch: &mut Scratch<'_>,
        ) -> Result<(), LendError> {
            // SAFETY: the caller's promise.
            unsafe { Feed::fill::<WRITE>(&raw mut (*this).0, c, scratch)? };
            panic!("after it was filled")
        }
        unsafe fn release(c: *mut Stream) {
            // SAFETY: the caller's promise.
            unsafe { Feed::release(c) }
        }
    }

    let (mut live, mut output) = (empty_stream(), [0; 4]);
    let late = Late(Feed { input: b"text", output: &mut output });
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| late.with_pinned_in(&mut live, |_| ())));
    assert!(panicked.is_err());
    assert_eq!(pointers(&live), 0);
}

#[test]
fn s22_a_panic_while_an_operation_is_made_starts_nothing() {
    #[derive(FfiPinned)]
    struct Unmakable {
        bytes: [u8; 4],
        explosive: ExplosiveIovec,
        #[ffi(skip)]
        _alive: std::sync::Arc<()>,
    }
    /// The same for an `iovec`.
    struct ExplosiveIovec;
    // SAFETY: lends nothing.
    unsafe impl Lend for ExplosiveIovec {
        type Elem = u8;
        type Access = Exclusive;
        fn lend(&self) -> Lent<u8> {
            Explosive.lend()
        }
        fn lend_mut(&mut self) -> Lent<u8> {
            self.lend()
        }
    }
    let alive = std::sync::Arc::new(());
    let value = Unmakable { bytes: [0; 4], explosive: ExplosiveIovec, _alive: alive.clone() };
    let panicked = panic::catch_unwind(panic::AssertUnwindSafe(|| InFlight::new(value).is_ok()));
    assert_eq!(*panicked.unwrap_err().downcast::<&str>().unwrap(), "while it is being filled");
    // C never had the address, so that nothing is kept for it.
    assert_eq!(std::sync::Arc::strong_count(&alive), 1);
}

#[pinned_ffi(panic = -99)]
extern "C" fn panicking(#[ffi(in, len = n)] p: *const u8, n: usize, _user: *mut c_void) -> c_int {
    assert!(p.is_empty(), "in a callback, under C's frames");
    0
}

#[test]
fn s22_a_panic_in_a_callback_goes_back_through_c_as_an_answer() {
    // SAFETY: three bytes that are there.
    let answer = unsafe { echo_call_data(panicking, [1, 2, 3].as_ptr(), 3, null_mut()) };
    assert_eq!(answer, -99);
    assert!(!std::thread::panicking());
}

#[test]
fn s22_a_drop_that_panics_does_not_keep_the_struct_from_being_nulled() {
    struct Dropped;
    impl Drop for Dropped {
        fn drop(&mut self) {
            panic!("in a drop");
        }
    }
    let (mut live, mut output) = (empty_stream(), [0; 4]);
    let mut feed = Feed { input: b"text", output: &mut output };
    let panicked =
        panic::catch_unwind(AssertUnwindSafe(|| feed.with_pinned_mut_in(&mut live, |_| drop(Dropped)).unwrap()));
    assert!(panicked.is_err());
    assert_eq!(pointers(&live), 0);
}

// ---- 23: an address stored as an integer ----

#[test]
fn s23_an_address_in_an_integer_leads_back_to_the_buffer() {
    #[derive(FfiPinned)]
    #[ffi(c = Addr)]
    struct InInteger<'a> {
        #[ffi(ptr = addr, len = len)]
        bytes: &'a mut [u8],
    }
    let mut bytes = [0; 4];
    InInteger { bytes: &mut bytes }
        .with_pinned_mut(|mut c| {
            // SAFETY: plays C, which makes a pointer of the address.
            unsafe {
                let c = c.as_mut_ptr();
                let p: *mut u8 = std::ptr::with_exposed_provenance_mut((*c).addr as usize);
                p.write_bytes(9, (*c).len as usize);
            }
        })
        .unwrap();
    assert_eq!(bytes, [9; 4]);
}

// ---- 25: hygiene ----

/// A place where each name that generated code might use means something else.
#[no_implicit_prelude]
mod shadowed {
    use ::std::ffi::{c_int, c_void};
    use ::std::marker::Copy;
    use ::std::prelude::rust_2024::{Clone, derive};

    #[allow(unused_macros)]
    macro_rules! assert {
        ($($t:tt)*) => {
            compile_error!("the user's own `assert`")
        };
    }

    mod core {}
    mod libc {}
    mod pin_ffi {}
    mod std {}

    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct Scratch;
    pub(super) struct Some;

    /// Methods by which a user's trait might take a call over.
    #[allow(dead_code, reason = "nobody calls its methods: that is what is shown")]
    pub(super) trait Takes {
        fn lend(&self) -> ! {
            ::std::unreachable!()
        }
        fn lend_mut(&mut self) -> ! {
            ::std::unreachable!()
        }
        fn fill(&self) -> ! {
            ::std::unreachable!()
        }
        fn set_filled(&mut self) -> ! {
            ::std::unreachable!()
        }
        fn take_back(&mut self) -> ! {
            ::std::unreachable!()
        }
        fn convert(self) -> !
        where
            Self: ::std::marker::Sized,
        {
            ::std::unreachable!()
        }
        fn cast(&self) -> ! {
            ::std::unreachable!()
        }
        fn write_unaligned(&self) -> ! {
            ::std::unreachable!()
        }
        fn as_mut_ptr(&self) -> *mut usize {
            ::std::unreachable!()
        }
        fn as_ptr(&self) -> *mut usize {
            ::std::unreachable!()
        }
        #[allow(clippy::wrong_self_convention, reason = "by value it would come before the type's own method")]
        fn is_none(self) -> bool
        where
            Self: ::std::marker::Sized,
        {
            ::std::unreachable!()
        }
        /// Would say that C was given a struct that it never got, were `Cell::get` not called by its full name.
        fn get(self) -> bool
        where
            Self: ::std::marker::Sized,
        {
            true
        }
    }
    impl<T: ?::std::marker::Sized> Takes for T {}

    #[allow(non_upper_case_globals)]
    pub(super) const __PIN_FFI: usize = 1;
    #[allow(non_upper_case_globals)]
    const MAX_c: usize = 4;
    #[allow(non_upper_case_globals)]
    const READ_ONLY_c: usize = 2;

    #[derive(::pin_ffi::FfiPinned)]
    #[ffi(c = ::pin_ffi_tests::echo::Inout)]
    pub(super) struct Value<'c, const N: usize> {
        #[ffi(ptr = data, len = len, inout, max = MAX_c * READ_ONLY_c)]
        pub(super) c: ::pin_ffi::OutBuf<'c, u8>,
        #[ffi(out = status)]
        pub(super) kept: c_int,
        #[ffi(skip)]
        pub(super) scratch: [u8; N],
    }

    #[derive(::pin_ffi::FfiPinned)]
    pub(super) struct Untargeted {
        pub(super) c: [u8; READ_ONLY_c],
        pub(super) scratch: ::std::vec::Vec<u8>,
    }

    #[derive(::pin_ffi::Plain, Clone, Copy)]
    #[allow(dead_code, reason = "it only has to compile")]
    #[repr(C)]
    pub(super) struct Point {
        x: c_int,
        y: c_int,
    }

    #[::pin_ffi::pinned_ffi]
    unsafe extern "C" {
        #[link_name = "echo_both"]
        pub(super) safe fn both(
            #[ffi(in, len = ret, max = max_c)] c: *const u8,
            #[ffi(inout, len = ret)] scratch: *mut u8,
            ret: u16,
        );

        #[link_name = "echo_read"]
        #[ffi(err = minus_one)]
        pub(super) safe fn read(
            #[ffi(out, len = inline, filled = ret)] lent: *mut c_void,
            inline: usize,
            done: isize,
            kept: c_int,
        ) -> isize;

        #[link_name = "echo_inout_fill"]
        #[ffi(err = nonzero)]
        pub(super) safe fn fill(
            #[ffi(pin_mut)] value: *mut ::pin_ffi_tests::echo::Inout,
            c: u8,
            __pin_ffi: u32,
        ) -> c_int;
    }
    #[allow(non_upper_case_globals)]
    const max_c: usize = 3;

    #[::pin_ffi::pinned_ffi]
    pub(super) fn wrapper(
        #[ffi(pin_mut)] iov: &mut [Short],
        array: usize,
        kept: usize,
        ret: usize,
    ) -> ::std::io::Result<usize> {
        ::std::result::Result::Ok(iov.len() + array + kept + ret)
    }

    #[::pin_ffi::pinned_ffi]
    pub(super) fn not_called<const N: usize>(#[ffi(pin_mut)] c: &mut Value<'_, N>) -> ::std::io::Result<bool> {
        ::std::result::Result::Ok(::pin_ffi::manual::LentStruct::as_ptr(&c).is_null())
    }

    #[derive(::pin_ffi::FfiPinned)]
    #[ffi(c = ::pin_ffi_tests::echo::Node)]
    pub(super) struct Short(#[ffi(ptr = data, len = len)] pub(super) [u8; 1]);

    fn body(n: c_int) -> c_int {
        n + 1
    }

    #[::pin_ffi::pinned_ffi(panic = self::answer())]
    pub(super) extern "C" fn callback(
        #[ffi(in, len = answer)] body: *const u8,
        answer: usize,
        #[ffi(userdata = c_int)] guarded: *mut c_void,
    ) -> c_int {
        *guarded = self::body(*guarded);
        body[0].into_int()
    }

    fn answer() -> c_int {
        body(-100)
    }

    use ::std::convert::From as _;

    trait IntoInt {
        fn into_int(self) -> c_int;
    }
    impl IntoInt for u8 {
        fn into_int(self) -> c_int {
            c_int::from(self)
        }
    }
}

#[test]
fn s25_generated_code_means_what_it_says_wherever_it_stands() {
    let mut memory = [0; 8];
    let mut value = shadowed::Value::<2> { c: OutBuf::new(&mut memory), kept: 0, scratch: [1; 2] };
    shadowed::fill(&mut value, b'h', 3).unwrap();
    assert_eq!((value.c.filled(), value.kept, value.scratch), (&b"hhh"[..], -7, [1; 2]));
    let untargeted = shadowed::Untargeted { c: [0; 2], scratch: vec![0; 3] };
    assert_eq!(untargeted.with_pinned(|c| c_struct(&c)[1].iov_len).unwrap(), 3);
    let _ = (shadowed::None, shadowed::Ok, shadowed::Option, shadowed::Result, shadowed::Scratch, shadowed::Some);
}

#[test]
fn s25_a_users_trait_does_not_say_that_c_wrote() {
    let mut memory = [MaybeUninit::uninit(); 8];
    let mut value = shadowed::Value::<0> { c: OutBuf::uninit(&mut memory), kept: 0, scratch: [] };
    assert!(!shadowed::not_called(&mut value).unwrap());
    assert_eq!(value.c.filled(), b"");
}

#[test]
fn s25_parameters_may_have_the_names_of_generated_locals() {
    let mut b = [0; 2];
    shadowed::both(&[1, 2], &mut b).unwrap();
    assert_eq!(b, [2, 3]);
    assert!(shadowed::both(&[0; 4], &mut [0; 4]).is_err(), "`max` is the user's `max_c`");
    assert_eq!(shadowed::read(&mut [0; 4], 2, 0).unwrap(), 2);
    let mut run = [shadowed::Short([0]), shadowed::Short([0])];
    assert_eq!(shadowed::wrapper(&mut run, 10, 20, 30).unwrap(), 62);
}

#[test]
fn s25_a_callbacks_parameters_and_functions_are_the_users() {
    let mut user: c_int = 1;
    // SAFETY: a byte, and the user data that the callback wants.
    let ret = unsafe { echo_call_data(shadowed::callback, [5].as_ptr(), 1, (&raw mut user).cast()) };
    assert_eq!((ret, user), (5, 2));
    // SAFETY: no data: the body panics.
    let ret = unsafe { echo_call_data(shadowed::callback, [5].as_ptr(), 0, (&raw mut user).cast()) };
    assert_eq!(ret, -99);
}

// ---- 26: a value in another thread ----

/// Whether the type has the trait; `true` is found first, where its bound holds.
macro_rules! has {
    ($bound:ident: $t:ty) => {{
        #[allow(dead_code)]
        trait Otherwise {
            const HAS: bool = false;
        }
        impl<T: ?Sized> Otherwise for T {}
        struct Asked<T: ?Sized>(PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $bound> Asked<T> {
            const HAS: bool = true;
        }
        <Asked<$t>>::HAS
    }};
}

/// As a refusal the compiler would show std's source, so this is no compile-fail case: the flag is in an `Option`.
#[test]
fn s26_a_filled_struct_stays_in_the_thread_of_its_wrapper() {
    assert!(has!(Send: u32) && has!(Sync: u32), "what is asked about can be there");
    assert!(!has!(Send: LentStruct<'static, u32>));
    assert!(!has!(Sync: LentStruct<'static, u32>));
    assert!(!has!(Send: LentArray<'static, u32>));
    assert!(!has!(Sync: LentArray<'static, u32>));
}

// ---- 27: errno changed between the call and its reading ----

#[test]
fn s27_a_buffers_drop_sets_errno() {
    /// A buffer whose drop calls C, and changes `errno`.
    struct Disturbs([u8; 4]);
    impl Drop for Disturbs {
        fn drop(&mut self) {
            echo_set_errno(libc::ECHILD);
        }
    }
    // SAFETY: passes on what the array promises.
    unsafe impl Fillable<u8> for Disturbs {
        type Output = usize;
        fn lend_out(&mut self) -> Lent<u8> {
            Lent { ptr: self.0.as_mut_ptr(), len: 4 }
        }
        unsafe fn finish(self, n: usize) -> usize {
            n
        }
    }

    let error = echo_read(Disturbs([0; 4]), -1, libc::EXDEV).unwrap_err();
    assert_eq!(echo_get_errno(), libc::ECHILD, "the buffer was dropped after the call");
    assert_eq!(error.raw_os_error(), Some(libc::EXDEV));
    let _: io::Error = error;
}

#[test]
fn s04_a_fill_that_is_refused_leaves_nothing_of_what_came_before() {
    #[repr(C)]
    struct part {
        data: *const u8,
        len: u8,
    }
    #[repr(C)]
    struct pair {
        one: part,
        other: part,
    }
    #[derive(FfiPinned)]
    #[ffi(c = part)]
    struct Part<'a> {
        #[ffi(ptr = data, len = len)]
        data: &'a [u8],
    }
    #[derive(FfiPinned)]
    #[ffi(c = pair)]
    struct Pair<'a> {
        #[ffi(inline = one)]
        one: Part<'a>,
        #[ffi(inline = other)]
        other: Part<'a>,
    }
    let value = Pair { one: Part { data: b"fits" }, other: Part { data: &[0; 256] } };
    let part = |len| part { data: null_mut(), len };
    let mut live = pair { one: part(1), other: part(2) };
    value.with_pinned_in(&mut live, |_| panic!("called")).unwrap_err();
    assert!(live.one.data.is_null() && live.other.data.is_null());
    assert_eq!((live.one.len, live.other.len), (1, 2));
}
