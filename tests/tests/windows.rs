//! Real calls of Windows: `WSABUF`, whose length comes first and is a `u32`, and `OVERLAPPED` operations that end later.
#![cfg(windows)]
#![allow(non_snake_case, clippy::upper_case_acronyms)] // the names are Windows' own

use pin_ffi::check::{self, verify};
use pin_ffi::{FfiChecked, FfiPinned, InFlight, Pinner, Reason, manual::Shared, pinned_ffi};
use std::ffi::c_void;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{AsRawHandle, AsRawSocket};
use std::panic::catch_unwind;
use std::ptr::null_mut;

type SOCKET = usize;
type HANDLE = *mut c_void;

#[derive(FfiChecked)]
#[repr(C)]
struct WSABUF {
    len: u32,
    #[ffi(len = len)]
    buf: *mut u8,
}

#[repr(C)]
struct OVERLAPPED {
    Internal: usize,
    InternalHigh: usize,
    Offset: u32,
    OffsetHigh: u32,
    hEvent: HANDLE,
}

// `unsafe`: what `overlapped` points at must stay until the operation has ended, which no word can say of a call.
#[pinned_ffi]
#[link(name = "ws2_32")]
unsafe extern "system" {
    #[ffi(err = minus_one)]
    fn WSASend(
        s: SOCKET,
        #[ffi(pin, len = n)] buffers: *const WSABUF,
        n: u32,
        #[ffi(out)] sent: *mut u32,
        flags: u32,
        overlapped: *mut OVERLAPPED,
        routine: *const c_void,
    ) -> i32;

    #[ffi(err = minus_one)]
    fn WSARecv(
        s: SOCKET,
        #[ffi(pin_mut, len = n)] buffers: *const WSABUF,
        n: u32,
        #[ffi(out)] received: *mut u32,
        #[ffi(inout)] flags: *mut u32,
        overlapped: *mut OVERLAPPED,
        routine: *const c_void,
    ) -> i32;
}

#[link(name = "ws2_32")]
unsafe extern "system" {
    #[link_name = "WSARecv"]
    fn start_receiving(
        s: SOCKET,
        buffers: *const WSABUF,
        n: u32,
        received: *mut u32,
        flags: *mut u32,
        overlapped: *mut OVERLAPPED,
        routine: *const c_void,
    ) -> i32;
    fn WSAGetOverlappedResult(
        s: SOCKET,
        overlapped: *mut OVERLAPPED,
        transferred: *mut u32,
        wait: i32,
        flags: *mut u32,
    ) -> i32;
}

unsafe extern "system" {
    fn ReadFile(file: HANDLE, buffer: *mut c_void, len: u32, read: *mut u32, overlapped: *mut OVERLAPPED) -> i32;
    fn WriteFile(file: HANDLE, buffer: *const c_void, len: u32, written: *mut u32, overlapped: *mut OVERLAPPED) -> i32;
    fn GetOverlappedResult(file: HANDLE, overlapped: *mut OVERLAPPED, transferred: *mut u32, wait: i32) -> i32;
    fn VirtualAlloc(address: *mut c_void, len: usize, kind: u32, protection: u32) -> *mut c_void;
}

const ERROR_IO_PENDING: i32 = 997;
const WSAENOTSOCK: i32 = 10038;

#[derive(FfiPinned)]
#[ffi(c = WSABUF)]
struct Part<'a> {
    #[ffi(ptr = buf, len = len, read_only)]
    bytes: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = WSABUF)]
struct Room<B: pin_ffi::Lend> {
    #[ffi(ptr = buf, len = len)]
    bytes: B,
}

fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let a = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (a, listener.accept().unwrap().0)
}

fn socket(stream: &TcpStream) -> SOCKET {
    SOCKET::try_from(stream.as_raw_socket()).unwrap()
}

#[test]
fn buffers_are_gathered_and_scattered_by_the_derive_and_the_attribute() {
    let (a, mut b) = connected();
    let (mut sent, mut received, mut flags) = (0, 0, 0);
    let parts = [Part { bytes: b"one " }, Part { bytes: b"" }, Part { bytes: b"message" }];
    // SAFETY: nothing is overlapped: it has ended when the call returns.
    unsafe { WSASend(socket(&a), &parts, &mut sent, 0, null_mut(), null_mut()) }.unwrap();
    assert_eq!(sent, 11);

    let mut rooms = [Room { bytes: vec![0; 4] }, Room { bytes: vec![0; 4] }];
    // SAFETY: as above.
    unsafe { WSARecv(socket(&b), &mut rooms, &mut received, &mut flags, null_mut(), null_mut()) }.unwrap();
    assert_eq!((received, &rooms[0].bytes[..], &rooms[1].bytes[..]), (8, &b"one "[..], &b"mess"[..]));
    let mut rest = [0; 3];
    b.read_exact(&mut rest).unwrap();
    assert_eq!(&rest, b"age");
}

#[test]
fn an_error_is_what_the_last_error_says() {
    let (mut sent, parts) = (0, [Part { bytes: b"x" }]);
    // SAFETY: as above.
    let error = unsafe { WSASend(SOCKET::MAX, &parts, &mut sent, 0, null_mut(), null_mut()) }.unwrap_err();
    assert_eq!(error.raw_os_error(), Some(WSAENOTSOCK));
}

#[test]
fn four_gib_and_five_do_not_become_five() {
    const LEN: usize = (1 << 32) + 5;
    let (reserve_and_commit, read_only) = (0x3000, 0x02);
    // SAFETY: new memory, zeroed, which is never given back.
    let start = unsafe { VirtualAlloc(null_mut(), LEN, reserve_and_commit, read_only) };
    if start.is_null() {
        println!("skipped: no memory of {LEN} bytes: {}", std::io::Error::last_os_error());
        return;
    }
    // SAFETY: as above.
    let memory: &'static [u8] = unsafe { std::slice::from_raw_parts(start.cast(), LEN) };
    let error = Part { bytes: memory }.with_pinned(|_| panic!("called")).unwrap_err();
    assert_eq!((error.reason(), error.value(), error.limit()), (Reason::TooLong, LEN as i128, u32::MAX.into()));
}

// ---- operations that end later ----

/// An operation on a file as programs have it: `OVERLAPPED` first, and what belongs to it behind.
#[repr(C)]
struct FileOperation {
    overlapped: OVERLAPPED,
    data: *mut c_void,
    len: u32,
}

#[derive(FfiPinned, Debug)]
#[ffi(c = FileOperation)]
struct Transfer {
    #[ffi(ptr = data, len = len)]
    bytes: Vec<u8>,
    #[ffi(set = overlapped.Offset)]
    offset: u32,
    #[ffi(out = overlapped.InternalHigh)]
    transferred: usize,
}

fn overlapped_file(name: &str) -> File {
    const FILE_FLAG_OVERLAPPED: u32 = 0x4000_0000;
    const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
    let path = std::env::temp_dir().join(format!("pin-ffi-{}-{name}", std::process::id()));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(true);
    options.custom_flags(FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE).open(path).unwrap()
}

/// Whether a call has started: done at once, or pending.
fn started(ok: i32) {
    let error = std::io::Error::last_os_error();
    assert!(ok != 0 || error.raw_os_error() == Some(ERROR_IO_PENDING), "{error}");
}

/// Waits for the end of an operation.
fn ended(file: &File, c: *mut FileOperation) -> u32 {
    let mut n = 0;
    // SAFETY: `c` begins with the `OVERLAPPED` of an operation that was started on this file.
    let ok = unsafe { GetOverlappedResult(file.as_raw_handle().cast(), c.cast(), &raw mut n, 1) };
    assert_ne!(ok, 0, "{}", std::io::Error::last_os_error());
    n
}

#[test]
fn a_file_is_written_and_read_by_operations_in_flight() {
    let file = overlapped_file("overlapped");
    let handle: HANDLE = file.as_raw_handle().cast();

    let text = b"written while the value is out of reach".to_vec();
    let address = text.as_ptr();
    let mut write = InFlight::reading(Transfer { bytes: text, offset: 100, transferred: 0 }).unwrap();
    let c = write.start();
    // SAFETY: the cell's struct is filled, and stays until the operation is completed.
    started(unsafe { WriteFile(handle, (*c).data, (*c).len, null_mut(), c.cast()) });
    assert_eq!(ended(&file, c), 39);
    // SAFETY: it has ended.
    let written: Transfer = unsafe { write.complete(true) }.unwrap();
    assert_eq!(written.bytes.as_ptr(), address, "nothing was copied");

    let mut read = InFlight::new(Transfer { bytes: vec![0; 64], offset: 108, transferred: 0 }).unwrap();
    let c = read.start();
    // SAFETY: as above.
    started(unsafe { ReadFile(handle, (*c).data, (*c).len, null_mut(), c.cast()) });
    assert_eq!(ended(&file, c), 31);
    assert_eq!(read.as_ptr(), c.cast_const(), "the operation is known by its address");
    // SAFETY: it has ended.
    let read = unsafe { read.complete(true) }.unwrap();
    assert_eq!((read.transferred, &read.bytes[..31]), (31, &b"while the value is out of reach"[..]));
}

/// An overlapped receive: an array of `WSABUF` that must stay as long as what they point at.
#[repr(C)]
struct SocketOperation {
    overlapped: OVERLAPPED,
    buffers: *mut WSABUF,
    n: u32,
    flags: u32,
}

#[derive(FfiPinned, Debug)]
#[ffi(c = SocketOperation)]
struct Receive {
    #[ffi(array = buffers, len = n)]
    rooms: [Inline; 2],
    #[ffi(out = flags)]
    flags: u32,
}

#[derive(FfiPinned, Debug)]
#[ffi(c = WSABUF)]
struct Inline {
    #[ffi(ptr = buf, len = len)]
    bytes: [u8; 4],
}

#[test]
fn a_receive_in_flight_ends_when_something_comes() {
    let (mut a, b) = connected();
    let rooms = [Inline { bytes: [0; 4] }, Inline { bytes: [0; 4] }];
    let mut receive = InFlight::new(Receive { rooms, flags: 7 }).unwrap();
    let c = receive.start();
    // SAFETY: the cell's structs and buffers stay until the operation is completed.
    let result = unsafe {
        (*c).flags = 0;
        start_receiving(socket(&b), (*c).buffers, (*c).n, null_mut(), &raw mut (*c).flags, c.cast(), null_mut())
    };
    started(i32::from(result == 0));
    // It moves; what Windows writes to does not.
    let moved = Box::new(receive);
    a.write_all(b"in time").unwrap();
    let mut n = 0;
    // SAFETY: the operation that was started on this socket.
    let ok = unsafe { WSAGetOverlappedResult(socket(&b), c.cast(), &raw mut n, 1, &raw mut (*c).flags) };
    assert_ne!(ok, 0, "{}", std::io::Error::last_os_error());
    // SAFETY: it has ended.
    let received = unsafe { moved.complete(true) }.unwrap();
    assert_eq!((n, received.flags), (7, 0));
    assert_eq!((&received.rooms[0].bytes, &received.rooms[1].bytes[..3]), (b"in t", &b"ime"[..]));
}

#[test]
fn an_operation_dropped_in_flight_keeps_its_memory() {
    let before = pin_ffi::stats::leaked_operations();
    let mut operation: InFlight<Transfer, Shared> =
        InFlight::reading(Transfer { bytes: vec![5; 9], offset: 0, transferred: 0 }).unwrap();
    let c = operation.start();
    drop(operation);
    assert_eq!(pin_ffi::stats::leaked_operations(), before + 1);
    // SAFETY: kept for good.
    assert_eq!(unsafe { std::slice::from_raw_parts((*c).data.cast::<u8>(), (*c).len as usize) }, [5; 9]);
}

// ---- pins, and what checks them ----

#[test]
fn a_pinned_buffer_is_received_into_by_hand() {
    let (mut a, b) = connected();
    let mut memory = vec![0_u8; 8];
    {
        let pinner = Pinner::new();
        let pin = pinner.pin_mut(&mut memory);
        let buffer = WSABUF { len: pin.len() as u32, buf: pin.as_mut_ptr() };
        // SAFETY: what `buf` leads to is bytes.
        unsafe { check::verify_mut(&buffer) };
        a.write_all(b"by hand").unwrap();
        let (mut n, mut flags) = (0, 0);
        // SAFETY: pinned for writing, and nothing is overlapped.
        let result = unsafe {
            start_receiving(socket(&b), &raw const buffer, 1, &raw mut n, &raw mut flags, null_mut(), null_mut())
        };
        assert_eq!((result, n), (0, 7));
    }
    assert_eq!(&memory, b"by hand\0");
}

#[test]
#[cfg(any(debug_assertions, feature = "check"))]
fn a_buffer_that_is_not_pinned_is_found() {
    let (pinned, forgotten) = (vec![1_u8; 16], vec![2_u8; 16]);
    pin_ffi::scope(|s| {
        let pin = s.pin(&pinned);
        let buffers =
            [WSABUF { len: 16, buf: pin.as_ptr().cast_mut() }, WSABUF { len: 16, buf: forgotten.as_ptr().cast_mut() }];
        // SAFETY: whatever is pinned is memory.
        let panic = catch_unwind(|| unsafe { verify(&buffers[..]) }).unwrap_err();
        let text = panic.downcast_ref::<String>().unwrap();
        assert!(text.contains("`WSABUF[1].buf`"), "{text}");
    });
}
