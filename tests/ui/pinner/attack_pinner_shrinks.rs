//! A pinner whose lifetime could shrink would take an owned value that borrows what ends before it.

use pin_ffi::Pinner;

fn shrink<'long: 'short, 'short>(pinner: &'short Pinner<'long>) -> &'short Pinner<'short> {
    pinner
}

fn grow<'long: 'short, 'short>(pinner: Pinner<'short>) -> Pinner<'long> {
    pinner
}

fn main() {}
