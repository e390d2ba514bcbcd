//! x
use pin_ffi::{FfiPinned, OutBuf, Spare, pinned_ffi};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one)]
    safe fn getrandom(
        #[ffi(out, len = n, filled = ret)] buf: *mut c_void,
        n: libc::size_t,
        flags: libc::c_uint,
    ) -> libc::ssize_t;
    #[ffi(err = nonzero)]
    safe fn getsockname(
        #[ffi(fd)] fd: c_int,
        #[ffi(out = u8, len = *n, filled = *n)] addr: *mut libc::sockaddr,
        n: *mut libc::socklen_t,
    ) -> c_int;
    #[ffi(err = null)]
    safe fn getcwd(#[ffi(inout, len = n)] buf: *mut c_char, n: libc::size_t) -> *mut c_char;
    safe fn strlen(#[ffi(cstr)] s: *const c_char) -> libc::size_t;
    safe fn getpid() -> c_int;
    fn qsort_r(
        base: *mut c_void,
        n: libc::size_t,
        size: libc::size_t,
        f: Option<unsafe extern "C" fn(*const c_void, *const c_void, *mut c_void) -> c_int>,
        arg: *mut c_void,
    );
}

#[pinned_ffi(panic = 0)]
extern "C" fn compare(
    #[ffi(in = i32)] a: *const c_void,
    #[ffi(in = i32)] b: *const c_void,
    #[ffi(userdata = usize)] count: *mut c_void,
) -> c_int {
    *count += 1;
    a.cmp(b) as c_int
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Received<'a> {
    #[ffi(ptr = msg_name, len = msg_namelen, inout)]
    from: Option<OutBuf<'a, u8>>,
    #[ffi(array = msg_iov, len = msg_iovlen)]
    segments: &'a mut [Segment<'a>],
    #[ffi(ptr = msg_control, len = msg_controllen, inout)]
    control: OutBuf<'a, u8>,
    #[ffi(out = msg_flags)]
    flags: libc::c_int,
}

#[pinned_ffi]
fn receive(s: BorrowedFd<'_>, #[ffi(pin_mut)] msg: &mut Received<'_>) -> io::Result<usize> {
    let n = unsafe { libc::recvmsg(s.as_raw_fd(), msg.as_mut_ptr(), 0) };
    if n < 0 { Err(io::Error::last_os_error()) } else { Ok(n as usize) }
}

#[test]
fn it() {
    let mut v = Vec::with_capacity(16);
    assert_eq!(getrandom(Spare::new(&mut v), 0).unwrap(), 16);
    assert_eq!(v.len(), 16);
    let mut m = [MaybeUninit::uninit(); 8];
    let (a, b) = getrandom(&mut m, 0).unwrap();
    assert_eq!((a.len(), b.len()), (8, 0));
    assert_eq!(strlen(c"abc"), 3);
    assert_eq!(getpid(), std::process::id() as i32);
    let mut cwd = [0u8; 4096];
    getcwd(&mut cwd).unwrap();
    assert_eq!(
        CStr::from_bytes_until_nul(&cwd).unwrap().to_str().unwrap(),
        std::env::current_dir().unwrap().to_str().unwrap()
    );
    let mut x = [3, 1, 2];
    let mut n = 0usize;
    unsafe { qsort_r(x.as_mut_ptr().cast(), 3, 4, Some(compare), (&raw mut n).cast()) };
    assert_eq!((x, n), ([1, 2, 3], 3));
    let (p, q) = std::os::unix::net::UnixDatagram::pair().unwrap();
    p.send(b"hello").unwrap();
    let (mut b1, mut b2, mut c) = ([0; 2], [0; 9], [0; 64]);
    let mut segs = [Segment { bytes: &mut b1 }, Segment { bytes: &mut b2 }];
    let mut r = Received { from: None, segments: &mut segs, control: OutBuf::new(&mut c), flags: 9 };
    assert_eq!(receive(q.as_fd(), &mut r).unwrap(), 5);
    assert_eq!((r.flags, r.control.filled().len()), (0, 0));
    assert_eq!(&b2[..3], b"llo");
}

#[pinned_ffi]
#[cfg(target_os = "haiku")]
unsafe extern "C" {
    safe fn there_is_no_such_function(#[ffi(cstr)] s: *const c_char);
}
