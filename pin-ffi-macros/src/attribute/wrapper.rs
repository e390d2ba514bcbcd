//! The second place: a function around a C call. Its `pin` and `pin_mut` parameters are filled C structs in the body.
//!
//! `tests/expand/wrapper.rs` shows what goes in, and the file beside it what comes out.
//!
//! The body is called once and owns its parameters, so that what it returns may borrow from them.

use super::settings::Settings;
use crate::diagnostics::Errors;
use crate::words;
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Ident, ItemFn, Pat, ReturnType, Type};

/// A parameter that is lent.
struct Pinned {
    ident: Ident,
    write: bool,
    /// A run of values rather than one.
    run: bool,
    /// Where what is borrowed is named: there the compiler underlines what cannot be lent.
    at: Span,
}

pub(crate) fn expand(errors: &Errors, settings: &Settings, mut function: ItemFn) -> TokenStream {
    let before = errors.count();
    let pinned: Vec<_> = function.sig.inputs.iter_mut().filter_map(|input| pinned(errors, input)).collect();
    super::signature::check_names(errors, pinned.iter().map(|pin| &pin.ident));
    if pinned.is_empty() && errors.count() == before {
        errors.at(
            &function.sig.ident,
            format_args!("nothing is lent in `{}`: mark the parameters that fill a C struct with `#[ffi(pin)]` or `#[ffi(pin_mut)]`", function.sig.ident),
        );
    }
    if let Some(asyncness) = &function.sig.asyncness {
        errors.at(asyncness, "a future can be dropped while C still holds the buffers: wrap the call in a plain function, or own the buffers in an `InFlight`");
    }
    if let Some(constness) = &function.sig.constness {
        errors.at(constness, "a C call cannot run at compile time: drop `const`");
    }
    if let ReturnType::Default = function.sig.output {
        errors.at(
            &function.sig.ident,
            format_args!("`{}` returns nothing, and must be able to say that a buffer does not fit: return `std::io::Result<()>`", function.sig.ident),
        );
    }
    if errors.count() > before {
        let (attrs, vis, sig) = (&function.attrs, &function.vis, &function.sig);
        let p = settings.private();
        return quote!(#(#attrs)* #[allow(unused_variables)] #vis #sig { #p::core::unreachable!() });
    }
    written(settings, &function, &pinned)
}

fn pinned(errors: &Errors, input: &mut FnArg) -> Option<Pinned> {
    let attrs = match input {
        FnArg::Typed(typed) => &mut typed.attrs,
        FnArg::Receiver(receiver) => &mut receiver.attrs,
    };
    let said = words::said(errors, attrs, words::WRAPPER_PARAM, "a parameter of a wrapper");
    attrs.retain(|a| !words::is_words(a));
    let (first, second) = (said.first()?, said.get(1));
    if let Some(second) = second {
        errors.at(&second.word, "`pin` and `pin_mut` cannot stand on one parameter: `pin_mut` lets C write through the struct, `pin` does not: keep one");
    }
    let write = first.word == "pin_mut";
    let FnArg::Typed(typed) = input else {
        errors.at(&first.word, "`self` cannot be lent: lend a parameter, or call `with_pinned` on the field");
        return None;
    };
    let Pat::Ident(pat) = &mut *typed.pat else {
        errors.at(&typed.pat, "a lent parameter needs a plain name: it is the filled C struct's name in the body");
        return None;
    };
    let Type::Reference(reference) = &*typed.ty else {
        errors.at(
            &typed.ty,
            format_args!(
                "`{}` borrows the value for the call: write `{}`",
                first.word,
                if write { "&mut T" } else { "&T" }
            ),
        );
        return None;
    };
    if write && reference.mutability.is_none() {
        errors.at(&typed.ty, format_args!("C writes through `{}`, and a shared borrow lets others read meanwhile: take it by `&mut`, or say `pin`", pat.ident));
    }
    // In the body it is another variable, which is `mut`.
    pat.mutability = None;
    // Our own names, and the user's place.
    let at = Span::mixed_site().located_at(reference.elem.span());
    Some(Pinned { ident: pat.ident.clone(), write, run: matches!(&*reference.elem, Type::Slice(_)), at })
}

fn written(settings: &Settings, function: &ItemFn, pinned: &[Pinned]) -> TokenStream {
    let (attrs, vis, sig, block) = (&function.attrs, &function.vis, &function.sig, &function.block);
    let output = match &sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => nameable(ty.to_token_stream()),
    };
    // What the compiler says of the returned type underlines that type.
    let at_output = words::private_at(output.span());
    let wrapper_result = quote_spanned!(output.span()=> <#output as #at_output::WrapperResult>);
    let lend = quote!(#wrapper_result::lend);
    // Pairs of pairs, as there is no list of any length.
    let all = pinned.iter().rev().map(|pin| {
        let (p, ident) = (words::private_at(pin.at), &pin.ident);
        let name = match (pin.run, pin.write) {
            (false, false) => "LendStruct",
            (false, true) => "LendStructMut",
            (true, false) => "LendArray",
            (true, true) => "LendArrayMut",
        };
        let name = Ident::new(name, pin.at);
        let mutability = quote!(mut);
        (quote_spanned!(pin.at=> #p::#name(#ident)), quote!(#mutability #ident))
    });
    let (lent, shown) = all
        .reduce(|(rest_lent, rest_shown), (lent, shown)| (quote!((#lent, #rest_lent)), quote!((#shown, #rest_shown))))
        .unwrap_or_default();
    let inputs = sig.inputs.iter();
    let (constness, safety, abi, name, generics) = (&sig.constness, &sig.safety, &sig.abi, &sig.ident, &sig.generics);
    let where_clause = &generics.where_clause;
    let declared = &sig.output;
    let preamble = settings.preamble();
    quote! {
        #(#attrs)*
        #vis #constness #safety #abi fn #name #generics (#(#inputs),*) #declared #where_clause {
            #preamble
            #lend(#lent, move |#shown| -> #output #block)
        }
    }
}

/// A returned type as a closure can say it: `impl Trait` is left for the compiler to find.
fn nameable(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(tree) = tokens.next() {
        match tree {
            TokenTree::Ident(word) if word == "impl" => {
                out.extend(quote_spanned!(word.span()=> _));
                // Up to the `,` or `>` behind the bounds.
                let mut depth = 0_usize;
                while let Some(next) = tokens.peek() {
                    match next {
                        TokenTree::Punct(p) if depth == 0 && matches!(p.as_char(), ',' | '>') => break,
                        TokenTree::Punct(p) if p.as_char() == '<' => depth += 1,
                        TokenTree::Punct(p) if p.as_char() == '>' => depth -= 1,
                        // `->` closes nothing.
                        TokenTree::Punct(p) if p.as_char() == '-' => {
                            tokens.next();
                        }
                        _ => {}
                    }
                    tokens.next();
                }
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), nameable(group.stream()));
                inner.set_span(group.span());
                out.extend([TokenTree::Group(inner)]);
            }
            other => out.extend([other]),
        }
    }
    out
}
