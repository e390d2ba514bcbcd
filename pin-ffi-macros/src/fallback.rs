//! What is emitted beside an error, so that no other error follows from it.

use crate::derive::allows;
use crate::model::Struct;
use proc_macro2::TokenStream;
use quote::quote;

/// Impls that are there, and never run: the error stops the build.
pub(crate) fn derive(input: &Struct) -> TokenStream {
    let krate = &input.krate;
    let p = quote!(#krate::__private);
    let allows = allows();
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
                unsafe fn fill_all(&self, _: &mut #p::Scratch<'_>) -> #p::core::result::Result<#p::RawArray<#c>, #p::FillError> {
                    #p::core::unreachable!()
                }
            }
            unsafe impl #impl_generics #p::FfiArrayMut for #ident #ty_generics #where_clause {
                type Kept = ();
                unsafe fn fill_all_mut(&mut self, _: &mut #p::Scratch<'_>) -> #p::core::result::Result<(#p::RawArray<#c>, ()), #p::FillError> {
                    #p::core::unreachable!()
                }
                unsafe fn take_back_first(&mut self, _: (), _: #p::core::primitive::usize) -> #p::core::result::Result<(), #p::FillError> {
                    #p::core::unreachable!()
                }
            }
        }
    });
    quote! {
        #allows
        const _: () = {
            unsafe impl #impl_generics #p::FfiPinned for #ident #ty_generics #where_clause {
                type C = #c;
                unsafe fn fill(&self, _: *mut #c, _: &mut #p::Scratch<'_>) -> #p::core::result::Result<(), #p::FillError> {
                    #p::core::unreachable!()
                }
                unsafe fn release(_: *mut #c) {}
            }
            unsafe impl #impl_generics #p::FfiPinnedMut for #ident #ty_generics #where_clause {
                type Kept = ();
                unsafe fn fill_mut(&mut self, _: *mut #c, _: &mut #p::Scratch<'_>) -> #p::core::result::Result<(), #p::FillError> {
                    #p::core::unreachable!()
                }
                unsafe fn take_back(&mut self, _: *const #c, _: ()) -> #p::core::result::Result<(), #p::FillError> {
                    #p::core::unreachable!()
                }
            }
            #run
        };
    }
}
