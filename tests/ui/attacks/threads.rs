//! What holds raw pointers goes to another thread only where that is sound.
use pin_ffi::{FfiPinned, Filled, FilledArray, InFlight, OutBuf};
use std::rc::Rc;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Counted {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: Vec<u8>,
    #[ffi(skip)]
    owner: Rc<()>,
}

fn send<T: Send>() {}
fn sync<T: Sync>() {}

fn main() {
    send::<InFlight<Counted>>();
    sync::<InFlight<Counted>>();
    send::<Filled<'static, u32>>();
    sync::<Filled<'static, u32>>();
    send::<FilledArray<'static, u32>>();
    send::<OutBuf<'static, *mut u8>>();
}
