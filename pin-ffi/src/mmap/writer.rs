//! [`RegionWriter`]: a region written from front to back, or anywhere.

use super::{Region, RegionMut};
use core::ops::Range;
use std::io::{self, Seek, SeekFrom, Write};

/// Writes a region, which does not grow; it keeps the region mapped.
///
/// [`flush`](Write::flush) waits until what has been written since the last one has reached the file.
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
    /// May be behind the end: then nothing can be written.
    position: u64,
    /// Written since the last flush.
    dirty: Range<usize>,
}

impl RegionWriter {
    pub(super) const fn new(region: RegionMut) -> Self {
        Self { region, position: 0, dirty: 0..0 }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> &RegionMut {
        &self.region
    }

    /// The region, without the writer.
    #[must_use]
    pub fn into_region(self) -> RegionMut {
        self.region
    }

    /// The region to share, without the writer.
    #[must_use]
    pub fn freeze(self) -> Region {
        self.region.freeze()
    }

    /// Writes at `offset` (bytes), wherever the writer stands: as much as fits, 0 bytes at and behind the end.
    ///
    /// # Errors
    ///
    /// None: the signature is that of `FileExt::write_at`.
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
