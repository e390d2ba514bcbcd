//! The first place: C declarations. Each becomes a Rust function with a signature that says what its words say.
//!
//! `tests/expand/readv.rs` and `function.rs` show what goes in, and the files beside them what comes out.
//!
//! `plan` decides what each parameter is called and becomes; `header`, `checks` and `body` write the three parts.
//!
//! Every name that stands in a pattern is one that no item of the user's has: a static, a constant or a unit struct of the
//! same name would be taken for the pattern. And no `allow` is needed, as the compiler does not ask of what an attribute
//! writes what it asks of the user; tokens of the user's keep their place, and so their lints.

mod body;
mod checks;
mod conditional;
mod header;
mod lifetimes;
mod plan;
mod text;

use super::settings::Settings;
use super::signature::{self, pointee};
use crate::diagnostics::Errors;
use crate::words::{self, ERR, Said, Value, bare, nearest};
use plan::{Err, Function};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, ForeignItem, ForeignItemFn, Ident, ItemForeignMod, ReturnType};

/// A block of declarations: those with words become functions, the others stay.
pub(crate) fn expand(errors: &Errors, settings: &Settings, mut block: ItemForeignMod) -> TokenStream {
    let mut functions = TokenStream::new();
    let abi = block.abi.clone();
    let unsafety = block.unsafety;
    let mut kept = Vec::new();
    // A block that is left out takes its functions with it, and its lints are theirs.
    let inherited =
        |a: &&Attribute| ["cfg", "allow", "warn", "deny", "forbid"].iter().any(|name| a.path().is_ident(name));
    let inherited: Vec<_> = block.attrs.iter().filter(inherited).cloned().collect();
    for item in std::mem::take(&mut block.items) {
        match item {
            ForeignItem::Fn(function) => {
                for (conditions, mut function) in conditional::variants(function) {
                    function.attrs.extend(conditions.iter().map(|condition| syn::parse_quote!(#[cfg(#condition)])));
                    if !has_words(&function) && !is_safe(&function) {
                        kept.push(ForeignItem::Fn(function));
                        continue;
                    }
                    function.attrs.splice(0..0, inherited.iter().cloned());
                    if conditions.is_empty() {
                        functions.extend(function_of(errors, settings, &abi, unsafety.is_some(), function));
                        continue;
                    }
                    // What is wrong for some targets is an error for those.
                    let of_these = Errors::new();
                    functions.extend(function_of(&of_these, settings, &abi, unsafety.is_some(), function));
                    functions
                        .extend(of_these.take().map(|found| quote!(#(#[cfg(#conditions)])* const _: () = { #found };)));
                }
            }
            other => kept.push(other),
        }
    }
    block.items = kept;
    // An empty block still links the library that its attributes name; and an unsafe one is the user's own claim about
    // C, which `#![forbid(unsafe_code)]` looks for.
    let block = (!block.items.is_empty() || !block.attrs.is_empty() || unsafety.is_some()).then_some(block);
    quote!(#block #functions)
}

fn has_words(function: &ForeignItemFn) -> bool {
    let ffi = |attrs: &[Attribute]| attrs.iter().any(words::is_words);
    ffi(&function.attrs) || function.sig.inputs.iter().any(|i| matches!(i, syn::FnArg::Typed(t) if ffi(&t.attrs)))
}

fn is_safe(function: &ForeignItemFn) -> bool {
    matches!(function.sig.safety, syn::Safety::Safe(_))
}

fn function_of(
    errors: &Errors,
    settings: &Settings,
    abi: &syn::Abi,
    unsafe_block: bool,
    mut declaration: ForeignItemFn,
) -> TokenStream {
    let before = errors.count();
    let said = words::said(errors, &declaration.attrs, words::FUNCTION, "a C declaration");
    let mut attrs = std::mem::take(&mut declaration.attrs);
    attrs.retain(|a| !words::is_words(a));
    let link_name = Ident::new("link_name", Span::call_site());
    let conditional =
        |a: &&Attribute| a.path().is_ident("cfg_attr") && words::mentions(a.meta.to_token_stream(), &[&link_name]);
    if let Some(attr) = attrs.iter().find(conditional) {
        errors.at(attr, "a `link_name` for some targets makes two C functions: declare the function once for each, with `cfg` on the function");
    }
    let output = declaration.sig.output.clone();
    let params = signature::params(errors, &mut declaration.sig.inputs, &output, words::PARAM, "a parameter");
    let mut rust_name = declaration.sig.ident.clone();
    // C's name is not the user's choice, and no lint asks of a plain declaration how it is written.
    let name = bare(&rust_name);
    if name.contains(char::is_uppercase) || name.trim_matches('_').contains("__") {
        rust_name.set_span(words::own_at(rust_name.span()));
    }
    let mut err = None;
    for Said { word, value } in &said {
        match value {
            Value::Name(name) if word == "err" => err = err_kind(errors, name, &output),
            Value::Name(name) => rust_name = name.clone(),
            _ => {}
        }
    }
    let function = Function::new(settings, attrs, declaration, params, err, rust_name);
    function.check(errors, unsafe_block);
    let mut found = errors.split_off(before).into_iter();
    let Some(first) = found.next() else { return written(&function, abi, unsafe_block) };
    found.for_each(|error| errors.push(error));
    fallback(&function, &first)
}

fn err_kind(errors: &Errors, name: &Ident, output: &ReturnType) -> Option<Err> {
    let kind = match name.to_string().as_str() {
        "minus_one" => Err::MinusOne,
        "null" => Err::Null,
        "nonzero" => Err::Nonzero,
        "negative_errno" => Err::NegativeErrno,
        "returned_errno" => Err::ReturnedErrno,
        "none" => return Some(Err::None),
        other => {
            let near = nearest(other, ERR.iter().copied());
            let hint = near
                .map_or_else(|| format!("there are `{}`", ERR.join("`, `")), |near| format!("did you mean `{near}`?"));
            errors.at(name, format_args!("`{other}` is not a way for C to say that it failed: {hint}"));
            return None;
        }
    };
    let ReturnType::Type(_, ty) = output else {
        errors.at(
            name,
            format_args!("`err = {name}` is read from what C returns, and this function returns nothing: drop `err`"),
        );
        return None;
    };
    let pointer = pointee(ty).is_some();
    if kind == Err::Null && !pointer {
        errors.at(name, "`err = null` is for a function that returns a pointer: for a number say `minus_one`, `nonzero` or `negative_errno`");
        return None;
    }
    if !matches!(kind, Err::Null | Err::MinusOne) && pointer {
        errors.at(
            name,
            format_args!("`err = {name}` is for a function that returns a number: for a pointer say `err = null`, or `err = minus_one` if it returns -1, as mmap(2) does"),
        );
        return None;
    }
    Some(kind)
}

/// What stands for a function with errors: a constant with the first of them in its type. The compiler reports that once,
/// and asks nothing of what is done with the constant: no use of the function adds an error.
fn fallback(function: &Function<'_>, error: &syn::Error) -> TokenStream {
    let (vis, name, error) = (&function.declaration.vis, &function.rust_name, error.to_compile_error());
    let conditions = function.attrs.iter().filter(|a| a.path().is_ident("cfg"));
    let (p, conditions) = (function.settings.private(), quote!(#(#conditions)*));
    // What the declaration names is not unused.
    let (types, output) = (function.params.iter().map(|param| &param.ty), &function.declaration.sig.output);
    let declared = function.declaration.sig.generics.params.iter();
    let lifetimes: Vec<_> = declared.filter(|param| matches!(param, syn::GenericParam::Lifetime(_))).collect();
    let of = (!lifetimes.is_empty()).then(|| quote!(for<#(#lifetimes),*>));
    quote! {
        #conditions
        #[allow(non_upper_case_globals, dead_code)]
        #vis const #name: [(); #error] = [];
        #conditions
        const _: #p::core::option::Option<#of fn(#(#types),*) #output> = #p::core::option::Option::None;
    }
}

fn written(function: &Function<'_>, abi: &syn::Abi, unsafe_block: bool) -> TokenStream {
    // `link_name` belongs to the declaration, all else to the function.
    let (linkage, attrs): (Vec<_>, Vec<_>) = function.attrs.iter().partition(|a| a.path().is_ident("link_name"));
    let c_name = bare(&function.declaration.sig.ident);
    let link_name = if linkage.is_empty() { quote!(#[link_name = #c_name]) } else { quote!(#(#linkage)*) };
    let unsafe_token = unsafe_block.then(|| quote!(unsafe));
    let (doc, caller) = (function.doc(), function.caller());
    let (header, c_header) = (function.header(), function.c_header());
    let (checks, body) = (function.checks(), function.body());
    let preamble = function.settings.preamble();
    quote! {
        #(#attrs)*
        #[doc = #doc]
        #[inline]
        #caller
        #header {
            #preamble
            #unsafe_token #abi {
                #link_name
                #c_header;
            }
            #checks
            #body
        }
    }
}
