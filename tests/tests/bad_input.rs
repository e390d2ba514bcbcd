//! What does not fit is an error value that names the field, the value and the limit, and changes nothing.

use pin_ffi::{FfiPinned, FfiPinnedMut, LendError, OutBuf, Reason, pinned_ffi};
use pin_ffi_tests::echo::*;
use pin_ffi_tests::sparse::Sparse;
use std::io;

/// What an error says: the field, the C field, the value, the limit, the reason.
fn says(error: &LendError) -> (&str, &str, &str, i128, i128, Reason) {
    let field = error.field();
    (field.item, field.field, field.c, error.value(), error.limit(), error.reason())
}

/// The `LendError` in an `io::Error`, which must be about the input.
#[track_caller]
fn fill_error<T>(result: io::Result<T>) -> LendError {
    let error = result.err().expect("an error");
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert_eq!(error.raw_os_error(), None);
    *error.get_ref().unwrap().downcast_ref::<LendError>().expect("a `LendError` inside")
}

/// The bytes of a C struct.
fn bytes_of<C>(c: &C) -> Vec<u8> {
    // SAFETY: C's structs in these tests are made from bytes, so that their padding is initialised too.
    unsafe { std::slice::from_raw_parts((&raw const *c).cast(), size_of::<C>()) }.to_vec()
}

/// A C struct with a pattern in each byte.
#[allow(clippy::unnecessary_box_returns, reason = "moved by value it would lose what is in the padding")]
fn patterned<C>() -> Box<C> {
    let mut c = Box::<C>::new_uninit();
    // SAFETY: numbers and raw pointers accept any bytes; the test's structs have nothing else.
    unsafe {
        c.as_mut_ptr().cast::<u8>().write_bytes(0xA5, size_of::<C>());
        c.assume_init()
    }
}

// ---- lengths of a field ----

macro_rules! limits {
    ($($test:ident $run:ident $look:ident $limit:expr;)*) => {$(
        #[test]
        fn $test() {
            #[derive(FfiPinned)]
            #[ffi(c = $run)]
            struct Run<'a> {
                #[ffi(ptr = data, len = len)]
                bytes: &'a [u8],
            }

            let memory = Sparse::new($limit + 1);
            assert_eq!(seen(|s| $look(&Run { bytes: &memory[..$limit] }, s)).len, $limit as i64);
            let before = echo_calls();
            let error = fill_error($look(&Run { bytes: &memory }, &mut Seen::default()));
            assert_eq!(says(&error), ("Run", "bytes", "len", $limit as i128 + 1, $limit as i128, Reason::TooLong));
            assert_eq!(echo_calls(), before, "C was not called");
        }
    )*};
}
limits! {
    a_field_of_8_bits_holds_255 RunU8 echo_run_u8_look 255;
    a_field_of_16_bits_holds_65535 RunU16 echo_run_u16_look 65535;
    a_signed_field_of_8_bits_holds_127 RunI8 echo_run_i8_look 127;
    a_signed_field_of_16_bits_holds_32767 RunI16 echo_run_i16_look 32767;
}
#[cfg(target_pointer_width = "64")]
limits! {
    a_field_of_32_bits_holds_4_gib_less_1 RunU32 echo_run_u32_look u32::MAX as usize;
    a_signed_field_of_32_bits_holds_2_gib_less_1 RunI32 echo_run_i32_look i32::MAX as usize;
}

#[cfg(target_pointer_width = "64")]
#[test]
fn a_field_of_64_bits_holds_4_gib() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU64)]
    struct Run<'a> {
        #[ffi(ptr = data, len = len)]
        bytes: &'a [u8],
    }

    let memory = Sparse::new(1 << 32);
    assert_eq!(seen(|s| echo_run_u64_look(&Run { bytes: &memory }, s)).len, 1 << 32);
}

#[test]
fn a_length_in_bytes_is_limited_in_bytes() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU16)]
    struct Words<'a> {
        #[ffi(ptr = data, len_bytes = len)]
        words: &'a [u32],
    }

    let words = vec![0; 16384];
    assert_eq!(seen(|s| echo_run_u16_look(&Words { words: &words[1..] }, s)).len, 65532);
    let error = fill_error(echo_run_u16_look(&Words { words: &words }, &mut Seen::default()));
    assert_eq!(says(&error), ("Words", "words", "len", 65536, 65535, Reason::TooLong));
}

#[test]
fn a_capacity_is_limited_as_a_length_is() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU8)]
    struct Room<'a> {
        #[ffi(ptr = data, len = len, inout)]
        room: OutBuf<'a, u8>,
    }

    let mut memory = [7; 256];
    let mut room = Room { room: OutBuf::new(&mut memory) };
    room.room.extend_from_slice(b"before").unwrap();
    let error = room.with_pinned_mut(|_| panic!("called")).unwrap_err();
    assert_eq!(says(&error), ("Room", "room", "len", 256, 255, Reason::TooLong));
    assert_eq!(room.room.filled(), b"before");
    // Lent for reading it is its filled part, which fits.
    room.with_pinned(|_| ()).unwrap();
}

// ---- lengths of a parameter ----

#[test]
fn a_parameter_of_8_bits_counts_to_255() {
    let error = fill_error(echo_in_u8(&[0; 256], &mut Seen::default()));
    assert_eq!(says(&error), ("echo_in_u8", "p", "n", 256, 255, Reason::TooLong));
    assert_eq!(seen(|s| echo_in_u8(&[0; 255], s)).len, 255);
}

#[test]
fn a_parameter_of_16_bits_counts_to_65535() {
    let memory = Sparse::new(65536);
    let error = fill_error(echo_in_u16(&memory, &mut Seen::default()));
    assert_eq!(says(&error), ("echo_in_u16", "p", "n", 65536, 65535, Reason::TooLong));
    assert_eq!(seen(|s| echo_in_u16(&memory[1..], s)).len, 65535);
}

#[cfg(target_pointer_width = "64")]
#[test]
fn a_parameter_of_32_bits_counts_to_4_gib_less_1() {
    let memory = Sparse::new(1 << 32);
    let error = fill_error(echo_in_u32(&memory, &mut Seen::default()));
    assert_eq!(says(&error), ("echo_in_u32", "p", "n", 1 << 32, u32::MAX.into(), Reason::TooLong));
    assert_eq!(seen(|s| echo_in_u32(&memory[1..], s)).len, u32::MAX.into());
}

#[cfg(target_pointer_width = "64")]
#[test]
fn a_signed_parameter_of_32_bits_counts_to_2_gib_less_1() {
    let memory = Sparse::new(1 << 31);
    let error = fill_error(echo_in_i32(&memory, &mut Seen::default()));
    assert_eq!(says(&error), ("echo_in_i32", "p", "n", 1 << 31, i32::MAX.into(), Reason::TooLong));
    assert_eq!(seen(|s| echo_in_i32(&memory[1..], s)).len, i32::MAX.into());
}

#[test]
fn a_run_of_values_is_counted_within_its_parameter() {
    #[derive(FfiPinned)]
    #[ffi(c = List)]
    struct Tagged {
        #[ffi(set = tag)]
        tag: u32,
    }

    let mut lists: Vec<_> = (0..256).map(|tag| Tagged { tag }).collect();
    let error = fill_error(echo_few_lists(&mut lists));
    assert_eq!(says(&error), ("echo_few_lists", "lists", "n", 256, 255, Reason::TooLong));
}

// ---- counts that disagree, computed counts, limits ----

#[derive(FfiPinned)]
#[ffi(c = Pair)]
struct Transfer<'a> {
    #[ffi(ptr = tx, len = len, read_only)]
    tx: &'a [u8],
    #[ffi(ptr = rx, len = len)]
    rx: &'a mut [u8],
}

#[test]
fn buffers_that_share_a_count_must_agree() {
    let mut rx = [7; 4];
    let before = echo_calls();
    let error = fill_error(echo_pair_transfer(&mut Transfer { tx: b"abc", rx: &mut rx }));
    assert_eq!(says(&error), ("Transfer", "rx", "len", 4, 3, Reason::Disagree));
    assert_eq!(
        error.to_string(),
        "`Transfer.rx`: its length 4 disagrees with the length 3 of a buffer that shares `len`"
    );
    assert_eq!((rx, echo_calls()), ([7; 4], before));
}

#[test]
fn an_empty_buffer_that_becomes_null_must_agree_too() {
    #[derive(FfiPinned)]
    #[ffi(c = Pair)]
    struct Transfer<'a> {
        #[ffi(ptr = tx, len = len, null_if_empty)]
        tx: &'a [u8],
        #[ffi(ptr = rx, len = len, null_if_empty)]
        rx: &'a [u8],
    }

    let error = Transfer { tx: b"", rx: b"abc" }.with_pinned(|_| panic!("called")).unwrap_err();
    assert_eq!(says(&error), ("Transfer", "rx", "len", 3, 0, Reason::Disagree));
    let (tx, rx) = seen_both(|t, r| echo_pair_look(&Transfer { tx: b"", rx: b"" }, t, r));
    assert_eq!((tx, rx), (Seen::NOTHING, Seen::NOTHING));
}

#[test]
fn parameters_that_share_a_count_must_agree() {
    let mut b = [7; 2];
    let error = fill_error(echo_both(&[1, 2, 3], &mut b));
    assert_eq!(says(&error), ("echo_both", "b", "n", 2, 3, Reason::Disagree));
    assert_eq!(b, [7; 2]);
}

#[test]
fn a_buffer_must_have_what_a_fixed_length_needs() {
    let error = fill_error(echo_sixteen(&[0; 15], &mut Seen::default()));
    assert_eq!(says(&error), ("echo_sixteen", "p", "16", 15, 16, Reason::TooShort));
    assert_eq!(error.to_string(), "`echo_sixteen.p`: 15 is fewer than the 16 that `16` needs");
}

#[test]
fn a_buffer_must_have_what_a_computed_length_needs() {
    let error = fill_error(echo_image(&[0; 11], 3, 4, &mut Seen::default()));
    assert_eq!(says(&error), ("echo_image", "p", "w * h", 11, 12, Reason::TooShort));
    let error = fill_error(echo_image(&[0; 11], u32::MAX, 2, &mut Seen::default()));
    // More than any buffer can have is the most that one can have.
    assert_eq!(error.limit(), (2 * i128::from(u32::MAX)).min(usize::MAX as i128));
}

#[pinned_ffi]
unsafe extern "C" {
    #[link_name = "echo_image"]
    safe fn image_of_any_size(
        #[ffi(in, len = w * h * 1024 + 1)] p: *const u8,
        w: i32,
        h: u32,
        #[ffi(out)] seen: *mut Seen,
    );

    #[link_name = "echo_image"]
    safe fn null_image(
        #[ffi(in, len = w * h, null_if_empty)] p: *const u8,
        w: i32,
        h: u32,
        #[ffi(out)] seen: *mut Seen,
    );
}

#[test]
fn an_empty_parameter_that_becomes_null_must_have_it_too() {
    let error = fill_error(null_image(&[], 3, 4, &mut Seen::default()));
    assert_eq!((error.field().field, error.reason(), error.limit()), ("p", Reason::TooShort, 12));
    assert_eq!(seen(|s| null_image(&[], 0, 4, s)), Seen::NOTHING);
}

#[test]
fn a_computed_length_that_cannot_be_is_an_error() {
    let mut seen = Seen::default();
    let error = fill_error(image_of_any_size(&[0; 11], -1, 2, &mut seen));
    assert_eq!((error.field().field, error.reason()), ("p", Reason::TooLong));
    let error = fill_error(image_of_any_size(&[0; 11], i32::MAX, u32::MAX, &mut seen));
    assert_eq!((error.field().field, error.reason()), ("p", Reason::TooLong));
    assert_eq!(seen, Seen::default());
}

#[test]
fn max_is_an_error_with_its_limit() {
    #[derive(FfiPinned)]
    #[ffi(c = List)]
    struct AtMost<'a> {
        #[ffi(array = nodes, len = n, max = 2)]
        leaves: &'a mut [Leaf<'a>],
    }

    let mut memory = [[0; 1]; 3];
    let mut leaves = memory.each_mut().map(|m| Leaf { bytes: &mut m[..] });
    let error = fill_error(echo_list_fill(&mut AtMost { leaves: &mut leaves }, 1, 1));
    assert_eq!(says(&error), ("AtMost", "leaves", "n", 3, 2, Reason::OverMax));
    assert_eq!(error.to_string(), "`AtMost.leaves`: 3 is more than its `max` of 2");
    assert_eq!(memory, [[0; 1]; 3]);
}

// ---- values ----

#[derive(FfiPinned, Debug, PartialEq, Clone, Copy)]
#[ffi(c = Values)]
struct Numbers {
    #[ffi(inout = small)]
    small: i32,
    #[ffi(inout = medium)]
    medium: u64,
    #[ffi(out = large)]
    large: i64,
    #[ffi(inout = inner.bits)]
    bits: u8,
}
const ZERO: Numbers = Numbers { small: 0, medium: 0, large: 0, bits: 0 };

#[test]
fn a_value_that_is_too_large_is_an_error() {
    let error = fill_error(echo_values_double(&mut Numbers { small: 128, ..ZERO }));
    assert_eq!(says(&error), ("Numbers", "small", "small", 128, 127, Reason::OutOfRange));
    assert_eq!(error.to_string(), "`Numbers.small`: 128 does not fit `small`, whose greatest value is 127");
    let error = fill_error(echo_values_double(&mut Numbers { medium: u64::MAX, ..ZERO }));
    assert_eq!((error.value(), error.limit()), (u64::MAX.into(), 65535));
}

#[test]
fn a_value_that_is_too_small_is_an_error() {
    let error = fill_error(echo_values_double(&mut Numbers { small: -129, ..ZERO }));
    assert_eq!(says(&error), ("Numbers", "small", "small", -129, -128, Reason::OutOfRange));
    assert_eq!(error.to_string(), "`Numbers.small`: -129 does not fit `small`, whose least value is -128");
}

#[test]
fn a_value_of_cs_that_does_not_fit_is_an_error_and_no_value_is_taken() {
    let mut numbers = Numbers { small: 1, bits: 200, ..ZERO };
    let error = echo_values_double(&mut numbers).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    let error: LendError = *error.get_ref().unwrap().downcast_ref().unwrap();
    assert_eq!(says(&error), ("Numbers", "bits", "inner.bits", 400, 255, Reason::WrittenOutOfRange));
    assert_eq!(error.to_string(), "`Numbers.bits`: C left 400 in `inner.bits`, and the field's greatest value is 255");
    assert_eq!(numbers, Numbers { small: 1, bits: 200, ..ZERO });
}

// ---- where ----

#[derive(FfiPinned)]
#[ffi(c = Node)]
struct Leaf<'a> {
    #[ffi(ptr = data, len = len, max = 8)]
    bytes: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = Outer)]
struct Around<'a> {
    #[ffi(set = before)]
    before: u32,
    #[ffi(inline = inner)]
    inner: Branch<'a>,
}

#[derive(FfiPinned)]
#[ffi(c = List)]
struct Branch<'a> {
    #[ffi(array = nodes, len = n)]
    leaves: Vec<Leaf<'a>>,
    #[ffi(set = tag)]
    tag: u32,
}

#[test]
fn an_error_in_an_array_names_the_element() {
    let (mut a, mut b, mut c) = ([1; 8], [2; 8], [3; 9]);
    let leaves = [&mut a[..], &mut b, &mut c].map(|bytes| Leaf { bytes }).into();
    let error = fill_error(echo_list_fill(&mut Branch { leaves, tag: 0 }, 9, 9));
    assert_eq!((error.index(), says(&error)), (Some(2), ("Leaf", "bytes", "len", 9, 8, Reason::OverMax)));
    assert_eq!(error.to_string(), "`Leaf[2].bytes`: 9 is more than its `max` of 8");
    assert_eq!((a, b, c), ([1; 8], [2; 8], [3; 9]), "C wrote nothing");
}

// ---- nothing has changed ----

#[test]
fn a_live_struct_is_byte_for_byte_what_it_was() {
    let mut live = patterned::<Outer>();
    let before = bytes_of(&*live);
    let (mut a, mut b) = ([1; 8], [2; 9]);
    let leaves = [&mut a[..], &mut b].map(|bytes| Leaf { bytes }).into();
    let mut value = Around { before: 5, inner: Branch { leaves, tag: 6 } };
    let error = value.with_pinned_in(&mut live, |_| panic!("called")).unwrap_err();
    assert_eq!(error.reason(), Reason::OverMax);
    assert_eq!(bytes_of(&*live), before);
    value.with_pinned_mut_in(&mut live, |_| panic!("called")).unwrap_err();
    assert_eq!(bytes_of(&*live), before);
}

#[test]
fn a_live_struct_that_was_filled_before_the_error_is_put_back() {
    /// Writes, and then finds that it cannot.
    struct Late;
    // SAFETY: fills nothing that C could follow.
    unsafe impl FfiPinned for Late {
        type C = Outer;
        type Kept = ();
        unsafe fn fill<const WRITE: bool>(
            _: *mut Self,
            c: *mut Outer,
            _: &mut pin_ffi::manual::Scratch<'_>,
        ) -> Result<(), LendError> {
            // SAFETY: the caller passes a valid place.
            unsafe { c.write_bytes(1, 1) };
            Err(LendError::new(&pin_ffi::manual::Field { item: "Late", field: "f", c: "f" }, Reason::OverMax, 1, 0))
        }
        unsafe fn release(_: *mut Outer) {
            panic!("nothing was lent");
        }
    }

    let mut live = patterned::<Outer>();
    let before = bytes_of(&*live);
    Late.with_pinned_in(&mut live, |_| panic!("called")).unwrap_err();
    assert_eq!(bytes_of(&*live), before);
}

#[test]
fn a_wrapper_is_not_entered() {
    #[pinned_ffi]
    fn never(#[ffi(pin)] list: &Branch<'_>) -> io::Result<()> {
        panic!("entered with {list:?}")
    }
    let mut bytes = [0; 9];
    let error = fill_error(never(&Branch { leaves: vec![Leaf { bytes: &mut bytes }], tag: 0 }));
    assert_eq!(error.reason(), Reason::OverMax);
}

// ---- as an error ----

#[test]
fn what_c_reports_wrongly_is_invalid_data() {
    let error = echo_read(&mut [0; 4], 5, 0).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    let error: &LendError = error.get_ref().unwrap().downcast_ref().unwrap();
    assert_eq!(says(error), ("echo_read", "p", "the returned value", 5, 4, Reason::Overrun));
}

#[test]
fn an_error_says_the_same_in_debug_output() {
    let error = fill_error(echo_in_u8(&[0; 256], &mut Seen::default()));
    assert_eq!(format!("{error:?}"), "LendError(`echo_in_u8.p`: 256 does not fit `n`, which holds at most 255)");
}
