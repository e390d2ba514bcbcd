//! What a function that C calls makes of its parameters, and what becomes of a panic in it.

use crate::lend::{NoPadding, Plain};
use core::ffi::{CStr, c_char};
use core::mem::MaybeUninit;
use core::slice;

/// What stops a callback before its body runs, if C passes what cannot be: a panic that names the parameter.
#[cold]
#[track_caller]
fn refuse(parameter: &'static str, why: &str) -> ! {
    panic!("C passed {why} for `{parameter}`")
}

/// Whether `n` elements of `T` can be at `p`; `None` for NULL with length 0.
#[inline(always)]
#[track_caller]
fn check<T, P>(p: *const P, n: usize, parameter: &'static str) -> Option<*const T> {
    if p.is_null() {
        if n != 0 {
            refuse(parameter, "NULL with a length that is not 0");
        }
        return None;
    }
    if !p.cast::<T>().is_aligned() {
        refuse(parameter, "a misaligned address");
    }
    if n > isize::MAX as usize / size_of::<T>().max(1) {
        refuse(parameter, "a length that no memory has");
    }
    Some(p.cast())
}

/// A length that C passed.
#[inline(always)]
#[must_use]
#[track_caller]
pub fn length<L: crate::field::LenField>(n: L, parameter: &'static str) -> usize {
    n.to_len().unwrap_or_else(|_| refuse(parameter, "a negative length"))
}

/// A length behind a pointer.
///
/// # Safety
///
/// If `n` is not null it leads to an initialised length.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn length_at<L: crate::field::LenField>(n: *const L, parameter: &'static str) -> usize {
    if n.is_null() {
        refuse(parameter, "NULL instead of the address of its length");
    }
    // SAFETY: not null; the rest is the caller's promise.
    length(unsafe { n.read_unaligned() }, parameter)
}

/// A step of a computed length.
#[inline(always)]
#[must_use]
pub fn times(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    a?.checked_mul(b?)
}

/// A step of a computed length.
#[inline(always)]
#[must_use]
pub fn plus(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    a?.checked_add(b?)
}

/// A length computed from other parameters.
#[inline(always)]
#[must_use]
#[track_caller]
pub fn computed_length(n: Option<usize>, parameter: &'static str) -> usize {
    n.unwrap_or_else(|| refuse(parameter, "a length that cannot be computed"))
}

/// `in`: a slice that C lends for the call.
///
/// # Safety
///
/// If `p` is not null, `n` elements there are initialised and unchanged for `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn slice_in<'a, T: Plain, P>(p: *const P, n: usize, parameter: &'static str) -> &'a [T] {
    match check(p, n, parameter) {
        // SAFETY: not null, aligned, within bounds (`check`); the rest is the caller's promise.
        Some(p) => unsafe { slice::from_raw_parts(p, n) },
        None => &[],
    }
}

/// `inout`: a slice that C lends for reading and writing.
///
/// # Safety
///
/// If `p` is not null, `n` elements there are initialised and nobody else uses them for `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn slice_inout<'a, T: Plain, P>(p: *mut P, n: usize, parameter: &'static str) -> &'a mut [T] {
    match check::<T, P>(p, n, parameter) {
        // SAFETY: not null, aligned, within bounds (`check`); the rest is the caller's promise.
        Some(p) => unsafe { slice::from_raw_parts_mut(p.cast_mut(), n) },
        None => &mut [],
    }
}

/// `out`: memory that C wants filled.
///
/// # Safety
///
/// If `p` is not null, nobody else uses the memory of `n` elements there for `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn slice_out<'a, T: NoPadding, P>(p: *mut P, n: usize, parameter: &'static str) -> &'a mut [MaybeUninit<T>] {
    match check::<T, P>(p, n, parameter) {
        // SAFETY: not null, aligned, within bounds (`check`); the rest is the caller's promise.
        Some(p) => unsafe { slice::from_raw_parts_mut(p.cast_mut().cast(), n) },
        None => &mut [],
    }
}

/// `userdata`, and single values: the value behind the pointer; `None` for NULL.
///
/// # Safety
///
/// If `p` is not null it leads to a `T` that nobody else uses for `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn value_mut<'a, T, P>(p: *mut P, parameter: &'static str) -> Option<&'a mut T> {
    // SAFETY: not null, aligned (`check`); the rest is the caller's promise.
    check::<T, P>(p, 1 - usize::from(p.is_null()), parameter).map(|p| unsafe { &mut *p.cast_mut() })
}

/// A single value that C lends for reading; `None` for NULL.
///
/// # Safety
///
/// If `p` is not null it leads to an initialised `T`, unchanged for `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn value_ref<'a, T: Plain, P>(p: *const P, parameter: &'static str) -> Option<&'a T> {
    // SAFETY: not null, aligned (`check`); the rest is the caller's promise.
    check::<T, P>(p, 1 - usize::from(p.is_null()), parameter).map(|p| unsafe { &*p })
}

/// A single value that C lends for reading and writing; `None` for NULL.
///
/// # Safety
///
/// If `p` is not null it leads to an initialised `T` that nobody else uses for `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn plain_mut<'a, T: Plain, P>(p: *mut P, parameter: &'static str) -> Option<&'a mut T> {
    // SAFETY: the caller's promise.
    unsafe { value_mut(p, parameter) }
}

/// A single value that C wants filled; `None` for NULL.
///
/// # Safety
///
/// If `p` is not null it leads to memory of a `T` that nobody else uses for `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn plain_out<'a, T: NoPadding, P>(p: *mut P, parameter: &'static str) -> Option<&'a mut MaybeUninit<T>> {
    // SAFETY: the caller's promise; of the memory nothing is known.
    unsafe { value_mut(p, parameter) }
}

/// `cstr`: a string that C lends; `None` for NULL.
///
/// # Safety
///
/// If `p` is not null it leads to bytes up to a NUL, unchanged for `'a`.
#[inline(always)]
#[must_use]
pub unsafe fn cstr<'a>(p: *const c_char) -> Option<&'a CStr> {
    // SAFETY: not null; the rest is the caller's promise.
    (!p.is_null()).then(|| unsafe { CStr::from_ptr(p) })
}

/// The value of a parameter that is not `nullable`.
#[inline(always)]
#[must_use]
#[track_caller]
pub fn required<T>(value: Option<T>, parameter: &'static str) -> T {
    value.unwrap_or_else(|| refuse(parameter, "NULL"))
}

/// Runs a callback's body. A panic does not cross into C: it is answered with `on_panic`, or ends the process.
#[cfg(feature = "std")]
#[inline(always)]
pub fn guarded<R>(name: &'static str, on_panic: Option<fn() -> R>, body: impl FnOnce() -> R) -> R {
    // The body's captures are the callback's own parameters, which nobody sees after a panic.
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => panicked(name, on_panic, payload),
    }
}

#[cfg(feature = "std")]
#[cold]
fn panicked<R>(
    name: &'static str,
    on_panic: Option<fn() -> R>,
    payload: alloc::boxed::Box<dyn core::any::Any + Send>,
) -> R {
    // Whoever is told of it may panic: that changes nothing.
    let told = std::panic::catch_unwind(|| crate::events::callback_panicked(name, on_panic.is_some()));
    core::mem::forget(told);
    // Dropping the payload may panic as well; then there is nothing left to answer with.
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(payload)));
    match (on_panic, dropped) {
        (Some(answer), Ok(())) => answer(),
        (_, dropped) => {
            core::mem::forget(dropped);
            // Not `eprintln!`: that panics itself where nobody reads standard error any more.
            let _ = std::io::Write::write_fmt(
                &mut std::io::stderr(),
                format_args!(
                    "`{name}` panicked while C was calling it, and has no `panic = ...` to answer with: aborting\n"
                ),
            );
            std::process::abort()
        }
    }
}

/// Runs a callback's body. Without `std` a panic in an `extern "C"` function ends the process.
#[cfg(not(feature = "std"))]
#[inline(always)]
pub fn guarded<R>(_name: &'static str, _on_panic: Option<fn() -> R>, body: impl FnOnce() -> R) -> R {
    body()
}
