//! Code that is emitted together with an error, so that it causes no further errors.

use crate::model::Struct;
use proc_macro2::TokenStream;
use quote::quote;

/// Impls that satisfy the type checker. They never run, because the error stops the build.
pub(crate) fn derive(input: &Struct) -> TokenStream {
    let krate = &input.krate;
    let p = quote!(#krate::__private);
    let ident = input.ident;
    let c = match &input.c {
        Some(path) => quote!(#path),
        None => quote!(#p::libc::iovec),
    };
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let run = input.c.is_none().then(|| {
        quote! {
            unsafe impl #impl_generics #p::FfiArray for #ident #ty_generics #where_clause {
                type Elem = #c;
                type Kept = ();
                unsafe fn fill_all<const WRITE: #p::bool>(
                    _: *mut Self,
                    _: #p::bool,
                    _: &mut #p::Scratch<'_>,
                ) -> #p::LendResult<(#p::Lent<#c>, ())> {
                    #p::core::unreachable!()
                }
                unsafe fn take_back_first<const TAKE: #p::bool>(_: *mut Self, _: (), _: #p::usize) -> #p::LendResult<()> {
                    #p::core::unreachable!()
                }
            }
            unsafe impl #impl_generics #p::FfiArrayMut for #ident #ty_generics #where_clause {}
        }
    });
    quote! {
        const _: () = {
            unsafe impl #impl_generics #p::FfiPinned for #ident #ty_generics #where_clause {
                type C = #c;
                type Kept = ();
                unsafe fn fill<const WRITE: #p::bool>(
                    _: *mut Self,
                    _: *mut #c,
                    _: &mut #p::Scratch<'_>,
                ) -> #p::LendResult<()> {
                    #p::core::unreachable!()
                }
            }
            unsafe impl #impl_generics #p::FfiPinnedMut for #ident #ty_generics #where_clause {}
            #run
        };
    }
}
