//! libc's structs that are made of numbers and have no padding: nobody else can say so of them.
//!
//! A struct is listed for the targets on which its fields fill it. Private fields are called `_`.

use super::{NoPadding, Plain};

macro_rules! plain {
    ($($t:ty { $($f:tt: $ft:ty),* $(,)? })*) => {$(
        // SAFETY: a C struct of numbers; the assertion shows that its fields fill it without a gap.
        unsafe impl NoPadding for $t {}
        // SAFETY: as above.
        unsafe impl Plain for $t {}
        const _: () = assert!(size_of::<$t>() == 0 $(+ size_of::<$ft>())*);
    )*};
}

plain! {
    libc::pollfd { fd: libc::c_int, events: libc::c_short, revents: libc::c_short }
    libc::in_addr { s_addr: u32 }
    libc::in6_addr { s6_addr: [u8; 16] }
    libc::ipv6_mreq { ipv6mr_multiaddr: libc::in6_addr, ipv6mr_interface: libc::c_uint }
    libc::linger { l_onoff: libc::c_int, l_linger: libc::c_int }
    libc::rlimit { rlim_cur: libc::rlim_t, rlim_max: libc::rlim_t }
    libc::winsize {
        ws_row: libc::c_ushort, ws_col: libc::c_ushort, ws_xpixel: libc::c_ushort, ws_ypixel: libc::c_ushort,
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
plain! {
    libc::sock_filter { code: u16, jt: u8, jf: u8, k: u32 }
    libc::ucred { pid: i32, uid: u32, gid: u32 }
    libc::sockaddr { sa_family: u16, sa_data: [libc::c_char; 14] }
    libc::sockaddr_in { sin_family: u16, sin_port: u16, sin_addr: libc::in_addr, sin_zero: [u8; 8] }
    libc::sockaddr_in6 { sin6_family: u16, sin6_port: u16, sin6_flowinfo: u32, sin6_addr: libc::in6_addr, sin6_scope_id: u32 }
    libc::sockaddr_un { sun_family: u16, sun_path: [libc::c_char; 108] }
    libc::sockaddr_nl { nl_family: u16, _: u16, nl_pid: u32, nl_groups: u32 }
    libc::sockaddr_ll {
        sll_family: u16, sll_protocol: u16, sll_ifindex: libc::c_int, sll_hatype: u16, sll_pkttype: u8, sll_halen: u8,
        sll_addr: [u8; 8],
    }
    libc::sockaddr_storage { ss_family: u16, _: [u8; 128 - 2 - size_of::<usize>()], _: usize }
    libc::ip_mreqn { imr_multiaddr: libc::in_addr, imr_address: libc::in_addr, imr_ifindex: libc::c_int }
    libc::in_pktinfo { ipi_ifindex: libc::c_int, ipi_spec_dst: libc::in_addr, ipi_addr: libc::in_addr }
    libc::in6_pktinfo { ipi6_addr: libc::in6_addr, ipi6_ifindex: libc::c_uint }
    libc::nlmsghdr { nlmsg_len: u32, nlmsg_type: u16, nlmsg_flags: u16, nlmsg_seq: u32, nlmsg_pid: u32 }
    libc::nlmsgerr { error: libc::c_int, msg: libc::nlmsghdr }
    libc::nlattr { nla_len: u16, nla_type: u16 }
    libc::genlmsghdr { cmd: u8, version: u8, reserved: u16 }
    libc::inotify_event { wd: libc::c_int, mask: u32, cookie: u32, len: u32 }
    libc::signalfd_siginfo {
        ssi_signo: u32, ssi_errno: i32, ssi_code: i32, ssi_pid: u32, ssi_uid: u32, ssi_fd: i32, ssi_tid: u32,
        ssi_band: u32, ssi_overrun: u32, ssi_trapno: u32, ssi_status: i32, ssi_int: i32, ssi_ptr: u64, ssi_utime: u64,
        ssi_stime: u64, ssi_addr: u64, ssi_addr_lsb: u16, _: u16, ssi_syscall: i32, ssi_call_addr: u64, ssi_arch: u32,
        _: [u8; 28],
    }
    libc::utsname {
        sysname: [libc::c_char; 65], nodename: [libc::c_char; 65], release: [libc::c_char; 65],
        version: [libc::c_char; 65], machine: [libc::c_char; 65], domainname: [libc::c_char; 65],
    }
    libc::ip_mreq { imr_multiaddr: libc::in_addr, imr_interface: libc::in_addr }
}

#[cfg(target_os = "linux")]
plain! {
    libc::sembuf { sem_num: u16, sem_op: i16, sem_flg: i16 }
    libc::can_frame { can_id: u32, can_dlc: u8, _: [u8; 3], data: [u8; 8] }
    libc::input_id { bustype: u16, vendor: u16, product: u16, version: u16 }
    libc::input_absinfo { value: i32, minimum: i32, maximum: i32, fuzz: i32, flat: i32, resolution: i32 }
    libc::open_how { flags: u64, mode: u64, resolve: u64 }
    libc::file_clone_range { src_fd: i64, src_offset: u64, src_length: u64, dest_offset: u64 }
}

#[cfg(all(target_os = "linux", any(target_env = "gnu", target_env = "musl")))]
plain! {
    libc::statx_timestamp { tv_sec: i64, tv_nsec: u32, _: i32 }
    libc::statx {
        stx_mask: u32, stx_blksize: u32, stx_attributes: u64, stx_nlink: u32, stx_uid: u32, stx_gid: u32, stx_mode: u16,
        _: u16, stx_ino: u64, stx_size: u64, stx_blocks: u64, stx_attributes_mask: u64, stx_atime: libc::statx_timestamp,
        stx_btime: libc::statx_timestamp, stx_ctime: libc::statx_timestamp, stx_mtime: libc::statx_timestamp,
        stx_rdev_major: u32, stx_rdev_minor: u32, stx_dev_major: u32, stx_dev_minor: u32, _: [u64; 14],
    }
}

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
plain! {
    libc::timespec { tv_sec: libc::time_t, tv_nsec: libc::c_long }
    libc::timeval { tv_sec: libc::time_t, tv_usec: libc::suseconds_t }
    libc::itimerspec { it_interval: libc::timespec, it_value: libc::timespec }
    libc::itimerval { it_interval: libc::timeval, it_value: libc::timeval }
    libc::tms { tms_utime: i64, tms_stime: i64, tms_cutime: i64, tms_cstime: i64 }
    libc::input_event { time: libc::timeval, type_: u16, code: u16, value: i32 }
    libc::cpu_set_t { _: [u64; 16] }
    libc::sigset_t { _: [u64; 16] }
    libc::fd_set { _: [u64; 16] }
    libc::clone_args {
        flags: u64, pidfd: u64, child_tid: u64, parent_tid: u64, exit_signal: u64, stack: u64, stack_size: u64, tls: u64,
        set_tid: u64, set_tid_size: u64, cgroup: u64,
    }
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), target_env = "gnu"))]
plain! {
    libc::rusage { ru_utime: libc::timeval, ru_stime: libc::timeval, _: [libc::c_long; 14] }
    libc::statvfs { _: [u64; 11], _: [u8; 24] }
    libc::statfs { _: [u64; 7], f_fsid: libc::fsid_t, _: [u64; 7] }
    libc::fsid_t { _: [libc::c_int; 2] }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
plain! {
    libc::stat {
        st_dev: u64, st_ino: u64, st_nlink: u64, st_mode: u32, st_uid: u32, st_gid: u32, _: u32, st_rdev: u64,
        st_size: i64, st_blksize: i64, st_blocks: i64, st_atime: i64, st_atime_nsec: i64, st_mtime: i64,
        st_mtime_nsec: i64, st_ctime: i64, st_ctime_nsec: i64, _: [i64; 3],
    }
}

// Elsewhere it has padding.
#[cfg(all(any(target_os = "linux", target_os = "android"), target_arch = "x86_64"))]
plain! {
    libc::epoll_event { events: u32, u64: u64 }
}
