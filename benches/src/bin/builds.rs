//! How long it takes to build what the macros write, and how large it becomes, beside the same written by hand.

use pico_args::Arguments;
use pin_ffi_benches::options::{Options, wrong};
use pin_ffi_benches::table::{Cell, Row, Table, Unit};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{fs, io};

const HELP: &str = "\
How long it takes to build pin-ffi from nothing, and 200 derived structs with
200 annotated functions beside the same written by hand; how large that is.

    builds [--json] [--svg DIR] [--rounds N]    N is 3 if not given

Exit codes: 0 measured; 2 wrong arguments, or something failed.
";

/// Structs, and functions.
const ITEMS: usize = 200;

const BY_HAND: &str = "by hand";
const OURS: &str = "pin-ffi";

fn main() -> ExitCode {
    let mut arguments = Arguments::from_env();
    if arguments.contains(["-h", "--help"]) {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let rounds = match arguments.opt_value_from_str("--rounds") {
        Ok(rounds) => rounds.unwrap_or(3_usize).max(1),
        Err(error) => return wrong(&error, HELP),
    };
    let options = match Options::from(&mut arguments) {
        Ok(options) => options,
        Err(error) => return wrong(&error, HELP),
    };
    if let Some(other) = arguments.finish().first() {
        return wrong(&format!("there is no argument `{}`", other.to_string_lossy()), HELP);
    }
    match measure(rounds).and_then(|tables| options.show(&tables)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("builds: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure(rounds: usize) -> io::Result<Vec<Table>> {
    let folder = tempfile::tempdir()?;
    let by_hand = Program::new(folder.path(), "by-hand", &written_by_hand(), false)?;
    let ours = Program::new(folder.path(), "with-pin-ffi", &written_for_the_macros(), true)?;
    let both = [(BY_HAND, &by_hand), (OURS, &ours)];

    let mut cold = Vec::new();
    for _ in 0..rounds {
        ours.forget_everything()?;
        cold.push(ours.time(&["build", "-p", "pin-ffi-macros"])?);
        cold.push(ours.time(&["build", "-p", "pin-ffi"])?);
    }
    let cold = |which: usize| median(cold.iter().skip(which).step_by(2).copied().collect());

    let profiles: [(&str, &[&str]); 3] = [("check", &["check"]), ("debug", &["build"]), ("release", &["build", "-r"])];
    let mut times = vec![vec![Vec::new(); profiles.len()]; both.len()];
    for round in 0..=rounds {
        for (profile, (_, arguments)) in profiles.iter().enumerate() {
            for (which, (_, program)) in both.iter().enumerate() {
                program.touch()?;
                let time = program.time(arguments)?;
                // The first round builds the dependencies too.
                if round > 0 {
                    times[which][profile].push(time);
                }
            }
        }
    }
    let time = |values: &Vec<Vec<f64>>| values.iter().map(|v| Some(Cell::from(median(v.clone())))).collect();
    Ok(vec![
        Table {
            command: "builds",
            title: "from nothing, debug".to_owned(),
            unit: Unit::Nanoseconds,
            columns: ["the macros, with syn", "then pin-ffi"].map(str::to_owned).to_vec(),
            rows: vec![Row {
                form: OURS.to_owned(),
                cells: vec![Some(Cell::from(cold(0))), Some(Cell::from(cold(1)))],
            }],
        },
        Table {
            command: "builds",
            title: format!("{ITEMS} structs and {ITEMS} functions"),
            unit: Unit::Nanoseconds,
            columns: profiles.map(|(name, _)| name.to_owned()).to_vec(),
            rows: both
                .iter()
                .zip(&times)
                .map(|((form, _), values)| Row { form: (*form).to_owned(), cells: time(values) })
                .collect(),
        },
        Table {
            command: "builds",
            title: format!("size of {ITEMS} structs and {ITEMS} functions"),
            unit: Unit::Bytes,
            columns: ["release, stripped", "its code"].map(str::to_owned).to_vec(),
            rows: both
                .iter()
                .map(|(form, program)| {
                    let cells = [program.size()?, program.code()?].map(|bytes| Some(Cell::from(bytes as f64)));
                    Ok(Row { form: (*form).to_owned(), cells: cells.to_vec() })
                })
                .collect::<io::Result<_>>()?,
        },
    ])
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A package in a folder of its own, with the dependencies of this one.
struct Program {
    folder: PathBuf,
    name: &'static str,
}

impl Program {
    fn new(parent: &Path, name: &'static str, source: &str, with_pin_ffi: bool) -> io::Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let program = Self { folder: parent.join(name), name };
        fs::create_dir_all(program.folder.join("src"))?;
        let ours = if with_pin_ffi {
            format!(
                "pin-ffi = {{ path = {:?}, default-features = false, features = [\"std\"] }}\n",
                here.join("../pin-ffi")
            )
        } else {
            String::new()
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

    /// Nanoseconds that cargo takes.
    fn time(&self, arguments: &[&str]) -> io::Result<f64> {
        let mut cargo = Command::new(option_env!("CARGO").unwrap_or("cargo"));
        cargo.args(arguments).arg("--quiet").current_dir(&self.folder);
        // As a user builds it, whatever is set for this run; and all of it, nothing from the round before.
        for setting in ["CARGO_TARGET_DIR", "RUSTFLAGS", "CARGO_PROFILE_DEV_DEBUG"] {
            cargo.env_remove(setting);
        }
        cargo.env("CARGO_INCREMENTAL", "0");
        let start = Instant::now();
        let output = cargo.output()?;
        let time = start.elapsed().as_secs_f64() * 1e9;
        if output.status.success() {
            Ok(time)
        } else {
            Err(io::Error::other(format!("{}: {}", self.name, String::from_utf8_lossy(&output.stderr))))
        }
    }

    fn binary(&self) -> PathBuf {
        self.folder.join("target/release").join(self.name)
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
