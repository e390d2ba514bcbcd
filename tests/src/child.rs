//! Child processes of a test.

use std::path::Path;
use std::process::Command;

/// Returns a command that runs this test binary with only the test of that name.
///
/// # Panics
///
/// Panics if the path of the test binary is not known.
pub fn alone(test: &str) -> Command {
    let mut command = program(&std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    command
}

/// Returns a command that runs a program of the same platform as the tests. If an emulator runs the tests, it must also
/// start the program: `EMULATOR` is its command (see `ci/cross.sh`).
pub fn program(path: &Path) -> Command {
    let emulator = std::env::var("EMULATOR").unwrap_or_default();
    let mut words = emulator.split_whitespace();
    let Some(first) = words.next() else { return Command::new(path) };
    let mut command = Command::new(first);
    command.args(words).arg(path);
    command
}
