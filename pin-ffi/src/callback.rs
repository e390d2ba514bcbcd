//! Runtime support for callbacks: converting the parameters that C passes, and handling panics.

use crate::lend::{NoPadding, Plain};
use core::ffi::{CStr, c_char};
use core::mem::MaybeUninit;
use core::slice;

/// Stops a callback before its body runs if C passes an invalid argument, with a panic that names the parameter.
#[cold]
#[track_caller]
fn refuse(parameter: &'static str, why: &str) -> ! {
    panic!("C passed {why} for `{parameter}`")
}

/// Checks that `p` is aligned and that `n` elements of `T` are not larger than any memory. Returns `None` for NULL with
/// length 0.
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

/// Converts a length that C passed.
#[inline(always)]
#[must_use]
#[track_caller]
pub fn length<L: crate::field::LenField>(n: L, parameter: &'static str) -> usize {
    n.to_len().unwrap_or_else(|_| refuse(parameter, "a negative length"))
}

/// Reads a length through a pointer that C passed.
///
/// # Safety
///
/// If `n` is not null, it points to an initialised length.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn length_at<L: crate::field::LenField>(n: *const L, parameter: &'static str) -> usize {
    if n.is_null() {
        refuse(parameter, "NULL instead of the address of its length");
    }
    // SAFETY: `n` was checked for null above; the caller guarantees that it then points to an initialised length.
    length(unsafe { n.read_unaligned() }, parameter)
}

/// Multiplies two parts of a computed length.
#[inline(always)]
#[must_use]
pub fn times(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    a?.checked_mul(b?)
}

/// Adds two parts of a computed length.
#[inline(always)]
#[must_use]
pub fn plus(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    a?.checked_add(b?)
}

/// Unwraps a length computed from other parameters.
#[inline(always)]
#[must_use]
#[track_caller]
pub fn computed_length(n: Option<usize>, parameter: &'static str) -> usize {
    n.unwrap_or_else(|| refuse(parameter, "a length that cannot be computed"))
}

/// `in`: a slice of C's memory, valid for the call.
///
/// # Safety
///
/// If `p` is not null, it points to `n` initialised elements that do not change during `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn slice_in<'a, T: Plain, P>(p: *const P, n: usize, parameter: &'static str) -> &'a [T] {
    match check(p, n, parameter) {
        // SAFETY: `check` found that `p` is not null, aligned, and that the size is at most `isize::MAX`; the caller
        // guarantees `n` initialised elements that do not change during `'a`.
        Some(p) => unsafe { slice::from_raw_parts(p, n) },
        None => &[],
    }
}

/// `inout`: a slice of C's memory, for reading and writing, valid for the call.
///
/// # Safety
///
/// If `p` is not null, it points to `n` initialised elements that nobody else accesses during `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn slice_inout<'a, T: Plain, P>(p: *mut P, n: usize, parameter: &'static str) -> &'a mut [T] {
    match check::<T, P>(p, n, parameter) {
        // SAFETY: `check` found that `p` is not null, aligned, and that the size is at most `isize::MAX`; the caller
        // guarantees `n` initialised elements that nobody else accesses during `'a`.
        Some(p) => unsafe { slice::from_raw_parts_mut(p.cast_mut(), n) },
        None => &mut [],
    }
}

/// `out`: memory of C's for the callback to write.
///
/// # Safety
///
/// If `p` is not null, it points to memory for `n` elements that nobody else accesses during `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn slice_out<'a, T: NoPadding, P>(p: *mut P, n: usize, parameter: &'static str) -> &'a mut [MaybeUninit<T>] {
    match check::<T, P>(p, n, parameter) {
        // SAFETY: `check` found that `p` is not null, aligned, and that the size is at most `isize::MAX`; the caller
        // guarantees memory for `n` elements that nobody else accesses during `'a`.
        Some(p) => unsafe { slice::from_raw_parts_mut(p.cast_mut().cast(), n) },
        None => &mut [],
    }
}

/// `userdata`, and single values: the value that the pointer points to; `None` for NULL.
///
/// # Safety
///
/// If `p` is not null, it points to a valid `T` that nobody else accesses during `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn value_mut<'a, T, P>(p: *mut P, parameter: &'static str) -> Option<&'a mut T> {
    // SAFETY: `check` found that `p` is not null and aligned; the caller guarantees a valid `T` that nobody else
    // accesses during `'a`.
    check::<T, P>(p, 1 - usize::from(p.is_null()), parameter).map(|p| unsafe { &mut *p.cast_mut() })
}

/// A single value in C's memory, for reading; `None` for NULL.
///
/// # Safety
///
/// If `p` is not null, it points to an initialised `T` that does not change during `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn value_ref<'a, T: Plain, P>(p: *const P, parameter: &'static str) -> Option<&'a T> {
    // SAFETY: `check` found that `p` is not null and aligned; the caller guarantees an initialised `T` that does not
    // change during `'a`.
    check::<T, P>(p, 1 - usize::from(p.is_null()), parameter).map(|p| unsafe { &*p })
}

/// A single value in C's memory, for reading and writing; `None` for NULL.
///
/// # Safety
///
/// If `p` is not null, it points to an initialised `T` that nobody else accesses during `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn plain_mut<'a, T: Plain, P>(p: *mut P, parameter: &'static str) -> Option<&'a mut T> {
    // SAFETY: the caller guarantees what `value_mut` requires: an initialised `T` that nobody else accesses during
    // `'a`.
    unsafe { value_mut(p, parameter) }
}

/// A single value in C's memory, for the callback to write; `None` for NULL.
///
/// # Safety
///
/// If `p` is not null, it points to memory for a `T` that nobody else accesses during `'a`.
#[inline(always)]
#[must_use]
#[track_caller]
pub unsafe fn plain_out<'a, T: NoPadding, P>(p: *mut P, parameter: &'static str) -> Option<&'a mut MaybeUninit<T>> {
    // SAFETY: the caller guarantees memory for a `T` that nobody else accesses during `'a`; any memory is a valid
    // `MaybeUninit<T>`.
    unsafe { value_mut(p, parameter) }
}

/// `cstr`: a string in C's memory; `None` for NULL.
///
/// # Safety
///
/// If `p` is not null, it points to a NUL-terminated string that does not change during `'a`.
#[inline(always)]
#[must_use]
pub unsafe fn cstr<'a>(p: *const c_char) -> Option<&'a CStr> {
    // SAFETY: `p` is not null; the caller guarantees a NUL-terminated string that does not change during `'a`.
    (!p.is_null()).then(|| unsafe { CStr::from_ptr(p) })
}

/// Unwraps the value of a parameter that is not `nullable`.
#[inline(always)]
#[must_use]
#[track_caller]
pub fn required<T>(value: Option<T>, parameter: &'static str) -> T {
    value.unwrap_or_else(|| refuse(parameter, "NULL"))
}

/// Runs the body of a callback. A panic does not unwind into C: the callback then returns the value of `on_panic`, or
/// the process is aborted if there is none.
#[cfg(feature = "std")]
#[inline(always)]
pub fn guarded<R>(name: &'static str, on_panic: Option<fn() -> R>, body: impl FnOnce() -> R) -> R {
    // The body captures only the callback's own parameters, which nothing accesses after a panic.
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
    // A subscriber of the event may panic, too; that changes nothing.
    let told = std::panic::catch_unwind(|| crate::events::callback_panicked(name, on_panic.is_some()));
    core::mem::forget(told);
    // Dropping the payload may panic as well; then the process is aborted.
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(payload)));
    match (on_panic, dropped) {
        (Some(answer), Ok(())) => answer(),
        (_, dropped) => {
            core::mem::forget(dropped);
            // `eprintln!` panics if standard error is closed.
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

/// Runs the body of a callback. Without `std`, a panic in an `extern "C"` function aborts the process.
#[cfg(not(feature = "std"))]
#[inline(always)]
pub fn guarded<R>(_name: &'static str, _on_panic: Option<fn() -> R>, body: impl FnOnce() -> R) -> R {
    body()
}
