//! Buffers: whose memory C gets, how much of it, what becomes visible, and that nothing is allocated for it.

use pin_ffi::{FfiPinned, InFlight, Lend, OutBuf, Plain, Spare, calls};
use pin_ffi_tests::counting::{Counting, allocations};
use pin_ffi_tests::echo::*;
use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Address and length of what C may read.
fn read_by_c<B: Lend>(buf: &B) -> (*const B::Elem, usize) {
    let lent = buf.lend();
    (lent.ptr, lent.len)
}

/// Address and length of what C may write.
fn written_by_c<B: Lend>(buf: &mut B) -> (*const B::Elem, usize) {
    let lent = buf.lend_mut();
    (lent.ptr, lent.len)
}

// ---- whose memory, and how much ----

#[test]
fn a_borrow_lends_what_it_borrows() {
    let mut bytes = [1, 2, 3_u16];
    let at = bytes.as_ptr();
    assert_eq!(read_by_c(&bytes.as_slice()), (at, 3));
    assert_eq!(read_by_c(&&bytes), (at, 3));
    assert_eq!(read_by_c(&&mut bytes[1..]), (at.wrapping_add(1), 2));
    assert_eq!(written_by_c(&mut &mut bytes[1..]), (at.wrapping_add(1), 2));
}

#[test]
fn an_array_lends_itself() {
    let mut bytes = [1, 2, 3_u8];
    let at = bytes.as_ptr();
    assert_eq!((read_by_c(&bytes), written_by_c(&mut bytes)), ((at, 3), (at, 3)));
}

#[test]
fn a_vector_lends_its_elements_and_not_its_capacity() {
    let mut vec = Vec::with_capacity(9);
    vec.extend([1_u8, 2]);
    let at = vec.as_ptr();
    assert_eq!((read_by_c(&vec), written_by_c(&mut vec)), ((at, 2), (at, 2)));
    let mut boxed = vec.into_boxed_slice();
    let at = boxed.as_ptr();
    assert_eq!((read_by_c(&boxed), written_by_c(&mut boxed)), ((at, 2), (at, 2)));
}

#[test]
fn strings_lend_their_bytes_without_a_nul() {
    let (text, c) = (String::from("text"), c"c text".to_owned());
    assert_eq!(read_by_c(&text), (text.as_ptr(), 4));
    assert_eq!(read_by_c(&text.as_str()), (text.as_ptr(), 4));
    assert_eq!(read_by_c(&c), (c.as_ptr().cast(), 6));
    assert_eq!(read_by_c(&c.as_c_str()), (c.as_ptr().cast(), 6));
}

#[test]
fn io_slices_lend_what_they_borrow() {
    let mut bytes = [1, 2, 3];
    let at = bytes.as_ptr();
    assert_eq!(read_by_c(&IoSlice::new(&bytes)), (at, 3));
    let mut slice = IoSliceMut::new(&mut bytes);
    assert_eq!((read_by_c(&slice), written_by_c(&mut slice)), ((at, 3), (at, 3)));
}

#[test]
fn uninitialised_memory_is_lent_for_writing_alone() {
    let mut memory = [MaybeUninit::<u32>::uninit(); 4];
    let at = memory.as_ptr().cast();
    assert_eq!(read_by_c(&&mut memory[..]), (at, 0));
    assert_eq!(written_by_c(&mut &mut memory[..]), (at, 4));
}

#[test]
fn none_lends_null() {
    let mut none = None::<Vec<u8>>;
    assert!(none.lend().is_none() && none.lend_mut().is_none());
    assert_eq!(written_by_c(&mut none), (std::ptr::null(), 0));
    assert!(!Some(Vec::<u8>::new()).lend().is_none());
}

#[test]
fn a_plain_struct_is_an_element() {
    #[derive(Plain, Clone, Copy, Debug, PartialEq)]
    #[repr(C)]
    struct Point {
        x: u16,
        y: u16,
    }
    let mut points = [Point { x: 1, y: 2 }; 3];
    assert_eq!(written_by_c(&mut points).1, 3);
}

// ---- what is filled ----

#[test]
fn an_out_buf_lends_its_capacity_for_writing_and_what_is_filled_for_reading() {
    let mut memory = [0_u8; 8];
    let at = memory.as_ptr();
    let mut buf = OutBuf::new(&mut memory);
    assert_eq!((read_by_c(&buf), written_by_c(&mut buf)), ((at, 0), (at, 8)));
    buf.extend_from_slice(b"abc").unwrap();
    assert_eq!((read_by_c(&buf), written_by_c(&mut buf)), ((at, 3), (at, 8)));
    buf.clear();
    assert_eq!((read_by_c(&buf), buf.filled(), buf.capacity()), ((at, 0), &[][..], 8));
}

#[test]
fn an_out_buf_takes_no_more_than_fits() {
    let mut memory = [MaybeUninit::uninit(); 4];
    let mut buf = OutBuf::uninit(&mut memory);
    buf.extend_from_slice(b"abc").unwrap();
    assert_eq!(buf.extend_from_slice(b"def"), Err(2));
    assert_eq!(buf.filled(), b"abc");
    buf.extend_from_slice(b"d").unwrap();
    assert_eq!(buf.filled(), b"abcd");
}

#[test]
#[should_panic(expected = "5 elements cannot be filled in a buffer of 4")]
fn an_out_buf_is_not_filled_beyond_its_capacity() {
    // SAFETY: the memory is initialised; the length is what is tested.
    unsafe { OutBuf::new(&mut [0_u8; 4]).assume_filled(5) };
}

#[test]
fn what_is_filled_outlives_the_out_buf() {
    let mut memory = [0; 4];
    let filled = {
        let mut buf = OutBuf::new(&mut memory);
        echo_read(&mut buf, 2, 0).unwrap();
        buf.filled_mut()[0] = b'R';
        buf.into_filled()
    };
    assert_eq!(filled, b"Rr");
}

#[test]
fn spare_capacity_is_behind_the_last_element() {
    let mut vec = Vec::with_capacity(8);
    vec.extend_from_slice(b"ab");
    let (at, capacity) = (vec.as_ptr(), vec.capacity());
    let mut spare = Spare::new(&mut vec);
    assert_eq!(read_by_c(&spare), (at.wrapping_add(2), 0));
    assert_eq!(written_by_c(&mut spare), (at.wrapping_add(2), capacity - 2));
}

#[test]
fn filled_again_spare_capacity_starts_over_unless_it_is_kept() {
    #[derive(FfiPinned)]
    #[ffi(c = Inout)]
    struct Reply<'a> {
        #[ffi(ptr = data, len = len, inout)]
        bytes: Spare<'a, u8>,
    }
    let mut vec = Vec::with_capacity(8);
    let mut reply = Reply { bytes: Spare::new(&mut vec) };
    echo_inout_fill(&mut reply, b'1', 2).unwrap();
    echo_inout_fill(&mut reply, b'2', 3).unwrap();
    assert_eq!(reply.bytes.filled(), b"222");
    reply.bytes.keep();
    echo_inout_fill(&mut reply, b'3', 1).unwrap();
    assert_eq!(vec, b"2223");
}

#[test]
fn out_bufs_go_to_other_threads() {
    let mut memory = [0; 4];
    let mut buf = OutBuf::new(&mut memory);
    std::thread::scope(|s| s.spawn(|| echo_read(&mut buf, 2, 0)).join().unwrap()).unwrap();
    assert_eq!(buf.filled(), b"rr");
}

// ---- allocations ----

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

/// How many allocations one `readv` of `n` segments makes, for the first and for the tenth time.
fn of_readv(n: usize) -> (usize, usize) {
    std::thread::spawn(move || {
        let mut memory = vec![[0_u8; 1]; n];
        let mut segments: Vec<_> = memory.iter_mut().map(|m| Segment { bytes: m }).collect();
        let zeros = std::fs::File::open("/dev/zero").unwrap();
        let mut read = || allocations(|| assert_eq!(calls::readv(zeros.as_fd(), &mut segments).unwrap(), n));
        (read(), (0..9).map(|_| read()).last().unwrap())
    })
    .join()
    .unwrap()
}

/// How many `iovec`s a call has room for on its stack.
const ON_THE_STACK: usize = pin_ffi::manual::INLINE / size_of::<libc::iovec>();

/// With the pointer check compiled in, its notes take room too, and its tables grow.
const CHECKED: bool = cfg!(debug_assertions);

#[test]
fn a_small_call_allocates_nothing() {
    assert_eq!(of_readv(1), (0, 0));
    assert_eq!(of_readv(if CHECKED { 32 } else { ON_THE_STACK }), (0, 0));
}

#[test]
fn a_large_call_allocates_once() {
    for n in [ON_THE_STACK + 1, 1024] {
        let (first, tenth) = of_readv(n);
        assert_eq!(tenth, 0);
        assert!(first == 1 || CHECKED, "{n}: {first}");
    }
}

#[test]
fn a_slice_that_is_cs_already_allocates_nothing_however_long() {
    let mut memory = vec![[0_u8; 1]; 1024];
    let mut slices: Vec<_> = memory.iter_mut().map(|m| IoSliceMut::new(m)).collect();
    let zeros = std::fs::File::open("/dev/zero").unwrap();
    let count = allocations(|| assert_eq!(calls::readv(zeros.as_fd(), &mut slices).unwrap(), 1024));
    assert_eq!(count, 0);
}

#[test]
fn an_operation_is_one_allocation() {
    #[derive(FfiPinned)]
    struct Both {
        a: [u8; 8],
        b: [u8; 8],
    }
    let count = allocations(|| {
        let mut started = InFlight::new(Both { a: [0; 8], b: [0; 8] }).unwrap();
        started.start();
        // SAFETY: C was never given the address.
        unsafe { started.complete(true) }.unwrap();
    });
    assert!(count == 1 || CHECKED, "{count}");
}
