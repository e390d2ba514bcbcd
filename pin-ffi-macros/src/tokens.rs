//! The macros as functions from tokens to tokens.

use crate::diagnostics::Errors;
use crate::model::Struct;
use crate::{attribute, check, checked, derive, fallback, plain, words};
use proc_macro2::TokenStream;
use syn::DeriveInput;

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    of_item(input, |errors, input| {
        let model = Struct::new(&errors, input);
        check::check(&errors, &model);
        match errors.take() {
            None => derive::expand(&model),
            Some(mut found) => {
                found.extend(fallback::derive(&model));
                found
            }
        }
    })
}

pub(crate) fn derive_plain(input: TokenStream) -> TokenStream {
    of_item(input, |errors, input| {
        let expansion = plain::expand(&errors, input);
        errors.take().unwrap_or(expansion)
    })
}

pub(crate) fn derive_checked(input: TokenStream) -> TokenStream {
    of_item(input, |errors, input| {
        let expansion = checked::expand(&errors, input);
        errors.take().unwrap_or(expansion)
    })
}

pub(crate) fn pinned_ffi(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let taken = [&arguments, &item].into_iter().find_map(taken);
    taken.unwrap_or_else(|| attribute::expand(arguments, item))
}

/// Reports an error if the input contains a name that generated code uses, which would then refer to the user's item.
fn taken(input: &TokenStream) -> Option<TokenStream> {
    let named = words::find(input.clone(), words::is_ours)?;
    let text = format!("`{named}` is a name of generated code: call this by another");
    Some(syn::Error::new(named.span(), text).to_compile_error())
}

fn of_item(input: TokenStream, expand: impl FnOnce(Errors, &DeriveInput) -> TokenStream) -> TokenStream {
    if let Some(error) = taken(&input) {
        return error;
    }
    // To whoever compares them, names are one with and without `r#`, as they are to the compiler.
    match syn::parse2(words::unraw(input)) {
        Ok(input) => expand(Errors::new(), &input),
        Err(error) => error.to_compile_error(),
    }
}
