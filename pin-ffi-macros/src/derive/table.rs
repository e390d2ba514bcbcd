//! The table of the C struct's places, in the order of the fields: a statement each, at the user's word.

use super::names::{c_type, is_known, ours, unsuffixed};
use super::plan::{Counted, Plan, Row};
use crate::model::{Lend, Report, ReportKind, Role, Struct, Target};
use crate::words::{self, bare, private_at};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

pub(super) fn table(plan: &Plan) -> TokenStream {
    let (p, c_type, n) = (words::private(), c_type(plan.input), unsuffixed(plan.places));
    let (c, t) = (ours("c"), ours("t"));
    let item = bare(plan.input.ident);
    let known = plan.input.c.as_ref().filter(|c| is_known(c)).map(|path| {
        let last = path.segments.last().map_or_else(Span::mixed_site, |s| s.ident.span());
        {
            let at = private_at(last);
            quote_spanned!(last=> #at::Table::known(#t);)
        }
    });
    let rows = plan.rows.iter().map(|row| statements(plan.input, row));
    let limits = plan.rows.iter().filter_map(|row| {
        let (max, place) = (row.field.lend()?.max.as_ref()?, unsuffixed(row.place));
        let (limit, at) = (ours("max"), private_at(max.span()));
        Some(quote_spanned! {max.span()=>
            let #limit: #at::usize = #max;
            #at::Table::max(#t, #place, #limit);
        })
    });
    let limits: Vec<_> = limits.collect();
    let start = quote! {
        let #t = &mut #p::Table::<Self, #n>::new(#item, #p::Known::<#c_type>::PIN_FFI_MAP);
        let #c = #t.c();
        #known
    };
    // The user's limits stand outside the unsafe block.
    let body = if limits.is_empty() {
        quote!(unsafe { #start #(#rows)* #t.places() })
    } else {
        quote!({ #start unsafe { #(#rows)* } #(#limits)* #t.places() })
    };
    quote!(const TABLE: &'static [#p::Place] = &#body;)
}

fn statements(input: &Struct, row: &Row) -> TokenStream {
    let (c, t, name) = (ours("c"), ours("t"), row.field.name());
    let words = flags(row);
    let ty = row.field.type_at();
    // What the compiler finds wrong underlines the user's word for the place.
    let place = |target: &Target, generics: TokenStream, call: &str, first: TokenStream| {
        let (path, c_name, call) = (target.path(), target.name(), Ident::new(call, target.span()));
        let at = private_at(target.span());
        quote_spanned! {target.span()=>
            #at::Table::#call #generics(#t, #first &raw const (*#c)#path, [#name, #c_name], #words);
        }
    };
    let at_type = private_at(row.field.at());
    let of_type = |path: TokenStream| quote_spanned!(row.field.at()=> <#ty as #at_type::#path>);
    match &row.field.role {
        Role::Buffer(lend) if input.c.is_none() => {
            let Target::Iovec { index, .. } = &lend.ptr else { return TokenStream::new() };
            let buffer = of_type(quote!(Buffer));
            quote_spanned! {row.field.at()=>
                #at_type::Table::iovec(#t, #buffer::LAYOUT, &raw const (*#c)[#index], #name, #words);
            }
        }
        Role::Buffer(lend) | Role::Array(lend) => {
            let address = if matches!(row.field.role, Role::Array(_)) {
                let run = of_type(quote!(FfiArray));
                let elem = quote!(#run::Elem);
                let (call, elem) = match (input.is_open(row.field.ty), input.likely_values(row.field.ty)) {
                    (false, _) => ("array", elem),
                    // If that is no more than a guess, the types do not agree.
                    (true, Some(value)) => {
                        ("array", quote_spanned!(row.field.at()=> <#value as #at_type::FfiPinned>::C))
                    }
                    (true, None) => ("stated_array", elem),
                };
                place(&lend.ptr, quote!(::<#ty, #elem, _>), call, TokenStream::new())
            } else {
                let buffer = of_type(quote!(Buffer));
                place(&lend.ptr, TokenStream::new(), "buffer", quote!(#buffer::LAYOUT,))
            };
            let (length, progress) = (length(row, lend), progress(lend));
            let position = lend.position().map(|target| {
                let (path, c_name, at) = (target.path(), target.name(), private_at(target.span()));
                let call = if lend.progress().is_some() { "position" } else { "full_length" };
                let call = Ident::new(call, target.span());
                quote_spanned!(target.span()=> #at::Table::#call(#t, &raw const (*#c)#path, [#name, #c_name]);)
            });
            quote!(#address #length #progress #position)
        }
        Role::Inline { at, .. } => {
            let nested = of_type(quote!(Inlined));
            let pinned = of_type(quote!(FfiPinned));
            place(&Target::Place(at.clone()), quote!(::<#pinned::C, _>), "inline", quote!(#nested::NESTED,))
        }
        Role::Value { at, .. } => place(&Target::Place(at.clone()), quote!(::<#ty, _>), "value", TokenStream::new()),
        Role::Skip => TokenStream::new(),
    }
}

fn length(row: &Row, lend: &Lend) -> TokenStream {
    let (c, t) = (ours("c"), ours("t"));
    let (length, call) = match &row.length {
        Counted::Alone(length) => (*length, "length"),
        Counted::Shared { length, .. } => (*length, "shared_length"),
        Counted::Not => {
            let at = private_at(lend.ptr.span());
            return quote_spanned!(lend.ptr.span()=> #at::Table::no_length(#t););
        }
    };
    let (path, name, call) = (length.at.path(), length.at.name(), Ident::new(call, length.at.span()));
    let at = private_at(length.at.span());
    quote_spanned!(length.at.span()=> #at::Table::#call(#t, &raw const (*#c)#path, #name);)
}

fn progress(lend: &Lend) -> Option<TokenStream> {
    let (t, report) = (ours("t"), lend.elsewhere()?);
    let at = private_at(report.word.span());
    Some(quote_spanned!(report.word.span()=> #at::Table::progress(#t);))
}

/// What the words say, as the table has it.
fn flags(row: &Row) -> TokenStream {
    let p = words::private();
    let mut flags: Vec<&str> = Vec::new();
    match &row.field.role {
        Role::Buffer(lend) | Role::Array(lend) => {
            let bytes = lend.len.as_ref().is_some_and(|len| len.bytes && matches!(lend.ptr, Target::Place(_)));
            flags.extend(lend.read_only.then_some("READ_ONLY"));
            flags.extend(lend.null_if_empty.then_some("NULL_IF_EMPTY"));
            flags.extend(bytes.then_some("BYTES"));
            flags.extend(lend.report.as_ref().map(|report| match report.kind {
                ReportKind::Length | ReportKind::Full(None) => "LENGTH",
                ReportKind::Full(Some(_)) | ReportKind::Position(_) | ReportKind::Advance => "PROGRESS",
            }));
            let full = |report: &Report| matches!(report.kind, ReportKind::Full(None));
            flags.extend(lend.report.as_ref().is_some_and(full).then_some("FULL"));
        }
        Role::Inline { read_only, .. } => flags.extend(read_only.then_some("READ_ONLY")),
        Role::Value { set, out, .. } => {
            flags.extend(set.then_some("SET"));
            flags.extend(out.then_some("OUT"));
        }
        Role::Skip => {}
    }
    let flags: Vec<_> = flags.into_iter().map(|flag| Ident::new(flag, Span::mixed_site())).collect();
    if flags.is_empty() { quote!(0) } else { quote!(#(#p::words::#flags)|*) }
}
