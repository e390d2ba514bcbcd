//! Lines for standard output and standard error, which may be a pipe that nobody reads any more, or a full disk:
//! `println!` and `eprintln!` panic there.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

/// Writes a line to standard output.
///
/// # Errors
///
/// What standard output says; standard output is named.
pub fn say(line: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{line}").map_err(|error| of_stdout(&error))
}

/// Writes a line to standard error. If that fails, there is nobody left to tell.
pub fn complain(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// The same error, of standard output.
#[must_use]
pub fn of_stdout(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("standard output: {error}"))
}

/// What a program does when asked for help.
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
