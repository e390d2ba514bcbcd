//! What a wrapper can lend.
use pin_ffi::{FfiPinned, pinned_ffi};
use std::io;

#[derive(FfiPinned)]
struct Packet(Vec<u8>);

#[pinned_ffi]
fn nothing(packet: &Packet) -> io::Result<()> {
    Ok(())
}

#[pinned_ffi]
fn by_value(#[ffi(pin)] packet: Packet) -> io::Result<()> {
    Ok(())
}

#[pinned_ffi]
fn by_value_mut(#[ffi(pin_mut)] packet: Packet) -> io::Result<()> {
    Ok(())
}

#[pinned_ffi]
fn shared(#[ffi(pin_mut)] packet: &Packet) -> io::Result<()> {
    Ok(())
}

#[pinned_ffi]
fn both(#[ffi(pin, pin_mut)] packet: &mut Packet) -> io::Result<()> {
    Ok(())
}

#[pinned_ffi]
fn pattern(#[ffi(pin)] Packet(bytes): &Packet) -> io::Result<()> {
    Ok(())
}

#[pinned_ffi]
fn word(#[ffi(pin_mutt)] packet: &mut Packet) -> io::Result<()> {
    Ok(())
}

#[pinned_ffi]
fn other_place(#[ffi(out, len = n)] packet: &mut [u8], n: usize) -> io::Result<()> {
    Ok(())
}

struct Socket;
impl Socket {
    #[pinned_ffi]
    fn receive(#[ffi(pin)] &self) -> io::Result<()> {
        Ok(())
    }
}

fn main() {
    let mut packet = Packet(Vec::new());
    let _ = shared(&packet);
    let _ = both(&mut packet);
    let _ = word(&mut packet);
}
