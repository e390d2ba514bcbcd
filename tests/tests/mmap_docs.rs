//! The tests that `docs/MMAP.md` names, against those that there are.
#![cfg(unix)]

use std::collections::HashSet;
use std::path::Path;

const DOCS: &str = include_str!("../../docs/MMAP.md");

/// What there is, by folder: the names of test functions and files, and of compile-fail cases.
fn there() -> (HashSet<String>, HashSet<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut tests, mut cases) = (HashSet::new(), HashSet::new());
    for folder in ["tests", "../examples/tests", "../pin-ffi/src/mmap", "ui/mmap"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            if folder == "ui/mmap" {
                cases.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
                continue;
            }
            tests.insert(path.file_name().unwrap().to_str().unwrap().to_owned());
            let text = std::fs::read_to_string(&path).unwrap();
            let functions = text.split("#[test]").skip(1).filter_map(|test| test.split_once("fn ")?.1.split_once('('));
            tests.extend(functions.map(|(name, _)| name.to_owned()));
        }
    }
    (tests, cases)
}

#[test]
fn every_test_that_the_table_names_is_there() {
    let (tests, cases) = there();
    let mut named = 0;
    // Our own column is the second one, in both tables.
    for row in DOCS.lines().filter(|line| line.starts_with("| ")) {
        let ours = row.split(" | ").nth(1).unwrap_or_default();
        let mut before = "";
        for (i, piece) in ours.split('`').enumerate() {
            let is_name = piece.contains('_') && piece != "sync_file_range";
            if i % 2 == 1 && is_name {
                let there = if before.ends_with("*ui* ") { &cases } else { &tests };
                let found = match piece.strip_suffix('*') {
                    Some(start) => there.iter().any(|name| name.starts_with(start)),
                    None => there.contains(piece),
                };
                assert!(found, "`{piece}` is named in docs/MMAP.md, and is not there");
                named += 1;
            }
            before = piece;
        }
    }
    assert!(named > 100, "the tables are written in another way now: {named}");
}
