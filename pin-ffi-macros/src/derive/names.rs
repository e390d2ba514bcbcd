//! Names and types that every part of the expansion says the same way.

use crate::model::Struct;
use crate::words::{self, KNOWN, bare};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

pub(super) fn is_known(c: &syn::Path) -> bool {
    c.segments.last().is_some_and(|s| KNOWN.contains(&bare(&s.ident).as_str()))
}

/// A name of our own. Patterns are looked up among the user's items, so that no plain name would do.
pub(super) fn ours(name: &str) -> Ident {
    Ident::new(&format!("__ffi_{name}"), Span::mixed_site())
}

/// A number as a person would write it.
pub(super) fn unsuffixed(n: usize) -> proc_macro2::Literal {
    proc_macro2::Literal::usize_unsuffixed(n)
}

/// The same for a parameter that is a constant.
pub(super) fn constant(name: &str) -> Ident {
    Ident::new(&format!("__FFI_{name}"), Span::mixed_site())
}

/// The C struct's type.
pub(super) fn c_type(input: &Struct) -> TokenStream {
    let p = words::private();
    match &input.c {
        Some(path) => path.to_token_stream(),
        None => {
            let n = unsuffixed(input.iovecs());
            quote!([#p::libc::iovec; #n])
        }
    }
}

/// `&raw mut (*this).field`, at the field's type.
pub(super) fn rust_place(field: &crate::model::Field) -> TokenStream {
    let (v, member) = (ours("v"), &field.member);
    let span = field.at();
    quote_spanned!(span=> &raw mut (*#v).#member)
}

/// The struct itself, where it has no parameters but lifetimes.
pub(super) fn concrete(input: &Struct) -> TokenStream {
    let ident = input.ident;
    let lifetimes: Vec<_> = input.generics.lifetimes().map(|_| quote!('static)).collect();
    let arguments = (!lifetimes.is_empty()).then(|| quote!(<#(#lifetimes),*>));
    quote!(#ident #arguments)
}
