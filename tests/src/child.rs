//! Processes of a test's own.

use std::path::Path;
use std::process::Command;

/// This test binary again, to run the test of that name alone.
///
/// # Panics
///
/// If the system does not say where the binary is.
pub fn alone(test: &str) -> Command {
    let mut command = program(&std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    command
}

/// A program of the same platform as this one. Where an emulator runs us, the kernel cannot start it: the emulator must,
/// and `EMULATOR` is its command (see `ci/cross.sh`).
pub fn program(path: &Path) -> Command {
    let emulator = std::env::var("EMULATOR").unwrap_or_default();
    let mut words = emulator.split_whitespace();
    let Some(first) = words.next() else { return Command::new(path) };
    let mut command = Command::new(first);
    command.args(words).arg(path);
    command
}
