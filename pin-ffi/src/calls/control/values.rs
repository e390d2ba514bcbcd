//! What Linux says in control messages, as values.

#![cfg(target_os = "linux")]

use std::net::{Ipv4Addr, Ipv6Addr};

/// Takes `N` bytes from the front of `bytes`.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

/// Writes `parts` one after another; they have `N` bytes.
fn join<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let (mut joined, mut at) = ([0; N], 0);
    for part in parts {
        joined[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    joined
}

/// A process and whose it is (`struct ucred`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The process id; 0 if it is not of this process's namespace.
    pub pid: libc::pid_t,
    /// The user id.
    pub uid: libc::uid_t,
    /// The group id.
    pub gid: libc::gid_t,
}

impl Credentials {
    pub(super) fn to_bytes(self) -> [u8; 12] {
        join(&[&self.pid.to_ne_bytes(), &self.uid.to_ne_bytes(), &self.gid.to_ne_bytes()])
    }

    pub(super) fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let b = &mut bytes;
        let pid = libc::pid_t::from_ne_bytes(take(b)?);
        let uid = libc::uid_t::from_ne_bytes(take(b)?);
        let gid = libc::gid_t::from_ne_bytes(take(b)?);
        b.is_empty().then_some(Self { pid, uid, gid })
    }
}

/// Where a datagram arrives, or leaves from (`struct in_pktinfo`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv4PacketInfo {
    /// The number of the interface; 0 lets the kernel choose.
    pub interface: u32,
    /// The local address of the packet; the source address of one that is sent.
    pub local: Ipv4Addr,
    /// The destination in the header of a packet that was received.
    pub destination: Ipv4Addr,
}

impl Ipv4PacketInfo {
    pub(super) fn to_bytes(self) -> [u8; 12] {
        join(&[&self.interface.to_ne_bytes(), &self.local.octets(), &self.destination.octets()])
    }

    pub(super) fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let b = &mut bytes;
        let interface = u32::from_ne_bytes(take(b)?);
        let local = Ipv4Addr::from(take::<4>(b)?);
        let destination = Ipv4Addr::from(take::<4>(b)?);
        b.is_empty().then_some(Self { interface, local, destination })
    }
}

/// Where a datagram arrives, or leaves from (`struct in6_pktinfo`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv6PacketInfo {
    /// The destination of a packet that was received; the source address of one that is sent.
    pub address: Ipv6Addr,
    /// The number of the interface; 0 lets the kernel choose.
    pub interface: u32,
}

impl Ipv6PacketInfo {
    pub(super) fn to_bytes(self) -> [u8; 20] {
        join(&[&self.address.octets(), &self.interface.to_ne_bytes()])
    }

    pub(super) fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let b = &mut bytes;
        let address = Ipv6Addr::from(take::<16>(b)?);
        let interface = u32::from_ne_bytes(take(b)?);
        b.is_empty().then_some(Self { address, interface })
    }
}

/// A time as the kernel tells it, unchecked (`struct timespec`).
#[cfg(target_pointer_width = "64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Seconds since 1970 for the system's clock; a device's clock has its own start.
    pub seconds: i64,
    /// Nanoseconds beside them.
    pub nanoseconds: i64,
}

#[cfg(target_pointer_width = "64")]
impl Timestamp {
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self { seconds: i64::from_ne_bytes(take(bytes)?), nanoseconds: i64::from_ne_bytes(take(bytes)?) })
    }

    pub(super) fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let time = Self::take(&mut bytes)?;
        bytes.is_empty().then_some(time)
    }
}

/// The times of a datagram (`struct scm_timestamping`); zeros stand for a time that was not taken.
#[cfg(target_pointer_width = "64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamping {
    /// By the system's clock.
    pub software: Timestamp,
    /// By the clock of the network device.
    pub hardware: Timestamp,
}

#[cfg(target_pointer_width = "64")]
impl Timestamping {
    pub(super) fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let b = &mut bytes;
        let (software, _deprecated, hardware) = (Timestamp::take(b)?, Timestamp::take(b)?, Timestamp::take(b)?);
        b.is_empty().then_some(Self { software, hardware })
    }
}
