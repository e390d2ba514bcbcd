// The first part of each generated program.
#![allow(non_camel_case_types, dead_code, unused_imports, unused_assignments, unused_mut, unused_variables)]

use pin_ffi::{FfiPinned, FfiPinnedMut, OutBuf, OutVec};
use std::ffi::{c_int, c_void};

/// What C saw of a buffer, as `echo.h` has it.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Seen {
    address: u64,
    len: i64,
    sum: u64,
}

/// Why a value must be refused.
#[derive(Debug)]
struct Unfit;

/// Numbers from a seed (Knuth's constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn length(&mut self) -> usize {
        if self.below(4) == 0 { 0 } else { self.below(40) }
    }
}

/// What C writes.
const BYTE: u8 = 0xC5;

/// Memory that is never freed, so that it can be borrowed for as long as one likes.
fn memory<T: Copy>(rng: &mut Numbers, n: usize) -> &'static mut [T] {
    let mut bytes = vec![std::mem::MaybeUninit::<T>::zeroed(); n];
    let raw = bytes.as_mut_ptr().cast::<u8>();
    for i in 0..n * size_of::<T>() {
        // SAFETY: inside the vector.
        unsafe { raw.add(i).write(rng.below(256) as u8) };
    }
    let bytes: &'static mut [_] = bytes.leak();
    // SAFETY: written above, and any bytes are a number.
    unsafe { &mut *(std::ptr::from_mut(bytes) as *mut [T]) }
}

/// A buffer, told apart from what the crate says of it.
trait Sample: Sized {
    fn make(rng: &mut Numbers, n: usize) -> Self;
    /// Address and elements that C should see; `None` for no buffer.
    fn told(&mut self, write: bool) -> Option<(u64, usize)>;
    /// Elements that are shown now.
    fn shown(&self) -> usize;
}

macro_rules! samples {
    ($($t:ident)*) => {$(
        impl Sample for &'static [$t] {
            fn make(rng: &mut Numbers, n: usize) -> Self { memory(rng, n) }
            fn told(&mut self, _: bool) -> Option<(u64, usize)> { Some((self.as_ptr() as u64, self.len())) }
            fn shown(&self) -> usize { self.len() }
        }
        impl Sample for &'static mut [$t] {
            fn make(rng: &mut Numbers, n: usize) -> Self { memory(rng, n) }
            fn told(&mut self, _: bool) -> Option<(u64, usize)> { Some((self.as_ptr() as u64, self.len())) }
            fn shown(&self) -> usize { self.len() }
        }
        impl<const N: usize> Sample for [$t; N] {
            fn make(rng: &mut Numbers, _: usize) -> Self { memory::<$t>(rng, N)[..].try_into().unwrap() }
            fn told(&mut self, _: bool) -> Option<(u64, usize)> { Some((self.as_ptr() as u64, N)) }
            fn shown(&self) -> usize { N }
        }
        impl Sample for Vec<$t> {
            fn make(rng: &mut Numbers, n: usize) -> Self { memory::<$t>(rng, n).to_vec() }
            fn told(&mut self, _: bool) -> Option<(u64, usize)> { Some((self.as_ptr() as u64, self.len())) }
            fn shown(&self) -> usize { self.len() }
        }
        impl Sample for Box<[$t]> {
            fn make(rng: &mut Numbers, n: usize) -> Self { memory::<$t>(rng, n).to_vec().into() }
            fn told(&mut self, _: bool) -> Option<(u64, usize)> { Some((self.as_ptr() as u64, self.len())) }
            fn shown(&self) -> usize { self.len() }
        }
        impl Sample for OutBuf<'static, $t> {
            fn make(rng: &mut Numbers, n: usize) -> Self {
                let filled = memory::<$t>(rng, if n == 0 { 0 } else { n / 2 });
                let mut buf = OutBuf::new(memory(rng, n));
                buf.extend_from_slice(filled).unwrap();
                buf
            }
            fn told(&mut self, write: bool) -> Option<(u64, usize)> {
                Some((self.filled().as_ptr() as u64, if write { self.capacity() } else { self.filled().len() }))
            }
            fn shown(&self) -> usize { self.filled().len() }
        }
        impl Sample for OutVec<$t> {
            fn make(rng: &mut Numbers, n: usize) -> Self { OutVec::from(memory::<$t>(rng, n).to_vec()) }
            fn told(&mut self, write: bool) -> Option<(u64, usize)> {
                Some((self.filled().as_ptr() as u64, if write { self.capacity() } else { self.filled().len() }))
            }
            fn shown(&self) -> usize { self.filled().len() }
        }
    )*};
}
samples!(u8 i8 u16 i32 u64 i64);

impl Sample for String {
    fn make(rng: &mut Numbers, n: usize) -> Self { (0..n).map(|_| (b'a' + rng.below(26) as u8) as char).collect() }
    fn told(&mut self, _: bool) -> Option<(u64, usize)> { Some((self.as_ptr() as u64, self.len())) }
    fn shown(&self) -> usize { self.len() }
}

impl<S: Sample> Sample for Option<S> {
    fn make(rng: &mut Numbers, n: usize) -> Self { (rng.below(3) != 0).then(|| S::make(rng, n)) }
    fn told(&mut self, write: bool) -> Option<(u64, usize)> { self.as_mut().and_then(|s| s.told(write)) }
    fn shown(&self) -> usize { self.as_ref().map_or(0, S::shown) }
}

/// A generated struct, and what C should find in it.
trait Shape: Sized {
    fn make(rng: &mut Numbers) -> Self;
    /// All buffers in order, or that it must be refused.
    fn predict(&mut self, write: bool, all: &mut Vec<Seen>) -> Result<(), Unfit>;
    /// After C has written and reported half of each length that it may change.
    fn written(&mut self, k: &mut impl Iterator<Item = Seen>);
}

fn sum(address: u64, bytes: usize) -> u64 {
    // SAFETY: a buffer of the value that is being looked at.
    (0..bytes).map(|i| u64::from(unsafe { *(address as *const u8).add(i) })).sum()
}

/// One buffer in the list: what it is expected to be when all went well.
fn push<T>(all: &mut Vec<Seen>, lent: Option<(u64, usize)>, null_if_empty: bool, len: i64) {
    all.push(match lent {
        Some((_, 0)) if null_if_empty => Seen { address: 0, len, sum: 0 },
        Some((address, n)) => Seen { address, len, sum: sum(address, n * size_of::<T>()) },
        None => Seen { address: 0, len, sum: 0 },
    });
}

/// A shared length, joined with another buffer's.
fn agree(so_far: Option<usize>, lent: Option<usize>) -> Result<Option<usize>, Unfit> {
    match (so_far, lent) {
        (Some(a), Some(b)) if a != b => Err(Unfit),
        (a, b) => Ok(a.or(b)),
    }
}

fn round<S: Shape + FfiPinned>(
    rng: &mut Numbers,
    see: unsafe extern "C" fn(*mut S::C, *mut Seen, c_int) -> c_int,
) -> bool {
    let mut value = S::make(rng);
    let (mut expected, mut seen) = (Vec::new(), vec![Seen::default(); 4096]);
    let fits = value.predict(false, &mut expected);
    // SAFETY: C only reads, and reports no more buffers than there are.
    let result = value.with_pinned(|c| unsafe { see(c.as_ptr().cast_mut(), seen.as_mut_ptr(), 0) });
    assert_eq!(result.is_ok(), fits.is_ok(), "{result:?}");
    if let Ok(n) = result {
        assert_eq!(&seen[..n as usize], &expected[..]);
    }
    result.is_ok()
}

fn round_mut<S: Shape + FfiPinnedMut>(
    rng: &mut Numbers,
    see: unsafe extern "C" fn(*mut S::C, *mut Seen, c_int) -> c_int,
) -> bool {
    let mut value = S::make(rng);
    let (mut expected, mut seen) = (Vec::new(), vec![Seen::default(); 4096]);
    let fits = value.predict(true, &mut expected);
    // SAFETY: zeroes are numbers and null pointers.
    let mut live: S::C = unsafe { std::mem::MaybeUninit::zeroed().assume_init() };
    let in_place = rng.below(2) == 0;
    // SAFETY: C writes what it may, keeps nothing, and reports what it wrote.
    let call = |mut c: pin_ffi::Filled<'_, S::C>| unsafe { see(c.as_mut_ptr(), seen.as_mut_ptr(), 1) };
    let result = if in_place { value.with_pinned_mut_in(&mut live, call) } else { value.with_pinned_mut(call) };
    assert_eq!(result.is_ok(), fits.is_ok(), "{result:?}");
    if let Ok(n) = result {
        assert_eq!(&seen[..n as usize], &expected[..]);
        value.written(&mut expected.iter().copied());
        if in_place {
            let mut after = vec![Seen::default(); 4096];
            // SAFETY: looked at, and nothing behind it.
            let n = unsafe { see(&raw mut live, after.as_mut_ptr(), 2) };
            assert!(after[..n as usize].iter().all(|s| *s == Seen::default()), "left behind: {:?}", &after[..n as usize]);
        }
    }
    result.is_ok()
}
