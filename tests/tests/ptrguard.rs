//! What `ptrguard` promises, each line of it by a test with its number; the compile errors are in `ui/pinner`.
#![cfg(unix)]
#![allow(clippy::forget_non_drop)] // forgetting handles is the attack, whether or not it does anything

use pin_ffi::{Pinner, pin::Stored, scope};
use pin_ffi_tests::counting::{Counting, allocations};
use pin_ffi_tests::told::Told;
use std::ffi::c_void;
use std::io::Write;
use std::mem::{self, MaybeUninit};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

#[global_allocator]
static GLOBAL: Counting = Counting;

/// `n` values in C memory.
struct Malloc<T>(*mut T, usize);

impl<T: Copy> Malloc<T> {
    fn zeroed(n: usize) -> Self {
        // SAFETY: `calloc` takes any sizes.
        let start = unsafe { libc::calloc(n, size_of::<T>()) }.cast::<T>();
        assert!(!start.is_null());
        Self(start, n)
    }

    fn at(&self, index: usize) -> *mut T {
        assert!(index < self.1);
        // SAFETY: inside the allocation.
        unsafe { self.0.add(index) }
    }

    fn get(&self, index: usize) -> T {
        // SAFETY: inside the allocation, which was zeroed and holds numbers or pointers.
        unsafe { self.at(index).read() }
    }
}

impl<T> Drop for Malloc<T> {
    fn drop(&mut self) {
        // SAFETY: allocated by `calloc`.
        unsafe { libc::free(self.0.cast()) }
    }
}

#[test]
fn g01_store_writes_the_address_and_the_end_of_the_scope_nulls_it() {
    let slots = Malloc::<*mut c_void>::zeroed(2);
    let mut buf = [0_u8; 16];
    let address = buf.as_ptr().cast::<c_void>();
    scope(|s| {
        let pin = s.pin_mut(&mut buf);
        // SAFETY: the slots outlive the scope, and only this thread uses them.
        let stored = unsafe { s.store_at(slots.at(0), &pin) };
        assert_eq!(slots.get(0).cast_const(), address);
        assert_eq!(stored.slot(), slots.at(0));
        assert!(slots.get(1).is_null());
    });
    assert!(slots.get(0).is_null());
}

#[test]
fn g01_slots_are_null_before_anything_is_dropped() {
    let slots = Malloc::<*const u8>::zeroed(3);
    let mut seen = 0;
    let null = || (0..3).all(|i| slots.get(i).is_null());
    scope(|s| {
        let look = || {
            assert!(null());
            seen += 1;
        };
        // SAFETY: the slots outlive the scope, and only this thread uses them.
        unsafe {
            s.store_at(slots.at(0), &s.pin(b"before"));
            s.store_at(slots.at(1), &s.pin_owned(Told(vec![1], look)));
            s.store_at(slots.at(2), &s.pin(b"after"));
        }
        assert!(!null());
    });
    assert!(null());
    assert_eq!(seen, 1);
}

#[test]
fn g01_slots_are_nulled_on_a_panic() {
    let slots = Malloc::<*const u8>::zeroed(1024);
    let buf = vec![0_u8; 8];
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        scope(|s| {
            let pin = s.pin(&buf);
            for i in 0..1024 {
                // SAFETY: the slots outlive the scope, and only this thread uses them.
                mem::forget(unsafe { s.store_at(slots.at(i), &pin) });
            }
            scope(|_| panic!("two scopes deep"));
        });
    }));
    assert!(panicked.is_err());
    assert!((0..1024).all(|i| slots.get(i).is_null()));
}

#[test]
fn g01_a_slot_in_a_packed_c_struct() {
    #[repr(C, packed)]
    #[derive(Clone, Copy)]
    struct Packed {
        tag: u8,
        data: *mut u8,
    }
    let mut packed = Packed { tag: 1, data: ptr::dangling_mut() };
    let (place, mut buf) = (&raw mut packed, [0_u8; 4]);
    scope(|s| {
        let pin = s.pin_mut(&mut buf);
        // SAFETY: `packed` outlives the scope and is used through `place` alone.
        unsafe {
            s.store_at(&raw mut (*place).data, &pin);
            assert_eq!({ (*place).data }, pin.as_mut_ptr());
        }
    });
    assert!({ packed.data }.is_null() && packed.tag == 1);
}

#[test]
fn g02_a_thousand_slots_of_one_pin() {
    let mut slots = [ptr::null_mut::<u8>(); 1024];
    let mut buf = [0_u8; 4];
    let address = buf.as_mut_ptr();
    scope(|s| {
        let pin = s.pin_mut(&mut buf);
        for slot in &mut slots {
            let stored = s.store(slot, &pin);
            // SAFETY: a live slot.
            assert_eq!(unsafe { *stored.slot() }, address);
        }
    });
    assert!(slots.iter().all(|slot| slot.is_null()));
}

#[test]
fn g02_a_thousand_pins_at_once() {
    let slots = Malloc::<*mut u32>::zeroed(1024);
    let mut buffers: Vec<_> = (0..1024_u32).map(|i| vec![i; 2]).collect();
    scope(|s| {
        for (i, buf) in buffers.iter_mut().enumerate() {
            // SAFETY: the slots outlive the scope, and only this thread uses them.
            unsafe { s.store_at(slots.at(i), &s.pin_mut(buf)) };
        }
        for i in 0..1024 {
            // SAFETY: each slot has the address of two pinned elements.
            unsafe {
                assert_eq!(*slots.get(i), i as u32);
                slots.get(i).add(1).write(7);
            }
        }
    });
    assert!((0..1024).all(|i| slots.get(i).is_null()));
    assert!(buffers.iter().enumerate().all(|(i, buf)| buf[..] == [i as u32, 7]));
}

#[test]
fn g03_an_inner_scope_ends_first_and_may_store_what_is_pinned_outside() {
    let slots = Malloc::<*const u8>::zeroed(2);
    let (outer_buf, inner_buf) = ([1_u8], [2_u8]);
    scope(|outer| {
        let pin = outer.pin(&outer_buf);
        // SAFETY: the slots outlive both scopes, and only this thread uses them.
        unsafe { outer.store_at(slots.at(0), &pin) };
        for _ in 0..3 {
            scope(|inner| {
                // SAFETY: as above.
                unsafe { inner.store_at(slots.at(1), &pin) };
                assert_eq!(slots.get(1), outer_buf.as_ptr());
            });
            assert!(slots.get(1).is_null());
            scope(|inner| {
                let own = inner.pin(&inner_buf);
                // SAFETY: as above.
                unsafe {
                    inner.store_at(slots.at(1), &pin).release();
                    inner.store_at(slots.at(1), &own);
                }
                assert_eq!(slots.get(1), inner_buf.as_ptr());
            });
            assert!(slots.get(1).is_null());
            assert_eq!(slots.get(0), outer_buf.as_ptr(), "the outer one goes on");
        }
    });
    assert!(slots.get(0).is_null());
}

#[test]
fn g04_a_pin_of_a_pinner_can_be_stored_for_as_long_as_the_pinner_lives() {
    let text = String::from("pinned outside");
    let mut slot = ptr::null::<u8>();
    let pinner = Pinner::new();
    let pin = pinner.pin(&text);
    scope(|s| {
        let stored = s.store(&mut slot, &pin);
        // SAFETY: a live slot.
        assert_eq!(unsafe { *stored.slot() }, text.as_ptr());
    });
    assert!(slot.is_null());
    drop(pinner);
}

#[test]
fn g05_a_slot_that_c_overwrote_is_nulled_all_the_same() {
    let slots = Malloc::<*mut u8>::zeroed(2);
    let mut bufs = [[0_u8; 4]; 2];
    let [first, second] = &mut bufs;
    scope(|s| {
        // SAFETY: the slots outlive the scope; this thread plays C.
        unsafe {
            s.store_at(slots.at(0), &s.pin_mut(first));
            let early = s.store_at(slots.at(1), &s.pin_mut(second));
            slots.at(0).write(ptr::dangling_mut());
            slots.at(1).write(ptr::dangling_mut());
            early.release();
        }
        assert!(slots.get(1).is_null() && !slots.get(0).is_null());
    });
    assert!(slots.get(0).is_null());
}

#[test]
fn g05_a_released_slot_is_no_longer_ours() {
    let slots = Malloc::<*const u8>::zeroed(1);
    scope(|s| {
        // SAFETY: the slot outlives the scope; this thread plays C.
        unsafe {
            s.store_at(slots.at(0), &s.pin(b"lent")).release();
            slots.at(0).write(ptr::dangling());
        }
    });
    assert_eq!(slots.get(0), ptr::dangling(), "what C wrote after the release stays");
}

#[test]
fn g08_unpin_twice_or_of_nothing_does_nothing() {
    assert!(Pinner::new().unpin().unpin().is_empty());
    scope(|_| scope(|_| ()));
}

/// xorshift: the toggles are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

#[test]
fn g09_twenty_thousand_guards_toggled_at_random_against_a_model() {
    const GUARDS: usize = 20_000;
    const TOGGLES: usize = 100_000;
    let slots = Malloc::<*const u64>::zeroed(GUARDS);
    let targets: Vec<u64> = (0..GUARDS as u64).collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    // The model: which target each slot has.
    let mut model: Vec<Option<usize>> = vec![None; GUARDS];

    scope(|s| {
        let mut guards: Vec<Option<Stored<'_, *const u64>>> = Vec::with_capacity(GUARDS);
        let pins: Vec<_> = targets.iter().map(|target| s.pin_value(target)).collect();
        for (i, pin) in pins.iter().enumerate() {
            // SAFETY: the slots outlive the scope, and only this thread uses them.
            guards.push(Some(unsafe { s.store_at(slots.at(i), pin) }));
            model[i] = Some(i);
        }
        let check = |model: &[Option<usize>], i: usize| {
            let expected = model[i].map_or(ptr::null(), |target| &raw const targets[target]);
            assert_eq!(slots.get(i), expected);
        };

        let allocated = allocations(|| {
            for step in 0..TOGGLES {
                let i = random.below(GUARDS);
                if let Some(stored) = guards[i].take() {
                    stored.release();
                    model[i] = None;
                } else {
                    let target = random.below(GUARDS);
                    // SAFETY: as above.
                    guards[i] = Some(unsafe { s.store_at(slots.at(i), &pins[target]) });
                    model[i] = Some(target);
                }
                // The slot itself and some others at each step, all of them now and then.
                check(&model, i);
                (0..4).for_each(|_| check(&model, random.below(GUARDS)));
                if step % 10_000 == 0 {
                    (0..GUARDS).for_each(|i| check(&model, i));
                }
            }
        });
        (0..GUARDS).for_each(|i| check(&model, i));
        assert_eq!(allocated, 0, "released slots are reused");
        assert!(model.iter().any(Option::is_none) && model.iter().any(Option::is_some));
    });
    assert!((0..GUARDS).all(|i| slots.get(i).is_null()));
}

#[test]
fn g09_a_scope_does_not_grow_by_slots_that_are_released() {
    let mut slot = ptr::null::<u8>();
    let place = &raw mut slot;
    scope(|s| {
        let pin = s.pin(b"the same");
        let allocated = allocations(|| {
            for _ in 0..1_000_000 {
                // SAFETY: `slot` outlives the scope and is used through `place` alone.
                unsafe { s.store_at(place, &pin) }.release();
            }
        });
        assert_eq!(allocated, 0);
    });
}

/// A stream with 0, 1, 2, ... in it.
fn counting_stream(n: usize) -> (UnixStream, UnixStream) {
    let (reader, mut writer) = UnixStream::pair().unwrap();
    let bytes: Vec<u8> = (0..n).map(|i| i as u8).collect();
    writer.write_all(&bytes).unwrap();
    (reader, writer)
}

fn check_counting(buffers: &[Vec<u8>], n: usize) {
    let read: Vec<u8> = buffers.concat();
    assert!(read[..n].iter().enumerate().all(|(i, &byte)| byte == i as u8));
}

#[test]
fn g10_readv_through_an_iovec_array_in_c_memory() {
    let (reader, _writer) = counting_stream(1000);
    let mut buffers = vec![vec![0_u8; 10]; 100];
    let iov = Malloc::<libc::iovec>::zeroed(100);
    let n = scope(|s| {
        for (i, buf) in buffers.iter_mut().enumerate() {
            let pin = s.pin_mut(buf);
            // SAFETY: the array outlives the scope, and only this thread uses it.
            unsafe {
                s.store_at(&raw mut (*iov.at(i)).iov_base, &pin);
                (*iov.at(i)).iov_len = pin.len();
            }
        }
        // SAFETY: 100 pinned buffers with their lengths.
        unsafe { libc::readv(reader.as_raw_fd(), iov.0, 100) }
    });
    assert_eq!(n, 1000);
    check_counting(&buffers, 1000);
    assert!((0..100).all(|i| iov.get(i).iov_base.is_null() && iov.get(i).iov_len == 10));
}

#[test]
fn g10_readv_through_an_iovec_array_in_own_memory() {
    let (reader, _writer) = counting_stream(1000);
    let mut buffers = vec![vec![0_u8; 10]; 100];
    let mut iov = [libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 }; 100];
    let array = iov.as_mut_ptr();
    let n = scope(|s| {
        for (i, buf) in buffers.iter_mut().enumerate() {
            let pin = s.pin_mut(buf);
            // SAFETY: the array outlives the scope, and is used through `array` alone.
            unsafe {
                s.store_at(&raw mut (*array.add(i)).iov_base, &pin);
                (*array.add(i)).iov_len = pin.len();
            }
        }
        // SAFETY: 100 pinned buffers with their lengths.
        unsafe { libc::readv(reader.as_raw_fd(), array, 100) }
    });
    assert_eq!(n, 1000);
    check_counting(&buffers, 1000);
    assert!(iov.iter().all(|iov| iov.iov_base.is_null()));
}

#[test]
fn g10_a_safe_slot_for_a_parameter_that_points_at_a_pointer() {
    // `strtol` writes the end into a `char **`.
    let digits = c"1234rest";
    let mut end = ptr::null::<libc::c_char>();
    let (number, rest) = scope(|s| {
        let pin = s.pin(digits);
        let stored = s.store(&mut end, &pin);
        // SAFETY: a pinned C string, and a live slot.
        unsafe {
            let number = libc::strtol(pin.as_ptr().cast(), stored.slot().cast(), 10);
            (number, (*stored.slot()).byte_offset_from(pin.as_ptr()))
        }
    });
    assert_eq!((number, rest), (1234, 4));
    assert!(end.is_null(), "C overwrote it, and it is nulled all the same");
}

#[test]
fn g11_a_call_with_pins_starts_no_thread_and_allocates_nothing() {
    let (reader, mut writer) = UnixStream::pair().unwrap();
    let mut buffers = [[0_u8; 8]; 8];
    let mut call = || {
        writer.write_all(&[1; 64]).unwrap();
        let mut iov = [MaybeUninit::<libc::iovec>::zeroed(); 8];
        let array = iov.as_mut_ptr().cast::<libc::iovec>();
        scope(|s| {
            for (i, buf) in buffers.iter_mut().enumerate() {
                // SAFETY: the array outlives the scope, and is used through `array` alone.
                unsafe {
                    s.store_at(&raw mut (*array.add(i)).iov_base, &s.pin_mut(buf));
                    (*array.add(i)).iov_len = 8;
                }
            }
            // SAFETY: eight pinned buffers with their lengths.
            unsafe { libc::readv(reader.as_raw_fd(), array, 8) }
        })
    };
    assert_eq!(allocations(|| assert_eq!(call(), 64)), 0, "not even the first time");
    assert_eq!(allocations(|| (0..1000).for_each(|_| assert_eq!(call(), 64))), 0);
}
