//! What a buffer is, and what fills a C struct, is a promise: its traits are unsafe to implement.
use pin_ffi::{Lend, FfiPinned, LendError, Plain, manual::{Exclusive, Lent, NoPadding, Scratch}};

#[derive(Clone, Copy)]
struct Liar;

impl NoPadding for Liar {}
impl Plain for Liar {}

impl Lend for Liar {
    type Elem = u8;
    type Access = Exclusive;
    fn lend(&self) -> Lent<u8> {
        Lent { ptr: 8 as *mut u8, len: 8 }
    }
    fn lend_mut(&mut self) -> Lent<u8> {
        self.lend()
    }
}

impl FfiPinned for Liar {
    type C = libc::iovec;
    unsafe fn fill(&self, _: *mut libc::iovec, _: &mut Scratch<'_>) -> Result<(), LendError> {
        Ok(())
    }
    unsafe fn release(_: *mut libc::iovec) {}
}

fn main() {}
