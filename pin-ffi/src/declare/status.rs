//! Results of functions whose declaration does not say how they report a failure.

use crate::error::{Field, LendError};
use crate::field::{LenField, reported};
use crate::lend::{Fillable, Lent, Plain};

/// A [`Fillable`] whose elements are all initialised before the call.
///
/// A function without `err` accepts only these for its `out` buffers: a failure goes unnoticed, and after a failure the
/// length that C left may be that of the whole buffer.
///
/// # Safety
///
/// All elements that [`lend_out`](Fillable::lend_out) returns are initialised.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may be uninitialised, and nothing says whether this function filled it: its declaration has no `err`",
    label = "C may have failed, and left this as it was",
    note = "say in the declaration how C reports a failure (`err = ...`), or with `err = none` that there is none",
    note = "or pass memory that is initialised: `&mut [{T}]` or `&mut [{T}; N]`"
)]
pub unsafe trait Initialised<T>: Fillable<T> {}
// SAFETY: all elements of a slice are initialised.
unsafe impl<T: Plain> Initialised<T> for &mut [T] {}
// SAFETY: all elements of an array are initialised.
unsafe impl<T: Plain, const N: usize> Initialised<T> for &mut [T; N] {}
// SAFETY: `B` guarantees it for `Some`, and `None` has no elements.
unsafe impl<T, B: Initialised<T>> Initialised<T> for Option<B> {}

/// What C filled of a buffer where it says how much there was (`full`), in elements.
///
/// # Errors
///
/// [`Reason::Overrun`](crate::Reason::Overrun) if it is negative.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn fitting<E, L: LenField>(n: L, lent: Lent<E>, bytes: bool, field: &'static Field) -> Result<usize, LendError> {
    let told = if bytes { lent.len * size_of::<E>() } else { lent.len };
    fitting_of(n, lent, told, bytes, field)
}

/// The same where C was told of `told` elements or bytes, of which the buffer may have more.
///
/// # Errors
///
/// As for [`fitting`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn fitting_of<E, L: LenField>(
    n: L,
    lent: Lent<E>,
    told: usize,
    bytes: bool,
    field: &'static Field,
) -> Result<usize, LendError> {
    let n = reported(n, usize::MAX, field).or_else(|_| reported(n, told, field))?.min(told);
    if lent.is_none() {
        return Ok(0);
    }
    Ok(if bytes { n / size_of::<E>() } else { n })
}

/// Converts the length that C reported for a buffer that may be absent. If it is absent, C reported the size that is
/// needed.
///
/// # Errors
///
/// [`Reason::Overrun`](crate::Reason::Overrun) if it is negative.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn size_reported<L: LenField>(n: L, field: &'static Field) -> Result<usize, LendError> {
    reported(n, usize::MAX, field)
}
