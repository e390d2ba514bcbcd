//! The same modules as a normal library, for the targets in `fuzz/`. Only the compiler can call the functions that
//! `lib.rs` exports.

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

/// The words of the derives.
pub fn derive_words() -> Vec<&'static str> {
    names(&[words::CONTAINER, words::FIELD, words::CHECKED])
}

/// The words of the attribute.
pub fn attribute_words() -> Vec<&'static str> {
    use words::{ATTRIBUTE, CALLBACK, CALLBACK_PARAM, FUNCTION, PARAM, WRAPPER_PARAM};
    names(&[PARAM, WRAPPER_PARAM, CALLBACK_PARAM, FUNCTION, ATTRIBUTE, CALLBACK])
}

fn names(tables: &[words::Table]) -> Vec<&'static str> {
    let mut names: Vec<_> = tables.iter().copied().flatten().map(|(word, _)| *word).collect();
    names.sort_unstable();
    names.dedup();
    names
}
