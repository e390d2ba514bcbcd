//! What each call costs: instructions in user space, and heap allocations. See `README.md` beside this package.

use pin_ffi_benches::allocations::Counting;
use pin_ffi_benches::cases::{self, BY_HAND, Case};
use pin_ffi_benches::{callgrind, limits};
use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const HELP: &str = "\
What each call costs through pin-ffi, by hand and through other crates:
instructions in user space and heap allocations per call.

    cost [--json] [--only TEXT]     measure all cases, or those with TEXT in their name
    cost --list                     name the cases
    cost run NAME ITERATIONS        make the calls of one case (what callgrind looks at)
    cost run-between NAME ITERATIONS    what is done between the calls of one case

Exit codes: 0 all limits are kept; 1 pin-ffi breaks one; 2 wrong arguments, or
a case failed; 3 valgrind is not installed.
";

/// How often a case makes its call in the shorter of its two runs.
const ITERATIONS: u64 = 200;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--help" | "-h"] => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        ["--list"] => {
            for case in cases::all() {
                println!("{}", case.name());
            }
            ExitCode::SUCCESS
        }
        [how @ ("run" | "run-between"), name, iterations] => make_calls(how, name, iterations),
        _ => {
            let (mut json, mut only) = (false, "");
            let mut rest = arguments.iter();
            while let Some(argument) = rest.next() {
                match *argument {
                    "--json" => json = true,
                    "--only" => match rest.next() {
                        Some(text) => only = text,
                        None => return wrong("`--only` needs a text to look for in the cases' names"),
                    },
                    other => return wrong(&format!("there is no argument `{other}`")),
                }
            }
            report(json, only)
        }
    }
}

fn wrong(what: &str) -> ExitCode {
    eprintln!("cost: {what}\n\n{HELP}");
    ExitCode::from(2)
}

/// Under callgrind: makes the calls, and prints how many allocations they made.
fn make_calls(how: &str, name: &str, iterations: &str) -> ExitCode {
    let Ok(iterations) = iterations.parse() else { return wrong("ITERATIONS is a number") };
    let Some(case) = cases::all().into_iter().find(|case| case.name() == name) else {
        return wrong(&format!("there is no case `{name}`"));
    };
    let run = if how == "run" { case.run } else { case.between.unwrap_or(case.run) };
    println!("{}", run(iterations));
    ExitCode::SUCCESS
}

/// What one call costs.
#[derive(Debug, Clone, Copy)]
struct Cost {
    instructions: f64,
    allocations: f64,
}

fn report(json: bool, only: &str) -> ExitCode {
    if !callgrind::is_installed() {
        eprintln!(
            "cost: valgrind is not installed, and without it instructions cannot be counted: nothing was measured"
        );
        return ExitCode::from(3);
    }
    let all = cases::all();
    let chosen: Vec<&Case> = all.iter().filter(|case| case.name().contains(only)).collect();
    if chosen.is_empty() {
        return wrong(&format!("no case has `{only}` in its name: `--list` names them"));
    }
    // What is chosen is held against the hand-written form, so that is measured too.
    let against = |case: &Case| {
        let same = |other: &&Case| other.call == case.call && other.buffers == case.buffers;
        case.form == BY_HAND && chosen.iter().any(same)
    };
    let cases: Vec<Case> = all.iter().filter(|case| case.name().contains(only) || against(case)).copied().collect();
    let costs = match measure_all(&cases) {
        Ok(costs) => costs,
        Err(error) => {
            eprintln!("cost: {error}");
            return ExitCode::from(2);
        }
    };
    let table = Table { rows: cases.into_iter().zip(costs).collect() };
    print!("{}", if json { table.json() } else { table.text() });
    if table.rows.iter().any(|(case, cost)| table.breaks_limit(case, *cost)) {
        eprintln!("cost: pin-ffi costs more than its limits allow");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
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

/// Two runs, one of them twice as long: their difference is the calls alone.
fn measure(case: &Case) -> io::Result<Cost> {
    let program = std::env::current_exe()?;
    let name = case.name();
    let per_call = |how: &str| -> io::Result<(f64, f64)> {
        let run = |n: u64| callgrind::run(&program, &[how, &name, &n.to_string()]);
        let (short, long) = (run(ITERATIONS)?, run(2 * ITERATIONS)?);
        let allocations: f64 =
            long.printed.trim().parse().map_err(|_| io::Error::other(format!("{name} printed no count")))?;
        Ok((count(long.instructions - short.instructions) / count(ITERATIONS), allocations / count(2 * ITERATIONS)))
    };
    let (mut instructions, allocations) = per_call("run")?;
    if case.between.is_some() {
        instructions -= per_call("run-between")?.0;
    }
    Ok(Cost { instructions, allocations })
}

/// A count as a number to divide.
#[allow(clippy::cast_precision_loss, reason = "no count here comes near 2^52")]
fn count(n: u64) -> f64 {
    n as f64
}

/// The measured cases.
struct Table {
    rows: Vec<(Case, Cost)>,
}

impl Table {
    /// The cost of the same call by hand.
    fn by_hand(&self, case: &Case) -> Option<Cost> {
        let same = |other: &Case| other.call == case.call && other.buffers == case.buffers && other.form == BY_HAND;
        self.rows.iter().find(|(other, _)| same(other)).map(|(_, cost)| *cost)
    }

    fn breaks_limit(&self, case: &Case, cost: Cost) -> bool {
        let too_slow = |by_hand: Cost| cost.instructions > limits::instructions(by_hand.instructions);
        case.ours && (cost.allocations > limits::ALLOCATIONS || self.by_hand(case).is_some_and(too_slow))
    }

    /// One row for each call and form, one column for each number of buffers.
    fn text(&self) -> String {
        let mut out = String::from("Instructions in user space per call, for ours also how many more than by hand;\n");
        out += "then heap allocations per call, once the call has been made before. `!` breaks a limit.\n";
        let mut calls: Vec<&str> = self.rows.iter().map(|(case, _)| case.call).collect();
        calls.dedup();
        for call in calls {
            let rows: Vec<_> = self.rows.iter().filter(|(case, _)| case.call == call).collect();
            let mut sizes: Vec<usize> = rows.iter().map(|(case, _)| case.buffers).collect();
            sizes.sort_unstable();
            sizes.dedup();
            let _ = write!(out, "\n{call:<25}");
            for n in &sizes {
                let _ = write!(out, "{:>18}", format!("{n} buffer{}", if *n == 1 { "" } else { "s" }));
            }
            out += "   allocations\n";
            let mut forms: Vec<&str> = rows.iter().map(|(case, _)| case.form).collect();
            forms.dedup();
            for form in forms {
                let _ = write!(out, "  {form:<23}");
                let mut allocations = Vec::new();
                for n in &sizes {
                    let found = rows.iter().find(|(case, _)| case.form == form && case.buffers == *n);
                    let Some((case, cost)) = found else { continue };
                    let more = match self.by_hand(case) {
                        Some(by_hand) if case.ours => format!(" ({:+.0})", cost.instructions - by_hand.instructions),
                        _ => String::new(),
                    };
                    let mark = if self.breaks_limit(case, *cost) { "!" } else { "" };
                    let _ = write!(out, "{:>18}", format!("{mark}{:.0}{more}", cost.instructions));
                    allocations.push(format!("{}", cost.allocations));
                }
                allocations.dedup();
                let _ = writeln!(out, "   {}", allocations.join(" "));
            }
        }
        let _ = writeln!(
            out,
            "\nLimits: by hand + {} instructions + {} %, {} allocations.",
            limits::MORE_INSTRUCTIONS,
            limits::MORE_PART * 100.0,
            limits::ALLOCATIONS
        );
        out
    }

    /// An array of objects, one for each case.
    fn json(&self) -> String {
        let objects: Vec<String> = self
            .rows
            .iter()
            .map(|(case, cost)| {
                format!(
                    "  {{\"call\": \"{}\", \"form\": \"{}\", \"buffers\": {}, \"instructions\": {:.2}, \"allocations\": {}, \"by_hand\": {}, \"limit\": {}, \"kept\": {}}}",
                    case.call,
                    case.form,
                    case.buffers,
                    cost.instructions,
                    cost.allocations,
                    number(self.by_hand(case).map(|by_hand| by_hand.instructions)),
                    number(self.by_hand(case).filter(|_| case.ours).map(|c| limits::instructions(c.instructions))),
                    !self.breaks_limit(case, *cost),
                )
            })
            .collect();
        format!("[\n{}\n]\n", objects.join(",\n"))
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "null".to_owned(), |value| format!("{value:.2}"))
}
