//! The expansion and the checks of `#[derive(Plain)]`.

use crate::derive::allows;
use crate::diagnostics::Errors;
use crate::words::{self, Said, Value};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput};

/// Implements `NoPadding` and `Plain` for a `#[repr(C)]` or `#[repr(transparent)]` struct of plain fields without
/// padding.
pub(crate) fn expand(errors: &Errors, input: &DeriveInput) -> TokenStream {
    let mut krate: syn::Path = syn::parse_quote!(::pin_ffi);
    for Said { value, .. } in words::said(errors, &input.attrs, words::ATTRIBUTE, "the struct") {
        if let Value::Path(path) = value {
            krate = path;
        }
    }
    let Data::Struct(data) = &input.data else {
        errors.at(&input.ident, "only a struct can be `Plain`: an enum has bit patterns that are no value, a union does not say what is there");
        return TokenStream::new();
    };
    let laid_out = input.attrs.iter().any(|attr| {
        let mut found = false;
        if attr.path().is_ident("repr") {
            let _ = attr.parse_nested_meta(|meta| {
                found |= meta.path.is_ident("C") || meta.path.is_ident("transparent");
                if meta.input.peek(syn::token::Paren) {
                    let content;
                    syn::parenthesized!(content in meta.input);
                    content.parse::<TokenStream>()?;
                }
                Ok(())
            });
        }
        found
    });
    if !laid_out {
        errors.at(&input.ident, format_args!("`{}` has no layout that C knows: add `#[repr(C)]`", input.ident));
    }
    if !input.generics.params.is_empty() {
        errors.at(&input.generics, format_args!("padding depends on what the parameters are: derive `Plain` on a struct without generics, or write `unsafe impl Plain for {}<...>` for those that have none", input.ident));
    }
    let (p, claim) = (quote!(#krate::__private), words::claim(&krate));
    let (ident, allows, allowed) = (&input.ident, allows(), words::allowed(input));
    let types: Vec<_> = data.fields.iter().map(|f| &f.ty).collect();
    let plain = types.iter().map(|ty| quote_spanned!(ty.span()=> plain::<#ty>();));
    // The generated code names all fields that remain after other attributes have been expanded. It destructures by
    // value, because the struct may be packed.
    let (members, names): (Vec<_>, Vec<_>) = data
        .fields
        .members()
        .enumerate()
        .map(|(i, member)| (member, quote::format_ident!("field_{}", i, span = proc_macro2::Span::mixed_site())))
        .unzip();
    let message = format!("`{ident}` has padding: add fields for the gaps, so that no uninitialised byte is lent to C");
    quote! {
        #allows
        #allowed
        const _: () = {
            #claim
            const fn plain<T: #p::Plain>() {}
            const _: () = { #(#plain)* };
            const _: fn(#ident) = |value| {
                let #ident { #(#members: #names),* } = value;
                #({ let _: #types = #names; })*
            };
            const _: () = #p::core::assert!(
                #p::core::mem::size_of::<#ident>() == 0 #(+ #p::core::mem::size_of::<#types>())*,
                #message
            );
            #[automatically_derived]
            unsafe impl #p::NoPadding for #ident {
                const NO_PADDING: () = ();
            }
            #[automatically_derived]
            unsafe impl #p::Plain for #ident {
                const PLAIN: () = ();
            }
        };
    }
}
