//! Operations that C goes on with after the call that started them: a thread of C's, and POSIX aio on real files.

use pin_ffi::{FfiPinned, InFlight, OutBuf, Reason, Refused, manual::Shared, stats::leaked_operations};
use pin_ffi_tests::child;
use pin_ffi_tests::echo::*;
use std::cell::RefCell;
use std::panic;
use std::process::{ExitStatus, Stdio};
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(FfiPinned, Debug)]
#[ffi(c = Node)]
struct Chunk {
    #[ffi(ptr = data, len = len)]
    bytes: [u8; 8],
    #[ffi(out = used)]
    used: u32,
}

#[derive(FfiPinned, Debug)]
#[ffi(c = Op)]
struct Operation<const N: usize = 2> {
    #[ffi(array = nodes, len = n)]
    chunks: [Chunk; N],
    #[ffi(ptr = reply, len = reply_len, inout)]
    reply: Option<OutBuf<'static, u8>>,
    #[ffi(out = status)]
    status: i32,
    #[ffi(inout = token)]
    token: u64,
    #[ffi(skip)]
    #[allow(dead_code, reason = "it tells by being dropped")]
    alive: Option<Rc<()>>,
}

fn operation<const N: usize>(token: u64) -> Operation<N> {
    let chunks = [(); N].map(|()| Chunk { bytes: [0; 8], used: 0 });
    Operation { chunks, reply: None, status: 0, token, alive: None }
}

fn with_reply(capacity: usize) -> Operation {
    Operation { reply: Some(OutBuf::new(vec![0; capacity].leak())), ..operation(0) }
}

/// C's thread, which does nothing before `go`.
struct Ring(*mut CRing);

impl Ring {
    fn new() -> Self {
        // SAFETY: makes a queue and a thread.
        Self(unsafe { echo_ring_new() })
    }

    fn submit<const N: usize>(&self, operation: &mut InFlight<Operation<N>>, byte: u8, report: u32) {
        // SAFETY: the operation's struct stays where it is until it is completed.
        unsafe { echo_ring_submit(self.0, operation.start(), byte, report) };
    }

    fn go(&self) {
        // SAFETY: the ring is there.
        unsafe { echo_ring_go(self.0) };
    }

    /// The address of an operation that is done.
    fn wait(&self) -> *mut Op {
        // SAFETY: the ring is there.
        unsafe { echo_ring_wait(self.0) }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: made by `new`, used no more.
        unsafe { echo_ring_free(self.0) };
    }
}

/// Completes an operation that C said it was done with.
fn complete<const N: usize>(done: InFlight<Operation<N>>) -> Result<Operation<N>, Refused<Operation<N>>> {
    // SAFETY: each caller has waited for C to be done with it.
    unsafe { done.complete(true) }
}

/// The counter is the program's: who looks at it must be alone.
fn leaks() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn a_thread_of_c_writes_later_and_the_value_comes_back() {
    let ring = Ring::new();
    let mut started = InFlight::new(Operation { token: 9, ..with_reply(6) }).unwrap();
    ring.submit(&mut started, b'x', 4);
    ring.go();
    assert_eq!(ring.wait().cast_const(), started.as_ptr());
    let done = complete(started).unwrap();
    assert_eq!(done.chunks.each_ref().map(|c| (&c.bytes, c.used)), [(b"xxxxxxxx", 8), (b"yyyyyyyy", 8)]);
    assert_eq!((done.reply.unwrap().filled(), done.status, done.token), (&b"!!!!"[..], 3, 9));
}

#[test]
fn the_same_type_serves_a_call_and_an_operation() {
    let mut called = operation::<2>(0);
    echo_op_run(&mut called, b'c', 0).unwrap();
    assert_eq!((&called.chunks[1].bytes, called.status), (b"dddddddd", 3));

    let ring = Ring::new();
    let mut started = InFlight::new(called).unwrap();
    ring.submit(&mut started, b'r', 0);
    ring.go();
    ring.wait();
    assert_eq!(&complete(started).unwrap().chunks[1].bytes, b"ssssssss");
}

#[test]
fn inline_buffers_stay_where_c_has_them_however_the_operation_moves() {
    let ring = Ring::new();
    let mut started = InFlight::new(operation::<2>(0)).unwrap();
    ring.submit(&mut started, b'm', 0);
    let at = started.as_ptr();
    let mut moved = vec![Some(started)];
    moved.reserve(1000);
    let started = Box::new(moved.pop().unwrap().unwrap());
    assert_eq!(started.as_ptr(), at);
    ring.go();
    ring.wait();
    assert_eq!(&complete(*started).unwrap().chunks[0].bytes, b"mmmmmmmm");
}

#[test]
fn more_structs_than_the_cell_holds_are_kept_beside_it() {
    let ring = Ring::new();
    let mut started = InFlight::new(operation::<100>(0)).unwrap();
    ring.submit(&mut started, 1, 0);
    ring.go();
    ring.wait();
    let done = complete(started).unwrap();
    assert!(done.chunks.iter().zip(1..).all(|(chunk, byte)| chunk.bytes == [byte; 8] && chunk.used == 8));
}

#[test]
fn an_operation_is_completed_in_another_thread() {
    #[derive(FfiPinned)]
    #[ffi(c = Op)]
    struct Sendable {
        #[ffi(ptr = reply, len = reply_len)]
        reply: Vec<u8>,
    }

    let ring = Ring::new();
    let mut started = InFlight::new(Sendable { reply: vec![0; 3] }).unwrap();
    // SAFETY: as in `Ring::submit`.
    unsafe { echo_ring_submit(ring.0, started.start(), 0, 0) };
    ring.go();
    ring.wait();
    // SAFETY: C is done with it.
    let done = std::thread::spawn(move || unsafe { started.complete(true) }.unwrap().reply).join().unwrap();
    assert_eq!(done, b"!!!");
}

#[test]
fn the_address_alone_leads_back_to_the_operation() {
    let ring = Ring::new();
    for token in [1, 2, 3] {
        let raw = InFlight::new(operation::<2>(token)).unwrap().into_raw();
        // SAFETY: the operation is C's until it is completed below.
        unsafe { echo_ring_submit(ring.0, raw.as_ptr(), b'0' + token as u8, 0) };
    }
    ring.go();
    let mut tokens: Vec<_> = (0..3)
        .map(|_| {
            let c = NonNull::new(ring.wait()).unwrap();
            // SAFETY: C gives each address back once, of the type that was submitted.
            let done = complete::<2>(unsafe { InFlight::from_raw(c) }).unwrap();
            assert_eq!(done.chunks[0].bytes, [b'0' + done.token as u8; 8]);
            done.token
        })
        .collect();
    tokens.sort_unstable();
    assert_eq!(tokens, [1, 2, 3]);
}

#[test]
fn leaving_an_operation_to_c_is_no_leak() {
    let _alone = leaks();
    let before = leaked_operations();
    let raw = InFlight::new(operation::<2>(0)).unwrap().into_raw();
    // SAFETY: just made, and never given to C.
    let value = unsafe { InFlight::<Operation>::from_raw(raw).recall() };
    assert_eq!((value.token, leaked_operations()), (0, before));
}

#[test]
fn a_cancelled_operation_gives_its_value_back_without_results() {
    let ring = Ring::new();
    let mut value = with_reply(4);
    value.reply.as_mut().unwrap().extend_from_slice(b"ab").unwrap();
    let mut started = InFlight::new(value).unwrap();
    ring.submit(&mut started, b'x', 4);
    // SAFETY: the ring was not let go, so that the operation is still queued.
    let value = unsafe {
        assert_eq!(echo_ring_cancel(ring.0, started.start()), 0);
        started.recall()
    };
    assert_eq!((value.reply.unwrap().filled(), value.status), (&b"ab"[..], 0));
}

#[test]
fn an_operation_that_was_not_started_gives_its_value_back() {
    let made = InFlight::new(operation::<2>(5)).unwrap();
    assert_eq!(made.into_value().unwrap().token, 5);
}

#[test]
fn an_operation_that_was_started_does_not() {
    let mut started = InFlight::new(operation::<2>(5)).unwrap();
    started.start();
    let started = started.into_value().unwrap_err();
    // SAFETY: C was never given the address.
    assert_eq!(unsafe { started.recall() }.token, 5);
}

#[test]
fn an_operation_that_was_not_started_is_freed_when_dropped() {
    let _alone = leaks();
    let (before, alive) = (leaked_operations(), Rc::new(()));
    drop(InFlight::new(Operation { alive: Some(alive.clone()), ..operation::<2>(0) }).unwrap());
    assert_eq!((Rc::strong_count(&alive), leaked_operations()), (1, before));
}

#[test]
fn dropped_before_completion_an_operation_keeps_its_memory_and_is_counted() {
    let _alone = leaks();
    let (before, alive) = (leaked_operations(), Rc::new(()));
    let ring = Ring::new();
    let mut started = InFlight::new(Operation { alive: Some(alive.clone()), ..operation::<2>(4) }).unwrap();
    ring.submit(&mut started, b'd', 0);
    drop(started);
    // Whatever is allocated now must not be where C is about to write.
    let others: Vec<_> = (0..64).map(|_| Box::new(operation::<2>(0))).collect();
    ring.go();
    let op = ring.wait();
    // SAFETY: the memory was kept for good.
    let (status, first) = unsafe { ((*op).status, *(*(*op).nodes).data.cast::<[u8; 8]>()) };
    assert_eq!((status, &first), (3, b"dddddddd"));
    assert!(others.iter().all(|o| o.chunks[0].bytes == [0; 8] && o.status == 0));
    assert_eq!((Rc::strong_count(&alive), leaked_operations()), (2, before + 1));
}

#[derive(FfiPinned)]
struct Bytes(Vec<u8>);

/// A started operation that C never hears of.
fn lost() -> InFlight<Bytes> {
    let mut started = InFlight::new(Bytes(vec![0; 9])).unwrap();
    started.start();
    started
}

/// Set for a test that runs alone, in a process of its own.
const CHILD: &str = "PIN_FFI_TEST_ALONE";

/// How the test of this name ends in a process of its own, and what it says.
fn in_a_process_of_its_own(name: &str) -> (ExitStatus, String) {
    let output = child::alone(name).env(CHILD, name).output().unwrap();
    (output.status, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn in_a_debug_build_the_drop_reports_the_place_where_it_was_made() {
    const NAME: &str = "in_a_debug_build_the_drop_reports_the_place_where_it_was_made";
    let _alone = leaks();
    let mut started = InFlight::new(operation::<2>(0)).unwrap();
    let line = line!() - 1;
    started.start();
    if std::env::var_os(CHILD).is_some() {
        drop(started);
        return;
    }
    // SAFETY: C has never heard of it.
    let _ = unsafe { started.recall() };
    let (status, said) = in_a_process_of_its_own(NAME);
    assert!(status.success(), "{status}: {said}");
    let report = format!("{}:{line}:", file!());
    let reported = said.contains(&report) && said.contains("dropped before C had finished");
    assert_eq!(reported, cfg!(debug_assertions), "{said}");
}

#[test]
fn dropped_by_a_panic_it_does_not_panic_again() {
    let _alone = leaks();
    let before = leaked_operations();
    let panicked = panic::catch_unwind(|| {
        let _started = [lost(), lost()];
        panic!("on the way");
    });
    assert_eq!(*panicked.unwrap_err().downcast::<&str>().unwrap(), "on the way");
    assert_eq!(leaked_operations(), before + 2);
}

/// Drops what it holds when its thread ends, as an owner of operations would.
#[derive(Default)]
struct Held(RefCell<Vec<InFlight<Bytes>>>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(drop);
    }
}

thread_local! {
    static HELD: Held = const { Held(RefCell::new(Vec::new())) };
    static MADE_WITH_IT: Held = Held(RefCell::new(vec![lost(), lost()]));
    static OTHER: RefCell<Option<InFlight<Bytes>>> = const { RefCell::new(None) };
}

/// A panic in the destructor of a thread-local would abort the process.
#[test]
fn dropped_as_its_thread_ends_it_is_counted_and_the_process_goes_on() {
    let _alone = leaks();
    let before = leaked_operations();
    // Made before the thread-local and after it, with it, and by another thread.
    let here = lost();
    let thread = std::thread::spawn(move || {
        let first = lost();
        HELD.with(|held| held.0.borrow_mut().extend([first, lost(), here]));
        MADE_WITH_IT.with(|held| assert_eq!(held.0.borrow().len(), 2));
        OTHER.set(Some(lost()));
    });
    assert!(thread.join().is_ok());
    // And beside a panic of the thread's.
    let thread = std::thread::spawn(|| {
        OTHER.set(Some(lost()));
        let _unwound = lost();
        panic!("on purpose");
    });
    assert!(thread.join().is_err());
    assert_eq!(leaked_operations(), before + 8);
}

/// Also where nobody reads standard error.
#[test]
fn dropped_as_the_process_ends_it_leaves_the_exit_status() {
    const NAME: &str = "dropped_as_the_process_ends_it_leaves_the_exit_status";
    let _alone = leaks();
    if std::env::var_os(CHILD).is_some() {
        HELD.with(|held| held.0.borrow_mut().extend([lost(), lost()]));
        OTHER.set(Some(lost()));
        std::process::exit(7);
    }
    let (status, said) = in_a_process_of_its_own(NAME);
    assert_eq!(status.code(), Some(7), "{said}");
    let reports = said.matches("dropped before C had finished").count();
    assert_eq!(reports, if cfg!(debug_assertions) { 3 } else { 0 }, "{said}");
    let mut child = child::alone(NAME).env(CHILD, NAME).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(7));
}

#[test]
fn a_reply_longer_than_its_room_gives_the_value_back_with_an_error() {
    let ring = Ring::new();
    let mut started = InFlight::new(with_reply(4)).unwrap();
    ring.submit(&mut started, b'x', 5);
    ring.go();
    ring.wait();
    let refused = complete(started).unwrap_err();
    assert_eq!(refused.error.to_string(), "`Operation.reply`: C reported 5 in `reply_len`, and the buffer holds 4");
    assert_eq!(refused.value.reply.unwrap().filled(), b"");
}

#[test]
fn a_value_that_does_not_fit_comes_back_with_the_error() {
    #[derive(FfiPinned, Debug)]
    #[ffi(c = RunU8)]
    struct Short {
        #[ffi(ptr = data, len = len)]
        bytes: Vec<u8>,
    }

    let bytes = vec![1; 256];
    let at = bytes.as_ptr();
    let refused = InFlight::new(Short { bytes }).unwrap_err();
    assert_eq!((refused.error.reason(), refused.error.value(), refused.error.limit()), (Reason::TooLong, 256, 255));
    assert_eq!((refused.value.bytes.as_ptr(), refused.value.bytes.len()), (at, 256));
    let refused = InFlight::reading(refused.value).unwrap_err();
    assert_eq!(std::io::Error::from(refused).kind(), std::io::ErrorKind::InvalidInput);
}

#[test]
fn a_value_lent_for_reading_may_be_shared() {
    #[derive(FfiPinned)]
    #[ffi(c = RunU32)]
    struct Text {
        #[ffi(ptr = data, len = len)]
        text: &'static str,
    }

    let mut started: InFlight<_, Shared> = InFlight::reading(Text { text: "static" }).unwrap();
    // SAFETY: filled by the line above.
    let (at, len) = unsafe { ((*started.start()).data.cast_const().cast(), (*started.start()).len) };
    assert_eq!((at, len), ("static".as_ptr(), 6));
    // SAFETY: C was never given the address.
    assert_eq!(unsafe { started.complete(true) }.unwrap().text, "static");
}

#[cfg(target_os = "linux")]
mod aio {
    //! POSIX aio: the kernel or a thread of the C library writes after the call.

    use super::{FfiPinned, InFlight, Shared};
    use std::ffi::c_int;
    use std::fs::File;
    use std::io::{self, Read, Seek, Write};
    use std::os::fd::{AsRawFd, FromRawFd};

    #[derive(FfiPinned)]
    #[ffi(c = libc::aiocb)]
    struct Transfer<B> {
        #[ffi(set = aio_fildes)]
        fd: c_int,
        #[ffi(ptr = aio_buf, len = aio_nbytes)]
        bytes: B,
        #[ffi(set = aio_offset)]
        offset: u32,
        #[ffi(set = aio_lio_opcode)]
        opcode: c_int,
        #[ffi(set = aio_reqprio)]
        priority: c_int,
    }

    fn transfer<B>(file: &File, bytes: B, offset: u32, opcode: c_int) -> Transfer<B> {
        Transfer { fd: file.as_raw_fd(), bytes, offset, opcode, priority: 0 }
    }

    fn file_of(bytes: &[u8]) -> File {
        // SAFETY: a C string; the descriptor is ours.
        let mut file = unsafe {
            let fd = libc::memfd_create(c"aio".as_ptr(), 0);
            assert!(fd >= 0);
            File::from_raw_fd(fd)
        };
        file.write_all(bytes).unwrap();
        file
    }

    /// Waits until C is done with `c`; what it returned.
    fn wait(c: *mut libc::aiocb) -> io::Result<usize> {
        // SAFETY: `c` is the struct of an operation in flight.
        unsafe {
            while libc::aio_error(c) == libc::EINPROGRESS {
                libc::aio_suspend([c.cast_const()].as_ptr(), 1, std::ptr::null());
            }
            match libc::aio_error(c) {
                0 => Ok(libc::aio_return(c) as usize),
                error => Err(io::Error::from_raw_os_error(error)),
            }
        }
    }

    #[test]
    fn aio_read_fills_an_inline_buffer_from_a_file() {
        let file = file_of(b"0123456789");
        let mut started = InFlight::new(transfer(&file, [0_u8; 6], 2, 0)).unwrap();
        let c = started.start();
        // SAFETY: a filled struct that stays where it is until it is completed.
        assert_eq!(unsafe { libc::aio_read(c) }, 0);
        assert_eq!(wait(c).unwrap(), 6);
        // SAFETY: C is done with it.
        assert_eq!(&unsafe { started.complete(true) }.unwrap().bytes, b"234567");
    }

    #[test]
    fn aio_is_told_how_to_report_its_end() {
        #[derive(FfiPinned)]
        #[ffi(c = libc::aiocb)]
        struct Notifying {
            #[ffi(set = aio_fildes)]
            fd: c_int,
            #[ffi(ptr = aio_buf, len = aio_nbytes)]
            bytes: Vec<u8>,
            #[ffi(set = aio_sigevent.sigev_notify)]
            how: c_int,
            #[ffi(set = aio_sigevent.sigev_signo)]
            signal: c_int,
        }
        let file = file_of(b"0123456789");
        let value = Notifying { fd: file.as_raw_fd(), bytes: vec![0; 4], how: libc::SIGEV_NONE, signal: 5 };
        let mut started = InFlight::new(value).unwrap();
        let c = started.start();
        // SAFETY: a filled struct that stays where it is until it is completed.
        unsafe {
            assert_eq!(((*c).aio_sigevent.sigev_notify, (*c).aio_sigevent.sigev_signo), (libc::SIGEV_NONE, 5));
            assert_eq!(libc::aio_read(c), 0);
        }
        let result = wait(c);
        // SAFETY: C is done with it.
        assert_eq!(unsafe { started.complete(result.is_ok()) }.unwrap().bytes, b"0123");
    }

    #[test]
    fn aio_write_reads_a_string_that_nobody_may_change() {
        let mut file = file_of(b"..........");
        let mut started: InFlight<_, Shared> = InFlight::reading(transfer(&file, String::from("text"), 3, 0)).unwrap();
        let c = started.start();
        // SAFETY: a filled struct that stays where it is until it is completed.
        assert_eq!(unsafe { libc::aio_write(c) }, 0);
        assert_eq!(wait(c).unwrap(), 4);
        // SAFETY: C is done with it.
        assert_eq!(unsafe { started.complete(true) }.unwrap().bytes, "text");
        let mut all = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut all).unwrap();
        assert_eq!(all, "...text...");
    }

    #[test]
    fn lio_listio_starts_a_list_of_operations() {
        let file = file_of(b"0123456789abcdef");
        let mut started: Vec<_> =
            (0..4).map(|i| InFlight::new(transfer(&file, vec![0_u8; 4], 4 * i, libc::LIO_READ)).unwrap()).collect();
        let list: Vec<_> = started.iter_mut().map(InFlight::start).collect();
        // SAFETY: filled structs that stay where they are until they are completed; no signal is asked for.
        let ret = unsafe { libc::lio_listio(libc::LIO_WAIT, list.as_ptr(), 4, std::ptr::null_mut()) };
        assert_eq!(ret, 0);
        let mut all = Vec::new();
        for (done, c) in started.into_iter().zip(list) {
            assert_eq!(wait(c).unwrap(), 4);
            // SAFETY: C is done with it.
            all.extend(unsafe { done.complete(true) }.unwrap().bytes);
        }
        assert_eq!(all, b"0123456789abcdef");
    }

    #[test]
    #[cfg(target_env = "gnu")] // musl does not look at the priority
    fn what_aio_refuses_at_once_is_recalled() {
        let file = file_of(b"");
        let refused = Transfer { priority: -1, ..transfer(&file, vec![1_u8; 4], 0, 0) };
        let mut started = InFlight::new(refused).unwrap();
        // SAFETY: as above.
        assert_eq!(unsafe { libc::aio_read(started.start()) }, -1);
        assert_eq!(io::Error::last_os_error().raw_os_error(), Some(libc::EINVAL));
        // SAFETY: C did not take it.
        assert_eq!(unsafe { started.recall() }.bytes, [1; 4]);
    }

    #[test]
    fn what_aio_fails_at_later_is_completed() {
        let file = File::open("/dev/null").unwrap();
        let mut started = InFlight::new(transfer(&file, vec![1_u8; 4], 0, 0)).unwrap();
        let c = started.start();
        // SAFETY: as above.
        assert_eq!(unsafe { libc::aio_write(c) }, 0);
        assert_eq!(wait(c).unwrap_err().raw_os_error(), Some(libc::EBADF));
        // SAFETY: C is done with it.
        assert_eq!(unsafe { started.complete(false) }.unwrap().bytes, [1; 4]);
    }
}

#[cfg(unix)]
#[test]
fn of_an_operation_that_failed_nothing_is_taken() {
    use std::os::fd::AsRawFd;

    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    struct Received {
        #[ffi(ptr = msg_name, len = msg_namelen, inout)]
        from: pin_ffi::OutVec<u8>,
        #[ffi(array = msg_iov, len = msg_iovlen)]
        data: [Vec<u8>; 1],
        #[ffi(ptr = msg_control, len_bytes = msg_controllen, inout)]
        control: pin_ffi::OutVec<u64>,
        #[ffi(out = msg_flags)]
        flags: i32,
    }
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    let mut received = Received {
        from: pin_ffi::OutVec::with_capacity(128),
        data: [vec![0; 8]],
        control: pin_ffi::OutVec::with_capacity(8),
        flags: -1,
    };
    for succeeds in [false, true, false] {
        if succeeds {
            socket.send_to(b"text", socket.local_addr().unwrap()).unwrap();
        }
        let mut operation = InFlight::new(received).unwrap();
        // SAFETY: the operation's own struct; the call has finished with it when it returns.
        received = unsafe {
            let n = libc::recvmsg(socket.as_raw_fd(), operation.start(), 0);
            assert_eq!(n, if succeeds { 4 } else { -1 });
            operation.complete(n >= 0).unwrap()
        };
        if succeeds {
            assert_eq!((received.from.filled().len(), &received.data[0][..4]), (16, &b"text"[..]));
            received.from = pin_ffi::OutVec::with_capacity(128);
            received.flags = -1;
        }
        assert_eq!((received.from.filled(), received.control.filled(), received.flags), (&[][..], &[][..], -1));
    }
}

#[test]
fn an_owned_buffer_shows_what_the_operation_reported() {
    /// Fills `len` bytes of an answer at most, and says how many.
    #[repr(C)]
    struct answer {
        data: *mut u8,
        len: u32,
    }
    #[derive(FfiPinned)]
    #[ffi(c = answer)]
    struct Answer {
        #[ffi(ptr = data, len = len, inout)]
        data: pin_ffi::OutVec<u8>,
    }
    let mut operation = InFlight::new(Answer { data: pin_ffi::OutVec::with_capacity(16) }).unwrap();
    let c = operation.start();
    // SAFETY: the operation's own struct; C played by Rust, three bytes of at least 16.
    let answer = unsafe {
        assert!((*c).len >= 16);
        (*c).data.copy_from_nonoverlapping(b"yes".as_ptr(), 3);
        (*c).len = 3;
        operation.complete(true).unwrap()
    };
    assert_eq!(answer.data.into_vec(), b"yes");
}
