//! `#[pinned_ffi]`: which of its three places it stands in.

mod callback;
mod foreign;
mod settings;
mod signature;
mod wrapper;

pub(crate) use signature::pointee;

use crate::diagnostics::Errors;
use crate::words::{self, Said, Value};
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use settings::Settings;
use syn::{Item, ItemFn};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let errors = Errors::new();
    let expansion = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::ForeignMod(block)) => {
            let settings = settings(&errors, arguments, words::ATTRIBUTE);
            let block = syn::parse2(words::unraw(block.to_token_stream())).unwrap_or(block);
            foreign::expand(&errors, &settings, block)
        }
        Ok(Item::Fn(function)) if function.sig.abi.is_some() => {
            let settings = settings(&errors, arguments, words::CALLBACK);
            callback::expand(&errors, &settings, with_plain_names(function))
        }
        Ok(Item::Fn(function)) => {
            let settings = settings(&errors, arguments, words::ATTRIBUTE);
            wrapper::expand(&errors, &settings, with_plain_names(function))
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
            words::without_words(item)
        }
    };
    match errors.take() {
        None => expansion,
        Some(found) => quote!(#found #expansion),
    }
}

/// The names in what stands before the body are compared.
fn with_plain_names(mut function: ItemFn) -> ItemFn {
    let attrs = &function.attrs;
    let attrs = syn::parse::Parser::parse2(syn::Attribute::parse_outer, words::unraw(quote!(#(#attrs)*)));
    if let (Ok(attrs), Ok(sig)) = (attrs, syn::parse2(words::unraw(function.sig.to_token_stream()))) {
        (function.attrs, function.sig) = (attrs, sig);
    }
    function
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
