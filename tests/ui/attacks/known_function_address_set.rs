//! C would call an address that safe code made up.

use pin_ffi::{FfiPinned, OutBuf};

#[derive(FfiPinned)]
#[ffi(c = libc::aiocb)]
struct Read<'a> {
    #[ffi(ptr = aio_buf, len = aio_nbytes)]
    bytes: &'a mut [u8],
    #[ffi(set = aio_sigevent.sigev_notify_thread_id)]
    function: libc::c_int,
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Message<'a> {
    #[ffi(ptr = msg_control, len = msg_controllen, inout)]
    control: OutBuf<'a, u8>,
}

fn main() {}
