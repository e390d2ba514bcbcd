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

#[test]
fn a_function_with_checks_is_the_function_without() {
    let symbols = told("nm", &[]);
    let address = |function: &str| symbols.lines().find(|l| l.ends_with(&format!(" {function}"))).map(|l| &l[..16]);
    let (checked, plain) = (address("pin_ffi_test_checked"), address("pin_ffi_test_plain"));
    assert!(checked.is_some() && plain.is_some());
    // Equal functions may be one function with two names.
    if checked != plain {
        assert_eq!(instructions("pin_ffi_test_checked"), instructions("pin_ffi_test_plain"));
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
