use pin_ffi::{FfiPinned, pinned_ffi};

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = -1)]
    safe fn readv(#[ffi(fd)] fd: i32, #[ffi(mut_pin, len = n)] iov: *const libc::iovec, n: i32) -> isize;
    #[ffi(err = minus_one)]
    safe fn write(#[ffi(fd)] fd: i32, #[ffi(in, len = m)] buf: *const u8, n: usize) -> isize;
    safe fn itself(#[ffi(in, len = p)] p: *const u8, n: usize);
    safe fn worded(#[ffi(in, len = n)] p: *const u8, #[ffi(in)] n: *const u32);
    safe fn pointer(#[ffi(out, len = n, filled = ret)] p: *mut u8, n: usize) -> *mut u8;
    safe fn unsigned(#[ffi(fd)] fd: u32);
}

#[derive(FfiPinned)]
#[ffi(libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
}

fn main() {}
