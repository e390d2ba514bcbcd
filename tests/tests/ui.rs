//! What must not compile, and what the compiler says of it.
//!
//! Every `ui/*/NAME.rs` outside `ui/pass` must be refused with the text in `NAME.stderr` beside it; those in `ui/built`
//! only when they are built. After a change of a text: `TRYBUILD=overwrite cargo test -p pin-ffi-tests --test ui`, then
//! read the difference. One checked case alone: `cargo test -p pin-ffi-tests --test ui -- refusals trybuild=NAME`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Expected texts are the compiler's as much as ours, so they are those of one version.
const RUSTC: &str = "rustc 1.95.";

/// Fewer cases than this, and the search has gone wrong.
const AT_LEAST: usize = 100;

#[test]
fn refusals_say_what_is_wrong_and_the_way_out() {
    let cases = cases();
    assert!(cases.len() >= AT_LEAST, "only {} compile-fail cases were found", cases.len());

    let version = rustc_version();
    if !version.starts_with(RUSTC) {
        eprintln!("skipped: the expected texts are those of {RUSTC}x, and this is {}", version.trim());
        return;
    }
    let (built, checked): (Vec<_>, Vec<_>) =
        cases.into_iter().partition(|case| case.parent().unwrap().ends_with("built"));
    let t = trybuild::TestCases::new();
    for case in checked {
        t.compile_fail(case);
    }
    drop(t);
    // Some refusals are constants of generic code, which the compiler works out when it builds. With a case that must
    // pass, every case beside it is built and not only checked.
    let t = trybuild::TestCases::new();
    t.pass("ui/pass/*.rs");
    for case in built {
        t.compile_fail(case);
    }
}

#[test]
fn every_expected_text_belongs_to_a_case() {
    for folder in folders() {
        for file in files(&folder) {
            let is_text = file.extension().is_some_and(|e| e == "stderr");
            assert!(!is_text || file.with_extension("rs").exists(), "{} has no case beside it", file.display());
        }
    }
}

fn cases() -> Vec<PathBuf> {
    let refused = folders().into_iter().filter(|folder| !folder.ends_with("pass"));
    refused.flat_map(|folder| files(&folder)).filter(|file| file.extension().is_some_and(|e| e == "rs")).collect()
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

fn rustc_version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("`rustc --version` runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
