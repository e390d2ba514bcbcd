//! libc's structs of numbers: which are `Plain`, how large C makes them, and calls that read and write them.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use pin_ffi::{Plain, pinned_ffi};
use pin_ffi_tests as _;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::os::fd::{AsFd, FromRawFd, OwnedFd};

#[pinned_ffi]
unsafe extern "C" {
    safe fn layout_size(#[ffi(cstr)] name: *const c_char) -> usize;
    #[ffi(err = minus_one)]
    safe fn getrlimit(resource: c_uint, #[ffi(inout)] limit: *mut libc::rlimit) -> c_int;
    #[ffi(err = minus_one)]
    safe fn uname(#[ffi(out)] name: *mut libc::utsname) -> c_int;
    #[ffi(err = minus_one)]
    safe fn bind(
        #[ffi(fd)] fd: c_int,
        #[ffi(in = libc::sockaddr_in6, len_bytes = n)] a: *const c_void,
        n: c_uint,
    ) -> c_int;
}

fn size_in_c<T: Plain>(name: &str) -> (usize, usize) {
    let name = std::ffi::CString::new(name).unwrap();
    (size_of::<T>(), layout_size(&name))
}

macro_rules! same_size {
    ($($name:ident)*) => {$(
        let (here, in_c) = size_in_c::<libc::$name>(stringify!($name));
        assert_eq!(here, in_c, "{}", stringify!($name));
    )*};
}

#[test]
fn structs_are_as_large_as_c_makes_them() {
    same_size! {
        pollfd in_addr in6_addr ip_mreq ipv6_mreq linger rlimit winsize sock_filter ucred sockaddr sockaddr_in sockaddr_in6
        sockaddr_un sockaddr_nl sockaddr_ll sockaddr_storage ip_mreqn in_pktinfo in6_pktinfo nlmsghdr nlmsgerr nlattr
        genlmsghdr inotify_event signalfd_siginfo utsname sembuf can_frame input_id input_absinfo open_how
        file_clone_range statx statx_timestamp
    }
    #[cfg(target_pointer_width = "64")]
    same_size! { timespec timeval itimerspec itimerval tms input_event cpu_set_t sigset_t fd_set }
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    same_size! { rusage statvfs statfs fsid_t }
    #[cfg(target_arch = "x86_64")]
    same_size! { stat epoll_event }
    // Of versioned structs, newer headers have more at the end.
    #[cfg(target_pointer_width = "64")]
    {
        let (here, in_c) = size_in_c::<libc::clone_args>("clone_args");
        assert!(in_c >= here && here >= 64, "{here} {in_c}");
    }
}

#[test]
fn c_writes_them() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    getrlimit(libc::RLIMIT_NOFILE as c_uint, &mut limit).unwrap();
    assert!(limit.rlim_cur > 0 && limit.rlim_max >= limit.rlim_cur);

    let mut name = libc::utsname {
        sysname: [0; 65],
        nodename: [0; 65],
        release: [0; 65],
        version: [0; 65],
        machine: [0; 65],
        domainname: [0; 65],
    };
    uname(&mut name).unwrap();
    assert_eq!(&name.sysname[..6], b"Linux\0".map(|b| b as c_char));
}

#[test]
fn c_reads_them() {
    // SAFETY: no pointers.
    let socket = unsafe { libc::socket(libc::AF_INET6, libc::SOCK_DGRAM, 0) };
    if socket < 0 {
        println!("skipped: no IPv6 here");
        return;
    }
    // SAFETY: a new socket, owned by nobody else.
    let socket = unsafe { OwnedFd::from_raw_fd(socket) };
    let mut address = libc::sockaddr_in6 {
        sin6_family: libc::AF_INET6 as u16,
        sin6_port: 0,
        sin6_flowinfo: 0,
        sin6_addr: libc::in6_addr { s6_addr: [0; 16] },
        sin6_scope_id: 0,
    };
    bind(socket.as_fd(), &[address]).unwrap();
    // A family that no IPv6 socket has.
    address.sin6_family = libc::AF_INET as u16;
    assert_eq!(bind(socket.as_fd(), &[address]).unwrap_err().raw_os_error(), Some(libc::EAFNOSUPPORT));
}
