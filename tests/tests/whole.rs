//! Writing and reading all of a value's buffers: short calls, signals, more buffers than the kernel takes, the end.
#![cfg(target_os = "linux")]

use pin_ffi::{FfiPinned, calls};
use pin_ffi_tests::counting::{Counting, allocations};
use std::ffi::c_int;
use std::fs::File;
use std::io::{ErrorKind, IoSlice, Read, Seek, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::thread::JoinHandleExt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

#[global_allocator]
static COUNTING: Counting = Counting;

fn pipe() -> (File, File) {
    let mut fds = [0; 2];
    // SAFETY: room for two descriptors, which are then ours.
    unsafe {
        assert_eq!(libc::pipe(fds.as_mut_ptr()), 0);
        (File::from(OwnedFd::from_raw_fd(fds[0])), File::from(OwnedFd::from_raw_fd(fds[1])))
    }
}

#[derive(FfiPinned)]
struct Record {
    header: [u8; 3],
    body: Vec<u8>,
    nothing: Box<[u8]>,
    trailer: [u8; 5],
}

impl Record {
    fn of(len: usize) -> Self {
        let body = (0..len).map(|i| (i % 251) as u8).collect();
        Self { header: *b"abc", body, nothing: Box::default(), trailer: *b"12345" }
    }

    fn empty(len: usize) -> Self {
        Self { header: [0; 3], body: vec![0; len], nothing: Box::default(), trailer: [0; 5] }
    }

    fn is(&self, other: &Self) -> bool {
        self.header == other.header && self.body == other.body && self.trailer == other.trailer
    }
}

#[test]
fn a_record_goes_through_a_pipe_that_is_smaller() {
    let (output, input) = pipe();
    let sent = Record::of(1_000_003);
    let mut received = Record::empty(1_000_003);
    thread::scope(|s| {
        s.spawn(|| calls::write_all(&input, &sent).unwrap());
        calls::read_exact(&output, &mut received).unwrap();
    });
    assert!(received.is(&sent));
}

#[test]
fn more_buffers_than_the_kernel_takes() {
    // SAFETY: a C string; the descriptor is ours.
    let mut file = unsafe { File::from_raw_fd(libc::memfd_create(c"test".as_ptr(), 0)) };
    let bytes: Vec<u8> = (0..5000_u32).flat_map(u32::to_ne_bytes).collect();
    let slices: Vec<_> = bytes.chunks(4).map(IoSlice::new).collect();
    calls::write_all(&file, &slices[..]).unwrap();
    file.rewind().unwrap();
    let mut read = vec![0; bytes.len()];
    let mut buffers: Vec<&mut [u8]> = read.chunks_mut(4).collect();
    calls::read_exact(&file, &mut buffers[..]).unwrap();
    assert_eq!(read, bytes);
}

#[test]
fn the_end_before_the_buffers_are_full_is_an_error() {
    let (output, mut input) = pipe();
    input.write_all(b"four").unwrap();
    drop(input);
    let mut buffers = [[0_u8; 3], [0; 3]];
    let error = calls::read_exact(&output, &mut buffers).unwrap_err();
    assert_eq!((error.kind(), buffers), (ErrorKind::UnexpectedEof, [*b"fou", [b'r', 0, 0]]));
    // Nothing is asked for, so that the end is none.
    calls::read_exact(&output, &mut [[0_u8; 0]; 2]).unwrap();
}

#[test]
fn an_error_of_the_kernel_is_told() {
    let (output, _input) = pipe();
    assert_eq!(calls::write_all(&output, &[b"x"]).unwrap_err().raw_os_error(), Some(libc::EBADF));
    let (output, input) = pipe();
    drop(output);
    assert_eq!(calls::write_all(&input, &[b"x"]).unwrap_err().kind(), ErrorKind::BrokenPipe);
}

#[test]
fn signals_do_not_stop_it() {
    static SIGNALS: AtomicUsize = AtomicUsize::new(0);
    extern "C" fn count(_: c_int) {
        SIGNALS.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: zeros are a `sigaction` without `SA_RESTART`, and the handler only counts.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = count as extern "C" fn(c_int) as usize;
        assert_eq!(libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()), 0);
    }
    let (mut a, b) = UnixStream::pair().unwrap();
    let finished = AtomicBool::new(false);
    let (sent, finished) = (Record::of(300_000), std::sync::Arc::new(finished));
    let done = finished.clone();
    let reader = thread::spawn(move || {
        let mut received = Record::empty(300_000);
        let result = calls::read_exact(&b, &mut received);
        done.store(true, Ordering::Release);
        (result, received)
    });
    let interrupt = || {
        thread::sleep(Duration::from_millis(10));
        if !finished.load(Ordering::Acquire) {
            // SAFETY: the thread was not joined yet.
            unsafe { libc::pthread_kill(reader.as_pthread_t(), libc::SIGUSR1) };
        }
    };
    interrupt();
    a.write_all(b"abc").unwrap();
    interrupt();
    interrupt();
    a.write_all(&sent.body).unwrap();
    interrupt();
    a.write_all(&sent.trailer).unwrap();
    let (result, received) = reader.join().unwrap();
    result.unwrap();
    assert!(received.is(&sent) && SIGNALS.load(Ordering::Relaxed) >= 3);
}

#[test]
fn std_reads_what_was_written() {
    let (mut output, input) = pipe();
    assert!(input.as_raw_fd() > 2);
    calls::write_all(&input, &Record::of(10)).unwrap();
    drop(input);
    let mut text = Vec::new();
    output.read_to_end(&mut text).unwrap();
    assert_eq!(text, b"abc\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0912345");
}

#[test]
fn nothing_is_allocated() {
    let (output, input) = pipe();
    let (sent, mut received) = (Record::of(1000), Record::empty(1000));
    let allocated = allocations(|| {
        for _ in 0..500 {
            calls::write_all(&input, &sent).unwrap();
            calls::read_exact(&output, &mut received).unwrap();
        }
    });
    assert_eq!(allocated, 0);
}
