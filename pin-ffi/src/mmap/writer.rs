//! [`RegionWriter`]: sequential and positioned writes to a region.

use super::{Region, RegionMut};
use core::ops::Range;
use std::io::{self, Seek, SeekFrom, Write};

/// A writer to a region. It keeps the region alive. The region does not grow.
///
/// [`flush`](Write::flush) writes all changes since the last flush to the file and waits until they are written.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MmapMut, RegionMut};
/// use std::io::Write;
///
/// let mut writer = RegionMut::from(MmapMut::anon(8)?).into_writer();
/// write!(writer, "{:04}", 42)?;
/// assert_eq!(&writer.region()[..], b"0042\0\0\0\0");
/// assert_eq!(writer.write(b"too long")?, 4);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct RegionWriter {
    region: RegionMut,
    /// May be past the end; then nothing can be written.
    position: u64,
    /// The range written since the last flush.
    dirty: Range<usize>,
}

impl RegionWriter {
    pub(super) const fn new(region: RegionMut) -> Self {
        Self { region, position: 0, dirty: 0..0 }
    }

    /// Returns the region.
    #[must_use]
    pub const fn region(&self) -> &RegionMut {
        &self.region
    }

    /// Returns the region, consuming the writer.
    #[must_use]
    pub fn into_region(self) -> RegionMut {
        self.region
    }

    /// Returns the region, shareable and read-only, consuming the writer.
    #[must_use]
    pub fn freeze(self) -> Region {
        self.region.freeze()
    }

    /// Writes at `offset` (in bytes), independently of the writer's position. Writes as much as fits: 0 bytes at and
    /// past the end.
    ///
    /// # Errors
    ///
    /// Never: the signature is that of `FileExt::write_at`.
    pub fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.region.len());
        let n = (&mut self.region[start..]).write(bytes)?;
        if n != 0 {
            let end = start + n;
            self.dirty =
                if self.dirty.is_empty() { start..end } else { self.dirty.start.min(start)..self.dirty.end.max(end) };
        }
        Ok(n)
    }
}

impl Write for RegionWriter {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.write_at(bytes, self.position)?;
        self.position += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.region.flush_range(self.dirty.clone())?;
        self.dirty = 0..0;
        Ok(())
    }
}

impl Seek for RegionWriter {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = super::reader::target(to, self.position, self.region.len())?;
        Ok(self.position)
    }
}
