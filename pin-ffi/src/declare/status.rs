//! What a call may show of a buffer if nothing says that it succeeded.

use crate::error::{Field, LendError};
use crate::field::{LenField, reported};
use crate::lend::{Fillable, Lent, Plain};

/// A [`Fillable`] whose elements were all initialised before the call.
///
/// A function without `err` takes only those for its `out` buffers: nothing says that it failed, and after a failure the
/// length that it left may be that of the whole buffer.
///
/// # Safety
///
/// All elements that [`lend_out`](Fillable::lend_out) gives are initialised.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may be uninitialised, and nothing says whether this function filled it: its declaration has no `err`",
    label = "C may have failed, and left this as it was",
    note = "say in the declaration how C reports a failure (`err = ...`), or with `err = none` that there is none",
    note = "or pass memory that is initialised: `&mut [{T}]` or `&mut [{T}; N]`"
)]
pub unsafe trait Initialised<T>: Fillable<T> {}
// SAFETY: a slice is initialised.
unsafe impl<T: Plain> Initialised<T> for &mut [T] {}
// SAFETY: so is an array.
unsafe impl<T: Plain, const N: usize> Initialised<T> for &mut [T; N] {}
// SAFETY: the value says so, and without it there are no elements.
unsafe impl<T, B: Initialised<T>> Initialised<T> for Option<B> {}

/// What C filled of a buffer where it says how much there was (`full`), in elements.
///
/// # Errors
///
/// [`Reason::Overrun`](crate::Reason::Overrun) if it is negative.
#[inline(always)]
pub fn fitting<E, L: LenField>(n: L, lent: Lent<E>, bytes: bool, field: &'static Field) -> Result<usize, LendError> {
    let told = if bytes { lent.len * size_of::<E>() } else { lent.len };
    fitting_of(n, lent, told, bytes, field)
}

/// The same where C was told of `told` elements or bytes, of which the buffer may have more.
///
/// # Errors
///
/// As for [`fitting`].
#[inline(always)]
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

/// What C reported of a buffer that may be absent: without one it is the size that is asked for.
///
/// # Errors
///
/// [`Reason::Overrun`](crate::Reason::Overrun) if it is negative.
#[inline(always)]
pub fn size_reported<L: LenField>(n: L, field: &'static Field) -> Result<usize, LendError> {
    reported(n, usize::MAX, field)
}
