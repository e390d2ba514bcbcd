//! What is checked when the declaration is compiled: types that only the compiler knows.

use super::super::signature::{self, Buffer, Filled, Param, Role, Way, pointee};
use super::lifetimes::erased;
use super::plan::{Function, Plan};
use super::text::tidy;
use crate::words::{self, bare};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

impl Function<'_> {
    /// All checks, in front of the body.
    pub(super) fn checks(&self) -> TokenStream {
        let plain = self.params_must_be_plain();
        let fits = self.params.iter().filter_map(|param| self.must_fit(param));
        let reports = self.planned().filter_map(|(param, plan)| self.must_not_report(param, plan));
        let filled = self.planned().filter_map(|(param, plan)| self.must_be_filled(param, plan));
        quote!(#plain #(const _: () = #fits;)* #(#reports)* #(#filled)*)
    }

    /// A plain parameter of a safe function must not be a pointer behind an alias.
    fn params_must_be_plain(&self) -> Option<TokenStream> {
        let values: Vec<_> = self.params.iter().filter(|p| matches!(p.role, Role::Value)).collect();
        if !self.is_safe() || values.is_empty() {
            return None;
        }
        let p = words::private();
        let checks = values.iter().map(|param| {
            let ty = erased(&param.ty);
            let message = format!(
                "`{}` is a raw pointer or an unsafe function behind another name, so safe code could pass anything: declare it as what it is and say how it is lent, or make `{}` an `unsafe fn`",
                bare(&param.ident),
                self.declaration.sig.ident,
            );
            let at = words::private_at(words::own_at(param.ty.span()));
            quote_spanned!(words::own_at(param.ty.span())=> #at::must_be_plain(#at::ParamType::<#ty>::IS_POINTER, #message);)
        });
        Some(quote! {
            const _: () = {
                use #p::PlainParam as _;
                #(#checks)*
            };
        })
    }

    /// What the user's word says of a pointer agrees with what C declares: C counts in its own type's size, and reads with
    /// its own type's alignment.
    fn must_fit(&self, param: &Param) -> Option<TokenStream> {
        let (name, function) = (bare(&param.ident), bare(&self.declaration.sig.ident));
        let (c, ty) = (tidy(&param.ty), erased(&param.ty));
        match &param.role {
            Role::Buffer(Buffer { told: true, elem, count, way, .. }) => {
                let (bytes, at) = (count.bytes, words::private_at(words::own_at(elem.span())));
                let exact = *way == Way::Out && !bytes;
                let others = if exact {
                    "not as large, or less aligned"
                } else {
                    "smaller, no multiple of that, or less aligned"
                };
                let no_size =
                    format!("the elements of `{name}` have no size, so their count would say nothing about memory");
                let unfit = format!(
                    "`{function}` declares `{name}` as `{c}`, and the elements named here are {others}: C would reach past their end, or leave some of them unwritten. Where C takes bytes of any kind, declare it as a pointer to `c_void`"
                );
                let elem_ty = erased(elem);
                let check = |exact| quote_spanned!(words::own_at(elem.span())=> #at::elements_must_fit::<#elem_ty, #ty>(#at::core::ptr::null(), #bytes, #exact, #no_size, #unfit));
                if !exact {
                    return Some(check(quote!(false)));
                }
                let (p, check) =
                    (words::private(), check(quote_spanned!(words::own_at(elem.span())=> !#at::Leads::<#ty>::TO_VOID)));
                Some(quote!({
                    use #p::ToSome as _;
                    #check
                }))
            }
            Role::Single { told: true, elem, .. } => {
                let (at, elem_ty) = (words::private_at(words::own_at(elem.span())), erased(elem));
                let unfit = format!(
                    "`{function}` declares `{name}` as `{c}`, and the type named here is smaller or less aligned: C would reach past its end. Where C takes bytes of any kind, declare it as a pointer to `c_void`"
                );
                Some(quote_spanned!(words::own_at(elem.span())=> #at::value_must_fit::<#elem_ty, #ty>(#unfit)))
            }
            Role::CStr { .. } => signature::chars_must_fit(param),
            _ => None,
        }
    }

    /// Where a failure goes unnoticed, no length may be taken back that is the capacity after one.
    fn must_be_filled(&self, param: &Param, plan: &Plan) -> Option<TokenStream> {
        let Role::Pin { write: true, count, filled, .. } = &param.role else { return None };
        let declared_const = matches!(pointee(&param.ty), Some((_, false)));
        if self.failure_is_known() || declared_const || matches!(filled, Some(Filled::Ret)) {
            return None;
        }
        let (value, at) = (&plan.value, words::private_at(words::own_at(param.ty.span())));
        let (function, name) = (bare(&self.declaration.sig.ident), bare(&param.ident));
        let check = if count.is_some() { "array_must_be_filled" } else { "struct_must_be_filled" };
        let check = Ident::new(check, Span::mixed_site());
        Some(quote_spanned! {words::own_at(param.ty.span())=>
            const { #at::#check::<#value>(#function, #name) };
        })
    }

    /// What C declares `*const` it leaves as it was filled, so that no result can be taken from there.
    fn must_not_report(&self, param: &Param, plan: &Plan) -> Option<TokenStream> {
        let (Role::Pin { write: true, count, .. }, Some((_, false))) = (&param.role, pointee(&param.ty)) else {
            return None;
        };
        let (value, at) = (&plan.value, words::private_at(words::own_at(param.ty.span())));
        let (function, name, c) = (bare(&self.declaration.sig.ident), bare(&param.ident), tidy(&param.ty));
        let check = if count.is_some() { "array_must_not_report" } else { "struct_must_not_report" };
        let check = Ident::new(check, Span::mixed_site());
        Some(quote_spanned! {words::own_at(param.ty.span())=>
            const { #at::#check::<#value>(#function, #name, #c) };
        })
    }
}
