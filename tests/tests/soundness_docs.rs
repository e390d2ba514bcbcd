//! `docs/SOUNDNESS.md` against the tests that it names and the files of `ci/mutations`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const DOCS: &str = include_str!("../../docs/SOUNDNESS.md");

/// The parts of a section, in their order.
const PARTS: [&str; 4] = ["Hazard", "Rule", "Tests", "Without the guard"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// All files with this extension below `folder`.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found
}

fn stem(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

/// The test functions in a formatted source file, with their modules: a module ends at a brace in its own column.
fn functions(text: &str) -> Vec<String> {
    let (mut modules, mut found, mut is_test) = (Vec::<(usize, &str)>::new(), Vec::new(), false);
    for line in text.lines() {
        let (code, column) = (line.trim_start(), line.len() - line.trim_start().len());
        if code == "}" && modules.last().is_some_and(|&(at, _)| at == column) {
            modules.pop();
        }
        let item = code.strip_prefix("pub(crate) ").or(code.strip_prefix("pub ")).unwrap_or(code);
        if let Some(name) = item.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(" {")) {
            modules.push((column, name));
        } else if code == "#[test]" {
            is_test = true;
        } else if let Some(rest) = item.strip_prefix("fn ").filter(|_| is_test) {
            let name = rest.split('(').next().unwrap();
            found.push(modules.iter().map(|&(_, module)| module).chain([name]).collect::<Vec<_>>().join("::"));
            is_test = false;
        }
    }
    found
}

/// The unit tests of a file of `pin-ffi` and of the files that are its modules.
fn unit_tests(file: &Path, module: &str, found: &mut BTreeSet<String>) {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    found.extend(functions(&text).into_iter().map(|name| format!("{module}::{name}")));
    let folder = file.parent().unwrap();
    let modules = if ["lib", "mod"].contains(&stem(file)) { folder.to_owned() } else { folder.join(stem(file)) };
    let mut path = None;
    for line in text.lines() {
        if let Some(said) = line.strip_prefix("#[path = \"") {
            path = Some(folder.join(said.trim_end_matches("\"]")));
        } else if let Some((_, name)) =
            line.split_once("mod ").filter(|(before, _)| before.is_empty() || before.starts_with("pub"))
        {
            let Some(name) = name.strip_suffix(';') else { continue };
            let own = [modules.join(format!("{name}.rs")), modules.join(name).join("mod.rs")];
            let file = path.take().or_else(|| own.into_iter().find(|file| file.exists()));
            unit_tests(&file.unwrap_or_else(|| panic!("no file of `{name}`")), &format!("{module}::{name}"), found);
        }
    }
}

/// Every test by the name that the document gives it.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // Files in folders are parts of a test and have no tests of their own.
    for path in files(&root().join("tests/tests"), "rs") {
        let text = fs::read_to_string(&path).unwrap();
        found.extend(functions(&text).into_iter().map(|name| format!("{}::{name}", stem(&path))));
    }
    unit_tests(&root().join("pin-ffi/src/lib.rs"), "lib", &mut found);
    let ui = root().join("tests/ui");
    for path in files(&ui, "rs") {
        let case = path.strip_prefix(&ui).unwrap().with_extension("");
        found.insert(format!("ui/{}", case.to_str().unwrap().replace('\\', "/")));
    }
    found
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// Whatever stands in backquotes.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

struct Section {
    number: u32,
    parts: Vec<&'static str>,
}

impl Section {
    fn tests(&self) -> Vec<&'static str> {
        quoted(self.parts[2])
    }

    /// The files of `ci/mutations` in the last part: the names before the colon of each point.
    fn mutations(&self) -> Vec<&'static str> {
        let points = self.parts[3].split("\n- ").skip(1);
        points.flat_map(|point| quoted(point.split(": ").next().unwrap())).collect()
    }

    fn shows(&self, test: &str) -> bool {
        self.tests().iter().any(|pattern| matches(pattern, test))
    }
}

fn sections() -> Vec<Section> {
    let mut found = Vec::new();
    for text in DOCS.split("\n## ").skip(1) {
        let (title, body) = text.split_once('\n').unwrap();
        // The chapters at the end have no anchor.
        let Some(rest) = title.strip_prefix("<a id=\"") else { continue };
        let (number, title) =
            rest.split_once("\"></a>").unwrap_or_else(|| panic!("`{title}` is no heading of a section"));
        assert!(title.starts_with(&format!("{number}. ")), "the anchor of `{title}` is {number}");
        let number = number.parse().unwrap_or_else(|_| panic!("`{number}` is no number"));

        let mut parts = Vec::new();
        let mut rest = body;
        for (i, part) in PARTS.iter().enumerate() {
            let start = format!("**{part}.**");
            let (before, after) = rest.split_once(&start).unwrap_or_else(|| panic!("{number} has no `{start}`"));
            assert!(i > 0 || before.trim().is_empty(), "{number} starts with something else than `{start}`");
            if i > 0 {
                parts.push(before.trim());
            }
            rest = after;
        }
        // Its first point starts on a line of its own.
        parts.push(rest.trim_end());
        for (name, text) in PARTS.iter().zip(&parts) {
            assert!(!text.trim().is_empty(), "{number}: `{name}` is empty");
            assert!(
                !text.contains("\n**") && !text.contains(".**"),
                "{number}: a part stands twice, or in another order"
            );
        }
        found.push(Section { number, parts });
    }
    found
}

/// The rows and the tests that a file of `ci/mutations` names.
fn mutations() -> BTreeMap<String, (Vec<u32>, Vec<String>)> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let head = text.split("\n\n").next().unwrap();
        let values = |key: &str| {
            let key = format!("{key}: ");
            head.lines().filter_map(|line| line.strip_prefix(&key)).map(str::to_owned).collect::<Vec<_>>()
        };
        let number = |row: &str| row.parse().unwrap_or_else(|_| panic!("{}: `{row}` is no section", stem(&path)));
        let rows = values("row").iter().flat_map(|row| row.split(", ")).map(number).collect();
        let tests = values("test").into_iter().map(|test| match test.split_once(' ').unwrap() {
            ("ui", case) => format!("ui/{case}"),
            (file, name) => format!("{file}::{name}"),
        });
        (stem(&path).to_owned(), (rows, tests.collect()))
    };
    files(&root().join("ci/mutations"), "txt").into_iter().map(read).collect()
}

#[test]
fn every_section_has_a_number_and_four_parts() {
    let numbers: Vec<u32> = sections().iter().map(|section| section.number).collect();
    assert!(numbers.len() > 30, "sections are written in another way now: {numbers:?}");
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

#[test]
fn every_test_that_is_named_exists() {
    let tests = tests();
    for section in sections() {
        let text = section.parts[2];
        let rest: String = text.split('`').step_by(2).collect();
        assert!(rest.chars().all(|c| c == ',' || c.is_whitespace()), "{}: `Tests` is a list of names", section.number);
        assert!(!section.tests().is_empty(), "{} is shown by nothing", section.number);
        for name in section.tests() {
            let there = tests.iter().any(|test| matches(name, test));
            assert!(there, "{}: there is no test `{name}`", section.number);
        }
    }
    for name in quoted(DOCS.rsplit_once("\n## <a ").unwrap().1).into_iter().filter(|name| name.starts_with("ui/")) {
        assert!(tests.iter().any(|test| matches(name, test)), "there is no case `{name}`");
    }
}

#[test]
fn every_test_with_the_number_of_a_section_stands_there() {
    let sections = sections();
    let mut n = 0;
    for test in tests() {
        let name = test.rsplit([':', '/']).next().unwrap();
        let Some((number, _)) = name.strip_prefix('s').and_then(|rest| rest.split_once('_')) else { continue };
        let Ok(number) = number.parse::<u32>() else { continue };
        let section = sections.iter().find(|section| section.number == number);
        let section = section.unwrap_or_else(|| panic!("`{test}` belongs to a section that is not there"));
        let named = section.tests().iter().any(|pattern| matches(pattern, &test));
        assert!(named, "`{test}` does not stand in section {number}");
        n += 1;
    }
    assert!(n > 60, "tests are numbered in another way now: {n}");
}

#[test]
fn every_attack_that_does_not_compile_stands_somewhere() {
    for case in tests().iter().filter(|test| test.starts_with("ui/attacks/")) {
        let named = quoted(DOCS).iter().any(|name| name.starts_with("ui/attacks/") && matches(name, case));
        assert!(named, "`{case}` shows a hazard, and stands in no section");
    }
}

#[test]
fn every_guard_stands_in_its_sections_with_its_tests() {
    let (sections, mutations) = (sections(), mutations());
    let mut missing = BTreeSet::new();
    for (name, (rows, tests)) in &mutations {
        assert!(!rows.is_empty(), "{name} names no section");
        for &row in rows {
            missing.insert((row, name.as_str()));
            let section = sections.iter().find(|section| section.number == row);
            let section = section.unwrap_or_else(|| panic!("{name}: there is no section {row}"));
            // A guard of several sections has tests for each of them.
            assert!(tests.is_empty() || tests.iter().any(|test| section.shows(test)), "{row} has no test of `{name}`");
        }
        for test in tests {
            let shown = sections.iter().any(|section| rows.contains(&section.number) && section.shows(test));
            assert!(shown, "`{test}` notices that `{name}` is missing, and stands in none of its sections");
        }
    }
    for section in &sections {
        assert!(!section.mutations().is_empty(), "{} has no guard", section.number);
        for name in section.mutations() {
            let there = missing.remove(&(section.number, name));
            assert!(there, "{}: `{name}` is no guard of this section, or stands there twice", section.number);
        }
    }
    assert!(missing.is_empty(), "guards that stand in no section: {missing:?}");
}

/// The guards stay where they are while the code around them changes; a file that says otherwise would remove nothing.
#[test]
fn every_guard_is_where_its_file_says() {
    let script = root().join("ci/mutation.py");
    let Ok(done) = Command::new("python3").arg(script).arg(root()).arg("--apply-only").output() else {
        eprintln!("skipped: python3 is not here");
        return;
    };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
