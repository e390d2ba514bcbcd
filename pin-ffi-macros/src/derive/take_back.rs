//! Taking back: one statement for each result, which checks it or takes it.

use super::names::{constant, ours, rust_place, unsuffixed};
use super::plan::{Plan, Row};
use crate::model::{ReportKind, Role, Target};
use crate::words::{self, private_at};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

/// Nothing for a value without results.
pub(super) fn take_back(plan: &Plan) -> Option<TokenStream> {
    let p = words::private();
    let (value, c, kept) = (ours("v"), ours("c"), ours("k"));
    let (taking, take) = (ours("t"), constant("TAKE"));
    let mut n = 0;
    let steps: Vec<_> = plan.rows.iter().filter_map(|row| step(plan, row, &mut n)).collect();
    // What the last of them comes to is what all come to.
    let (last, before) = steps.split_last()?;
    let before = before.iter().map(|(look, step)| quote!(#look #step?;));
    let (look, last) = last;
    Some(quote! {
        #[inline(always)]
        unsafe fn take_back<const #take: #p::bool>(
            #value: *mut Self,
            #c: *const Self::C,
            #kept: Self::Kept,
        ) -> #p::LendResult<()> {
            unsafe {
                let #taking = &mut #p::Taking::<#take>::new::<Self>(#c);
                #(#before)*
                #look
                #last
            }
        }
    })
}

/// What is looked up for a result, and the step that checks or takes it. `n` counts what was kept so far.
fn step(plan: &Plan, row: &Row, n: &mut usize) -> Option<(TokenStream, TokenStream)> {
    let (c, k, t, place) = (ours("c"), ours("k"), ours("t"), row.place);
    let number = unsuffixed(place);
    let (field, to, ty) = (row.field, rust_place(row.field), row.field.type_at());
    let at = private_at(field.at());
    let kept = row.kept.map(|_| {
        let index = syn::Index::from(*n);
        *n += 1;
        quote!(#k.#index)
    });
    Some(match &field.role {
        Role::Buffer(lend) => {
            let (path, at_ptr) = (lend.ptr.path(), private_at(lend.ptr.span()));
            let (bytes, read_only) = (lend.len.as_ref()?.bytes, row.read_only(plan));
            let target = quote_spanned! {lend.ptr.span()=>
                #at_ptr::Target::<_, #bytes>::of(&raw const (*#c)#path).__pin_ffi_says()
            };
            let (step, row) = match row.report()? {
                ReportKind::Length | ReportKind::Full(None) => (quote!(Reported > ::take), place),
                ReportKind::Full(Some(_)) => (quote!(Reported > ::take), row.position()),
                ReportKind::Advance => (quote!(Progressing<#read_only>>::take_rest), place),
                ReportKind::Position(_) => (quote!(Progressing<#read_only>>::take_position), row.position()),
            };
            let (row, says) = (unsuffixed(row), Ident::new("__ffi_says", field.at()));
            (
                quote_spanned!(field.at()=> let #says = #target;),
                quote_spanned!(field.at()=> <#ty as #at::#step(#t, #to, #kept, #row, #says)),
            )
        }
        Role::Array(_) => {
            let kept = kept?;
            (TokenStream::new(), quote_spanned!(field.at()=> <#ty as #at::Run>::take(#t, #to, #kept)))
        }
        Role::Inline { .. } => {
            let kept = kept?;
            (TokenStream::new(), quote_spanned!(field.at()=> <#ty as #at::Inlined>::take_in(#t, #to, #kept, #number)))
        }
        Role::Value { at: target, out: true, .. } => {
            let (path, at) = (Target::Place(target.clone()).path(), private_at(target.span()));
            let take = quote_spanned!(target.span()=> #at::Taking::value(#t, &raw const (*#c)#path, #to, #number));
            (TokenStream::new(), take)
        }
        Role::Value { .. } | Role::Skip => return None,
    })
}
