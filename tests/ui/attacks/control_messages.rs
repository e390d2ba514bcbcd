//! Control messages borrow what they name, and what was received borrows the storage; other types are not safe to send.
use pin_ffi::calls::control::{self, ControlMessage, Incoming, Outgoing};
use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

fn sent_after_it_was_closed(socket: &UnixStream) {
    let file = File::open("Cargo.toml").unwrap();
    let mut storage = [0; 64];
    let mut outgoing = Outgoing::new(&mut storage);
    outgoing.rights(&[file.as_fd()]).unwrap();
    drop(file);
    control::send(socket, &[&b"x"[..]], None, &outgoing, 0).unwrap();
}

fn named_by_its_number(outgoing: &mut Outgoing<'_>) {
    outgoing.rights(&[1]).unwrap();
}

fn named_in_any_message(outgoing: &mut Outgoing<'_>) {
    outgoing.other(libc::SOL_SOCKET, libc::SCM_RIGHTS, &1_i32.to_ne_bytes()).unwrap();
}

fn numbers_of_ones_own<'a>(storage: &'a mut [u8]) -> Incoming<'a> {
    Incoming::from_received(storage, 20)
}

fn read_while_it_is_used_again(socket: &UnixStream, incoming: &mut Incoming<'_>) {
    let message = incoming.messages().next().unwrap().unwrap();
    control::receive(socket, &mut [&mut [0_u8; 8][..]], None, incoming, 0).unwrap();
    if let ControlMessage::Rights(mut rights) = message {
        rights.next();
    }
}

fn rewritten_while_it_is_read() {
    let mut storage = [0; 64];
    let mut incoming = Incoming::new(&mut storage);
    storage.fill(1);
    incoming.messages().next();
}

fn main() {}
