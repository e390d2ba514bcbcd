//! What each call costs: instructions in user space, and heap allocations. See `README.md` beside this package.

use pico_args::Arguments;
use pin_ffi_benches::allocations::Counting;
use pin_ffi_benches::callgrind;
use pin_ffi_benches::cases::{self, BY_HAND, Build, Case, FORMS, Kind, different};
use pin_ffi_benches::limits::{self, Limit, Verdict};
use pin_ffi_benches::not_yet_met::NOT_YET_MET;
use pin_ffi_benches::options::{Options, wrong};
use pin_ffi_benches::table::{Cell, Row, Table, Unit};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const HELP: &str = "\
What each call costs through pin-ffi, by hand and through other crates:
instructions in user space and heap allocations per call.

    cost [--json] [--svg DIR] [--only TEXT]     measure all cases, or those with TEXT in their name
    cost --limits [--only TEXT]                 measure only what has limits, and what they are held against
    cost --list                                 name the cases
    cost run NAME ITERATIONS                    make the calls of one case (what callgrind looks at)
    cost run-between NAME ITERATIONS            what is done between the calls of one case

Exit codes: 0 all limits are kept; 1 pin-ffi breaks one; 2 wrong arguments, or
a case failed; 3 valgrind is not installed.
";

/// How often a case makes its call in the shorter of its two runs.
const ITERATIONS: u64 = 200;
/// The same in a debug build, where a call is long.
const DEBUG_ITERATIONS: u64 = 20;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_env();
    if arguments.contains(["-h", "--help"]) {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    if arguments.contains("--list") {
        cases::all().iter().filter(|case| case.kind == Kind::Call).for_each(|case| println!("{}", case.name()));
        return ExitCode::SUCCESS;
    }
    match arguments.subcommand() {
        Ok(None) => {}
        Ok(Some(how)) => return make_calls(&how, &arguments.finish()),
        Err(error) => return wrong(&error, HELP),
    }
    let limits_only = arguments.contains("--limits");
    let options = match Options::from(&mut arguments) {
        Ok(options) => options,
        Err(error) => return wrong(&error, HELP),
    };
    if let Some(other) = arguments.finish().first() {
        return wrong(&format!("there is no argument `{}`", other.to_string_lossy()), HELP);
    }
    if !callgrind::is_installed() {
        eprintln!(
            "cost: valgrind is not installed, and without it instructions cannot be counted: nothing was measured"
        );
        return ExitCode::from(3);
    }
    let eligible = |case: &Case| case.kind == Kind::Call && (!limits_only || case.ours() || case.form == BY_HAND);
    let cases = match options.choose(eligible) {
        Ok(cases) => cases,
        Err(error) => return wrong(&error, HELP),
    };
    report(&cases, &options).unwrap_or_else(|error| {
        eprintln!("cost: {error}");
        ExitCode::from(2)
    })
}

/// Under callgrind: makes the calls, and prints how many allocations they made.
fn make_calls(how: &str, rest: &[std::ffi::OsString]) -> ExitCode {
    let rest: Vec<_> = rest.iter().filter_map(|argument| argument.to_str()).collect();
    let ([name, iterations], "run" | "run-between") = (&rest[..], how) else {
        return wrong(&"`run` and `run-between` want a name and a number", HELP);
    };
    let Ok(iterations) = iterations.parse() else { return wrong(&"ITERATIONS is a number", HELP) };
    let Some(case) = cases::all().into_iter().find(|case| case.name() == *name) else {
        return wrong(&format!("there is no case `{name}`"), HELP);
    };
    let run = if how == "run" { case.run } else { case.between.unwrap_or(case.run) };
    println!("{}", run(iterations).allocations);
    ExitCode::SUCCESS
}

fn report(cases: &[Case], options: &Options) -> io::Result<ExitCode> {
    let costs = measure_all(cases)?;
    let measured: Vec<_> = cases.iter().zip(costs).collect();
    let by_hand = |case: &Case| measured.iter().find(|(other, _)| other.beside(case) && other.form == BY_HAND);
    let (mut broken, mut met) = (Vec::new(), Vec::new());
    let mut cell = |case: &Case, cost: Cost| {
        let mut cell = Cell { allocations: Some(cost.allocations), ..Cell::from(cost.instructions) };
        let Some((_, hand)) = by_hand(case).filter(|_| case.ours()) else { return cell };
        let limit = limits::of(case, hand.instructions, hand.allocations);
        cell.limit = Some(limit.instructions);
        cell.verdict = limit.judge(case, cost.instructions, cost.allocations, hand.instructions);
        let name = case.name();
        match cell.verdict {
            Verdict::Broken => {
                let Limit { instructions, from, allocations } = limit;
                if cost.instructions > instructions {
                    let limit = format!("the limit is {instructions:.1} ({from})");
                    broken.push(format!("{name}: {:.1} instructions, {limit}", cost.instructions));
                }
                if cost.allocations > allocations {
                    broken.push(format!("{name}: {} allocations, the limit is {allocations}", cost.allocations));
                }
            }
            Verdict::Kept if NOT_YET_MET.iter().any(|(other, ..)| *other == name) => met.push(name),
            Verdict::Kept | Verdict::NotYet => {}
        }
        cell
    };
    let tables: Vec<Table> = different(cases, |case| case.what)
        .into_iter()
        .map(|what| {
            let of_table: Vec<Case> = cases.iter().filter(|case| case.what == what).copied().collect();
            let sizes = different(&of_table, |case| case.size);
            // The forms that a call does not have are shown as missing, unless only some were asked for.
            let mut forms = different(&of_table, |case| case.form);
            if options.only.is_empty() && cases.iter().any(|case| case.form == "std") {
                forms.extend(FORMS.iter().filter(|form| !of_table.iter().any(|case| case.form == **form)));
                forms.sort_by_key(|form| FORMS.iter().position(|other| other == form).unwrap_or(3));
            }
            let mut row = |form: &str| Row {
                form: form.to_owned(),
                cells: sizes
                    .iter()
                    .map(|size| {
                        let here = |case: &&Case| case.what == what && case.form == form && case.size == *size;
                        measured.iter().find(|(case, _)| here(case)).map(|(case, cost)| cell(case, *cost))
                    })
                    .collect(),
            };
            Table {
                command: "cost",
                title: what.to_owned(),
                unit: Unit::Instructions,
                rows: forms.into_iter().map(&mut row).collect(),
                columns: sizes.into_iter().map(str::to_owned).collect(),
            }
        })
        .collect();
    options.show(&tables)?;
    if !options.json {
        println!(
            "\nPer call, and over the call by hand; `*` is the cheapest, `!` breaks a limit, `~` does not keep it yet, `-` is not there."
        );
    }
    met.iter().for_each(|name| eprintln!("cost: {name} keeps its limit: it need not stand in src/not_yet_met.rs"));
    broken.iter().for_each(|line| eprintln!("cost: {line}"));
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What one call costs.
#[derive(Debug, Clone, Copy)]
struct Cost {
    instructions: f64,
    allocations: f64,
}

/// Measures the cases, as many at a time as there are processors: counts do not depend on what else runs.
fn measure_all(cases: &[Case]) -> io::Result<Vec<Cost>> {
    let next = AtomicUsize::new(0);
    let costs = Mutex::new(vec![None; cases.len()]);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let worker = || -> io::Result<()> {
            while let Some((i, case)) = Some(next.fetch_add(1, Relaxed)).and_then(|i| Some((i, cases.get(i)?))) {
                let cost = measure(case)?;
                costs.lock().unwrap_or_else(PoisonError::into_inner)[i] = Some(cost);
            }
            Ok(())
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("measuring does not panic"))
    })?;
    let costs = costs.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(costs.into_iter().map(|cost| cost.expect("every case was measured")).collect())
}

/// What is done between calls costs.
fn measure(case: &Case) -> io::Result<Cost> {
    let mut cost = count("run", case)?;
    if case.between.is_some() {
        cost.instructions -= count("run-between", case)?.instructions;
    }
    Ok(cost)
}

/// This program in a debug build.
fn debug_build() -> io::Result<PathBuf> {
    static BUILT: Mutex<Option<PathBuf>> = Mutex::new(None);
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(program) = &*built {
        return Ok(program.clone());
    }
    let this = std::env::current_exe()?;
    let target = this.parent().and_then(Path::parent).ok_or_else(|| io::Error::other("no target directory"))?;
    let mut cargo = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    cargo.args(["build", "--quiet", "--locked", "--bin", "cost", "--manifest-path"]);
    cargo.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).arg("--target-dir").arg(target);
    // How the code is cut into units decides what a debug build inlines, and so what it counts.
    cargo.env("CARGO_INCREMENTAL", "0").env_remove("CARGO_PROFILE_DEV_DEBUG");
    if !cargo.status()?.success() {
        return Err(io::Error::other("the debug build failed"));
    }
    let program = target.join("debug").join(this.file_name().unwrap_or_default());
    *built = Some(program.clone());
    Ok(program)
}

/// Two runs, one of them twice as long: their difference is the calls alone.
fn count(how: &str, case: &Case) -> io::Result<Cost> {
    let name = case.name();
    let (program, check, iterations) = match case.build {
        Build::Release => (std::env::current_exe()?, true, ITERATIONS),
        Build::Debug { check } => (debug_build()?, check, DEBUG_ITERATIONS),
    };
    let run = |n: u64| callgrind::run(&program, &[how, &name, &n.to_string()], case.within, check);
    let (short, long) = (run(iterations)?, run(2 * iterations)?);
    let allocations: u64 =
        long.printed.trim().parse().map_err(|_| io::Error::other(format!("{name} printed no count")))?;
    Ok(Cost {
        instructions: (long.instructions - short.instructions) as f64 / iterations as f64,
        allocations: allocations as f64 / (2 * iterations) as f64,
    })
}
