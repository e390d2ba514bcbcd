//! Writing and reading all of a value's buffers, however little of them a single call deals with.

use crate::declare::array_must_not_report;
use crate::fill::{FfiArray, FfiArrayMut, shared};
use crate::scratch::{INLINE, try_with_scratch};
use libc::{c_int, iovec, ssize_t};
use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd};

/// How many buffers the kernel takes at once.
const IOV_MAX: usize = if cfg!(any(target_os = "solaris", target_os = "illumos")) { 16 } else { 1024 };

/// How many buffers a call gets that continues within one: they are copied, as the first of them is another then.
const COPIED: usize = 64;

type Call = unsafe extern "C" fn(c_int, *const iovec, c_int) -> ssize_t;

/// Writes all bytes of the buffers of `data`, in order, with as many calls of writev(2) as it takes.
///
/// It continues after a short write and after a signal, and may have more than `IOV_MAX` buffers.
///
/// # Errors
///
/// A length does not fit; `WriteZero` if nothing more can be written; what writev(2) says. How much was written before is
/// not told, as with [`write_all`](io::Write::write_all) of std: on a descriptor that does not block, use
/// [`writev`](super::writev).
///
/// # Examples
///
/// ```
/// use pin_ffi::{FfiPinned, calls};
/// use std::os::unix::net::UnixStream;
///
/// #[derive(FfiPinned)]
/// struct Record { header: [u8; 4], body: Vec<u8> }
///
/// let (a, b) = UnixStream::pair()?;
/// let sent = Record { header: *b"head", body: vec![7; 1 << 20] };
/// let mut received = Record { header: [0; 4], body: vec![0; 1 << 20] };
/// std::thread::scope(|s| {
///     let writer = s.spawn(|| calls::write_all(&a, &sent));
///     calls::read_exact(&b, &mut received)?;
///     writer.join().unwrap()
/// })?;
/// assert_eq!((&received.header, received.body == sent.body), (b"head", true));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write_all<V: FfiArray<Elem = iovec> + ?Sized>(fd: impl AsFd, data: &V) -> io::Result<()> {
    let fd = fd.as_fd();
    try_with_scratch(data.scratch_left(INLINE), |scratch| {
        // SAFETY: `data` is borrowed, and `scratch` lives, until `all` has returned; C reads only.
        let (iov, _) = unsafe { V::fill_all::<false>(shared(data), true, scratch)? };
        // SAFETY: the iovecs were filled above, for C to read. The descriptor is borrowed.
        Ok(unsafe { all(iov.ptr, iov.len, libc::writev, fd.as_raw_fd(), ErrorKind::WriteZero) })
    })?
}

/// Fills all buffers of `data`, in order, with as many calls of readv(2) as it takes.
///
/// It continues after a short read and after a signal, and may have more than `IOV_MAX` buffers.
///
/// # Errors
///
/// A length does not fit; `UnexpectedEof` if the end comes before the buffers are full; what readv(2) says. How much was
/// read before is not told, as with [`read_exact`](io::Read::read_exact) of std: on a descriptor that does not block, use
/// [`readv`](super::readv).
pub fn read_exact<V: FfiArrayMut<Elem = iovec> + ?Sized>(fd: impl AsFd, data: &mut V) -> io::Result<()> {
    const { array_must_not_report::<V>("read_exact", "data", "*const iovec") };
    let fd = fd.as_fd();
    try_with_scratch(data.scratch_left(INLINE), |scratch| {
        // SAFETY: `data` is exclusively borrowed, and `scratch` lives, until `all` has returned. C does not write the iovecs
        // themselves, and nothing is taken back: the values do not report (checked above).
        let (iov, _) = unsafe { V::fill_all::<true>(data, true, scratch)? };
        // SAFETY: the iovecs were filled above, for C to write through. The descriptor is borrowed.
        Ok(unsafe { all(iov.ptr, iov.len, libc::readv, fd.as_raw_fd(), ErrorKind::UnexpectedEof) })
    })?
}

/// Calls `call` until it has dealt with all bytes of the `n` iovecs at `iov`. `end` is what 0 means.
///
/// # Safety
///
/// The iovecs are initialised and lead to memory that `call` may use; it is safe to call with `fd` and such iovecs.
unsafe fn all(iov: *const iovec, n: usize, call: Call, fd: c_int, end: ErrorKind) -> io::Result<()> {
    // The iovec that is next, and how much of it was dealt with.
    let (mut next, mut done) = (0, 0);
    let len = |i: usize| {
        debug_assert!(i < n);
        // SAFETY: `i` is less than `n` wherever this is called.
        unsafe { (*iov.add(i)).iov_len }
    };
    let mut copies = [const { MaybeUninit::<iovec>::uninit() }; COPIED];
    loop {
        // So that 0 is the end, and not an answer to nothing.
        while next < n && done == len(next) {
            (next, done) = (next + 1, 0);
        }
        if next == n {
            return Ok(());
        }
        let (from, count) = if done == 0 {
            // SAFETY: `next` is less than `n`.
            (unsafe { iov.add(next) }, (n - next).min(IOV_MAX))
        } else {
            let count = (n - next).min(COPIED.min(IOV_MAX));
            for (i, copy) in copies.iter_mut().enumerate().take(count) {
                // SAFETY: `next + i` is less than `n`.
                copy.write(unsafe { *iov.add(next + i) });
            }
            // SAFETY: the first one was written above, for `count` is not 0.
            let first = unsafe { copies[0].assume_init_mut() };
            // SAFETY: `done` is less than this buffer's length.
            first.iov_base = unsafe { first.iov_base.byte_add(done) };
            first.iov_len -= done;
            (copies.as_ptr().cast(), count)
        };
        // SAFETY: `count` initialised iovecs are there, which lead to what those of the caller do. It fits: `IOV_MAX` does.
        let told = unsafe { call(fd, from, count as c_int) };
        let mut told = match usize::try_from(told) {
            Ok(0) => return Err(end.into()),
            Ok(told) => told,
            Err(_) => match io::Error::last_os_error() {
                error if error.kind() == ErrorKind::Interrupted => continue,
                error => return Err(error),
            },
        };
        for _ in 0..count {
            let part = told.min(len(next) - done);
            (told, done) = (told - part, done + part);
            if done < len(next) {
                break;
            }
            (next, done) = (next + 1, 0);
        }
        if told > 0 {
            // More than there was.
            return Err(ErrorKind::InvalidData.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// The first byte that C was given, its buffer's length, and how many buffers there were.
    type Seen = (usize, usize, usize);

    thread_local! {
        /// What the next calls return, and what was seen in them.
        static SCRIPT: RefCell<(Vec<ssize_t>, Vec<Seen>)> = const { RefCell::new((Vec::new(), Vec::new())) };
    }

    /// C that does as the script says, and reads what it is given.
    unsafe extern "C" fn scripted(_: c_int, iov: *const iovec, n: c_int) -> ssize_t {
        SCRIPT.with_borrow_mut(|(answers, seen)| {
            // SAFETY: the caller passes `n` iovecs, of which there is one at least.
            let first = unsafe { &*iov };
            // SAFETY: the buffer has a byte at least.
            let byte = unsafe { *first.iov_base.cast::<u8>() };
            seen.push((byte.into(), first.iov_len, n as usize));
            answers.remove(0)
        })
    }

    /// Numbered bytes in buffers of these lengths, and what C was given.
    fn run(lengths: &[usize], answers: &[ssize_t]) -> (io::Result<()>, Vec<Seen>) {
        let bytes: Vec<u8> = (0..lengths.iter().sum::<usize>()).map(|i| i as u8).collect();
        let mut rest = &bytes[..];
        let mut iov = Vec::new();
        for &length in lengths {
            let (buffer, after) = rest.split_at(length);
            iov.push(iovec { iov_base: buffer.as_ptr().cast_mut().cast(), iov_len: length });
            rest = after;
        }
        SCRIPT.set((answers.to_vec(), Vec::new()));
        // SAFETY: the iovecs lead to `bytes`, which `scripted` reads.
        let result = unsafe { all(iov.as_ptr(), iov.len(), scripted, 0, ErrorKind::WriteZero) };
        SCRIPT.with_borrow(|(answers, seen)| {
            assert!(answers.is_empty(), "C was not called {} times more", answers.len());
            (result, seen.clone())
        })
    }

    #[test]
    fn it_continues_where_c_stopped() {
        let (result, seen) = run(&[2, 0, 3, 4], &[1, 1, 2, 1, 4]);
        result.unwrap();
        assert_eq!(seen, [(0, 2, 4), (1, 1, 4), (2, 3, 2), (4, 1, 2), (5, 4, 1)]);
    }

    #[test]
    fn nothing_is_no_call() {
        assert!(run(&[], &[]).0.is_ok());
        assert!(run(&[0, 0], &[]).0.is_ok());
    }

    #[test]
    fn many_buffers_go_in_turns() {
        let (result, seen) = run(&vec![1; 2500], &[1024, 1024, 452]);
        result.unwrap();
        assert_eq!(seen, [(0, 1, 1024), (0, 1, 1024), (0, 1, 452)]);
        let (result, seen) = run(&[2; 100], &[1, 127, 72]);
        result.unwrap();
        assert_eq!(seen, [(0, 2, 100), (1, 1, 64), (128, 2, 36)]);
    }

    #[test]
    fn nothing_more_is_the_end() {
        let (result, seen) = run(&[2, 2], &[3, 0]);
        assert_eq!((result.unwrap_err().kind(), seen.len()), (ErrorKind::WriteZero, 2));
    }

    #[test]
    fn s83_more_than_there_was_is_refused() {
        for too_many in [5, 6, ssize_t::MAX] {
            assert_eq!(run(&[2, 2], &[too_many]).0.unwrap_err().kind(), ErrorKind::InvalidData, "{too_many}");
            assert_eq!(run(&[2, 3], &[1, too_many]).0.unwrap_err().kind(), ErrorKind::InvalidData, "{too_many}");
        }
        // The turn had 1024 bytes, of 1030.
        assert_eq!(run(&vec![1; 1030], &[1025]).0.unwrap_err().kind(), ErrorKind::InvalidData);
    }
}
