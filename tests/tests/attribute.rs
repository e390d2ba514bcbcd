//! `#[pinned_ffi]` on C declarations and on wrappers: what C gets for each word, what comes back, and in which order.

use pin_ffi::{
    FfiArray, FfiPinned, FfiPinnedMut, LendError, OutBuf, Plain, Reason, Spare,
    manual::{Exclusive, Scratch, Shared},
    pinned_ffi,
};
use pin_ffi_tests::echo::*;
use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

// ---- `in` ----

#[test]
fn in_lends_a_slice_for_reading() {
    let (mut seen, bytes) = (Seen::default(), *b"read me");
    echo_in(&bytes, &mut seen);
    assert_eq!(seen, Seen::of(&bytes));
}

#[test]
fn an_empty_slice_is_not_null() {
    let mut seen = Seen::default();
    echo_elements(&[], &mut seen).unwrap();
    assert!(seen.address != 0 && seen.address % 2 == 0);
}

#[test]
fn void_and_char_are_bytes_and_other_pointers_are_their_elements() {
    let mut seen = Seen::default();
    let words = [0x0101_u16; 3];
    echo_elements(&words, &mut seen).unwrap();
    assert_eq!((seen.len, seen.sum), (3, 6));
}

#[test]
fn len_bytes_counts_bytes_of_elements() {
    let seen = seen(|s| echo_words(&[0x0101_0101; 3], s));
    assert_eq!((seen.len, seen.sum), (12, 12));
}

#[test]
fn a_length_goes_behind_a_pointer() {
    let bytes = [1, 2, 3];
    assert_eq!(seen(|s| echo_in_through(&bytes, s)), Seen::of(&bytes));
}

#[test]
fn a_fixed_length_takes_a_buffer_that_is_long_enough() {
    let memory = [1; 20];
    assert_eq!(seen(|s| echo_sixteen(&memory, s)).sum, 16);
    assert_eq!(seen(|s| echo_sixteen(&memory[..16], s)).sum, 16);
}

#[test]
fn a_computed_length_takes_a_buffer_that_is_long_enough() {
    assert_eq!(seen(|s| echo_image(&[2; 12], 3, 4, s)).sum, 24);
    assert_eq!(seen(|s| echo_image(&[2; 13], 3, 4, s)).sum, 24);
}

#[test]
fn two_parameters_share_a_count() {
    let mut b = [0; 3];
    echo_both(&[1, 2, 3], &mut b).unwrap();
    assert_eq!(b, [2, 3, 4]);
}

// ---- `out` ----

#[test]
fn out_into_a_slice_says_how_much_was_filled() {
    let mut memory = [0; 8];
    assert_eq!(echo_read(&mut memory[..], 5, 0).unwrap(), 5);
    assert_eq!(echo_read(&mut memory, 8, 0).unwrap(), 8);
}

#[test]
fn out_into_uninitialised_memory_gives_the_filled_part_and_the_rest() {
    let mut memory = [MaybeUninit::uninit(); 8];
    let (filled, rest) = echo_read(&mut memory, 5, 0).unwrap();
    assert_eq!((&*filled, rest.len()), (&b"rrrrr"[..], 3));
    let (filled, rest) = echo_read(&mut memory[..4], 4, 0).unwrap();
    assert_eq!((&*filled, rest.len()), (&b"rrrr"[..], 0));
}

#[test]
fn out_into_an_out_buf_is_shown_by_it() {
    let mut memory = [MaybeUninit::uninit(); 8];
    let mut buf = OutBuf::uninit(&mut memory);
    assert_eq!(echo_read(&mut buf, 3, 0).unwrap(), 3);
    assert_eq!(buf.filled(), b"rrr");
}

#[test]
fn out_into_spare_capacity_grows_the_vector() {
    let mut vec = b"a".to_vec();
    vec.reserve_exact(7);
    assert_eq!(echo_read(Spare::new(&mut vec), 3, 0).unwrap(), 3);
    assert_eq!(vec, b"arrr");
}

#[test]
fn out_without_room_is_called_with_length_zero() {
    assert_eq!(echo_read(&mut [0; 0], 0, 0).unwrap(), 0);
}

#[test]
fn filled_behind_the_length_pointer_is_what_comes_back() {
    let mut memory = [MaybeUninit::uninit(); 8];
    let (filled, _) = echo_read_through(&mut memory, 6).unwrap();
    assert_eq!(filled, b"tttttt");
}

#[test]
fn filled_all_shows_all_of_it() {
    let mut memory = [MaybeUninit::uninit(); 4];
    let (filled, rest) = echo_fill_all(&mut memory);
    assert_eq!((&*filled, rest.len()), (&b"aaaa"[..], 0));
}

#[test]
fn a_returned_count_of_elements_is_of_elements() {
    let mut memory = [MaybeUninit::uninit(); 5];
    let (filled, _) = echo_read_words(&mut memory, 2).unwrap();
    assert_eq!(filled, [100, 101]);
}

#[test]
fn a_returned_count_of_bytes_shows_whole_elements() {
    let mut memory = [MaybeUninit::uninit(); 5];
    let (filled, _) = echo_read_bytes(&mut memory, 11).unwrap();
    assert_eq!(filled, [200, 201]);
}

#[test]
fn of_two_out_buffers_none_is_shown_if_c_lies_about_one() {
    let (mut a, mut b) = ([0; 4], [0; 6]);
    let (mut a, mut b) = (OutBuf::new(&mut a), OutBuf::new(&mut b));
    let error = echo_halves(&mut a, &mut b, 7).unwrap_err();
    assert_eq!(error.to_string(), "`echo_halves.b`: C reported 7 in `nb`, and the buffer holds 6");
    assert_eq!((a.filled(), b.filled()), (&[][..], &[][..]));
}

#[test]
fn two_out_buffers_come_back_in_order() {
    let (mut a, mut b) = ([MaybeUninit::uninit(); 4], [0; 6]);
    let ((filled, _), n) = echo_halves(&mut a, &mut b, 0).unwrap();
    assert_eq!((&*filled, n, &b), (&b"AA"[..], 3, b"BBBBBB"));
}

// ---- `inout` and single values ----

#[test]
fn inout_lends_a_slice_for_reading_and_writing() {
    let mut bytes = *b"HAL";
    assert_eq!(echo_up(&mut bytes), 3);
    assert_eq!(&bytes, b"IBM");
}

#[test]
fn a_single_value_is_lent_by_its_borrow() {
    let mut value = 41;
    assert_eq!(echo_value_up(Some(&mut value)), 42);
    assert_eq!(value, 42);
    assert_eq!(echo_value_read(Some(&-5)), -5);
}

#[test]
fn nullable_makes_none_null() {
    assert_eq!(echo_value_up(None), -1);
    assert_eq!(echo_value_read(None), -1);
    let mut seen = Seen::default();
    echo_string(None, &mut seen);
    assert_eq!((seen.address, seen.len), (0, -1));
}

#[test]
fn a_c_string_is_lent_with_its_nul() {
    let mut seen = Seen::default();
    let text = c"text".to_owned();
    echo_string(Some(&text), &mut seen);
    assert_eq!((seen.address, seen.len), (text.as_ptr().addr() as u64, 4));
}

#[test]
fn a_descriptor_is_its_number_and_none_is_minus_one() {
    let file = std::fs::File::open("/dev/null").unwrap();
    assert_eq!(echo_fd(Some(file.as_fd())), file.as_raw_fd());
    assert_eq!(echo_fd(None), -1);
}

// ---- other words ----

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(rename = shorter)]
    #[link_name = "echo_up"]
    safe fn longer(#[ffi(inout, len = n, max = 2 + LIMIT)] p: *mut u8, n: usize) -> i32;

    #[link_name = "echo_in"]
    safe fn null_if_empty(#[ffi(in, len = n, null_if_empty)] p: *const c_void, n: usize, #[ffi(out)] seen: *mut Seen);

    #[link_name = "echo_in"]
    safe fn halves(#[ffi(in = u16, len_bytes = n)] p: *const c_void, n: usize, #[ffi(out)] seen: *mut Seen);

    #[link_name = "echo_in"]
    fn unworded(p: *const c_void, n: usize, #[ffi(out)] seen: *mut Seen);

    #[link_name = "echo_read"]
    #[ffi(err = minus_one)]
    safe fn maybe_read(
        #[ffi(out, len = n, filled = ret, nullable)] p: *mut c_void,
        n: usize,
        report: isize,
        e: c_int,
    ) -> isize;

    #[link_name = "echo_read"]
    #[ffi(err = minus_one)]
    safe fn size_or_read(
        #[ffi(out, len = n, filled = ret, null_if_empty)] p: *mut c_void,
        n: usize,
        report: isize,
        e: c_int,
    ) -> isize;

    #[link_name = "echo_outer_look"]
    safe fn maybe_outer(#[ffi(pin)] o: *const Outer, #[ffi(out)] first: *mut Seen, #[ffi(out)] around: *mut u64);

    #[link_name = "echo_in_through"]
    safe fn maybe_through(#[ffi(in, len = *n, nullable)] p: *const u8, n: *const u32, #[ffi(out)] seen: *mut Seen);
}
const LIMIT: usize = 1;

#[pinned_ffi]
unsafe extern "C" {
    #[r#link_name = "echo_in"]
    #[r#ffi(r#rename = raw_words)]
    safe fn no_such_function(
        #[r#ffi(r#in, r#len = r#n)]
        #[ffi(r#max = 4)]
        r#p: *const c_void,
        n: usize,
        #[ffi(out)] r#seen: *mut Seen,
    );
}

#[test]
fn a_name_is_the_same_with_and_without_its_mark() {
    let bytes = *b"abc";
    assert_eq!(seen(|s| raw_words(&bytes, s)), Seen::of(&bytes));
    assert_eq!(
        raw_words(b"abcde", &mut Seen::default()).unwrap_err().to_string(),
        "`raw_words.p`: 5 is more than its `max` of 4"
    );
}

#[test]
fn a_function_has_the_name_and_symbol_that_are_said() {
    assert_eq!(shorter(&mut [0; 3]).unwrap(), 3);
}

#[test]
fn max_of_a_parameter_refuses_more() {
    let error = shorter(&mut [0; 4]).unwrap_err();
    assert_eq!(error.to_string(), "`shorter.p`: 4 is more than its `max` of 3");
}

#[test]
fn null_if_empty_of_a_parameter_passes_null() {
    let mut seen = Seen { address: 1, len: 1, sum: 1 };
    null_if_empty(&[], &mut seen);
    assert_eq!(seen, Seen::NOTHING);
    let bytes = [1];
    null_if_empty(&bytes, &mut seen);
    assert_eq!(seen, Seen::of(&bytes));
}

#[test]
fn the_element_type_of_void_may_be_told() {
    let seen = seen(|s| halves(&[0x0201_u16, 0x0201], s));
    assert_eq!((seen.len, seen.sum), (4, 6));
}

#[test]
fn a_pointer_without_a_word_stays_a_pointer_of_an_unsafe_function() {
    let (mut seen, bytes) = (Seen::default(), [1, 2, 3]);
    // SAFETY: C reads the bytes, and they are there.
    unsafe { unworded(bytes.as_ptr().cast(), 3, &mut seen) };
    assert_eq!(seen, Seen::of(&bytes));
}

#[test]
fn a_nullable_out_buffer_may_be_missing() {
    assert_eq!(maybe_read(None::<&mut [u8]>, 0, 0).unwrap(), (0, None));
    let mut memory = [0; 4];
    assert_eq!(maybe_read(Some(&mut memory), 2, 0).unwrap(), (2, Some(2)));
}

#[test]
fn of_a_missing_out_buffer_c_tells_the_size() {
    assert_eq!(maybe_read(None::<&mut [u8]>, 10, 0).unwrap(), (10, None));
    assert!(maybe_read(None::<&mut [u8]>, -2, 0).is_err(), "-2 is no size");
    let error = maybe_read(Some(&mut [0; 0]), 10, 0).unwrap_err();
    assert_eq!(error.to_string(), "`maybe_read.p`: C reported 10 in `the returned value`, and the buffer holds 0");
}

#[test]
fn of_an_empty_out_buffer_that_is_null_c_tells_the_size() {
    assert_eq!(size_or_read(&mut [0; 0], 10, 0).unwrap(), (10, 0));
    assert_eq!(size_or_read(&mut [0; 4], 2, 0).unwrap(), (2, 2));
    assert!(size_or_read(&mut [0; 4], 5, 0).is_err(), "more than there is room for");
}

#[test]
fn a_nullable_buffer_that_is_missing_is_counted_as_nothing() {
    let mut seen = Seen { address: 1, len: 1, sum: 1 };
    maybe_through(None, &mut seen).unwrap();
    assert_eq!(seen, Seen::NOTHING);
}

// ---- `err` ----

fn errno<T>(result: io::Result<T>) -> Option<i32> {
    result.err().unwrap().raw_os_error()
}

#[test]
fn err_nonzero_is_errno_and_otherwise_nothing() {
    let (): () = echo_nonzero(0).unwrap();
    assert_eq!(errno(echo_nonzero(libc::EBUSY)), Some(libc::EBUSY));
}

#[test]
fn err_minus_one_is_errno_and_otherwise_the_value() {
    assert_eq!(echo_minus_one(0).unwrap(), 5);
    assert_eq!(errno(echo_minus_one(libc::EPERM)), Some(libc::EPERM));
    assert_eq!(echo_minus_one_unsigned(0).unwrap(), 5);
    assert_eq!(errno(echo_minus_one_unsigned(libc::EPERM)), Some(libc::EPERM));
}

#[test]
fn err_negative_errno_is_in_the_value_and_not_in_errno() {
    assert_eq!(echo_negative_errno(0).unwrap(), 6);
    assert_eq!(errno(echo_negative_errno(libc::ENOSPC)), Some(libc::ENOSPC));
    assert_eq!(echo_negative_errno_count(0).unwrap(), 6_usize);
    assert_eq!(errno(echo_negative_errno_count(libc::ENOSPC)), Some(libc::ENOSPC));
}

#[test]
fn err_returned_errno_is_the_value() {
    let (): () = echo_returned_errno(0).unwrap();
    assert_eq!(errno(echo_returned_errno(libc::EDEADLK)), Some(libc::EDEADLK));
}

#[test]
fn err_null_is_errno_and_otherwise_not_null() {
    assert_eq!(errno(echo_null(libc::ENOENT)), Some(libc::ENOENT));
    // SAFETY: a C string in static memory.
    let text = unsafe { std::ffi::CStr::from_ptr(echo_null(0).unwrap().as_ptr()) };
    assert_eq!(text, c"not null");
}

#[test]
fn err_none_is_the_value_as_it_is() {
    assert_eq!(echo_none(libc::EIO), -1);
}

// ---- `pin` and `pin_mut` ----

#[derive(FfiPinned)]
#[ffi(c = Node)]
struct Leaf<'a> {
    #[ffi(ptr = data, len = len)]
    bytes: &'a mut [u8],
    #[ffi(out = used)]
    used: u32,
}

#[derive(FfiPinned)]
#[ffi(c = List)]
struct Branch<'a> {
    #[ffi(array = nodes, len = n)]
    leaves: [Leaf<'a>; 1],
    #[ffi(out = tag)]
    tag: u32,
}

fn branch(bytes: &mut [u8]) -> Branch<'_> {
    Branch { leaves: [Leaf { bytes, used: 0 }], tag: 0 }
}

#[test]
fn pin_mut_with_a_length_lends_a_run_of_values() {
    let (mut a, mut b) = ([0; 2], [0; 3]);
    let mut run = vec![branch(&mut a), branch(&mut b)];
    assert_eq!(echo_lists_fill(&mut run, 2, 2).unwrap(), 2);
    assert_eq!(run.iter().map(|b| (b.tag, b.leaves[0].used)).collect::<Vec<_>>(), [(77, 2), (77, 3)]);
    assert_eq!((&a, &b), (b"ll", b"lll"));
}

#[test]
fn pin_mut_takes_back_as_many_values_as_c_dealt_with() {
    let (mut a, mut b) = ([0; 2], [0; 3]);
    let mut run = [branch(&mut a), Branch { tag: 5, ..branch(&mut b) }];
    assert_eq!(echo_lists_fill(&mut run, 1, 1).unwrap(), 1);
    assert_eq!(run.each_ref().map(|b| (b.tag, b.leaves[0].used)), [(77, 2), (5, 0)]);
}

#[test]
fn a_failed_call_gives_no_results_back() {
    let mut memory = [0; 4];
    let mut buf = OutBuf::new(&mut memory);
    buf.extend_from_slice(b"x").unwrap();
    assert!(echo_read(&mut buf, -1, libc::EIO).is_err());
    assert_eq!(buf.filled().len(), 1);
}

// ---- wrappers ----

#[pinned_ffi]
fn look(#[ffi(pin)] list: &Branch<'_>, i: usize) -> io::Result<(usize, u32)> {
    // SAFETY: a filled struct of pointers and numbers.
    let list = unsafe { list.as_ref() };
    // SAFETY: `i` is within the array.
    Ok((list.n, unsafe { (*list.nodes.add(i)).len }))
}

#[test]
fn in_a_wrapper_the_parameter_is_the_filled_c_struct() {
    assert_eq!(look(&branch(&mut [0; 5]), 0).unwrap(), (1, 5));
}

/// A struct whose every step is written down.
struct Noted<'a>(&'a RefCell<Vec<&'static str>>);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().push("dropped");
    }
}

// SAFETY: fills nothing that C could follow.
unsafe impl FfiPinned for Noted<'_> {
    type C = Op;
    type Kept = ();
    unsafe fn fill<const WRITE: bool>(this: *mut Self, c: *mut Op, _: &mut Scratch<'_>) -> Result<(), LendError> {
        // SAFETY: the caller passes a borrowed value and a valid place.
        unsafe {
            let log = (*this).0;
            if WRITE {
                log.borrow_mut().push("filled");
                (*c).token = (&raw const *log).expose_provenance() as u64;
            } else {
                log.borrow_mut().push("filled for reading");
            }
        }
        Ok(())
    }
    unsafe fn take_back<const TAKE: bool>(this: *mut Self, _: *const Op, (): ()) -> Result<(), LendError> {
        // SAFETY: the caller passes a borrowed value.
        unsafe { (*this).0.borrow_mut().push(if TAKE { "taken back" } else { "checked" }) };
        Ok(())
    }
    unsafe fn release(c: *mut Op) {
        // SAFETY: the caller passes a valid place, and the log outlives the lending.
        unsafe {
            let log = (*c).token as usize as *const RefCell<Vec<&'static str>>;
            (*log).borrow_mut().push("nulled");
        }
    }
}

// SAFETY: fills nothing that C could follow.
unsafe impl FfiPinnedMut for Noted<'_> {}

#[test]
fn a_live_struct_is_filled_called_with_taken_back_nulled_in_this_order() {
    let log = RefCell::new(Vec::new());
    // SAFETY: a struct of numbers and null pointers.
    let mut live: Op = unsafe { MaybeUninit::zeroed().assume_init() };
    let mut noted = Noted(&log);
    noted
        .with_pinned_mut_in(&mut live, |mut c| {
            log.borrow_mut().push("called");
            // SAFETY: nobody writes.
            unsafe { c.as_mut_ptr() };
        })
        .unwrap();
    drop(noted);
    assert_eq!(log.into_inner(), ["filled", "called", "checked", "taken back", "nulled", "dropped"]);
}

#[test]
fn after_a_panic_a_live_struct_is_nulled_and_nothing_is_taken_back() {
    let log = RefCell::new(Vec::new());
    // SAFETY: a struct of numbers and null pointers.
    let mut live: Op = unsafe { MaybeUninit::zeroed().assume_init() };
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        Noted(&log).with_pinned_mut_in(&mut live, |mut c| {
            // SAFETY: nobody writes.
            unsafe { c.as_mut_ptr() };
            panic!("in the call");
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(log.into_inner(), ["filled", "nulled", "dropped"]);
}

#[pinned_ffi]
fn noted(#[ffi(pin_mut)] noted: &mut Noted<'_>, log: &RefCell<Vec<&'static str>>, fail: bool) -> io::Result<()> {
    // SAFETY: nobody writes.
    let _ = unsafe { noted.as_mut_ptr() };
    log.borrow_mut().push("called");
    if fail { Err(io::Error::from_raw_os_error(libc::EIO)) } else { Ok(()) }
}

#[test]
fn a_wrapper_takes_results_back_after_its_body() {
    let log = RefCell::new(Vec::new());
    noted(&mut Noted(&log), &log, false).unwrap();
    assert_eq!(log.into_inner(), ["filled", "called", "checked", "taken back", "dropped"]);
}

#[test]
fn a_wrapper_that_fails_takes_nothing_back() {
    let log = RefCell::new(Vec::new());
    assert_eq!(errno(noted(&mut Noted(&log), &log, true)), Some(libc::EIO));
    assert_eq!(log.into_inner(), ["filled", "called", "dropped"]);
}

#[pinned_ffi]
fn sent_and_received<'a, S>(
    socket: BorrowedFd<'a>,
    #[ffi(pin)] sent: &S,
    #[ffi(pin_mut)] received: &mut [&mut [u8]],
) -> Result<usize, SocketError>
where
    S: FfiPinned<C = libc::iovec>,
{
    // SAFETY: both are lent for this call.
    unsafe {
        if libc::writev(socket.as_raw_fd(), sent.as_ptr(), 1) < 0 {
            return Err(SocketError::Os);
        }
        let n = libc::readv(socket.as_raw_fd(), received.as_mut_ptr(), received.len() as c_int);
        usize::try_from(n).map_err(|_| SocketError::Os)
    }
}

#[derive(Debug, PartialEq)]
enum SocketError {
    Os,
    Fill(LendError),
}

impl From<LendError> for SocketError {
    fn from(error: LendError) -> Self {
        Self::Fill(error)
    }
}

#[test]
fn a_wrapper_lends_several_values_and_has_an_error_of_its_own() {
    let pipe = tempfile();
    let (mut a, mut b) = ([0; 2], [0; 4]);
    assert_eq!(
        sent_and_received(pipe.as_fd(), &b"in file".as_slice(), &mut [&mut a, &mut b]),
        Ok(0),
        "the file's position is behind what was written"
    );
    let (_, read_only) = (pipe, std::fs::File::open("/dev/null").unwrap());
    assert_eq!(sent_and_received(read_only.as_fd(), &b"x".as_slice(), &mut []), Err(SocketError::Os));
}

fn tempfile() -> std::fs::File {
    // SAFETY: a C string; the descriptor is ours.
    unsafe {
        let fd = libc::memfd_create(c"test".as_ptr(), 0);
        assert!(fd >= 0);
        std::os::fd::FromRawFd::from_raw_fd(fd)
    }
}

#[test]
fn a_wrapper_says_what_does_not_fit_in_its_own_error() {
    #[derive(FfiPinned)]
    #[ffi(c = libc::iovec)]
    struct Short<'a> {
        #[ffi(ptr = iov_base, len = iov_len, max = 1)]
        bytes: &'a [u8],
    }
    let error = sent_and_received(tempfile().as_fd(), &Short { bytes: b"xy" }, &mut []).unwrap_err();
    let SocketError::Fill(error) = error else { panic!("{error:?}") };
    assert_eq!((error.reason(), error.value(), error.limit()), (Reason::OverMax, 2, 1));
}

// ---- the declarations themselves ----

#[test]
fn generated_signatures_are_plain_functions() {
    fn runs<V: FfiArray<Elem = List> + pin_ffi::FfiArrayMut + ?Sized>(v: &mut V) -> io::Result<i32> {
        echo_lists_fill(v, 0, 0)
    }

    let _: fn(&[u8], &mut Seen) = echo_in;
    let _: fn(&[u8], u32, u32, &mut Seen) -> io::Result<()> = echo_image;
    let _: fn(&'static mut [u8], isize, c_int) -> io::Result<usize> = echo_read;
    let _: unsafe fn(*const c_void, usize, &mut Seen) = unworded;
    let _: unsafe extern "C" fn(*const Stream) -> c_int = echo_stream_keep;
    assert_eq!(runs::<[Branch; 0]>(&mut []).unwrap(), 0);
}

#[test]
fn access_of_a_buffer_is_in_its_type() {
    fn access<B: pin_ffi::Lend<Access = A>, A>(_: &B) {}
    access::<_, Shared>(&b"x".as_slice());
    access::<_, Exclusive>(&vec![0_u8]);
    access::<_, Shared>(&Some(String::new()));
}

#[pinned_ffi]
#[cfg(target_os = "haiku")]
unsafe extern "C" {
    safe fn there_is_no_such_function(#[ffi(cstr)] s: *const c_char);
}

// ---- `None` ----

/// The caller chooses the types of `out` buffers and of lent values, and may choose an `Option` where C takes no NULL.
mod none_where_c_takes_no_null {
    use super::*;

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(rename = room)]
        safe fn echo_in(#[ffi(out, len = n, filled = all)] p: *mut c_void, n: usize, #[ffi(out)] seen: *mut Seen);
        #[ffi(rename = room_for_sixteen)]
        safe fn echo_sixteen(#[ffi(out, len = 16, filled = all)] p: *mut u8, #[ffi(out)] seen: *mut Seen);
        #[ffi(rename = add)]
        safe fn echo_both(#[ffi(in, len = n)] a: *const u8, #[ffi(out, len = n, filled = all)] b: *mut u8, n: u16);
    }

    #[track_caller]
    fn fill_error<T: std::fmt::Debug>(result: io::Result<T>) -> LendError {
        *result.unwrap_err().get_ref().unwrap().downcast_ref().unwrap()
    }

    /// The same C function, declared for structs.
    #[allow(clashing_extern_declarations)]
    mod structs {
        use super::*;

        #[pinned_ffi]
        unsafe extern "C" {
            #[ffi(rename = array)]
            pub safe fn echo_in(#[ffi(pin, len = n)] p: *const Node, n: usize, #[ffi(out)] seen: *mut Seen);
            #[ffi(rename = array_mut)]
            #[link_name = "echo_in"]
            pub safe fn echo_in_mut(#[ffi(pin_mut, len = n)] p: *mut Node, n: usize, #[ffi(out)] seen: *mut Seen);
            #[ffi(rename = one)]
            #[link_name = "echo_in"]
            pub safe fn echo_in_one(#[ffi(pin, nullable)] p: *const Node, n: usize, #[ffi(out)] seen: *mut Seen);
            #[ffi(rename = one_mut)]
            #[link_name = "echo_in"]
            pub safe fn echo_in_one_mut(#[ffi(pin_mut, nullable)] p: *mut Node, n: usize, #[ffi(out)] seen: *mut Seen);
            #[ffi(rename = two)]
            #[link_name = "echo_in"]
            pub safe fn echo_in_two(#[ffi(pin, len = 2)] p: *const Node, n: usize, #[ffi(out)] seen: *mut Seen);
        }
    }

    #[derive(FfiPinned)]
    #[ffi(c = Node)]
    struct Part<'a> {
        #[ffi(ptr = data, len = len)]
        data: &'a mut [u8],
    }

    #[test]
    fn s19_it_is_an_empty_buffer() {
        let mut seen = Seen::default();
        assert_eq!(room(None::<&mut [u8]>, &mut seen), None);
        assert_eq!((seen.address != 0, seen.len), (true, 0));
    }

    #[test]
    fn s19_it_is_an_empty_array() {
        let mut seen = Seen::default();
        structs::array(&None::<[Part<'_>; 3]>, &mut seen).unwrap();
        assert_eq!((seen.address != 0, seen.address as usize % align_of::<Node>(), seen.len), (true, 0, 0));
        structs::array_mut(&mut None::<[Part<'_>; 3]>, &mut seen).unwrap();
        assert_eq!((seen.address != 0, seen.address as usize % align_of::<Node>(), seen.len), (true, 0, 0));
    }

    #[test]
    fn where_c_takes_null_it_is_null() {
        let (mut seen, mut bytes) = (Seen::default(), [1]);
        let mut part = Part { data: &mut bytes };
        structs::one(Some(&part), 0, &mut seen).unwrap();
        assert_ne!(seen.address, 0);
        structs::one_mut(None::<&mut Part<'_>>, 0, &mut seen).unwrap();
        assert_eq!(seen.address, 0);
        structs::one_mut(Some(&mut part), 0, &mut seen).unwrap();
        assert_ne!(seen.address, 0);
        structs::one(None::<&Part<'_>>, 0, &mut seen).unwrap();
        assert_eq!(seen.address, 0);
    }

    #[test]
    fn s18_it_has_its_say_in_a_shared_count() {
        let error = fill_error(add(&[1, 2, 3], None::<&mut [u8]>));
        assert_eq!((error.reason(), error.value(), error.limit()), (Reason::Disagree, 0, 3));
    }

    #[test]
    fn s18_it_is_too_short_for_a_computed_length() {
        let mut seen = Seen::default();
        let error = fill_error(room_for_sixteen(None::<&mut [u8; 16]>, &mut seen));
        assert_eq!((error.reason(), error.value(), error.limit()), (Reason::TooShort, 0, 16));
        let error = fill_error(structs::two(&None::<[Part<'_>; 2]>, 0, &mut seen));
        assert_eq!((error.reason(), error.value(), error.limit()), (Reason::TooShort, 0, 2));
        assert_eq!(seen, Seen::default());
    }
}

#[test]
fn a_longer_struct_stands_where_c_names_a_shorter_one_and_counts_bytes() {
    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(rename = look)]
        #[allow(clashing_extern_declarations)]
        safe fn echo_in(#[ffi(in = Long, len_bytes = n)] p: *const Short, n: usize, #[ffi(out)] seen: *mut Seen);
    }
    #[repr(C)]
    struct Short {
        family: u16,
        data: [u8; 14],
    }
    #[derive(Clone, Copy, Plain)]
    #[repr(C)]
    struct Long {
        family: u16,
        path: [u8; 108],
    }
    let mut seen = Seen::default();
    look(&[Long { family: 0x0101, path: [1; 108] }], &mut seen).unwrap();
    assert_eq!((seen.len, seen.sum), (110, 110));
}

#[test]
fn filled_behind_another_pointer_than_the_capacity() {
    let mut memory = [MaybeUninit::uninit(); 8];
    let (_, (filled, rest)) = echo_transfer(&mut memory, 5).unwrap();
    assert_eq!((&*filled, rest.len()), (&b"ttttt"[..], 3));
    let mut vec = b"a".to_vec();
    vec.reserve_exact(7);
    assert_eq!(echo_transfer(Spare::new(&mut vec), 3).unwrap(), (0, 3));
    assert_eq!(vec, b"attt");
}

#[test]
fn what_is_filled_behind_another_pointer_is_checked() {
    let mut memory = [MaybeUninit::uninit(); 4];
    let error = echo_transfer(&mut memory, 5).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert_eq!(error.to_string(), "`echo_transfer.p`: C reported 5 in `done`, and the buffer holds 4");
    assert_eq!(echo_transfer(&mut memory, -libc::EIO).unwrap_err().raw_os_error(), Some(libc::EIO));
}

#[test]
fn the_structs_that_c_dealt_with_are_counted_behind_another_pointer() {
    let (mut one, mut two) = ([0; 2], [0; 2]);
    let mut run = [branch(&mut one), branch(&mut two)];
    echo_lists_done(&mut run, 1).unwrap();
    assert_eq!(run.each_ref().map(|b| (b.tag, b.leaves[0].used)), [(77, 2), (0, 0)]);
    assert!(echo_lists_done(&mut run, 3).is_err());
    assert_eq!((one, two), (*b"ll", *b"ll"));
}

#[test]
fn an_empty_array_is_null_where_that_is_said() {
    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(rename = look)]
        #[allow(clashing_extern_declarations)]
        safe fn echo_in(#[ffi(pin, len = n, null_if_empty)] p: *const List, n: usize, #[ffi(out)] seen: *mut Seen);
    }
    let mut seen = Seen { address: 1, ..Seen::default() };
    look::<[Branch<'_>]>(&[], &mut seen).unwrap();
    assert_eq!(seen, Seen::NOTHING);
}

#[test]
fn a_computed_length_has_constants_in_it() {
    const CHANNELS: usize = 3;
    mod of_another_module {
        pub(super) const CHANNELS: usize = 4;
    }
    macro_rules! look {
        ($($name:ident, $w:ident, $len:expr;)*) => {$(
            #[pinned_ffi]
            unsafe extern "C" {
                #[ffi(rename = $name)]
                safe fn echo_image(#[ffi(in, len = $len)] p: *const u8, $w: u32, h: u32, #[ffi(out)] seen: *mut Seen);
            }
        )*};
    }
    look! {
        three, w, w * CHANNELS;
        four, w, w * (of_another_module::CHANNELS + 0);
        one, w, CHANNELS;
        two, w, 2;
    }
    let seen = seen(|s| three(&[1; 6], 2, 3, s));
    assert_eq!(seen.len, 6);
    assert_eq!(fill_error_of(three(&[1; 5], 2, 3, &mut Seen::default())), (Reason::TooShort, 5, 6));
    assert_eq!(fill_error_of(four(&[1; 7], 2, 4, &mut Seen::default())), (Reason::TooShort, 7, 8));
    assert_eq!(fill_error_of(two(&[1; 1], 1, 2, &mut Seen::default())), (Reason::TooShort, 1, 2));
    assert_eq!(fill_error_of(one(&[1; 2], 1, 3, &mut Seen::default())), (Reason::TooShort, 2, 3));
}

#[track_caller]
fn fill_error_of<T: std::fmt::Debug>(result: io::Result<T>) -> (Reason, i128, i128) {
    let error: LendError = *result.unwrap_err().get_ref().unwrap().downcast_ref().unwrap();
    (error.reason(), error.value(), error.limit())
}

// ---- what the user's own code may be ----

/// Wrappers whose results borrow from their parameters, or are known by a trait alone.
mod returns {
    use super::*;
    use pin_ffi::FfiPinned;

    #[pinned_ffi]
    fn first<'a>(bytes: &'a mut [u8], #[ffi(pin)] part: &&[u8]) -> io::Result<&'a mut u8> {
        let _ = part.as_ptr();
        Ok(&mut bytes[0])
    }

    struct Log {
        lines: Vec<String>,
    }

    impl Log {
        #[pinned_ffi]
        fn last(&mut self, #[ffi(pin)] part: &&[u8]) -> Result<&mut String, LendError> {
            self.lines.push(format!("{}", !part.as_ptr().is_null()));
            Ok(self.lines.last_mut().unwrap())
        }

        #[pinned_ffi]
        fn into_lines(self, #[ffi(pin)] part: &&[u8]) -> io::Result<Vec<String>> {
            let _ = part;
            Ok(self.lines)
        }
    }

    #[pinned_ffi]
    fn numbers(n: u8, #[ffi(pin)] part: &&[u8]) -> Result<impl Iterator<Item = (u8, Vec<u8>)> + use<>, LendError> {
        let _ = part;
        Ok((0..n).map(move |i| (i, vec![n])))
    }

    #[pinned_ffi]
    fn boxed(#[ffi(pin)] mut part: &&[u8]) -> Result<Box<dyn Fn() -> u8>, Box<dyn std::error::Error>> {
        if part.as_ptr().is_null() {
            return Err("no part".into());
        }
        // SAFETY: nothing is written.
        let _ = unsafe { part.as_mut_ptr() };
        Ok(Box::new(|| 7))
    }

    #[pinned_ffi]
    fn fallible<T: FfiPinned>(#[ffi(pin)] value: &T, mut left: u8) -> Result<u8, LendError>
    where
        T::C: Copy,
    {
        let _ = value;
        left += 1;
        Ok(left)
    }

    #[test]
    fn a_wrapper_returns_what_it_borrowed() {
        let mut bytes = [1, 2];
        *first(&mut bytes, &&b"x"[..]).unwrap() = 9;
        assert_eq!(bytes, [9, 2]);
        let mut log = Log { lines: Vec::new() };
        log.last(&&b"x"[..]).unwrap().push('!');
        assert_eq!(log.into_lines(&&b"x"[..]).unwrap(), ["true!"]);
    }

    #[test]
    fn a_wrapper_returns_what_only_its_body_can_name() {
        assert_eq!(numbers(2, &&b"x"[..]).unwrap().last(), Some((1, vec![2])));
        assert_eq!(boxed(&&b"x"[..]).unwrap()(), 7);
        assert_eq!(fallible(&&b"x"[..], 1).unwrap(), 2);
    }
}

/// Lifetimes of C declarations.
#[allow(clashing_extern_declarations, reason = "one function of C's stands for several")]
mod lifetimes {
    use super::*;
    use std::ffi::{CStr, c_char};
    use std::marker::PhantomData;

    #[derive(Clone, Copy)]
    #[repr(transparent)]
    struct Handle<'a>(&'a u8, PhantomData<&'a ()>);

    #[pinned_ffi]
    unsafe extern "C" {
        #[link_name = "echo_first_of"]
        safe fn named<'a>(of: Handle<'a>, other: Handle<'_>) -> Option<&'a u8>;
        #[link_name = "echo_first_of"]
        safe fn elided(of: Handle<'_>, #[ffi(in)] other: *const u8) -> Option<&u8>;
        #[link_name = "echo_first_of"]
        safe fn of_a_reference(of: &u8, #[ffi(in)] other: *const u8) -> Option<&u8>;
        #[link_name = "echo_first_of"]
        safe fn bounded<'a, 'b>(of: Handle<'b>, #[ffi(in)] other: *const u8) -> Option<&'a u8>
        where
            'b: 'a;
        safe fn strchr(#[ffi(cstr)] s: *const c_char, c: c_int) -> Option<&c_char>;
        #[link_name = "strchr"]
        safe fn strchr_named<'a>(#[ffi(cstr)] s: *const c_char, c: c_int) -> Option<&'a c_char>;
    }

    #[test]
    fn a_result_borrows_from_what_its_lifetime_says() {
        let bytes = [1, 2];
        let first = {
            let short = 3;
            named(Handle(&bytes[0], PhantomData), Handle(&short, PhantomData)).unwrap()
        };
        let second = {
            let short = 4;
            elided(Handle(&bytes[1], PhantomData), &short).unwrap()
        };
        let third = {
            let short = 4;
            of_a_reference(&bytes[1], &short).unwrap()
        };
        assert_eq!((first, second, third), (&1, &2, &2));
        assert_eq!(bounded(Handle(&5, PhantomData), &6), Some(&5));
    }

    #[test]
    fn a_result_borrows_from_the_one_argument_that_is_lent() {
        let text: &CStr = c"pin";
        let found = {
            let borrowed: &CStr = text;
            strchr(borrowed, c_int::from(b'i')).unwrap()
        };
        assert_eq!(std::ptr::from_ref(found), text.as_ptr().wrapping_add(1));
        assert!(strchr_named(text, c_int::from(b'x')).is_none());
    }
}

// ---- words for some targets ----

mod conditional {
    use super::*;
    use std::ffi::c_char;

    #[pinned_ffi]
    unsafe extern "C" {
        #[cfg_attr(unix, ffi(err = minus_one))]
        safe fn chdir(#[ffi(cstr)] p: *const c_char) -> c_int;
        #[cfg_attr(not(unix), ffi(rename = not_here))]
        safe fn strlen(#[cfg_attr(unix, ffi(cstr))] s: *const c_char) -> usize;
        #[cfg_attr(all(), doc = "for all", must_use)]
        #[cfg_attr(any(), ffi(no_such_word))]
        safe fn atoi(#[ffi(cstr)] s: *const c_char) -> c_int;
        #[cfg_attr(any(), ffi(rename = other))]
        fn abs(n: c_int) -> c_int;
    }

    #[test]
    fn words_hold_where_their_condition_does() {
        assert_eq!(chdir(c"/nonexistent").unwrap_err().raw_os_error(), Some(libc::ENOENT));
        assert_eq!((strlen(c"abc"), atoi(c"3")), (3, 3));
        // SAFETY: two numbers.
        assert_eq!(unsafe { abs(-2) }, 2);
    }
}

// ---- failures ----

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one)]
    fn mmap(
        addr: *mut c_void,
        len: usize,
        prot: c_int,
        flags: c_int,
        #[ffi(fd, nullable)] fd: c_int,
        offset: libc::off_t,
    ) -> *mut c_void;
}

#[test]
fn an_address_of_minus_one_is_a_failure() {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: no memory is replaced.
    let error = unsafe { mmap(std::ptr::null_mut(), 0, libc::PROT_NONE, flags, None, 0) }.unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
    // SAFETY: as above.
    let page = unsafe { mmap(std::ptr::null_mut(), 1, libc::PROT_NONE, flags, None, 0) }.unwrap();
    // SAFETY: mapped just now.
    assert_eq!(unsafe { libc::munmap(page, 1) }, 0);
}

// ---- computed lengths ----

const MANY: usize = 1 << (usize::BITS - 1);

#[allow(clashing_extern_declarations, reason = "C's counts are unsigned")]
#[pinned_ffi]
unsafe extern "C" {
    #[link_name = "echo_image"]
    safe fn signed_image(#[ffi(in, len = w * h)] p: *const u8, w: c_int, h: c_int, #[ffi(out)] seen: *mut Seen);
    #[link_name = "echo_image"]
    safe fn vast_image(#[ffi(in, len = 1 + (w * h * MANY))] p: *const u8, w: u32, h: u32, #[ffi(out)] seen: *mut Seen);
}

#[test]
fn an_operand_that_is_no_length_is_named() {
    let mut seen = Seen::default();
    let error = signed_image(&[2; 12], 4, -3, &mut seen).unwrap_err();
    assert_eq!(error.to_string(), "`signed_image.p`: -3 in `h` is no length");
}

#[test]
fn a_step_that_overflows_is_named() {
    let mut seen = Seen::default();
    let error = vast_image(&[2; 12], 2, 3, &mut seen).unwrap_err();
    let (product, most) = (6 * MANY as u128, usize::MAX);
    assert_eq!(
        error.to_string(),
        format!("`vast_image.p`: {product} does not fit `w * h * MANY`, which holds at most {most}")
    );
}

#[test]
fn none_names_its_type_where_nothing_else_does() {
    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(err = minus_one)]
        safe fn getgroups(size: c_int, #[ffi(out, len = size, filled = ret, nullable)] list: *mut libc::gid_t)
        -> c_int;
        #[ffi(err = minus_one)]
        safe fn sigaltstack(
            #[ffi(pin, nullable)] new: *const libc::stack_t,
            #[ffi(pin_mut, nullable)] old: *mut libc::stack_t,
        ) -> c_int;
    }
    #[derive(FfiPinned)]
    #[ffi(c = libc::stack_t)]
    struct Flags {
        #[ffi(inout = ss_flags)]
        flags: c_int,
    }

    let (count, _) = getgroups(None::<&mut [libc::gid_t]>).unwrap();
    let mut groups = vec![0; count];
    assert_eq!(getgroups(Some(&mut groups[..])).unwrap().0, count);

    let mut old = Flags { flags: -1 };
    sigaltstack(None::<&Flags>, Some(&mut old)).unwrap();
    // Rust's test threads have a stack for signals.
    assert!([0, libc::SS_DISABLE].contains(&old.flags));
}

#[test]
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn a_struct_of_another_crate_is_lent_as_one_of_the_same_layout() {
    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(err = minus_one)]
        safe fn sysinfo(#[ffi(out = System)] info: *mut libc::sysinfo) -> c_int;
    }
    // libc's has gaps, and so derives nothing here.
    #[repr(C)]
    #[derive(Clone, Copy, Default, Plain)]
    struct System {
        uptime: i64,
        loads: [u64; 3],
        memory_and_swap: [u64; 6],
        processes: u16,
        gap: [u16; 3],
        high: [u64; 2],
        unit: u32,
        end: u32,
    }

    let mut system = System::default();
    sysinfo(&mut system).unwrap();
    assert!(system.processes > 0 && system.unit > 0 && system.memory_and_swap[0] > 0);
}
