//! Memory that is large and takes no room.

use std::ops::Deref;

/// Zeroed bytes of which no page is there until it is touched.
#[derive(Debug)]
pub struct Sparse {
    start: *mut u8,
    len: usize,
}

impl Sparse {
    /// `len` bytes.
    ///
    /// # Panics
    ///
    /// If there are no addresses left for it.
    pub fn new(len: usize) -> Self {
        // SAFETY: a new anonymous mapping.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                len,
                libc::PROT_READ,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        assert_ne!(start, libc::MAP_FAILED, "{}", std::io::Error::last_os_error());
        Self { start: start.cast(), len }
    }
}

impl Deref for Sparse {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: mapped, readable and zeroed for as long as `self` lives.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }
}

impl Drop for Sparse {
    fn drop(&mut self) {
        // SAFETY: mapped by `new`, borrowed no more.
        unsafe { libc::munmap(self.start.cast(), self.len) };
    }
}
