//! Passes bytes from one process to another through a ring of atomics in shared memory, without a system call for each
//! transfer.

use pin_ffi::mmap::{AtomicRegion, MemfdOptions, MmapOptions, catch_sigbus};
use pin_ffi_examples::console::{complain, help, say};
use std::fs::File;
use std::io;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const USAGE: &str = "\
usage: shm_ring [MEGABYTES [RING_KILOBYTES]]

Sends MEGABYTES (256) of data from one process to another through a ring of RING_KILOBYTES (64) in a memfd that both map,
checks what arrives, and prints the throughput. The memfd is sealed against shrinking, so that mapping it is safe.

exit status: 0 all arrived as it was sent, 1 an error, 2 wrong usage";

/// The offset of the ring's bytes. The counts of bytes written and read are before them, each in its own cache line.
const DATA: usize = 128;
const READ: usize = 64;
/// The maximum number of bytes copied at a time.
const PIECE: usize = 16 << 10;
/// How long one side waits for the other before it gives up.
const PATIENCE: Duration = Duration::from_secs(10);

struct Ring {
    control: AtomicRegion<AtomicU64>,
    data: AtomicRegion<AtomicU8>,
}

impl Ring {
    fn map(memfd: impl std::os::fd::AsFd) -> io::Result<Self> {
        let control = MmapOptions::new().len(DATA).map_atomic(&memfd)?;
        let data = MmapOptions::new().offset(DATA as u64).map_atomic(&memfd)?;
        Ok(Self { control, data })
    }

    /// The numbers of bytes written and read since the start.
    fn positions(&self) -> (&AtomicU64, &AtomicU64) {
        (&self.control[0], &self.control[READ / 8])
    }

    /// Waits until `ready` returns `Some`.
    fn wait<T>(mut ready: impl FnMut() -> Option<T>) -> io::Result<T> {
        for _ in 0..1000 {
            if let Some(value) = ready() {
                return Ok(value);
            }
            std::hint::spin_loop();
        }
        let start = Instant::now();
        loop {
            if let Some(value) = ready() {
                return Ok(value);
            }
            if start.elapsed() > PATIENCE {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the other process does not answer"));
            }
            std::thread::yield_now();
        }
    }

    /// Returns the offset of `position` in the ring, and how many of `n` bytes are contiguous there.
    fn piece(&self, position: u64, n: u64) -> (usize, usize) {
        let at = (position % self.data.len() as u64) as usize;
        (at, (n as usize).min(self.data.len() - at).min(PIECE))
    }

    fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        let (written, read) = self.positions();
        while !bytes.is_empty() {
            let start = written.load(Ordering::Relaxed);
            let free = Self::wait(|| {
                // The other process may write a wrong position. Then there is never any room, and the wait times out.
                let used = start.wrapping_sub(read.load(Ordering::Acquire));
                (self.data.len() as u64).checked_sub(used).filter(|&free| free > 0)
            })?;
            let (at, n) = self.piece(start, free.min(bytes.len() as u64));
            let n = self.data.try_write_at(at, &bytes[..n])?;
            written.store(start + n as u64, Ordering::Release);
            bytes = &bytes[n..];
        }
        Ok(())
    }

    /// Returns the bytes that have arrived, at most one piece.
    fn receive<'a>(&self, buffer: &'a mut [u8]) -> io::Result<&'a [u8]> {
        let (written, read) = self.positions();
        let start = read.load(Ordering::Relaxed);
        let there =
            Self::wait(|| Some(written.load(Ordering::Acquire).wrapping_sub(start)).filter(|&there| there > 0))?;
        let (at, n) = self.piece(start, there.min(buffer.len() as u64));
        self.data.try_copy_to(at, &mut buffer[..n])?;
        read.store(start + n as u64, Ordering::Release);
        Ok(&buffer[..n])
    }
}

/// The bytes that are sent. Their period is not divisible by a power of two.
struct Pattern(Vec<u8>);

impl Pattern {
    const PERIOD: usize = 251;

    fn new() -> Self {
        Self((0..PIECE + Self::PERIOD).map(|i| (i % Self::PERIOD) as u8).collect())
    }

    /// Returns `n` bytes, at most one piece, from `position` on.
    fn at(&self, position: u64, n: usize) -> &[u8] {
        &self.0[(position % Self::PERIOD as u64) as usize..][..n]
    }
}

fn sender(megabytes: u64) -> io::Result<()> {
    // The memfd is the standard input.
    let ring = Ring::map(io::stdin())?;
    let pattern = Pattern::new();
    let mut position = 0;
    while position < megabytes << 20 {
        ring.send(pattern.at(position, PIECE))?;
        position += PIECE as u64;
    }
    Ok(())
}

fn receiver(megabytes: u64, kilobytes: usize) -> io::Result<()> {
    let memfd = MemfdOptions::new(c"shm_ring").shared(DATA + kilobytes * 1024)?;
    let ring = Ring::map(&memfd)?;
    let start = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--sender", &megabytes.to_string()])
        .stdin(Stdio::from(File::from(memfd)))
        .spawn()?;
    let pattern = Pattern::new();
    let mut buffer = vec![0; PIECE];
    let mut position = 0_u64;
    while position < megabytes << 20 {
        let arrived = ring.receive(&mut buffer)?;
        if arrived != pattern.at(position, arrived.len()) {
            let message = format!("what arrived at byte {position} is not what was sent");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        position += arrived.len() as u64;
    }
    let status = child.wait()?;
    if !status.success() {
        return Err(io::Error::other(format!("the sender ended with {status}")));
    }
    let elapsed = start.elapsed();
    let rate = (u128::from(megabytes) * 1_000_000).checked_div(elapsed.as_micros()).unwrap_or(0);
    say(format_args!("{megabytes} MiB in {:.2} s: {rate} MiB/s", elapsed.as_secs_f64()))
}

fn main() -> ExitCode {
    // An argument that is not valid text is not a number either.
    let args: Vec<String> = std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
    // Bytes that another process writes must be copied atomically: by a fast routine with the handler, and by the
    // kernel without it.
    if let Err(error) = catch_sigbus() {
        complain(format_args!("shm_ring: no signal handler: {error}"));
    }
    let number = |i: usize, default: u64| args.get(i).map_or(Some(default), |arg| arg.parse().ok().filter(|&n| n > 0));
    let result = match args.first().map(String::as_str) {
        Some("--help" | "-h") => return help("shm_ring", USAGE),
        Some("--sender") => sender(number(1, 0).unwrap_or(0)),
        _ => {
            let (Some(megabytes @ ..=1_000_000), Some(kilobytes @ ..=1_000_000), ..=2) =
                (number(0, 256), number(1, 64), args.len())
            else {
                complain(USAGE);
                return ExitCode::from(2);
            };
            receiver(megabytes, kilobytes as usize)
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("shm_ring: {error}"));
            ExitCode::FAILURE
        }
    }
}
