//! Counting a program's instructions in user space with valgrind's callgrind.

use std::io;
use std::path::Path;
use std::process::Command;

/// Whether there is a valgrind to run.
pub fn is_installed() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// What one run of a program gave.
#[derive(Debug)]
pub struct Run {
    /// Instructions from the program's first to its last.
    pub instructions: u64,
    /// What it printed.
    pub printed: String,
}

/// Runs `program` and counts; only `within` a function and what it calls, if one is named.
///
/// # Errors
///
/// Valgrind cannot be started, the program fails, or what valgrind says of it cannot be read.
pub fn run(program: &Path, arguments: &[&str], within: Option<&str>, check: bool) -> io::Result<Run> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--read-inline-info=no"])
        .args(within.map(|function| format!("--toggle-collect={function}")))
        .arg(program)
        .args(arguments)
        .env("PIN_FFI_CHECK", if check { "panic" } else { "off" })
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(io::Error::other(format!("{} under valgrind: {}\n{said}", arguments.join(" "), output.status)));
    }
    // `==1234== Collected : 567890`
    let instructions = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse().ok())
        .ok_or_else(|| io::Error::other(format!("callgrind reported no count:\n{said}")))?;
    Ok(Run { instructions, printed: String::from_utf8_lossy(&output.stdout).into_owned() })
}
