//! What each call costs: instructions in user space, and heap allocations. See `README.md` beside this package.

use pico_args::Arguments;
use pin_ffi_benches::allocations::Counting;
use pin_ffi_benches::callgrind;
use pin_ffi_benches::cases::{self, BY_HAND, Case, FORMS, Kind, different};
use pin_ffi_benches::limits::{self, Limit};
use pin_ffi_benches::options::{Options, wrong};
use pin_ffi_benches::table::{Cell, Row, Table, Unit};
use std::io;
use std::process::ExitCode;
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
    let mut broken = Vec::new();
    let mut cell = |case: &Case, cost: Cost| {
        let limit = by_hand(case).filter(|_| case.ours()).map(|(_, hand)| limits::of(case, hand.instructions));
        let before = broken.len();
        if let Some(Limit { instructions, from, allocations }) = &limit {
            if cost.instructions > *instructions {
                let limit = format!("the limit is {instructions:.1} ({from})");
                broken.push(format!("{}: {:.1} instructions, {limit}", case.name(), cost.instructions));
            }
            if cost.allocations > *allocations {
                broken.push(format!("{}: {} allocations, the limit is {allocations}", case.name(), cost.allocations));
            }
        }
        Cell {
            allocations: Some(cost.allocations),
            limit: limit.map(|limit| limit.instructions),
            broken: broken.len() > before,
            ..Cell::from(cost.instructions)
        }
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
        println!("\nPer call, and over the call by hand; `*` is the cheapest, `!` breaks a limit, `-` is not there.");
    }
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

/// Two runs, one of them twice as long: their difference is the calls alone.
fn count(how: &str, case: &Case) -> io::Result<Cost> {
    let (program, name) = (std::env::current_exe()?, case.name());
    let run = |n: u64| callgrind::run(&program, &[how, &name, &n.to_string()]);
    let (short, long) = (run(ITERATIONS)?, run(2 * ITERATIONS)?);
    let allocations: u64 =
        long.printed.trim().parse().map_err(|_| io::Error::other(format!("{name} printed no count")))?;
    Ok(Cost {
        instructions: (long.instructions - short.instructions) as f64 / ITERATIONS as f64,
        allocations: allocations as f64 / (2 * ITERATIONS) as f64,
    })
}
