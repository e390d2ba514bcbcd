//! Typed control messages against the kernel, the macros of cmsg(3) in C, and C that lies about lengths.
#![cfg(target_os = "linux")]

use pin_ffi::calls::control::{self, Address, ControlMessage, Credentials, Incoming, Malformed, Outgoing};
#[cfg(target_pointer_width = "64")]
use pin_ffi::calls::control::{Ipv4PacketInfo, Ipv6PacketInfo};
use pin_ffi_tests::counting::{Counting, allocations};
use pin_ffi_tests::machine::emulator;
use std::ffi::c_int;
use std::io::{self, Read};
use std::mem;
use std::net::UdpSocket;
#[cfg(target_pointer_width = "64")]
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::time::Duration;

#[global_allocator]
static COUNTING: Counting = Counting;

unsafe extern "C" {
    fn echo_control_message(buffer: *mut u8, at: usize, len: usize, level: c_int, kind: c_int, data: c_int) -> usize;
    fn echo_control_sum(message: *mut libc::msghdr, level: c_int, kind: c_int, messages: c_int) -> libc::c_long;
}

const HEADER: usize = control::space_of(0);

/// A stream to wait on, and its other end: the first reaches its end when all copies of the second are closed.
fn given_away() -> (UnixStream, UnixStream) {
    let (kept, given) = UnixStream::pair().unwrap();
    kept.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    (kept, given)
}

fn is_at_its_end(mut kept: &UnixStream) -> bool {
    kept.set_nonblocking(true).unwrap();
    matches!(kept.read(&mut [0]), Ok(0))
}

/// Whether the test is skipped.
fn is_emulated() -> bool {
    emulator("qemu-user converts few control messages, and drops what does not fit")
}

fn set(socket: &impl AsFd, level: c_int, option: c_int, value: c_int) {
    // SAFETY: an int, of its length.
    let result = unsafe {
        let fd = socket.as_fd().as_raw_fd();
        libc::setsockopt(fd, level, option, (&raw const value).cast(), size_of::<c_int>() as libc::socklen_t)
    };
    assert_eq!(result, 0, "{}", io::Error::last_os_error());
}

fn send_rights(socket: &UnixStream, descriptors: &[&UnixStream]) {
    let descriptors: Vec<_> = descriptors.iter().map(AsFd::as_fd).collect();
    let mut storage = vec![0xff; control::space_of_rights(descriptors.len())];
    let mut rights = Outgoing::new(&mut storage);
    rights.rights(&descriptors).unwrap();
    assert_eq!(control::send(socket, &[&b"x"[..]], None, &rights, 0).unwrap(), 1);
}

fn receive<'a>(socket: &UnixStream, storage: &'a mut [u8]) -> (control::Received, Incoming<'a>) {
    let (mut data, mut incoming) = ([0; 8], Incoming::new(storage));
    let received = control::receive(socket, &mut [&mut data[..]], None, &mut incoming, 0).unwrap();
    (received, incoming)
}

#[test]
fn descriptors_are_sent_and_owned() {
    let (a, b) = UnixStream::pair().unwrap();
    let ((kept, given), (other, also)) = (given_away(), given_away());
    send_rights(&a, &[&given, &also]);
    drop((given, also));
    let mut storage = [0; control::space_of_rights(2)];
    let (received, mut incoming) = receive(&b, &mut storage);
    assert_eq!((received.bytes, received.is_control_cut_off()), (1, false));
    let mut messages = incoming.messages();
    let Some(Ok(ControlMessage::Rights(descriptors))) = messages.next() else { panic!("no descriptors") };
    let descriptors: Vec<OwnedFd> = descriptors.collect();
    assert!(messages.next().is_none());
    for descriptor in &descriptors {
        // SAFETY: the descriptor is open.
        assert_eq!(unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_GETFD) }, libc::FD_CLOEXEC);
    }
    drop(incoming);
    assert_eq!(descriptors.len(), 2);
    assert!(!is_at_its_end(&kept) && !is_at_its_end(&other), "what was taken stays open");
    drop(descriptors);
    assert!(is_at_its_end(&kept) && is_at_its_end(&other));
}

#[test]
fn s81_descriptors_that_nobody_reads_are_closed() {
    let (a, b) = UnixStream::pair().unwrap();
    let (kept, given) = given_away();
    let mut storage = [0; 64];
    // Nobody looks.
    send_rights(&a, &[&given]);
    drop(receive(&b, &mut storage));
    // Somebody looks and takes one of two.
    send_rights(&a, &[&given, &given]);
    let (_, mut incoming) = receive(&b, &mut storage);
    for message in incoming.messages() {
        let ControlMessage::Rights(mut descriptors) = message.unwrap() else { panic!("another message") };
        drop(descriptors.next().unwrap());
    }
    drop(incoming);
    // Somebody forgets what he read: it is still the storage's.
    send_rights(&a, &[&given]);
    let (_, mut incoming) = receive(&b, &mut storage);
    incoming.messages().for_each(mem::forget);
    drop(incoming);
    // The storage is used again.
    let mut incoming = Incoming::new(&mut storage);
    for _ in 0..2 {
        send_rights(&a, &[&given]);
        control::receive(&b, &mut [&mut [0_u8; 1][..]], None, &mut incoming, 0).unwrap();
    }
    // A call that fails.
    b.set_nonblocking(true).unwrap();
    let error = control::receive(&b, &mut [&mut [0_u8; 1][..]], None, &mut incoming, 0).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    assert!(incoming.messages().next().is_none());
    drop(given);
    assert!(is_at_its_end(&kept));
}

#[test]
fn s81_descriptors_that_are_cut_off_are_told_and_the_others_are_owned() {
    if is_emulated() {
        return;
    }
    let (a, b) = UnixStream::pair().unwrap();
    let (kept, given) = given_away();
    send_rights(&a, &[&given, &given, &given]);
    let mut storage = [0; control::space_of(0) + 4];
    let (received, mut incoming) = receive(&b, &mut storage);
    assert!(received.is_control_cut_off());
    let mut descriptors = Vec::new();
    for message in incoming.messages() {
        let ControlMessage::Rights(rights) = message.unwrap() else { panic!("another message") };
        descriptors.extend(rights);
    }
    assert_eq!(descriptors.len(), 1);
    drop(given);
    assert!(!is_at_its_end(&kept));
    drop(descriptors);
    assert!(is_at_its_end(&kept));

    let (kept, given) = given_away();
    send_rights(&a, &[&given]);
    drop(given);
    let (received, _incoming) = receive(&b, &mut []);
    assert!(received.is_control_cut_off() && is_at_its_end(&kept), "without room the kernel closes them");
}

#[test]
fn s81_a_descriptor_is_taken_once() {
    let (a, b) = UnixStream::pair().unwrap();
    let (_kept, given) = given_away();
    send_rights(&a, &[&given]);
    let mut storage = [0; 64];
    let (_, mut incoming) = receive(&b, &mut storage);
    let taken: Vec<OwnedFd> = incoming.messages().flat_map(rights).collect();
    assert_eq!(taken.len(), 1);
    assert_eq!(incoming.messages().flat_map(rights).count(), 0);
    drop(incoming);
    // SAFETY: a question.
    assert_ne!(unsafe { libc::fcntl(taken[0].as_raw_fd(), libc::F_GETFD) }, -1, "it was closed with the storage");
}

fn rights(message: Result<ControlMessage<'_>, Malformed>) -> Vec<OwnedFd> {
    match message {
        Ok(ControlMessage::Rights(rights)) => rights.collect(),
        _ => Vec::new(),
    }
}

/// Messages that C writes: the length of each, its type, and an int.
fn from_c(storage: &mut [u8], messages: &[(usize, c_int, c_int)]) -> usize {
    let mut at = 0;
    for &(len, kind, data) in messages {
        assert!(at + control::space_of(4) <= storage.len());
        // SAFETY: there is room.
        at = unsafe { echo_control_message(storage.as_mut_ptr(), at, len, libc::SOL_SOCKET, kind, data) };
    }
    at
}

const UNKNOWN: c_int = 0x7777;

#[test]
fn s82_lengths_that_cannot_be_right_are_refused() {
    let lies = [0, 1, HEADER - 1, HEADER + 9, HEADER + 65, usize::MAX, usize::MAX - 7, usize::MAX >> 1];
    for len in lies {
        let mut storage = [0; control::space_of(4)];
        let end = from_c(&mut storage, &[(len, UNKNOWN, 7)]);
        // SAFETY: there are no descriptors.
        let mut incoming = unsafe { Incoming::from_received(&mut storage, end) };
        let mut messages = incoming.messages();
        let error = messages.next().unwrap().unwrap_err();
        assert_eq!((error.kind, error.len), (UNKNOWN, len));
        assert!(messages.next().is_none(), "nothing follows a length that is none");
        assert_eq!(io::Error::from(error).kind(), io::ErrorKind::InvalidData);
    }
}

#[test]
fn s82_a_length_that_is_not_its_types_is_refused() {
    let mut storage = [0; 2 * control::space_of(4)];
    let end = from_c(&mut storage, &[(HEADER + 4, libc::SCM_CREDENTIALS, 1), (HEADER + 4, UNKNOWN, 0x0102_0304)]);
    // SAFETY: there are no descriptors.
    let mut incoming = unsafe { Incoming::from_received(&mut storage, end) };
    let mut messages = incoming.messages();
    assert_eq!(messages.next().unwrap().unwrap_err().kind, libc::SCM_CREDENTIALS);
    let Some(Ok(ControlMessage::Other { kind, data, .. })) = messages.next() else { panic!("no second message") };
    assert_eq!((kind, data), (UNKNOWN, &0x0102_0304_i32.to_ne_bytes()[..]));
    assert!(messages.next().is_none());

    // And longer than its type.
    let mut storage = [0; 40];
    from_c(&mut storage, &[(HEADER + 16, libc::SCM_CREDENTIALS, 1)]);
    // SAFETY: there are no descriptors.
    let mut incoming = unsafe { Incoming::from_received(&mut storage, HEADER + 16) };
    assert_eq!(incoming.messages().next().unwrap().unwrap_err().len, HEADER + 16);
}

#[test]
fn s82_more_than_the_storage_is_not_looked_at() {
    let mut storage = [0; control::space_of(4)];
    from_c(&mut storage, &[(HEADER + 4, UNKNOWN, 7)]);
    for len in [control::space_of(4) + 1, usize::MAX] {
        // SAFETY: there are no descriptors.
        let mut incoming = unsafe { Incoming::from_received(&mut storage, len) };
        assert_eq!(incoming.messages().flatten().count(), 1);
    }
}

#[test]
fn s81_descriptors_are_owned_whatever_their_length_and_the_others_are() {
    for len in [HEADER + 4, HEADER + 7, HEADER + 400, usize::MAX] {
        let (kept, given) = given_away();
        // What is behind it is no descriptor.
        let mut storage = [0xff; 2 * control::space_of(4)];
        let messages = [(HEADER + 4, libc::SCM_CREDENTIALS, 1), (len, libc::SCM_RIGHTS, given.into_raw_fd())];
        let end = from_c(&mut storage, &messages);
        // SAFETY: the descriptor was given up above.
        let mut incoming = unsafe { Incoming::from_received(&mut storage, end) };
        assert!(incoming.messages().next().unwrap().is_err(), "the first message is malformed");
        assert!(!is_at_its_end(&kept));
        drop(incoming);
        assert!(is_at_its_end(&kept), "{len}: the descriptor behind it stays open");
    }
}

#[test]
fn c_reads_what_was_built() {
    let file = std::fs::File::open("Cargo.toml").unwrap();
    let (credentials, mut storage) = (Credentials { pid: 1, uid: 2, gid: 3 }, [0xff_u8; 256]);
    let mut outgoing = Outgoing::new(&mut storage);
    outgoing.rights(&[file.as_fd(), file.as_fd(), file.as_fd()]).unwrap();
    outgoing.credentials(credentials).unwrap().udp_segment(1400).unwrap();
    // SAFETY: zeros are a `msghdr`.
    let mut message = unsafe { mem::zeroed::<libc::msghdr>() };
    message.msg_control = outgoing.as_bytes().as_ptr().cast_mut().cast();
    message.msg_controllen = outgoing.as_bytes().len() as _;
    // SAFETY: C reads what the `msghdr` leads to, which is borrowed.
    let (numbers, told) = unsafe {
        let rights = echo_control_sum(&raw mut message, libc::SOL_SOCKET, libc::SCM_RIGHTS, 3);
        (rights, echo_control_sum(&raw mut message, libc::SOL_SOCKET, libc::SCM_CREDENTIALS, 3))
    };
    assert_eq!((numbers, told), (3 * libc::c_long::from(file.as_raw_fd()), 6));
    assert!(!outgoing.as_bytes()[control::space_of_rights(3) - 4..control::space_of_rights(3)].contains(&0xff), "gaps");
}

#[test]
fn without_room_nothing_is_added() {
    let stdin = io::stdin();
    let mut storage = [0; control::space_of_rights(2)];
    let mut outgoing = Outgoing::new(&mut storage);
    let error = outgoing.rights(&[stdin.as_fd(); 3]).unwrap_err();
    assert_eq!((error.needed, error.left), (control::space_of_rights(3), control::space_of_rights(2)));
    assert!(outgoing.as_bytes().is_empty() && outgoing.rights(&[]).unwrap().as_bytes().is_empty());
    let error = outgoing.rights(&[stdin.as_fd(); 2]).unwrap().udp_segment(1).unwrap_err();
    assert_eq!((error.needed, error.left), (control::space_of(2), 0));
    outgoing.clear();
    assert_eq!(outgoing.rights(&[stdin.as_fd()]).unwrap().as_bytes().len(), control::space_of_rights(1));
}

#[test]
fn credentials_come_with_descriptors() {
    if is_emulated() {
        return;
    }
    let (a, b) = UnixStream::pair().unwrap();
    set(&b, libc::SOL_SOCKET, libc::SO_PASSCRED, 1_i32);
    // SAFETY: they cannot fail.
    let (uid, gid) = unsafe { (libc::getuid(), libc::getgid()) };
    let ours = Credentials { pid: std::process::id() as i32, uid, gid };
    let (mut storage, (_kept, given)) = ([0; 128], given_away());
    let mut outgoing = Outgoing::new(&mut storage);
    outgoing.credentials(ours).unwrap().rights(&[given.as_fd()]).unwrap();
    control::send(&a, &[&b"x"[..]], None, &outgoing, 0).unwrap();
    let mut storage = [0; 128];
    let (_, mut incoming) = receive(&b, &mut storage);
    let (mut told, mut descriptors) = (Vec::new(), 0);
    for message in incoming.messages() {
        match message.unwrap() {
            ControlMessage::Credentials(credentials) => told.push(credentials),
            ControlMessage::Rights(rights) => descriptors += rights.count(),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((told, descriptors), (vec![ours], 1));
}

#[test]
fn a_pidfd_is_owned() {
    if is_emulated() {
        return;
    }
    let (a, b) = UnixStream::pair().unwrap();
    let (on, so_passpidfd) = (1_i32, 76);
    // SAFETY: an int, of its length.
    let result = unsafe {
        libc::setsockopt(
            b.as_raw_fd(),
            libc::SOL_SOCKET,
            so_passpidfd,
            (&raw const on).cast(),
            size_of::<c_int>() as u32,
        )
    };
    if result != 0 {
        println!("skipped: this kernel has no SO_PASSPIDFD");
        return;
    }
    let mut storage = [0; 64];
    for _ in 0..2 {
        control::send(&a, &[&b"x"[..]], None, &Outgoing::new(&mut []), 0).unwrap();
        let (_, mut incoming) = receive(&b, &mut storage);
        let Some(Ok(ControlMessage::Pidfd(Some(pidfd)))) = incoming.messages().next() else { panic!("no pidfd") };
        assert!(matches!(incoming.messages().next(), Some(Ok(ControlMessage::Pidfd(None)))), "it was taken");
        drop(pidfd);
    }
}

#[test]
#[cfg(target_pointer_width = "64")]
fn datagrams_tell_where_and_when_they_arrived() {
    if is_emulated() {
        return;
    }
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    set(&socket, libc::IPPROTO_IP, libc::IP_PKTINFO, 1_i32);
    set(&socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1_i32);

    let source = Ipv4PacketInfo { interface: 0, local: Ipv4Addr::LOCALHOST, destination: Ipv4Addr::UNSPECIFIED };
    let mut storage = [0; 64];
    let mut outgoing = Outgoing::new(&mut storage);
    outgoing.ipv4_packet_info(source).unwrap();
    let to = Address::from(socket.local_addr().unwrap());
    assert_eq!(control::send(&sender, &[&b"to "[..], b"you"], Some(&to), &outgoing, 0).unwrap(), 6);

    let (mut data, mut storage, mut from) = ([0; 16], [0; 256], Address::new());
    let mut incoming = Incoming::new(&mut storage);
    let received = control::receive(&socket, &mut [&mut data[..]], Some(&mut from), &mut incoming, 0).unwrap();
    assert_eq!(&data[..received.bytes], b"to you");
    assert_eq!(from.as_inet(), Some(sender.local_addr().unwrap()));
    let (mut place, mut time) = (None, None);
    for message in incoming.messages() {
        match message.unwrap() {
            ControlMessage::Ipv4PacketInfo(info) => place = Some(info),
            ControlMessage::Timestamp(at) => time = Some(at),
            other => panic!("{other:?}"),
        }
    }
    let (place, time) = (place.unwrap(), time.unwrap());
    assert_eq!((place.destination, place.local), (Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST));
    assert!(place.interface > 0);
    let now = std::time::UNIX_EPOCH.elapsed().unwrap();
    assert!(now.as_secs().abs_diff(time.seconds as u64) < 60 && (0..1_000_000_000).contains(&time.nanoseconds));
}

#[test]
#[cfg(target_pointer_width = "64")]
fn datagrams_of_ipv6_and_software_timestamps() {
    if is_emulated() {
        return;
    }
    let Ok(socket) = UdpSocket::bind("[::1]:0") else {
        println!("skipped: no IPv6 here");
        return;
    };
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let sender = UdpSocket::bind("[::1]:0").unwrap();
    set(&socket, libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO, 1_i32);
    let flags = (libc::SOF_TIMESTAMPING_RX_SOFTWARE | libc::SOF_TIMESTAMPING_SOFTWARE) as c_int;
    set(&socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPING, flags);

    let mut storage = [0; 64];
    let mut outgoing = Outgoing::new(&mut storage);
    outgoing.ipv6_packet_info(Ipv6PacketInfo { address: Ipv6Addr::LOCALHOST, interface: 0 }).unwrap();
    let to = Address::from(socket.local_addr().unwrap());
    // Linux turns timestamps on in the background: the first datagrams may have none.
    for _ in 0..500 {
        control::send(&sender, &[&b"six"[..]], Some(&to), &outgoing, 0).unwrap();
        let (mut storage, mut from) = ([0; 256], Address::new());
        let mut incoming = Incoming::new(&mut storage);
        control::receive(&socket, &mut [&mut [0_u8; 8][..]], Some(&mut from), &mut incoming, 0).unwrap();
        assert_eq!(from.as_inet(), Some(sender.local_addr().unwrap()));
        let (mut place, mut time) = (None, None);
        for message in incoming.messages() {
            match message.unwrap() {
                ControlMessage::Ipv6PacketInfo(info) => place = Some(info),
                ControlMessage::Timestamping(at) => time = Some(at),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(place.unwrap().address, Ipv6Addr::LOCALHOST);
        if let Some(time) = time {
            assert!(time.software.seconds > 0 && time.hardware.seconds == 0);
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("no datagram of 500 has a timestamp");
}

#[test]
fn one_call_sends_and_receives_several_segments() {
    if is_emulated() {
        return;
    }
    let (socket, sender) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    set(&socket, libc::SOL_UDP, libc::UDP_GRO, 1_i32);
    let (bytes, mut storage) = (vec![7_u8; 2500], [0; control::space_of(2)]);
    let mut outgoing = Outgoing::new(&mut storage);
    outgoing.udp_segment(1000).unwrap();
    let to = Address::from(socket.local_addr().unwrap());
    assert_eq!(control::send(&sender, &[&bytes[..]], Some(&to), &outgoing, 0).unwrap(), 2500);
    let (mut data, mut storage, mut received) = (vec![0_u8; 4096], [0; 64], Vec::new());
    while received.iter().sum::<usize>() < 2500 {
        let mut incoming = Incoming::new(&mut storage);
        let n = control::receive(&socket, &mut [&mut data[..]], None, &mut incoming, 0).unwrap().bytes;
        for message in incoming.messages() {
            assert!(matches!(message.unwrap(), ControlMessage::UdpGro(1000)));
            assert!(n > 1000);
        }
        received.push(n);
    }
    assert!(received == [2500] || received == [1000, 1000, 500], "{received:?}");
}

#[test]
fn unix_addresses_go_in_and_come_out() {
    let directory = std::env::temp_dir().join(format!("pin-ffi-control-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("socket");
    let (receiver, sender) = (UnixDatagram::bind(&path).unwrap(), UnixDatagram::unbound().unwrap());
    let nothing = Outgoing::new(&mut []);
    let mut from = Address::from("1.2.3.4:5".parse::<std::net::SocketAddr>().unwrap());
    let receive = |from: &mut Address| {
        control::receive(&receiver, &mut [&mut [0_u8; 8][..]], Some(from), &mut Incoming::new(&mut []), 0).unwrap()
    };
    control::send(&sender, &[&b"x"[..]], Some(&Address::unix(&path).unwrap()), &nothing, 0).unwrap();
    receive(&mut from);
    assert_eq!((from.as_inet(), from.as_unix(), from.as_unix_abstract()), (None, None, None), "it has no name");
    let named = UnixDatagram::bind(directory.join("named")).unwrap();
    control::send(&named, &[&b"x"[..]], Some(&Address::unix(&path).unwrap()), &nothing, 0).unwrap();
    assert_eq!(receive(&mut from).bytes, 1);
    assert_eq!(from.as_unix(), Some(&*directory.join("named")));
    std::fs::remove_dir_all(&directory).unwrap();

    let name = format!("pin-ffi-{}", std::process::id());
    let std_name = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
    let (a, b) = (UnixDatagram::bind_addr(&std_name).unwrap(), UnixDatagram::unbound().unwrap());
    control::send(&b, &[&b"y"[..]], Some(&Address::unix_abstract(name.as_bytes()).unwrap()), &nothing, 0).unwrap();
    control::send(&a, &[&b"y"[..]], Some(&Address::unix_abstract(name.as_bytes()).unwrap()), &nothing, 0).unwrap();
    control::receive(&a, &mut [&mut [0_u8; 8][..]], Some(&mut from), &mut Incoming::new(&mut []), 0).unwrap();
    control::receive(&a, &mut [&mut [0_u8; 8][..]], Some(&mut from), &mut Incoming::new(&mut []), 0).unwrap();
    assert_eq!(from.as_unix_abstract(), Some(name.as_bytes()));
}

#[test]
fn unix_addresses_that_do_not_fit_are_refused() {
    for path in ["", "a\0b", &"a".repeat(108)] {
        assert_eq!(Address::unix(path).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{path:?}");
    }
    assert_eq!(Address::unix("a".repeat(107)).unwrap().as_unix().unwrap().as_os_str().len(), 107);
    assert!(Address::unix_abstract(&[7; 108]).is_err());
    assert_eq!(Address::unix_abstract(&[0; 107]).unwrap().as_unix_abstract(), Some(&[0; 107][..]));
}

#[test]
fn nothing_is_allocated() {
    let (a, b) = UnixStream::pair().unwrap();
    let (_kept, given) = given_away();
    let allocated = allocations(|| {
        for _ in 0..500 {
            let (mut storage, mut room, mut data) = ([0; 64], [0; 64], [0; 8]);
            let mut outgoing = Outgoing::new(&mut storage);
            outgoing.rights(&[given.as_fd()]).unwrap();
            control::send(&a, &[&b"x"[..]], None, &outgoing, 0).unwrap();
            let mut incoming = Incoming::new(&mut room);
            control::receive(&b, &mut [&mut data[..]], None, &mut incoming, 0).unwrap();
            for message in incoming.messages() {
                let ControlMessage::Rights(descriptors) = message.unwrap() else { panic!("another message") };
                descriptors.for_each(drop);
            }
        }
    });
    assert_eq!(allocated, 0);
}
