//! While a value is lent for reading nobody changes, replaces or drops its buffers.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
struct Packet {
    header: [u8; 4],
    trailer: Vec<u8>,
}

fn main() {
    let mut packet = Packet { header: [0; 4], trailer: Vec::new() };
    packet.with_pinned(|_| packet.trailer.push(1)).unwrap();
    packet.with_pinned(|_| packet.header[0] = 1).unwrap();
    packet.with_pinned(|_| packet = Packet { header: [0; 4], trailer: Vec::new() }).unwrap();
    packet.with_pinned(|_| drop(packet)).unwrap();
}
