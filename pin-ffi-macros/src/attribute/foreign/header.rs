//! The signatures: that of the Rust function, that of its body, and C's own.

use super::super::signature::{Buffer, Filled, Param, Role, Way, last_name, pointee};
use super::lifetimes::named;
use super::plan::{Err, Function, Plan, ours, tells_size};
use crate::words;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Type;

impl Function<'_> {
    /// `pub fn f<AValue: ...>(a_: &AValue) -> ...`
    pub(super) fn header(&self) -> TokenStream {
        let (vis, name) = (&self.declaration.vis, &self.rust_name);
        let safety = (!self.is_safe()).then(|| quote!(unsafe));
        let constness = &self.declaration.sig.constness;
        let rest = self.rest(!self.has_scratch(), None);
        quote!(#vis #constness #safety fn #name #rest)
    }

    /// The same for the function that makes the call once there is a place for what the values fill.
    pub(super) fn inner_header(&self) -> TokenStream {
        let (p, name, scratch) = (words::private(), ours("call"), ours("scratch"));
        let safety = (!self.is_safe()).then(|| quote!(unsafe));
        let rest = self.rest(true, Some(quote!(#scratch: &mut #p::Scratch<'_>)));
        quote!(#safety fn #name #rest)
    }

    /// What stands behind the name. `changed` says that the body changes its parameters.
    fn rest(&self, changed: bool, last: Option<TokenStream>) -> TokenStream {
        let generics = &self.declaration.sig.generics;
        let lifetimes = generics.params.iter().map(ToTokens::to_token_stream);
        let new = self.lifetimes.new_name().map(ToTokens::to_token_stream);
        let values = self.planned().filter_map(|(param, plan)| self.bound(param, plan));
        let all: Vec<_> = lifetimes.chain(new).chain(values).collect();
        let generic_list = (!all.is_empty()).then(|| quote!(<#(#all),*>));
        let where_clause = &generics.where_clause;
        let params = self.planned().filter_map(|(param, plan)| rust_param(param, plan, changed)).chain(last);
        let output = self.output_type();
        let output = (!output.is_empty()).then(|| quote!(-> #output));
        quote!(#generic_list (#(#params),*) #output #where_clause)
    }

    /// C's own declaration, under a name of ours.
    pub(super) fn c_header(&self) -> TokenStream {
        let name = ours("c");
        let inputs = self.planned().map(|(param, plan)| {
            let ident = &param.ident;
            // Where the result takes a parameter's lifetime, it has the same name here.
            let ty = match (&plan.lifetime, &self.lifetimes.c_lifetime) {
                (Some(lifetime), None) => named(&param.ty, lifetime),
                _ => param.ty.clone(),
            };
            quote!(#ident: #ty)
        });
        let lifetimes = self.declaration.sig.generics.params.iter().map(ToTokens::to_token_stream);
        let c_lifetime = self.lifetimes.c_lifetime.as_ref();
        let new = c_lifetime.or(self.lifetimes.new_name()).map(ToTokens::to_token_stream);
        let all: Vec<_> = lifetimes.chain(new).collect();
        let generics = (!all.is_empty()).then(|| quote!(<#(#all),*>));
        let output = match (&self.lifetimes.output, c_lifetime) {
            (None, _) => None,
            (Some(_), Some(_)) => self.lifetimes.c_output.as_ref(),
            (Some(output), None) => Some(output),
        };
        let output = output.map(|ty| quote!(-> #ty));
        let where_clause = &self.declaration.sig.generics.where_clause;
        quote!(fn #name #generics (#(#inputs),*) #output #where_clause)
    }

    /// The type parameter and its bound.
    fn bound(&self, param: &Param, plan: &Plan) -> Option<TokenStream> {
        let (krate, name) = (&self.settings.krate, plan.value.as_ref()?);
        Some(match &param.role {
            Role::Pin { write, c, count: Some(_), .. } => {
                let of = if *write { quote!(FfiArrayMut) } else { quote!(FfiArray) };
                quote!(#name: #krate::#of<Elem = #c> + ?::core::marker::Sized)
            }
            Role::Pin { write, c, count: None, .. } => {
                let of = if *write { quote!(FfiPinnedMut) } else { quote!(FfiPinned) };
                quote!(#name: #krate::#of<C = #c>)
            }
            Role::Buffer(Buffer { elem, .. }) => {
                let of = if self.is_checked(param) { quote!(manual::Fillable) } else { quote!(manual::Initialised) };
                quote!(#name: #krate::#of<#elem>)
            }
            _ => return None,
        })
    }

    /// The type of what C returned, unless it is used up; then that of each filled buffer.
    fn value_type(&self) -> TokenStream {
        let krate = &self.settings.krate;
        let mut parts: Vec<TokenStream> = self.ret_type().into_iter().collect();
        for (param, plan) in self.planned().filter(|(param, _)| param.is_filled()) {
            let (Role::Buffer(buffer), Some(name)) = (&param.role, &plan.value) else { continue };
            let elem = &buffer.elem;
            let output = quote!(<#name as #krate::manual::Fillable<#elem>>::Output);
            if tells_size(buffer) {
                parts.push(quote!(::core::primitive::usize));
            }
            parts.push(if buffer.nullable { quote!(::core::option::Option<#output>) } else { output });
        }
        match &parts[..] {
            [one] => one.clone(),
            many => quote!((#(#many),*)),
        }
    }

    /// Whether a call that failed would be known, so that nothing of this buffer is shown.
    fn is_checked(&self, param: &Param) -> bool {
        let by_ret = matches!(&param.role, Role::Buffer(Buffer { filled: Some(Filled::Ret), .. }));
        self.failure_is_known() || by_ret
    }

    /// Whether the declaration says how C reports a failure. What returns nothing has no way to fail.
    pub(super) fn failure_is_known(&self) -> bool {
        self.err.is_some() || self.lifetimes.output.is_none()
    }

    /// The returned value in Rust; `None` if it says nothing more.
    pub(super) fn ret_type(&self) -> Option<TokenStream> {
        let ty = self.lifetimes.output.as_ref()?;
        if self.filled_by_ret() {
            return None;
        }
        match self.err {
            Some(Err::Nonzero | Err::ReturnedErrno) => None,
            Some(Err::Null) => {
                let (pointee, _) = pointee(ty)?;
                Some(quote!(::core::ptr::NonNull<#pointee>))
            }
            Some(Err::MinusOne | Err::NegativeErrno) if is_count(ty) => Some(quote!(::core::primitive::usize)),
            _ => Some(ty.to_token_stream()),
        }
    }

    /// What the function returns; empty if nothing.
    fn output_type(&self) -> TokenStream {
        let krate = &self.settings.krate;
        let value_type = self.value_type();
        if self.is_fallible() {
            quote!(#krate::errno::Result<#value_type>)
        } else if value_type.to_string() == "()" {
            TokenStream::new()
        } else {
            value_type
        }
    }
}

/// A type that counts bytes or elements, and is -1 for a failure.
pub(super) fn is_count(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| name == "ssize_t" || name == "isize")
}

/// The parameter in the Rust signature; `None` if another one fills it in.
fn rust_param(param: &Param, plan: &Plan, changed: bool) -> Option<TokenStream> {
    let (arg, ty, lifetime) = (&plan.arg, &param.ty, &plan.lifetime);
    let value = &plan.value;
    let mut mutable = false;
    let (ty, nullable) = match &param.role {
        Role::Value | Role::Pointer | Role::Checked { .. } => {
            let ty = match lifetime {
                Some(lifetime) => named(ty, lifetime).into_token_stream(),
                None => ty.to_token_stream(),
            };
            (ty, false)
        }
        Role::Buffer(Buffer { nullable, .. }) if param.is_filled() => {
            mutable = true;
            (value.to_token_stream(), *nullable)
        }
        Role::Buffer(Buffer { way: Way::In, elem, nullable, .. }) => (quote!(&#lifetime [#elem]), *nullable),
        Role::Buffer(Buffer { elem, nullable, .. }) => (quote!(&#lifetime mut [#elem]), *nullable),
        Role::Single { way: Way::In, elem, nullable, .. } => (quote!(&#lifetime #elem), *nullable),
        Role::Single { elem, nullable, .. } => (quote!(&#lifetime mut #elem), *nullable),
        Role::Pin { write: true, nullable, .. } => {
            mutable = *nullable;
            (quote!(&#lifetime mut #value), *nullable)
        }
        Role::Pin { nullable, .. } => (quote!(&#lifetime #value), *nullable),
        Role::Fd { nullable } => {
            let lifetime = lifetime.as_ref().map_or_else(|| quote!('_), ToTokens::to_token_stream);
            (quote!(::std::os::fd::BorrowedFd<#lifetime>), *nullable)
        }
        Role::CStr { nullable } => (quote!(&#lifetime ::core::ffi::CStr), *nullable),
        Role::Counter | Role::CounterThrough(_) | Role::Report(_) => return None,
    };
    let mutability = (mutable && changed).then(|| quote!(mut));
    Some(if nullable { quote!(#mutability #arg: ::core::option::Option<#ty>) } else { quote!(#mutability #arg: #ty) })
}
