//! What `runtime.Pinner` promises, each line of it by a test with its number; the compile errors are in `ui/pinner`.

#![allow(clippy::forget_non_drop)] // forgetting handles is the attack, whether or not it does anything

use pin_ffi::{
    FfiPinned, InFlight, Lend, OutBuf, Pinner, Spare, check,
    manual::{Exclusive, Lent},
    scope,
    stats::leaked_operations,
};
use pin_ffi_tests::counting::{Counting, allocations};
use pin_ffi_tests::told::Told;
use std::cell::{Cell, RefCell};
use std::mem::{self, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

#[global_allocator]
static GLOBAL: Counting = Counting;

fn bump(count: &AtomicUsize) {
    count.fetch_add(1, Ordering::Relaxed);
}

#[test]
fn p01_pinned_only_between_pin_and_unpin() {
    let memory = [0_u32; 8];
    let inner = &memory[2..6];
    let pinner = Pinner::new();
    assert!(!pinner.is_pinned(inner.as_ptr(), 4));

    let pin = pinner.pin(inner);
    assert_eq!((pin.as_ptr(), pin.len(), pin.len_bytes()), (inner.as_ptr(), 4, 16));
    assert_eq!(pinner.is_pinned(inner.as_ptr(), 4), check::is_on(), "the whole range");
    assert_eq!(pinner.is_pinned(inner[1..].as_ptr(), 3), check::is_on(), "from an inner address");
    assert_eq!(pinner.is_pinned(inner.as_ptr().cast::<u8>().wrapping_add(5), 1), check::is_on(), "one inner byte");
    assert!(!pinner.is_pinned(memory.as_ptr(), 3), "begins before the pin");
    assert!(!pinner.is_pinned(inner.as_ptr(), 5), "ends behind it");
    assert!(!pinner.is_pinned(memory[6..].as_ptr(), 1), "the neighbour");
    assert!(!pinner.is_pinned(inner.as_ptr(), usize::MAX), "a length that overflows");
    assert!(!pinner.is_pinned(std::ptr::null::<u8>(), 1));

    let pinner = pinner.unpin();
    assert!(!pinner.is_pinned(inner.as_ptr(), 4));
    assert!(pinner.is_empty());
}

#[test]
fn p01_a_scope_knows_what_is_pinned_in_it() {
    let (shared, mut exclusive) = (vec![1_u8; 4], [2_u8; 4]);
    scope(|s| {
        let (a, b) = (s.pin(&shared), s.pin_mut(&mut exclusive));
        assert_eq!([s.is_pinned(a.as_ptr(), 4), s.is_pinned(b.as_ptr(), 4)], [check::is_on(); 2]);
        scope(|inner| assert!(!inner.is_pinned(a.as_ptr(), 4), "pinned in the outer one"));
    });
    scope(|s| assert!(!s.is_pinned(shared.as_ptr(), 1)));
}

#[test]
fn p02_an_owned_value_lives_until_the_pin_ends_and_no_longer() {
    let dropped = RefCell::new(Vec::new());
    let value = |name| {
        let dropped = &dropped;
        Told(vec![name; 64], move || dropped.borrow_mut().push(name))
    };
    scope(|s| {
        let a = s.pin_owned_mut(value(1));
        let b = s.pin_owned(value(2));
        let _ = s.pin_owned(value(3));
        assert!(dropped.borrow().is_empty());
        // SAFETY: both are pinned, 64 bytes each, and nobody else uses them.
        unsafe {
            a.as_mut_ptr().write_bytes(9, 64);
            assert_eq!((*a.as_ptr().add(63), *b.as_ptr().add(63)), (9, 2));
        }
    });
    assert_eq!(*dropped.borrow(), [3, 2, 1], "right after, last first");
}

#[test]
fn p02_an_unpinned_pinner_has_dropped_what_it_owned() {
    let count = AtomicUsize::new(0);
    let value = || Told(vec![0; 8], || bump(&count));
    let pinner = Pinner::new();
    let _ = (pinner.pin_owned(value()), pinner.pin_owned_mut(value()));
    assert_eq!(count.load(Ordering::Relaxed), 0);
    let pinner = pinner.unpin();
    assert_eq!(count.load(Ordering::Relaxed), 2);
    let _ = pinner.pin_owned(value());
    drop(pinner);
    assert_eq!(count.load(Ordering::Relaxed), 3);
}

#[test]
fn p03_the_same_object_pinned_a_hundred_times() {
    let object = [7_u8; 32];
    let pinner = Pinner::new();
    for _ in 0..100 {
        assert_eq!(pinner.pin(&object).as_ptr(), object.as_ptr());
    }
    assert_eq!(pinner.len(), 100);
    let pinner = pinner.unpin();
    assert!(pinner.is_empty() && !pinner.is_pinned(object.as_ptr(), 1));
}

#[test]
fn p04_two_pinners_on_one_object() {
    let object = String::from("shared");
    let (first, second) = (Pinner::new(), Pinner::new());
    let _ = (first.pin(&object), second.pin(&object));
    let first = first.unpin();
    assert!(!first.is_pinned(object.as_ptr(), 6));
    assert_eq!(second.is_pinned(object.as_ptr(), 6), check::is_on(), "until the other lets go as well");
    let second = second.unpin();
    assert!(!second.is_pinned(object.as_ptr(), 6));
    drop(object);
}

#[test]
fn p05_zero_size_and_empty_buffers_are_accepted() {
    let (array, vec, sizeless) = ([0_u64; 0], Vec::<u32>::new(), [[0_u8; 0]; 3]);
    let mut out: [MaybeUninit<u16>; 0] = [];
    let mut empty = &mut out[..];
    scope(|s| {
        let pins = [s.pin(&array).as_ptr().addr(), s.pin(&vec).as_ptr().addr(), s.pin("").as_ptr().addr()];
        assert!(pins.iter().all(|&address| address != 0));
        assert!(s.pin(&array).as_ptr().is_aligned() && s.pin(&vec).as_ptr().is_aligned());
        assert_eq!((s.pin(&sizeless).len(), s.pin(&sizeless).len_bytes()), (3, 0));
        let pin = s.pin_mut(&mut empty);
        assert!(pin.is_empty() && pin.as_ptr().is_aligned() && !pin.as_ptr().is_null());
        assert!(pin.null_if_empty().as_mut_ptr().is_null());
        assert!(s.pin(&vec).null_if_empty().as_ptr().is_null());
        assert!(!s.pin(&sizeless).null_if_empty().as_ptr().is_null(), "three elements, of no size");
        // SAFETY: the NUL of an empty C string is memory, although its length is 0.
        assert_eq!(unsafe { *s.pin(c"").as_ptr() }, 0);
    });
}

#[test]
fn p05_no_buffer_is_null_and_not_counted() {
    let (nothing, mut nobody) = (None::<&[u8]>, None::<Vec<u8>>);
    let pinner = Pinner::new();
    assert!(pinner.pin(&nothing).as_ptr().is_null());
    assert!(pinner.pin_mut(&mut nobody).as_mut_ptr().is_null());
    assert!(pinner.is_empty());
    let some = Some(&b"there"[..]);
    let pinner = pinner.unpin();
    assert_eq!(pinner.pin(&some).len(), 5);
    assert_eq!(pinner.len(), 1);
}

#[test]
fn p06_statics_and_constant_strings() {
    static TABLE: [u16; 4] = [1, 2, 3, 4];
    const NAME: &str = "constant";
    let pinner: Pinner<'static> = Pinner::new();
    assert_eq!(pinner.pin(&TABLE).as_ptr(), TABLE.as_ptr());
    assert_eq!(pinner.pin(NAME).len(), 8);
    assert_eq!(pinner.pin(c"with a NUL").len(), 10);
    assert_eq!(pinner.pin(b"bytes").len(), 5);
    assert_eq!(pinner.len(), 4);
}

#[test]
fn p07_many_tiny_objects_are_counted_and_no_neighbour_is_held() {
    let bytes = vec![0_u8; 20_000];
    let pinner = Pinner::new();
    for byte in bytes.iter().step_by(2) {
        let _ = pinner.pin_value(byte);
    }
    assert_eq!(pinner.len(), 10_000);
    for index in [0, 2, 4, 10_000, 19_998] {
        assert_eq!(pinner.is_pinned(&raw const bytes[index], 1), check::is_on());
        assert!(!pinner.is_pinned(&raw const bytes[index + 1], 1));
    }
}

#[test]
fn p08_what_is_pinned_is_what_the_pointer_leads_to() {
    let vec = vec![1_u8, 2, 3];
    let (slice, boxed, text) = (&vec[1..], vec![4_u32; 2].into_boxed_slice(), String::from("text"));
    scope(|s| {
        assert_eq!(s.pin(&vec).as_ptr(), vec.as_ptr(), "not the header of the vector");
        assert_eq!(s.pin(&slice).as_ptr(), slice.as_ptr(), "not the reference");
        assert_eq!(s.pin(slice).as_ptr(), slice.as_ptr());
        assert_eq!(s.pin(&boxed).as_ptr(), boxed.as_ptr());
        assert_eq!(s.pin(&*boxed).as_ptr(), boxed.as_ptr());
        assert_eq!(s.pin(&text).as_ptr(), text.as_ptr());
        assert_eq!(s.pin(&*text).as_ptr(), text.as_ptr());
        assert!(!s.is_pinned(&raw const vec, 1) && !s.is_pinned(&raw const slice, 1));
    });
}

#[test]
fn p08_a_plain_value_is_pinned_where_it_stands() {
    let (limit, mut count) = (1_000_000_u64, [0_i32; 3]);
    scope(|s| {
        assert_eq!(s.pin_value(&limit).as_ptr(), &raw const limit);
        let pin = s.pin_value_mut(&mut count[1]);
        // SAFETY: pinned for writing.
        unsafe { pin.as_mut_ptr().write(5) };
    });
    assert_eq!(count, [0, 5, 0]);
}

#[test]
fn p08_pinning_for_writing_lends_the_whole_capacity() {
    let mut memory = [MaybeUninit::<u8>::uninit(); 16];
    let mut out = OutBuf::uninit(&mut memory);
    let mut vec = Vec::with_capacity(32);
    vec.extend_from_slice(b"> ");
    let room = vec.capacity() - 2;
    let mut spare = Spare::new(&mut vec);
    assert_eq!(scope(|s| s.pin(&out).len()), 0, "for reading, what is filled");
    let n = scope(|s| {
        let (out, spare) = (s.pin_mut(&mut out), s.pin_mut(&mut spare));
        assert_eq!((out.len(), spare.len()), (16, room));
        // SAFETY: four bytes fit in each.
        unsafe {
            out.as_mut_ptr().write_bytes(b'o', 4);
            spare.as_mut_ptr().write_bytes(b's', 4);
        }
        4
    });
    // SAFETY: four bytes were written.
    unsafe { out.assume_filled(n) };
    assert_eq!(out.filled(), b"oooo");
}

/// One round of `n` pins, some of them owned.
fn round(pinner: &Pinner<'_>, n: usize) {
    for i in 0..n {
        if i % 8 == 0 {
            let _ = pinner.pin_owned_mut([i as u64; 4]);
        } else {
            let _ = pinner.pin(b"static");
        }
    }
    assert_eq!(pinner.len(), n);
}

#[test]
fn p10_from_the_second_round_on_nothing_is_allocated() {
    // With many pins the pointer check, where it is on, grows tables of its own.
    let counts: &[usize] = if check::is_on() { &[1, 5, 6, 16] } else { &[1, 5, 6, 16, 1024, 100_000] };
    for &n in counts {
        thread::spawn(move || {
            let pinner = Pinner::new();
            round(&pinner, n);
            let mut idle = pinner.unpin();
            for _ in 0..4 {
                let allocated = allocations(|| {
                    let pinner = mem::take(&mut idle);
                    round(&pinner, n);
                    idle = pinner.unpin();
                });
                assert_eq!(allocated, 0, "with {n} pins");
            }
        })
        .join()
        .unwrap();
    }
}

#[test]
fn p10_the_same_buffer_is_pinned_again_after_unpin() {
    let mut buf = [0_u8; 4];
    let mut idle = Pinner::new();
    for value in 1..=3 {
        let pinner = idle.unpin();
        let pin = pinner.pin_mut(&mut buf);
        // SAFETY: pinned for writing.
        unsafe { pin.as_mut_ptr().write_bytes(value, 4) };
        idle = pinner.unpin();
        assert_eq!(buf, [value; 4]);
    }
}

#[test]
fn p10_scopes_of_a_pinner_allocate_nothing_from_the_second_round_on() {
    let text = String::from("many times");
    let mut slots = vec![std::ptr::null::<u8>(); 50_000];
    let mut pinner = Pinner::new();
    let mut round = || {
        pinner.scope(|s| {
            for slot in &mut slots {
                s.store(slot, &s.pin(&text));
            }
        });
        assert!(slots.iter().all(|slot| slot.is_null()));
    };
    round();
    assert_eq!(allocations(|| (0..3).for_each(|_| round())), 0);
}

#[test]
fn p10_scopes_on_one_thread_hand_their_storage_on() {
    let buf = [0_u8; 8];
    let round = || {
        scope(|s| {
            for _ in 0..1024 {
                assert_eq!(s.pin(&buf).len(), 8);
            }
        });
    };
    round();
    assert_eq!(allocations(|| (0..3).for_each(|_| round())), 0);
}

#[test]
fn p11_unpin_of_nothing_does_nothing() {
    let pinner = Pinner::new().unpin();
    let pinner = pinner.unpin().unpin();
    assert!(pinner.is_empty());
    let _ = pinner.pin(b"used afterwards");
    assert_eq!(pinner.unpin().unpin().len(), 0);
    scope(|_| ());
}

#[test]
fn p11_a_pinner_in_a_struct_is_cleared_in_place() {
    struct Device<'a> {
        pinner: Pinner<'a>,
    }
    let (buf, dropped) = ([0_u8; 4], AtomicUsize::new(0));
    let mut device = Device { pinner: Pinner::new() };
    for round in 1..=3 {
        let _ = device.pinner.pin(&buf);
        let _ = device.pinner.pin_owned(Told(vec![1], || bump(&dropped)));
        assert_eq!(device.pinner.len(), 2);
        device.pinner.clear();
        device.pinner.clear();
        assert_eq!((device.pinner.len(), dropped.load(Ordering::Relaxed)), (0, round));
    }
}

#[test]
fn p12_a_forgotten_pinner_leaks_what_it_owns_and_frees_nothing() {
    let dropped = AtomicUsize::new(0);
    let mut buf = vec![1_u8; 16];
    let pinner = Pinner::new();
    let owned = pinner.pin_owned_mut(Told(vec![2; 16], || bump(&dropped)));
    let address = owned.as_mut_ptr();
    let _ = pinner.pin_mut(&mut buf);
    mem::forget(pinner);
    // SAFETY: leaked, so that C could write there still.
    unsafe { address.write_bytes(3, 16) };
    assert_eq!(dropped.load(Ordering::Relaxed), 0);
    buf.push(4);
}

#[test]
fn p12_an_operation_dropped_in_flight_is_counted_and_reported_with_its_place() {
    #[repr(C)]
    #[allow(non_camel_case_types)]
    struct request {
        data: *mut u8,
        len: usize,
    }
    #[derive(FfiPinned)]
    #[ffi(c = request)]
    struct Request {
        #[ffi(ptr = data, len = len)]
        data: Vec<u8>,
    }

    // A process of its own, whose standard error can be read.
    const CHILD: &str = "PIN_FFI_TEST_ALONE";
    const NAME: &str = "p12_an_operation_dropped_in_flight_is_counted_and_reported_with_its_place";
    let before = leaked_operations();
    let mut operation = InFlight::new(Request { data: vec![0; 8] }).unwrap();
    let place = format!("{}:{}", file!(), line!() - 1);
    let c = operation.start();
    drop(operation);
    assert_eq!(leaked_operations(), before + 1);
    // SAFETY: C may write there still.
    unsafe { (*c).data.write_bytes(1, (*c).len) };
    if std::env::var_os(CHILD).is_none() {
        let output = pin_ffi_tests::child::alone(NAME).env(CHILD, NAME).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.contains(&place), cfg!(debug_assertions), "{said} names {place}");
    }
}

#[test]
fn p21_a_pinner_goes_to_another_thread_with_its_pins() {
    let (shared, dropped_in) = (vec![0_u8; 100], Mutex::new(None));
    let pinner = Pinner::new();
    for _ in 0..100 {
        let _ = pinner.pin(&shared);
    }
    let _ = pinner.pin_owned(Told(vec![0], || *dropped_in.lock().unwrap() = Some(thread::current().id())));
    thread::scope(|t| {
        let other = t.spawn(move || {
            assert_eq!(pinner.len(), 101);
            drop(pinner.unpin());
            thread::current().id()
        });
        assert_eq!(Some(other.join().unwrap()), *dropped_in.lock().unwrap());
    });
}

#[test]
fn p21_threads_pin_one_buffer_each_with_its_own_pinner() {
    let shared = vec![5_u8; 4096];
    thread::scope(|t| {
        for _ in 0..8 {
            t.spawn(|| {
                let mut idle = Pinner::new();
                for _ in 0..200 {
                    let pinner = idle.unpin();
                    for part in shared.chunks(64) {
                        let pin = pinner.pin(part);
                        // SAFETY: pinned.
                        assert_eq!(unsafe { *pin.as_ptr() }, 5);
                    }
                    assert_eq!(pinner.is_pinned(shared[4032..].as_ptr(), 64), check::is_on());
                    assert_eq!(pinner.len(), 64);
                    idle = pinner.unpin();
                }
            });
        }
    });
}

#[test]
fn p22_a_moved_pinner_takes_its_pins_along() {
    let buf = [0_u8; 4];
    let pinner = Pinner::new();
    let _ = (pinner.pin(&buf), pinner.pin_owned(vec![1_u8]));
    let moved = Box::new(pinner);
    assert_eq!(moved.is_pinned(buf.as_ptr(), 4), check::is_on());
    let mut others = vec![Pinner::new(), *moved];
    assert_eq!((others[0].len(), others[1].len()), (0, 2));
    others.swap(0, 1);
    drop(others.pop());
    assert_eq!(others[0].len(), 2);
}

#[test]
fn p23_a_pin_allocates_nothing() {
    // On a thread of its own, which has no storage kept from other tests.
    thread::spawn(|| {
        let (mut buf, text) = (vec![0_u8; 64], String::from("text"));
        let owned = vec![0_u8; 4];
        let mut slot = std::ptr::null::<u8>();
        let allocated = allocations(|| {
            scope(|s| {
                let _ = s.pin_mut(&mut buf);
                let _ = s.pin_owned(owned);
                s.store(&mut slot, &s.pin(&text));
                for _ in 0..12 {
                    let _ = s.pin(&text);
                }
                scope(|inner| assert_eq!(inner.pin(c"nested").len(), 6));
            });
        });
        assert_eq!(allocated, 0);
        assert_eq!(allocations(|| drop(Pinner::new().unpin())), 0);
    })
    .join()
    .unwrap();
}

#[test]
fn attack_a_panic_in_the_closure_releases_everything() {
    let dropped = Cell::new(0);
    let mut slot = std::ptr::null_mut::<u8>();
    let mut buf = [0_u8; 4];
    let panic = catch_unwind(AssertUnwindSafe(|| {
        scope(|s| {
            let _ = s.pin_owned(Told(vec![1], || dropped.set(dropped.get() + 1)));
            let stored = s.store(&mut slot, &s.pin_mut(&mut buf));
            mem::forget(stored);
            assert_eq!(dropped.get(), 0);
            panic!("in the closure");
        })
    }))
    .unwrap_err();
    assert_eq!(*panic.downcast::<&str>().unwrap(), "in the closure");
    assert!(slot.is_null());
    assert_eq!(dropped.get(), 1);
    assert_eq!(mem::replace(&mut buf[0], 1), 0);
}

#[test]
fn attack_a_panic_in_a_scope_of_a_pinner_leaves_it_usable() {
    let mut pinner = Pinner::new();
    let dropped = Cell::new(0);
    for round in 1..=3 {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            pinner.scope(|s| {
                let _ = s.pin_owned(Told(vec![1], || dropped.set(dropped.get() + 1)));
                panic!("in the closure");
            })
        }));
        assert!(panicked.is_err());
        assert_eq!((dropped.get(), pinner.len()), (round, 0));
    }
    let _ = pinner.pin(b"still of use");
    assert_eq!(pinner.len(), 1);
}

#[test]
fn attack_a_scope_of_a_pinner_leaves_the_pinners_own_pins_alone() {
    let mut pinner = Pinner::new();
    let _ = pinner.pin_owned(vec![1_u8; 8]);
    let mut slot = std::ptr::null::<u8>();
    pinner.scope(|s| {
        s.store(&mut slot, &s.pin(b"in the scope"));
        assert_eq!(s.is_pinned(s.pin(b"more").as_ptr(), 4), check::is_on());
    });
    assert!(slot.is_null());
    assert_eq!(pinner.len(), 1);
}

#[test]
fn attack_a_scope_of_a_pinner_leaves_alone_what_the_pinner_only_owns() {
    /// Lends nothing, and tells when it is dropped.
    struct Nothing<'a>(&'a AtomicUsize);
    impl Drop for Nothing<'_> {
        fn drop(&mut self) {
            bump(self.0);
        }
    }
    // SAFETY: no memory is lent.
    unsafe impl Lend for Nothing<'_> {
        type Elem = u8;
        type Access = Exclusive;
        fn lend(&self) -> Lent<u8> {
            Lent::NONE
        }
        fn lend_mut(&mut self) -> Lent<u8> {
            Lent::NONE
        }
    }

    let dropped = AtomicUsize::new(0);
    let mut pinner = Pinner::new();
    let _ = pinner.pin_owned(Nothing(&dropped));
    assert_eq!(pinner.len(), 0, "no memory, no pin");
    pinner.scope(|_| ());
    assert_eq!(dropped.load(Ordering::Relaxed), 0, "it is the pinner's");
    drop(pinner);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

/// An array has no drop, so that nothing is to be done for it at the end: it is in the storage all the same.
#[test]
fn attack_a_scope_of_a_pinner_leaves_alone_arrays_that_the_pinner_owns() {
    let mut pinner = Pinner::new();
    let kept = pinner.pin_owned_mut([0x11_u8; 64]).as_mut_ptr();
    let text = String::from("text");
    for slots in [4, 1000] {
        let mut slots = vec![std::ptr::null::<u8>(); slots];
        pinner.scope(|s| {
            for slot in &mut slots {
                s.store(slot, &s.pin(&text));
            }
        });
        // SAFETY: pinned until the pinner is dropped.
        assert_eq!(unsafe { *kept.cast::<[u8; 64]>() }, [0x11; 64]);
    }
    assert_eq!(pinner.len(), 1);
}

#[test]
fn attack_all_that_can_be_had_is_forgotten() {
    let dropped = Cell::new(0);
    let (mut slot, mut buf) = (std::ptr::null_mut::<u8>(), [0_u8; 4]);
    scope(|s| {
        mem::forget(s.pin_owned_mut(Told(vec![1], || dropped.set(dropped.get() + 1))));
        let pin = s.pin_mut(&mut buf);
        mem::forget(s.store(&mut slot, &pin));
        mem::forget(pin);
        let cycle = Rc::new(RefCell::new(None::<Rc<dyn std::any::Any>>));
        *cycle.borrow_mut() = Some(cycle.clone());
        scope(|inner| mem::forget(inner.pin_owned_mut(Told(vec![1], || dropped.set(dropped.get() + 1)))));
        mem::forget(Pinner::new().unpin());
        assert_eq!(dropped.get(), 1);
    });
    assert!(slot.is_null());
    assert_eq!(dropped.get(), 2);
}

#[test]
fn attack_a_drop_that_panics_stops_no_other() {
    let dropped = Cell::new(0);
    let count = || dropped.set(dropped.get() + 1);
    let mut slot = std::ptr::null::<u8>();
    let panic = catch_unwind(AssertUnwindSafe(|| {
        scope(|s| {
            let _ = s.pin_owned(Told(vec![1], count));
            let bad = s.pin_owned(Told(vec![2], || panic!("in a drop")));
            s.store(&mut slot, &bad);
            let _ = s.pin_owned(Told(vec![3], count));
        });
    }))
    .unwrap_err();
    assert_eq!(*panic.downcast::<&str>().unwrap(), "in a drop");
    assert!(slot.is_null());
    assert_eq!(dropped.get(), 2);
}

#[test]
fn attack_a_drop_that_panics_in_unpin() {
    let dropped = AtomicUsize::new(0);
    let pinner = Pinner::new();
    let _ = pinner.pin_owned(Told(vec![1], || bump(&dropped)));
    let _ = pinner.pin_owned(Told(vec![2], || panic!("in a drop")));
    assert!(catch_unwind(AssertUnwindSafe(|| pinner.unpin())).is_err());
    assert_eq!(dropped.load(Ordering::Relaxed), 1, "once, and not again with the pinner");
}

#[test]
fn attack_a_drop_opens_scopes_and_pinners_of_its_own() {
    let dropped = Cell::new(0);
    for _ in 0..3 {
        scope(|s| {
            for _ in 0..100 {
                let _ = s.pin_owned(Told(vec![1; 100], || {
                    let mut slots = [std::ptr::null::<u8>(); 100];
                    scope(|s| {
                        for slot in &mut slots {
                            s.store(slot, &s.pin_owned(vec![2_u8; 10]));
                        }
                    });
                    assert!(slots.iter().all(|slot| slot.is_null()));
                    let pinner = Pinner::new();
                    round(&pinner, 100);
                    dropped.set(dropped.get() + 1);
                }));
            }
        });
    }
    assert_eq!(dropped.get(), 300);
}

#[test]
fn attack_a_buffer_that_panics_when_lent_is_dropped_all_the_same() {
    struct Refuses<'a>(&'a Cell<u32>);
    impl Drop for Refuses<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    // SAFETY: lends nothing.
    unsafe impl Lend for Refuses<'_> {
        type Elem = u8;
        type Access = Exclusive;
        fn lend(&self) -> Lent<u8> {
            panic!("not lent")
        }
        fn lend_mut(&mut self) -> Lent<u8> {
            panic!("not lent")
        }
    }

    let dropped = Cell::new(0);
    scope(|s| {
        let lent = catch_unwind(AssertUnwindSafe(|| s.pin_owned_mut(Refuses(&dropped)).len()));
        assert!(lent.is_err());
        assert_eq!(dropped.get(), 0);
        let _ = s.pin(b"goes on");
    });
    assert_eq!(dropped.get(), 1);
}

#[test]
fn attack_owned_arrays_stay_where_they_are_while_the_record_grows() {
    scope(|s| {
        let pins: Vec<_> = (0..5_000_u32).map(|i| (i, s.pin_owned_mut([i; 3]))).collect();
        for (i, pin) in &pins {
            // SAFETY: pinned, and written by nobody else.
            unsafe {
                assert_eq!(*pin.as_ptr().add(2), *i);
                pin.as_mut_ptr().write(i + 1);
            }
        }
        // SAFETY: as above.
        assert!(pins.iter().all(|(i, pin)| unsafe { *pin.as_ptr() } == i + 1));
    });
}

#[test]
#[deny(unused_must_use)]
fn code_that_only_pins_has_nothing_to_answer_for() {
    let (read, mut written) = ([1_u8; 4], [2_u8; 4]);
    pin_ffi::scope(|s| {
        s.pin(&read);
        s.pin_mut(&mut written);
    });
    let pinner = pin_ffi::Pinner::new();
    pinner.pin(&read);
    assert_eq!(pinner.len(), 1);
}
