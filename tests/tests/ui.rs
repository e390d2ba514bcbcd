//! What must not compile, and what the compiler says of it.
//!
//! Every `ui/*/NAME.rs` outside `ui/pass` must be refused with the text in `NAME.stderr` beside it; those in `ui/built`
//! only when they are built. After a change of a text: `TRYBUILD=overwrite cargo test -p pin-ffi-tests --test ui`, then
//! read the difference. One checked case alone: `cargo test -p pin-ffi-tests --test ui -- refusals trybuild=NAME`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Expected texts are the compiler's as much as ours, so they are those of one version.
const RUSTC: &str = "rustc 1.95.";

/// Fewer cases than this, and the search has gone wrong.
const AT_LEAST: usize = 100;

#[test]
fn refusals_say_what_is_wrong_and_the_way_out() {
    let cases: Vec<_> = cases().into_iter().filter(|case| !is_built(case)).collect();
    assert!(cases.len() >= AT_LEAST, "only {} compile-fail cases were found", cases.len());
    if let Some(t) = expectations() {
        for case in cases {
            t.compile_fail(case);
        }
    }
}

/// Some refusals are constants of generic code, which the compiler works out when it builds. With a case that must pass,
/// every case beside it is built and not only checked.
#[test]
fn refusals_say_what_is_wrong_when_it_is_built() {
    if let Some(t) = expectations() {
        t.pass("ui/pass/*.rs");
        for case in cases().into_iter().filter(|case| is_built(case)) {
            t.compile_fail(case);
        }
    }
}

/// What a text would have from the machine: lines of std's source are there only where the component `rust-src` is
/// installed, and they move all others; a closure's type has the path of the checkout in it.
const OF_THE_MACHINE: &[&str] =
    &["$RUST/", "/rustc/", "/rustlib/", "/library/", "$CARGO/", "$OUT_DIR", "{closure@", "long-type-"];

#[test]
fn no_expected_text_depends_on_the_machine() {
    let mut found = String::new();
    for text in folders().iter().flat_map(|folder| files(folder)).filter(|file| is(file, "stderr")) {
        for (number, line) in fs::read_to_string(&text).unwrap().lines().enumerate() {
            if OF_THE_MACHINE.iter().any(|part| line.contains(part)) {
                writeln!(found, "{}:{}: {}", text.display(), number + 1, line.trim()).unwrap();
            }
        }
    }
    assert!(found.is_empty(), "change the case so that its errors stay within the case and this workspace:\n{found}");
}

#[test]
fn every_expected_text_belongs_to_a_case() {
    for folder in folders() {
        for file in files(&folder) {
            assert!(
                !is(&file, "stderr") || file.with_extension("rs").exists(),
                "{} has no case beside it",
                file.display()
            );
        }
    }
}

fn cases() -> Vec<PathBuf> {
    let refused = folders().into_iter().filter(|folder| !folder.ends_with("pass"));
    refused.flat_map(|folder| files(&folder)).filter(|file| is(file, "rs")).collect()
}

fn is_built(case: &Path) -> bool {
    case.parent().is_some_and(|folder| folder.ends_with("built"))
}

fn is(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|e| e == extension)
}

fn folders() -> Vec<PathBuf> {
    files(Path::new("ui")).into_iter().filter(|path| path.is_dir()).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Nothing, with the reason, if the expected texts are those of another compiler.
fn expectations() -> Option<trybuild::TestCases> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("`rustc --version` runs");
    let version = String::from_utf8_lossy(&output.stdout);
    if version.starts_with(RUSTC) {
        return Some(trybuild::TestCases::new());
    }
    eprintln!("skipped: the expected texts are those of {RUSTC}x, and this is {}", version.trim());
    None
}
