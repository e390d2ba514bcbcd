//! Reads a file through `readv`, with the array of `iovec`s in C memory and again in Rust memory, and prints what was read.
//!
//! The same as the example of Go's `ptrguard`, with pins that end when their scope does.

use std::ffi::c_int;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::process::ExitCode;
use std::{env, mem, ptr, slice};

const USAGE: &str = "\
Reads a file through readv(2) and prints what was read, twice: with the array of iovecs in memory of C's
(malloc), and in memory of Rust's.

usage: ptrguard_readv [--buffers N] [--size BYTES] FILE

  --buffers N    how many buffers each call reads into (default 4, at most 1024)
  --size BYTES   the size of each (default 16)
  --help         this text

Exit code: 0 done, 1 the file could not be read, 2 the arguments are wrong.";

struct Options {
    buffers: usize,
    size: usize,
    file: String,
}

fn main() -> ExitCode {
    let options = match parse(env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            // If the output is closed, nobody reads the usage.
            let _ = writeln!(io::stdout(), "{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("ptrguard_readv: {message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        // The reader of the output has closed it, which is not an error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ptrguard_readv: {}: {error}", options.file);
            ExitCode::FAILURE
        }
        Ok(()) => ExitCode::SUCCESS,
    }
}

/// The options, or `None` if help was asked for.
fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let (mut buffers, mut size, mut file) = (4, 16, None);
    while let Some(arg) = args.next() {
        let mut number = |limit: usize| {
            let value = args.next().ok_or_else(|| format!("{arg} needs a number"))?;
            match value.parse() {
                Ok(n) if (1..=limit).contains(&n) => Ok(n),
                _ => Err(format!("{arg} is a number from 1 to {limit}, not `{value}`")),
            }
        };
        match arg.as_str() {
            "--help" | "-h" => return Ok(None),
            "--buffers" => buffers = number(1024)?,
            "--size" => size = number(1 << 20)?,
            _ if arg.starts_with('-') && arg.len() > 1 => return Err(format!("there is no option `{arg}`")),
            _ if file.is_some() => return Err(format!("one file at a time: what is `{arg}`?")),
            _ => file = Some(arg),
        }
    }
    let file = file.ok_or("which file?")?;
    Ok(Some(Options { buffers, size, file }))
}

fn run(options: &Options) -> io::Result<()> {
    let mut buffers = vec![vec![0_u8; options.size]; options.buffers];
    print_file("iovecs in C memory", &options.file, &mut buffers, read_through_c_memory)?;
    print_file("iovecs in Rust memory", &options.file, &mut buffers, read_through_rust_memory)
}

/// Reads the whole file with `read` and prints it below a heading.
fn print_file(
    heading: &str,
    file: &str,
    buffers: &mut [Vec<u8>],
    read: fn(BorrowedFd<'_>, &mut [Vec<u8>]) -> io::Result<usize>,
) -> io::Result<()> {
    use std::os::fd::AsFd;

    let file = File::open(file)?;
    let mut out = io::stdout().lock();
    writeln!(out, "== {heading}")?;
    let (mut calls, mut total) = (0_u64, 0_u64);
    loop {
        let n = read(file.as_fd(), buffers)?;
        calls += 1;
        if n == 0 {
            break;
        }
        total += n as u64;
        let mut rest = n;
        for buf in &*buffers {
            let filled = rest.min(buf.len());
            out.write_all(&buf[..filled])?;
            rest -= filled;
        }
    }
    writeln!(out, "== {total} bytes in {calls} calls")?;
    out.flush()
}

/// `readv` through an array of `iovec`s that `malloc` allocated: each pinned address is stored there, and nulled when
/// the scope ends.
fn read_through_c_memory(fd: BorrowedFd<'_>, buffers: &mut [Vec<u8>]) -> io::Result<usize> {
    let count = buffers.len();
    // SAFETY: `malloc` accepts every size.
    let array = unsafe { libc::malloc(count * mem::size_of::<libc::iovec>()) }.cast::<libc::iovec>();
    if array.is_null() {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    let result = pin_ffi::scope(|s| {
        for (i, buf) in buffers.iter_mut().enumerate() {
            let pin = s.pin_mut(buf);
            // SAFETY: inside the array, which is freed after the scope, and which only this thread uses.
            unsafe {
                s.store_at(&raw mut (*array.add(i)).iov_base, &pin);
                (*array.add(i)).iov_len = pin.len();
            }
        }
        // SAFETY: `count` pinned buffers, with their lengths.
        check(unsafe { libc::readv(fd.as_raw_fd(), array, count as c_int) })
    });
    // SAFETY: `count` `iovec`s were written above.
    let left = unsafe { slice::from_raw_parts(array, count) };
    assert!(left.iter().all(|iov| iov.iov_base.is_null()), "no address is left in C memory");
    // SAFETY: the array was allocated above, and is not used any more.
    unsafe { libc::free(array.cast()) };
    result
}

/// The same with the array on Rust's side.
fn read_through_rust_memory(fd: BorrowedFd<'_>, buffers: &mut [Vec<u8>]) -> io::Result<usize> {
    let mut array = vec![libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 }; buffers.len()];
    let (iov, count) = (array.as_mut_ptr(), array.len());
    let result = pin_ffi::scope(|s| {
        for (i, buf) in buffers.iter_mut().enumerate() {
            let pin = s.pin_mut(buf);
            // SAFETY: inside `array`, which outlives the scope and is used through `iov` alone until then.
            unsafe {
                s.store_at(&raw mut (*iov.add(i)).iov_base, &pin);
                (*iov.add(i)).iov_len = pin.len();
            }
        }
        // SAFETY: `count` pinned buffers, with their lengths.
        check(unsafe { libc::readv(fd.as_raw_fd(), iov, count as c_int) })
    });
    assert!(array.iter().all(|iov| iov.iov_base.is_null()), "no address is left");
    result
}

/// Converts the return value of C, or `errno` if it failed.
fn check(n: libc::ssize_t) -> io::Result<usize> {
    usize::try_from(n).map_err(|_| io::Error::last_os_error())
}
