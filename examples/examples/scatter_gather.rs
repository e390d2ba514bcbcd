//! `cat`, by `readv` into the fields of a struct and `writev` out of them.
//!
//! It contains no `unsafe` code and no C struct: the derive fills three `iovec`s from the three fields, and the two
//! functions come from `pin_ffi::calls`.

#![forbid(unsafe_code)]

use pin_ffi::{FfiPinned, calls};
use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
Writes each file to standard output, as cat does, through readv(2) and writev(2) on the fields of a struct: a header
of 64 bytes, a body of 64 KiB, a trailer of 16 bytes.

usage: scatter_gather [--help] [--] [FILE...]

  FILE     a file to write out; `-`, or no file at all, is standard input
  --help   this text

Exit code: 0 done; 1 a file could not be read (the others are still written) or nothing more could be written;
2 the arguments are wrong; 141, without a word, if whoever read the output has left, as cat's is by SIGPIPE.";

/// The record that one `readv` fills. `write_all` writes as much of it as was read.
#[derive(FfiPinned)]
struct Record {
    header: [u8; 64],
    body: Box<[u8]>,
    trailer: [u8; 16],
}

/// The first bytes of a record, field by field.
#[derive(FfiPinned)]
struct Part<'a> {
    header: &'a [u8],
    body: &'a [u8],
    trailer: &'a [u8],
}

impl Record {
    fn new() -> Self {
        Self { header: [0; 64], body: vec![0; 64 << 10].into(), trailer: [0; 16] }
    }

    /// Returns the first `n` bytes, field by field.
    fn first(&self, n: usize) -> Part<'_> {
        let mut left = n;
        let mut cut = |field| first_of(field, &mut left);
        Part { header: cut(&self.header), body: cut(&self.body), trailer: cut(&self.trailer) }
    }
}

/// Returns the first `left` bytes of `field`, or all of them, and counts them.
fn first_of<'a>(field: &'a [u8], left: &mut usize) -> &'a [u8] {
    let part = &field[..field.len().min(*left)];
    *left -= part.len();
    part
}

/// Why a file was not copied to its end.
enum Failure {
    /// The file cannot or must not be read; the next one may be readable.
    Read(io::Error),
    /// Standard output cannot be written to.
    Write(io::Error),
}

fn main() -> ExitCode {
    let files = match parse(env::args_os().skip(1)) {
        Ok(Some(files)) => files,
        Ok(None) => {
            // If the output is closed, nobody reads the usage.
            let _ = writeln!(io::stdout(), "{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("scatter_gather: {message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    // Neither is closed: the standard library has opened `/dev/null` for a missing descriptor.
    let (stdin, stdout) = (io::stdin(), io::stdout());
    let mut record = Record::new();
    let mut code = ExitCode::SUCCESS;
    for file in files {
        let result = if file == Path::new("-") {
            copy(stdin.as_fd(), stdout.as_fd(), &mut record)
        } else {
            File::open(&file).map_err(Failure::Read).and_then(|file| copy(file.as_fd(), stdout.as_fd(), &mut record))
        };
        match result {
            Ok(()) => {}
            Err(Failure::Read(error)) => {
                eprintln!("scatter_gather: {}: {error}", file.display());
                code = ExitCode::FAILURE;
            }
            Err(Failure::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::from(128 + 13),
            Err(Failure::Write(error)) => {
                eprintln!("scatter_gather: standard output: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    code
}

/// The files, or `None` if help was asked for.
fn parse(args: impl Iterator<Item = OsString>) -> Result<Option<Vec<PathBuf>>, String> {
    let (mut files, mut options) = (Vec::new(), true);
    for arg in args {
        let dashed = options && arg != "-" && arg.as_encoded_bytes().starts_with(b"-");
        match arg.to_str() {
            Some("--help" | "-h") if dashed => return Ok(None),
            Some("--") if dashed => options = false,
            _ if dashed => return Err(format!("there is no option `{}`", Path::new(&arg).display())),
            _ => files.push(arg.into()),
        }
    }
    if files.is_empty() {
        files.push("-".into());
    }
    Ok(Some(files))
}

/// Copies everything from `input`. The bytes of each read are written immediately, because a pipe may pause after them.
fn copy(input: BorrowedFd<'_>, output: BorrowedFd<'_>, record: &mut Record) -> Result<(), Failure> {
    refuse_itself(input, output).map_err(Failure::Read)?;
    loop {
        let n = again(|| calls::readv(input, record)).map_err(Failure::Read)?;
        if n == 0 {
            return Ok(());
        }
        calls::write_all(output, &record.first(n)).map_err(Failure::Write)?;
    }
}

/// Repeats a call that a signal interrupted before it had done anything.
fn again(mut call: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Refuses to copy a file to its own end, which would never finish.
fn refuse_itself(input: BorrowedFd<'_>, output: BorrowedFd<'_>) -> io::Result<()> {
    let mut input = File::from(input.try_clone_to_owned()?);
    let (from, to) = (input.metadata()?, File::from(output.try_clone_to_owned()?).metadata()?);
    if to.is_file() && (from.dev(), from.ino()) == (to.dev(), to.ino()) && input.stream_position()? < from.len() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "input file is output file"));
    }
    Ok(())
}
