//! Lifetimes: those that C's declaration has, and those that the compiler would find for a result.
//!
//! The Rust signature has other parameters than C's, so that a result without a lifetime could mean another borrow, or
//! none; it is given a name where it has one.

use super::super::signature::{Param, Role};
use crate::words::bare;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{ForeignItemFn, Lifetime, ReturnType, Type};

/// What a declaration's lifetimes are in Rust.
pub(super) struct Lifetimes {
    /// The one that is given a name, and which parameter has it.
    named: Option<(Lifetime, usize)>,
    /// The result's type in Rust, if there is one.
    pub(super) output: Option<Type>,
    /// The same in C, and its lifetime if no parameter of C's has one.
    pub(super) c_output: Option<Type>,
    pub(super) c_lifetime: Option<Lifetime>,
}

impl Lifetimes {
    pub(super) fn of(declaration: &ForeignItemFn, params: &[Param]) -> Self {
        let ReturnType::Type(_, ty) = &declaration.sig.output else {
            return Self { named: None, output: None, c_output: None, c_lifetime: None };
        };
        let mut all =
            Self { named: None, output: Some((**ty).clone()), c_output: Some((**ty).clone()), c_lifetime: None };
        if found_in(ty).elided == 0 {
            return all;
        }
        let fresh = unused_lifetime(declaration);
        // What C's declaration itself says comes first: that is what it means without words.
        let in_c: Vec<Found> = params.iter().map(|param| found_in(&param.ty)).collect();
        let mut names: Vec<&String> = in_c.iter().flat_map(|found| &found.named).collect();
        names.sort();
        names.dedup();
        let nameless: usize = in_c.iter().map(|found| found.elided).sum();
        match (&names[..], nameless) {
            ([name], 0) => {
                let lifetime = Lifetime::new(&format!("'{name}"), Span::call_site());
                all.output = Some(named(ty, &lifetime));
                all.c_output = Some(named(ty, &lifetime));
            }
            ([], 1) => {
                all.named = in_c.iter().position(|found| found.elided == 1).map(|at| (fresh.clone(), at));
                all.output = Some(named(ty, &fresh));
            }
            _ => {
                let mut borrowed = (0..params.len()).filter(|i| is_borrowed(&params[*i]));
                // Of several the compiler says that it cannot choose, as it does without words.
                if let (0, Some(one), None) = (nameless + names.len(), borrowed.next(), borrowed.next()) {
                    all.named = Some((fresh.clone(), one));
                    all.output = Some(named(ty, &fresh));
                }
                all.c_output = Some(named(ty, &fresh));
                all.c_lifetime = Some(fresh);
            }
        }
        all
    }

    /// The lifetime that is given a name, to be declared.
    pub(super) fn new_name(&self) -> Option<&Lifetime> {
        self.named.as_ref().map(|(name, _)| name)
    }

    /// The one of parameter `i`.
    pub(super) fn of_param(&self, i: usize) -> Option<Lifetime> {
        self.named.as_ref().filter(|(_, at)| *at == i).map(|(name, _)| name.clone())
    }
}

/// Whether its words make it a borrow.
fn is_borrowed(param: &Param) -> bool {
    !param.is_filled()
        && matches!(
            param.role,
            Role::Buffer(_) | Role::Single { .. } | Role::Pin { .. } | Role::Fd { .. } | Role::CStr { .. }
        )
}

/// The lifetimes in a type.
#[derive(Default)]
struct Found {
    named: Vec<String>,
    elided: usize,
}

fn found_in(ty: &Type) -> Found {
    let mut found = Found::default();
    renamed(ty.to_token_stream(), &mut |name| {
        match name {
            None => found.elided += 1,
            Some("static") => {}
            Some(name) => found.named.push(name.to_owned()),
        }
        None
    });
    found
}

/// `ty` with a name for each lifetime that is left out.
pub(super) fn named(ty: &Type, lifetime: &Lifetime) -> Type {
    replaced(ty, &mut |name| name.is_none().then(|| lifetime.clone()))
}

/// `ty` without the names of lifetimes, for where there are none.
pub(super) fn erased(ty: &Type) -> Type {
    let nameless = || Lifetime::new("'_", Span::mixed_site());
    replaced(ty, &mut |name| name.filter(|name| *name != "static").map(|_| nameless()))
}

fn replaced(ty: &Type, rename: Rename<'_>) -> Type {
    syn::parse2(renamed(ty.to_token_stream(), rename)).unwrap_or_else(|_| ty.clone())
}

/// Given a lifetime's name, or `None` for one that is left out, what to write instead.
type Rename<'a> = &'a mut dyn FnMut(Option<&str>) -> Option<Lifetime>;

/// A type's tokens with other lifetimes. Those of a function's own type are left as they are.
fn renamed(tokens: TokenStream, rename: Rename<'_>) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    let is = |tree: Option<&TokenTree>, c: char| matches!(tree, Some(TokenTree::Punct(p)) if p.as_char() == c);
    while let Some(tree) = tokens.next() {
        match &tree {
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                out.extend([tree]);
                if !is(tokens.peek(), '\'') {
                    out.extend(rename(None).map(ToTokens::into_token_stream));
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                let Some(TokenTree::Ident(name)) = tokens.next() else { continue };
                let spelled = bare(&name);
                match rename((spelled != "_").then_some(&spelled)) {
                    Some(lifetime) => lifetime.to_tokens(&mut out),
                    None => out.extend([tree, TokenTree::Ident(name)]),
                }
            }
            TokenTree::Ident(name) => {
                let function = name == "fn"
                    || matches!(tokens.peek(), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis);
                out.extend([tree]);
                while function && tokens.peek().is_some() && !is(tokens.peek(), ',') {
                    out.extend(tokens.next());
                }
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), renamed(group.stream(), rename));
                inner.set_span(group.span());
                out.extend([TokenTree::Group(inner)]);
            }
            _ => out.extend([tree]),
        }
    }
    out
}

/// The first of `'a`, `'b`, ... that the declaration does not name.
fn unused_lifetime(declaration: &ForeignItemFn) -> Lifetime {
    let mut names = Vec::new();
    renamed(declaration.sig.to_token_stream(), &mut |name| {
        names.extend(name.map(str::to_owned));
        None
    });
    let free = ('a'..='z').map(String::from).find(|name| !names.contains(name));
    Lifetime::new(&format!("'{}", free.as_deref().unwrap_or("__pin_ffi")), Span::mixed_site())
}
