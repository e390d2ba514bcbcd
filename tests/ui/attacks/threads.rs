//! What holds raw pointers goes to another thread only where that is sound. (`soundness::s26_*` has more types.)
use pin_ffi::{FfiPinned, InFlight, OutBuf};
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
    send::<OutBuf<'static, *mut u8>>();
}
