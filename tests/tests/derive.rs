//! `#[derive(FfiPinned)]`: what C sees of a struct of buffers, word by word, and what comes back.

use pin_ffi::{
    Convert, FfiArray, FfiPinned, FfiPinnedMut, Lend, OutBuf, Spare,
    manual::{Fill, Unfit},
    pinned_ffi,
};
use pin_ffi_tests::echo::*;
use std::ffi::{c_int, c_void};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

// ---- `ptr` and `len` ----

macro_rules! each_width {
    ($($test:ident $run:ident $look:ident;)*) => {$(
        #[test]
        fn $test() {
            #[derive(FfiPinned)]
            #[ffi(c = $run)]
            struct Run<'a> {
                #[ffi(ptr = data, len = len)]
                bytes: &'a [u8],
            }

            let bytes = [1, 2, 3, 5, 7];
            assert_eq!(seen(|s| $look(&Run { bytes: &bytes }, s)), Seen::of(&bytes));
        }
    )*};
}
each_width! {
    a_length_goes_into_a_u8 RunU8 echo_run_u8_look;
    a_length_goes_into_a_u16 RunU16 echo_run_u16_look;
    a_length_goes_into_a_u32 RunU32 echo_run_u32_look;
    a_length_goes_into_a_u64 RunU64 echo_run_u64_look;
    a_length_goes_into_a_usize RunUsize echo_run_usize_look;
    a_length_goes_into_an_i8 RunI8 echo_run_i8_look;
    a_length_goes_into_an_i16 RunI16 echo_run_i16_look;
    a_length_goes_into_an_i32 RunI32 echo_run_i32_look;
    a_length_goes_into_an_i64 RunI64 echo_run_i64_look;
}

#[derive(FfiPinned)]
#[ffi(c = Addr)]
struct InInteger<'a> {
    #[ffi(ptr = addr, len = len)]
    bytes: &'a [u8],
}

#[test]
fn an_address_goes_into_an_integer() {
    let bytes = *b"behind an integer";
    assert_eq!(seen(|s| echo_addr_look(&InInteger { bytes: &bytes }, s)), Seen::of(&bytes));
}

#[derive(FfiPinned)]
#[ffi(c = InUnion)]
struct UnionMember<'a> {
    #[ffi(ptr = at.buf, len = len, inout)]
    room: Option<OutBuf<'a, u8>>,
}

#[test]
fn an_address_goes_into_a_member_of_a_union() {
    let mut memory = [0; 6];
    let mut value = UnionMember { room: Some(OutBuf::new(&mut memory)) };
    echo_union_fill(&mut value, 4).unwrap();
    assert_eq!(value.room.unwrap().filled(), b"uuuu");
    assert_eq!(memory, *b"uuuuuu");
}

#[derive(FfiPinned)]
#[ffi(c = Packed)]
struct IntoPacked<'a> {
    #[ffi(set = tag)]
    tag: u8,
    #[ffi(ptr = data, len = len)]
    bytes: &'a mut [u8],
    #[ffi(inout = value)]
    value: u32,
}

#[test]
fn a_packed_c_struct_is_filled_in_its_misaligned_places() {
    let mut bytes = [4, 5, 6];
    let expected = Seen::of(&bytes);
    let value = IntoPacked { tag: 200, bytes: &mut bytes, value: 1000 };
    let (mut seen, mut total) = (Seen::default(), 0);
    echo_packed_look(&value, &mut seen, &mut total).unwrap();
    assert_eq!((seen, total), (expected, 1200));
}

#[test]
fn a_packed_c_struct_gives_its_values_back() {
    let mut bytes = [0; 3];
    let mut value = IntoPacked { tag: 0, bytes: &mut bytes, value: 1 };
    echo_packed_fill(&mut value, 9).unwrap();
    assert_eq!((value.value, bytes), (9, [9; 3]));
}

#[test]
fn elements_are_counted_by_len_and_bytes_by_len_bytes() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU16)]
    struct Elements<'a> {
        #[ffi(ptr = data, len = len)]
        words: &'a [u32],
    }
    #[derive(FfiPinned)]
    #[ffi(c = RunU16)]
    struct InBytes<'a> {
        #[ffi(ptr = data, len_bytes = len)]
        words: &'a [u32],
    }

    let words = [0x0101_0101_u32; 5];
    assert_eq!(seen(|s| echo_run_u16_look(&Elements { words: &words }, s)).len, 5);
    let in_bytes = seen(|s| echo_run_u16_look(&InBytes { words: &words }, s));
    assert_eq!((in_bytes.len, in_bytes.sum), (20, 20));
}

// ---- shared counts ----

#[derive(FfiPinned)]
#[ffi(c = Pair)]
struct Transfer<'a> {
    #[ffi(ptr = tx, len = len, read_only)]
    tx: Option<&'a [u8]>,
    #[ffi(ptr = rx, len = len)]
    rx: Option<&'a mut [u8]>,
    #[ffi(set = speed)]
    speed: u32,
}

#[test]
fn two_buffers_share_a_count() {
    let mut rx = [0; 4];
    let mut transfer = Transfer { tx: Some(b"sent"), rx: Some(&mut rx), speed: 9600 };
    assert_eq!(echo_pair_transfer(&mut transfer).unwrap(), 4);
    assert_eq!(&rx, b"sent");
}

#[test]
fn none_is_null_and_has_no_say_in_a_shared_count() {
    let sent = *b"sent";
    let (tx, rx) = seen_both(|tx, rx| echo_pair_look(&Transfer { tx: Some(&sent), rx: None, speed: 0 }, tx, rx));
    assert_eq!((tx, rx), (Seen::of(&sent), Seen { len: 4, ..Seen::NOTHING }));
}

#[test]
fn none_everywhere_is_null_with_length_zero() {
    let nothing = Transfer { tx: None, rx: None, speed: 0 };
    assert_eq!(seen_both(|tx, rx| echo_pair_look(&nothing, tx, rx)), (Seen::NOTHING, Seen::NOTHING));
}

#[test]
fn parallel_arrays_share_a_count_of_elements() {
    #[derive(FfiPinned)]
    #[ffi(c = Parallel)]
    struct Tagged<'a> {
        #[ffi(ptr = tags, len = n)]
        tags: &'a [u64],
        #[ffi(ptr = kinds, len = n)]
        kinds: [u8; 3],
    }

    let value = Tagged { tags: &[1, 2, 3], kinds: [4, 5, 6] };
    let (tags, kinds) = seen_both(|t, k| echo_parallel_look(&value, t, k));
    assert_eq!((tags.address, tags.len, tags.sum), (value.tags.as_ptr().addr() as u64, 3, 6));
    assert_eq!(kinds, Seen::of(&value.kinds));
}

// ---- empty and missing ----

#[test]
fn an_empty_buffer_is_not_null() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU32)]
    struct Run {
        #[ffi(ptr = data, len = len)]
        words: Vec<u64>,
    }

    let empty = seen(|s| echo_run_u32_look(&Run { words: Vec::new() }, s));
    assert_ne!(empty.address, 0);
    assert_eq!((empty.address % align_of::<u64>() as u64, empty.len), (0, 0));
}

#[test]
fn null_if_empty_makes_it_null() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU32)]
    struct Run<'a> {
        #[ffi(ptr = data, len = len, null_if_empty)]
        bytes: &'a [u8],
    }

    assert_eq!(seen(|s| echo_run_u32_look(&Run { bytes: &[] }, s)), Seen::NOTHING);
    assert_eq!(seen(|s| echo_run_u32_look(&Run { bytes: b"x" }, s)).sum, u64::from(b'x'));
}

#[test]
fn none_is_null_with_length_zero() {
    #[derive(FfiPinned)]
    #[ffi(c = RunI32)]
    struct Run {
        #[ffi(ptr = data, len = len)]
        bytes: Option<Vec<u8>>,
    }

    assert_eq!(seen(|s| echo_run_i32_look(&Run { bytes: None }, s)), Seen::NOTHING);
    let some = Run { bytes: Some(vec![3; 3]) };
    assert_eq!(seen(|s| echo_run_i32_look(&some, s)), Seen::of(some.bytes.as_ref().unwrap()));
}

// ---- `array` and `inline` ----

#[derive(FfiPinned)]
#[ffi(c = Node)]
struct Leaf<'a> {
    #[ffi(ptr = data, len = len)]
    bytes: &'a mut [u8],
    #[ffi(out = used)]
    used: u32,
}

impl<'a> Leaf<'a> {
    fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes, used: 0 }
    }
}

#[derive(FfiPinned)]
#[ffi(c = List)]
struct Branch<'a> {
    #[ffi(array = nodes, len = n)]
    leaves: Vec<Leaf<'a>>,
    #[ffi(inout = tag)]
    tag: u32,
}

/// One in a tree, which C leaves as it is.
#[derive(FfiPinned)]
#[ffi(c = List)]
struct Limb<'a> {
    #[ffi(array = nodes, len = n)]
    leaves: Vec<Leaf<'a>>,
    #[ffi(set = tag)]
    tag: u32,
}

#[derive(FfiPinned)]
#[ffi(c = Tree)]
struct Trunk<'a, const N: usize> {
    #[ffi(array = lists, len = n)]
    branches: [Limb<'a>; N],
}

#[test]
fn arrays_two_levels_deep_are_read() {
    let (mut a, mut b, mut c) = ([1; 3], [2; 4], [3; 5]);
    let (first, second) = (Seen::of(&b), Seen::of(&c));
    let branches = [
        Limb { leaves: vec![Leaf::new(&mut a), Leaf::new(&mut b)], tag: 1 },
        Limb { leaves: vec![Leaf::new(&mut c)], tag: 2 },
    ];
    let trunk = Trunk { branches };
    assert_eq!(seen(|s| echo_tree_look(&trunk, 0, 1, s)), first);
    assert_eq!(seen(|s| echo_tree_look(&trunk, 1, 0, s)), second);
    assert_eq!(echo_tree_look(&trunk, 1, 1, &mut Seen::default()).unwrap_err().raw_os_error(), Some(libc::ENOENT));
}

#[test]
fn arrays_two_levels_deep_are_written_and_give_their_values_back() {
    let (mut a, mut b, mut c) = ([0; 3], [0; 4], [0; 5]);
    let branches = [
        Limb { leaves: vec![Leaf::new(&mut a), Leaf::new(&mut b)], tag: 1 },
        Limb { leaves: vec![Leaf::new(&mut c)], tag: 2 },
    ];
    let mut trunk = Trunk { branches };
    assert_eq!(echo_tree_fill(&mut trunk, 0x20).unwrap(), 12);
    let used: Vec<_> = trunk.branches.iter().flat_map(|b| b.leaves.iter().map(|l| l.used)).collect();
    assert_eq!(used, [3, 4, 5]);
    assert_eq!((a, b, c), ([0x20; 3], [0x21; 4], [0x30; 5]));
}

#[test]
fn an_array_of_more_structs_than_the_stack_holds_is_lent() {
    let mut memory = vec![[7_u8; 2]; 2000];
    let expected = Seen::of(&memory[1999]);
    let leaves = memory.iter_mut().map(|bytes| Leaf::new(bytes)).collect();
    let mut trunk = Trunk { branches: [Limb { leaves, tag: 0 }] };
    assert_eq!(seen(|s| echo_tree_look(&trunk, 0, 1999, s)), expected);
    assert_eq!(echo_tree_fill(&mut trunk, 1).unwrap(), 4000);
    assert!(trunk.branches[0].leaves.iter().all(|l| l.used == 2));
}

#[test]
fn an_empty_array_is_not_null_unless_it_is_said() {
    #[derive(FfiPinned)]
    #[ffi(c = Outer)]
    struct Plainly<'a> {
        #[ffi(array = inner.nodes, len = inner.n)]
        leaves: &'a mut [Leaf<'a>],
    }
    #[derive(FfiPinned)]
    #[ffi(c = Outer)]
    struct OrNull<'a> {
        #[ffi(array = inner.nodes, len = inner.n, null_if_empty)]
        leaves: &'a mut [Leaf<'a>],
    }

    let look = |value: &dyn Fn(&mut Seen)| {
        let mut seen = Seen::default();
        value(&mut seen);
        seen.address
    };
    let plain = look(&|s| echo_outer_look(&Plainly { leaves: &mut [] }, s, &mut 0).unwrap());
    assert!(plain != 0 && plain % 8 == 0);
    assert_eq!(look(&|s| echo_outer_look(&OrNull { leaves: &mut [] }, s, &mut 0).unwrap()), 0);
}

#[derive(FfiPinned)]
#[ffi(c = Outer)]
struct Around<'a> {
    #[ffi(set = before)]
    before: u32,
    #[ffi(inline = inner)]
    inner: Branch<'a>,
    #[ffi(out = after)]
    after: u32,
}

#[test]
fn a_nested_value_is_stored_by_value() {
    let mut bytes = [8; 2];
    let expected = Seen::of(&bytes);
    let value = Around { before: 7, inner: Branch { leaves: vec![Leaf::new(&mut bytes)], tag: 5 }, after: 0 };
    let (mut seen, mut around) = (Seen::default(), 0);
    echo_outer_look(&value, &mut seen, &mut around).unwrap();
    assert_eq!((seen, around), (expected, 5007));
}

#[test]
fn a_nested_value_gives_its_values_back() {
    let mut bytes = [0; 2];
    let mut value = Around { before: 7, inner: Branch { leaves: vec![Leaf::new(&mut bytes)], tag: 5 }, after: 0 };
    echo_outer_fill(&mut value, b'o').unwrap();
    assert_eq!((value.inner.tag, value.after), (6, 8));
    assert_eq!(&bytes, b"oo");
}

#[test]
fn arrays_come_from_slices_arrays_vecs_boxes_and_options() {
    #[derive(FfiPinned)]
    #[ffi(c = List)]
    struct From<A: FfiArray<Elem = Node>> {
        #[ffi(array = nodes, len = n)]
        leaves: A,
    }

    let mut m = ([0; 1], [0; 2], [0; 3], [0; 4], [0; 5]);
    assert_eq!(echo_list_fill(&mut From { leaves: &mut [Leaf::new(&mut m.0)][..] }, b's', 0).unwrap(), 1);
    assert_eq!(echo_list_fill(&mut From { leaves: [Leaf::new(&mut m.1)] }, b'a', 0).unwrap(), 2);
    assert_eq!(echo_list_fill(&mut From { leaves: vec![Leaf::new(&mut m.2)] }, b'v', 0).unwrap(), 3);
    assert_eq!(echo_list_fill(&mut From { leaves: Box::from([Leaf::new(&mut m.3)]) as Box<[_]> }, b'b', 0).unwrap(), 4);
    assert_eq!(echo_list_fill(&mut From { leaves: Some([Leaf::new(&mut m.4)]) }, b'o', 0).unwrap(), 5);
    assert_eq!(echo_list_fill(&mut From { leaves: None::<[Leaf; 1]> }, b'n', 0).unwrap(), 0);
    assert_eq!(m, (*b"s", *b"aa", *b"vvv", *b"bbbb", *b"ooooo"));
}

// ---- `inout`: the length ----

#[derive(FfiPinned)]
#[ffi(c = Inout)]
struct Reply<B: Fill<Elem = u8>> {
    #[ffi(ptr = data, len = len, inout)]
    bytes: B,
    #[ffi(out = status)]
    status: i32,
}

#[test]
fn inout_shows_what_c_filled_of_borrowed_memory() {
    let mut memory = [MaybeUninit::uninit(); 8];
    let mut reply = Reply { bytes: OutBuf::uninit(&mut memory), status: 0 };
    echo_inout_fill(&mut reply, b'f', 3).unwrap();
    assert_eq!((reply.bytes.filled(), reply.bytes.capacity(), reply.status), (&b"fff"[..], 8, -7));
}

#[test]
fn inout_grows_a_vec_into_its_spare_capacity() {
    let mut vec = Vec::with_capacity(8);
    vec.extend_from_slice(b"> ");
    let at = vec.as_ptr();
    let mut reply = Reply { bytes: Spare::new(&mut vec), status: 0 };
    echo_inout_fill(&mut reply, b'f', 3).unwrap();
    assert_eq!(reply.bytes.filled(), b"fff");
    assert_eq!((&vec[..], vec.as_ptr()), (&b"> fff"[..], at));
}

#[test]
fn inout_without_a_buffer_takes_no_length() {
    let mut reply = Reply { bytes: None::<OutBuf<u8>>, status: 0 };
    echo_inout_fill(&mut reply, b'f', 3).unwrap();
    assert!(reply.bytes.is_none());
    assert_eq!(reply.status, -7);
}

#[test]
fn inout_in_bytes_shows_whole_elements_only() {
    #[derive(FfiPinned)]
    #[ffi(c = Bytes)]
    struct Words<'a> {
        #[ffi(ptr = words, len_bytes = bytes, inout)]
        words: OutBuf<'a, u32>,
    }

    let mut memory = [0; 4];
    let mut words = Words { words: OutBuf::new(&mut memory) };
    echo_bytes_fill(&mut words, 10, 11).unwrap();
    assert_eq!(words.words.filled(), [10, 11]);
    echo_bytes_fill(&mut words, 20, -1).unwrap();
    assert_eq!(words.words.filled(), [20, 21, 22, 23]);
}

#[test]
fn lent_for_reading_an_out_buf_is_its_filled_part() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU32)]
    struct Run<'a> {
        #[ffi(ptr = data, len = len)]
        bytes: OutBuf<'a, u8>,
    }

    let mut memory = [0; 8];
    let mut bytes = OutBuf::new(&mut memory);
    bytes.extend_from_slice(b"abc").unwrap();
    let expected = Seen::of(bytes.filled());
    assert_eq!(seen(|s| echo_run_u32_look(&Run { bytes }, s)), expected);
}

// ---- `set`, `out`, `inout`: values ----

#[derive(FfiPinned)]
#[ffi(c = Values)]
struct Numbers {
    #[ffi(inout = small)]
    small: i32,
    #[ffi(set = medium)]
    medium: u16,
    #[ffi(inout = large)]
    large: u8,
    #[ffi(out = inner.bits)]
    bits: u64,
}

#[test]
fn values_are_set_taken_or_both() {
    let mut numbers = Numbers { small: -3, medium: 10, large: 4, bits: 9 };
    echo_values_double(&mut numbers).unwrap();
    // `medium` went in alone, `bits` came out alone: zeroed before, so twice 0.
    assert_eq!((numbers.small, numbers.medium, numbers.large, numbers.bits), (-6, 10, 8, 0));
}

#[test]
fn a_type_of_ones_own_is_set_and_taken() {
    #[derive(Clone, Copy, PartialEq, Debug)]
    enum Color {
        Red,
        Green,
    }
    impl Convert<u16> for Color {
        fn convert(self) -> Result<u16, Unfit> {
            Ok(if self == Color::Red { 1 } else { 2 })
        }
    }
    impl Convert<Color> for u16 {
        fn convert(self) -> Result<Color, Unfit> {
            match self {
                1 => Ok(Color::Red),
                2 => Ok(Color::Green),
                other => Err(Unfit { value: other.into(), limit: 2 }),
            }
        }
    }
    #[derive(FfiPinned)]
    #[ffi(c = Values)]
    struct Painted {
        #[ffi(inout = medium)]
        color: Color,
        #[ffi(set = inner.bits)]
        on: bool,
    }

    let mut painted = Painted { color: Color::Red, on: true };
    echo_values_double(&mut painted).unwrap();
    assert_eq!(painted.color, Color::Green);
    assert!(echo_values_double(&mut painted).is_err(), "4 is no color");
    assert_eq!(painted.color, Color::Green);
}

// ---- direction ----

#[test]
fn a_const_field_takes_a_shared_borrow_in_a_call_that_writes_elsewhere() {
    #[derive(FfiPinned)]
    #[ffi(c = Const)]
    struct Job<'a> {
        #[ffi(ptr = input, len = input_len)]
        input: &'a [u8],
        #[ffi(ptr = output, len = output_len)]
        output: &'a mut [u8],
    }

    let mut output = [0; 3];
    echo_const_fill(&mut Job { input: b"A", output: &mut output }).unwrap();
    assert_eq!(&output, b"ABC");
}

#[test]
fn read_only_takes_a_shared_borrow_where_c_declares_a_plain_pointer() {
    let mut rx = [0; 2];
    let mut transfer = Transfer { tx: Some(b"ro"), rx: Some(&mut rx), speed: 0 };
    echo_pair_transfer(&mut transfer).unwrap();
    assert_eq!(&rx, b"ro");
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

#[test]
fn one_type_serves_calls_that_read_and_calls_that_write() {
    let (input, output) = UnixStream::pair().unwrap();
    let (mut a, mut b) = (*b"both", *b"ways");
    let mut segments = [Segment { bytes: &mut a }, Segment { bytes: &mut b }];
    assert_eq!(pin_ffi::calls::writev(output.as_fd(), &segments).unwrap(), 8);
    segments.reverse();
    assert_eq!(pin_ffi::calls::readv(input.as_fd(), &mut segments).unwrap(), 8);
    assert_eq!((&a, &b), (b"ways", b"both"));
}

// ---- `max` and `skip` ----

#[test]
fn max_lets_pass_what_is_within_it() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU32)]
    struct AtMost<'a, const N: usize> {
        #[ffi(ptr = data, len = len, max = 2 * N)]
        bytes: &'a [u8],
    }

    assert_eq!(seen(|s| echo_run_u32_look(&AtMost::<2> { bytes: b"four" }, s)).len, 4);
    assert!(echo_run_u32_look(&AtMost::<2> { bytes: b"fives" }, &mut Seen::default()).is_err());
}

#[test]
fn a_skipped_field_is_not_for_c() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU32)]
    struct Named<'a> {
        #[ffi(skip)]
        name: std::collections::HashMap<String, std::rc::Rc<u8>>,
        #[ffi(ptr = data, len = len)]
        bytes: &'a [u8],
    }

    let named = Named { name: std::collections::HashMap::new(), bytes: b"skip" };
    assert_eq!(seen(|s| echo_run_u32_look(&named, s)).len, 4);
    assert!(named.name.is_empty());
}

// ---- shapes of structs ----

#[test]
fn a_tuple_struct_fills_a_c_struct() {
    #[derive(FfiPinned)]
    #[ffi(c = Inout)]
    struct Tuple<'a>(#[ffi(ptr = data, len = len, inout)] OutBuf<'a, u8>, #[ffi(out = status)] i32);

    let mut memory = [0; 4];
    let mut tuple = Tuple(OutBuf::new(&mut memory), 0);
    echo_inout_fill(&mut tuple, b't', 2).unwrap();
    assert_eq!((tuple.0.filled(), tuple.1), (&b"tt"[..], -7));
}

#[test]
fn generic_structs_are_lent_with_their_bounds_and_where_clauses() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU32)]
    struct Generic<'a, B: Lend<Elem = E>, E, const N: usize, T: ?Sized = ()>
    where
        B: std::fmt::Debug,
        E: pin_ffi::Plain,
    {
        #[ffi(ptr = data, len_bytes = len, max = N)]
        buf: B,
        #[ffi(skip)]
        other: &'a T,
    }

    let value = Generic::<_, _, 4> { buf: vec![1_u8, 2, 3], other: &() };
    assert_eq!(seen(|s| echo_run_u32_look(&value, s)), Seen::of(&value.buf));
    assert_eq!(*value.other, ());
    let words = Generic::<_, _, 4, _> { buf: [1_u16, 2, 3], other: "any" };
    assert_eq!(seen(|s| echo_run_u32_look(&words, s)).len, 6);
    assert_eq!(words.other.len(), 3);
}

#[test]
fn a_field_that_is_configured_away_is_not_there() {
    #[derive(FfiPinned)]
    #[ffi(c = Const)]
    struct Job<'a> {
        #[ffi(ptr = input, len = input_len)]
        input: &'a [u8],
        #[cfg(not(test))]
        #[ffi(ptr = output, len = output_len)]
        output: Missing,
        #[cfg(test)]
        #[ffi(ptr = output, len = output_len)]
        output: &'a mut [u8],
    }

    let mut output = [0; 2];
    echo_const_fill(&mut Job { input: b"x", output: &mut output }).unwrap();
    assert_eq!(&output, b"xy");
}

#[test]
fn raw_names_are_names() {
    #[repr(C)]
    #[allow(non_camel_case_types)]
    struct r#struct {
        r#type: *mut c_void,
        r#fn: u8,
    }
    #[derive(FfiPinned)]
    #[ffi(c = r#struct)]
    #[allow(non_camel_case_types)]
    struct r#match<'r#a> {
        #[ffi(ptr = r#type, len = r#fn)]
        r#move: &'r#a [u8],
    }

    let text = [1, 2, 3];
    let (at, len) = r#match { r#move: &text }
        .with_pinned(|c| {
            // SAFETY: a filled struct of a pointer and a number.
            let c = unsafe { c.as_ref() };
            (c.r#type.cast_const().cast(), c.r#fn)
        })
        .unwrap();
    assert_eq!((at, len), (text.as_ptr(), 3));
    let too_long = r#match { r#move: &[0; 256] }.with_pinned(|_| ()).unwrap_err();
    assert_eq!(too_long.to_string(), "`match.move`: 256 does not fit `fn`, which holds at most 255");
}

mod renamed {
    //! The runtime crate under another name.
    pub(crate) mod names {
        pub(crate) use pin_ffi as lender;
    }
}

#[test]
fn the_runtime_crate_may_have_another_name() {
    #[derive(renamed::names::lender::FfiPinned)]
    #[ffi(c = RunU32, crate = renamed::names::lender)]
    struct Run<'a> {
        #[ffi(ptr = data, len = len, max = 5)]
        bytes: &'a [u8],
    }

    assert_eq!(seen(|s| echo_run_u32_look(&Run { bytes: b"names" }, s)).len, 5);
}

// ---- without a target ----

#[derive(FfiPinned)]
struct Packet<'a> {
    header: [u8; 4],
    body: &'a mut [u8],
    #[ffi(skip)]
    read: usize,
    trailer: Vec<u8>,
}

#[test]
fn without_a_target_each_field_is_an_iovec_in_order() {
    let mut body = [2; 3];
    let packet = Packet { header: [1; 4], body: &mut body, read: 0, trailer: vec![3; 2] };
    let lent = packet
        .with_pinned(|c| {
            // SAFETY: three filled `iovec`s.
            unsafe { c.as_ref() }.each_ref().map(|v| (v.iov_base.cast_const().cast::<u8>(), v.iov_len))
        })
        .unwrap();
    assert_eq!(lent, [(packet.header.as_ptr(), 4), (packet.body.as_ptr(), 3), (packet.trailer.as_ptr(), 2)]);
}

#[test]
fn without_a_target_a_struct_is_read_and_written_as_it_stands() {
    let (input, output) = UnixStream::pair().unwrap();
    let (input, output) = (input.as_fd(), output.as_fd());
    let mut body = *b"body";
    let packet = Packet { header: *b"head", body: &mut body, read: 0, trailer: b"end".to_vec() };
    assert_eq!(pin_ffi::calls::writev(output, &packet).unwrap(), 11);
    let mut body = [0; 4];
    let mut packet = Packet { header: [0; 4], body: &mut body, read: 0, trailer: vec![0; 3] };
    packet.read = pin_ffi::calls::readv(input, &mut packet).unwrap();
    assert_eq!(
        (packet.read, &packet.header, &packet.body[..], &packet.trailer[..]),
        (11, b"head", &b"body"[..], &b"end"[..])
    );
}

#[test]
fn without_a_target_a_struct_is_an_array_of_iovecs_in_another_one() {
    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    struct Message<'a> {
        #[ffi(array = msg_iov, len = msg_iovlen)]
        packet: Packet<'a>,
    }

    let (input, output) = UnixStream::pair().unwrap();
    let mut body = *b"inner";
    let message = Message { packet: Packet { header: *b"head", body: &mut body, read: 0, trailer: vec![b'.'] } };
    assert_eq!(pin_ffi::calls::sendmsg(output.as_fd(), &message, 0).unwrap(), 10);
    let mut received = [0; 16];
    assert_eq!(io::Read::read(&mut &input, &mut received).unwrap(), 10);
    assert_eq!(&received[..10], b"headinner.");
}

// ---- structs that are C's already ----

#[pinned_ffi]
fn array_for_writing<B: FfiPinnedMut<C = libc::iovec>>(
    #[ffi(pin_mut)] iov: &mut [B],
) -> io::Result<*const libc::iovec> {
    Ok(iov.as_ptr())
}

#[pinned_ffi]
fn array_for_reading<B: FfiPinned<C = libc::iovec>>(#[ffi(pin)] iov: &[B]) -> io::Result<*const libc::iovec> {
    Ok(iov.as_ptr())
}

#[test]
fn io_slices_are_handed_on_without_being_rebuilt() {
    let (mut a, mut b) = ([0; 2], [0; 3]);
    let mut slices = [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)];
    let own = slices.as_ptr().cast();
    // What C may leave in them need not be slices.
    assert_ne!(array_for_writing(&mut slices).unwrap(), own);
    assert_eq!(array_for_reading(&slices).unwrap(), own);
    let slices = [IoSlice::new(b"x")];
    assert_eq!(array_for_reading(&slices).unwrap(), slices.as_ptr().cast());
}

#[test]
fn other_buffers_are_rebuilt() {
    let mut a = [0; 2];
    let mut slices = [&mut a[..]];
    let own = slices.as_ptr().cast();
    assert_ne!(array_for_writing(&mut slices).unwrap(), own);
}

// ---- a C struct that is there already ----

#[derive(FfiPinned)]
#[ffi(c = Stream)]
struct Feed<'a> {
    #[ffi(ptr = next_in, len = avail_in)]
    input: &'a [u8],
    #[ffi(ptr = next_out, len = avail_out)]
    output: &'a mut [u8],
}

/// A stream that C has initialised, and to which C's state leads back.
struct LiveStream(Box<Stream>);

impl LiveStream {
    fn new() -> Self {
        let mut stream = Box::new(Stream {
            next_in: std::ptr::null(),
            avail_in: 0,
            next_out: std::ptr::null_mut(),
            avail_out: 0,
            total: 0,
            state: std::ptr::null_mut(),
        });
        // SAFETY: a stream in its final place, on the heap.
        unsafe { echo_stream_init(&raw mut *stream) };
        Self(stream)
    }

    fn run(&mut self, feed: &mut Feed) -> c_int {
        feed.with_pinned_mut_in(&mut self.0, |mut c| {
            // SAFETY: an initialised stream whose buffers are lent for this call.
            unsafe { echo_stream_run(c.as_mut_ptr()) }
        })
        .unwrap()
    }
}

impl Drop for LiveStream {
    fn drop(&mut self) {
        // SAFETY: initialised by `new`.
        unsafe { echo_stream_end(&raw mut *self.0) };
    }
}

#[test]
fn a_live_struct_is_filled_where_it_is_and_keeps_its_other_fields() {
    let mut live = LiveStream::new();
    let mut output = [0; 3];
    assert_eq!(live.run(&mut Feed { input: b"first", output: &mut output }), 3, "-2 means that the stream moved");
    assert_eq!(live.run(&mut Feed { input: b"to", output: &mut output }), 2);
    assert_eq!((live.0.total, &output), (5, b"tor"));
}

#[test]
fn a_live_struct_is_null_between_calls() {
    let mut live = LiveStream::new();
    let mut output = [0; 3];
    live.run(&mut Feed { input: b"abc", output: &mut output });
    // SAFETY: an initialised stream.
    assert_eq!(unsafe { echo_stream_pointers(&raw const *live.0) }, 0);
    let seen = Feed { input: b"abc", output: &mut output }
        .with_pinned_in(&mut live.0, |c| {
            // SAFETY: C only looks at the filled stream.
            unsafe { echo_stream_pointers(c.as_ptr()) }
        })
        .unwrap();
    assert_eq!(seen, 4);
    // SAFETY: as above.
    assert_eq!(unsafe { echo_stream_pointers(&raw const *live.0) }, 0);
}

#[test]
fn results_are_taken_back_only_if_c_was_given_the_struct() {
    let mut memory = [0; 4];
    let mut reply = Reply { bytes: OutBuf::new(&mut memory), status: 5 };
    reply.bytes.extend_from_slice(b"ab").unwrap();
    reply.with_pinned_mut(|c| assert!(!c.as_ptr().is_null())).unwrap();
    assert_eq!((reply.bytes.filled(), reply.status), (&b"ab"[..], 5));
}

// ---- elements of arrays ----

#[derive(FfiPinned)]
#[ffi(c = Planes)]
struct Picture<'a> {
    #[ffi(ptr = data[0], len = stride[0])]
    y: &'a [u8],
    #[ffi(ptr = data[1], len = stride[1])]
    u: &'a [u8],
    #[ffi(ptr = data[2], len = stride[2])]
    v: Vec<u8>,
    #[ffi(ptr = side[0].start, len = side[0].bytes)]
    title: &'a mut [u8],
    #[ffi(ptr = side[1].start, len = side[1].bytes)]
    author: &'a mut [u8; 3],
    #[ffi(inout = flags[0])]
    first: u32,
    #[ffi(inout = flags[1])]
    second: u8,
}

#[test]
fn places_are_elements_of_arrays() {
    let (mut title, mut author) = ([1; 2], [2; 3]);
    let mut picture = Picture {
        y: &[1; 4],
        u: &[2; 5],
        v: vec![3; 6],
        title: &mut title,
        author: &mut author,
        first: 300,
        second: 7,
    };
    let looks = [0, 1, 2].map(|i| seen_both(|plane, side| echo_planes_look(&picture, i, plane, side)));
    assert_eq!(looks[0], (Seen::of(picture.y), Seen::of(picture.title)));
    assert_eq!(looks[1], (Seen::of(picture.u), Seen::of(picture.author)));
    assert_eq!(looks[2].0, Seen::of(&picture.v));

    let error = echo_planes_fill(&mut picture, b'a').unwrap_err();
    assert_eq!(error.to_string(), "`Picture.second`: C left 300 in `flags[1]`, and the field's greatest value is 255");
    picture.first = 30;
    echo_planes_fill(&mut picture, b'a').unwrap();
    assert_eq!((picture.first, picture.second), (7, 30));
    assert_eq!((title, author), (*b"aa", *b"bbb"));
}

#[test]
fn a_lifetime_may_have_any_name() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU8)]
    struct Run<'__t> {
        #[ffi(ptr = data, len = len)]
        bytes: &'__t [u8],
    }

    let bytes = [1, 2];
    assert_eq!(seen(|s| echo_run_u8_look(&Run { bytes: &bytes }, s)), Seen::of(&bytes));
}
