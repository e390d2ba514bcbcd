//! What only an impl by hand needs: of a buffer of another kind, or of a value that fills a C struct itself.
//!
//! The derives and the attribute write such impls, and most crates need nothing of this module. An impl by hand is
//! `unsafe`: it vouches for what C gets.

#[doc(hidden)]
pub use crate::declare::Initialised;
pub use crate::error::Field;
pub use crate::field::Unfit;
pub use crate::fill::{LentArray, LentStruct};
pub use crate::lend::{Access, Consume, Exclusive, Fill, Fillable, LendMut, Lent, NoPadding, Shared};
pub use crate::scratch::{INLINE, Inline, Scratch};
