//! Views of mapped bytes as values of plain types.

use super::error::MapError;
use super::range::inside;
use super::{Mmap, MmapMut, Region, RegionMut};
use crate::lend::Plain;
use core::ops::RangeBounds;
use core::sync::atomic::{AtomicU8, AtomicU32};
use std::io;

/// Checks that `range` of `bytes` can be viewed as `T`s: returns the offset of the first one, which is aligned, and
/// their number.
fn elements<T>(bytes: &[u8], range: &impl RangeBounds<usize>) -> io::Result<(usize, usize)> {
    const { assert!(size_of::<T>() != 0, "a view of values without bytes has no length") };
    let range = inside(range, bytes.len())?;
    let start = range.start;
    let part = &bytes[range];
    let (size, align) = (size_of::<T>(), align_of::<T>());
    if part.as_ptr().addr() % align != 0 {
        return Err(MapError::Misaligned { align }.into());
    }
    if part.len() % size != 0 {
        return Err(MapError::Ragged { len: part.len(), size }.into());
    }
    Ok((start, part.len() / size))
}

fn view<'a, T: Plain>(bytes: &'a [u8], range: &impl RangeBounds<usize>) -> io::Result<&'a [T]> {
    let (start, len) = elements::<T>(bytes, range)?;
    // SAFETY: `elements` checked that `len` aligned elements are inside `bytes`; every bit pattern is a valid `T`
    // (`Plain`).
    Ok(unsafe { core::slice::from_raw_parts(bytes.as_ptr().add(start).cast(), len) })
}

/// The pointer keeps the provenance of `bytes`, which the caller borrows for as long as it uses the elements.
fn view_mut<T>(bytes: &mut [u8], range: &impl RangeBounds<usize>) -> io::Result<(*mut T, usize)> {
    let (start, len) = elements::<T>(bytes, range)?;
    Ok((bytes[start..].as_mut_ptr().cast(), len))
}

macro_rules! views {
    ($type:ty) => {
        impl $type {
            /// Views the bytes `range` as values of a plain type, in place and in native byte order.
            ///
            /// # Errors
            ///
            /// [`RangeError`](super::RangeError) if the range is out of bounds; [`MapError`] if its start is not
            /// aligned for the type or its length is not a multiple of the type's size.
            ///
            /// # Examples
            ///
            /// ```
            /// use pin_ffi::mmap::MmapMut;
            ///
            /// let mut map = MmapMut::anon(12)?;
            /// map[4] = 1;
            /// let map = <
            #[doc = concat!("pin_ffi::mmap::", stringify!($type))]
            /// >::from(map.make_read_only()?);
            /// assert_eq!(map.view::<u32>(4..)?, [u32::from_ne_bytes([1, 0, 0, 0]), 0]);
            /// assert!(map.view::<u32>(1..5).is_err() && map.view::<u64>(..).is_err());
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn view<T: Plain>(&self, range: impl RangeBounds<usize>) -> io::Result<&[T]> {
                view(self, &range)
            }
        }
    };
    (mut $type:ty) => {
        impl $type {
            /// Views the bytes `range` as values of a plain type, in place and in native byte order.
            ///
            /// # Errors
            ///
            /// [`RangeError`](super::RangeError) if the range is out of bounds; [`MapError`] if its start is not
            /// aligned for the type or its length is not a multiple of the type's size.
            pub fn view<T: Plain>(&self, range: impl RangeBounds<usize>) -> io::Result<&[T]> {
                view(self, &range)
            }

            /// Views the bytes `range` as mutable values of a plain type.
            ///
            /// # Errors
            ///
            /// As [`view`](Self::view).
            ///
            /// # Examples
            ///
            /// ```
            /// use pin_ffi::mmap::MmapMut;
            ///
            #[doc = concat!("let mut map = pin_ffi::mmap::", stringify!($type), "::from(MmapMut::anon(16)?);")]
            /// map.view_mut::<u64>(..)?[1] = u64::MAX;
            /// assert_eq!(map[7..9], [0, 0xff]);
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn view_mut<T: Plain>(&mut self, range: impl RangeBounds<usize>) -> io::Result<&mut [T]> {
                let (start, len) = view_mut::<T>(self, &range)?;
                // SAFETY: `elements` checked that `len` aligned elements are inside the exclusively borrowed bytes;
                // every bit pattern is a valid `T` (`Plain`).
                Ok(unsafe { core::slice::from_raw_parts_mut(start, len) })
            }

            /// Views the bytes `range` as atomics, for as long as the borrow lasts.
            ///
            /// # Errors
            ///
            /// [`RangeError`](super::RangeError) if the range is out of bounds.
            pub fn atomic_u8(&mut self, range: impl RangeBounds<usize>) -> io::Result<&[AtomicU8]> {
                let (start, len) = view_mut::<AtomicU8>(self, &range)?;
                // SAFETY: `self` is borrowed exclusively, so that only these atomics access the bytes while the borrow
                // lasts.
                Ok(unsafe { core::slice::from_raw_parts(start, len) })
            }

            /// Views the bytes `range` as atomics of four bytes, for as long as the borrow lasts.
            ///
            /// # Errors
            ///
            /// As [`view`](Self::view).
            ///
            /// # Examples
            ///
            /// ```
            /// use core::sync::atomic::Ordering;
            /// use pin_ffi::mmap::MmapMut;
            ///
            #[doc = concat!("let mut map = pin_ffi::mmap::", stringify!($type), "::from(MmapMut::anon(16)?);")]
            /// let words = map.atomic_u32(..)?;
            /// std::thread::scope(|s| {
            ///     s.spawn(|| words[0].fetch_add(1, Ordering::Relaxed));
            ///     s.spawn(|| words[0].fetch_add(1, Ordering::Relaxed));
            /// });
            /// assert_eq!(map.view::<u32>(..4)?, [2]);
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn atomic_u32(&mut self, range: impl RangeBounds<usize>) -> io::Result<&[AtomicU32]> {
                let (start, len) = view_mut::<AtomicU32>(self, &range)?;
                // SAFETY: `elements` checked the alignment; otherwise as in `atomic_u8`.
                Ok(unsafe { core::slice::from_raw_parts(start, len) })
            }

            /// Views the bytes `range` as atomics of eight bytes, for as long as the borrow lasts.
            ///
            /// # Errors
            ///
            /// As [`view`](Self::view).
            #[cfg(target_has_atomic = "64")]
            pub fn atomic_u64(
                &mut self,
                range: impl RangeBounds<usize>,
            ) -> io::Result<&[core::sync::atomic::AtomicU64]> {
                let (start, len) = view_mut::<core::sync::atomic::AtomicU64>(self, &range)?;
                // SAFETY: `elements` checked the alignment; otherwise as in `atomic_u8`.
                Ok(unsafe { core::slice::from_raw_parts(start, len) })
            }
        }
    };
}
views!(Mmap);
views!(Region);
views!(mut MmapMut);
views!(mut RegionMut);
