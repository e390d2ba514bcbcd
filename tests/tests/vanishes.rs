//! What a release build without the feature `check` has of the pointer check: nothing. Read from this test's own binary.
//!
//! `cargo test --release -p pin-ffi-tests --test vanishes`; it needs `nm` and `objdump`.

#![cfg(all(target_os = "linux", not(debug_assertions), not(feature = "check")))]

use pin_ffi::{FfiPinned, Pinner, check, scope};
use std::hint::black_box;
use std::process::Command;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a>(#[ffi(ptr = iov_base, len = iov_len)] &'a [u8]);

#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn pin_ffi_test_pins(pinner: &mut Pinner<'static>) {
    black_box(pinner.pin(black_box(b"constant")).as_ptr());
    pinner.clear();
}

#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn pin_ffi_test_scope(bytes: &[u8; 16]) {
    scope(|s| {
        black_box(s.pin(bytes).as_ptr());
    });
}

/// The same twice: pins and a call, and the call by hand.
#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn pin_ffi_test_scoped_call(buffers: &mut [Vec<u8>; 3], array: &mut [libc::iovec; 3]) -> isize {
    scope(|s| {
        for (buffer, c) in buffers.iter_mut().zip(array.iter_mut()) {
            let pin = s.pin_mut(buffer);
            *c = libc::iovec { iov_base: pin.as_mut_ptr().cast(), iov_len: pin.len() };
        }
        // SAFETY: three pinned buffers; there is no such descriptor.
        unsafe { libc::readv(-1, array.as_ptr(), 3) }
    })
}

#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn pin_ffi_test_pinned_call(buffers: &mut [Vec<u8>; 3], array: &mut [libc::iovec; 3]) -> isize {
    let pinner = Pinner::new();
    for (buffer, c) in buffers.iter_mut().zip(array.iter_mut()) {
        let pin = pinner.pin_mut(buffer);
        *c = libc::iovec { iov_base: pin.as_mut_ptr().cast(), iov_len: pin.len() };
    }
    // SAFETY: as above.
    unsafe { libc::readv(-1, array.as_ptr(), 3) }
}

#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn pin_ffi_test_call_by_hand(buffers: &mut [Vec<u8>; 3], array: &mut [libc::iovec; 3]) -> isize {
    for (buffer, c) in buffers.iter_mut().zip(array.iter_mut()) {
        *c = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    }
    // SAFETY: as above.
    unsafe { libc::readv(-1, array.as_ptr(), 3) }
}

#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn pin_ffi_test_checked(iov: &libc::iovec, bytes: &[u8; 16]) -> usize {
    // SAFETY: an `iovec` leads to no further structs.
    let _guard = unsafe { check::foreign(bytes.as_ptr(), 16) };
    check::no_check(|| {
        // SAFETY: as above.
        unsafe { check::verify_mut(iov) };
    });
    // SAFETY: as above.
    unsafe { check::verify(iov) };
    usize::from(check::is_pinned(bytes.as_ptr(), 16)) + iov.iov_len + pin_ffi_test_fill(bytes)
}

#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn pin_ffi_test_plain(iov: &libc::iovec, bytes: &[u8; 16]) -> usize {
    iov.iov_len + pin_ffi_test_fill(bytes)
}

#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn pin_ffi_test_fill(bytes: &[u8; 16]) -> usize {
    Segment(bytes).with_pinned(|c| black_box(c.as_ptr()).addr()).unwrap_or(0)
}

/// What a tool says of this binary.
fn told(tool: &str, arguments: &[&str]) -> String {
    let binary = std::env::current_exe().unwrap();
    let output = Command::new(tool).args(arguments).arg(binary).output();
    let output = output.unwrap_or_else(|error| panic!("this test needs `{tool}`: {error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The instructions of a function, without their addresses.
fn instructions(function: &str) -> Vec<String> {
    let text = told("objdump", &["-d", "--no-show-raw-insn", &format!("--disassemble={function}")]);
    let lines: Vec<String> = text
        .lines()
        .filter_map(|line| line.split_once(":\t"))
        .map(|(_, instruction)| instruction.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert!(!lines.is_empty(), "`{function}` is not there");
    lines
}

#[test]
fn no_symbol_and_no_text_of_the_check_is_there() {
    let bytes = *b"sixteen bytes ..";
    let iov = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: 16 };
    assert!(!check::is_on());
    assert_eq!(black_box(pin_ffi_test_checked)(&iov, &bytes), black_box(pin_ffi_test_plain)(&iov, &bytes));
    black_box(pin_ffi_test_scope)(&bytes);
    black_box(pin_ffi_test_pins)(&mut Pinner::new());

    let symbols = told("nm", &["-C"]);
    assert!(symbols.contains("pin_ffi_test_pins"), "the binary has symbols");
    let found: Vec<&str> = symbols.lines().filter(|line| line.contains("pin_ffi::check")).collect();
    assert!(found.is_empty(), "{found:#?}");
    let binary = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    // Backwards here, so that the test's own constants are not found.
    for text in ["KCEHC_IFF_NIP", "dennip ton si taht yromem"] {
        let text: String = text.chars().rev().collect();
        assert!(!binary.windows(text.len()).any(|w| w == text.as_bytes()), "`{text}`");
    }
}

/// Two functions have the same instructions.
fn assert_same(a: &str, b: &str) {
    let symbols = told("nm", &[]);
    let address = |function: &str| symbols.lines().find(|l| l.ends_with(&format!(" {function}"))).map(|l| &l[..16]);
    assert!(address(a).is_some() && address(b).is_some());
    // Equal functions may be one function with two names.
    if address(a) != address(b) {
        // What is addressed relative to the instruction differs in the number.
        let text = |f| -> Vec<String> {
            let all = instructions(f).into_iter();
            all.map(|i| if i.contains("(%rip)") { i.split_once(' ').unwrap().0.to_owned() } else { i }).collect()
        };
        assert_eq!(text(a), text(b));
    }
}

#[test]
fn a_function_with_checks_is_the_function_without() {
    assert_same("pin_ffi_test_checked", "pin_ffi_test_plain");
}

#[test]
fn a_call_through_pins_is_the_call_by_hand() {
    let (mut buffers, empty) =
        ([vec![0; 8], vec![0; 8], vec![0; 8]], libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 });
    let mut array = [empty; 3];
    for call in [pin_ffi_test_scoped_call, pin_ffi_test_pinned_call, pin_ffi_test_call_by_hand] {
        assert_eq!(black_box(call)(&mut buffers, &mut array), -1);
    }
    assert_same("pin_ffi_test_scoped_call", "pin_ffi_test_call_by_hand");
    assert_same("pin_ffi_test_pinned_call", "pin_ffi_test_call_by_hand");
}

#[test]
fn what_watches_a_program_is_not_on_the_way_of_a_pin() {
    let of_events = |text: &str| {
        ["tracing", "metrics::", "7metrics", "pin_ffi::events", "6events"].iter().any(|s| text.contains(s))
            && !text.contains("test::helpers")
    };
    for function in ["pin_ffi_test_pins", "pin_ffi_test_scope", "pin_ffi_test_fill"] {
        let found: Vec<_> = instructions(function).into_iter().filter(|i| of_events(i)).collect();
        assert!(found.is_empty(), "{function}: {found:?}");
    }
    if !cfg!(feature = "events") {
        let symbols = told("nm", &["-C"]);
        let found: Vec<&str> = symbols.lines().filter(|l| of_events(l) && !l.contains("vanishes")).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_pin_has_no_atomic_operation() {
    for function in ["pin_ffi_test_pins", "pin_ffi_test_scope", "pin_ffi_test_fill"] {
        let all = instructions(function);
        let atomic: Vec<_> = all.iter().filter(|i| i.starts_with("lock ") || i.contains("xchg")).collect();
        assert!(atomic.is_empty(), "{function}: {atomic:?}");
    }
}
