//! Passes open descriptors to another process by writing and reading the control message `SCM_RIGHTS`.
//!
//! The two `msghdr`s are derived. The remaining `unsafe` code states what no type expresses: that a number in a control
//! message to be sent is a descriptor that this process may give away, and that one that recvmsg(2) left there is a new
//! descriptor that this process owns. So the buffers are private to this module, nobody else writes to them, and every
//! descriptor that arrives becomes an [`OwnedFd`] before any other check.

use libc::{c_int, c_uint, cmsghdr};
use pin_ffi::{FfiPinned, OutBuf, calls};
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// The maximum number of descriptors in one message.
pub const AT_MOST: usize = 8;

/// Programs that this one starts do not inherit received descriptors.
#[cfg(not(target_vendor = "apple"))]
const CLOSE_ON_EXEC: c_int = libc::MSG_CMSG_CLOEXEC;
/// There is no such flag: a program that another thread starts at that moment inherits them.
#[cfg(target_vendor = "apple")]
const CLOSE_ON_EXEC: c_int = 0;

/// Where the data of a control message begins, in bytes from its header: `CMSG_DATA`.
// SAFETY: the macro is arithmetic.
const DATA: usize = unsafe { libc::CMSG_LEN(0) } as usize;

/// The size of a message with `AT_MOST` descriptors in the buffer.
// SAFETY: the macro is arithmetic.
const SPACE: usize = unsafe { libc::CMSG_SPACE((AT_MOST * size_of::<RawFd>()) as c_uint) } as usize;

/// A buffer for control messages, aligned as the macros of cmsg(3) require.
#[repr(C)]
struct Control {
    _aligned: [cmsghdr; 0],
    bytes: [u8; SPACE],
}

const _: () = assert!(align_of::<Control>() >= align_of::<cmsghdr>() && mem::offset_of!(Control, bytes) == 0);

impl Control {
    const fn new() -> Self {
        Self { _aligned: [], bytes: [0; SPACE] }
    }
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Outgoing<'a> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    data: [&'a [u8]; 1],
    #[ffi(ptr = msg_control, len = msg_controllen)]
    control: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Incoming<'a> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    data: [&'a mut [u8]; 1],
    #[ffi(ptr = msg_control, len = msg_controllen, inout)]
    control: OutBuf<'a, u8>,
    #[ffi(out = msg_flags)]
    flags: c_int,
}

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
    let mut control = Control::new();
    let used = write_rights(&mut control.bytes, descriptors);
    let message = Outgoing { data: [data], control: &control.bytes[..used] };
    // SAFETY: the control message names descriptors that are borrowed for this call.
    again(|| unsafe { calls::sendmsg_with_control(socket, &message, libc::MSG_NOSIGNAL) })
}

/// Receives into `data`. Returns the number of bytes received (0 at the end of a stream) and the descriptors that came
/// with them.
///
/// # Errors
///
/// `InvalidData` if descriptors were lost on the way (`MSG_CTRUNC`); those that arrived are closed. Otherwise the error
/// of recvmsg(2).
pub fn receive(socket: BorrowedFd<'_>, data: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut control = Control::new();
    let mut message = Incoming { data: [data], control: OutBuf::new(&mut control.bytes), flags: 0 };
    // SAFETY: the descriptors that come are taken below, each once. No report of the kernel's is refused: it cuts off what
    // does not fit.
    let n = again(|| unsafe { calls::recvmsg_with_control(socket, &mut message, CLOSE_ON_EXEC) })?;
    // SAFETY: the control buffer is ours alone, and the call has just filled it.
    let descriptors = unsafe { take_rights(message.control.filled()) };
    if message.flags & libc::MSG_CTRUNC != 0 {
        let why = format!("descriptors were lost: there were more than {AT_MOST}, or this process has too many open");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    Ok((n, descriptors))
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

/// Writes the message into `control`, which has room for it. Returns its size there in bytes.
fn write_rights(control: &mut [u8], descriptors: &[BorrowedFd<'_>]) -> usize {
    let payload = (descriptors.len() * size_of::<RawFd>()) as c_uint;
    // musl's struct has private padding fields, so that a struct literal is not portable.
    // SAFETY: `cmsghdr` consists of integers, for which 0 is a valid value.
    let mut header = unsafe { mem::zeroed::<cmsghdr>() };
    // SAFETY: the macros are arithmetic.
    let (len, space) = unsafe { (libc::CMSG_LEN(payload), libc::CMSG_SPACE(payload)) };
    header.cmsg_len = len as _;
    header.cmsg_level = libc::SOL_SOCKET;
    header.cmsg_type = libc::SCM_RIGHTS;
    let control = &mut control[..space as usize];
    // SAFETY: `control` has room for the message, which is longer than a header.
    unsafe { control.as_mut_ptr().cast::<cmsghdr>().write_unaligned(header) };
    for (slot, descriptor) in control[DATA..].chunks_exact_mut(size_of::<RawFd>()).zip(descriptors) {
        slot.copy_from_slice(&descriptor.as_raw_fd().to_ne_bytes());
    }
    control.len()
}

/// Returns the descriptors in `control`. Messages of other kinds are ignored.
///
/// # Safety
///
/// recvmsg(2) has filled `control`, and nobody else takes these descriptors.
unsafe fn take_rights(mut control: &[u8]) -> Vec<OwnedFd> {
    let mut descriptors = Vec::new();
    while control.len() >= DATA {
        // SAFETY: a whole header is there, and any bytes are one.
        let header = unsafe { control.as_ptr().cast::<cmsghdr>().read_unaligned() };
        #[allow(clippy::unnecessary_cast, reason = "an `int` in musl and on the BSDs")]
        let len = header.cmsg_len as usize;
        if len < DATA {
            break;
        }
        if (header.cmsg_level, header.cmsg_type) == (libc::SOL_SOCKET, libc::SCM_RIGHTS) {
            // If a message was cut short, this process owns the descriptors that have arrived.
            for number in control[DATA..len.min(control.len())].chunks_exact(size_of::<RawFd>()) {
                let number = RawFd::from_ne_bytes(number.try_into().unwrap_or([0xff; 4]));
                // SAFETY: the kernel made this descriptor for us (caller); it is taken here, once.
                descriptors.push(unsafe { OwnedFd::from_raw_fd(number) });
            }
        }
        // SAFETY: the macro is arithmetic.
        let space = unsafe { libc::CMSG_SPACE((len - DATA) as c_uint) } as usize;
        control = control.get(space..).unwrap_or_default();
    }
    descriptors
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::{ErrorKind, Read, Write};
    use std::os::fd::{AsFd, IntoRawFd};
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
        let mut control = [0; 2 * SPACE];
        let used = write_rights(&mut control, &many);
        let message = Outgoing { data: [b"x"], control: &control[..used] };
        // SAFETY: the control message names descriptors that are borrowed.
        unsafe { calls::sendmsg_with_control(ours.as_fd(), &message, 0) }.unwrap();
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

    #[test]
    fn messages_of_other_kinds_are_passed_over_and_of_one_cut_short_the_rest_is_taken() {
        let ((kept1, given1), (kept2, given2)) = (given_away(), given_away());
        let (given1, given2) = (given1.into_raw_fd(), given2.into_raw_fd());
        // SAFETY: open until they are taken back below.
        let rights = unsafe { [BorrowedFd::borrow_raw(given1), BorrowedFd::borrow_raw(given2), kept1.as_fd()] };
        let mut control = [0; 3 * SPACE];
        let second = write_rights(&mut control, &rights[2..]);
        let kind = mem::offset_of!(cmsghdr, cmsg_type);
        control[kind..][..size_of::<c_int>()].fill(0x7f);
        let third = second + write_rights(&mut control[second..], &rights[..1]);
        write_rights(&mut control[third..], &rights[1..]);
        // SAFETY: `control` says what recvmsg would, and the two descriptors were given up above.
        let received = unsafe { take_rights(&control[..third + DATA + size_of::<RawFd>()]) };
        assert_eq!(received.iter().map(AsRawFd::as_raw_fd).collect::<Vec<_>>(), [given1, given2]);
        drop(received);
        assert!(is_at_its_end(kept1) && is_at_its_end(kept2));
    }

    #[test]
    fn what_is_no_message_ends_the_list() {
        // SAFETY: no descriptor is in there.
        let received = unsafe { take_rights(&[0; SPACE]) };
        assert!(received.is_empty());
    }
}
