//! A buffer that runs a closure when it is dropped.

use pin_ffi::{
    Lend,
    manual::{Exclusive, Lent},
};

/// Bytes whose drop runs a closure.
#[derive(Debug)]
pub struct Told<F: FnMut()>(pub Vec<u8>, pub F);

impl<F: FnMut()> Drop for Told<F> {
    fn drop(&mut self) {
        (self.1)();
    }
}

// SAFETY: the vector's impl fulfils the contract, and this one returns the same memory.
unsafe impl<F: FnMut()> Lend for Told<F> {
    type Elem = u8;
    type Access = Exclusive;
    fn lend(&self) -> Lent<u8> {
        self.0.lend()
    }
    fn lend_mut(&mut self) -> Lent<u8> {
        self.0.lend_mut()
    }
}
