//! Large mapped memory that uses no physical memory until it is accessed.

use std::ops::Deref;

/// Zeroed bytes whose pages are allocated when they are first accessed.
#[derive(Debug)]
pub struct Sparse {
    start: *mut u8,
    len: usize,
}

impl Sparse {
    /// Maps `len` bytes.
    ///
    /// # Panics
    ///
    /// Panics if there is no address range left.
    pub fn new(len: usize) -> Self {
        // SAFETY: a new anonymous mapping replaces no other (no `MAP_FIXED`).
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
        // SAFETY: the bytes are mapped, readable and zeroed as long as `self` lives.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }
}

impl Drop for Sparse {
    fn drop(&mut self) {
        // SAFETY: the memory was mapped by `new`, and nothing borrows it any more.
        unsafe { libc::munmap(self.start.cast(), self.len) };
    }
}
