//! The check, switched off: nothing is kept, nothing walked, and all of it vanishes.

use super::{FfiChecked, Policy};
use core::convert::Infallible;
use core::fmt;
use core::ptr::NonNull;

/// Whether pins have an end to tell of.
pub(crate) const COMPILED: bool = false;

/// What a pin holds while it is entered: nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lending;

impl Lending {
    /// No entry.
    pub(crate) const NONE: Self = Self;
}

#[inline(always)]
pub(crate) const fn enter(_start: usize, _bytes: usize, _write: bool) -> Lending {
    Lending
}

#[inline(always)]
pub(crate) const fn leave(_lending: Lending) {}

/// One lending: none is noted.
pub(crate) struct Note;

/// Lendings that end together: none.
pub(crate) struct Notes;

#[allow(clippy::unused_self)] // as the check's own, switched on
impl Notes {
    pub(crate) const NONE: Self = Self;

    #[inline(always)]
    pub(crate) const unsafe fn add(&mut self, _place: NonNull<Note>, _lending: Lending) {}

    #[inline(always)]
    pub(crate) const unsafe fn end(&mut self) {}
}

/// Pins, pinned bytes, and the most of both.
#[inline(always)]
pub(crate) const fn totals() -> [usize; 4] {
    [0; 4]
}

#[inline(always)]
pub(super) const fn policy() -> Policy {
    Policy::Off
}

#[inline(always)]
pub(super) const fn is_pinned(_start: usize, _bytes: usize) -> bool {
    false
}

/// Nothing is switched off further.
pub(super) struct Unchecked;

impl Unchecked {
    #[inline(always)]
    pub(super) const fn new() -> Self {
        Self
    }
}

/// Memory that is registered as C's own; see [`foreign`](super::foreign).
#[derive(Debug)]
#[must_use = "the memory counts as C's own until this is dropped"]
pub struct Foreign(());

impl Foreign {
    #[inline(always)]
    pub(super) const fn new(_start: usize, _bytes: usize) -> Self {
        Self(())
    }
}

/// What is wrong with an address in a C struct; nothing is, while the check is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(Infallible);

impl Fault {
    /// The struct and the path of fields and indices in it.
    #[must_use]
    pub fn path(&self) -> &str {
        match self.0 {}
    }

    /// The address in question.
    #[must_use]
    pub fn address(&self) -> usize {
        match self.0 {}
    }

    /// How many bytes C may use there; 0 where the length itself is wrong.
    #[must_use]
    pub fn len_bytes(&self) -> usize {
        match self.0 {}
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

impl core::error::Error for Fault {}

#[inline(always)]
pub(super) const unsafe fn verify<C: FfiChecked + ?Sized>(_c: &C, _write: bool) {}

#[inline(always)]
pub(super) const unsafe fn fault<C: FfiChecked + ?Sized>(_c: &C, _write: bool) -> Option<Fault> {
    None
}

#[inline(always)]
pub(crate) const unsafe fn verify_raw<C: FfiChecked>(_c: *const C, _len: Option<usize>, _write: bool) {}
