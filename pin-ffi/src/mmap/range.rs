//! The bounds check. Every method that takes a range uses it.

use super::error::RangeError;
use core::ops::{Bound, Range, RangeBounds};

/// Resolves `range` to offsets into `len` bytes: `start <= end <= len`.
///
/// An empty range is in bounds if it starts at or before the end.
#[inline]
pub(super) fn inside(range: &impl RangeBounds<usize>, len: usize) -> Result<Range<usize>, RangeError> {
    let start = match range.start_bound() {
        Bound::Included(&start) => Some(start),
        Bound::Excluded(&before) => before.checked_add(1),
        Bound::Unbounded => Some(0),
    };
    let end = match range.end_bound() {
        Bound::Included(&last) => last.checked_add(1),
        Bound::Excluded(&end) => Some(end),
        Bound::Unbounded => Some(len),
    };
    match (start, end) {
        (Some(start), Some(end)) if start <= end && end <= len => Ok(start..end),
        _ => Err(RangeError { start, end, len }),
    }
}

/// The range of `len` bytes that starts at `offset`, checked like [`inside`].
#[inline]
pub(super) fn inside_from(offset: usize, len: usize, available: usize) -> Result<Range<usize>, RangeError> {
    match offset.checked_add(len) {
        Some(end) => inside(&(offset..end), available),
        None => Err(RangeError { start: Some(offset), end: None, len: available }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_small_range_is_inside_exactly_when_slicing_takes_it() {
        let bytes = [0_u8; 6];
        for start in 0..9 {
            for end in 0..9 {
                let sliced = bytes.get(start..end).is_some();
                assert_eq!(inside(&(start..end), 6).is_ok(), sliced, "{start}..{end}");
                assert_eq!(inside(&(start..=end), 6).is_ok(), bytes.get(start..=end).is_some(), "{start}..={end}");
            }
        }
    }

    #[test]
    fn ranges_at_the_last_address_do_not_wrap() {
        let last = usize::MAX;
        assert!(inside(&(0..=last), 6).is_err());
        assert!(inside(&(last..), 6).is_err());
        assert!(inside(&(last..=last), 6).is_err());
        assert!(inside(&(Bound::Excluded(last), Bound::Unbounded), 6).is_err());
        assert!(inside_from(last, 2, 6).is_err());
        assert!(inside_from(2, last - 1, 6).is_err());
        assert_eq!(inside_from(6, 0, 6), Ok(6..6));
    }
}
