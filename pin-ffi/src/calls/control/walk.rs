//! Where control messages lie in a buffer: the arithmetic of cmsg(3), with lengths that are not trusted.
//!
//! The offsets count from the start of the buffer, and headers are read and written unaligned: the kernel does no other, so
//! that the buffer needs no alignment.

use libc::{c_int, cmsghdr};

/// Where the data of a control message begins, in bytes from its header.
// SAFETY: the macro is arithmetic.
pub(super) const DATA: usize = unsafe { libc::CMSG_LEN(0) } as usize;

/// Control messages begin at multiples of this.
// SAFETY: as above.
const ALIGN: usize = unsafe { libc::CMSG_SPACE(1) - libc::CMSG_SPACE(0) } as usize;

const _: () = assert!(ALIGN.is_power_of_two() && DATA % ALIGN == 0 && DATA >= size_of::<cmsghdr>());

/// The room for a control message with `data` bytes, in bytes (`CMSG_SPACE`).
///
/// # Panics
///
/// If that is more than `usize` holds.
#[must_use]
pub const fn space_of(data: usize) -> usize {
    match data.checked_next_multiple_of(ALIGN) {
        Some(data) if data <= usize::MAX - DATA => DATA + data,
        _ => panic!("no memory is that large"),
    }
}

/// The room for one control message with `n` descriptors, in bytes.
///
/// # Panics
///
/// If that is more than `usize` holds.
#[must_use]
pub const fn space_of_rights(n: usize) -> usize {
    match n.checked_mul(size_of::<c_int>()) {
        Some(data) => space_of(data),
        None => panic!("no memory is that large"),
    }
}

/// A control message's header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub level: c_int,
    pub kind: c_int,
    /// What the header says: its own length and that of the data.
    pub len: usize,
}

impl Header {
    /// The header at the start of `bytes`, if there is room for one.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() < DATA {
            return None;
        }
        // SAFETY: `DATA` is at least the size of a header, and any bytes are one.
        let c = unsafe { bytes.as_ptr().cast::<cmsghdr>().read_unaligned() };
        #[allow(clippy::unnecessary_cast, reason = "an `int` in musl and on the BSDs")]
        Some(Self { level: c.cmsg_level, kind: c.cmsg_type, len: c.cmsg_len as usize })
    }

    /// Writes the header to the start of `bytes`.
    ///
    /// # Panics
    ///
    /// If `bytes` has no room for it.
    pub(super) fn write(self, bytes: &mut [u8]) {
        assert!(bytes.len() >= DATA);
        // musl's struct has private padding fields, so that a struct literal is not portable.
        // SAFETY: `cmsghdr` consists of integers, for which 0 is a valid value.
        let mut c = unsafe { std::mem::zeroed::<cmsghdr>() };
        (c.cmsg_level, c.cmsg_type, c.cmsg_len) = (self.level, self.kind, self.len as _);
        // SAFETY: `DATA` is at least the size of a header, and there are as many bytes.
        unsafe { bytes.as_mut_ptr().cast::<cmsghdr>().write_unaligned(c) };
    }

    /// Splits `bytes`, which begin with this header, into the message's data and what comes after it; `None` for a length
    /// that does not reach the data. A message that claims more than there is has what there is, and nothing follows it.
    pub(super) fn split(self, bytes: &mut [u8]) -> Option<(&mut [u8], &mut [u8])> {
        let end = self.len.min(bytes.len());
        let next = end.next_multiple_of(ALIGN).min(bytes.len());
        let (message, rest) = bytes.split_at_mut(next);
        Some((message.get_mut(DATA..end)?, rest))
    }
}
