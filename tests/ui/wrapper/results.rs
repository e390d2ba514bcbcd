//! A wrapper must be able to say that a buffer does not fit.
use pin_ffi::{FfiPinned, pinned_ffi};

#[derive(FfiPinned)]
struct Packet(Vec<u8>);

#[pinned_ffi]
fn nothing(#[ffi(pin)] packet: &Packet) {}

#[pinned_ffi]
fn number(#[ffi(pin)] packet: &Packet) -> i32 {
    0
}

#[pinned_ffi]
fn no_conversion(#[ffi(pin)] packet: &Packet) -> Result<(), String> {
    Ok(())
}

#[pinned_ffi]
async fn later(#[ffi(pin)] packet: &Packet) -> std::io::Result<()> {
    Ok(())
}

#[pinned_ffi]
const fn constant(#[ffi(pin)] packet: &Packet) -> std::io::Result<()> {
    Ok(())
}

fn main() {}
