//! The storage for the nested C structs of one call: on the stack if they fit there, and otherwise in heap blocks.

use crate::scratch::{INLINE, Inline, Scratch, with_scratch};

/// The number of bytes on the stack, before any are used.
pub const ROOM: Option<usize> = Some(INLINE);

/// Returns whether everything fits, where `left` is what remains of [`ROOM`].
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub const fn fits(left: Option<usize>) -> bool {
    left.is_some()
}

/// Makes a call whose nested structs do not fit on the stack. `with_scratch` is out of line, so that the other path
/// stays short.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn in_blocks<R>(call: impl FnOnce(&mut Scratch<'_>) -> R) -> R {
    with_scratch(None, call)
}

/// Returns the bytes on the stack, uninitialised.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub const fn stack() -> Inline<INLINE> {
    Inline::uninit()
}
