//! `PIN_FFI_CHECK`, which is read once: each policy in a process of its own, this same binary.

#![cfg(all(unix, any(debug_assertions, feature = "check")))]

use pin_ffi::check::{self, Policy, verify};
use pin_ffi::{scope, stats};
use pin_ffi_tests::child::alone;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

const CHILD: &str = "PIN_FFI_TEST_CHILD";

/// What the child does; its own test does nothing elsewhere.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let buffers = [vec![1_u8; 24], vec![2_u8; 24]];
    for round in 0..6 {
        let iov = [0, 1].map(|i| libc::iovec { iov_base: buffers[i].as_ptr().cast_mut().cast(), iov_len: 24 });
        // Twice at one place, whatever the index.
        let first = usize::from(round % 2 == 0);
        // SAFETY: `iovec`s lead to no further structs.
        unsafe { verify(&iov[first..]) };
        println!("passed {round}");
    }
    let total = scope(|s| {
        let _ = s.pin(&buffers[0]);
        stats().pins
    });
    println!("{:?} pins {total} failed {}", check::policy(), stats().failed_checks);
}

fn this_binary() -> Command {
    let mut command = alone("child");
    command.env(CHILD, "1").env("RUST_BACKTRACE", "0");
    command
}

fn run(policy: Option<&str>) -> (Output, String, String) {
    let mut command = this_binary();
    match policy {
        Some(policy) => command.env("PIN_FFI_CHECK", policy),
        None => command.env_remove("PIN_FFI_CHECK"),
    };
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout).into(), String::from_utf8_lossy(&output.stderr).into());
    (output, out, err)
}

#[test]
fn off_enters_and_walks_nothing() {
    let (output, out, err) = run(Some("off"));
    assert!(output.status.success() && out.contains("passed 5") && out.contains("Off pins 0 failed 0"), "{out}{err}");
    assert!(!err.contains("pointer check"), "{err}");
}

#[test]
fn report_writes_a_line_once_for_each_place_and_field_and_goes_on() {
    let (output, out, err) = run(Some("report"));
    assert!(output.status.success() && out.contains("Report pins 1 failed 6"), "{out}{err}");
    assert_eq!(err.matches("pointer check at").count(), 1, "{err}");
    assert!(err.contains(file!()) && err.contains("`iovec[0].iov_base` leads to memory that is not pinned"), "{err}");
}

#[test]
fn a_panic_is_what_it_does_unless_told_otherwise() {
    for policy in [None, Some("panic"), Some("")] {
        let (output, out, err) = run(policy);
        assert!(!output.status.success() && !out.contains("passed 0"), "{out}");
        let text = out + &err;
        assert!(text.contains("pointer check: `iovec[0].iov_base`") && text.contains(file!()), "{text}");
    }
}

#[test]
fn abort_ends_the_process_with_the_text() {
    let (output, out, err) = run(Some("abort"));
    assert_eq!(output.status.signal(), Some(libc::SIGABRT), "{out}{err}");
    assert!(err.contains("pointer check at") && err.contains("24 bytes at"), "{err}");
}

#[test]
fn standard_error_that_nobody_reads_changes_nothing() {
    for (policy, signal) in [("report", None), ("abort", Some(libc::SIGABRT))] {
        let (_, unread) = UnixStream::pair().unwrap();
        let output = this_binary().env("PIN_FFI_CHECK", policy).stderr(OwnedFd::from(unread)).output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        assert_eq!(
            (output.status.signal(), out.contains("Report pins 1 failed 6")),
            (signal, signal.is_none()),
            "{out}"
        );
    }
}

#[test]
fn anything_else_is_refused() {
    let (output, out, err) = run(Some("yes"));
    let text = out + &err;
    assert!(!output.status.success() && text.contains("it says `off`, `report`, `panic` or `abort`"), "{text}");
}

#[test]
fn the_policy_of_this_process() {
    assert!(check::policy() == Policy::Panic || std::env::var_os("PIN_FFI_CHECK").is_some());
}
