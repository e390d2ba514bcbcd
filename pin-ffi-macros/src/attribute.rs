//! `#[pinned_ffi]`: which of its three places it stands in.

mod callback;
mod foreign;
mod signature;
mod wrapper;

pub(crate) use signature::pointee;

use crate::diagnostics::Errors;
use crate::words::{self, Said, Value};
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Item;

/// The words in the attribute's own parentheses.
pub(crate) struct Settings {
    /// Where the runtime crate is.
    pub(crate) krate: syn::Path,
    /// What C gets if a callback panics.
    pub(crate) panic: Option<syn::Expr>,
}

impl Settings {
    /// Names in the runtime crate that only generated code uses.
    pub(crate) fn private(&self) -> TokenStream {
        let krate = &self.krate;
        quote!(#krate::__private)
    }

    /// What stands first in each function: the claim of `crate = path`, and what names in it need.
    pub(crate) fn preamble(&self) -> TokenStream {
        let (claim, import) = (words::claim(&self.krate), words::import(&self.private()));
        quote!(#claim #import)
    }
}

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let errors = Errors::new();
    let expansion = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::ForeignMod(block)) => {
            let settings = settings(&errors, arguments, words::ATTRIBUTE);
            foreign::expand(&errors, &settings, block)
        }
        Ok(Item::Fn(function)) if function.sig.abi.is_some() => {
            let settings = settings(&errors, arguments, words::CALLBACK);
            callback::expand(&errors, &settings, function)
        }
        Ok(Item::Fn(function)) => {
            let settings = settings(&errors, arguments, words::ATTRIBUTE);
            wrapper::expand(&errors, &settings, function)
        }
        Ok(other) => {
            errors.at(
                first_token(&other),
                "`#[pinned_ffi]` stands on an `unsafe extern \"C\"` block, on a function that wraps a C call, or on an `extern \"C\"` function that C calls; for a struct there is `#[derive(FfiPinned)]`",
            );
            item
        }
        Err(error) => {
            errors.push(error);
            item
        }
    };
    match errors.take() {
        None => expansion,
        Some(found) => quote!(#found #expansion),
    }
}

fn settings(errors: &Errors, arguments: TokenStream, table: words::Table) -> Settings {
    let mut settings = Settings { krate: syn::parse_quote!(::pin_ffi), panic: None };
    for Said { value, .. } in words::parse(errors, arguments, table, "`#[pinned_ffi(...)]`") {
        match value {
            Value::Path(path) => settings.krate = path,
            Value::Expr(value) => settings.panic = Some(value),
            _ => {}
        }
    }
    settings
}

fn first_token(item: &impl ToTokens) -> TokenStream {
    item.to_token_stream()
        .into_iter()
        .find(|tree| matches!(tree, TokenTree::Ident(ident) if ident != "pub"))
        .into_iter()
        .collect()
}
