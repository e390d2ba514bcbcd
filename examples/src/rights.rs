//! Passes open descriptors to another process by the control message `SCM_RIGHTS`, without `unsafe` code.
//!
//! `pin_ffi::calls::control` borrows the descriptors that are sent, and owns those that arrive, also of messages that are
//! refused here.

use pin_ffi::calls::control::{self, ControlMessage, Incoming, Outgoing};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

/// The maximum number of descriptors in one message.
pub const AT_MOST: usize = 8;

/// The size of a message with `AT_MOST` descriptors.
const SPACE: usize = control::space_of_rights(AT_MOST);

/// Sends `data` and, with its first byte, copies of `descriptors`. Returns the number of bytes sent.
///
/// # Errors
///
/// `InvalidInput` without data, without descriptors or with more than [`AT_MOST`]; otherwise the error of sendmsg(2).
pub fn send(socket: BorrowedFd<'_>, data: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<usize> {
    if data.is_empty() || !(1..=AT_MOST).contains(&descriptors.len()) {
        let why = format!("1 to {AT_MOST} descriptors travel with a byte or more");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let mut storage = [0; SPACE];
    let mut rights = Outgoing::new(&mut storage);
    rights.rights(descriptors)?;
    again(|| control::send(socket, &[data], None, &rights, libc::MSG_NOSIGNAL))
}

/// Receives into `data`. Returns the number of bytes received (0 at the end of a stream) and the descriptors that came
/// with them.
///
/// # Errors
///
/// `InvalidData` if descriptors were lost on the way (`MSG_CTRUNC`); those that arrived are closed. Otherwise the error
/// of recvmsg(2).
pub fn receive(socket: BorrowedFd<'_>, data: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut storage = [0; SPACE];
    let mut incoming = Incoming::new(&mut storage);
    let received = again(|| control::receive(socket, &mut [&mut *data], None, &mut incoming, 0))?;
    if received.is_control_cut_off() {
        let why = format!("descriptors were lost: there were more than {AT_MOST}, or this process has too many open");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let mut descriptors = Vec::new();
    for message in incoming.messages() {
        if let ControlMessage::Rights(rights) = message? {
            descriptors.extend(rights);
        }
    }
    Ok((received.bytes, descriptors))
}

/// Receives into `data`, and one descriptor. Returns the number of bytes received and the descriptor.
///
/// # Errors
///
/// `UnexpectedEof` at the end of a stream, `InvalidData` for any other number of descriptors (they are closed), and
/// those of [`receive`].
pub fn receive_one(socket: BorrowedFd<'_>, data: &mut [u8]) -> io::Result<(usize, OwnedFd)> {
    let (n, mut descriptors) = receive(socket, data)?;
    match (n, descriptors.pop(), descriptors.len()) {
        (0, None, _) => Err(io::ErrorKind::UnexpectedEof.into()),
        (n, Some(descriptor), 0) => Ok((n, descriptor)),
        (_, last, others) => {
            let why = format!("one descriptor was expected, and {} came", others + usize::from(last.is_some()));
            Err(io::Error::new(io::ErrorKind::InvalidData, why))
        }
    }
}

/// Repeats a call that a signal interrupted before it had done anything.
fn again<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::{ErrorKind, Read, Write};
    use std::os::fd::{AsFd, AsRawFd};
    use std::os::unix::net::UnixStream;

    /// Returns a stream to wait on, and its other end to pass on. The first reaches its end when all copies of the
    /// second are closed.
    fn given_away() -> (UnixStream, UnixStream) {
        let (kept, given) = UnixStream::pair().unwrap();
        kept.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
        (kept, given)
    }

    fn is_at_its_end(mut stream: UnixStream) -> bool {
        matches!(stream.read(&mut [0]), Ok(0))
    }

    #[test]
    fn a_descriptor_arrives_with_its_bytes_and_belongs_to_the_receiver() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (mut kept, given) = given_away();
        assert_eq!(send(ours.as_fd(), b"stream", &[given.as_fd()]).unwrap(), 6);
        drop(given);
        let mut data = [0; 16];
        let (n, descriptor) = receive_one(theirs.as_fd(), &mut data).unwrap();
        assert_eq!(&data[..n], b"stream");
        File::from(descriptor).write_all(b"through").unwrap();
        let mut text = String::new();
        kept.read_to_string(&mut text).unwrap();
        assert_eq!(text, "through");
    }

    #[test]
    #[cfg(not(target_vendor = "apple"))]
    fn a_received_descriptor_is_closed_on_exec() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        send(ours.as_fd(), b"x", &[ours.as_fd()]).unwrap();
        let (_, descriptor) = receive_one(theirs.as_fd(), &mut [0]).unwrap();
        // SAFETY: an open descriptor, and a question about it.
        let flags = unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_GETFD) };
        assert_eq!(flags, libc::FD_CLOEXEC);
    }

    #[test]
    fn as_many_as_fit_arrive_in_order() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let pairs: Vec<_> = (0..AT_MOST).map(|_| given_away()).collect();
        let given: Vec<_> = pairs.iter().map(|(_, given)| given.as_fd()).collect();
        send(ours.as_fd(), b"x", &given).unwrap();
        let (_, received) = receive(theirs.as_fd(), &mut [0]).unwrap();
        assert_eq!(received.len(), AT_MOST);
        for (i, (descriptor, (mut kept, given))) in received.into_iter().zip(pairs).enumerate() {
            drop(given);
            File::from(descriptor).write_all(&[i as u8]).unwrap();
            let mut bytes = Vec::new();
            kept.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, [i as u8]);
        }
    }

    #[test]
    fn unexpected_descriptors_are_closed() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let ((kept1, given1), (kept2, given2)) = (given_away(), given_away());
        send(ours.as_fd(), b"x", &[given1.as_fd(), given2.as_fd()]).unwrap();
        drop((given1, given2));
        let error = receive_one(theirs.as_fd(), &mut [0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(error.to_string(), "one descriptor was expected, and 2 came");
        assert!(is_at_its_end(kept1) && is_at_its_end(kept2));
    }

    #[test]
    fn more_than_fit_are_reported_and_closed() {
        if std::env::var_os("EMULATOR").is_some() {
            eprintln!("skipped: qemu-user drops what does not fit, and does not say so");
            return;
        }
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (kept, given) = given_away();
        // `send` refuses that many, but another program may send them.
        let many = [given.as_fd(); AT_MOST + 1];
        assert_eq!(send(ours.as_fd(), b"x", &many).unwrap_err().kind(), ErrorKind::InvalidInput);
        let mut storage = [0; 2 * SPACE];
        let mut rights = Outgoing::new(&mut storage);
        rights.rights(&many).unwrap();
        control::send(&ours, &[b"x"], None, &rights, 0).unwrap();
        drop(given);
        let error = receive(theirs.as_fd(), &mut [0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(is_at_its_end(kept));
    }

    #[test]
    fn data_alone_and_the_end_of_the_stream_are_told_apart() {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        ours.write_all(b"x").unwrap();
        drop(ours);
        let alone = receive_one(theirs.as_fd(), &mut [0]).unwrap_err();
        assert_eq!(alone.to_string(), "one descriptor was expected, and 0 came");
        let end = receive_one(theirs.as_fd(), &mut [0]).unwrap_err();
        assert_eq!(end.kind(), ErrorKind::UnexpectedEof);
    }
}
