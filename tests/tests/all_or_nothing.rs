//! Where one report of a call cannot be, nothing of the call is taken: in arrays, arrays in arrays, structs in place, and
//! several parameters.

use pin_ffi::{FfiPinned, FfiPinnedMut, InFlight, OutBuf, OutVec, pinned_ffi};
use std::ffi::c_int;

#[repr(C)]
#[derive(Clone, Copy)]
struct reply {
    data: *mut u8,
    len: u32,
    status: i32,
}

#[derive(FfiPinned)]
#[ffi(c = reply)]
struct Reply<'a> {
    #[ffi(out = status)]
    status: i8,
    #[ffi(ptr = data, len = len, inout)]
    data: OutBuf<'a, u8>,
}

impl Reply<'_> {
    fn shown(&self) -> (i8, usize) {
        (self.status, self.data.filled().len())
    }
}

fn two(memory: &mut [[u8; 4]; 2]) -> [Reply<'_>; 2] {
    memory.each_mut().map(|bytes| Reply { status: -1, data: OutBuf::new(bytes) })
}

/// What C leaves: lengths, and the status of the last.
type Left = ([u32; 2], i32);

/// The second cannot be, then the first, then a value; and then all can.
const REPORTS: [(Left, bool); 4] =
    [(([1, 5], 1), false), (([5, 1], 2), false), (([2, 2], 300), false), (([3, 3], 4), true)];

/// Plays C.
unsafe fn write(replies: [*mut reply; 2], (lens, status): Left) {
    for (i, (reply, len)) in replies.into_iter().zip(lens).enumerate() {
        // SAFETY: filled structs of the caller's, over memory that is initialised.
        unsafe { ((*reply).len, (*reply).status) = (len, if i == 1 { status } else { 9 }) };
    }
}

fn expect(is_ok: bool, fits: bool, shown: [(i8, usize); 2]) {
    assert_eq!(is_ok, fits);
    assert_eq!(shown, if fits { [(9, 3), (4, 3)] } else { [(-1, 0); 2] });
}

/// C's side.
mod c {
    use super::{reply, write};
    use std::ffi::c_int;

    #[unsafe(no_mangle)]
    unsafe extern "C" fn all_or_nothing_array(replies: *mut reply, n: usize, a: u32, b: u32, status: i32) -> c_int {
        assert_eq!(n, 2);
        // SAFETY: two filled structs.
        unsafe { write([replies, replies.add(1)], ([a, b], status)) };
        0
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn all_or_nothing_two(x: *mut reply, y: *mut reply, a: u32, b: u32, status: i32) -> c_int {
        // SAFETY: two filled structs.
        unsafe { write([x, y], ([a, b], status)) };
        0
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn all_or_nothing_mixed(x: *mut reply, buf: *mut u8, n: usize, a: u32) -> isize {
        // SAFETY: a filled struct, and room for as many bytes.
        unsafe {
            buf.write_bytes(1, n);
            ((*x).len, (*x).status) = (a, 9);
        }
        a as isize
    }
}

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = nonzero)]
    safe fn all_or_nothing_array(
        #[ffi(pin_mut, len = n)] replies: *mut reply,
        n: usize,
        a: u32,
        b: u32,
        status: i32,
    ) -> c_int;

    #[ffi(err = nonzero)]
    safe fn all_or_nothing_two(
        #[ffi(pin_mut)] x: *mut reply,
        #[ffi(pin_mut)] y: *mut reply,
        a: u32,
        b: u32,
        status: i32,
    ) -> c_int;

    #[ffi(err = minus_one)]
    safe fn all_or_nothing_mixed(
        #[ffi(pin_mut)] x: *mut reply,
        #[ffi(out, len = n, filled = ret)] buf: *mut u8,
        n: usize,
        a: u32,
    ) -> isize;
}

#[test]
fn an_array_of_structs() {
    for (([a, b], status), fits) in REPORTS {
        let mut memory = [[0; 4]; 2];
        let mut replies = two(&mut memory);
        let result = all_or_nothing_array(&mut replies, a, b, status);
        expect(result.is_ok(), fits, replies.each_ref().map(Reply::shown));
    }
}

#[test]
fn two_parameters() {
    for (([a, b], status), fits) in REPORTS {
        let mut memory = [[0; 4]; 2];
        let [mut x, mut y] = two(&mut memory);
        let result = all_or_nothing_two(&mut x, &mut y, a, b, status);
        expect(result.is_ok(), fits, [x.shown(), y.shown()]);
    }
}

#[test]
fn a_struct_and_a_buffer() {
    for (n, fits) in [(3, true), (4, false)] {
        let (mut memory, mut vec) = ([[0; 4]; 2], [0; 3]);
        let [mut x, _] = two(&mut memory);
        let mut buf = OutBuf::new(&mut vec);
        let result = all_or_nothing_mixed(&mut x, &mut buf, n);
        assert_eq!(result.is_ok(), fits);
        assert_eq!((x.shown(), buf.filled().len()), if fits { ((9, 3), 3) } else { ((-1, 0), 0) });
    }
    // The other way round: the struct cannot be.
    let (mut memory, mut vec) = ([[0; 4]; 2], [0; 9]);
    let [mut x, _] = two(&mut memory);
    let mut buf = OutBuf::new(&mut vec);
    assert!(all_or_nothing_mixed(&mut x, &mut buf, 5).is_err());
    assert_eq!((x.shown(), buf.filled().len()), ((-1, 0), 0));
}

#[pinned_ffi]
fn wrapped(#[ffi(pin_mut)] x: &mut Reply<'_>, #[ffi(pin_mut)] y: &mut Reply<'_>, left: Left) -> std::io::Result<()> {
    // SAFETY: plays C.
    unsafe { write([x.as_mut_ptr(), y.as_mut_ptr()], left) };
    Ok(())
}

#[test]
fn two_parameters_of_a_wrapper() {
    for (left, fits) in REPORTS {
        let mut memory = [[0; 4]; 2];
        let [mut x, mut y] = two(&mut memory);
        let result = wrapped(&mut x, &mut y, left);
        expect(result.is_ok(), fits, [x.shown(), y.shown()]);
    }
}

// ---- inside one value ----

#[repr(C)]
struct group {
    replies: *mut reply,
    n: usize,
}

#[derive(FfiPinned)]
#[ffi(c = group)]
struct Group<'a> {
    #[ffi(array = replies, len = n)]
    replies: Vec<Reply<'a>>,
}

#[repr(C)]
struct tree {
    groups: *mut group,
    n: usize,
}

#[derive(FfiPinned)]
#[ffi(c = tree)]
struct Tree<'a> {
    #[ffi(array = groups, len = n)]
    groups: [Group<'a>; 2],
}

#[test]
fn arrays_in_an_array() {
    for (left, fits) in REPORTS {
        let mut memory = [[0; 4]; 2];
        let mut tree = Tree { groups: two(&mut memory).map(|reply| Group { replies: vec![reply] }) };
        let result = tree.with_pinned_mut(|mut c| {
            // SAFETY: plays C.
            unsafe {
                let groups = (*c.as_mut_ptr()).groups;
                write([(*groups).replies, (*groups.add(1)).replies], left);
            }
        });
        expect(result.is_ok(), fits, tree.groups.each_ref().map(|group| group.replies[0].shown()));
    }
}

#[repr(C)]
struct pair {
    x: reply,
    y: reply,
}

#[derive(FfiPinned)]
#[ffi(c = pair)]
struct Pair<'a> {
    #[ffi(inline = x)]
    x: Reply<'a>,
    #[ffi(inline = y)]
    y: Reply<'a>,
}

#[test]
fn structs_in_place() {
    for (left, fits) in REPORTS {
        let mut memory = [[0; 4]; 2];
        let [x, y] = two(&mut memory);
        let mut pair = Pair { x, y };
        let result = pair.with_pinned_mut(|mut c| {
            // SAFETY: plays C.
            unsafe {
                let c = c.as_mut_ptr();
                write([&raw mut (*c).x, &raw mut (*c).y], left);
            }
        });
        expect(result.is_ok(), fits, [pair.x.shown(), pair.y.shown()]);
    }
}

#[test]
fn an_operation() {
    #[derive(FfiPinned)]
    #[ffi(c = reply)]
    struct Owned {
        #[ffi(out = status)]
        status: i8,
        #[ffi(ptr = data, len = len, inout)]
        data: OutVec<u8>,
    }
    let mut operation = InFlight::new(Owned { status: -1, data: OutVec::with_capacity(4) }).unwrap();
    let c = operation.start();
    // SAFETY: plays C, which has finished.
    let completed = unsafe {
        ((*c).len, (*c).status) = (u32::MAX, 9);
        operation.complete(true)
    };
    let Err(refused) = completed else { panic!("C reported more than fits") };
    assert_eq!((refused.value.status, refused.value.data.filled().len()), (-1, 0));
}
