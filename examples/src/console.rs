//! Writing lines to standard output and standard error, which may be a closed pipe or a full disk, where `println!` and
//! `eprintln!` panic.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

/// Writes a line to standard output.
///
/// # Errors
///
/// The error of the write, with a message that names standard output.
pub fn say(line: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{line}").map_err(|error| of_stdout(&error))
}

/// Writes a line to standard error. An error is ignored.
pub fn complain(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Adds the name of standard output to an error.
#[must_use]
pub fn of_stdout(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("standard output: {error}"))
}

/// Prints the usage and returns the exit status.
#[must_use]
pub fn help(program: &str, usage: &str) -> ExitCode {
    match say(usage) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("{program}: {error}"));
            ExitCode::FAILURE
        }
    }
}
