//! A value that holds the scope cannot be given to it: its drop would pin in a scope that is ending.

use pin_ffi::{Lend, manual::{Exclusive, Lent}, pin::Scope};

struct Holds<'s, 'env>(&'s Scope<'s, 'env>);

unsafe impl Lend for Holds<'_, '_> {
    type Elem = u8;
    type Access = Exclusive;
    fn lend(&self) -> Lent<u8> {
        Lent::NONE
    }
    fn lend_mut(&mut self) -> Lent<u8> {
        Lent::NONE
    }
}

fn main() {
    pin_ffi::scope(|s| {
        let _ = s.pin_owned(Holds(s));
    });
}
