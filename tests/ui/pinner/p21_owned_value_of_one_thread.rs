//! What a pinner owns goes with it to another thread.

use pin_ffi::{Lend, Pinner, manual::{Exclusive, Lent}};
use std::rc::Rc;

struct Counted(Rc<()>, [u8; 4]);

unsafe impl Lend for Counted {
    type Elem = u8;
    type Access = Exclusive;
    fn lend(&self) -> Lent<u8> {
        self.1.lend()
    }
    fn lend_mut(&mut self) -> Lent<u8> {
        self.1.lend_mut()
    }
}

fn main() {
    let _ = Pinner::new().pin_owned(Counted(Rc::new(()), [0; 4]));
}
