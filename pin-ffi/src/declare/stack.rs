//! Where the nested C structs of one call are: on its stack if they fit there, and else in heap blocks.

use crate::scratch::{INLINE, Inline, Scratch, with_scratch};

/// The bytes on the stack, before anything is in them.
pub const ROOM: Option<usize> = Some(INLINE);

/// Whether everything fits, if this is what is left of [`ROOM`].
#[inline(always)]
#[must_use]
pub const fn fits(left: Option<usize>) -> bool {
    left.is_some()
}

/// Makes a call whose nested structs do not fit on the stack. Out of line, so that the other path stays short.
#[inline(always)]
pub fn in_blocks<R>(call: impl FnOnce(&mut Scratch<'_>) -> R) -> R {
    with_scratch(None, call)
}

/// Those bytes.
#[inline(always)]
#[must_use]
pub const fn stack() -> Inline<INLINE> {
    Inline::uninit()
}
