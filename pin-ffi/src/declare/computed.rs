//! Lengths that are computed from parameters. Each step is checked, and the error contains its result.

use crate::error::{Field, LendError, Reason};
use crate::field::LenField;

/// Converts a parameter to a part of a computed length.
///
/// # Errors
///
/// [`Reason::TooLong`] if it is negative, or does not fit in a `usize`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn summand<L: LenField>(value: L, field: &'static Field) -> Result<usize, LendError> {
    match value.to_len() {
        Ok(n) => Ok(n),
        Err(value) => Err(too_long(value, field)),
    }
}

/// Computes `a * b`.
///
/// # Errors
///
/// [`Reason::TooLong`] with the product, if it does not fit in a `usize`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn product(a: usize, b: usize, field: &'static Field) -> Result<usize, LendError> {
    match a.checked_mul(b) {
        Some(n) => Ok(n),
        None => Err(too_long((a as i128).saturating_mul(b as i128), field)),
    }
}

/// Computes `a + b`.
///
/// # Errors
///
/// [`Reason::TooLong`] with the sum, if it does not fit in a `usize`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn sum(a: usize, b: usize, field: &'static Field) -> Result<usize, LendError> {
    match a.checked_add(b) {
        Some(n) => Ok(n),
        None => Err(too_long(a as i128 + b as i128, field)),
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn too_long(n: i128, field: &'static Field) -> LendError {
    LendError::new(field, Reason::TooLong, n, usize::MAX as i128)
}

/// Checks that a buffer has at least `need` elements or bytes. An absent buffer is accepted. Returns how many C uses:
/// `need`, or 0 for an absent buffer.
///
/// # Errors
///
/// [`Reason::TooShort`] if there are fewer.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn at_least(n: usize, present: bool, need: usize, field: &'static Field) -> Result<usize, LendError> {
    if !present {
        Ok(0)
    } else if n >= need {
        Ok(need)
    } else {
        Err(LendError::new(field, Reason::TooShort, n as i128, need as i128))
    }
}
