//! The first place: C declarations. Each becomes a Rust function with a signature that says what its words say.
//!
//! ```text
//! #[ffi(err = minus_one)]
//! pub safe fn readv(#[ffi(fd)] fd: c_int, #[ffi(pin_mut, len = iovcnt)] iov: *const iovec, iovcnt: c_int) -> ssize_t;
//! ```
//!
//! becomes, with `__p` for `::pin_ffi::__private`,
//!
//! ```text
//! pub fn readv<IovValue>(fd: __p::BorrowedFd<'_>, iov: &mut IovValue) -> ::pin_ffi::Result<usize>
//! where
//!     IovValue: __p::FfiArrayMut<Elem = iovec> + ?Sized,
//! {
//!     unsafe extern "C" { #[link_name = "readv"] fn c(fd: c_int, iov: *const iovec, iovcnt: c_int) -> ssize_t; }
//!     __p::with_scratch(__p::FfiArray::scratch_left(&iov, __p::INLINE), move |scratch| -> ::pin_ffi::Result<usize> {
//!         let (lent_iov, kept_iov) = unsafe { __p::FfiArrayMut::fill_all_fixed(iov, scratch)? };
//!         let c_iovcnt: c_int = __p::checked_len(.., lent_iov.len, &__p::Field { .. })?;
//!         let ret = unsafe { c(__p::raw_fd::<c_int>(Some(fd)), lent_iov.ptr.cast(), c_iovcnt) };
//!         let ret = __p::errno::minus_one_count(ret)?;
//!         unsafe { __p::FfiArrayMut::take_back_all(iov, kept_iov)? };
//!         Ok(ret)
//!     })
//! }
//! ```

use super::Settings;
use super::signature::{
    self, Buffer, By, Count, Filled, Param, Role, Way, computed, last_name, needs_word, operands, pointee,
};
use crate::diagnostics::Errors;
use crate::words::{self, ERR, Said, Value, bare, nearest};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ForeignItem, ForeignItemFn, Ident, ItemForeignMod, ReturnType, Type};

/// A block of declarations: those with words become functions, the others stay.
pub(crate) fn expand(errors: &Errors, settings: &Settings, mut block: ItemForeignMod) -> TokenStream {
    let mut functions = TokenStream::new();
    let abi = block.abi.clone();
    let unsafety = block.unsafety;
    let mut kept = Vec::new();
    // A block that is left out takes its functions with it.
    let conditions: Vec<_> = block.attrs.iter().filter(|a| a.path().is_ident("cfg")).cloned().collect();
    for item in std::mem::take(&mut block.items) {
        match item {
            ForeignItem::Fn(mut function) if has_words(&function) || is_safe(&function) => {
                function.attrs.extend(conditions.iter().cloned());
                functions.extend(function_of(errors, settings, &abi, unsafety.is_some(), function));
            }
            other => kept.push(other),
        }
    }
    block.items = kept;
    // An empty block still links the library that its attributes name; and an unsafe one is the user's own claim about
    // C, which `#![forbid(unsafe_code)]` looks for.
    let block = (!block.items.is_empty() || !block.attrs.is_empty() || unsafety.is_some()).then_some(block);
    quote!(#block #functions)
}

fn has_words(function: &ForeignItemFn) -> bool {
    let ffi = |attrs: &[Attribute]| attrs.iter().any(|a| a.path().is_ident("ffi"));
    ffi(&function.attrs) || function.sig.inputs.iter().any(|i| matches!(i, syn::FnArg::Typed(t) if ffi(&t.attrs)))
}

fn is_safe(function: &ForeignItemFn) -> bool {
    matches!(function.sig.safety, syn::Safety::Safe(_))
}

/// A run of values that is lent.
struct Run<'a> {
    write: bool,
    count: &'a Count,
    nullable: bool,
    max: Option<&'a Expr>,
}

/// How C says that the call failed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Err {
    None,
    MinusOne,
    Null,
    Nonzero,
    NegativeErrno,
    ReturnedErrno,
}

/// A declaration with its words, ready to be written out.
struct Function<'a> {
    settings: &'a Settings,
    attrs: Vec<Attribute>,
    declaration: ForeignItemFn,
    params: Vec<Param>,
    err: Err,
    rust_name: Ident,
}

fn function_of(
    errors: &Errors,
    settings: &Settings,
    abi: &syn::Abi,
    unsafe_block: bool,
    mut declaration: ForeignItemFn,
) -> TokenStream {
    let before = errors.count();
    let said = words::said(errors, &declaration.attrs, words::FUNCTION, "a C declaration");
    let mut attrs = std::mem::take(&mut declaration.attrs);
    attrs.retain(|a| !a.path().is_ident("ffi"));
    let link_name = Ident::new("link_name", Span::call_site());
    let conditional =
        |a: &&Attribute| a.path().is_ident("cfg_attr") && words::mentions(a.meta.to_token_stream(), &[&link_name]);
    if let Some(attr) = attrs.iter().find(conditional) {
        errors.at(attr, "a `link_name` for some targets makes two C functions: declare the function once for each, with `cfg` on the function");
    }
    let output = declaration.sig.output.clone();
    let params = signature::params(errors, &mut declaration.sig.inputs, &output, words::PARAM, "a parameter");
    let mut rust_name = declaration.sig.ident.clone();
    let mut err = Err::None;
    for Said { word, value } in &said {
        match value {
            Value::Name(name) if word == "err" => err = err_kind(errors, name, &output),
            Value::Name(name) => rust_name = name.clone(),
            _ => {}
        }
    }
    let function = Function { settings, attrs, declaration, params, err, rust_name };
    function.check(errors, unsafe_block);
    let mut found = errors.split_off(before).into_iter();
    let Some(first) = found.next() else { return function.expand(abi, unsafe_block) };
    found.for_each(|error| errors.push(error));
    function.fallback(&first)
}

fn err_kind(errors: &Errors, name: &Ident, output: &ReturnType) -> Err {
    let kind = match name.to_string().as_str() {
        "minus_one" => Err::MinusOne,
        "null" => Err::Null,
        "nonzero" => Err::Nonzero,
        "negative_errno" => Err::NegativeErrno,
        "returned_errno" => Err::ReturnedErrno,
        "none" => return Err::None,
        other => {
            let near = nearest(other, ERR.iter().copied());
            let hint = near
                .map_or_else(|| format!("there are `{}`", ERR.join("`, `")), |near| format!("did you mean `{near}`?"));
            errors.at(name, format_args!("`{other}` is not a way for C to say that it failed: {hint}"));
            return Err::None;
        }
    };
    let ReturnType::Type(_, ty) = output else {
        errors.at(
            name,
            format_args!("`err = {name}` is read from what C returns, and this function returns nothing: drop `err`"),
        );
        return Err::None;
    };
    let pointer = pointee(ty).is_some();
    if kind == Err::Null && !pointer {
        errors.at(name, "`err = null` is for a function that returns a pointer: for a number say `minus_one`, `nonzero` or `negative_errno`");
        return Err::None;
    }
    if kind != Err::Null && pointer {
        errors.at(
            name,
            format_args!("`err = {name}` is for a function that returns a number: for a pointer say `err = null`"),
        );
        return Err::None;
    }
    kind
}

impl Function<'_> {
    fn is_safe(&self) -> bool {
        matches!(self.declaration.sig.safety, syn::Safety::Safe(_))
    }

    fn check(&self, errors: &Errors, unsafe_block: bool) {
        let name = &self.declaration.sig.ident;
        if let (false, syn::Safety::Safe(safe)) = (unsafe_block, &self.declaration.sig.safety) {
            errors.at(
                safe,
                format_args!(
                    "`safe` is your promise that C keeps to this declaration of `{name}`: make the block `unsafe extern`"
                ),
            );
        }
        for param in &self.params {
            let plain = matches!(param.role, Role::Pointer | Role::Checked { .. })
                || (matches!(param.role, Role::Value) && needs_word(&param.ty));
            if self.is_safe() && plain && !param.wrong && needs_word(&param.ty) {
                let (ident, what) = (
                    bare(&param.ident),
                    if pointee(&param.ty).is_some() { "a raw pointer" } else { "an unsafe function" },
                );
                errors.at(
                    &param.ident,
                    format_args!("`{ident}` is {what} without a word, so safe code could pass anything: say how it is lent (`in`, `out`, `inout`, `pin`, `pin_mut`, `cstr`), or make `{name}` an `unsafe fn`"),
                );
            }
        }
        if let Some(variadic) = &self.declaration.sig.variadic {
            errors.at(variadic, format_args!("nothing says what C makes of the further arguments of `{name}`: keep the declaration without words, and write a function around the call, with `#[pinned_ffi]` on it"));
        }
        if let Some(lifetime) = self.declaration.sig.generics.params.first() {
            errors.at(lifetime, "a C function has no generics: the Rust signature gets its lifetimes from the words");
        }
        let ret: Vec<_> = self
            .params
            .iter()
            .filter(|p| matches!(&p.role, Role::Buffer(Buffer { filled: Some(Filled::Ret), .. })))
            .collect();
        if let [_, second, ..] = ret[..] {
            errors.at(&second.ident, format_args!("`{name}` returns one number, and `filled = ret` takes it for two buffers: keep one, and say of the other how much is filled"));
        }
    }

    fn filled_by_ret(&self) -> bool {
        self.params.iter().any(|p| matches!(&p.role, Role::Buffer(Buffer { filled: Some(Filled::Ret), .. })))
    }

    fn counter_type(&self, n: &Ident) -> Option<&Type> {
        self.params.iter().find(|p| p.ident == *n).map(|p| &p.ty)
    }

    /// Whether `n` can count any buffer that there is.
    fn counter_is_wide(&self, n: &Ident) -> bool {
        self.counter_type(n).and_then(last_name).is_some_and(|name| name == "usize" || name == "size_t")
    }

    /// Whether filling, the call or the taking back can fail.
    fn is_fallible(&self) -> bool {
        self.err != Err::None
            || self.params.iter().any(|p| match &p.role {
                Role::Pin { .. } => true,
                Role::Buffer(buffer) => {
                    let counted = !buffer.count.bytes
                        && matches!(&buffer.count.by, By::Param(n) if self.counter_is_wide(n) && self.buffers_counted_by(n) == 1);
                    !counted || buffer.max.is_some() || matches!(buffer.filled, Some(Filled::Ret | Filled::Through(_)))
                }
                _ => false,
            })
    }

    fn buffers_counted_by(&self, n: &Ident) -> usize {
        self.counted_by(n).count()
    }

    fn counted_by<'a>(&'a self, n: &'a Ident) -> impl Iterator<Item = (&'a Param, &'a Count)> {
        self.params.iter().filter_map(move |p| match &p.role {
            Role::Buffer(Buffer { count, .. }) | Role::Pin { count: Some(count), .. } => match &count.by {
                By::Param(c) | By::Through(c) if c == n => Some((p, count)),
                _ => None,
            },
            _ => None,
        })
    }

    /// The name of a type parameter for `param` that nothing in the declaration or its words has, nor a parameter before
    /// it: a type of the user's would be taken for the parameter. What a type macro names cannot be seen, so that beside
    /// one the name is nobody's.
    fn type_param(&self, param: &Param) -> Ident {
        let alike = |other: &&Param| camel(&other.ident) == camel(&param.ident);
        let before = self.params.iter().take_while(|other| other.ident != param.ident).filter(alike);
        let taken: Vec<_> = before.map(|other| self.type_param(other)).collect();
        let user: TokenStream = self
            .params
            .iter()
            .flat_map(|p| &p.words)
            .map(Said::value)
            .chain([self.declaration.sig.to_token_stream()])
            .collect();
        let hidden = words::has_macro(user.clone());
        let mut name = (if hidden { "__PinFfi" } else { "" }).to_owned() + &camel(&param.ident) + "Value";
        loop {
            let ident = Ident::new(&name, Span::mixed_site());
            if !taken.contains(&ident) && !words::mentions(user.clone(), &[&ident]) {
                return ident;
            }
            name.push('_');
        }
    }

    fn info(&self, param: &Param, c: &str) -> TokenStream {
        let p = self.settings.private();
        let (item, field) = (bare(&self.rust_name), bare(&param.ident));
        quote!(&#p::Field { item: #item, field: #field, c: #c })
    }

    /// What stands for a function with errors: a constant with the first of them in its type. The compiler reports that
    /// once, and asks nothing of what is done with the constant: no use of the function adds an error.
    fn fallback(&self, error: &syn::Error) -> TokenStream {
        let (vis, name, error) = (&self.declaration.vis, &self.rust_name, error.to_compile_error());
        let conditions = self.attrs.iter().filter(|a| a.path().is_ident("cfg"));
        let (p, conditions) = (self.settings.private(), quote!(#(#conditions)*));
        // What the declaration names is not unused.
        let (types, output) = (self.params.iter().map(|param| &param.ty), &self.declaration.sig.output);
        quote! {
            #conditions
            #[allow(non_upper_case_globals, dead_code)]
            #vis const #name: [(); #error] = [];
            #conditions
            const _: #p::core::option::Option<fn(#(#types),*) #output> = #p::core::option::Option::None;
        }
    }

    fn expand(&self, abi: &syn::Abi, unsafe_block: bool) -> TokenStream {
        let sig = &self.declaration.sig;
        let (vis, name) = (&self.declaration.vis, &self.rust_name);
        let allows = crate::derive::allows();
        // `link_name` belongs to the declaration, all else to the function.
        let (linkage, attrs): (Vec<_>, Vec<_>) = self.attrs.iter().partition(|a| a.path().is_ident("link_name"));
        let safety = (!self.is_safe()).then(|| quote!(unsafe));
        let params = self.params.iter().filter_map(|param| self.rust_param(param));
        let generics: Vec<_> = self.params.iter().filter_map(|param| self.generic(param)).collect();
        let (names, bounds): (Vec<_>, Vec<_>) = generics.into_iter().unzip();
        let generic_list = (!names.is_empty()).then(|| quote!(<#(#names),*>));
        let where_list = (!bounds.is_empty()).then(|| quote!(where #(#bounds,)*));
        let output = self.output_type();
        let doc = self.doc();
        // So that the pointer check tells the place of the call.
        let checked = self.params.iter().any(|p| matches!(p.role, Role::Checked { .. }));
        let caller = checked.then(|| quote!(#[cfg_attr(debug_assertions, track_caller)]));

        let body = self.body();
        let c_inputs = self.params.iter().map(|p| {
            let (ident, ty) = (&p.ident, &p.ty);
            quote!(#ident: #ty)
        });
        let c_output = &sig.output;
        let c_name = bare(&sig.ident);
        let link_name = if linkage.is_empty() { quote!(#[link_name = #c_name]) } else { quote!(#(#linkage)*) };
        let unsafe_token = unsafe_block.then(|| quote!(unsafe));
        let raw = raw_name();
        let checks = self.value_checks();
        let preamble = self.settings.preamble();
        let fits = self.params.iter().filter_map(|param| self.must_fit(param));
        let reports = self.params.iter().filter_map(|param| self.must_not_report(param));
        let body = quote! {
            #preamble
            #unsafe_token #abi {
                #link_name
                fn #raw(#(#c_inputs),*) #c_output;
            }
            #checks
            #(const _: () = #fits;)*
            #(#reports)*
            #body
        };
        quote! {
            #(#attrs)*
            #[doc = ""]
            #[doc = #doc]
            #allows
            #[inline]
            #caller
            #vis #safety fn #name #generic_list (#(#params),*) -> #output #where_list {
                #body
            }
        }
    }

    /// What C declares, for the docs.
    fn doc(&self) -> String {
        let sig = &self.declaration.sig;
        let inputs: Vec<_> = self.params.iter().map(|p| format!("{}: {}", bare(&p.ident), tidy(&p.ty))).collect();
        let output = match &sig.output {
            ReturnType::Default => String::new(),
            ReturnType::Type(_, ty) => format!(" -> {}", tidy(ty)),
        };
        format!("C: `fn {}({}){output}`", bare(&sig.ident), inputs.join(", "))
    }

    /// A plain parameter of a safe function must not be a pointer behind an alias.
    fn value_checks(&self) -> Option<TokenStream> {
        if !self.is_safe() {
            return None;
        }
        let p = self.settings.private();
        let checks = self.params.iter().filter(|p| matches!(p.role, Role::Value)).map(|param| {
            let ty = &param.ty;
            let message = format!(
                "`{}` is a raw pointer or an unsafe function behind another name, so safe code could pass anything: declare it as what it is and say how it is lent, or make `{}` an `unsafe fn`",
                bare(&param.ident),
                self.declaration.sig.ident,
            );
            let at = words::private_at(ty.span());
            quote_spanned!(ty.span()=> #at::must_be_plain(#at::ParamType::<#ty>::IS_POINTER, #message);)
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
        let (name, function, ty) = (bare(&param.ident), bare(&self.declaration.sig.ident), &param.ty);
        let c = tidy(ty);
        match &param.role {
            Role::Buffer(Buffer { told: true, elem, count, way, .. }) => {
                let (bytes, at) = (count.bytes, words::private_at(elem.span()));
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
                Some(quote_spanned!(elem.span()=> {
                use #at::ToSome as _;
                #at::elements_must_fit::<#elem, #ty>(#at::core::ptr::null(), #bytes, #exact && !#at::Leads::<#ty>::TO_VOID, #no_size, #unfit)
                }))
            }
            Role::Single { told: true, elem, .. } => {
                let at = words::private_at(elem.span());
                let unfit = format!(
                    "`{function}` declares `{name}` as `{c}`, and the type named here is smaller or less aligned: C would reach past its end. Where C takes bytes of any kind, declare it as a pointer to `c_void`"
                );
                Some(quote_spanned!(elem.span()=> #at::value_must_fit::<#elem, #ty>(#unfit)))
            }
            Role::CStr { .. } => signature::chars_must_fit(param),
            _ => None,
        }
    }

    /// What C declares `*const` it leaves as it was filled, so that no result can be taken from there.
    fn must_not_report(&self, param: &Param) -> Option<TokenStream> {
        let (Role::Pin { write: true, count, .. }, Some((_, false))) = (&param.role, pointee(&param.ty)) else {
            return None;
        };
        let (value, at) = (self.type_param(param), words::private_at(param.ty.span()));
        let message = format!(
            "`{}` declares `{}` as `{}`, so C does not write the struct, and a value with `inout` or `out` wants results from it: declare the parameter `*mut` if C's header does, or pass a value without them",
            bare(&self.declaration.sig.ident),
            bare(&param.ident),
            tidy(&param.ty),
        );
        let of = Ident::new(if count.is_some() { "FfiArrayMut" } else { "FfiPinnedMut" }, Span::mixed_site());
        Some(quote_spanned! {param.ty.span()=>
            const { #at::must_not_report(<#value as #at::#of>::REPORTS, #message) };
        })
    }

    /// The parameter in the Rust signature; `None` if another one fills it in.
    fn rust_param(&self, param: &Param) -> Option<TokenStream> {
        let p = self.settings.private();
        let (ident, ty) = (&param.ident, &param.ty);
        let optional = |inner: TokenStream, nullable: bool| {
            if nullable { quote!(#p::core::option::Option<#inner>) } else { inner }
        };
        let ty = match &param.role {
            Role::Value | Role::Pointer | Role::Checked { .. } => ty.to_token_stream(),
            Role::Buffer(Buffer { way: Way::Out, filled: Some(_), nullable, .. }) => {
                optional(self.type_param(param).to_token_stream(), *nullable)
            }
            Role::Buffer(Buffer { way: Way::In, elem, nullable, .. }) => optional(quote!(&[#elem]), *nullable),
            Role::Buffer(Buffer { elem, nullable, .. }) => optional(quote!(&mut [#elem]), *nullable),
            Role::Single { way: Way::In, elem, nullable, .. } => optional(quote!(&#elem), *nullable),
            Role::Single { elem, nullable, .. } => optional(quote!(&mut #elem), *nullable),
            Role::Pin { write, nullable, .. } => {
                let value = self.type_param(param);
                optional(if *write { quote!(&mut #value) } else { quote!(&#value) }, *nullable)
            }
            Role::Fd { nullable } => optional(quote!(#p::BorrowedFd<'_>), *nullable),
            Role::CStr { nullable } => optional(quote!(&#p::core::ffi::CStr), *nullable),
            Role::Counter | Role::CounterThrough(_) | Role::Report(_) => return None,
        };
        Some(quote!(#ident: #ty))
    }

    /// A type parameter and its bound.
    fn generic(&self, param: &Param) -> Option<(Ident, TokenStream)> {
        let p = self.settings.private();
        let name = self.type_param(param);
        let bound = match &param.role {
            Role::Buffer(Buffer { way: Way::Out, filled: Some(_), elem, .. }) => quote!(#name: #p::Fillable<#elem>),
            Role::Pin { write, c, count, .. } => {
                let bound = match (write, count.is_some()) {
                    (true, true) => quote!(#p::FfiArrayMut<Elem = #c>),
                    (false, true) => quote!(#p::FfiArray<Elem = #c>),
                    (true, false) => quote!(#p::FfiPinnedMut<C = #c>),
                    (false, false) => quote!(#p::FfiPinned<C = #c>),
                };
                if count.is_some() { quote!(#name: #bound + ?#p::core::marker::Sized) } else { quote!(#name: #bound) }
            }
            _ => return None,
        };
        Some((name, bound))
    }

    /// The type of what C returned, unless it is used up; then that of each filled buffer.
    fn value_type(&self) -> TokenStream {
        let p = self.settings.private();
        let mut parts: Vec<TokenStream> = self.ret_type().into_iter().collect();
        for param in &self.params {
            if let Role::Buffer(Buffer { way: Way::Out, filled: Some(_), elem, nullable, .. }) = &param.role {
                let name = self.type_param(param);
                let output = quote!(<#name as #p::Fillable<#elem>>::Output);
                parts.push(if *nullable { quote!(#p::core::option::Option<#output>) } else { output });
            }
        }
        match &parts[..] {
            [] => quote!(()),
            [one] => one.clone(),
            many => quote!((#(#many),*)),
        }
    }

    /// The returned value in Rust; `None` if it says nothing more.
    fn ret_type(&self) -> Option<TokenStream> {
        let p = self.settings.private();
        let ReturnType::Type(_, ty) = &self.declaration.sig.output else { return None };
        if self.filled_by_ret() {
            return None;
        }
        match self.err {
            Err::Nonzero | Err::ReturnedErrno => None,
            Err::Null => {
                let (pointee, _) = pointee(ty)?;
                Some(quote!(#p::core::ptr::NonNull<#pointee>))
            }
            Err::MinusOne | Err::NegativeErrno if is_count(ty) => Some(quote!(#p::core::primitive::usize)),
            _ => Some(ty.to_token_stream()),
        }
    }

    /// What the function returns.
    fn output_type(&self) -> TokenStream {
        let krate = &self.settings.krate;
        let value_type = self.value_type();
        if self.is_fallible() { quote!(#krate::Result<#value_type>) } else { value_type }
    }

    fn body(&self) -> TokenStream {
        let p = self.settings.private();
        let raw = raw_name();
        let ret = Ident::new("ret", Span::mixed_site());
        let (checked, others): (Vec<_>, Vec<_>) =
            self.params.iter().partition(|param| matches!(param.role, Role::Checked { .. }));
        let lend = others.iter().map(|param| self.lend(param));
        // A raw struct may lead to what is lent beside it.
        let enter = others.iter().filter_map(|param| if checked.is_empty() { None } else { self.enter(param) });
        let check = checked.iter().map(|param| self.lend(param));
        let counters = self.params.iter().map(|param| self.counter(param));
        // An empty buffer that becomes NULL has its say in a shared count, unlike `None`.
        let null_if_empty = |param: &&Param| {
            matches!(
                &param.role,
                Role::Buffer(Buffer { null_if_empty: true, .. }) | Role::Pin { null_if_empty: true, .. }
            )
        };
        let nulls = self.params.iter().filter(null_if_empty).map(|param| {
            let lent = param.local("lent");
            quote!(let #lent = #p::null_if_empty(#lent);)
        });
        let arguments = self.params.iter().map(|param| self.argument(param));
        let errno = self.errno(&ret);
        // All that C reported is checked before any of it is taken.
        let done = self.params.iter().filter_map(|param| self.done(param, &ret));
        let take_back = self.params.iter().map(|param| self.take_back(param));
        let outputs: Vec<_> = self.params.iter().filter_map(|param| self.output(param)).collect();
        let finish = outputs.iter().map(|(_, statement)| statement);
        let mut parts: Vec<TokenStream> = Vec::new();
        if self.ret_type().is_some() {
            parts.push(ret.to_token_stream());
        }
        parts.extend(outputs.iter().map(|(name, _)| name.to_token_stream()));
        let value = match &parts[..] {
            [] => quote!(()),
            [one] => one.clone(),
            many => quote!((#(#many),*)),
        };
        let value = if self.is_fallible() { quote!(#p::core::result::Result::Ok(#value)) } else { value };
        let body = quote! {
            #(#lend)*
            #(#counters)*
            #(#nulls)*
            #(#enter)*
            #(#check)*
            let #ret = unsafe { #raw(#(#arguments),*) };
            #errno
            #(#done)*
            #(#take_back)*
            #(#finish)*
            #value
        };
        let Some(fits) = self.fits() else { return body };
        let (scratch, output) = (scratch(), self.output_type());
        quote! {
            #p::with_scratch(#fits, move |#scratch: &mut #p::Scratch<'_>| -> #output { #body })
        }
    }

    /// Whether the nested C structs of all lent values fit on the stack; `None` if nothing is lent that has any.
    fn fits(&self) -> Option<TokenStream> {
        let p = self.settings.private();
        let room = Ident::new("room", Span::mixed_site());
        let mut pins = self.params.iter().filter_map(|param| {
            let ident = &param.ident;
            match &param.role {
                Role::Pin { count: Some(_), .. } => Some(quote!(#p::FfiArray::scratch_left(&#ident, #room))),
                Role::Pin { count: None, nullable: false, .. } => {
                    Some(quote!(#p::FfiPinned::scratch_left(&*#ident, #room)))
                }
                Role::Pin { count: None, nullable: true, .. } => {
                    let value = param.local("value");
                    Some(quote! {
                        #p::core::option::Option::as_deref(&#ident).map_or(
                            #p::core::option::Option::Some(#room),
                            |#value| #p::FfiPinned::scratch_left(#value, #room),
                        )
                    })
                }
                _ => None,
            }
        });
        let first = pins.next()?;
        Some(quote!({ let #room = #p::INLINE; #first #(.and_then(|#room| #pins))* }))
    }

    /// The pointer check, where it is on, of what a raw pointer leads to.
    fn check_raw(&self, param: &Param, write: bool, count: Option<&Ident>) -> TokenStream {
        let p = self.settings.private();
        let (ident, at) = (&param.ident, words::private_at(param.ty.span()));
        let n = match count {
            Some(n) => quote!(#p::core::option::Option::Some(#p::operand(#n))),
            None => quote!(#p::core::option::Option::None),
        };
        quote_spanned!(param.ty.span()=> unsafe { #at::check_raw(#ident, #n, #write) };)
    }

    /// A buffer is known to the pointer check for as long as the call runs.
    fn enter(&self, param: &Param) -> Option<TokenStream> {
        let p = self.settings.private();
        let (entered, lent, ident) = (param.local("_entered"), param.local("lent"), &param.ident);
        Some(match &param.role {
            Role::Buffer(Buffer { way, .. }) => {
                let write = *way != Way::In;
                quote!(let #entered = #p::entered(#lent.ptr, #lent.len, #write);)
            }
            Role::Single { way, .. } => {
                let write = *way != Way::In;
                quote!(let #entered = #p::entered(#lent, 1, #write);)
            }
            Role::CStr { nullable: false } => {
                quote!(let #entered = #p::entered(#ident.as_ptr(), #ident.count_bytes() + 1, false);)
            }
            _ => return None,
        })
    }

    /// `let lent_x = ...`, from one call for address and length.
    fn lend(&self, param: &Param) -> TokenStream {
        match &param.role {
            Role::Checked { write, count } => self.check_raw(param, *write, count.as_ref()),
            Role::Buffer(buffer) => self.lend_buffer(param, buffer),
            Role::Single { way, elem, nullable, .. } => self.lend_single(param, *way, elem, *nullable),
            Role::Pin { write, c, count: None, nullable, .. } => self.lend_value(param, *write, c, *nullable),
            Role::Pin { write, count: Some(count), nullable, max, .. } => {
                self.lend_run(param, &Run { write: *write, count, nullable: *nullable, max: max.as_ref() })
            }
            _ => TokenStream::new(),
        }
    }

    fn lend_buffer(&self, param: &Param, buffer: &Buffer) -> TokenStream {
        let p = self.settings.private();
        let (ident, lent, at) = (&param.ident, param.local("lent"), words::private_at(buffer.elem.span()));
        let info = self.info(param, &counted(&buffer.count));
        let present = self.present(param, buffer.nullable);
        let mut out = match (buffer.way, &buffer.filled, buffer.nullable) {
            (Way::Out, Some(_), _) => {
                let buf = param.local("buf");
                quote! {
                    let mut #buf = #ident;
                    let #lent = #p::Fillable::lend_out(&mut #buf);
                    #present
                }
            }
            (Way::In, _, false) => quote_spanned!(buffer.elem.span()=> let #lent = #at::lend_in(#ident);),
            (Way::In, _, true) => {
                quote_spanned!(buffer.elem.span()=> let #lent = #ident.map_or(#p::Lent::NONE, #at::lend_in);)
            }
            (_, _, false) => quote_spanned!(buffer.elem.span()=> let #lent = #at::lend_inout(#ident);),
            (_, _, true) => {
                quote_spanned!(buffer.elem.span()=> let #lent = #ident.map_or(#p::Lent::NONE, #at::lend_inout);)
            }
        };
        out.extend(buffer.max.as_ref().map(|max| self.at_most(param, max, &info)));
        out.extend(self.some(param));
        out.extend(self.least(param, &buffer.count, &info));
        out
    }

    fn lend_single(&self, param: &Param, way: Way, elem: &Type, nullable: bool) -> TokenStream {
        let p = self.settings.private();
        let (ident, lent, at) = (&param.ident, param.local("lent"), words::private_at(elem.span()));
        let lend = if way == Way::In { quote!(lend_ref) } else { quote!(lend_ref_mut) };
        if nullable {
            quote_spanned!(elem.span()=> let #lent = #ident.map_or(#p::core::ptr::null_mut(), #at::#lend);)
        } else {
            quote_spanned!(elem.span()=> let #lent = #at::#lend(#ident);)
        }
    }

    /// One value, in a C struct of its own.
    fn lend_value(&self, param: &Param, write: bool, c: &Type, nullable: bool) -> TokenStream {
        let p = self.settings.private();
        let (ident, lent, value) = (&param.ident, param.local("lent"), param.local("value"));
        let (place, kept, scratch) = (param.local("c"), param.local("kept"), scratch());
        let address = quote!(#p::core::mem::MaybeUninit::as_mut_ptr(&mut #place));
        let fill = if write { quote!(FfiPinnedMut::fill_mut) } else { quote!(FfiPinned::fill) };
        let fill = quote!(#p::#fill(#value, #address, #scratch)?);
        let place = quote!(let mut #place = #p::core::mem::MaybeUninit::<#c>::zeroed(););
        if nullable {
            let (outer, borrowed) = if write {
                (quote!(let mut #ident = #ident;), quote!(#p::core::option::Option::as_deref_mut(&mut #ident)))
            } else {
                (TokenStream::new(), ident.to_token_stream())
            };
            quote! {
                #place
                #outer
                let (#kept, #lent) = match #borrowed {
                    #p::core::option::Option::Some(#value) => {
                        (#p::core::option::Option::Some(unsafe { #fill }), #address)
                    }
                    #p::core::option::Option::None => (#p::core::option::Option::None, #p::core::ptr::null_mut()),
                };
            }
        } else {
            let reborrow = if write { quote!(&mut *) } else { quote!(&*) };
            quote! {
                #place
                let #value = #reborrow #ident;
                let #kept = unsafe { #fill };
                let #lent = #address;
            }
        }
    }

    /// A run of values, in an array of C structs.
    fn lend_run(&self, param: &Param, run: &Run) -> TokenStream {
        let Run { write, count, nullable, max } = *run;
        let p = self.settings.private();
        let (ident, lent, value) = (&param.ident, param.local("lent"), param.local("value"));
        let (kept, scratch) = (param.local("kept"), scratch());
        let info = self.info(param, &counted(count));
        // What C declares `*const` it may write through, and does not write itself.
        let fixed = matches!(pointee(&param.ty), Some((_, false)));
        let fill_all = Ident::new(if fixed { "fill_all_fixed" } else { "fill_all_mut" }, Span::mixed_site());
        // `&mut V` and `Option<&mut V>` are runs themselves.
        let mut out = if write {
            quote! {
                let mut #value = #ident;
                let (#lent, #kept) = unsafe { #p::FfiArrayMut::#fill_all(&mut #value, #scratch)? };
                let #lent = #lent.lent();
            }
        } else {
            quote! {
                let #value = #ident;
                let #lent = unsafe { #p::FfiArray::fill_all(&#value, #scratch)? };
                let #lent = #lent.lent();
            }
        };
        out.extend(self.present(param, nullable));
        out.extend(self.some(param));
        out.extend(max.map(|max| self.at_most(param, max, &info)));
        out.extend(self.least(param, count, &info));
        out
    }

    /// What is lent may be an `Option` whether C allows NULL or not, for its type is the caller's choice. Where C does not,
    /// `None` is an empty buffer like any other.
    fn present(&self, param: &Param, nullable: bool) -> Option<TokenStream> {
        let (p, lent) = (self.settings.private(), param.local("lent"));
        (!nullable).then(|| quote!(let #lent = #p::present(#lent);))
    }

    /// Before an empty buffer is NULL: only `None` needs no length, and has no say in a shared one.
    fn some(&self, param: &Param) -> TokenStream {
        let (p, some, lent) = (self.settings.private(), param.local("some"), param.local("lent"));
        quote!(let #some = !#p::Lent::is_none(&#lent);)
    }

    /// The user's `max`, in a constant: outside any `unsafe`.
    fn at_most(&self, param: &Param, max: &Expr, info: &TokenStream) -> TokenStream {
        let p = self.settings.private();
        let (lent, limit) = (param.local("lent"), param.local("__pin_ffi_max"));
        quote_spanned! {max.span()=>
            const #limit: #p::core::primitive::usize = #max;
            #p::check_max(#lent.len, #limit, #info)?;
        }
    }

    /// The buffer has what a computed length asks for; that is kept, as it is what C fills.
    fn least(&self, param: &Param, count: &Count, info: &TokenStream) -> Option<TokenStream> {
        let By::Computed(expr) = &count.by else { return None };
        let p = self.settings.private();
        let (lent, some, least) = (param.local("lent"), param.local("some"), param.local("least"));
        let values = operands(&p, expr);
        let need = computed(&p, expr);
        let n = if count.bytes { quote!(#p::bytes_of(#lent, #info)?) } else { quote!(#lent.len) };
        Some(quote! {
            #values
            let #least = #p::check_least(#n, #some, #need, #info)?;
        })
    }

    /// How many elements C was told of, where the buffer may have more.
    fn told(&self, param: &Param, count: &Count) -> Option<TokenStream> {
        let By::Computed(_) = count.by else { return None };
        let (p, lent, least) = (self.settings.private(), param.local("lent"), param.local("least"));
        Some(if count.bytes { quote!(#p::elements_in(#lent, #least)) } else { least.to_token_stream() })
    }

    /// `let c_n = ...`, checked into C's type.
    fn counter(&self, param: &Param) -> TokenStream {
        let (ty, through) = match &param.role {
            Role::Counter => (&param.ty, false),
            Role::CounterThrough(ty) => (ty, true),
            Role::Report(ty) => {
                // An integer: `filled` takes nothing else.
                let (c, p) = (param.local("c"), self.settings.private());
                return quote!(let mut #c: #ty = unsafe { #p::core::mem::zeroed() };);
            }
            _ => return TokenStream::new(),
        };
        let p = self.settings.private();
        let name = bare(&param.ident);
        let value = param.local("c");
        let counted: Vec<_> = self.counted_by(&param.ident).collect();
        let amount = |(param, count): &(&Param, &Count)| {
            let (lent, info) = (param.local("lent"), self.info(param, &name));
            if count.bytes { quote!(#p::bytes_of(#lent, #info)?) } else { quote!(#lent.len) }
        };
        let n = match &counted[..] {
            [] => return TokenStream::new(),
            [one] => amount(one),
            many => {
                let agreed = many.iter().map(|one| {
                    let (some, info, amount) = (one.0.local("some"), self.info(one.0, &name), amount(one));
                    quote!(let agreed = #p::agree(agreed, #some, #amount, #info)?;)
                });
                quote!({
                    let agreed = #p::core::option::Option::None;
                    #(#agreed)*
                    agreed.unwrap_or(0)
                })
            }
        };
        let mutability = through.then(|| quote!(mut));
        if self.is_fallible() {
            let info = self.info(counted[0].0, &name);
            quote!(let #mutability #value: #ty = #p::checked_len::<#ty>(#p::core::ptr::null(), #n, #info)?;)
        } else {
            // `size_t` holds any length.
            quote!(let #mutability #value: #ty = #n;)
        }
    }

    /// What is passed to C.
    fn argument(&self, param: &Param) -> TokenStream {
        let p = self.settings.private();
        let (ident, ty, lent, c) = (&param.ident, &param.ty, param.local("lent"), param.local("c"));
        match &param.role {
            Role::Value | Role::Pointer | Role::Checked { .. } => ident.to_token_stream(),
            // `must_fit` has seen the elements.
            Role::Buffer(Buffer { told: true, .. }) | Role::Pin { count: Some(_), .. } => quote!(#lent.ptr.cast()),
            Role::Buffer(_) => quote_spanned!(ty.span()=> #p::argument::<#ty, _>(#lent)),
            Role::Single { .. } => quote_spanned!(ty.span()=> #p::argument_ref::<#ty, _>(#lent)),
            Role::Pin { count: None, .. } => quote!(#lent.cast()),
            Role::Fd { nullable } => {
                let at = words::private_at(ty.span());
                let fd =
                    if *nullable { ident.to_token_stream() } else { quote!(#p::core::option::Option::Some(#ident)) };
                quote_spanned!(ty.span()=> #at::raw_fd::<#ty>(#fd))
            }
            Role::CStr { nullable: false } => quote!(#p::core::ffi::CStr::as_ptr(#ident).cast_mut().cast()),
            Role::CStr { nullable: true } => {
                quote!(#ident.map_or(#p::core::ptr::null_mut(), |s| #p::core::ffi::CStr::as_ptr(s).cast_mut().cast()))
            }
            Role::Counter => c.to_token_stream(),
            Role::CounterThrough(_) | Role::Report(_) => quote!(&raw mut #c),
        }
    }

    /// First thing after the call.
    fn errno(&self, ret: &Ident) -> TokenStream {
        let count = matches!(&self.declaration.sig.output, ReturnType::Type(_, ty) if is_count(ty));
        // What cannot say that it failed is the returned type.
        let at = match &self.declaration.sig.output {
            ReturnType::Type(_, ty) => Span::mixed_site().located_at(ty.span()),
            ReturnType::Default => Span::mixed_site(),
        };
        let p = words::private_at(at);
        let ret = Ident::new(&ret.to_string(), at);
        match self.err {
            Err::None => TokenStream::new(),
            Err::MinusOne if count => quote_spanned!(at=> let #ret = #p::errno::minus_one_count(#ret)?;),
            Err::MinusOne => quote_spanned!(at=> let #ret = #p::errno::minus_one(#ret)?;),
            Err::NegativeErrno if count => quote_spanned!(at=> let #ret = #p::errno::negative_errno_count(#ret)?;),
            Err::NegativeErrno => quote_spanned!(at=> let #ret = #p::errno::negative_errno(#ret)?;),
            Err::Null => quote_spanned!(at=> let #ret = #p::errno::null(#ret)?;),
            Err::Nonzero => quote_spanned!(at=> #p::errno::nonzero(#ret)?;),
            Err::ReturnedErrno => quote_spanned!(at=> #p::errno::returned_errno(#ret)?;),
        }
    }

    fn take_back(&self, param: &Param) -> TokenStream {
        let p = self.settings.private();
        let (ident, kept, value, c) = (&param.ident, param.local("kept"), param.local("value"), param.local("c"));
        match &param.role {
            Role::Pin { write: true, count: None, nullable: true, .. } => quote! {
                if let (#p::core::option::Option::Some(#value), #p::core::option::Option::Some(#kept)) = (#ident, #kept) {
                    unsafe { #p::FfiPinnedMut::take_back(#value, #p::core::mem::MaybeUninit::as_ptr(&#c), #kept)? };
                }
            },
            Role::Pin { write: true, count: None, .. } => {
                quote!(unsafe { #p::FfiPinnedMut::take_back(#value, #p::core::mem::MaybeUninit::as_ptr(&#c), #kept)? };)
            }
            // Of a computed length C was told no more than that, and the structs behind are as they were filled.
            Role::Pin { write: true, count: Some(count), filled: None | Some(Filled::All), .. } => {
                match self.told(param, count) {
                    Some(told) => quote!(unsafe { #p::FfiArrayMut::take_back_first(&mut #value, #kept, #told)? };),
                    None => quote!(unsafe { #p::FfiArrayMut::take_back_all(&mut #value, #kept)? };),
                }
            }
            Role::Pin { write: true, count: Some(_), .. } => {
                let done = param.local("done");
                quote!(unsafe { #p::FfiArrayMut::take_back_first(&mut #value, #kept, #done)? };)
            }
            _ => TokenStream::new(),
        }
    }

    /// `let done_x = ...`: how many elements, or structs of an array, C says that it filled, checked.
    fn done(&self, param: &Param, ret: &Ident) -> Option<TokenStream> {
        let (Role::Buffer(Buffer { way: Way::Out, filled: Some(filled), count, .. })
        | Role::Pin { filled: Some(filled), count: Some(count), .. }) = &param.role
        else {
            return None;
        };
        let p = self.settings.private();
        let (lent, done) = (param.local("lent"), param.local("done"));
        let bytes = count.bytes;
        // Of a computed length C was told no more than that.
        let least = matches!(count.by, By::Computed(_)).then(|| param.local("least"));
        let (function, told) = match &least {
            Some(least) => (Ident::new("filled_of", Span::mixed_site()), quote!(#lent, #least)),
            None => (Ident::new("filled", Span::mixed_site()), lent.to_token_stream()),
        };
        let n = match filled {
            Filled::All => self.told(param, count).unwrap_or_else(|| quote!(#lent.len)),
            Filled::Ret => {
                let info = self.info(param, "the returned value");
                quote!(#p::#function(#ret, #told, #bytes, #info)?)
            }
            Filled::Through(n) => {
                let (info, c) = (self.info(param, &bare(n)), format_ident!("c_{}", bare(n), span = Span::mixed_site()));
                // Of a counter that was checked when it was made.
                let ty = self.params.iter().find_map(|p| match &p.role {
                    Role::Report(ty) if p.ident == *n => Some(ty),
                    _ => None,
                });
                match ty {
                    Some(ty) => {
                        let p = words::private_at(ty.span());
                        quote_spanned!(ty.span()=> #p::#function::<_, #ty>(#c, #told, #bytes, #info)?)
                    }
                    None => quote!(#p::#function(#c, #told, #bytes, #info)?),
                }
            }
        };
        Some(quote!(let #done = #n;))
    }

    /// `let out_x = ...`: what a filled buffer gives back.
    fn output(&self, param: &Param) -> Option<(Ident, TokenStream)> {
        let Role::Buffer(Buffer { way: Way::Out, filled: Some(_), .. }) = &param.role else { return None };
        let p = self.settings.private();
        let (buf, done, out) = (param.local("buf"), param.local("done"), param.local("out"));
        Some((out.clone(), quote!(let #out = unsafe { #p::Fillable::finish(#buf, #done) };)))
    }
}

/// The C function's name in the body. Items are no locals: one with a user's name would take that over.
fn raw_name() -> Ident {
    Ident::new("__pin_ffi_c", Span::mixed_site())
}

/// `a_name` as a type is called: `AName`.
fn camel(name: &Ident) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    bare(name).split('_').map(capital).collect()
}

/// What counts a buffer, for an error.
fn counted(count: &Count) -> String {
    match &count.by {
        By::Param(n) | By::Through(n) => bare(n),
        By::Computed(expr) => tidy(expr),
    }
}

fn scratch() -> Ident {
    Ident::new("scratch", Span::mixed_site())
}

/// A type that counts bytes or elements, and is -1 for a failure.
fn is_count(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| name == "ssize_t" || name == "isize")
}

/// Tokens as a person would write them.
fn tidy(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    [
        ("* const", "*const"),
        ("* mut", "*mut"),
        (" :: ", "::"),
        ("< ", "<"),
        (" <", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        ("[ ", "["),
        (" ]", "]"),
    ]
    .iter()
    .fold(text, |text, (from, to)| text.replace(from, to))
}
