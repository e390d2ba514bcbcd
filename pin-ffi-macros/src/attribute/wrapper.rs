//! The second place: a function around a C call. Its `pin` and `pin_mut` parameters are filled C structs in the body.
//!
//! ```text
//! #[pinned_ffi]
//! fn receive(s: BorrowedFd<'_>, #[ffi(pin_mut)] msg: &mut Received<'_>) -> io::Result<usize> { BODY }
//! ```
//!
//! becomes, with `__p` for `::pin_ffi::__private`,
//!
//! ```text
//! fn receive(s: BorrowedFd<'_>, msg: &mut Received<'_>) -> io::Result<usize> {
//!     __p::with_scratch(__p::FfiPinned::scratch_left(&*msg, __p::INLINE), move |scratch| -> io::Result<usize> {
//!         let value_msg = &mut *msg;
//!         let mut c_msg = /* zeroed */;
//!         let kept_msg = match unsafe { __p::FfiPinnedMut::fill_mut(value_msg, c_msg.as_mut_ptr(), scratch) } {
//!             Ok(kept) => kept,
//!             Err(error) => return __p::WrapperResult::refused(error),
//!         };
//!         let lent_msg = Cell::new(false);
//!         let mut msg = unsafe { __p::Filled::lent_for_writing(c_msg.as_mut_ptr(), &lent_msg) };
//!         let ret = (|| -> io::Result<usize> { BODY })();
//!         if __p::WrapperResult::succeeded(&ret) && lent_msg.get() {
//!             if let Err(error) = unsafe { __p::FfiPinnedMut::take_back(value_msg, c_msg.as_ptr(), kept_msg) } {
//!                 return __p::WrapperResult::refused(error);
//!             }
//!         }
//!         ret
//!     })
//! }
//! ```

use super::Settings;
use crate::diagnostics::Errors;
use crate::words;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Ident, ItemFn, Pat, ReturnType, Type};

/// A parameter that is lent.
struct Pinned {
    ident: Ident,
    write: bool,
    /// A run of values rather than one.
    run: bool,
    /// Where what is borrowed is named: there the compiler underlines what cannot be lent.
    at: Span,
}

pub(crate) fn expand(errors: &Errors, settings: &Settings, mut function: ItemFn) -> TokenStream {
    let before = errors.count();
    let pinned: Vec<_> = function.sig.inputs.iter_mut().filter_map(|input| pinned(errors, input)).collect();
    super::signature::check_names(errors, pinned.iter().map(|pin| &pin.ident));
    if pinned.is_empty() && errors.count() == before {
        errors.at(
            &function.sig.ident,
            format_args!("nothing is lent in `{}`: mark the parameters that fill a C struct with `#[ffi(pin)]` or `#[ffi(pin_mut)]`", function.sig.ident),
        );
    }
    if let Some(asyncness) = &function.sig.asyncness {
        errors.at(asyncness, "a future can be dropped while C still holds the buffers: wrap the call in a plain function, or own the buffers in an `InFlight`");
    }
    if let Some(constness) = &function.sig.constness {
        errors.at(constness, "a C call cannot run at compile time: drop `const`");
    }
    if let ReturnType::Default = function.sig.output {
        errors.at(
            &function.sig.ident,
            format_args!("`{}` returns nothing, and must be able to say that a buffer does not fit: return `std::io::Result<()>`", function.sig.ident),
        );
    }
    if errors.count() > before {
        let (attrs, vis, sig) = (&function.attrs, &function.vis, &function.sig);
        let p = settings.private();
        return quote!(#(#attrs)* #[allow(unused_variables)] #vis #sig { #p::core::unreachable!() });
    }
    written(settings, &function, &pinned)
}

fn pinned(errors: &Errors, input: &mut FnArg) -> Option<Pinned> {
    let attrs = match input {
        FnArg::Typed(typed) => &mut typed.attrs,
        FnArg::Receiver(receiver) => &mut receiver.attrs,
    };
    let said = words::said(errors, attrs, words::WRAPPER_PARAM, "a parameter of a wrapper");
    attrs.retain(|a| !a.path().is_ident("ffi"));
    let (first, second) = (said.first()?, said.get(1));
    if let Some(second) = second {
        errors.at(&second.word, "`pin` and `pin_mut` cannot stand on one parameter: `pin_mut` lets C write through the struct, `pin` does not: keep one");
    }
    let write = first.word == "pin_mut";
    let FnArg::Typed(typed) = input else {
        errors.at(&first.word, "`self` cannot be lent: lend a parameter, or call `with_pinned` on the field");
        return None;
    };
    let Pat::Ident(pat) = &*typed.pat else {
        errors.at(&typed.pat, "a lent parameter needs a plain name: it is the filled C struct's name in the body");
        return None;
    };
    let Type::Reference(reference) = &*typed.ty else {
        errors.at(
            &typed.ty,
            format_args!(
                "`{}` borrows the value for the call: write `{}`",
                first.word,
                if write { "&mut T" } else { "&T" }
            ),
        );
        return None;
    };
    if write && reference.mutability.is_none() {
        errors.at(&typed.ty, format_args!("C writes through `{}`, and a shared borrow lets others read meanwhile: take it by `&mut`, or say `pin`", pat.ident));
    }
    // Our own names, and the user's place.
    let at = Span::mixed_site().located_at(reference.elem.span());
    Some(Pinned { ident: pat.ident.clone(), write, run: matches!(&*reference.elem, Type::Slice(_)), at })
}

fn written(settings: &Settings, function: &ItemFn, pinned: &[Pinned]) -> TokenStream {
    let p = settings.private();
    let (attrs, vis, sig, block) = (&function.attrs, &function.vis, &function.sig, &function.block);
    let output = match &sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => ty.to_token_stream(),
    };
    let ours = |name: &str| Ident::new(name, Span::mixed_site());
    let (scratch, room, ret) = (ours("scratch"), ours("room"), ours("ret"));
    // What the compiler says of the returned type underlines that type.
    let at_output = words::private_at(output.span());
    let refused = quote_spanned!(output.span()=> <#output as #at_output::WrapperResult>::refused);
    let succeeded = quote_spanned!(output.span()=> <#output as #at_output::WrapperResult>::succeeded);
    let local = |pin: &Pinned, prefix: &str| ours(&format!("{prefix}_{}", words::bare(&pin.ident)));

    let mut fill = TokenStream::new();
    let mut give = TokenStream::new();
    let mut take = TokenStream::new();
    for pin in pinned {
        let ident = &pin.ident;
        let (value, c, kept, lent) = (local(pin, "value"), local(pin, "c"), local(pin, "kept"), local(pin, "lent"));
        let array = ours("array");
        let (p_at, value_at) = (words::private_at(pin.at), Ident::new(&value.to_string(), pin.at));
        // Methods are called by path: a trait of the user's with a method of the same name, by value, would come first.
        let place_of_c = quote!(#p::core::mem::MaybeUninit::as_mut_ptr(&mut #c));
        let filled = match (pin.run, pin.write) {
            (false, true) => {
                quote_spanned!(pin.at=> #p_at::FfiPinnedMut::fill_mut(#value_at, #place_of_c, #scratch))
            }
            (false, false) => quote_spanned!(pin.at=> #p_at::FfiPinned::fill(#value_at, #place_of_c, #scratch)),
            (true, true) => quote_spanned!(pin.at=> #p_at::FfiArrayMut::fill_all_mut(#value_at, #scratch)),
            (true, false) => quote_spanned!(pin.at=> #p_at::FfiArray::fill_all(#value_at, #scratch)),
        };
        let reborrow = if pin.write { quote!(&mut *) } else { quote!(&*) };
        let place = (!pin.run).then(|| quote_spanned!(pin.at=> let mut #c = #p_at::zeroed_for(#value_at);));
        fill.extend(quote! {
            let #value = #reborrow #ident;
            #place
            let #kept = match unsafe { #filled } {
                #p::core::result::Result::Ok(kept) => kept,
                #p::core::result::Result::Err(error) => return #refused(error),
            };
            let #lent = #p::core::cell::Cell::new(false);
        });
        give.extend(match (pin.run, pin.write) {
            (false, true) => quote!(let mut #ident = unsafe { #p::Filled::lent_for_writing(#place_of_c, &#lent) };),
            (false, false) => quote!(let mut #ident = unsafe { #p::Filled::lent_for_reading(#place_of_c, &#lent) };),
            (true, true) => quote! {
                let (#array, #kept) = #kept;
                let mut #ident = unsafe { #p::FilledArray::lent_for_writing(#array, &#lent) };
            },
            (true, false) => quote!(let mut #ident = unsafe { #p::FilledArray::lent_for_reading(#kept, &#lent) };),
        });
        if pin.write {
            let taken = if pin.run {
                quote_spanned!(pin.at=> #p_at::FfiArrayMut::take_back_all(#value_at, #kept))
            } else {
                quote_spanned!(pin.at=> #p_at::FfiPinnedMut::take_back(#value_at, #p::core::mem::MaybeUninit::as_ptr(&#c), #kept))
            };
            take.extend(quote! {
                if #p::core::cell::Cell::get(&#lent) {
                    if let #p::core::result::Result::Err(error) = unsafe { #taken } {
                        return #refused(error);
                    }
                }
            });
        }
    }
    let mut pins = pinned.iter().map(|pin| {
        let (ident, room_of) = (&pin.ident, if pin.run { quote!(RunRoom) } else { quote!(ValueRoom) });
        quote!(#p::#room_of(&*#ident).left(#room))
    });
    let first = pins.next();
    let fits = quote!({ use #p::NoRoom as _; let #room = #p::INLINE; #first #(.and_then(|#room| #pins))* });
    let inputs = sig.inputs.iter();
    let (constness, safety, abi, name, generics) = (&sig.constness, &sig.safety, &sig.abi, &sig.ident, &sig.generics);
    let where_clause = &generics.where_clause;
    let declared = &sig.output;
    let preamble = settings.preamble();
    quote! {
        #(#attrs)*
        #[allow(unused_mut, clippy::redundant_closure_call, clippy::needless_return)]
        #vis #constness #safety #abi fn #name #generics (#(#inputs),*) #declared #where_clause {
            #preamble
            #p::with_scratch(#fits, move |#scratch: &mut #p::Scratch<'_>| -> #output {
                #fill
                #give
                let #ret = (|| -> #output #block)();
                if #succeeded(&#ret) {
                    #take
                }
                #ret
            })
        }
    }
}
