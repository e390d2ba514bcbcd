//! What `#[derive(Plain)]` checks.
use pin_ffi::Plain;

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct Gap {
    a: u8,
    b: u32,
}

#[derive(Clone, Copy, Plain)]
struct RustLayout {
    a: u8,
    b: u8,
}

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct Flag {
    flag: bool,
}

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct Pointer {
    pointer: *const u8,
}

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct Generic<T> {
    value: T,
}

#[derive(Clone, Copy, Plain)]
#[repr(u8)]
enum Colour {
    Red,
    Green,
}

#[derive(Clone, Copy, Plain)]
#[repr(C)]
union Either {
    a: u8,
    b: [u8; 4],
}

#[derive(Plain)]
#[repr(C)]
struct NotCopy {
    a: u8,
}

#[derive(Clone, Copy, Plain)]
#[ffi(krate = other)]
#[repr(C)]
struct Word {
    a: u8,
}

fn main() {}
