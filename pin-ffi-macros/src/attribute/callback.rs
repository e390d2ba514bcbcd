//! The third place: a function that C calls. Its parameters are slices, strings and values in the body, and a panic in
//! it does not cross into C.
//!
//! `tests/expand/callback.rs` shows what goes in, and the file beside it what comes out.

use super::settings::Settings;
use super::signature::{self, Buffer, By, Count, Param, Role, Way, last_name, pointee};
use crate::diagnostics::Errors;
use crate::words::{self, Value, bare};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, ItemFn, Pat, ReturnType, Type};

pub(crate) fn expand(errors: &Errors, settings: &Settings, mut function: ItemFn) -> TokenStream {
    let before = errors.count();
    let output = function.sig.output.clone();
    // `filled` is no word here: what C wants filled it gets as `&mut [MaybeUninit<T>]`.
    let params = signature::callback_params(errors, &mut function.sig.inputs, &output);
    if let Some(param) = function.sig.generics.params.first() {
        errors.at(param, "C calls one function, and a generic one is many: drop the generics");
    }
    if let Some(asyncness) = &function.sig.asyncness {
        errors.at(asyncness, "C calls a function and wants its answer: drop `async`");
    }
    for param in &params {
        check_userdata(errors, param);
    }
    written(settings, &function, &params, errors.count() > before)
}

/// What `userdata` is declared as, or told to be.
fn userdata_type(param: &Param) -> Option<Type> {
    let said = param.words.iter().find(|s| s.word == "userdata")?;
    if let Value::Type(ty) = &said.value {
        return Some(ty.clone());
    }
    pointee(&param.ty).map(|(ty, _)| ty.clone())
}

fn check_userdata(errors: &Errors, param: &Param) {
    let Some(said) = param.words.iter().find(|s| s.word == "userdata") else { return };
    let name = bare(&param.ident);
    match pointee(&param.ty) {
        None => errors.at(
            &param.ty,
            format_args!("`{name}` is no pointer, so it cannot lead to user data: declare it `*mut c_void`"),
        ),
        Some((_, false)) => errors.at(
            &param.ty,
            format_args!(
                "`{name}` becomes `&mut`, and `*const` says that nobody writes there: declare it `*mut c_void`"
            ),
        ),
        Some((elem, true)) if matches!(said.value, Value::Alone) && last_name(elem).as_deref() == Some("c_void") => {
            errors.at(
                &said.word,
                format_args!("`void` does not say what `{name}` leads to: name the type, `userdata = MyType`"),
            );
        }
        _ => {}
    }
}

fn written(settings: &Settings, function: &ItemFn, params: &[Param], broken: bool) -> TokenStream {
    let p = words::private();
    let (attrs, vis, sig, block) = (&function.attrs, &function.vis, &function.sig, &function.block);
    let (abi, name, output) = (&sig.abi, &sig.ident, &sig.output);
    let c_params = params.iter().map(|param| {
        let (ident, ty) = (outer(&param.ident), &param.ty);
        quote!(#ident: #ty)
    });
    // Whoever calls it must pass what the words say: only a function that takes no pointer is safe to call.
    let takes_pointer = params.iter().any(|p| !matches!(p.role, Role::Value));
    let safety = if takes_pointer { quote!(unsafe) } else { sig.safety.to_token_stream() };
    if broken {
        let p = settings.private();
        let c_params = params.iter().map(|param| {
            let (ident, ty) = (&param.ident, &param.ty);
            quote!(#ident: #ty)
        });
        return quote!(#(#attrs)* #[allow(unused_variables)] #vis #safety #abi fn #name(#(#c_params),*) #output { #p::core::unreachable!() });
    }
    let inner_params = params.iter().filter_map(|param| {
        let (pat, ty) = (&param.pat, rust_type(param)?);
        // What a length is computed from is used, whether the body uses it or not.
        if in_a_length(params, &param.ident) {
            let mutability = matches!(pat, Pat::Ident(pat) if pat.mutability.is_some()).then(|| quote!(mut));
            let mut used = param.ident.clone();
            used.set_span(Span::call_site().located_at(used.span()));
            return Some(quote!(#mutability #used: #ty));
        }
        Some(quote!(#pat: #ty))
    });
    let lengths = params.iter().filter_map(|param| length(&p, param));
    let arguments = params.iter().filter_map(|param| argument(&p, param));
    let fits = params.iter().filter_map(|param| match &param.role {
        Role::CStr { .. } => signature::chars_must_fit(param),
        Role::Buffer(Buffer { told: true, elem, .. }) => Some(elements_must_fit(&bare(name), param, elem)),
        Role::Single { told: true, elem, .. } => Some(value_must_be_there(&bare(name), param, elem)),
        _ => None,
    });
    let (text, preamble) = (bare(name), settings.preamble());
    // The user's expression in a function of its own, which is safe, unlike the one around it.
    let (answer, returned) = (
        Ident::new("__pin_ffi_answer", Span::mixed_site()),
        match output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, ty) => ty.to_token_stream(),
        },
    );
    let (answer_fn, on_panic) = match &settings.panic {
        Some(value) => (
            Some(quote_spanned!(value.span()=> fn #answer() -> #returned { #value })),
            quote!(#p::Some(#answer as fn() -> #returned)),
        ),
        None => (None, quote!(#p::None)),
    };
    let inner_safety = match &sig.safety {
        syn::Safety::Unsafe(token) => token.to_token_stream(),
        _ => TokenStream::new(),
    };
    // The body is as safe as it was written, and so in a function of its own. A function inside another one cannot say
    // `Self`: where that is said, the body stands beside it.
    let inside_impl =
        says_self(quote!(#sig #block)) || params.iter().any(|p| p.words.iter().any(|s| says_self(s.value())));
    let body = format_ident!(
        "__pin_ffi_body{}",
        if inside_impl { format!("_{text}") } else { String::new() },
        span = Span::mixed_site()
    );
    let body_fn = quote!(#inner_safety fn #body(#(#inner_params),*) #output #block);
    let (beside, inside, path) = if inside_impl {
        let lints = attrs.iter().filter(|a| {
            ["cfg", "allow", "expect", "warn", "deny", "forbid"].iter().any(|name| a.path().is_ident(name))
        });
        (Some(quote!(#(#lints)* #body_fn)), None, quote!(Self::#body))
    } else {
        (None, Some(body_fn), body.to_token_stream())
    };
    // An expectation is met in the body.
    let attrs = attrs.iter().filter(|a| !inside_impl || !a.path().is_ident("expect"));
    let call = quote!(#path(#(#arguments),*));
    let call = if inner_safety.is_empty() { call } else { quote!(unsafe { #call }) };
    quote! {
        #beside
        #(#attrs)*
        #vis #safety #abi fn #name(#(#c_params),*) #output {
            #preamble
            #inside
            #answer_fn
            #(const _: () = #fits;)*
            #p::guarded(#text, #on_panic, || {
                #(#lengths)*
                #call
            })
        }
    }
}

/// How many elements C says that a slice has.
fn length(p: &Ident, param: &Param) -> Option<TokenStream> {
    let Role::Buffer(Buffer { count, .. }) = &param.role else { return None };
    let (local, name) = (param.local("len"), bare(&param.ident));
    Some(match &count.by {
        By::Param(n) => {
            let n = outer(n);
            quote!(let #local = #p::length(#n, #name);)
        }
        By::Through(n) => {
            let n = outer(n);
            quote!(let #local = unsafe { #p::length_at(#n, #name) };)
        }
        By::Computed(expr) => {
            let need = signature::computed(p, expr);
            quote!(let #local = #p::computed_length(#need, #name);)
        }
    })
}

/// Whether a length is computed from the parameter `name`.
fn in_a_length(params: &[Param], name: &Ident) -> bool {
    params.iter().any(|param| match &param.role {
        Role::Buffer(Buffer { count: Count { by: By::Computed(expr), .. }, .. }) => {
            words::mentions(expr.to_token_stream(), &[name])
        }
        _ => false,
    })
}

/// A parameter of the function that C sees: only ours, whatever the user's lints ask of the body's.
fn outer(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(words::own_at(ident.span()));
    ident
}

/// Whether `Self` is said, at any depth.
fn says_self(tokens: TokenStream) -> bool {
    words::find(tokens, |name| name == "Self").is_some()
}

/// C counts in its own elements, and the slice is of as many of those that a word names.
fn elements_must_fit(function: &str, param: &Param, elem: &Type) -> TokenStream {
    let (ty, at, name) = (&param.ty, words::private_at(words::own_at(elem.span())), bare(&param.ident));
    let no_size = format!("the elements of `{name}` have no size, so their count would say nothing about memory");
    let unfit = format!(
        "`{function}` declares `{name}` as another kind of element than the one named here, which is not as large, or less aligned: where C passes bytes of any kind, declare it as a pointer to `c_void`"
    );
    looked_up(
        &quote_spanned!(words::own_at(elem.span())=> #at::elements_must_fit::<#elem, #ty>(#at::core::ptr::null(), false, !#at::Leads::<#ty>::TO_VOID, #no_size, #unfit)),
    )
}

/// C passes the address of its own type, and no more than that is known to be there.
fn value_must_be_there(function: &str, param: &Param, elem: &Type) -> TokenStream {
    let (ty, at, name) = (&param.ty, words::private_at(words::own_at(elem.span())), bare(&param.ident));
    let unfit = format!(
        "`{function}` declares `{name}` as a pointer to something smaller or less aligned than the type named here: where C passes values of any kind, declare it as a pointer to `c_void`"
    );
    looked_up(
        &quote_spanned!(words::own_at(elem.span())=> #at::value_must_be_there::<#elem, #ty>(#at::Leads::<#ty>::TO_VOID, #unfit)),
    )
}

/// `check`, where `TO_VOID` has an answer for all types.
fn looked_up(check: &TokenStream) -> TokenStream {
    let p = words::private();
    quote!({
        use #p::ToSome as _;
        #check
    })
}

/// The parameter's type in the body; `None` if it only counts another one.
fn rust_type(param: &Param) -> Option<TokenStream> {
    let optional =
        |inner: TokenStream, nullable: bool| if nullable { quote!(::core::option::Option<#inner>) } else { inner };
    let nullable = param.words.iter().any(|s| s.word == "nullable");
    if let Some(ty) = userdata_type(param) {
        return Some(optional(quote!(&mut #ty), nullable));
    }
    Some(match &param.role {
        Role::Buffer(Buffer { way: Way::In, elem, .. }) => quote!(&[#elem]),
        Role::Buffer(Buffer { way: Way::Out, elem, .. }) => quote!(&mut [::core::mem::MaybeUninit<#elem>]),
        Role::Buffer(Buffer { way: Way::Inout, elem, .. }) => quote!(&mut [#elem]),
        Role::Single { way: Way::In, elem, nullable, .. } => optional(quote!(&#elem), *nullable),
        Role::Single { way: Way::Out, elem, nullable, .. } => {
            optional(quote!(&mut ::core::mem::MaybeUninit<#elem>), *nullable)
        }
        Role::Single { elem, nullable, .. } => optional(quote!(&mut #elem), *nullable),
        Role::CStr { nullable } => optional(quote!(&::core::ffi::CStr), *nullable),
        Role::Counter | Role::CounterThrough(_) | Role::Report(_) => return None,
        _ => param.ty.to_token_stream(),
    })
}

fn argument(p: &Ident, param: &Param) -> Option<TokenStream> {
    let (ident, len, name) = (outer(&param.ident), param.local("len"), bare(&param.ident));
    let nullable = param.words.iter().any(|s| s.word == "nullable");
    let required = |value: TokenStream| if nullable { value } else { quote!(#p::required(#value, #name)) };
    if let Some(ty) = userdata_type(param) {
        return Some(required(quote!(unsafe { #p::value_mut::<#ty, _>(#ident, #name) })));
    }
    Some(match &param.role {
        Role::Buffer(Buffer { way, elem, .. }) => {
            let function = match way {
                Way::In => quote!(slice_in),
                Way::Out => quote!(slice_out),
                Way::Inout => quote!(slice_inout),
            };
            let at = words::private_at(words::own_at(elem.span()));
            words::own_blocks(
                quote_spanned!(words::own_at(elem.span())=> unsafe { #at::#function::<#elem, _>(#ident, #len, #name) }),
            )
        }
        Role::Single { way: Way::In, elem, .. } => {
            required(quote!(unsafe { #p::value_ref::<#elem, _>(#ident, #name) }))
        }
        Role::Single { way: Way::Out, elem, .. } => {
            required(quote!(unsafe { #p::plain_out::<#elem, _>(#ident, #name) }))
        }
        Role::Single { elem, .. } => required(quote!(unsafe { #p::plain_mut::<#elem, _>(#ident, #name) })),
        Role::CStr { .. } => required(quote!(unsafe { #p::cstr(#ident.cast()) })),
        Role::Counter | Role::CounterThrough(_) | Role::Report(_) => return None,
        _ => ident.to_token_stream(),
    })
}
