//! [`RegionReader`]: sequential and positioned reads from a region.

use super::Region;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// A reader of a region. It keeps the region alive.
///
/// # Examples
///
/// ```
/// use pin_ffi::mmap::{MmapMut, Region};
/// use std::io::BufRead;
///
/// let mut map = MmapMut::anon(8)?;
/// map.copy_from_slice(b"one\ntwo\n");
/// let lines: Vec<String> = Region::from(map).reader().lines().collect::<Result<_, _>>()?;
/// assert_eq!(lines, ["one", "two"]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RegionReader {
    region: Region,
    /// May be past the end; then there is nothing to read.
    position: u64,
}

impl RegionReader {
    pub(super) const fn new(region: Region) -> Self {
        Self { region, position: 0 }
    }

    /// Returns the region.
    #[must_use]
    pub const fn region(&self) -> &Region {
        &self.region
    }

    /// Returns the region, consuming the reader.
    #[must_use]
    pub fn into_region(self) -> Region {
        self.region
    }

    /// The bytes that have not been read yet.
    fn rest(&self) -> &[u8] {
        from(&self.region, self.position)
    }

    /// Reads at `offset` (in bytes), independently of the reader's position. Returns 0 at and past the end.
    ///
    /// # Errors
    ///
    /// Never: the signature is that of `FileExt::read_at`.
    pub fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        from(&self.region, offset).read(buf)
    }
}

fn from(bytes: &[u8], position: u64) -> &[u8] {
    usize::try_from(position).ok().and_then(|start| bytes.get(start..)).unwrap_or_default()
}

impl Read for RegionReader {
    #[inline]
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.rest().read(buf)?;
        self.position += n as u64;
        Ok(n)
    }

    fn read_to_end(&mut self, buf: &mut Vec<u8>) -> io::Result<usize> {
        let rest = self.rest();
        let n = rest.len();
        buf.try_reserve(n)?;
        buf.extend_from_slice(rest);
        self.position += n as u64;
        Ok(n)
    }
}

impl BufRead for RegionReader {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.rest())
    }

    #[inline]
    fn consume(&mut self, n: usize) {
        self.position += n.min(self.rest().len()) as u64;
    }
}

impl Seek for RegionReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = target(to, self.position, self.region.len())?;
        Ok(self.position)
    }
}

/// The position that `to` names. It may be past the end, but not before the start.
pub(super) fn target(to: SeekFrom, position: u64, len: usize) -> io::Result<u64> {
    let (base, by) = match to {
        SeekFrom::Start(at) => return Ok(at),
        SeekFrom::Current(by) => (position, by),
        SeekFrom::End(by) => (len as u64, by),
    };
    base.checked_add_signed(by)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek to a negative or overflowing position"))
}
