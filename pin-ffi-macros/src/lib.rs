//! The macros of [`pin-ffi`](https://docs.rs/pin-ffi), which re-exports and documents them.
//!
//! parse (`words`, `model`) -> `check` -> expand (`derive`, `attribute`); errors are collected (`diagnostics`)
//! on the way, and an item with errors gets a `fallback`. `tokens` does all of that, from tokens to tokens; `library` is
//! a second root of the same modules, for the fuzz targets.

mod attribute;
mod check;
mod checked;
mod derive;
mod diagnostics;
mod fallback;
mod model;
mod plain;
#[cfg(test)]
mod soup;
mod tokens;
mod words;

use proc_macro::TokenStream;

/// See `pin_ffi::FfiPinned`.
#[proc_macro_derive(FfiPinned, attributes(ffi))]
pub fn derive_ffi_pinned(input: TokenStream) -> TokenStream {
    tokens::derive(input.into()).into()
}

/// See `pin_ffi::Plain`.
#[proc_macro_derive(Plain, attributes(ffi))]
pub fn derive_plain(input: TokenStream) -> TokenStream {
    tokens::derive_plain(input.into()).into()
}

/// See `pin_ffi::FfiChecked`.
#[proc_macro_derive(FfiChecked, attributes(ffi))]
pub fn derive_ffi_checked(input: TokenStream) -> TokenStream {
    tokens::derive_checked(input.into()).into()
}

/// See `pin_ffi::pinned_ffi`.
#[proc_macro_attribute]
pub fn pinned_ffi(arguments: TokenStream, item: TokenStream) -> TokenStream {
    tokens::pinned_ffi(arguments.into(), item.into()).into()
}
