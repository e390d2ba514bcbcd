//! Words for some targets only: `cfg_attr(unix, ffi(cstr))`.
//!
//! The macro cannot tell whether the condition holds, so that it writes the function twice: for targets where it does, with
//! the words, and for all others, without.

use crate::words;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, ForeignItemFn, Meta, Token};

/// A function as it is for some targets: which ones, and itself.
pub(super) type Variant = (Vec<TokenStream>, ForeignItemFn);

/// The function for every answer that its conditions have.
pub(super) fn variants(function: ForeignItemFn) -> Vec<Variant> {
    let mut done = Vec::new();
    let mut open: Vec<Variant> = vec![(Vec::new(), function)];
    while let Some((conditions, function)) = open.pop() {
        let Some(condition) = attributes(&function).find_map(|attr| Some(conditional(attr)?.0)) else {
            done.push((conditions, function));
            continue;
        };
        for holds in [false, true] {
            let here = if holds { condition.clone() } else { quote!(not(#condition)) };
            let mut function = function.clone();
            answered(&mut function, &condition, holds);
            open.push((conditions.iter().cloned().chain([here]).collect(), function));
        }
    }
    done
}

fn attributes(function: &ForeignItemFn) -> impl Iterator<Item = &Attribute> {
    let of_params = function.sig.inputs.iter().flat_map(|input| match input {
        FnArg::Typed(typed) => &typed.attrs[..],
        FnArg::Receiver(receiver) => &receiver.attrs[..],
    });
    function.attrs.iter().chain(of_params)
}

/// The condition of a `cfg_attr` around `ffi`, and what stands under it.
fn conditional(attr: &Attribute) -> Option<(TokenStream, Vec<Meta>)> {
    if !attr.path().is_ident("cfg_attr") {
        return None;
    }
    let metas = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
    let mut metas = metas.into_iter();
    let condition = metas.next()?.into_token_stream();
    let metas: Vec<_> = metas.collect();
    metas.iter().any(words::are_words).then_some((condition, metas))
}

/// Puts what stands under `condition` in the place of its `cfg_attr`, or leaves it out.
fn answered(function: &mut ForeignItemFn, condition: &TokenStream, holds: bool) {
    let answer = |attrs: &mut Vec<Attribute>| {
        let before = std::mem::take(attrs);
        for attr in before {
            match conditional(&attr) {
                Some((other, metas)) if other.to_string() == condition.to_string() => {
                    let unwrapped = metas.into_iter().map(|meta| Attribute { meta, ..attr.clone() });
                    attrs.extend(unwrapped.filter(|_| holds));
                }
                _ => attrs.push(attr),
            }
        }
    };
    answer(&mut function.attrs);
    for input in &mut function.sig.inputs {
        match input {
            FnArg::Typed(typed) => answer(&mut typed.attrs),
            FnArg::Receiver(receiver) => answer(&mut receiver.attrs),
        }
    }
}
