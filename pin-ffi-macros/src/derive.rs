//! What `#[derive(FfiPinned)]` writes. All checks came before, so nothing here fails.
//!
//! First a [`Plan`](plan::Plan) says of each field which rows of the table it has and what it keeps; then each part of the
//! impl is written from it. `tests/expand/` shows what comes out.

mod fill;
mod gates;
mod names;
mod plan;
mod table;
mod take_back;

use crate::model::{Role, Struct};
use crate::words;
use names::{c_type, constant, is_known, ours, unsuffixed};
use plan::{Plan, ReadOnly, Row};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// The lints that generated code may trip over, whatever the user's crate asks for.
pub(crate) fn allows() -> TokenStream {
    quote! {
        #[allow(
            non_camel_case_types, non_snake_case, non_upper_case_globals, unused_variables, unused_mut, unused_imports,
            unused_unsafe, unreachable_code, clippy::all, clippy::pedantic, clippy::restriction, clippy::nursery
        )]
    }
}

/// All impls for `input`.
pub(crate) fn expand(input: &Struct) -> TokenStream {
    let plan = &Plan::new(input);
    let claims = [claim(input), words::claim(&input.krate)];
    let (krate, p) = (&input.krate, words::private());
    let allowed = words::allowed(input.input);
    let import = quote!(use #krate::__private::{self as #p, lookups::*};);
    let markers = gates::markers(plan);
    let pinned = pinned_impl(plan);
    let gates = gates::all(plan);
    let header_mut = header(plan, "FfiPinnedMut", &gates);
    let run = input.c.is_none().then(|| run_impls(plan));
    let checked = check_now(plan);
    let own = quote!(#markers #checked #pinned #header_mut {} #run);
    quote! {
        #allowed
        const _: () = {
            #(#claims)*
            #import
            #own
        };
    }
}

/// For a C struct whose fields the runtime crate does not know, the derive is a claim about C, as an `unsafe extern` block
/// is.
fn claim(input: &Struct) -> Option<TokenStream> {
    input.c.as_ref().filter(|c| !is_known(c)).map(words::claim_at)
}

fn pinned_impl(plan: &Plan) -> TokenStream {
    let header = header(plan, "FfiPinned", &[]);
    let c_type = c_type(plan.input);
    let kept = plan.kept_types();
    let lengths = lengths(plan);
    let (table, fill, take_back) = (table::table(plan), fill::fill(plan), take_back::take_back(plan));
    let scratch_left = fill::scratch_left(plan);
    quote! {
        #header {
            type C = #c_type;
            type Kept = (#(#kept,)*);
            #table
            #lengths
            #fill
            #take_back
            #scratch_left
        }
    }
}

/// `LENGTHS`, of a struct that nests others. An array of values of its own type adds nothing; that they are of this type is
/// a condition for a call that writes (`NestSelf`). In place no value holds itself, whatever the field's type names.
fn lengths(plan: &Plan) -> Option<TokenStream> {
    let p = words::private();
    let nested: Vec<_> = plan
        .rows
        .iter()
        .filter_map(|row| {
            let (ty, at) = (row.field.type_at(), words::private_at(row.field.at()));
            let of = match &row.field.role {
                Role::Array(lend) if !lend.read_only && !plan.input.holds_itself(row.field.ty) => "FfiArray",
                Role::Inline { read_only: false, .. } => "FfiPinned",
                _ => return None,
            };
            let of = Ident::new(of, Span::mixed_site());
            Some(quote_spanned!(row.field.at()=> <#ty as #at::#of>::LENGTHS))
        })
        .collect();
    (!nested.is_empty()).then(|| quote!(const LENGTHS: #p::bool = #p::reports_lengths::<Self>() #(|| #nested)*;))
}

/// `unsafe impl<..> Trait for Struct<..> where ..`, with the bounds that generic field types need.
fn header(plan: &Plan, name: &str, gates: &[TokenStream]) -> TokenStream {
    let (p, ident) = (words::private(), plan.input.ident);
    let name = Ident::new(name, Span::mixed_site());
    let (impl_generics, ty_generics, _) = plan.input.generics.split_for_impl();
    let user = plan.input.generics.where_clause.iter().flat_map(|w| &w.predicates).map(ToTokens::to_token_stream);
    let bounds = plan.rows.iter().filter_map(|row| gates::bound(plan, row));
    let predicates: Vec<_> = user.chain(bounds).chain(gates.iter().cloned()).collect();
    let where_clause = (!predicates.is_empty()).then(|| quote!(where #(#predicates,)*));
    quote! {
        #[automatically_derived]
        unsafe impl #impl_generics #p::#name for #ident #ty_generics #where_clause
    }
}

/// Without type parameters there is nothing to wait for: the table is checked where the struct is, by the conditions that
/// look at it if there are any.
fn check_now(plan: &Plan) -> Option<TokenStream> {
    let asked = |row: &Row| matches!(row.read_only, ReadOnly::Table(_));
    let (p, value) = (words::private(), names::concrete(plan.input));
    (plan.is_concrete() && !plan.rows.iter().any(asked))
        .then(|| quote!(const _: &[#p::Place] = <#value as #p::FfiPinned>::TABLE;))
}

/// The target-less form is a run of `iovec`s: the same fill, in scratch. It has no results.
fn run_impls(plan: &Plan) -> TokenStream {
    let (p, n) = (words::private(), unsuffixed(plan.input.iovecs()));
    let (v, fixed, s, write) = (ours("v"), ours("fixed"), ours("s"), constant("WRITE"));
    let (read, gated) = (header(plan, "FfiArray", &[]), header(plan, "FfiArrayMut", &[gates::whole(plan)]));
    quote! {
        #read {
            type Elem = #p::libc::iovec;
            type Kept = ();
            const REPORTS: #p::bool = false;
            const ROOM: #p::usize = #p::size_of::<<Self as #p::FfiPinned>::C>();
            #[inline(always)]
            unsafe fn fill_all<const #write: #p::bool>(
                #v: *mut Self,
                #fixed: #p::bool,
                #s: &mut #p::Scratch<'_>,
            ) -> #p::LendResult<(#p::Lent<#p::libc::iovec>, ())> {
                unsafe { #p::fill_run::<#write, Self, _>(#v, #n, #s) }
            }
        }
        #gated {}
    }
}
