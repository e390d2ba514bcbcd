//! The macros of [`pin-ffi`](https://docs.rs/pin-ffi), which re-exports and documents them.
//!
//! parse (`words`, `model`) -> `check` -> expand (`derive`, `attribute`); errors are collected (`diagnostics`)
//! on the way, and an item with errors gets a `fallback`.

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
mod words;

use diagnostics::Errors;
use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// See `pin_ffi::FfiPinned`.
#[proc_macro_derive(FfiPinned, attributes(ffi))]
pub fn derive_ffi_pinned(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derived(&input).into()
}

fn derived(input: &DeriveInput) -> proc_macro2::TokenStream {
    let errors = Errors::new();
    let model = model::Struct::new(&errors, input);
    check::check(&errors, &model);
    match errors.take() {
        None => derive::expand(&model),
        Some(mut found) => {
            found.extend(fallback::derive(&model));
            found
        }
    }
}

/// See `pin_ffi::Plain`.
#[proc_macro_derive(Plain, attributes(ffi))]
pub fn derive_plain(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let errors = Errors::new();
    let expansion = plain::expand(&errors, &input);
    errors.take().unwrap_or(expansion).into()
}

/// See `pin_ffi::FfiChecked`.
#[proc_macro_derive(FfiChecked, attributes(ffi))]
pub fn derive_ffi_checked(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let errors = Errors::new();
    let expansion = checked::expand(&errors, &input);
    errors.take().unwrap_or(expansion).into()
}

/// See `pin_ffi::pinned_ffi`.
#[proc_macro_attribute]
pub fn pinned_ffi(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(arguments.into(), item.into()).into()
}
