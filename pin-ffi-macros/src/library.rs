//! The same modules as a plain library, for the targets in `fuzz/`: what `lib.rs` exports only the compiler can call.

mod attribute;
mod check;
mod checked;
mod derive;
mod diagnostics;
mod fallback;
mod model;
mod plain;
mod tokens;
mod words;

use proc_macro2::TokenStream;

/// `#[derive(FfiPinned)]`
pub fn derive_ffi_pinned(input: TokenStream) -> TokenStream {
    tokens::derive(input)
}

/// `#[derive(Plain)]`
pub fn derive_plain(input: TokenStream) -> TokenStream {
    tokens::derive_plain(input)
}

/// `#[derive(FfiChecked)]`
pub fn derive_ffi_checked(input: TokenStream) -> TokenStream {
    tokens::derive_checked(input)
}

/// `#[pinned_ffi]`
pub fn pinned_ffi(arguments: TokenStream, item: TokenStream) -> TokenStream {
    tokens::pinned_ffi(arguments, item)
}

/// The words that may stand in some `#[ffi(...)]`.
pub fn words() -> Vec<&'static str> {
    use words::{ATTRIBUTE, CALLBACK, CALLBACK_PARAM, CHECKED, CONTAINER, FIELD, FUNCTION, PARAM, WRAPPER_PARAM};
    let tables = [CONTAINER, FIELD, PARAM, WRAPPER_PARAM, CALLBACK_PARAM, CHECKED, FUNCTION, ATTRIBUTE, CALLBACK];
    let mut words: Vec<_> = tables.into_iter().flatten().map(|(word, _)| *word).collect();
    words.sort_unstable();
    words.dedup();
    words
}
