//! Counts lines, words and bytes of files by mapping them, and copes with files that are truncated meanwhile. Files
//! that cannot be mapped are read.

use pin_ffi::mmap::{MapError, MmapOptions, Mode, catch_sigbus};
use pin_ffi_examples::console::{complain, help, of_stdout};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const USAGE: &str = "\
usage: wc_mmap FILE...

Prints the number of lines, words and bytes of each file, and in total. Words are what white space separates, as POSIX
has it in the C locale.
A file that is truncated while it is counted is said to be, and its counts are of what was there.
A file that cannot be mapped, as one of /proc, is read.
On a terminal, long files show how far it is.

exit status: 0 all counted, 1 a file could not be counted or was truncated, 2 wrong usage";

/// The number of bytes counted before the clock is checked again.
const CHUNK: usize = 1 << 16;

#[derive(Default, Clone, Copy)]
struct Counts {
    lines: u64,
    words: u64,
    bytes: u64,
}

impl Counts {
    /// Counts one more piece. `in_word` is whether the previous piece ended inside a word.
    fn add(&mut self, piece: &[u8], in_word: &mut bool) {
        for &byte in piece {
            self.lines += u64::from(byte == b'\n');
            // Like isspace(3) in the C locale, which includes the vertical tab.
            let space = matches!(byte, b' ' | b'\t'..=b'\r');
            self.words += u64::from(*in_word && space);
            *in_word = !space;
        }
        self.bytes += piece.len() as u64;
    }

    /// Prints one line. The name is written unchanged, in any encoding.
    fn print(&self, name: &OsStr, width: usize) -> io::Result<()> {
        let Self { lines, words, bytes } = self;
        let mut out = io::stdout().lock();
        write!(out, "{lines:>width$} {words:>width$} {bytes:>width$} ")?;
        out.write_all(name.as_bytes())?;
        out.write_all(b"\n")
    }
}

/// A progress display on a terminal, for files that take a while.
struct Progress {
    start: Instant,
    shown: Option<Instant>,
    on: bool,
}

impl Progress {
    fn new() -> Self {
        Self { start: Instant::now(), shown: None, on: io::stderr().is_terminal() }
    }

    fn show(&mut self, done: usize, of: usize) {
        const EVERY: Duration = Duration::from_millis(100);
        if !self.on || self.start.elapsed() < EVERY * 3 || self.shown.is_some_and(|at| at.elapsed() < EVERY) {
            return;
        }
        self.shown = Some(Instant::now());
        let percent = done * 100 / of.max(1);
        let bar = "#".repeat(percent / 5);
        let _ = write!(io::stderr(), "\r[{bar:<20}] {percent:>3}%");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr(), "\r{:28}\r", "");
        }
    }
}

/// Counts a file that cannot be mapped.
fn read(mut file: &File) -> io::Result<Counts> {
    let mut counts = Counts::default();
    let mut in_word = false;
    let mut piece = vec![0; CHUNK];
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => counts.add(&piece[..n], &mut in_word),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    counts.words += u64::from(in_word);
    Ok(counts)
}

/// Returns the counts, and the error that ended them early.
fn count(name: &OsStr) -> io::Result<(Counts, Option<io::Error>)> {
    let file = File::open(name)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let Ok(map) = MmapOptions::new().map_raw(&file, Mode::ReadOnly) else {
        // The file may still be readable; if not, the error of reading is more helpful.
        return Ok((read(&file)?, None));
    };
    let mut counts = Counts::default();
    let mut progress = Progress::new();
    let mut in_word = false;
    let mut piece = vec![0; CHUNK];
    let mut at = 0;
    let mut cut = None;
    while at < map.len() {
        match map.try_read_at(at, &mut piece) {
            Ok(n) => {
                counts.add(&piece[..n], &mut in_word);
                at += n;
            }
            Err(error) => {
                cut = Some(error);
                break;
            }
        }
        progress.show(at, map.len());
    }
    counts.words += u64::from(in_word);
    // The last page of a truncated file stays mapped, and is 0 past the end of the file. So the counts may be wrong
    // even if no page was missing.
    if cut.is_none() && file.metadata()?.len() < map.len() as u64 {
        cut = Some(MapError::Gone { at: file.metadata()?.len() as usize }.into());
    }
    Ok((counts, cut))
}

fn main() -> ExitCode {
    let names: Vec<OsString> = std::env::args_os().skip(1).collect();
    if names.iter().any(|arg| arg == "--help" || arg == "-h") {
        return help("wc_mmap", USAGE);
    }
    if let Some(option) = names.iter().find(|name| name.len() > 1 && name.as_bytes().starts_with(b"-")) {
        complain(format_args!("wc_mmap: there is no option `{}`\n\n{USAGE}", Path::new(option).display()));
        return ExitCode::from(2);
    }
    if names.is_empty() {
        complain(USAGE);
        return ExitCode::from(2);
    }
    // Counting works without the handler, but takes longer.
    if let Err(error) = catch_sigbus() {
        complain(format_args!("wc_mmap: no signal handler: {error}"));
    }
    let mut failed = false;
    let mut total = Counts::default();
    let mut all = Vec::new();
    for name in &names {
        let shown = Path::new(name).display();
        match count(name) {
            Ok((counts, cut)) => {
                if let Some(error) = cut {
                    complain(format_args!("wc_mmap: {shown}: truncated while it was counted: {error}"));
                    failed = true;
                }
                total.lines += counts.lines;
                total.words += counts.words;
                total.bytes += counts.bytes;
                all.push((name.as_os_str(), counts));
            }
            Err(error) => {
                complain(format_args!("wc_mmap: {shown}: {error}"));
                failed = true;
            }
        }
    }
    if names.len() > 1 {
        all.push((OsStr::new("total"), total));
    }
    let width = total.bytes.to_string().len();
    for (name, counts) in all {
        if let Err(error) = counts.print(name, width) {
            complain(format_args!("wc_mmap: {}", of_stdout(&error)));
            return ExitCode::FAILURE;
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
