//! What C is lent, with C played by Rust: for an interpreter of the aliasing rules (`ci/miri.sh`), which sees what a run
//! cannot: a write through what was lent for reading, an address whose provenance was not exposed, a pointer that a later
//! borrow has ended, a byte that is read and was never written. As ordinary tests they show the values.

use pin_ffi::{FfiPinned, FfiPinnedMut, InFlight, OutBuf, Pinner, Spare, pinned_ffi, scope};
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

// ---- C's structs ----

#[repr(C)]
struct Run {
    data: *mut u8,
    len: u32,
}

#[repr(C)]
struct Message {
    runs: *mut Run,
    n: usize,
    address: u64,
    address_len: u16,
    reply: *mut u8,
    reply_len: usize,
    inner: Run,
    status: i32,
}

// ---- C's side ----

/// Adds one to every byte of every run, copies the first bytes of what `address` leads to into the reply.
#[unsafe(no_mangle)]
unsafe extern "C" fn played_step(message: *mut Message) -> c_int {
    // SAFETY: the callers pass a filled message; a call that is lent one for reading does not come here.
    unsafe {
        let m = &mut *message;
        let mut sum = 0;
        for i in 0..m.n {
            sum += step(&raw mut *m.runs.add(i));
        }
        sum += step(&raw mut m.inner);
        let from: *const u8 = std::ptr::with_exposed_provenance(m.address as usize);
        let n = m.reply_len.min(m.address_len.into());
        from.copy_to_nonoverlapping(m.reply, n);
        m.reply_len = n;
        m.status = 3;
        sum
    }
}

unsafe fn step(run: *mut Run) -> c_int {
    let mut sum = 0;
    // SAFETY: the caller passes a filled run.
    unsafe {
        for i in 0..(*run).len as usize {
            *(*run).data.add(i) += 1;
            sum += c_int::from(*(*run).data.add(i));
        }
    }
    sum
}

#[unsafe(no_mangle)]
unsafe extern "C" fn played_sum(runs: *const Run, n: u32) -> u32 {
    // SAFETY: the wrapper passes so many runs.
    let runs = unsafe { std::slice::from_raw_parts(runs, n as usize) };
    // SAFETY: as above.
    runs.iter().flat_map(|r| unsafe { std::slice::from_raw_parts(r.data, r.len as usize) }).map(|b| u32::from(*b)).sum()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn played_fill(p: *mut u16, n: usize, first: *mut u16) -> isize {
    // SAFETY: the wrapper passes room for `n`.
    unsafe {
        for i in 0..n / 2 {
            p.add(i).write(*first + i as u16);
        }
        *first += n as u16 / 2;
    }
    (n / 2) as isize
}

#[unsafe(no_mangle)]
unsafe extern "C" fn played_call(
    f: unsafe extern "C" fn(*const u8, usize, *mut c_void) -> c_int,
    user: *mut c_void,
) -> c_int {
    let data = [1, 2, 3];
    // SAFETY: three bytes, and the user's own pointer.
    unsafe { f(data.as_ptr(), 3, user) + f(data.as_ptr(), 2, user) }
}

// ---- Rust's side ----

mod c {
    use super::*;

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(err = none)]
        pub(super) safe fn played_step(#[ffi(pin_mut)] message: *mut Message) -> c_int;
        pub(super) safe fn played_sum(#[ffi(pin, len = n)] runs: *const Run, n: u32) -> u32;
        pub(super) safe fn played_fill(
            #[ffi(out, len = n, filled = ret)] p: *mut u16,
            n: usize,
            #[ffi(inout)] first: *mut u16,
        ) -> isize;
    }
}

#[derive(FfiPinned)]
#[ffi(c = Run)]
struct Bytes<B: pin_ffi::Lend> {
    #[ffi(ptr = data, len = len)]
    bytes: B,
}

/// Every kind of field: an array of structs with their bytes inside, a nested struct, an address in an integer, memory that
/// is not initialised.
#[derive(FfiPinned)]
#[ffi(c = Message)]
struct Call<'a, const N: usize> {
    #[ffi(array = runs, len = n)]
    runs: [Bytes<[u8; 3]>; N],
    #[ffi(ptr = address, len = address_len, read_only)]
    address: &'a [u8],
    #[ffi(ptr = reply, len = reply_len, inout)]
    reply: OutBuf<'a, u8>,
    #[ffi(inline = inner)]
    inner: Bytes<Vec<u8>>,
    #[ffi(out = status)]
    status: i32,
}

fn call<'a, const N: usize>(address: &'a [u8], reply: &'a mut [MaybeUninit<u8>]) -> Call<'a, N> {
    Call {
        runs: [(); N].map(|()| Bytes { bytes: [1, 2, 3] }),
        address,
        reply: OutBuf::uninit(reply),
        inner: Bytes { bytes: vec![10, 20] },
        status: 0,
    }
}

fn check<const N: usize>(call: &Call<'_, N>, times: u8) {
    for run in &call.runs {
        assert_eq!(run.bytes, [1 + times, 2 + times, 3 + times]);
    }
    assert_eq!(call.inner.bytes, [10 + times, 20 + times]);
    assert_eq!((call.reply.filled(), call.status), (&b"abc"[..], 3));
}

#[test]
fn every_kind_of_field_is_filled_and_taken_back() {
    let mut reply = [MaybeUninit::uninit(); 8];
    let mut value = call::<2>(b"abc", &mut reply);
    assert_eq!(c::played_step(&mut value).unwrap(), 2 * (2 + 3 + 4) + 11 + 21);
    check(&value, 1);
    value.reply.clear();
    c::played_step(&mut value).unwrap();
    check(&value, 2);
}

#[test]
fn more_structs_than_the_stack_takes_are_filled_in_a_block() {
    let mut reply = [MaybeUninit::uninit(); 3];
    let mut value = call::<100>(b"abcdef", &mut reply);
    c::played_step(&mut value).unwrap();
    check(&value, 1);
}

/// Two parameters of one struct, each lent for writing.
#[pinned_ffi]
fn wrapped_steps(
    #[ffi(pin_mut)] first: &mut Call<'_, 2>,
    #[ffi(pin_mut)] second: &mut Call<'_, 2>,
) -> std::io::Result<c_int> {
    // SAFETY: C gets both before the body ends.
    let (a, b) = unsafe { (first.as_mut_ptr(), second.as_mut_ptr()) };
    // SAFETY: two filled messages; C writes their structs and what these lead to.
    Ok(unsafe { played_step(a) + played_step(b) })
}

#[test]
fn c_writes_the_structs_of_a_wrapper_while_its_body_runs() {
    let (mut reply, mut other) = ([MaybeUninit::uninit(); 8], [MaybeUninit::uninit(); 8]);
    let (mut first, mut second) = (call::<2>(b"abc", &mut reply), call::<2>(b"abc", &mut other));
    assert_eq!(wrapped_steps(&mut first, &mut second).unwrap(), 2 * (2 * (2 + 3 + 4) + 11 + 21));
    check(&first, 1);
    check(&second, 1);
}

#[test]
fn addresses_of_one_fill_stay_good_while_c_uses_them_in_turn() {
    let mut reply = [MaybeUninit::uninit(); 8];
    let mut value = call::<2>(b"abc", &mut reply);
    value
        .with_pinned_mut(|mut filled| {
            // SAFETY: what is written through it is bytes, and the length stays within the buffer.
            let message = unsafe { filled.as_mut_ptr() };
            // SAFETY: filled just now.
            let (first, second) = unsafe { ((*(*message).runs).data, (*(*message).runs.add(1)).data) };
            for _ in 0..2 {
                // SAFETY: three bytes each, written through one address and the other.
                unsafe {
                    *first += 1;
                    *second += 1;
                    *second.add(2) += *first.add(1);
                }
            }
            // SAFETY: as above.
            unsafe { (*message).reply_len = 0 };
        })
        .unwrap();
    assert_eq!((value.runs[0].bytes, value.runs[1].bytes), ([3, 2, 3], [3, 2, 7]));
    assert_eq!(value.reply.filled(), b"");
}

#[test]
fn shared_buffers_are_read_side_by_side() {
    let bytes = vec![1_u8, 2, 3];
    let runs = [Bytes { bytes: &bytes[..] }, Bytes { bytes: &bytes[1..] }];
    let held = &bytes;
    assert_eq!((c::played_sum(&runs).unwrap(), held.len()), (11, 3));
    assert_eq!(runs[0].bytes, &bytes[..]);
}

#[test]
fn a_panic_in_between_leaves_the_buffers_to_their_owner() {
    let mut reply = [MaybeUninit::uninit(); 8];
    let mut value = call::<2>(b"abc", &mut reply);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        value.with_pinned_mut(|mut filled| {
            // SAFETY: filled just now.
            unsafe { *(*(*filled.as_mut_ptr()).runs).data = 9 };
            panic!("in between");
        })
    }));
    assert!(panicked.is_err());
    value.runs[0].bytes[1] = 8;
    assert_eq!((value.runs[0].bytes, value.reply.filled()), ([9, 8, 3], &b""[..]));
}

// ---- the attribute ----

#[test]
fn only_what_c_filled_is_shown() {
    let mut first = 5;
    let mut memory = [MaybeUninit::uninit(); 6];
    let (filled, rest) = c::played_fill(&mut memory, &mut first).unwrap();
    assert_eq!((&filled[..], rest.len(), first), (&[5, 6, 7][..], 3, 8));
    filled[0] = 1;
    rest[0].write(2);

    let mut vec = Vec::with_capacity(8);
    vec.push(4);
    c::played_fill(Spare::new(&mut vec), &mut first).unwrap();
    assert_eq!((&vec[..3], vec[vec.len() - 1] as usize), (&[4, 8, 9][..], first as usize - 1));
}

#[pinned_ffi(panic = -1)]
extern "C" fn adds(#[ffi(in, len = n)] p: *const u8, n: usize, #[ffi(userdata = Vec<u8>)] user: *mut c_void) -> c_int {
    user.extend_from_slice(p);
    user.len() as c_int
}

#[test]
fn what_a_callback_is_lent_is_its_users() {
    let mut seen: Vec<u8> = Vec::new();
    // SAFETY: the user data that `adds` expects.
    assert_eq!(unsafe { played_call(adds, (&raw mut seen).cast()) }, 3 + 5);
    assert_eq!(seen, [1, 2, 3, 1, 2]);
}

// ---- in flight ----

/// An address for another thread.
struct Sent(NonNull<Message>);

// SAFETY: the threads take turns.
unsafe impl Send for Sent {}

#[test]
fn a_value_in_flight_is_written_by_another_thread_while_its_handle_moves() {
    let reply: &'static mut [MaybeUninit<u8>] = Vec::leak(vec![MaybeUninit::uninit(); 3]);
    let memory = NonNull::from(&mut *reply);
    // SAFETY: the only way to the memory until it is freed below.
    let value = call::<2>(b"abc", unsafe { &mut *memory.as_ptr() });
    let mut operation = InFlight::new(value).ok().unwrap();
    let sent = Sent(NonNull::new(operation.start()).unwrap());
    let thread = std::thread::spawn(move || {
        let sent = sent;
        // SAFETY: the operation is completed after the join only.
        unsafe { played_step(sent.0.as_ptr()) }
    });
    let moved = Box::new(operation);
    assert!(!moved.as_ptr().is_null());
    thread.join().unwrap();
    // SAFETY: the thread has ended.
    let value = unsafe { moved.complete(true) }.ok().unwrap();
    check(&value, 1);
    drop(value);
    // SAFETY: leaked above, and borrowed no more.
    drop(unsafe { Box::from_raw(memory.as_ptr()) });
}

#[test]
fn an_operation_that_never_started_is_freed() {
    let value = Bytes { bytes: [7_u8; 5] };
    let operation = InFlight::new(value).ok().unwrap();
    assert_eq!(operation.into_value().ok().unwrap().bytes, [7; 5]);
}

// ---- pins ----

#[test]
fn pins_stay_good_while_the_pinner_moves_and_others_are_made() {
    let (mut a, b) = (vec![1_u8, 2], [3_u8, 4]);
    let pinner = Pinner::new();
    let first = pinner.pin_mut(&mut a).as_mut_ptr();
    let second = pinner.pin(&b).as_ptr();
    let owned = pinner.pin_owned_mut(vec![5_u8; 100]).as_mut_ptr();
    let moved = Box::new(pinner);
    for _ in 0..20 {
        let _ = moved.pin_owned(vec![0_u8; 3]);
    }
    // SAFETY: pinned all of them, and used by nobody else.
    unsafe {
        *first += *second;
        *owned.add(99) += *first;
        assert_eq!(*owned.add(99), 9);
    }
    drop(moved);
    a.push(b[1]);
    assert_eq!(a, [4, 2, 4]);
}

#[test]
fn a_pinned_address_stands_in_a_struct_for_as_long_as_the_scope() {
    let mut bytes = [1_u8, 2, 3];
    let mut run = Run { data: std::ptr::null_mut(), len: 3 };
    scope(|s| {
        let pin = s.pin_mut(&mut bytes);
        // SAFETY: `run` outlives the scope, and is used through this address alone.
        let _stored = unsafe { s.store_at(&raw mut run.data, &pin) };
        // SAFETY: three pinned bytes.
        assert_eq!(unsafe { step(&raw mut run) }, 2 + 3 + 4);
    });
    assert_eq!((bytes, run.data.is_null()), ([2, 3, 4], true));
}
