//! What is decided of a declaration before any of it is written: names, and what follows from the words.

use super::super::settings::Settings;
use super::super::signature::{Buffer, By, Count, Empty, Filled, Param, Role, last_name, needs_word, pointee};
use super::lifetimes::Lifetimes;
use super::text::tidy;
use crate::diagnostics::Errors;
use crate::words::{self, Said, bare};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, ForeignItemFn, ReturnType, Type};

/// How C says that the call failed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Err {
    /// It does not fail.
    None,
    MinusOne,
    Null,
    Nonzero,
    NegativeErrno,
    ReturnedErrno,
}

/// A declaration with its words, ready to be written out.
pub(super) struct Function<'a> {
    pub(super) settings: &'a Settings,
    pub(super) attrs: Vec<Attribute>,
    pub(super) declaration: ForeignItemFn,
    pub(super) params: Vec<Param>,
    /// `None` if nothing says how C reports a failure.
    pub(super) err: Option<Err>,
    pub(super) rust_name: Ident,
    pub(super) plans: Vec<Plan>,
    pub(super) lifetimes: Lifetimes,
}

/// A parameter's names in Rust.
pub(super) struct Plan {
    /// In the signature.
    pub(super) arg: Ident,
    /// Of the type parameter, if it has one.
    pub(super) value: Option<Ident>,
    /// That of the lifetime it is borrowed for, where the result needs it.
    pub(super) lifetime: Option<syn::Lifetime>,
}

impl<'a> Function<'a> {
    pub(super) fn new(
        settings: &'a Settings,
        attrs: Vec<Attribute>,
        declaration: ForeignItemFn,
        params: Vec<Param>,
        err: Option<Err>,
        rust_name: Ident,
    ) -> Self {
        let lifetimes = Lifetimes::of(&declaration, &params);
        let mut function = Self { settings, attrs, declaration, params, err, rust_name, plans: Vec::new(), lifetimes };
        let mut plans: Vec<Plan> = Vec::new();
        for (i, param) in function.params.iter().enumerate() {
            let plan = Plan {
                arg: arg_name(param, &function.params, &plans),
                value: function.type_param(param, &plans),
                lifetime: function.lifetimes.of_param(i),
            };
            plans.push(plan);
        }
        function.plans = plans;
        function
    }

    pub(super) fn planned(&self) -> impl Iterator<Item = (&Param, &Plan)> {
        self.params.iter().zip(&self.plans)
    }

    pub(super) fn is_safe(&self) -> bool {
        matches!(self.declaration.sig.safety, syn::Safety::Safe(_))
    }

    pub(super) fn check(&self, errors: &Errors, unsafe_block: bool) {
        let name = &self.declaration.sig.ident;
        if let (false, syn::Safety::Safe(safe)) = (unsafe_block, &self.declaration.sig.safety) {
            errors.at(
                safe,
                format_args!(
                    "`safe` is your promise that C keeps to this declaration of `{name}`: make the block `unsafe extern`"
                ),
            );
        }
        for param in &self.params {
            let plain = matches!(param.role, Role::Pointer | Role::Checked { .. })
                || (matches!(param.role, Role::Value) && needs_word(&param.ty));
            if self.is_safe() && plain && !param.wrong && needs_word(&param.ty) {
                let (ident, what) = (
                    bare(&param.ident),
                    if pointee(&param.ty).is_some() { "a raw pointer" } else { "an unsafe function" },
                );
                errors.at(
                    &param.ident,
                    format_args!("`{ident}` is {what} without a word, so safe code could pass anything: say how it is lent (`in`, `out`, `inout`, `pin`, `pin_mut`, `cstr`), or make `{name}` an `unsafe fn`"),
                );
            }
        }
        if let Some(variadic) = &self.declaration.sig.variadic {
            errors.at(variadic, format_args!("nothing says what C makes of the further arguments of `{name}`: keep the declaration without words, and write a function around the call, with `#[pinned_ffi]` on it"));
        }
        let generic = |g: &&syn::GenericParam| !matches!(g, syn::GenericParam::Lifetime(_));
        if let Some(generic) = self.declaration.sig.generics.params.iter().find(generic) {
            errors.at(
                generic,
                "a C function has no parameters for types or constants: those of the Rust function come from the words",
            );
        }
        let ret: Vec<_> = self
            .params
            .iter()
            .filter(|p| matches!(&p.role, Role::Buffer(Buffer { filled: Some(Filled::Ret), .. })))
            .collect();
        if let [_, second, ..] = ret[..] {
            errors.at(&second.ident, format_args!("`{name}` returns one number, and `filled = ret` takes it for two buffers: keep one, and say of the other how much is filled"));
        }
    }

    /// Whether what C returns says how much of a buffer it filled.
    pub(super) fn filled_by_ret(&self) -> bool {
        self.params.iter().any(|p| matches!(&p.role, Role::Buffer(Buffer { filled: Some(Filled::Ret), .. })))
    }

    /// Whether the C structs of a parameter are filled, some perhaps in the scratch.
    pub(super) fn has_scratch(&self) -> bool {
        self.params.iter().any(|param| matches!(param.role, Role::Pin { .. }))
    }

    fn counter_type(&self, n: &Ident) -> Option<&Type> {
        self.params.iter().find(|p| p.ident == *n).map(|p| &p.ty)
    }

    /// Whether `n` can count any buffer that there is.
    fn counter_is_wide(&self, n: &Ident) -> bool {
        self.counter_type(n).and_then(last_name).is_some_and(|name| name == "usize" || name == "size_t")
    }

    /// Whether filling, the call or the taking back can fail.
    pub(super) fn is_fallible(&self) -> bool {
        !matches!(self.err, None | Some(Err::None))
            || self.params.iter().any(|p| match &p.role {
                Role::Pin { .. } => true,
                Role::Buffer(buffer) => {
                    let counted = !buffer.count.bytes
                        && matches!(&buffer.count.by, By::Param(n) if self.counter_is_wide(n) && self.counted_by(n).count() == 1);
                    !counted || buffer.empty == Empty::Refused || buffer.max.is_some() || matches!(buffer.filled, Some(Filled::Ret | Filled::Through(_)))
                }
                _ => false,
            })
    }

    pub(super) fn counted_by<'b>(&'b self, n: &'b Ident) -> impl Iterator<Item = (&'b Param, &'b Count)> {
        self.params.iter().filter_map(move |p| match &p.role {
            Role::Buffer(Buffer { count, .. }) | Role::Pin { count: Some(count), .. } => match &count.by {
                By::Param(by) | By::Through(by) if by == n => Some((p, count)),
                _ => None,
            },
            _ => None,
        })
    }

    /// The name of a type parameter for `param` that nothing in the declaration or its words has, nor a parameter before
    /// it: a type of the user's would be taken for the parameter. What a type macro names cannot be seen, so that beside
    /// one the name is nobody's.
    fn type_param(&self, param: &Param, before: &[Plan]) -> Option<Ident> {
        if !matches!(param.role, Role::Pin { .. }) && !param.is_filled() {
            return None;
        }
        let user: TokenStream = self
            .params
            .iter()
            .flat_map(|p| &p.words)
            .map(Said::value)
            .chain([self.declaration.sig.to_token_stream()])
            .collect();
        let hidden = words::has_macro(user.clone());
        let mut name = (if hidden { "__PinFfi" } else { "" }).to_owned() + &camel(&param.ident) + "Value";
        loop {
            let ident = Ident::new(&name, Span::mixed_site());
            let taken = before.iter().any(|other| other.value.as_ref() == Some(&ident));
            if !taken && !words::mentions(user.clone(), &[&ident]) {
                return Some(ident);
            }
            name.push('_');
        }
    }

    /// What an error says of `param`; `c` is C's name for what did not fit.
    pub(super) fn info(&self, param: &Param, c: &str) -> TokenStream {
        let p = words::private();
        let (item, field) = (bare(&self.rust_name), bare(&param.ident));
        quote!(const { &#p::parameter(#item, #field, #c) })
    }

    /// What C declares, for the docs.
    pub(super) fn doc(&self) -> String {
        let sig = &self.declaration.sig;
        let inputs: Vec<_> = self.params.iter().map(|p| format!("{}: {}", bare(&p.ident), tidy(&p.ty))).collect();
        let output = match &sig.output {
            ReturnType::Default => String::new(),
            ReturnType::Type(_, ty) => format!(" -> {}", tidy(ty)),
        };
        format!("\nC: `fn {}({}){output}`", bare(&sig.ident), inputs.join(", "))
    }

    /// So that the pointer check tells the place of the call.
    pub(super) fn caller(&self) -> Option<TokenStream> {
        let checked = self.params.iter().any(|p| matches!(p.role, Role::Checked { .. }));
        checked.then(|| quote!(#[cfg_attr(debug_assertions, track_caller)]))
    }
}

/// The parameter's name in Rust: C's, and behind it what makes it no item's. A static or a unit struct of C's name would be
/// taken for the pattern, which C declarations do not have.
fn arg_name(param: &Param, all: &[Param], before: &[Plan]) -> Ident {
    let mut name = bare(&param.ident);
    let at = Span::mixed_site().located_at(param.ident.span());
    loop {
        name.push('_');
        let taken = all.iter().any(|other| bare(&other.ident) == name) || before.iter().any(|plan| plan.arg == name);
        if !taken {
            return Ident::new(&name, at);
        }
    }
}

/// Whether what C reports of a filled buffer is given beside what the buffer gives back: where it may be NULL, that is the
/// answer to a question for its size, and where it may be more than fits (`full`), how much there was.
pub(super) fn tells_size(buffer: &Buffer) -> bool {
    (buffer.nullable || buffer.empty == Empty::Null || buffer.full)
        && matches!(buffer.filled, Some(Filled::Ret | Filled::Through(_)))
}

/// A local variable, by a name that no item has.
pub(super) fn local(param: &Param, prefix: &str) -> Ident {
    format_ident!("__pin_ffi_{}_{}", prefix, bare(&param.ident), span = Span::mixed_site())
}

/// A name of ours in the body.
pub(super) fn ours(name: &str) -> Ident {
    format_ident!("__pin_ffi_{}", name, span = Span::mixed_site())
}

/// `a_name` as a type is called: `AName`.
fn camel(name: &Ident) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    bare(name).split('_').map(capital).collect()
}
