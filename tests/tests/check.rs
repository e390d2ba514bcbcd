//! The pointer check: what Go's cgocheck refuses and accepts, each by a test with its number, and what is more here.

#![cfg(all(unix, any(debug_assertions, feature = "check")))]
#![allow(clippy::useless_vec)] // memory of the allocator's, which is neither pinned nor static

use libc::iovec;
use pin_ffi::check::{self, fault, foreign, is_pinned, no_check, verify, verify_mut};
use pin_ffi::{FfiPinned, FfiPinnedMut, InFlight, Pinner, scope, stats};
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// An `iovec` by hand.
fn iov<T>(base: *const T, len: usize) -> iovec {
    iovec { iov_base: base.cast_mut().cast(), iov_len: len }
}

/// A `msghdr` by hand.
fn msg(iov: *const iovec, n: usize) -> libc::msghdr {
    // SAFETY: zeros are a `msghdr`.
    let mut msg: libc::msghdr = unsafe { std::mem::zeroed() };
    msg.msg_iov = iov.cast_mut();
    msg.msg_iovlen = n as _;
    msg
}

/// The text of the panic in `f`.
fn panic_of(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("it did not panic");
    *payload.downcast::<String>().expect("a panic with a text")
}

#[test]
fn p01_the_registry_knows_a_pin_from_its_beginning_to_its_end() {
    let memory = vec![0_u32; 8];
    let inner = &memory[2..6];
    assert!(!is_pinned(inner.as_ptr(), 4));
    let pinner = Pinner::new();
    let _ = pinner.pin(inner);
    assert!(is_pinned(inner.as_ptr(), 4), "the whole range");
    assert!(is_pinned(inner[1..].as_ptr(), 3), "from an inner address");
    assert!(is_pinned(inner.as_ptr().cast::<u8>().wrapping_add(5), 1), "one inner byte");
    assert!(!is_pinned(memory.as_ptr(), 3), "begins before the pin");
    assert!(!is_pinned(inner.as_ptr(), 5), "ends behind it");
    assert!(!is_pinned(memory[6..].as_ptr(), 1), "the neighbour");
    assert!(!is_pinned(inner.as_ptr(), usize::MAX), "a length that overflows");
    thread::scope(|s| {
        s.spawn(|| assert!(is_pinned(inner.as_ptr(), 4), "pinned for every thread"));
    });
    let _ = pinner.unpin();
    assert!(!is_pinned(inner.as_ptr(), 1));
}

#[test]
fn p01_every_size_of_buffer_is_found_from_each_of_its_ends() {
    for log in 0..26 {
        for bytes in [(1_usize << log) - 1, 1 << log, (1 << log) + 1] {
            let memory = vec![0_u8; bytes];
            scope(|s| {
                let _ = s.pin(&memory);
                assert!(is_pinned(memory.as_ptr(), bytes), "{bytes} bytes");
                assert!(bytes == 0 || is_pinned(memory[bytes - 1..].as_ptr(), 1), "the last of {bytes}");
                assert!(!is_pinned(memory.as_ptr(), bytes + 1), "one more than {bytes}");
            });
            assert!(!is_pinned(memory.as_ptr(), bytes.max(1)), "{bytes} bytes");
        }
    }
}

#[test]
fn p13_an_unpinned_pointer_inside_what_is_passed_is_refused() {
    let forgotten = vec![1_u8; 100];
    let c = iov(forgotten.as_ptr(), 100);
    // SAFETY: an `iovec` leads to no further structs.
    let text = panic_of(|| unsafe { verify(&c) });
    assert!(
        text.starts_with("pointer check: `iovec.iov_base` leads to memory that is not pinned: 100 bytes at"),
        "{text}"
    );
    scope(|s| {
        let _ = s.pin(&forgotten);
        // SAFETY: as above.
        unsafe { verify(&c) };
    });
    // SAFETY: as above.
    assert!(unsafe { fault(&c, false) }.is_some(), "the pin has ended");
}

#[test]
fn p14_an_untyped_pointer_is_refused_just_so() {
    // `aio_buf` and `iov_base` are `void *`: the bytes are what counts, whatever Rust had there.
    let numbers = vec![1.5_f64; 8];
    // SAFETY: zeros are an `aiocb`.
    let mut c: libc::aiocb = unsafe { std::mem::zeroed() };
    c.aio_buf = numbers.as_ptr().cast::<c_void>().cast_mut();
    c.aio_nbytes = 64;
    // SAFETY: an `aiocb` leads to no further structs.
    let text = panic_of(|| unsafe { verify(&c) });
    assert!(text.contains("`aiocb.aio_buf`") && text.contains("64 bytes"), "{text}");
    scope(|s| {
        let _ = s.pin(&numbers);
        // SAFETY: as above.
        unsafe { verify(&c) };
    });
}

#[test]
fn p15_an_unpinned_pointer_in_a_slice_is_named_by_its_index() {
    let buffers: Vec<Vec<u8>> = (0..8).map(|i| vec![i; 32]).collect();
    let array: Vec<iovec> = buffers.iter().map(|b| iov(b.as_ptr(), 32)).collect();
    let pinner = Pinner::new();
    for buffer in &buffers[..5] {
        let _ = pinner.pin(buffer);
    }
    // SAFETY: `iovec`s lead to no further structs.
    let text = panic_of(|| unsafe { verify(&array[..]) });
    assert!(text.contains("`iovec[5].iov_base`"), "{text}");
    for buffer in &buffers[5..] {
        let _ = pinner.pin(buffer);
    }
    // SAFETY: as above.
    unsafe { verify(&array[..]) };
}

#[test]
fn p16_the_bytes_of_a_string_are_checked_and_constant_strings_pass() {
    let string = String::from("on the heap");
    let array = [iov("constant".as_ptr(), 8), iov(string.as_ptr(), string.len())];
    // SAFETY: `iovec`s lead to no further structs.
    let text = panic_of(|| unsafe { verify(&array) });
    assert!(text.contains("`iovec[1].iov_base`"), "{text}");
    scope(|s| {
        let _ = s.pin(&string);
        // SAFETY: as above.
        unsafe { verify(&array) };
    });
}

#[test]
fn p17_what_a_trait_object_leads_to_is_checked() {
    // Go's interface: here the pointee of a `&dyn`, whose address alone C can get.
    trait Bytes {
        fn bytes(&self) -> &[u8];
    }
    impl Bytes for Vec<u8> {
        fn bytes(&self) -> &[u8] {
            self
        }
    }
    let value: Box<dyn Bytes> = Box::new(vec![7_u8; 24]);
    let c = iov(value.bytes().as_ptr(), 24);
    // SAFETY: an `iovec` leads to no further structs.
    assert!(panic_of(|| unsafe { verify(&c) }).contains("24 bytes"));
    scope(|s| {
        let _ = s.pin(value.bytes());
        // SAFETY: as above.
        unsafe { verify(&c) };
    });
}

#[test]
fn p18_a_pinned_outer_struct_that_leads_to_unpinned_memory_is_refused() {
    let (a, b) = (vec![1_u8; 8], vec![2_u8; 8]);
    let array = vec![iov(a.as_ptr(), 8), iov(b.as_ptr(), 8)];
    let c = msg(array.as_ptr(), 2);
    scope(|s| {
        let _ = s.pin(&a);
        // The array of `iovec`s is pinned as the bytes that it is.
        // SAFETY: two `iovec`s have no padding.
        let bytes = unsafe { std::slice::from_raw_parts(array.as_ptr().cast::<u8>(), size_of_val(&array[..])) };
        let pinner = Pinner::new();
        let _ = pinner.pin(bytes);
        // SAFETY: the array is what `msg_iov` leads to.
        let text = panic_of(|| unsafe { verify(&c) });
        assert!(text.contains("`msghdr.msg_iov[1].iov_base`"), "{text}");
        let _ = s.pin(&b);
        // SAFETY: as above.
        unsafe { verify(&c) };
    });
}

#[test]
fn p18_an_unpinned_array_of_structs_is_not_read() {
    let pinned = [0_u8; 8];
    let array = vec![iov(pinned.as_ptr(), 8)];
    scope(|s| {
        let _ = s.pin(&pinned);
        // SAFETY: nothing is read before it is found to be pinned.
        let text = panic_of(|| unsafe { verify(&msg(array.as_ptr(), 1)) });
        assert!(text.contains("`msghdr.msg_iov` leads to"), "{text}");
        // SAFETY: as above; the address is none at all.
        let text = panic_of(|| unsafe { verify(&msg(ptr::without_provenance(16), 1)) });
        assert!(text.contains(&format!("{} bytes at 0x10,", size_of::<libc::iovec>())), "{text}");
    });
}

#[test]
fn p19_three_levels_down_an_unpinned_pointer_is_refused() {
    let data = vec![3_u8; 5];
    let inner = [iov(data.as_ptr(), 5)];
    // SAFETY: zeros are an `mmsghdr`.
    let mut messages: [libc::mmsghdr; 3] = unsafe { std::mem::zeroed() };
    for m in &mut messages {
        m.msg_hdr = msg(inner.as_ptr(), 1);
    }
    // SAFETY: the array lives as long as the guard.
    let _array = unsafe { foreign(inner.as_ptr(), size_of_val(&inner)) };
    // SAFETY: `msg_iov` leads to that array.
    let text = panic_of(|| unsafe { verify(&messages[..]) });
    assert!(text.contains("`mmsghdr[0].msg_hdr.msg_iov[0].iov_base`"), "{text}");
}

#[test]
fn p20_every_level_pinned_is_accepted() {
    let data = vec![3_u8; 5];
    let inner = [iov(data.as_ptr(), 5)];
    let name = [0_u8; 16];
    // SAFETY: zeros are an `mmsghdr`.
    let mut messages: [libc::mmsghdr; 3] = unsafe { std::mem::zeroed() };
    for m in &mut messages {
        m.msg_hdr = msg(inner.as_ptr(), 1);
        m.msg_hdr.msg_name = name.as_ptr().cast_mut().cast();
        m.msg_hdr.msg_namelen = 16;
    }
    scope(|s| {
        let _ = (s.pin(&data), s.pin(&name));
        // SAFETY: the array lives as long as the guard.
        let _array = unsafe { foreign(inner.as_ptr(), size_of_val(&inner)) };
        // SAFETY: `msg_iov` leads to that array.
        unsafe { verify(&messages[..]) };
        let before = stats();
        // SAFETY: as above.
        unsafe { verify(&messages[..]) };
        assert!(stats().checks > before.checks);
    });
}

#[test]
fn g06_no_check_is_per_thread_nested_and_ends_with_a_panic() {
    let local = vec![0_u8; 3];
    let c = iov(local.as_ptr(), 3);
    // SAFETY: an `iovec` leads to no further structs.
    let checks = || catch_unwind(AssertUnwindSafe(|| unsafe { verify(&c) })).is_err();
    assert!(checks());
    no_check(|| {
        assert!(!checks());
        no_check(|| assert!(!checks()));
        assert!(!checks(), "the inner one leaves the outer one");
        let panic = catch_unwind(|| no_check(|| panic!("inside")));
        assert!(panic.is_err() && !checks(), "as often as it was entered");
        let address = c.iov_base as usize;
        thread::scope(|s| {
            s.spawn(move || {
                let c = iov(ptr::without_provenance::<u8>(address), 3);
                // SAFETY: as above.
                assert!(catch_unwind(AssertUnwindSafe(|| unsafe { verify(&c) })).is_err(), "another thread checks");
            });
        });
    });
    assert!(checks(), "on again");
    let panic = catch_unwind(|| no_check(|| panic!("inside")));
    assert!(panic.is_err() && checks(), "on again after a panic");
}

#[test]
fn a_null_pointer_and_an_empty_buffer_pass() {
    let empty = Vec::<u64>::new();
    let array = [iov(ptr::null::<u8>(), 0), iov(ptr::null::<u8>(), 9), iov(empty.as_ptr(), 0)];
    // SAFETY: `iovec`s lead to no further structs.
    unsafe { verify_mut(&array) };
}

#[test]
fn a_length_that_exceeds_the_pin_is_refused_with_the_excess() {
    let buffer = vec![0_u8; 64];
    scope(|s| {
        let pin = s.pin(&buffer);
        let c = iov(pin.as_ptr().wrapping_add(60), 10);
        // SAFETY: an `iovec` leads to no further structs.
        let text = panic_of(|| unsafe { verify(&c) });
        assert!(text.contains("6 bytes more than are pinned") && text.contains("64 bytes at"), "{text}");
    });
}

#[test]
fn where_c_writes_a_pin_for_reading_will_not_do() {
    let mut buffer = vec![0_u8; 64];
    let c = iov(buffer.as_ptr(), 64);
    scope(|s| {
        let _ = s.pin(&buffer);
        // SAFETY: an `iovec` leads to no further structs.
        unsafe { verify(&c) };
        // SAFETY: as above.
        let text = panic_of(|| unsafe { verify_mut(&c) });
        assert!(text.contains("may write, and they are lent for reading only"), "{text}");
    });
    scope(|s| {
        let pin = s.pin_mut(&mut buffer);
        // SAFETY: as above.
        unsafe { verify_mut(&iov(pin.as_ptr(), 64)) };
    });
}

#[test]
fn what_c_never_writes_may_be_pinned_for_reading() {
    let filter = vec![libc::sock_filter { code: 6, jt: 0, jf: 0, k: 0 }; 3];
    let program = libc::sock_fprog { len: 3, filter: filter.as_ptr().cast_mut() };
    scope(|s| {
        let _ = s.pin(&filter);
        // SAFETY: a filter's instructions hold no addresses.
        unsafe { verify_mut(&program) };
        let long = libc::sock_fprog { len: 4, ..program };
        // SAFETY: as above.
        assert!(panic_of(|| unsafe { verify(&long) }).contains("8 bytes more than are pinned"));
    });
}

#[cfg(target_os = "linux")]
#[test]
fn static_data_passes_and_constants_are_not_written() {
    unsafe extern "C" {
        /// A library's data: the C library's own.
        static environ: *const *const u8;
    }
    static mut COUNTERS: [u32; 16] = [0; 16];
    static CONSTANT: [u8; 32] = [7; 32];
    let counters = &raw mut COUNTERS;
    // SAFETY: `iovec`s lead to no further structs.
    unsafe {
        verify_mut(&iov(counters.cast::<u8>(), 64));
        verify(&iov(CONSTANT.as_ptr(), 32));
        let text = panic_of(|| verify_mut(&iov(CONSTANT.as_ptr(), 32)));
        assert!(text.contains("constant data of the program"), "{text}");
        verify_mut(&iov(&raw const environ, size_of::<usize>()));
    }
}

#[test]
fn memory_of_c_is_registered_for_as_long_as_the_guard_lives() {
    let memory = vec![0_u8; 256];
    let c = iov(memory.as_ptr(), 256);
    // SAFETY: the vector outlives the guard.
    let guard = unsafe { foreign(memory.as_ptr(), 256) };
    // SAFETY: an `iovec` leads to no further structs.
    unsafe { verify_mut(&c) };
    drop(guard);
    // SAFETY: as above.
    assert!(panic_of(|| unsafe { verify(&c) }).contains("not pinned"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_negative_length_is_named() {
    let buffer = [0_u8; 16];
    // SAFETY: zeros are an `ifconf`.
    let mut c: libc::ifconf = unsafe { std::mem::zeroed() };
    c.ifc_len = -16;
    c.ifc_ifcu.ifcu_buf = buffer.as_ptr().cast_mut().cast();
    // SAFETY: an `ifconf` leads to no further structs.
    let text = panic_of(|| unsafe { verify(&c) });
    assert!(text.contains("`ifconf.ifc_ifcu.ifcu_buf`") && text.contains("the length beside it is -16"), "{text}");
}

#[test]
fn the_nearest_pin_is_told_with_the_place_where_it_was_made() {
    let memory = vec![0_u8; 4096];
    let pinner = Pinner::new();
    let line = line!() + 1;
    let _ = pinner.pin(&memory[..1000]);
    // SAFETY: an `iovec` leads to no further structs.
    let text = panic_of(|| unsafe { verify(&iov(memory[1010..].as_ptr(), 50)) });
    let place = format!("pinned for reading at {}:{line}:", file!());
    assert!(text.contains("1000 bytes at") && text.contains("; 10 bytes before it") && text.contains(&place), "{text}");
}

#[test]
fn every_kind_of_pin_is_entered_with_the_place_of_its_caller() {
    fn place(buffer: *const u8, n: usize) -> String {
        // SAFETY: an `iovec` leads to no further structs.
        unsafe { fault(&iov(buffer, n + 1), false) }.expect("one byte too long").to_string()
    }
    let (a, mut b, c, mut d) = ([0_u8; 4], [0_u8; 4], [0_u8; 4], [0_u8; 4]);
    scope(|s| {
        let here = |line: u32| format!("{}:{line}:", file!());
        let (line, pin) = (line!(), s.pin(&a));
        assert!(place(pin.as_ptr(), 4).contains(&here(line)));
        let (line, pin) = (line!(), s.pin_mut(&mut b));
        assert!(place(pin.as_ptr(), 4).contains(&here(line)));
        let (line, pin) = (line!(), s.pin_value(&c));
        assert!(place(pin.as_ptr().cast(), 4).contains(&here(line)));
        let (line, pin) = (line!(), s.pin_value_mut(&mut d));
        assert!(place(pin.as_ptr().cast(), 4).contains(&here(line)));
        let (line, pin) = (line!(), s.pin_owned(vec![0_u8; 4]));
        assert!(place(pin.as_ptr(), 4).contains(&here(line)));
        let (line, pin) = (line!(), s.pin_owned_mut([0_u8; 4]));
        assert!(place(pin.as_ptr(), 4).contains(&here(line)));
    });
}

#[test]
fn pins_of_many_threads_are_each_there_from_first_to_last() {
    let done = AtomicBool::new(false);
    let held: Vec<Vec<u8>> = (0..64).map(|i| vec![i; 1 + 37 * usize::from(i)]).collect();
    let holder = Pinner::new();
    for buffer in &held {
        let _ = holder.pin(buffer);
    }
    thread::scope(|s| {
        let churn: Vec<_> = (0..6)
            .map(|_| {
                s.spawn(|| {
                    for round in 0..400_usize {
                        let buffers: Vec<Vec<u8>> = (0..50).map(|i| vec![0; 1 + (round * 7 + i * 13) % 300]).collect();
                        scope(|s| {
                            for buffer in &buffers {
                                let _ = s.pin(buffer);
                            }
                            for buffer in &buffers {
                                assert!(is_pinned(buffer.as_ptr(), buffer.len()));
                            }
                        });
                    }
                })
            })
            .collect();
        s.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                for buffer in &held {
                    assert!(is_pinned(buffer.as_ptr(), buffer.len()));
                }
            }
        });
        for thread in churn {
            thread.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn the_check_is_on() {
    assert!(check::is_on());
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Received {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    parts: Vec<Vec<u8>>,
    #[ffi(ptr = msg_control, len = msg_controllen)]
    control: [u8; 24],
}

fn received() -> Received {
    Received { parts: (1..100).map(|n| vec![0; n]).collect(), control: [0; 24] }
}

#[test]
fn what_a_derived_value_lends_is_pinned_while_it_is_lent() {
    let mut value = received();
    let before = stats();
    let parts: Vec<*const u8> = value.parts.iter().map(Vec::as_ptr).collect();
    let pinned = || parts.iter().enumerate().filter(|(i, p)| is_pinned(**p, i + 1)).count();
    assert_eq!(pinned(), 0);
    let lent = value.with_pinned_mut(|c| {
        // SAFETY: a filled `msghdr`, whose array is in the scratch.
        unsafe { verify_mut(c.as_ref()) };
        pinned()
    });
    assert_eq!((lent, pinned()), (Ok(99), 0));
    let lent = value.with_pinned(|c| {
        // SAFETY: as above.
        let (read, write) = unsafe { (fault(c.as_ref(), false), fault(c.as_ref(), true)) };
        assert!(read.is_none());
        write.expect("lent for reading").to_string()
    });
    let text = lent.unwrap();
    assert!(text.starts_with("`msghdr.msg_control` leads to 24 bytes"), "{text}");
    let place = format!("pinned for reading at {}:", file!());
    assert!(text.contains(&place), "the derived field's own place: {text}");
    assert!(stats().checks > before.checks);
}

#[test]
fn what_an_operation_in_flight_lends_is_pinned_until_it_is_completed() {
    let mut operation = InFlight::new(received()).unwrap();
    let c = operation.start();
    // SAFETY: the filled `msghdr`, which nobody else uses meanwhile.
    let c = unsafe { &*c };
    // SAFETY: its array is in the operation's cell.
    unsafe { verify_mut(c) };
    let part = c.msg_control;
    assert!(is_pinned(part.cast::<u8>(), 24));
    // An operation goes to another thread with its pins, and ends there.
    let address = part as usize;
    thread::spawn(move || {
        assert!(is_pinned(ptr::without_provenance::<u8>(address), 24));
        // SAFETY: nobody has used it.
        let _ = unsafe { operation.complete(true) };
        assert!(!is_pinned(ptr::without_provenance::<u8>(address), 24));
    })
    .join()
    .unwrap();
}

#[test]
fn a_fill_that_fails_leaves_nothing_pinned() {
    #[repr(C)]
    struct small {
        data: *const u8,
        n: u8,
    }
    #[derive(FfiPinned)]
    #[ffi(c = small)]
    struct Small(#[ffi(ptr = data, len = n)] Vec<u8>);
    #[repr(C)]
    struct all {
        smalls: *const small,
        n: u32,
    }
    #[derive(FfiPinned)]
    #[ffi(c = all)]
    struct All {
        #[ffi(array = smalls, len = n)]
        smalls: Vec<Small>,
    }
    let value = All { smalls: vec![Small(vec![1; 4]), Small(vec![2; 300])] };
    assert!(value.with_pinned(|_| ()).is_err());
    assert!(!is_pinned(value.smalls[0].0.as_ptr(), 4));
}
