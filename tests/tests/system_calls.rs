//! Real system calls through the derive and the attribute: the words against the kernel's own idea of the structs.

use pin_ffi::{FfiPinned, OutBuf, Plain, Spare, calls, pinned_ffi};
use std::ffi::{CStr, OsStr, c_char, c_int, c_uint, c_ulong, c_void};
use std::fs::File;
use std::io::{self, IoSliceMut, Seek, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{UnixDatagram, UnixStream};

/// An anonymous file with these bytes, at its start.
fn file_of(bytes: &[u8]) -> File {
    // SAFETY: a C string; the descriptor is ours.
    let mut file = unsafe {
        let fd = libc::memfd_create(c"test".as_ptr(), 0);
        assert!(fd >= 0);
        File::from_raw_fd(fd)
    };
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

// ---- readv and its kin ----

#[derive(FfiPinned)]
struct Record<'a> {
    header: [u8; 4],
    body: &'a mut [u8],
    trailer: Vec<u8>,
}

#[test]
fn readv_fills_a_struct_from_a_file_and_writev_writes_it() {
    let (file, copy) = (file_of(b"headbodytrail"), file_of(b""));
    let mut body = [0; 4];
    let mut record = Record { header: [0; 4], body: &mut body, trailer: vec![0; 8] };
    assert_eq!(calls::readv(file.as_fd(), &mut record).unwrap(), 13);
    assert_eq!((&record.header, &record.body[..], &record.trailer[..]), (b"head", &b"body"[..], &b"trail\0\0\0"[..]));
    record.trailer.truncate(5);
    assert_eq!(calls::writev(copy.as_fd(), &record).unwrap(), 13);
    let mut written = [0; 13];
    calls::preadv(copy.as_fd(), &mut [&mut written[..]], 0).unwrap();
    assert_eq!(&written, b"headbodytrail");
}

#[test]
fn preadv_and_pwritev_take_an_offset() {
    let file = file_of(b"0123456789");
    let (mut a, mut b) = ([0; 2], [0; 3]);
    assert_eq!(calls::preadv(file.as_fd(), &mut [&mut a[..], &mut b[..]], 4).unwrap(), 5);
    assert_eq!((&a, &b), (b"45", b"678"));
    assert_eq!(calls::pwritev(file.as_fd(), &[&b"x"[..], &b"yz"[..]], 1).unwrap(), 3);
    assert_eq!(calls::preadv(file.as_fd(), &mut [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)], 0).unwrap(), 5);
    assert_eq!((&a, &b), (b"0x", b"yz4"));
}

#[test]
fn a_thousand_buffers_are_one_call_and_one_more_is_the_kernels_error() {
    let mut memory = vec![[0_u8; 1]; 1025];
    let mut buffers: Vec<_> = memory.iter_mut().map(|m| &mut m[..]).collect();
    let file = file_of(&[7; 2000]);
    assert_eq!(calls::readv(file.as_fd(), &mut buffers[..1024]).unwrap(), 1024);
    assert_eq!(calls::readv(file.as_fd(), &mut buffers[..]).unwrap_err().raw_os_error(), Some(libc::EINVAL));
    assert_eq!(memory.iter().filter(|m| m[0] == 7).count(), 1024);
}

#[test]
fn read_and_write_fill_what_they_are_lent() {
    let mut file = file_of(b"");
    assert_eq!(calls::write(file.as_fd(), b"some text").unwrap(), 9);
    file.rewind().unwrap();
    let mut text = Vec::with_capacity(32);
    assert_eq!(calls::read(file.as_fd(), Spare::new(&mut text)).unwrap(), 9);
    assert_eq!(text, b"some text");
    let closed = calls::write(File::open("/dev/null").unwrap().as_fd(), b"x").unwrap_err();
    assert_eq!(closed.raw_os_error(), Some(libc::EBADF));
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Part<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

#[pinned_ffi]
unsafe extern "C" {
    /// The remote side is not our memory: its addresses stay as they are, and the function `unsafe`.
    #[ffi(err = minus_one)]
    fn process_vm_readv(
        pid: libc::pid_t,
        #[ffi(pin_mut, len = n)] local: *const libc::iovec,
        n: c_ulong,
        remote: *const libc::iovec,
        remotes: c_ulong,
        flags: c_ulong,
    ) -> isize;
}

#[test]
fn process_vm_readv_fills_local_buffers_from_another_address() {
    let there = *b"in this process";
    let remote = libc::iovec { iov_base: there.as_ptr().cast_mut().cast(), iov_len: there.len() };
    let (mut a, mut b) = ([0; 8], [0; 16]);
    let mut local = [Part { bytes: &mut a }, Part { bytes: &mut b }];
    // SAFETY: the remote side is a live array of this process, which C only reads.
    let read = unsafe { process_vm_readv(libc::getpid(), &mut local, &raw const remote, 1, 0) };
    match read {
        Ok(n) => assert_eq!((n, &a, &b[..7]), (15, b"in this ", &b"process"[..])),
        // Emulators do not have it.
        Err(error) => assert_eq!(error.raw_os_error(), Some(libc::ENOSYS)),
    }
}

// ---- messages ----

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Received<'a> {
    #[ffi(ptr = msg_name, len = msg_namelen, inout)]
    from: Option<OutBuf<'a, u8>>,
    #[ffi(array = msg_iov, len = msg_iovlen)]
    parts: &'a mut [Part<'a>],
    #[ffi(ptr = msg_control, len = msg_controllen, inout)]
    control: OutBuf<'a, u8>,
    #[ffi(out = msg_flags)]
    flags: c_int,
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Sent<'a> {
    #[ffi(array = msg_iov, len = msg_iovlen)]
    parts: &'a [&'a [u8]],
    #[ffi(ptr = msg_control, len = msg_controllen, null_if_empty)]
    control: &'a [usize],
}

/// One control message that passes a descriptor, in words so that it is aligned.
fn rights(fd: BorrowedFd) -> Vec<usize> {
    // SAFETY: sums of sizes.
    let (len, space) = unsafe { (libc::CMSG_LEN(4), libc::CMSG_SPACE(4)) };
    let mut words = vec![0; space as usize / size_of::<usize>()];
    let header = words.as_mut_ptr().cast::<libc::cmsghdr>();
    // SAFETY: there is room for a header and for four bytes of data behind it.
    unsafe {
        (*header).cmsg_len = len as _;
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        libc::CMSG_DATA(header).cast::<c_int>().write_unaligned(fd.as_raw_fd());
    }
    words
}

#[test]
fn a_message_passes_a_descriptor() {
    // `len` counts words here, and C wants bytes.
    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    struct WithRights<'a> {
        #[ffi(array = msg_iov, len = msg_iovlen)]
        parts: &'a [&'a [u8]],
        #[ffi(ptr = msg_control, len_bytes = msg_controllen)]
        control: &'a [usize],
    }

    let (a, b) = UnixStream::pair().unwrap();
    let file = file_of(b"passed");
    let control = rights(file.as_fd());
    let sent = WithRights { parts: &[b"one ", b"file"], control: &control };
    // SAFETY: the control messages name a descriptor of ours.
    unsafe { calls::sendmsg_with_control(a.as_fd(), &sent, 0) }.unwrap();

    let (mut x, mut y, mut control) = ([0; 4], [0; 8], [MaybeUninit::uninit(); 64]);
    let mut parts = [Part { bytes: &mut x }, Part { bytes: &mut y }];
    let mut received = Received { from: None, parts: &mut parts, control: OutBuf::uninit(&mut control), flags: -1 };
    // SAFETY: the descriptor that comes is taken below, once.
    assert_eq!(unsafe { calls::recvmsg_with_control(b.as_fd(), &mut received, 0) }.unwrap(), 8);
    let control = received.control.filled();
    // SAFETY: sums of sizes.
    let (header, space) = unsafe { (libc::CMSG_LEN(0) as usize, libc::CMSG_SPACE(4) as usize) };
    assert_eq!((received.flags, control.len()), (0, space));
    let fd = c_int::from_ne_bytes(control[header..header + 4].try_into().unwrap());
    // SAFETY: a descriptor that was just received.
    let passed = File::from(unsafe { OwnedFd::from_raw_fd(fd) });
    assert_ne!(passed.as_raw_fd(), file.as_raw_fd());
    let mut text = [0; 6];
    calls::preadv(passed.as_fd(), &mut [&mut text[..]], 0).unwrap();
    assert_eq!((&text, &x, &y[..4]), (b"passed", b"one ", &b"file"[..]));
}

#[test]
fn a_message_says_where_it_came_from_and_what_was_cut_off() {
    let (a, b) = (UnixDatagram::unbound().unwrap(), UnixDatagram::unbound().unwrap());
    let name = format!("pin-ffi-{}", std::process::id());
    let address = |end| {
        use std::os::linux::net::SocketAddrExt;
        std::os::unix::net::SocketAddr::from_abstract_name(format!("{name}-{end}")).unwrap()
    };
    let (a, b) = {
        drop((a, b));
        (UnixDatagram::bind_addr(&address("a")).unwrap(), UnixDatagram::bind_addr(&address("b")).unwrap())
    };
    a.send_to_addr(b"too long", &address("b")).unwrap();
    let (mut memory, mut from, mut control) = ([0; 3], [MaybeUninit::uninit(); 128], [MaybeUninit::uninit(); 64]);
    let mut parts = [Part { bytes: &mut memory }];
    let mut received = Received {
        from: Some(OutBuf::uninit(&mut from)),
        parts: &mut parts,
        control: OutBuf::uninit(&mut control),
        flags: 0,
    };
    // SAFETY: no descriptor comes.
    assert_eq!(unsafe { calls::recvmsg_with_control(b.as_fd(), &mut received, 0) }.unwrap(), 3);
    assert_eq!((received.flags & libc::MSG_TRUNC, received.control.filled().len()), (libc::MSG_TRUNC, 0));
    assert!(received.from.unwrap().filled().ends_with(format!("{name}-a").as_bytes()));
}

#[test]
fn a_full_vector_is_not_taken_for_the_end_of_a_file() {
    let (a, b) = UnixStream::pair().unwrap();
    calls::write(a.as_fd(), &[7; 100]).unwrap();
    drop(a);
    let mut vec = Vec::with_capacity(64);
    let room = vec.capacity();
    assert_eq!(calls::read(b.as_fd(), Spare::new(&mut vec)).unwrap(), room);
    let error = calls::read(b.as_fd(), Spare::new(&mut vec)).unwrap_err();
    assert_eq!((error.kind(), vec.len()), (io::ErrorKind::InvalidInput, room));
    assert_eq!(error.to_string(), "`read.buf`: 0 is fewer than the 1 that `n` needs");
    vec.reserve(100);
    assert_eq!(calls::read(b.as_fd(), Spare::new(&mut vec)).unwrap(), 100 - room);
    assert_eq!(calls::read(b.as_fd(), Spare::new(&mut vec)).unwrap(), 0, "the end");
}

#[test]
fn empty_names_and_control_messages_are_null() {
    use pin_ffi::FfiPinnedMut as _;

    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    struct Empty<'a> {
        #[ffi(ptr = msg_name, len = msg_namelen)]
        name: &'a mut [u8],
        #[ffi(ptr = msg_control, len_bytes = msg_controllen, inout)]
        control: OutBuf<'a, usize>,
    }
    fn seen(c: &pin_ffi::manual::LentStruct<'_, libc::msghdr>) -> (bool, libc::socklen_t, bool, usize) {
        // SAFETY: filled while the closure runs.
        let c = unsafe { c.as_ref() };
        (c.msg_name.is_null(), c.msg_namelen, c.msg_control.is_null(), c.msg_controllen as _)
    }
    let mut empty = Empty { name: &mut [], control: OutBuf::new(&mut []) };
    assert_eq!(empty.with_pinned(|c| seen(&c)).unwrap(), (true, 0, true, 0));
    assert_eq!(empty.with_pinned_mut(|c| seen(&c)).unwrap(), (true, 0, true, 0));
    let (mut name, mut control) = ([1], [1]);
    let mut there = Empty { name: &mut name, control: OutBuf::new(&mut control) };
    assert_eq!(there.with_pinned_mut(|c| seen(&c)).unwrap(), (false, 1, false, size_of::<usize>()));
}

#[test]
fn empty_control_data_is_passed_as_null_if_that_is_said() {
    let (a, b) = UnixDatagram::pair().unwrap();
    let sent = Sent { parts: &[b"no ", b"control"], control: &[] };
    // SAFETY: there are no control messages.
    assert_eq!(unsafe { calls::sendmsg_with_control(a.as_fd(), &sent, 0) }.unwrap(), 10);
    let mut text = [0; 16];
    assert_eq!(b.recv(&mut text).unwrap(), 10);
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[derive(FfiPinned)]
#[ffi(c = libc::mmsghdr)]
struct Several<'a> {
    #[ffi(inline = msg_hdr)]
    message: Received<'a>,
    #[ffi(out = msg_len)]
    len: usize,
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[test]
fn recvmmsg_fills_several_messages() {
    let (a, b) = UnixDatagram::pair().unwrap();
    a.send(b"one").unwrap();
    a.send(b"three").unwrap();
    let (mut x, mut y, mut cx, mut cy) = ([0; 8], [0; 8], [0; 8], [0; 8]);
    let (mut px, mut py) = ([Part { bytes: &mut x }], [Part { bytes: &mut y }]);
    let mut several = [
        Several { message: Received { from: None, parts: &mut px, control: OutBuf::new(&mut cx), flags: 0 }, len: 0 },
        Several { message: Received { from: None, parts: &mut py, control: OutBuf::new(&mut cy), flags: 0 }, len: 0 },
    ];
    // SAFETY: no descriptor comes.
    let came = unsafe { calls::recvmmsg_with_control(b.as_fd(), &mut several, libc::MSG_DONTWAIT, None) };
    assert_eq!(came.unwrap(), 2);
    assert_eq!((several[0].len, several[1].len), (3, 5));
    assert_eq!((&x[..3], &y[..5]), (&b"one"[..], &b"three"[..]));
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[test]
fn recvmmsg_shows_nothing_of_messages_that_did_not_come() {
    let (a, b) = UnixDatagram::pair().unwrap();
    a.send(b"one").unwrap();
    let (mut x, mut y, mut cx) = ([0; 8], [0; 8], [0; 8]);
    let mut cy = [MaybeUninit::uninit(); 8];
    let (mut px, mut py) = ([Part { bytes: &mut x }], [Part { bytes: &mut y }]);
    let mut several = [
        Several { message: Received { from: None, parts: &mut px, control: OutBuf::new(&mut cx), flags: 0 }, len: 0 },
        Several {
            message: Received { from: None, parts: &mut py, control: OutBuf::uninit(&mut cy), flags: 0 },
            len: 0,
        },
    ];
    // SAFETY: no descriptor comes.
    let came = unsafe { calls::recvmmsg_with_control(b.as_fd(), &mut several, libc::MSG_DONTWAIT, None) };
    assert_eq!(came.unwrap(), 1);
    assert_eq!(several[1].message.control.filled().len(), 0, "nobody wrote there");
}

// ---- structs of options and requests ----

#[derive(FfiPinned)]
#[ffi(c = libc::sock_fprog)]
struct Filter<'a> {
    #[ffi(ptr = filter, len = len, read_only)]
    instructions: &'a [libc::sock_filter],
}

#[pinned_ffi]
fn attach(socket: BorrowedFd<'_>, #[ffi(pin)] filter: &Filter<'_>) -> io::Result<()> {
    // SAFETY: the option's value is the filled `sock_fprog`, and that is its size.
    let ret = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_ATTACH_FILTER,
            filter.as_ptr().cast(),
            size_of::<libc::sock_fprog>() as libc::socklen_t,
        )
    };
    if ret == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[test]
fn a_socket_filter_is_attached_by_its_count_of_instructions() {
    let (a, b) = UnixDatagram::pair().unwrap();
    // Passes what begins with `y`: load the first byte, compare, accept all or nothing.
    let load = libc::sock_filter { code: 0x30, jt: 0, jf: 0, k: 0 };
    let compare = libc::sock_filter { code: 0x15, jt: 0, jf: 1, k: b'y'.into() };
    let accept = libc::sock_filter { code: 0x06, jt: 0, jf: 0, k: u32::MAX };
    let refuse = libc::sock_filter { code: 0x06, jt: 0, jf: 0, k: 0 };
    attach(b.as_fd(), &Filter { instructions: &[load, compare, accept, refuse] }).unwrap();
    b.set_nonblocking(true).unwrap();
    let _ = a.send(b"no");
    a.send(b"yes").unwrap();
    let mut text = [0; 8];
    assert_eq!(b.recv(&mut text).unwrap(), 3);
    assert_eq!(&text[..3], b"yes");
}

#[derive(FfiPinned)]
#[ffi(c = libc::ifconf)]
struct Interfaces<'a> {
    #[ffi(ptr = ifc_ifcu.ifcu_buf, len_bytes = ifc_len, inout)]
    entries: OutBuf<'a, Interface>,
}

/// `struct ifreq` of an IPv4 address.
#[derive(Plain, Clone, Copy)]
#[repr(C)]
struct Interface {
    name: [u8; 16],
    address: libc::sockaddr_in,
    rest: [u64; (size_of::<libc::ifreq>() - 32) / 8],
}

#[pinned_ffi]
fn interfaces(socket: BorrowedFd<'_>, #[ffi(pin_mut)] list: &mut Interfaces<'_>) -> io::Result<()> {
    // SAFETY: the request fills the `ifconf`'s buffer and says how many bytes it wrote.
    let ret = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCGIFCONF as _, list.as_mut_ptr()) };
    if ret == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[test]
fn siocgifconf_lists_interfaces_in_bytes_of_whole_entries() {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut memory = [MaybeUninit::uninit(); 64];
    let mut list = Interfaces { entries: OutBuf::uninit(&mut memory) };
    interfaces(socket.as_fd(), &mut list).unwrap();
    let loopback = list.entries.filled().iter().find(|i| i.name.starts_with(b"lo\0")).expect("an interface `lo`");
    assert_eq!(loopback.address.sin_addr.s_addr, u32::from_ne_bytes([127, 0, 0, 1]));
}

// ---- plain arrays, out buffers, counts as result ----

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one)]
    safe fn poll(#[ffi(inout, len = n)] fds: *mut libc::pollfd, n: libc::nfds_t, timeout: c_int) -> c_int;

    #[ffi(err = minus_one)]
    safe fn getgroups(n: c_int, #[ffi(out, len = n, filled = ret)] list: *mut libc::gid_t) -> c_int;

    #[ffi(err = null)]
    safe fn getcwd(#[ffi(inout, len = n)] buf: *mut c_char, n: usize) -> *mut c_char;

    #[ffi(err = minus_one)]
    safe fn getrandom(#[ffi(out, len = n, filled = ret)] buf: *mut c_void, n: usize, flags: c_uint) -> isize;

    #[ffi(err = nonzero)]
    safe fn getsockname(
        #[ffi(fd)] socket: c_int,
        #[ffi(out, len = *n, filled = *n)] address: *mut c_void,
        n: *mut libc::socklen_t,
    ) -> c_int;

    /// Not safe: on TCP with `MSG_TRUNC` it counts what it throws away.
    #[ffi(err = minus_one)]
    fn recv(
        #[ffi(fd)] socket: c_int,
        #[ffi(out, len = n, filled = ret)] buf: *mut c_void,
        n: usize,
        flags: c_int,
    ) -> isize;

    /// Sorts; the comparison's data is ours.
    fn qsort_r(
        #[ffi(inout = i32, len = n)] base: *mut c_void,
        n: usize,
        size: usize,
        compare: unsafe extern "C" fn(*const c_void, *const c_void, *mut c_void) -> c_int,
        data: *mut c_void,
    );
}

#[test]
fn poll_says_which_descriptors_are_ready() {
    let (a, b) = UnixStream::pair().unwrap();
    let fd = |s: &UnixStream| libc::pollfd { fd: s.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let mut fds = [fd(&a), fd(&b)];
    assert_eq!(poll(&mut fds, 0).unwrap(), 0);
    (&a).write_all(b"x").unwrap();
    assert_eq!(poll(&mut fds, 1000).unwrap(), 1);
    assert_eq!((fds[0].revents, fds[1].revents), (0, libc::POLLIN));
}

#[test]
fn getgroups_fills_elements_and_tells_their_number() {
    // SAFETY: asks for the number alone.
    let n = unsafe { libc::getgroups(0, std::ptr::null_mut()) } as usize;
    let mut groups = vec![MaybeUninit::uninit(); n + 3];
    let (filled, rest) = getgroups(&mut groups[..]).unwrap();
    assert_eq!((filled.len(), rest.len()), (n, 3));
}

#[test]
fn readlink_gives_the_target() {
    let mut target = [MaybeUninit::uninit(); 4096];
    let (filled, _) = calls::readlink(c"/proc/self/exe", &mut target).unwrap();
    assert_eq!(OsStr::from_bytes(filled), std::env::current_exe().unwrap());
    let error = calls::readlink(c"/", &mut [0; 16]).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
}

#[test]
fn getcwd_is_a_string_in_the_buffer() {
    let mut buf = [0; 4096];
    getcwd(&mut buf).unwrap();
    let cwd = CStr::from_bytes_until_nul(&buf).unwrap();
    assert_eq!(OsStr::from_bytes(cwd.to_bytes()), std::env::current_dir().unwrap());
    assert_eq!(getcwd(&mut [0; 1]).unwrap_err().raw_os_error(), Some(libc::ERANGE));
}

#[test]
fn getrandom_fills_spare_capacity() {
    let mut bytes = Vec::with_capacity(64);
    assert_eq!(getrandom(Spare::new(&mut bytes), 0).unwrap(), 64);
    assert!(bytes.iter().any(|b| *b != bytes[0]));
}

#[test]
fn getsockname_fills_as_much_of_an_address_as_there_is() {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut address = [MaybeUninit::uninit(); 128];
    let (filled, _) = getsockname(socket.as_fd(), &mut address).unwrap();
    assert_eq!(filled.len(), size_of::<libc::sockaddr_in>());
    assert_eq!(u16::from_be_bytes([filled[2], filled[3]]), socket.local_addr().unwrap().port());
}

#[test]
fn a_longer_address_than_fits_is_an_error_and_not_a_longer_slice() {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let error = getsockname(socket.as_fd(), &mut [0; 4]).unwrap_err();
    assert_eq!(error.to_string(), "`getsockname.address`: C reported 16 in `n`, and the buffer holds 4");
}

#[test]
fn a_truncated_datagrams_real_length_is_an_error_and_not_a_longer_slice() {
    let (a, b) = UnixDatagram::pair().unwrap();
    a.send(b"eight...").unwrap();
    // SAFETY: initialised memory, whatever C counts.
    let error = unsafe { recv(b.as_fd(), &mut [0; 4], libc::MSG_TRUNC) }.unwrap_err();
    assert_eq!(error.to_string(), "`recv.buf`: C reported 8 in `the returned value`, and the buffer holds 4");
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
}

#[pinned_ffi(panic = 0)]
extern "C" fn compare(
    #[ffi(in = i32)] a: *const c_void,
    #[ffi(in = i32)] b: *const c_void,
    #[ffi(userdata = usize)] calls: *mut c_void,
) -> c_int {
    *calls += 1;
    a.cmp(b) as c_int
}

#[test]
fn qsort_r_sorts_with_a_comparison_of_ours() {
    let mut numbers = [5, -1, 3, 3, 100, 0];
    let mut calls = 0_usize;
    // SAFETY: elements of 4 bytes, and a comparison of such.
    unsafe { qsort_r(&mut numbers, 4, compare, (&raw mut calls).cast()) };
    assert_eq!(numbers, [-1, 0, 3, 3, 5, 100]);
    assert!(calls >= 5);
}

#[test]
fn one_value_serves_recvmsg_again_and_again() {
    let (a, b) = UnixDatagram::pair().unwrap();
    let (mut memory, mut control) = ([0; 8], [0; 32]);
    let mut parts = [Part { bytes: &mut memory }];
    let mut received = Received { from: None, parts: &mut parts, control: OutBuf::new(&mut control), flags: 0 };
    for text in [&b"2"[..], b"second", b"3rd"] {
        a.send(text).unwrap();
        // SAFETY: no descriptor comes.
        assert_eq!(unsafe { calls::recvmsg_with_control(b.as_fd(), &mut received, 0) }.unwrap(), text.len());
    }
}

#[test]
fn s28_a_call_that_a_signal_interrupts_is_made_once() {
    extern "C" fn nothing(_: libc::c_int) {}

    let (mut input, output) = UnixStream::pair().unwrap();
    // SAFETY: a handler that does nothing, without `SA_RESTART`; no other test uses the signal.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = nothing as extern "C" fn(libc::c_int) as libc::sighandler_t;
        assert_eq!(libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()), 0);
    }
    // SAFETY: this thread. A number: musl's is an address.
    let reader = unsafe { libc::pthread_self() } as usize;
    let returned = std::sync::atomic::AtomicBool::new(false);
    let read = std::thread::scope(|threads| {
        threads.spawn(|| {
            // As often as it takes to meet the call; then the byte lets one that is made again return.
            for _ in 0..20 {
                std::thread::sleep(std::time::Duration::from_millis(20));
                if returned.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
                // SAFETY: the thread waits for this one.
                unsafe { libc::pthread_kill(reader as libc::pthread_t, libc::SIGUSR1) };
            }
            input.write_all(b"x").unwrap();
        });
        let read = calls::read(output.as_fd(), &mut [0; 4]);
        returned.store(true, std::sync::atomic::Ordering::Relaxed);
        read
    });
    assert_eq!(read.unwrap_err().kind(), io::ErrorKind::Interrupted);
}
