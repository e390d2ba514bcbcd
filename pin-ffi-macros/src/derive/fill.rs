//! The fill: one statement for each field.

use super::names::{constant, ours, rust_place, unsuffixed};
use super::plan::{Counted, Kept, Plan, Row};
use crate::model::{Lend, ReportKind, Role, Target};
use crate::words::{self, private_at};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

pub(super) fn fill(plan: &Plan) -> TokenStream {
    let p = words::private();
    let (value, c, scratch) = (ours("v"), ours("c"), ours("s"));
    let (filling, write) = (ours("f"), constant("WRITE"));
    let fields = plan.rows.iter().map(|row| statement(plan, row));
    let shared = plan.shared.iter().map(|(_, rows)| shared(plan, rows));
    let results = plan.rows.iter().filter_map(results);
    let elements = plan.rows.iter().filter_map(|row| elements(plan, row));
    let kept = plan.rows.iter().filter_map(|row| {
        let local = row.local();
        Some(match row.kept? {
            Kept::Capacity => quote!(#local.len),
            Kept::Array => quote!(#local.1),
            Kept::Inline => local.to_token_stream(),
        })
    });
    quote! {
        #[inline(always)]
        unsafe fn fill<const #write: #p::bool>(
            #value: *mut Self,
            #c: *mut Self::C,
            #scratch: &mut #p::Scratch<'_>,
        ) -> #p::LendResult<Self::Kept> {
            #(#results)*
            unsafe {
                #(#elements)*
                let #filling = &mut #p::Filling::<#write>::new::<Self>(#c, #scratch);
                #(#fields)*
                #(#shared)*
                #p::Ok((#(#kept,)*))
            }
        }
    }
}

fn statement(plan: &Plan, row: &Row) -> TokenStream {
    let (field, place, f) = (row.field, unsuffixed(row.place), ours("f"));
    let (from, ty, at) = (rust_place(field), field.type_at(), private_at(field.at()));
    let call = match (&field.role, row.report()) {
        (Role::Buffer(_), None) => quote_spanned!(field.at()=> <#ty as #at::Buffer>::fill(#f, #from, #place)?),
        (Role::Buffer(_), Some(ReportKind::Full(Some(_)))) => {
            let full = unsuffixed(row.position());
            quote_spanned!(field.at()=> <#ty as #at::Reported>::fill_and_ask(#f, #from, #place, #full)?)
        }
        (Role::Buffer(_), Some(ReportKind::Length | ReportKind::Full(None))) => {
            quote_spanned!(field.at()=> <#ty as #at::Reported>::fill(#f, #from, #place)?)
        }
        (Role::Buffer(_), Some(ReportKind::Position(_))) => {
            let (read_only, position) = (row.read_only(plan), unsuffixed(row.position()));
            quote_spanned! {field.at()=>
                <#ty as #at::Progressing<#read_only>>::fill_from(#f, #from, #place, #position)?
            }
        }
        (Role::Buffer(_), Some(ReportKind::Advance)) => {
            let read_only = row.read_only(plan);
            quote_spanned!(field.at()=> <#ty as #at::Progressing<#read_only>>::fill_rest(#f, #from, #place)?)
        }
        (Role::Array(_), _) => quote_spanned!(field.at()=> <#ty as #at::Run>::fill(#f, #from, #place)?),
        (Role::Inline { .. }, _) => quote_spanned!(field.at()=> <#ty as #at::Inlined>::fill_in(#f, #from, #place)?),
        (Role::Value { at: target, set: true, .. }, _) => {
            let (c, path, at) = (ours("c"), Target::Place(target.clone()).path(), private_at(target.span()));
            return quote_spanned!(target.span()=> #at::Filling::set(#f, &raw mut (*#c)#path, #from, #place)?;);
        }
        (Role::Value { set: false, .. } | Role::Skip, _) => return TokenStream::new(),
    };
    if row.kept.is_some() || matches!(row.length, Counted::Shared { .. }) {
        let local = row.local();
        quote!(let #local = #call;)
    } else {
        quote!(#call;)
    }
}

/// A length that counts several fields: they must agree.
fn shared(plan: &Plan, rows: &[usize]) -> TokenStream {
    let (p, f, agreed) = (words::private(), ours("f"), ours("agreed"));
    let joined = rows.iter().map(|&row| {
        let row = &plan.rows[row];
        let (local, place) = (row.local(), unsuffixed(row.place));
        let lent = if matches!(row.field.role, Role::Array(_)) { quote!(#local.0) } else { quote!(#local) };
        // That `None` has no say is for the struct to say, not for whoever chooses what a type parameter is.
        let (ty, at) = (row.field.type_at(), private_at(row.field.at()));
        let optional = quote_spanned!(row.field.at()=> #at::Written::<#ty>::PIN_FFI_OPTIONAL);
        quote!(let #agreed = #f.agree(#agreed, #lent, #optional, #place)?;)
    });
    let first = unsuffixed(plan.rows[rows[0]].place);
    quote! {
        let #agreed = #p::None;
        #(#joined)*
        #f.put_shared(#agreed, #first)?;
    }
}

/// Of a buffer that may be made of anything, C's field or the struct's bounds must say what C counts there.
fn elements(plan: &Plan, row: &Row) -> Option<TokenStream> {
    let Role::Buffer(lend) = &row.field.role else { return None };
    let known = plan.input.c.as_ref().is_none_or(super::is_known);
    let bytes = lend.len.as_ref().is_some_and(|len| len.bytes);
    if known || bytes || !plan.input.is_open(row.field.ty) {
        return None;
    }
    let (ty, at) = (row.field.type_at(), private_at(row.field.at()));
    if let Some(stated) = plan.input.stated_elements(row.field.ty) {
        return Some(quote_spanned!(row.field.at()=> #at::are_elements_of::<#ty, #stated>();));
    }
    let (c, path, at) = (ours("c"), lend.ptr.path(), private_at(lend.ptr.span()));
    Some(quote_spanned! {lend.ptr.span()=>
        #at::must_say_elements(#at::Target::<_, false>::of(&raw const (*#c)#path).__pin_ffi_says());
    })
}

/// Values that want results are not lent behind an address that C declares `*const`.
fn results(row: &Row) -> Option<TokenStream> {
    let Role::Array(Lend { ptr, read_only: false, .. }) = &row.field.role else { return None };
    let (ty, at, place) = (row.field.type_at(), private_at(ptr.span()), unsuffixed(row.place));
    let (write, at_type) = (constant("WRITE"), private_at(row.field.at()));
    let reports = quote_spanned!(row.field.at()=> <#ty as #at_type::FfiArray>::REPORTS);
    Some(quote_spanned! {ptr.span()=>
        const { #at::results(&<Self as #at::FfiPinned>::TABLE[#place], #write && #reports) };
    })
}

/// How much scratch the nested values need; nothing for a value that has none.
pub(super) fn scratch_left(plan: &Plan) -> Option<TokenStream> {
    let (p, room) = (words::private(), ours("room"));
    let nested: Vec<_> = plan
        .rows
        .iter()
        .filter_map(|row| {
            let name = match row.field.role {
                Role::Array(_) => "FfiArray",
                Role::Inline { .. } => "FfiPinned",
                Role::Buffer(_) | Role::Value { .. } | Role::Skip => return None,
            };
            let (member, ty, at) = (&row.field.member, row.field.type_at(), private_at(row.field.at()));
            let name = Ident::new(name, Span::mixed_site());
            Some(quote_spanned! {row.field.at()=>
                let #room = <#ty as #at::#name>::scratch_left(&self.#member, #room)?;
            })
        })
        .collect();
    (!nested.is_empty()).then(|| {
        quote! {
            #[inline(always)]
            fn scratch_left(&self, #room: #p::usize) -> #p::Option<#p::usize> {
                #(#nested)*
                #p::Some(#room)
            }
        }
    })
}
