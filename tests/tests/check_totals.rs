//! Counters of pins that are larger than a `usize` together: alone, for the most there ever was is for good.

#![cfg(any(debug_assertions, feature = "check"))]

use pin_ffi::{
    Lend, check,
    manual::{Lent, Shared},
    scope, stats,
};

/// As if it had half of all addresses.
struct Large(u64);

// SAFETY: not kept. Nobody follows the address, which is all that the test is about.
unsafe impl Lend for Large {
    type Elem = u8;
    type Access = Shared;
    fn lend(&self) -> Lent<u8> {
        Lent { ptr: (&raw const self.0).cast_mut().cast(), len: isize::MAX as usize }
    }
    fn lend_mut(&mut self) -> Lent<u8> {
        self.lend()
    }
}

#[test]
fn pins_of_more_bytes_than_a_number_holds_are_entered_and_left() {
    assert!(check::is_on());
    let large = Large(0);
    let start = &raw const large.0;
    for n in [2, 3, 5] {
        scope(|s| {
            for _ in 0..n {
                let _ = s.pin(&large);
            }
            assert!(s.is_pinned(start, 1) && check::is_pinned(start, 1));
            assert_eq!(stats().pins, n);
        });
        assert!(!check::is_pinned(start, 1));
        assert_eq!((stats().pins, stats().pinned_bytes), (0, 0));
        let most = if n == 2 { isize::MAX as usize * 2 } else { usize::MAX };
        assert_eq!(stats().most_pinned_bytes, most);
    }
    scope(|s| {
        let _ = s.pin(&[0_u8; 100]);
        assert_eq!((stats().pins, stats().pinned_bytes), (1, 100));
    });
}
