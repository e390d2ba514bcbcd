//! All that is read of what C left: lengths, counts, values and gaps of a filled struct; results and lengths of a call;
//! what C passes to a callback. C says what it likes, and scribbles over the addresses as well. What is wrong is an error,
//! and of a buffer never more is shown than C reported, nor more than there is.
#![no_main]

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use pin_ffi::{FfiPinned, FfiPinnedMut, InFlight, OutBuf, OutVec, Spare, pinned_ffi};
use std::cell::{Cell, RefCell};
use std::mem::MaybeUninit;
use std::ptr::{dangling_mut, null_mut};

/// What C writes into every buffer, all of it: so its reports are of memory that it initialised.
const BYTE: u8 = 0xC5;

#[repr(C)]
struct inner {
    data: *mut u16,
    len: i64,
    tag: u8,
}

#[repr(C)]
struct outer {
    a: *mut u8,
    a_len: u16,
    b: *mut u32,
    b_bytes: i32,
    status: i64,
    inner: inner,
    parts: *mut inner,
    n: u8,
}

#[derive(FfiPinned)]
#[ffi(c = inner)]
struct Inner<'a> {
    #[ffi(ptr = data, len = len, inout)]
    data: OutBuf<'a, u16>,
    #[ffi(inout = tag)]
    tag: i8,
}

#[derive(FfiPinned)]
#[ffi(c = outer)]
struct Outer<'a> {
    #[ffi(ptr = a, len = a_len, inout, null_if_empty)]
    a: Option<OutBuf<'a, u8>>,
    #[ffi(ptr = b, len_bytes = b_bytes, inout)]
    b: Spare<'a, u32>,
    #[ffi(out = status)]
    status: i16,
    #[ffi(inline = inner)]
    inner: Inner<'a>,
    #[ffi(array = parts, len = n)]
    parts: Vec<Inner<'a>>,
}

#[derive(FfiPinned)]
#[ffi(c = outer)]
struct Owned {
    #[ffi(ptr = a, len = a_len, inout)]
    a: OutVec<u8>,
    #[ffi(ptr = b, len_bytes = b_bytes, inout)]
    b: OutVec<u32>,
    #[ffi(out = status)]
    status: i16,
}

/// What C says of one buffer.
#[derive(Clone, Copy)]
struct Said(i64);

impl Said {
    fn new(u: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self(match u.int_in_range(0..=7)? {
            0 => *u.choose(&[-1, i64::MIN, i64::MAX, i32::MIN as i64, i32::MAX as i64, 0xffff, u32::MAX as i64])?,
            1 => u.arbitrary()?,
            _ => u.int_in_range(0..=40)?,
        }))
    }

    /// How many elements are to be shown, if this is a report in a field of so many bits.
    fn shown(self, narrowed: i64, capacity: usize, unit: usize) -> Option<usize> {
        usize::try_from(narrowed).ok().filter(|n| *n <= capacity * unit).map(|n| n / unit)
    }
}

/// Plays C: fills the buffer, reports, and leaves an address that leads nowhere.
unsafe fn play_inner(c: *mut inner, said: Said, tag: u8, scribble: bool) {
    // SAFETY: a filled struct (caller).
    unsafe {
        let room = usize::try_from((*c).len).unwrap();
        (*c).data.cast::<u8>().write_bytes(BYTE, room * 2);
        (*c).len = said.0;
        (*c).tag = tag;
        if scribble {
            (*c).data = 0xdead_0000 as *mut u16;
        }
    }
}

fn check_inner(value: &Inner<'_>, said: Said, tag: u8, capacity: usize, taken: bool) {
    match said.shown(said.0, capacity, 1).filter(|_| taken && i8::try_from(tag).is_ok()) {
        Some(n) => assert_eq!((value.data.filled().len(), value.tag as u8), (n, tag)),
        None => assert_eq!((value.data.filled().len(), value.tag), (0, 1)),
    }
    assert!(value.data.filled().iter().all(|n| n.to_ne_bytes() == [BYTE; 2]));
}

fn structs(u: &mut Unstructured<'_>) -> Result<()> {
    let capacity = |u: &mut Unstructured<'_>| u.int_in_range(0..=20_usize);
    let (a, b, i) = (capacity(u)?, capacity(u)?, capacity(u)?);
    let parts: Vec<(usize, Said, u8)> = (0..u.int_in_range(0..=5)?)
        .map(|_| Ok((capacity(u)?, Said::new(u)?, u.arbitrary()?)))
        .collect::<Result<_>>()?;
    let (said_a, said_b, said_i, tag) = (Said::new(u)?, Said::new(u)?, Said::new(u)?, u.arbitrary::<u8>()?);
    let (status, n, scribble, live): (i64, u8, bool, bool) =
        (Said::new(u)?.0, u.arbitrary()?, u.arbitrary()?, u.arbitrary()?);

    let mut memory_a = vec![MaybeUninit::uninit(); a];
    let mut memory_b = Vec::with_capacity(b);
    let mut memory_i = vec![MaybeUninit::uninit(); i];
    let mut memories: Vec<_> = parts.iter().map(|(n, ..)| vec![MaybeUninit::uninit(); *n]).collect();
    let room_b = memory_b.capacity();
    let mut value = Outer {
        a: u.arbitrary::<bool>()?.then(|| OutBuf::uninit(&mut memory_a)),
        b: Spare::new(&mut memory_b),
        status: 0,
        inner: Inner { data: OutBuf::uninit(&mut memory_i), tag: 1 },
        parts: memories.iter_mut().map(|m| Inner { data: OutBuf::uninit(m), tag: 1 }).collect(),
    };
    let play = |mut c: pin_ffi::Filled<'_, outer>| {
        // SAFETY: filled; C initialises whatever it may report, and keeps nothing.
        unsafe {
            let c = c.as_mut_ptr();
            if !(*c).a.is_null() {
                (*c).a.write_bytes(BYTE, (*c).a_len as usize);
            }
            (*c).b.cast::<u8>().write_bytes(BYTE, (*c).b_bytes as usize);
            play_inner(&raw mut (*c).inner, said_i, tag, scribble);
            for (k, (_, said, tag)) in parts.iter().enumerate() {
                play_inner((*c).parts.add(k), *said, *tag, scribble);
            }
            ((*c).a_len, (*c).b_bytes, (*c).status) = (said_a.0 as u16, said_b.0 as i32, status);
            if scribble {
                ((*c).a, (*c).b, (*c).parts, (*c).n) = (dangling_mut(), dangling_mut(), dangling_mut(), n);
            }
        }
    };
    // SAFETY: numbers and null pointers.
    let mut place: outer = unsafe { MaybeUninit::zeroed().assume_init() };
    let result = if live { value.with_pinned_mut_in(&mut place, play) } else { value.with_pinned_mut(play) };
    assert!(place.a.is_null() && place.b.is_null() && place.inner.data.is_null() && place.parts.is_null());

    // All of a struct's own reports are looked at first, then nested structs in order.
    let shown_a = if a > 0 && value.a.is_some() { said_a.shown(i64::from(said_a.0 as u16), a, 1) } else { Some(0) };
    let shown_b = said_b.shown(i64::from(said_b.0 as i32), room_b, 4);
    let own = shown_a.is_some() && shown_b.is_some() && i16::try_from(status).is_ok();
    let right = |(n, said, tag): &(usize, Said, u8)| said.shown(said.0, *n, 1).is_some() && i8::try_from(*tag).is_ok();
    check_inner(&value.inner, said_i, tag, i, own);
    let mut so_far = own && right(&(i, said_i, tag));
    for (value, part) in value.parts.iter().zip(&parts) {
        check_inner(value, part.1, part.2, part.0, so_far);
        so_far &= right(part);
    }
    assert_eq!(result.is_ok(), so_far, "{result:?}");
    let taken = |shown: Option<usize>| if so_far { shown.unwrap() } else { 0 };
    assert_eq!(value.b.filled().len(), taken(shown_b));
    assert!(value.b.filled().iter().all(|n| n.to_ne_bytes() == [BYTE; 4]));
    assert_eq!(value.status, if so_far { status as i16 } else { 0 });
    if let Some(a) = &value.a {
        assert_eq!(a.filled().len(), taken(shown_a));
        assert!(a.filled().iter().all(|byte| *byte == BYTE));
    }
    Ok(())
}

fn operations(u: &mut Unstructured<'_>) -> Result<()> {
    let (a, b) = (u.int_in_range(0..=20)?, u.int_in_range(0..=20)?);
    let (said_a, said_b, status): (Said, Said, i64) = (Said::new(u)?, Said::new(u)?, Said::new(u)?.0);
    let value = Owned { a: OutVec::with_capacity(a), b: OutVec::with_capacity(b), status: 0 };
    let (a, b) = (value.a.capacity(), value.b.capacity());
    let mut started = InFlight::new(value).unwrap();
    let c = started.start();
    // SAFETY: filled until it is completed; C initialises whatever it may report.
    let done = unsafe {
        (*c).a.write_bytes(BYTE, (*c).a_len as usize);
        (*c).b.cast::<u8>().write_bytes(BYTE, (*c).b_bytes as usize);
        ((*c).a_len, (*c).b_bytes, (*c).status) = (said_a.0 as u16, said_b.0 as i32, status);
        if u.arbitrary()? {
            ((*c).a, (*c).b) = (dangling_mut(), dangling_mut());
        }
        started.complete(true)
    };
    let shown_a = said_a.shown(i64::from(said_a.0 as u16), a, 1);
    let shown_b = said_b.shown(i64::from(said_b.0 as i32), b, 4);
    match (done, shown_a, shown_b, i16::try_from(status)) {
        (Ok(value), Some(a), Some(b), Ok(status)) => {
            assert_eq!((value.a.filled().len(), value.b.filled().len(), value.status), (a, b, status));
            assert!(value.a.filled().iter().all(|byte| *byte == BYTE));
            assert!(value.b.filled().iter().all(|n| n.to_ne_bytes() == [BYTE; 4]));
        }
        (Ok(_), ..) => panic!("what C said cannot be"),
        (Err(_), Some(_), Some(_), Ok(_)) => panic!("what C said is right"),
        (Err(refused), ..) => assert!(refused.value.a.filled().is_empty() && refused.value.b.filled().is_empty()),
    }
    Ok(())
}

thread_local! {
    /// What C answers to the next call.
    static NEXT: Cell<i64> = const { Cell::new(0) };
}

/// Plays C: fills all of `n` elements, and says something else.
#[unsafe(no_mangle)]
unsafe extern "C" fn pin_ffi_fuzz_ret(p: *mut u16, n: u32) -> isize {
    // SAFETY: `n` elements (caller).
    unsafe { p.cast::<u8>().write_bytes(BYTE, n as usize * 2) };
    NEXT.get() as isize
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pin_ffi_fuzz_through(p: *mut u32, bytes: *mut i16) {
    // SAFETY: so many bytes (caller).
    unsafe {
        p.cast::<u8>().write_bytes(BYTE, *bytes as usize);
        *bytes = NEXT.get() as i16;
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pin_ffi_fuzz_structs(p: *mut inner, n: u8) -> i32 {
    for i in 0..n {
        // SAFETY: `n` filled structs (caller).
        unsafe { play_inner(p.add(i as usize), Said(0), 7, true) };
    }
    NEXT.get() as i32
}

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one, rename = returns)]
    safe fn pin_ffi_fuzz_ret(#[ffi(out, len = n, filled = ret)] p: *mut u16, n: u32) -> isize;
    #[ffi(rename = through)]
    safe fn pin_ffi_fuzz_through(#[ffi(out, len_bytes = *bytes, filled = *bytes)] p: *mut u32, bytes: *mut i16);
    #[ffi(err = negative_errno, rename = several)]
    safe fn pin_ffi_fuzz_structs(#[ffi(pin_mut, len = n, filled = ret)] p: *mut inner, n: u8) -> i32;
}

fn calls(u: &mut Unstructured<'_>) -> Result<()> {
    let (capacity, said) = (u.int_in_range(0..=30_usize)?, Said::new(u)?);
    NEXT.set(said.0);
    match u.int_in_range(0..=2)? {
        0 => {
            let mut memory = vec![MaybeUninit::uninit(); capacity];
            let result = returns(&mut memory[..]).map(|(filled, rest)| {
                assert!(filled.iter().all(|n| n.to_ne_bytes() == [BYTE; 2]));
                (filled.len(), rest.len())
            });
            assert_eq!(result.ok(), said.shown(said.0, capacity, 1).map(|n| (n, capacity - n)));
        }
        1 => {
            let mut vec = Vec::<u32>::with_capacity(capacity);
            let room = vec.capacity();
            let result = through(Spare::new(&mut vec));
            let shown = said.shown(i64::from(said.0 as i16), room, 4);
            assert_eq!(result.ok(), shown);
            assert_eq!(vec.len(), shown.unwrap_or(0));
            assert!(vec.iter().all(|n| n.to_ne_bytes() == [BYTE; 4]));
        }
        _ => {
            let mut memories = vec![[MaybeUninit::uninit(); 3]; capacity];
            let mut values: Vec<_> = memories.iter_mut().map(|m| Inner { data: OutBuf::uninit(m), tag: 1 }).collect();
            let result = several(&mut values[..]);
            let shown = said.shown(i64::from(said.0 as i32), capacity, 1);
            assert_eq!(result.is_ok(), shown.is_some());
            let tags = values.iter().filter(|value| value.tag == 7).count();
            assert_eq!(tags, shown.unwrap_or(0));
            assert!(values.iter().take(tags).all(|value| value.tag == 7));
        }
    }
    Ok(())
}

thread_local! {
    static SEEN: RefCell<Option<[usize; 3]>> = const { RefCell::new(None) };
}

#[pinned_ffi(panic = -1)]
extern "C" fn called(
    #[ffi(in, len = n)] p: *const u32,
    n: i32,
    #[ffi(inout, len = *m)] q: *mut u64,
    m: *mut i64,
    #[ffi(out, len = w * 2)] r: *mut u16,
    w: u64,
) -> i32 {
    SEEN.set(Some([p.len(), q.len(), r.len()]));
    q.fill(p.iter().map(|n| u64::from(*n)).sum());
    r.iter_mut().for_each(|place| _ = place.write(1));
    0
}

fn callbacks(u: &mut Unstructured<'_>) -> Result<()> {
    // As much as there is, or a length that C cannot mean.
    let length = |u: &mut Unstructured<'_>| {
        u.choose(&[0, 1, 5, 8, -1, i64::MIN, i64::MAX, i32::MIN as i64, i64::MAX / 2, 1 << 62]).copied()
    };
    let (n, mut m, w) = (length(u)? as i32, length(u)?, length(u)? as u64);
    let (p, mut q, mut r) = ([1_u32; 8], [2_u64; 8], [3_u16; 16]);
    let at = |u: &mut Unstructured<'_>, here: *mut u8, len: bool| {
        Ok(match u.int_in_range(0..=5)? {
            0 => null_mut(),
            1 => here.wrapping_add(1),
            // A length that is more than the array would be C's lie, which nobody can see.
            _ if !len => null_mut(),
            _ => here,
        })
    };
    let honest = |n: i64| (0..=8).contains(&n) || !(0..1 << 60).contains(&n);
    let p_at = at(u, p.as_ptr().cast_mut().cast(), honest(i64::from(n)))?;
    let q_at = at(u, q.as_mut_ptr().cast(), honest(m))?;
    let r_at = at(u, r.as_mut_ptr().cast(), w <= 8 || w >= 1 << 61)?;
    let m_at = if u.arbitrary()? { &raw mut m } else { null_mut() };
    SEEN.set(None);
    let right = |at: *mut u8, n: i128, align: usize| match at.is_null() {
        true => n == 0,
        false => at.addr() % align == 0 && (0..=16).contains(&n),
    };
    let good =
        right(p_at, n.into(), 4) && !m_at.is_null() && right(q_at, m.into(), 8) && right(r_at, i128::from(w) * 2, 2);
    // SAFETY: addresses with as many elements as the lengths say, or ones that no slice can have.
    let answer = unsafe { called(p_at.cast(), n, q_at.cast(), m_at, r_at.cast(), w) };
    let expected = good.then(|| [n as usize, m as usize, w as usize * 2]);
    assert_eq!((answer, SEEN.take()), (if good { 0 } else { -1 }, expected));
    Ok(())
}

/// libFuzzer ends the process at each panic; those of callbacks are caught, and answered.
fn caught_panics_are_no_crashes() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let ends = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let text = info.payload().downcast_ref::<String>();
            if !text.is_some_and(|text| text.starts_with("C passed ")) {
                ends(info);
            }
        }));
    });
}

fuzz_target!(|bytes: &[u8]| {
    caught_panics_are_no_crashes();
    let mut u = Unstructured::new(bytes);
    let _ = match u.int_in_range(0..=3) {
        Ok(0) => structs(&mut u),
        Ok(1) => operations(&mut u),
        Ok(2) => calls(&mut u),
        _ => callbacks(&mut u),
    };
});
