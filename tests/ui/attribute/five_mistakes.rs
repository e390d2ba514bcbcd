//! Five mistakes are five errors in one pass, and no use of the functions adds another.
use pin_ffi::{FfiPinned, pinned_ffi};
use std::ffi::{c_int, c_void};
use std::os::fd::AsFd;

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minusone)]
    safe fn read(#[ffi(fd)] fd: c_int, #[ffi(out, len = count, filled = ret)] buf: *mut c_void, n: usize) -> isize;
    #[ffi(err = minus_one)]
    pub safe fn readv(#[ffi(fd)] fd: c_int, #[ffi(pin_mut, pin)] iov: *const libc::iovec, iovcnt: c_int) -> isize;
    safe fn free(p: *mut c_void);
    safe fn getpid(#[ffi(max = 3)] n: c_int) -> c_int;
}

#[derive(FfiPinned)]
struct Packet(Vec<u8>);

fn main() {
    let stdin = std::io::stdin();
    let mut bytes = [0; 4];
    let n: usize = read(stdin.as_fd(), &mut bytes).unwrap();
    let _ = self::readv(stdin.as_fd(), &mut Packet(Vec::new())).map(|n| n + 1);
    free(std::ptr::null_mut());
    let _ = getpid(3) + n as c_int;
    let _: fn() -> c_int = getpid;
}
