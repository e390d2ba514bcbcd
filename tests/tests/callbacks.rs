//! Functions that C calls: what C passes, as Rust; what C must not pass; and a panic, which does not cross into C.

use pin_ffi::pinned_ffi;
use pin_ffi_tests::child::alone;
use pin_ffi_tests::echo::*;
use std::ffi::{c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt;
use std::process::Output;
use std::ptr::{null, null_mut};

/// What a callback answers if it panics.
const PANICKED: c_int = -99;

#[derive(Default, Debug, PartialEq)]
struct Sink {
    bytes: Vec<u8>,
    times: usize,
}

#[pinned_ffi(panic = PANICKED)]
extern "C" fn on_data(#[ffi(in, len = n)] p: *const u8, n: usize, #[ffi(userdata = Sink)] sink: *mut c_void) -> c_int {
    assert!(p.first() != Some(&b'?'), "a question");
    sink.bytes.extend_from_slice(p);
    sink.times += 1;
    p.len() as c_int
}

fn data(p: *const u8, n: usize, sink: &mut Sink) -> c_int {
    // SAFETY: each caller passes what there is, or NULL.
    unsafe { echo_call_data(on_data, p, n, (&raw mut *sink).cast()) }
}

#[test]
fn data_and_user_data_arrive_as_borrows() {
    let mut sink = Sink::default();
    assert_eq!(data(b"some".as_ptr(), 4, &mut sink), 4);
    assert_eq!(data(b"more".as_ptr(), 2, &mut sink), 2);
    assert_eq!(sink, Sink { bytes: b"somemo".to_vec(), times: 2 });
}

#[test]
fn null_with_length_zero_is_an_empty_slice() {
    let mut sink = Sink::default();
    assert_eq!(data(null(), 0, &mut sink), 0);
    assert_eq!(sink.times, 1);
}

#[test]
fn null_with_a_length_does_not_reach_the_body() {
    let mut sink = Sink::default();
    assert_eq!(data(null(), 3, &mut sink), PANICKED);
    assert_eq!(sink.times, 0);
}

#[test]
fn a_length_that_no_memory_has_does_not_reach_the_body() {
    let mut sink = Sink::default();
    assert_eq!(data(b"x".as_ptr(), usize::MAX, &mut sink), PANICKED);
    assert_eq!(sink.times, 0);
}

#[test]
fn user_data_that_is_null_does_not_reach_the_body() {
    // SAFETY: no data, and NULL is what is tested.
    assert_eq!(unsafe { echo_call_data(on_data, null(), 0, null_mut()) }, PANICKED);
}

#[test]
fn a_panic_is_answered_and_the_callback_may_be_called_again() {
    let mut sink = Sink::default();
    assert_eq!(data(b"?".as_ptr(), 1, &mut sink), PANICKED);
    assert_eq!(data(b"!".as_ptr(), 1, &mut sink), 1);
    assert_eq!(sink, Sink { bytes: b"!".to_vec(), times: 1 });
}

// ---- lengths ----

#[pinned_ffi(panic = PANICKED)]
extern "C" fn on_signed(#[ffi(in, len = n)] p: *const u16, n: i32, _unused: *mut c_void) -> c_int {
    p.iter().map(|w| c_int::from(*w)).sum()
}

#[test]
fn a_signed_length_is_a_length() {
    // SAFETY: two elements that are there.
    assert_eq!(unsafe { echo_call_signed(on_signed, [40_u16, 2].as_ptr(), 2, null_mut()) }, 42);
}

#[test]
fn a_negative_length_does_not_reach_the_body() {
    // SAFETY: the length is what is tested.
    assert_eq!(unsafe { echo_call_signed(on_signed, [1_u16].as_ptr(), -1, null_mut()) }, PANICKED);
}

#[test]
fn a_misaligned_address_does_not_reach_the_body() {
    let words = [1_u16, 2];
    // SAFETY: the address is what is tested; nobody reads there.
    assert_eq!(unsafe { echo_call_signed(on_signed, words.as_ptr().wrapping_byte_add(1), 1, null_mut()) }, PANICKED);
}

#[pinned_ffi(panic = PANICKED)]
extern "C" fn on_room(#[ffi(out, len = *n)] p: *mut u8, n: *const u32, _unused: *mut c_void) -> c_int {
    let p: &mut [MaybeUninit<u8>] = p;
    for b in p.iter_mut() {
        b.write(b'o');
    }
    p.len() as c_int
}

#[test]
fn room_with_its_length_behind_a_pointer_is_filled() {
    let mut room = [0; 4];
    // SAFETY: room for three.
    assert_eq!(unsafe { echo_call_room(on_room, room.as_mut_ptr(), &3, null_mut()) }, 3);
    assert_eq!(&room, b"ooo\0");
}

#[pinned_ffi(panic = PANICKED)]
extern "C" fn on_answer(#[ffi(out)] answer: *mut c_int, #[ffi(out = u16, nullable)] further: *mut c_void) -> c_int {
    // What nobody has written is not shown.
    let (answer, further): (&mut MaybeUninit<c_int>, Option<&mut MaybeUninit<u16>>) = (answer, further);
    answer.write(7);
    further.map_or(0, |f| c_int::from(*f.write(8)))
}

#[test]
fn room_for_one_value_is_filled() {
    let (mut answer, mut further) = (MaybeUninit::uninit(), MaybeUninit::<u16>::uninit());
    // SAFETY: room for both, or for one.
    unsafe {
        assert_eq!(on_answer(answer.as_mut_ptr(), further.as_mut_ptr().cast()), 8);
        assert_eq!((answer.assume_init(), further.assume_init()), (7, 8));
        assert_eq!(on_answer(answer.as_mut_ptr(), null_mut()), 0);
        assert_eq!(on_answer(null_mut(), null_mut()), PANICKED);
    }
}

#[test]
fn a_length_pointer_that_is_null_does_not_reach_the_body() {
    // SAFETY: NULL is what is tested.
    assert_eq!(unsafe { echo_call_room(on_room, [0].as_mut_ptr(), null(), null_mut()) }, PANICKED);
}

#[pinned_ffi(panic = PANICKED)]
extern "C" fn on_change(#[ffi(inout, len = w * h)] p: *mut u32, w: u32, h: u32, _unused: *mut c_void) -> c_int {
    for x in &mut *p {
        *x *= w;
    }
    p.len() as c_int
}

#[test]
fn a_computed_length_is_of_what_c_passes() {
    let mut pixels = [1, 2, 3, 4, 5, 6, 7];
    // SAFETY: six elements that are there.
    assert_eq!(unsafe { echo_call_change(on_change, pixels.as_mut_ptr(), 2, 3, null_mut()) }, 6);
    assert_eq!(pixels, [2, 4, 6, 8, 10, 12, 7]);
}

#[test]
fn a_computed_length_that_no_memory_has_does_not_reach_the_body() {
    let mut pixel = [5];
    // SAFETY: the length is what is tested.
    let ret = unsafe { echo_call_change(on_change, pixel.as_mut_ptr(), u32::MAX, u32::MAX, null_mut()) };
    assert_eq!((ret, pixel), (PANICKED, [5]));
}

// ---- single values ----

#[pinned_ffi]
extern "C" fn on_values(
    #[ffi(in)] given: *const i32,
    #[ffi(inout, nullable)] changed: *mut i32,
    #[ffi(cstr, nullable)] s: *const c_char,
    #[ffi(userdata = String, nullable)] text: *mut c_void,
) -> i64 {
    if let Some(changed) = changed {
        *changed += *given;
    }
    match (s, text) {
        (Some(s), Some(text)) => {
            text.push_str(s.to_str().unwrap());
            text.len() as i64
        }
        (None, None) => -1,
        _ => -2,
    }
}

#[test]
fn values_strings_and_user_data_arrive_as_borrows() {
    let (mut changed, mut text) = (40, String::from("a "));
    // SAFETY: all of it is there.
    let ret = unsafe { echo_call_values(on_values, &2, &mut changed, c"word".as_ptr(), (&raw mut text).cast()) };
    assert_eq!((ret, changed, text.as_str()), (6, 42, "a word"));
}

#[test]
fn nullable_makes_null_none() {
    // SAFETY: what may be NULL is.
    assert_eq!(unsafe { echo_call_values(on_values, &2, null_mut(), null(), null_mut()) }, -1);
}

#[test]
fn a_callback_may_call_c_that_calls_it() {
    #[pinned_ffi(panic = PANICKED)]
    extern "C" fn again(#[ffi(in, len = n)] p: *const u8, n: usize, user: *mut c_void) -> c_int {
        match p {
            [first, rest @ ..] => {
                // SAFETY: a part of what C lent for this call.
                let deeper = unsafe { echo_call_data(again, rest.as_ptr(), rest.len(), user) };
                c_int::from(*first) + deeper
            }
            [] => 0,
        }
    }

    // SAFETY: four bytes that are there.
    assert_eq!(unsafe { echo_call_data(again, [1, 2, 3, 4].as_ptr(), 4, null_mut()) }, 10);
}

#[test]
fn a_callback_is_an_unsafe_function_of_c() {
    let _: unsafe extern "C" fn(*const u8, usize, *mut c_void) -> c_int = on_data;
}

#[test]
fn a_callback_without_pointers_is_safe_to_call() {
    #[pinned_ffi(panic = -1)]
    extern "C" fn half(n: c_int) -> c_int {
        assert_eq!(n % 2, 0);
        n / 2
    }
    assert_eq!((half(8), half(7)), (4, -1));
}

// ---- panics that nothing can answer ----

/// Runs one test of this file in a process of its own, with `PIN_FFI_CHILD` set.
fn in_a_process(test: &str) -> Output {
    alone(test).env("PIN_FFI_CHILD", test).output().unwrap()
}

fn is_child() -> bool {
    std::env::var_os("PIN_FFI_CHILD").is_some()
}

#[pinned_ffi]
extern "C" fn unanswered(#[ffi(in, len = n)] p: *const u8, n: usize, _user: *mut c_void) -> c_int {
    p[3].into()
}

#[test]
fn a_panic_without_an_answer_ends_the_process_and_says_where() {
    if is_child() {
        // SAFETY: three bytes that are there.
        unsafe { echo_call_data(unanswered, [0; 3].as_ptr(), 3, null_mut()) };
        println!("went on");
        return;
    }
    let output = in_a_process("a_panic_without_an_answer_ends_the_process_and_says_where");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.signal(), Some(libc::SIGABRT), "{err}");
    assert!(err.contains("`unanswered` panicked while C was calling it") && !out.contains("went on"), "{err}");
}

#[pinned_ffi(panic = 0)]
extern "C" fn two_panics(_n: c_int) -> c_int {
    struct AgainWhenDropped;
    impl Drop for AgainWhenDropped {
        fn drop(&mut self) {
            panic!("dropping the panic's payload");
        }
    }
    std::panic::panic_any(AgainWhenDropped)
}

#[test]
fn a_panic_that_panics_when_dropped_ends_the_process() {
    if is_child() {
        two_panics(1);
        println!("went on");
        return;
    }
    let output = in_a_process("a_panic_that_panics_when_dropped_ends_the_process");
    assert_eq!(output.status.signal(), Some(libc::SIGABRT));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("went on"));
}

/// Callbacks where they stand beside what they are for.
mod methods {
    use super::*;

    struct Sum<'a> {
        total: &'a mut i32,
    }

    impl Sum<'_> {
        const FIRST: i32 = 100;

        #[pinned_ffi(panic = -1)]
        #[expect(clippy::manual_assert, reason = "an expectation holds for the body")]
        extern "C" fn add(mut n: c_int, #[ffi(userdata = Self)] sum: *mut c_void) -> c_int {
            if n < 0 {
                panic!("a negative number");
            }
            n += Self::FIRST;
            *sum.total += n;
            n
        }
    }

    #[test]
    fn a_callback_of_an_impl_says_self_and_changes_its_parameters() {
        let mut total = 0;
        let mut sum = Sum { total: &mut total };
        let add: unsafe extern "C" fn(c_int, *mut c_void) -> c_int = Sum::add;
        // SAFETY: the address of a `Sum`.
        let answers = [1, -1, 2].map(|n| unsafe { add(n, (&raw mut sum).cast()) });
        assert_eq!((answers, total), ([101, -1, 102], 203));
    }
}

#[pinned_ffi(r#panic = -1)]
extern "C" fn raw(
    #[r#ffi(r#in, len = r#n)] p: *const u8,
    n: usize,
    #[ffi(userdata = u8)] r#type: *mut c_void,
) -> c_int {
    *r#type = r#p[0];
    p.len() as c_int
}

#[test]
fn a_name_of_a_callback_is_the_same_with_and_without_its_mark() {
    let mut first = 0_u8;
    // SAFETY: two bytes, and an address of a `u8`.
    let n = unsafe { raw(b"xy".as_ptr(), 2, (&raw mut first).cast()) };
    assert_eq!((n, first), (2, b'x'));
}
