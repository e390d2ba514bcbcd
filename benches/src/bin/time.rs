//! How long things take, as ratios of one interleaved run. See `README.md` beside this package.

use pico_args::Arguments;
use pin_ffi_benches::cases::{self, Build, Case, different};
use pin_ffi_benches::options::{Options, wrong};
use pin_ffi_benches::table::{Cell, Row, Table, Unit};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const HELP: &str = "\
How long calls and mapped memory take: the median of many rounds, and the
ratio to the first row's time in the same round, with its quartiles.

    time [--json] [--svg DIR] [--only TEXT] [--rounds N]    N is 101 if not given
    time --list                                             name the cases

Exit codes: 0 measured; 2 wrong arguments, or something failed.
";

/// How long one form's turn in a round is.
const TURN: Duration = Duration::from_micros(200);

/// How long one column may take: slow ones have fewer rounds.
const COLUMN: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let mut arguments = Arguments::from_env();
    if arguments.contains(["-h", "--help"]) {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    if arguments.contains("--list") {
        cases::all().iter().for_each(|case| println!("{}", case.name()));
        return ExitCode::SUCCESS;
    }
    let rounds = match arguments.opt_value_from_str("--rounds") {
        Ok(rounds) => rounds.unwrap_or(101_usize).max(1),
        Err(error) => return wrong(&error, HELP),
    };
    let options = match Options::from(&mut arguments) {
        Ok(options) => options,
        Err(error) => return wrong(&error, HELP),
    };
    if let Some(other) = arguments.finish().first() {
        return wrong(&format!("there is no argument `{}`", other.to_string_lossy()), HELP);
    }
    let cases = match options.choose(|case| case.build == Build::Release) {
        Ok(cases) => cases,
        Err(error) => return wrong(&error, HELP),
    };
    let tables: Vec<Table> = different(&cases, |case| case.what)
        .into_iter()
        .map(|what| table(&cases.iter().filter(|case| case.what == what).copied().collect::<Vec<_>>(), rounds))
        .collect();
    if let Err(error) = options.show(&tables) {
        eprintln!("time: {error}");
        return ExitCode::from(2);
    }
    if !options.json {
        println!("\nMedians; ratios to the first row in the same round, with quartiles. `*` is the fastest.");
    }
    ExitCode::SUCCESS
}

/// The cases of one table, a column at a time.
fn table(cases: &[Case], rounds: usize) -> Table {
    let (forms, sizes) = (different(cases, |case| case.form), different(cases, |case| case.size));
    let mut rows: Vec<Row> =
        forms.iter().map(|form| Row { form: (*form).to_owned(), cells: vec![None; sizes.len()] }).collect();
    for (column, size) in sizes.iter().enumerate() {
        let beside: Vec<Case> = cases.iter().filter(|case| case.size == *size).copied().collect();
        for (case, cell) in beside.iter().zip(measure(&beside, rounds)) {
            let row = forms.iter().position(|form| *form == case.form).expect("all forms are listed");
            rows[row].cells[column] = Some(cell);
        }
    }
    Table {
        command: "time",
        title: cases[0].what.to_owned(),
        unit: Unit::Nanoseconds,
        columns: sizes.into_iter().map(str::to_owned).collect(),
        rows,
    }
}

/// Each round has a turn of every case, in an order that changes from round to round: what disturbs a round disturbs
/// all of them.
fn measure(cases: &[Case], most_rounds: usize) -> Vec<Cell> {
    // Setting up belongs to a turn, though not to its time.
    let start = Instant::now();
    let iterations: Vec<u64> = cases.iter().map(iterations).collect();
    cases.iter().zip(&iterations).for_each(|(case, n)| _ = (case.run)(*n));
    let rounds = (COLUMN.as_secs_f64() / start.elapsed().as_secs_f64()) as usize;
    let rounds = rounds.clamp(11, most_rounds.max(11));
    let n = cases.len();
    let mut times = vec![Vec::with_capacity(rounds); n];
    for round in 0..rounds {
        for turn in 0..n {
            // Forwards and backwards in turn, from another one each time.
            let which = if round % 2 == 0 { (round / 2 + turn) % n } else { (round / 2 + n - turn) % n };
            let run = (cases[which].run)(iterations[which]);
            times[which].push(run.time.as_secs_f64() * 1e9 / iterations[which] as f64);
        }
    }
    let ratios = |which: usize| times[which].iter().zip(&times[0]).map(|(time, base)| time / base).collect();
    (0..n)
        .map(|which| Cell {
            ratios: (which > 0).then(|| quartiles(ratios(which))),
            ..Cell::from(quartiles(times[which].clone())[1])
        })
        .collect()
}

/// How often a turn does it.
fn iterations(case: &Case) -> u64 {
    let mut n = 1;
    loop {
        let time = (case.run)(n).time;
        if time >= TURN / 2 || n > 1 << 30 {
            return (n as f64 * TURN.as_secs_f64() / time.as_secs_f64().max(1e-9)).max(1.0) as u64;
        }
        n *= 4;
    }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}
