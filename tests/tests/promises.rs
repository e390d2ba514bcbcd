//! `docs/CHECK.md` against what there is: its tests exist, it has all of them, and its failures are what a user sees.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const PAPER: &str = include_str!("../../docs/CHECK.md");

fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The number that a test's name begins with: `P7` of `p07_..`.
fn number(name: &str) -> Option<String> {
    let (letter, digits) = (name.get(..1)?, name.get(1..3)?);
    let n: u32 = digits.parse().ok()?;
    (name.get(3..4)? == "_" && ["p", "g"].contains(&letter)).then(|| format!("{}{n}", letter.to_uppercase()))
}

/// Every test with a number: functions as `file::name`, compile-fail cases as `ui/pinner/name`.
fn numbered() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in fs::read_dir(tests().join("tests")).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let (stem, text) =
            (file.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&file).unwrap());
        for rest in text.split("#[test]").skip(1) {
            let name = rest.split_once("fn ").and_then(|(_, rest)| rest.split_once('(')).unwrap().0;
            if number(name).is_some() {
                found.insert(format!("{stem}::{name}"));
            }
        }
    }
    for file in fs::read_dir(tests().join("ui/pinner")).unwrap().map(|entry| entry.unwrap().path()) {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        if file.extension().is_some_and(|e| e == "rs") && number(&name).is_some() {
            found.insert(format!("ui/pinner/{name}"));
        }
    }
    found
}

/// What stands in backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn each_numbered_promise_has_its_tests_and_each_numbered_test_its_row() {
    let mut missing = numbered();
    assert!(missing.len() > 60, "tests are named in another way now: {missing:?}");
    for wanted in (1..=23).map(|n| format!("P{n}")).chain((1..=11).map(|n| format!("G{n}"))) {
        let row = PAPER.lines().find(|line| line.starts_with(&format!("| {wanted} |")));
        let row = row.unwrap_or_else(|| panic!("no row for {wanted}"));
        let shown = row.rsplit('|').nth(1).unwrap();
        assert!(quoted(shown).count() > 0, "{wanted} is shown by nothing");
        for name in quoted(shown) {
            assert!(missing.remove(name), "{wanted}: there is no test `{name}`, or it stands in two rows");
            let own = name.rsplit([':', '/']).next().and_then(number);
            assert_eq!(own.as_ref(), Some(&wanted), "`{name}`");
        }
    }
    assert!(missing.is_empty(), "tests that stand in no row: {missing:#?}");
}

#[test]
fn each_test_that_shows_the_rest_exists() {
    let rest = PAPER.split_once("## The rest").expect("the second table").1;
    let mut n = 0;
    for name in quoted(rest.split("\n## ").next().unwrap()).filter(|name| name.contains("::")) {
        let (file, function) = name.split_once("::").unwrap();
        let text = fs::read_to_string(tests().join(format!("tests/{file}.rs"))).unwrap_or_default();
        assert!(text.contains(&format!("fn {function}(")), "there is no test `{name}`");
        n += 1;
    }
    assert!(n > 20, "{n}");
}

/// Addresses, and the places in files, as they would be anywhere.
#[cfg(all(unix, any(debug_assertions, feature = "check")))]
fn anywhere(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("0x").into_iter().chain(rest.find(".rs:")).min() {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        if let Some(hex) = found.strip_prefix("0x") {
            out.push_str("0x_");
            rest = hex.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        } else {
            // The file's directory does not matter either.
            out.truncate(out.rfind(' ').map_or(0, |space| space + 1));
            out.push_str("FILE");
            rest = found[".rs".len()..].trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
        }
    }
    out + rest
}

#[test]
#[cfg(all(unix, any(debug_assertions, feature = "check")))]
fn failures_read_as_the_paper_has_them() {
    use pin_ffi::check::{verify, verify_mut};
    use pin_ffi::{Pinner, scope};

    let iov = |bytes: &[u8]| libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let text = |f: &dyn Fn()| -> String {
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).expect_err("it did not panic");
        *panic.downcast::<String>().unwrap()
    };
    let memory = vec![0_u8; 4096];
    let pinner = Pinner::new();
    let _ = pinner.pin(&memory[..1000]);
    // SAFETY: zeros are a `msghdr`.
    let mut msg: libc::msghdr = unsafe { std::mem::zeroed() };
    // An array of its own, so that the path shows an index.
    let array = [iov(&memory[..1000]), iov(&memory[1024..1088])];
    (msg.msg_iov, msg.msg_iovlen) = (array.as_ptr().cast_mut(), 2);
    let failures = [
        scope(|_| {
            // SAFETY: the array outlives the guard.
            let _array = unsafe { pin_ffi::check::foreign(array.as_ptr(), size_of_val(&array)) };
            // SAFETY: as above; whatever is pinned is memory.
            text(&|| unsafe { verify(&msg) })
        }),
        // SAFETY: an `iovec` leads to no further structs.
        text(&|| unsafe { verify(&iov(&memory[960..1024])) }),
        // SAFETY: as above.
        text(&|| unsafe { verify_mut(&iov(&memory[..64])) }),
    ];
    let shown: Vec<&str> = PAPER.split("```text\n").skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect();
    assert_eq!(shown.len(), failures.len());
    for (shown, failure) in shown.iter().zip(&failures) {
        assert_eq!(anywhere(shown), anywhere(failure), "in full:\n{failure}");
    }
}
