//! Passes an open file to another process, which prints its content, by typed control messages.
//!
//! Sending and receiving them is in `examples/src/rights.rs`.

#![forbid(unsafe_code)]

use pin_ffi_examples::rights;
use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

const USAGE: &str = "\
Opens a file and passes it, open, to a process of its own over a Unix socket (SCM_RIGHTS). That process never learns the
file's name; it prints what is in it.

usage: fd_pass [--help] [--] FILE

  --help   this text

Exit code: 0 done; 1 the file could not be opened, passed, read or written out; 2 the arguments are wrong; 141, without
a word, if whoever read the output has left.";

/// The argument that makes the program the receiver, whose standard input is the socket.
const RECEIVE: &str = "--receive";

/// The data sent with the descriptor: a stream transfers no control message without a byte of data.
const GREETING: &[u8] = b"file";

enum Task {
    Help,
    Pass(PathBuf),
    Receive,
}

fn main() -> ExitCode {
    let (result, whose) = match parse(env::args_os().skip(1)) {
        Ok(Task::Help) => {
            // If the output is closed, nobody reads the usage.
            let _ = writeln!(io::stdout(), "{USAGE}");
            return ExitCode::SUCCESS;
        }
        Ok(Task::Pass(file)) => (pass(&file), file),
        Ok(Task::Receive) => (receive(), "the received file".into()),
        Err(message) => {
            eprintln!("fd_pass: {message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    result.unwrap_or_else(|error| {
        eprintln!("fd_pass: {}: {error}", whose.display());
        ExitCode::FAILURE
    })
}

fn parse(args: impl Iterator<Item = OsString>) -> Result<Task, String> {
    let (mut file, mut options) = (None, true);
    for arg in args {
        let dashed = options && arg.as_encoded_bytes().starts_with(b"-");
        match arg.to_str() {
            Some("--help" | "-h") if dashed => return Ok(Task::Help),
            Some(RECEIVE) if dashed => return Ok(Task::Receive),
            Some("--") if dashed => options = false,
            _ if dashed => return Err(format!("there is no option `{}`", Path::new(&arg).display())),
            _ if file.is_some() => return Err(format!("one file at a time: what is `{}`?", Path::new(&arg).display())),
            _ => file = Some(PathBuf::from(arg)),
        }
    }
    file.map(Task::Pass).ok_or_else(|| "which file?".to_owned())
}

/// Opens the file, starts the receiver, passes the file on, and ends as the receiver does.
fn pass(file: &Path) -> io::Result<ExitCode> {
    let file = File::open(file)?;
    let (ours, theirs) = UnixStream::pair()?;
    let mut receiver =
        Command::new(env::current_exe()?).arg(RECEIVE).stdin(Stdio::from(OwnedFd::from(theirs))).spawn()?;
    let sent = rights::send(ours.as_fd(), GREETING, &[file.as_fd()]);
    // The receiver has the file now, or finds the end of the stream.
    drop((ours, file));
    let status = receiver.wait()?;
    sent?;
    let code = status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

/// Receives the file from the socket, and prints its content.
fn receive() -> io::Result<ExitCode> {
    let mut greeting = [0; GREETING.len()];
    let (n, file) = rights::receive_one(io::stdin().as_fd(), &mut greeting)?;
    if &greeting[..n] != GREETING {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it did not come from fd_pass"));
    }
    let mut output = io::stdout().lock();
    match io::copy(&mut File::from(file), &mut output).and_then(|_| output.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::from(128 + 13)),
        copied => copied.map(|()| ExitCode::SUCCESS),
    }
}
