//! The conditions under which a value may be lent: `where` clauses, each of which names the field that it is about.

use super::names::{c_type, constant, ours};
use super::plan::{Plan, ReadOnly, Row, is_exclusive};
use crate::model::{Field, Role};
use crate::words::{self, private_at};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

/// A type for each field that has a condition, so that a refusal can name it; and whether C declares their places `*const`.
pub(super) fn markers(plan: &Plan) -> TokenStream {
    let names: Vec<_> = plan.rows.iter().filter(|row| gate(plan, row).is_some()).map(|row| marker(row.field)).collect();
    let markers = (!names.is_empty()).then(|| {
        quote! {
            mod __ffi_field {
                #(pub struct #names;)*
            }
        }
    });
    let declared = declared(plan);
    quote!(#markers #declared)
}

/// `const READ_ONLY: [bool; N]`, looked up in C's declaration.
fn declared(plan: &Plan) -> Option<TokenStream> {
    let (p, c, c_type) = (words::private(), ours("c"), c_type(plan.input));
    let all: Vec<_> = plan
        .rows
        .iter()
        .filter(|row| matches!(row.read_only, ReadOnly::Declared(_)))
        .filter_map(|row| row.field.lend())
        .map(|lend| {
            let (at, place) = (private_at(lend.ptr.span()), lend.ptr.path());
            quote_spanned!(lend.ptr.span()=> #at::declared_read_only(&raw const (*#c)#place))
        })
        .collect();
    let (name, n, room) = (constant("READ_ONLY"), all.len(), ours("room"));
    (n > 0).then(|| {
        quote! {
            const #name: [#p::bool; #n] = {
                let #room = #p::room::<#c_type>();
                let #c = #p::at(&#room);
                unsafe { [#(#all),*] }
            };
        }
    })
}

/// The field's name as a type.
fn marker(field: &Field) -> Ident {
    match &field.member {
        syn::Member::Named(ident) => {
            // Our own word, at the user's place.
            let mut own = ident.clone();
            own.set_span(Span::mixed_site().located_at(ident.span()));
            own
        }
        syn::Member::Unnamed(index) => format_ident!("field_{}", index.index, span = Span::mixed_site()),
    }
}

/// All conditions for a call that writes.
pub(super) fn all(plan: &Plan) -> Vec<TokenStream> {
    plan.rows.iter().filter_map(|row| gate(plan, row)).collect()
}

/// The condition under which C may write through a field. `for<'t>` puts it off until the value is lent.
fn gate(plan: &Plan, row: &Row) -> Option<TokenStream> {
    let (field, at) = (row.field, private_at(row.field.at()));
    let (ty, marker) = (field.ty, marker(field));
    let t = syn::Lifetime::new("'__ffi_t", Span::mixed_site());
    let gate = match (&field.role, row.read_only) {
        (Role::Value { .. } | Role::Skip, _) | (_, ReadOnly::Known(true)) => return None,
        (Role::Buffer(_), _) if is_exclusive(ty) => return None,
        (Role::Buffer(_), _) => {
            let read_only = row.read_only(plan);
            quote_spanned!(field.at()=> #at::MayLendMut<#t, __ffi_field::#marker, #read_only>)
        }
        (Role::Array(_), _) if plan.input.holds_itself(ty) => {
            let (ident, (_, generics, _)) = (plan.input.ident, plan.input.generics.split_for_impl());
            quote_spanned!(field.at()=> #at::NestSelf<#t, __ffi_field::#marker, #ident #generics>)
        }
        (Role::Array(_), _) => quote_spanned!(field.at()=> #at::NestMut<#t, __ffi_field::#marker>),
        (Role::Inline { .. }, _) => quote_spanned!(field.at()=> #at::InlineMut<#t, __ffi_field::#marker>),
    };
    Some(quote_spanned!(field.at()=> for<#t> #ty: #gate))
}

/// The value as a whole may be lent for writing.
pub(super) fn whole(plan: &Plan) -> TokenStream {
    let (p, ident) = (words::private(), plan.input.ident);
    let (_, ty_generics, _) = plan.input.generics.split_for_impl();
    let t = syn::Lifetime::new("'__ffi_t", Span::mixed_site());
    quote!(for<#t> #ident #ty_generics: #p::InlineMut<#t, ()>)
}

/// What a field of the type of a parameter needs to be lent at all.
pub(super) fn bound(plan: &Plan, row: &Row) -> Option<TokenStream> {
    let (field, at) = (row.field, private_at(row.field.at()));
    let bound = match &field.role {
        Role::Buffer(_) if row.progress() => {
            let read_only = row.read_only(plan);
            quote_spanned!(field.at()=> #at::Progress<#read_only>)
        }
        Role::Buffer(_) => quote_spanned!(field.at()=> #at::Lend),
        Role::Array(_) => quote_spanned!(field.at()=> #at::FfiArray),
        Role::Inline { .. } => quote_spanned!(field.at()=> #at::FfiPinned),
        Role::Value { .. } | Role::Skip => return None,
    };
    let ty = field.ty;
    field.is_type_param.then(|| quote_spanned!(field.at()=> #ty: #bound))
}
