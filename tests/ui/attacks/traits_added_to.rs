//! The gates of generated code, opened by a safe `impl` of the user's.

use pin_ffi::{Lend, manual::{Lent, Shared}};

#[derive(Clone, Copy)]
#[repr(C)]
struct Forged {
    address: usize,
    len: usize,
}

// `msg_iov` would lead to addresses that safe code made up.
impl pin_ffi::__private::ArrayField<Forged> for *mut libc::iovec {}

struct Text<'a>(&'a [u8]);

// SAFETY: a shared slice, lent for reading.
unsafe impl Lend for Text<'_> {
    type Elem = u8;
    type Access = Shared;
    fn lend(&self) -> Lent<u8> {
        self.0.lend()
    }
    fn lend_mut(&mut self) -> Lent<u8> {
        self.0.lend()
    }
}

// `pin_mut` would take a shared buffer.
impl pin_ffi::pin::Writable<Text<'_>> for Shared {}

#[derive(Clone, Copy, PartialEq)]
#[repr(transparent)]
struct Status(i32);

// A failed call would pass for one that filled its buffers.
impl pin_ffi::errno::Status for Status {
    const MINUS_ONE: Self = Self(-1);
    fn is_negative(self) -> bool {
        false
    }
    fn negated(self) -> i32 {
        0
    }
    fn is_zero(self) -> bool {
        true
    }
}

impl pin_ffi::errno::Count for Status {
    fn count(self) -> usize {
        0
    }
}

enum Outcome {
    Failed,
}

// As above, in a wrapper.
impl pin_ffi::__private::WrapperResult for Outcome {
    fn lend<L: pin_ffi::__private::Lends>(_: L, _: impl FnOnce(L::Shown<'_>) -> Self) -> Self {
        Self::Failed
    }
}

fn main() {}
