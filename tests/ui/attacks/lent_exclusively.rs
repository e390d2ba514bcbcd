//! While a value is lent for writing nobody else reads, grows, replaces or drops its buffers.
use pin_ffi::{FfiPinned, FfiPinnedMut};

#[derive(FfiPinned)]
struct Packet<'a> {
    header: [u8; 4],
    body: &'a mut [u8],
    trailer: Vec<u8>,
}

fn dropped(mut packet: Packet<'_>) {
    packet.with_pinned_mut(|_| drop(packet.trailer)).unwrap();
}

fn main() {
    let mut body = [0; 4];
    let mut packet = Packet { header: [0; 4], body: &mut body, trailer: Vec::new() };

    packet.with_pinned_mut(|_| packet.trailer.push(1)).unwrap();
    packet.with_pinned_mut(|_| packet.header[0]).unwrap();
    packet.with_pinned_mut(|_| packet.body = &mut []).unwrap();
    packet.with_pinned_mut(|_| body[0]).unwrap();
    packet.with_pinned_mut(|_| packet.with_pinned_mut(|_| ())).unwrap().unwrap();
    packet.with_pinned_mut(|_| packet.with_pinned(|_| ())).unwrap().unwrap();
}
