//! How long it takes to build what the macros write, and how large it becomes, beside the same written by hand.

use pico_args::Arguments;
use pin_ffi_benches::limits::Verdict;
use pin_ffi_benches::not_yet_met::NOT_YET_MET;
use pin_ffi_benches::options::{Options, wrong};
use pin_ffi_benches::table::{Cell, Row, Table, Unit};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{fs, io};

const HELP: &str = "\
What it costs to build pin-ffi from nothing, 200 derived structs with 200
annotated functions beside the same written by hand, and one struct of many
fields; how large the 200 are. Processor time of the compiler, as ratios of
builds in turn.

    builds [--json] [--svg DIR] [--rounds N] [--base DIR]
    builds --limits [--rounds N] [--base DIR]    only what has limits

N is 3 if not given. DIR is a checkout of pin-ffi that the build from nothing
is held against.

Exit codes: 0 all limits are kept; 1 pin-ffi breaks one; 2 wrong arguments, or
something failed.
";

/// Structs, and functions.
const ITEMS: usize = 200;

/// Fields of one struct.
const FIELDS: [usize; 3] = [50, 100, 200];

const BY_HAND: &str = "by hand";
const OURS: &str = "pin-ffi";

const ITEMS_TABLE: &str = "200 structs and 200 functions";
const FIELDS_TABLE: &str = "one struct of many fields, check";
const COLD_TABLE: &str = "from nothing, debug";

/// The most that a build may take: times the one in the first row or column.
const LIMITS: [(&str, &str, f64); 5] = [
    (ITEMS_TABLE, "check", 3.0),
    (ITEMS_TABLE, "debug", 3.5),
    (ITEMS_TABLE, "release", 3.5),
    (FIELDS_TABLE, "200 fields", 5.0),
    // As long as before; builds differ by as much from one to the next.
    (COLD_TABLE, "both", 1.05),
];

struct Wanted {
    limits_only: bool,
    rounds: usize,
    base: Option<PathBuf>,
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_env();
    if arguments.contains(["-h", "--help"]) {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let wanted = |arguments: &mut Arguments| -> Result<Wanted, pico_args::Error> {
        Ok(Wanted {
            limits_only: arguments.contains("--limits"),
            rounds: arguments.opt_value_from_str("--rounds")?.unwrap_or(3_usize).max(1),
            base: arguments.opt_value_from_str("--base")?,
        })
    };
    let (wanted, options) = match wanted(&mut arguments).and_then(|w| Ok((w, Options::from(&mut arguments)?))) {
        Ok(both) => both,
        Err(error) => return wrong(&error, HELP),
    };
    if let Some(other) = arguments.finish().first() {
        return wrong(&format!("there is no argument `{}`", other.to_string_lossy()), HELP);
    }
    let tables = measure(&wanted).and_then(|tables| options.show(&tables).map(|()| tables));
    match tables {
        Ok(tables) => verdict(&tables),
        Err(error) => {
            eprintln!("builds: {error}");
            ExitCode::from(2)
        }
    }
}

fn verdict(tables: &[Table]) -> ExitCode {
    let mut broken = false;
    for table in tables {
        for (cell, column) in table.rows.iter().flat_map(|row| row.cells.iter().zip(&table.columns)) {
            let Some(Cell { verdict: Verdict::Broken, ratios: Some([_, ratio, _]), limit: Some(limit), .. }) = cell
            else {
                continue;
            };
            eprintln!("builds: {}, {column}: {ratio:.2} times, the limit is {limit}", table.title);
            broken = true;
        }
    }
    if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn measure(wanted: &Wanted) -> io::Result<Vec<Table>> {
    let folder = tempfile::tempdir()?;
    let this = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut tables = Vec::new();
    if wanted.base.is_some() || !wanted.limits_only {
        tables.push(cold(folder.path(), &this, wanted)?);
    }
    let by_hand = Program::new(folder.path(), "by-hand", &written_by_hand(), None)?;
    let ours = Program::new(folder.path(), "with-pin-ffi", &written_for_the_macros(), Some(&this))?;
    tables.push(items(&by_hand, &ours, wanted)?);
    tables.push(fields(folder.path(), &this, wanted)?);
    if !wanted.limits_only {
        tables.push(sizes(&by_hand, &ours)?);
    }
    Ok(tables)
}

/// The macros and the library from nothing, beside those of another checkout if there is one.
fn cold(folder: &Path, this: &Path, wanted: &Wanted) -> io::Result<Table> {
    const NOTHING: &str = "fn main() {}\n";
    let ours = Program::new(folder, "cold", NOTHING, Some(this))?;
    let base = wanted.base.as_ref().map(|base| Program::new(folder, "cold-base", NOTHING, Some(base))).transpose()?;
    let mut programs: Vec<(&str, &Program)> = base.iter().map(|base| ("the base", base)).collect();
    programs.push((OURS, &ours));
    let mut times = Times::new(programs.len(), 3);
    for _ in 0..wanted.rounds {
        for (row, (_, program)) in programs.iter().enumerate() {
            program.forget_everything()?;
            let macros = program.time(&["build", "-p", "pin-ffi-macros"])?;
            let library = program.time(&["build", "-p", "pin-ffi"])?;
            for (column, time) in [macros, library, macros + library].into_iter().enumerate() {
                times.add(row, column, time);
            }
        }
    }
    let forms: Vec<&str> = programs.iter().map(|(form, _)| *form).collect();
    Ok(times.table(COLD_TABLE, &forms, &["the macros, with syn", "then pin-ffi", "both"]))
}

/// Many structs and functions, in each profile.
fn items(by_hand: &Program, ours: &Program, wanted: &Wanted) -> io::Result<Table> {
    let profiles: [(&str, &[&str]); 3] = [("check", &["check"]), ("debug", &["build"]), ("release", &["build", "-r"])];
    let mut times = Times::new(2, profiles.len());
    for round in 0..=wanted.rounds {
        for (column, (_, arguments)) in profiles.iter().enumerate() {
            for (row, program) in [by_hand, ours].into_iter().enumerate() {
                program.touch()?;
                let time = program.time(arguments)?;
                // The first round builds the dependencies too.
                if round > 0 {
                    times.add(row, column, time);
                }
            }
        }
    }
    Ok(times.table(ITEMS_TABLE, &[BY_HAND, OURS], &profiles.map(|(name, _)| name)))
}

/// One struct, of few fields and of many: a row for each, so that it is held against the one with few.
fn fields(folder: &Path, this: &Path, wanted: &Wanted) -> io::Result<Table> {
    let programs = FIELDS.map(|n| Program::new(folder, &format!("fields-{n}"), &struct_of(n), Some(this)));
    let programs: Vec<Program> = programs.into_iter().collect::<io::Result<_>>()?;
    let mut times = Times::new(1, programs.len());
    for round in 0..=wanted.rounds {
        for (column, program) in programs.iter().enumerate() {
            program.touch()?;
            let time = program.time(&["check"])?;
            if round > 0 {
                times.add(0, column, time);
            }
        }
    }
    let mut table = times.table(FIELDS_TABLE, &[OURS], &["50 fields", "100 fields", "200 fields"]);
    let few = times.0[0][0].clone();
    for (column, cell) in table.rows[0].cells.iter_mut().enumerate().skip(1) {
        *cell = Some(judged(FIELDS_TABLE, &table.columns[column], &times.0[0][column], &few));
    }
    Ok(table)
}

fn sizes(by_hand: &Program, ours: &Program) -> io::Result<Table> {
    let row = |form: &str, program: &Program| -> io::Result<Row> {
        let cells = [program.size()?, program.code()?].map(|bytes| Some(Cell::from(bytes as f64)));
        Ok(Row { form: form.to_owned(), cells: cells.to_vec() })
    };
    Ok(Table {
        command: "builds",
        title: format!("size of {ITEMS_TABLE}"),
        unit: Unit::Bytes,
        columns: ["release, stripped", "its code"].map(str::to_owned).to_vec(),
        rows: vec![row(BY_HAND, by_hand)?, row(OURS, ours)?],
    })
}

/// Times by row and column, one of each for every round.
struct Times(Vec<Vec<Vec<f64>>>);

impl Times {
    fn new(rows: usize, columns: usize) -> Self {
        Self(vec![vec![Vec::new(); columns]; rows])
    }

    fn add(&mut self, row: usize, column: usize, time: f64) {
        self.0[row][column].push(time);
    }

    /// Medians, and ratios to the first row in the same round.
    fn table(&self, title: &str, forms: &[&str], columns: &[&str]) -> Table {
        let cell = |row: usize, column: usize| {
            let times = &self.0[row][column];
            Some(if row == 0 {
                Cell::from(quartiles(times.clone())[1])
            } else {
                judged(title, columns[column], times, &self.0[0][column])
            })
        };
        let row = |(row, form): (usize, &&str)| Row {
            form: (*form).to_owned(),
            cells: (0..columns.len()).map(|column| cell(row, column)).collect(),
        };
        Table {
            command: "builds",
            title: title.to_owned(),
            unit: Unit::Nanoseconds,
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            rows: forms.iter().enumerate().map(row).collect(),
        }
    }
}

/// The median of `times`, its ratios to `base` round by round, and what became of their limit.
fn judged(title: &str, column: &str, times: &[f64], base: &[f64]) -> Cell {
    let ratios = quartiles(times.iter().zip(base).map(|(time, base)| time / base).collect());
    let limit = LIMITS.iter().find(|(table, name, _)| *table == title && *name == column).map(|(.., limit)| *limit);
    let name = format!("builds/{title}/{column}");
    let reached = NOT_YET_MET.iter().find(|(other, ..)| *other == name).map(|(_, times, _)| *times);
    let verdict = match (limit, reached) {
        (Some(limit), reached) if ratios[1] > limit => {
            if reached.is_some_and(|reached| ratios[1] <= reached) {
                Verdict::NotYet
            } else {
                Verdict::Broken
            }
        }
        _ => Verdict::Kept,
    };
    Cell { ratios: Some(ratios), limit, verdict, ..Cell::from(quartiles(times.to_vec())[1]) }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

/// Processor time in user space that this process's children, and theirs, have taken so far, in nanoseconds.
fn children_time() -> f64 {
    // SAFETY: zeros are a `rusage`, and one is lent.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        assert!(libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage) == 0);
        usage
    };
    usage.ru_utime.tv_sec as f64 * 1e9 + usage.ru_utime.tv_usec as f64 * 1e3
}

/// A package in a folder of its own, with the dependencies of this one.
struct Program {
    folder: PathBuf,
    name: String,
}

impl Program {
    fn new(parent: &Path, name: &str, source: &str, pin_ffi: Option<&Path>) -> io::Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let program = Self { folder: parent.join(name), name: name.to_owned() };
        fs::create_dir_all(program.folder.join("src"))?;
        let ours = match pin_ffi {
            Some(checkout) => format!(
                "pin-ffi = {{ path = {:?}, default-features = false, features = [\"std\"] }}\n",
                fs::canonicalize(checkout.join("pin-ffi"))?
            ),
            None => String::new(),
        };
        let manifest = format!(
            "[workspace]\n[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [dependencies]\nlibc = \"0.2\"\n{ours}[profile.release]\nstrip = true\n"
        );
        fs::write(program.folder.join("Cargo.toml"), manifest)?;
        // The same versions as everywhere here; cargo takes out what it does not need.
        fs::copy(here.join("Cargo.lock"), program.folder.join("Cargo.lock"))?;
        fs::write(program.source(), source)?;
        Ok(program)
    }

    fn source(&self) -> PathBuf {
        self.folder.join("src/main.rs")
    }

    /// Makes the program be built again, and nothing else.
    fn touch(&self) -> io::Result<()> {
        fs::write(self.source(), fs::read_to_string(self.source())? + "\n")
    }

    fn forget_everything(&self) -> io::Result<()> {
        match fs::remove_dir_all(self.folder.join("target")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Nanoseconds of processor time that cargo and all that it runs take.
    fn time(&self, arguments: &[&str]) -> io::Result<f64> {
        let mut cargo = Command::new(option_env!("CARGO").unwrap_or("cargo"));
        cargo.args(arguments).arg("--quiet").current_dir(&self.folder);
        // As a user builds it, whatever is set for this run; and all of it, nothing from the round before.
        for setting in ["CARGO_TARGET_DIR", "RUSTFLAGS", "CARGO_PROFILE_DEV_DEBUG"] {
            cargo.env_remove(setting);
        }
        cargo.env("CARGO_INCREMENTAL", "0");
        let before = children_time();
        let output = cargo.output()?;
        let time = children_time() - before;
        if output.status.success() {
            Ok(time)
        } else {
            Err(io::Error::other(format!("{}: {}", self.name, String::from_utf8_lossy(&output.stderr))))
        }
    }

    fn binary(&self) -> PathBuf {
        self.folder.join("target/release").join(&self.name)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(fs::metadata(self.binary())?.len())
    }

    /// Bytes of machine code, as `size` tells.
    fn code(&self) -> io::Result<u64> {
        let output = Command::new("size").arg(self.binary()).output()?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let text = printed.lines().nth(1).and_then(|line| line.split_whitespace().next());
        text.and_then(|bytes| bytes.parse().ok()).ok_or_else(|| io::Error::other("`size` says nothing"))
    }
}

/// Each struct has a buffer to read, one to write, and a number; each function takes one of them to C.
fn written_for_the_macros() -> String {
    let mut source = String::from(
        "#![allow(non_camel_case_types)]\nuse pin_ffi::{FfiPinned, pinned_ffi};\n\
         use std::{ffi::{c_int, c_long}, hint::black_box, io};\n",
    );
    for i in 0..ITEMS {
        let _ = write!(
            source,
            "{}\
             #[derive(FfiPinned)]\n#[ffi(c = request_{i})]\npub struct Request{i}<'a> {{\n\
             #[ffi(ptr = input, len = input_len)] pub input: &'a [u8],\n\
             #[ffi(ptr = output, len = output_len, inout)] pub output: pin_ffi::OutBuf<'a, u8>,\n\
             #[ffi(set = flags)] pub flags: u32,\n}}\n\
             #[pinned_ffi]\npub fn call_{i}(#[ffi(pin_mut)] request: &mut Request{i}<'_>) -> io::Result<c_long> {{\n\
             let ret = unsafe {{ libc::syscall(libc::c_long::MAX, request.as_mut_ptr()) }};\n\
             if ret < 0 {{ Err(io::Error::last_os_error()) }} else {{ Ok(ret) }}\n}}\n",
            c_struct(i)
        );
    }
    let body = |i| {
        format!(
            "let mut memory = [std::mem::MaybeUninit::uninit(); 16];\n\
             let mut request = Request{i} {{ input: b\"in\", output: pin_ffi::OutBuf::uninit(&mut memory), flags: {i} }};\n\
             failed += c_int::from(call_{i}(black_box(&mut request)).is_err());\n"
        )
    };
    source + &main_of(body)
}

/// The same, as a careful hand would write it.
fn written_by_hand() -> String {
    let mut source = String::from(
        "#![allow(non_camel_case_types)]\n\
         use std::{ffi::{c_int, c_long}, hint::black_box, io, mem::{self, MaybeUninit}};\n",
    );
    for i in 0..ITEMS {
        let _ = write!(
            source,
            "{}\
             pub struct Request{i}<'a> {{\n\
             pub input: &'a [u8],\npub output: &'a mut [MaybeUninit<u8>],\npub filled: usize,\npub flags: u32,\n}}\n\
             pub fn call_{i}(request: &mut Request{i}<'_>) -> io::Result<c_long> {{\n\
             let too_long = |_| io::Error::from(io::ErrorKind::InvalidInput);\n\
             let mut c: request_{i} = unsafe {{ mem::zeroed() }};\n\
             c.input = request.input.as_ptr();\n\
             c.input_len = request.input.len().try_into().map_err(too_long)?;\n\
             c.output = request.output.as_mut_ptr().cast();\n\
             c.output_len = request.output.len().try_into().map_err(too_long)?;\n\
             c.flags = request.flags;\n\
             let ret = unsafe {{ libc::syscall(libc::c_long::MAX, &raw mut c) }};\n\
             if ret < 0 {{ return Err(io::Error::last_os_error()); }}\n\
             if c.output_len as usize > request.output.len() {{ return Err(io::ErrorKind::InvalidData.into()); }}\n\
             request.filled = c.output_len as usize;\n\
             Ok(ret)\n}}\n",
            c_struct(i)
        );
    }
    let body = |i| {
        format!(
            "let mut memory = [MaybeUninit::uninit(); 16];\n\
             let mut request = Request{i} {{ input: b\"in\", output: &mut memory, filled: 0, flags: {i} }};\n\
             failed += c_int::from(call_{i}(black_box(&mut request)).is_err());\n"
        )
    };
    source + &main_of(body)
}

/// A derived struct of `n` buffers whose lengths C changes, as a generated header may have.
fn struct_of(n: usize) -> String {
    let each = |field: &dyn Fn(usize) -> String| (0..n).map(field).collect::<String>();
    let c = each(&|i| format!("pub f{i}: *mut u8, pub l{i}: u32,\n"));
    let rust = each(&|i| format!("#[ffi(ptr = f{i}, len = l{i}, inout)] f{i}: Option<OutBuf<'a, u8>>,\n"));
    format!(
        "#![allow(dead_code, non_camel_case_types)]\nuse pin_ffi::{{FfiPinned, OutBuf}};\n\
         #[repr(C)] pub struct big {{\n{c}}}\n\
         #[derive(FfiPinned)]\n#[ffi(c = big)]\nstruct Big<'a> {{\n{rust}}}\nfn main() {{}}\n"
    )
}

fn c_struct(i: usize) -> String {
    format!(
        "#[repr(C)]\npub struct request_{i} {{\n\
         input: *const u8, input_len: u32, flags: u32, output: *mut u8, output_len: u32,\n}}\n"
    )
}

/// Makes every call, so that none is left out of the binary.
fn main_of(body: impl Fn(usize) -> String) -> String {
    let mut source = String::from("fn main() {\nlet mut failed = 0;\n");
    for i in 0..ITEMS {
        let _ = write!(source, "{{\n{}}}\n", body(i));
    }
    source + "std::process::exit(failed);\n}\n"
}
