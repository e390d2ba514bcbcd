//! What `#[derive(FfiPinned)]` writes. All checks came before, so nothing here fails.
//!
//! For the struct
//!
//! ```text
//! #[derive(FfiPinned)]
//! #[ffi(c = libc::iovec)]
//! struct Segment<'a> {
//!     #[ffi(ptr = iov_base, len = iov_len)]
//!     bytes: &'a mut [u8],
//! }
//! ```
//!
//! it is, with `__p` for `::pin_ffi::__private`:
//!
//! ```text
//! const _: () = {
//!     mod __field { pub struct bytes; }
//!     const READ_ONLY_bytes: bool = /* is `iov_base` declared `*const`? */;
//!
//!     unsafe impl<'a> __p::FfiPinned for Segment<'a> {
//!         type C = libc::iovec;
//!         unsafe fn fill(&self, c: *mut libc::iovec, scratch: &mut __p::Scratch<'_>) -> Result<(), __p::FillError> {
//!             let lent_bytes = __p::Buf::lend(&self.bytes);
//!             unsafe {
//!                 let len_iov_len = __p::checked_len(&raw const (*c).iov_len, lent_bytes.len, &__p::Field { .. })?;
//!                 __p::put_ptr(&raw mut (*c).iov_base, lent_bytes);
//!                 __p::note(scratch, lent_bytes, false);
//!                 (&raw mut (*c).iov_len).write_unaligned(len_iov_len);
//!             }
//!             Ok(())
//!         }
//!         unsafe fn release(c: *mut libc::iovec) { /* null, 0 */ }
//!     }
//!
//!     unsafe impl<'a> __p::FfiPinnedMut for Segment<'a>
//!     where for<'t> &'a mut [u8]: __p::LendMut<'t, __field::bytes, READ_ONLY_bytes>
//!     {
//!         type Kept = ();
//!         unsafe fn fill_mut(&mut self, ..) -> Result<(), __p::FillError> { /* the same by `lend_mut` */ }
//!         unsafe fn take_back(&mut self, ..) -> Result<(), __p::FillError> { Ok(()) }
//!     }
//! };
//! ```

use crate::model::{Field, Lend, Length, Role, Struct, Target};
use crate::words::{KNOWN, bare};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

/// The lints that generated code may trip over, whatever the user's crate asks for.
pub(crate) fn allows() -> TokenStream {
    quote! {
        #[allow(
            non_camel_case_types, non_snake_case, non_upper_case_globals, unused_variables, unused_mut, unused_imports,
            unused_unsafe, unreachable_code, clippy::all, clippy::pedantic, clippy::restriction, clippy::nursery
        )]
    }
}

/// Which of the two ways to lend is being written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Read,
    Write,
}

/// All impls for `input`.
pub(crate) fn expand(input: &Struct) -> TokenStream {
    let allows = allows();
    let markers = markers(input);
    let limits = limits(input);
    let read = read_impl(input);
    let write = write_impl(input);
    let run = input.c.is_none().then(|| run_impls(input));
    let claim = claim(input);
    let own = crate::words::own_blocks(quote!(#markers #limits #read #write #run));
    quote! {
        #allows
        const _: () = {
            #claim
            #own
        };
    }
}

/// For a C struct whose fields the runtime crate does not know, the derive is a claim about C, as an `unsafe extern` block
/// is; and for another place than the crate itself a claim about what is found there. A block at the user's own path says
/// so to `#![forbid(unsafe_code)]`.
fn claim(input: &Struct) -> Option<TokenStream> {
    let known = |c: &&syn::Path| c.segments.last().is_some_and(|s| KNOWN.contains(&bare(&s.ident).as_str()));
    let elsewhere = input.krate.leading_colon.is_none() || input.krate.segments.len() != 1;
    let at = input.c.as_ref().filter(|c| !known(c)).or(elsewhere.then_some(&input.krate))?;
    Some(quote_spanned!(at.span()=> const _: () = unsafe {};))
}

/// The C struct's type.
fn c_type(input: &Struct) -> TokenStream {
    let p = private(input);
    match &input.c {
        Some(path) => path.to_token_stream(),
        None => {
            let n = input.iovecs();
            quote!([#p::libc::iovec; #n])
        }
    }
}

fn private(input: &Struct) -> TokenStream {
    let krate = &input.krate;
    quote!(#krate::__private)
}

/// `__private` at a token of the user's, so that what the compiler says of the path underlines that token.
fn private_at(input: &Struct, span: Span) -> TokenStream {
    crate::words::respan(private(input), span)
}

/// An identifier of our own, out of the user's reach.
fn ours(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// A unit type for each field, so that a refusal can name it; and for each whether C's declaration is `*const`.
fn markers(input: &Struct) -> TokenStream {
    let p = private(input);
    let names = input.fields.iter().map(marker);
    let c = c_type(input);
    let generic_c = input
        .c
        .as_ref()
        .is_some_and(|path| input.is_generic(path) || path.segments.iter().any(|s| !s.arguments.is_none()));
    let read_only = input.fields.iter().filter_map(|field| {
        let Role::Buffer(lend) = &field.role else { return None };
        let name = read_only_name(field);
        let place = lend.ptr.path();
        let value = if lend.read_only {
            quote!(true)
        } else if generic_c || input.c.is_none() {
            quote!(false)
        } else {
            let (raw, at_place) = (ours("c"), private_at(input, lend.ptr.span()));
            quote_spanned! {lend.ptr.span()=> {
                let #raw = #p::core::mem::MaybeUninit::<#c>::uninit();
                // Only the place's type is looked at.
                #at_place::declared_read_only(unsafe { &raw const (*#at_place::core::mem::MaybeUninit::as_ptr(&#raw))#place })
            }}
        };
        Some(quote!(const #name: bool = #value;))
    });
    quote! {
        mod __pin_ffi_field {
            #(pub struct #names;)*
        }
        #(#read_only)*
    }
}

/// The field's name as a type.
fn marker(field: &Field) -> Ident {
    match &field.member {
        syn::Member::Named(ident) => ident.clone(),
        syn::Member::Unnamed(index) => format_ident!("field_{}", index.index, span = Span::mixed_site()),
    }
}

fn read_only_name(field: &Field) -> Ident {
    field.local("__PIN_FFI_READ_ONLY")
}

/// The user's `max` expressions, in constants of a trait: outside any `unsafe`, and in reach of the struct's generics.
fn limits(input: &Struct) -> TokenStream {
    let maxes: Vec<_> = input
        .fields
        .iter()
        .filter_map(|field| match &field.role {
            Role::Buffer(Lend { max: Some(max), .. }) | Role::Array(Lend { max: Some(max), .. }) => {
                Some((field.local("MAX"), max))
            }
            _ => None,
        })
        .collect();
    if maxes.is_empty() {
        return TokenStream::new();
    }
    let ident = input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let names = maxes.iter().map(|(name, _)| name);
    let values = maxes.iter().map(|(name, max)| quote_spanned!(max.span()=> const #name: usize = #max;));
    quote! {
        trait __PinFfiLimits { #(const #names: usize;)* }
        impl #impl_generics __PinFfiLimits for #ident #ty_generics #where_clause { #(#values)* }
    }
}

/// Assertions against what the runtime crate knows of the C struct, and against elements that would miscount.
fn verified(input: &Struct) -> TokenStream {
    let Some(path) = &input.c else { return TokenStream::new() };
    let p = private(input);
    let name = path.segments.last().map(|s| bare(&s.ident)).unwrap_or_default();
    let expected = KNOWN.contains(&name.as_str());
    let base = ours("base");
    let offset =
        |place: &TokenStream, span| quote_spanned!(span=> unsafe { #p::offset(#base, &raw const (*#base)#place) });
    let checks = input.fields.iter().filter_map(|field| match &field.role {
        Role::Buffer(lend) | Role::Array(lend) => {
            let ptr = offset(&lend.ptr.path(), lend.ptr.span());
            let len = match &lend.len {
                Some(len) => {
                    let (at, bytes) = (offset(&len.at.path(), len.at.span()), len.bytes);
                    quote!(#p::core::option::Option::Some((#at, #bytes)))
                }
                None => quote!(#p::core::option::Option::None),
            };
            let (read_only, array) = (lend.read_only, matches!(field.role, Role::Array(_)));
            let inout = lend.inout.is_some();
            Some(quote_spanned!(lend.ptr.span()=> map.check_lent(#ptr, #len, #read_only, #array, #inout)))
        }
        Role::Value { at, .. } => {
            let offset = offset(&quote!(.#at), at.span());
            Some(quote_spanned!(at.span()=> map.check_value(#offset)))
        }
        // The type of the field says which struct fills it, and that struct is checked itself, but for this word.
        Role::Inline { at, read_only: true } => {
            let offset = offset(&quote!(.#at), at.span());
            Some(quote_spanned!(at.span()=> map.check_read_only(#offset, #p::size_at(unsafe { &raw const (*#base).#at }))))
        }
        Role::Inline { .. } | Role::Skip => None,
    });
    let places = input.fields.iter().filter_map(|field| match &field.role {
        Role::Buffer(lend) | Role::Array(lend) => Some((lend.ptr.path(), lend.ptr.span())),
        Role::Inline { at, .. } | Role::Value { at, .. } => Some((quote!(.#at), at.span())),
        Role::Skip => None,
    });
    let places = places.chain(lengths(input).into_iter().map(|(target, _)| (target.path(), target.span())));
    let places = places.map(|(place, span)| {
        let offset = offset(&place, span);
        quote!((#offset, #p::size_at(unsafe { &raw const (*#base)#place })))
    });
    let body = look_up(
        &p,
        path,
        &quote! {
            map.check_known(#expected);
            #(#checks;)*
            map.check_apart(&[#(#places),*]);
        },
    );
    if input.is_generic(path) {
        // What the parameters are is known only where the value is filled.
        quote_spanned!(path.span()=> const #body;)
    } else {
        quote_spanned!(path.span()=> const _: () = #body;)
    }
}

/// A block that has the runtime crate's `map` of the C struct at `path`, and a place of its type at `base`.
fn look_up(p: &TokenStream, path: &syn::Path, body: &TokenStream) -> TokenStream {
    let base = ours("base");
    quote! {{
        use #p::UnknownStruct as _;
        let map = #p::StructMap::<#path>::MAP;
        let place = #p::core::mem::MaybeUninit::<#path>::uninit();
        let #base = #p::core::mem::MaybeUninit::as_ptr(&place);
        #body
    }}
}

/// What C reports of a buffer is made sure of before the call: that it counts the buffer's elements, and that nothing is
/// shown which nobody has written.
fn reported(input: &Struct, field: &Field, how: &Lend) -> Option<TokenStream> {
    let (path, len) = (input.c.as_ref()?, how.len.as_ref()?);
    let p = private(input);
    let (ty, base, place) = (field.ty, ours("base"), how.ptr.path());
    let bytes = len.bytes;
    let at = quote!(unsafe { #p::offset(#base, &raw const (*#base)#place) });
    let unit = look_up(
        &p,
        path,
        &quote!(map.check_reported(#at, #bytes, #p::core::mem::size_of::<<#ty as #p::Buf>::Elem>());),
    );
    let gaps = look_up(&p, path, &quote!(map.has_gaps(#at)));
    let at_type = private_at(input, ty.span());
    let member = field.member_at_type();
    Some(quote_spanned! {ty.span()=>
        const #unit;
        if const #gaps {
            #at_type::Fill::initialise(&mut self.#member);
        }
    })
}

/// `unsafe impl<..> Trait for Struct<..> where ..`, with the bounds that generic field types need.
fn header(input: &Struct, tr: &str, extra: &[TokenStream]) -> TokenStream {
    let p = private(input);
    let ident = input.ident;
    let tr = Ident::new(tr, Span::mixed_site());
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let user = where_clause
        .map(|w| w.predicates.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>())
        .unwrap_or_default();
    let bounds = input.fields.iter().filter(|f| input.is_type_param(f.ty)).filter_map(|field| {
        let ty = field.ty;
        match &field.role {
            Role::Buffer(_) => Some(quote_spanned!(ty.span()=> #ty: #p::Buf)),
            Role::Array(_) => Some(quote_spanned!(ty.span()=> #ty: #p::FfiArray)),
            Role::Inline { .. } => Some(quote_spanned!(ty.span()=> #ty: #p::FfiPinned)),
            Role::Value { .. } | Role::Skip => None,
        }
    });
    let predicates: Vec<_> = user.into_iter().chain(bounds).chain(extra.iter().cloned()).collect();
    let where_clause = (!predicates.is_empty()).then(|| quote!(where #(#predicates,)*));
    quote! {
        #[automatically_derived]
        unsafe impl #impl_generics #p::#tr for #ident #ty_generics #where_clause
    }
}

fn read_impl(input: &Struct) -> TokenStream {
    let p = private(input);
    let header = header(input, "FfiPinned", &[]);
    let c_type = c_type(input);
    let (c, scratch) = (ours("c"), ours("scratch"));
    let (lend, write, _) = body(input, Mode::Read);
    let release = release(input);
    let verified = verified(input);
    quote! {
        #header {
            type C = #c_type;

            #[inline]
            unsafe fn fill(
                &self,
                #c: *mut Self::C,
                #scratch: &mut #p::Scratch<'_>,
            ) -> #p::core::result::Result<(), #p::FillError> {
                #verified
                #lend
                #write
                #p::core::result::Result::Ok(())
            }

            #[inline]
            unsafe fn release(#c: *mut Self::C) {
                unsafe { #release }
            }
        }
    }
}

fn write_impl(input: &Struct) -> TokenStream {
    let p = private(input);
    let gates: Vec<_> = input.fields.iter().filter_map(|field| gate(input, field)).collect();
    let header = header(input, "FfiPinnedMut", &gates);
    let (c, scratch, kept) = (ours("c"), ours("scratch"), ours("kept"));
    let (lend, write, keeps) = body(input, Mode::Write);
    let kept_types = keeps.iter().map(|k| &k.ty);
    let kept_values = keeps.iter().map(|k| &k.value);
    let take_back = take_back(input, &keeps);
    let verified_mut = input.c.as_ref().filter(|c| input.is_generic(*c)).map(|_| verified(input));
    quote! {
        #header {
            type Kept = (#(#kept_types,)*);

            #[inline]
            unsafe fn fill_mut(
                &mut self,
                #c: *mut Self::C,
                #scratch: &mut #p::Scratch<'_>,
            ) -> #p::core::result::Result<Self::Kept, #p::FillError> {
                #verified_mut
                #lend
                #write
                #p::core::result::Result::Ok((#(#kept_values,)*))
            }

            #[inline]
            unsafe fn take_back(
                &mut self,
                #c: *const Self::C,
                #kept: Self::Kept,
            ) -> #p::core::result::Result<(), #p::FillError> {
                #take_back
                #p::core::result::Result::Ok(())
            }
        }
    }
}

/// The condition under which C may write through a field. It names the field, so that a refusal can.
fn gate(input: &Struct, field: &Field) -> Option<TokenStream> {
    let p = private(input);
    let (ty, marker) = (field.ty, marker(field));
    let t = syn::Lifetime::new("'__t", Span::mixed_site());
    match &field.role {
        Role::Buffer(_) => {
            let read_only = read_only_name(field);
            Some(quote_spanned! {ty.span()=>
                for<#t> #ty: #p::LendMut<#t, __pin_ffi_field::#marker, #read_only>
            })
        }
        Role::Array(Lend { read_only: false, .. }) => {
            Some(quote_spanned!(ty.span()=> for<#t> #ty: #p::NestMut<#t, __pin_ffi_field::#marker>))
        }
        Role::Inline { read_only: false, .. } => {
            Some(quote_spanned!(ty.span()=> for<#t> #ty: #p::InlineMut<#t, __pin_ffi_field::#marker>))
        }
        _ => None,
    }
}

/// The trait of a nested field's gate, at one lifetime: generated bodies call through it, as it is what they may assume.
fn gate_trait(input: &Struct, field: &Field, name: &str) -> TokenStream {
    let p = private(input);
    let (marker, name) = (marker(field), Ident::new(name, Span::mixed_site()));
    quote!(#p::#name<'static, __pin_ffi_field::#marker>)
}

/// What the fill must remember for the taking back.
struct Keep<'a> {
    field: &'a Field<'a>,
    ty: TokenStream,
    value: TokenStream,
}

/// The fill: first all that can fail, then all that writes.
fn body<'a>(input: &'a Struct, mode: Mode) -> (TokenStream, TokenStream, Vec<Keep<'a>>) {
    let p = private(input);
    let (c, scratch) = (ours("c"), ours("scratch"));
    let mut lend = TokenStream::new();
    // What comes after the counts: an empty buffer that becomes NULL has its say in a shared count, unlike `None`.
    let mut counted = TokenStream::new();
    let mut inlined = TokenStream::new();
    let mut write = TokenStream::new();
    let mut keeps = Vec::new();

    for field in &input.fields {
        let (member, ty, lent) = (field.member_at_type(), field.ty, field.local("lent"));
        let info = info(input, field, None);
        let at_type = private_at(input, ty.span());
        match &field.role {
            Role::Buffer(how) => {
                if mode == Mode::Write && how.inout.is_some() {
                    lend.extend(reported(input, field, how));
                }
                lend.extend(lend_buffer(input, field, how, mode));
                let (ptr, at_place) = (how.ptr.path(), private_at(input, how.ptr.span()));
                write.extend(quote_spanned!(how.ptr.span()=> #at_place::put_ptr(&raw mut (*#c)#ptr, #lent);));
                let writes = match mode {
                    Mode::Read => quote!(false),
                    Mode::Write => {
                        let read_only = read_only_name(field);
                        quote!(!#read_only)
                    }
                };
                write.extend(quote_spanned!(how.ptr.span()=> #at_place::note(#scratch, #lent, #writes);));
                if how.null_if_empty {
                    counted.extend(quote!(let #lent = #p::null_if_empty(#lent);));
                }
                if mode == Mode::Write && how.inout.is_some() {
                    let capacity = field.local("capacity");
                    counted.extend(quote!(let #capacity = #p::capacity(&#lent);));
                    keeps.push(Keep { field, ty: quote!(#p::core::option::Option<usize>), value: quote!(#capacity) });
                }
            }
            Role::Array(how) => {
                let kept = field.local("kept");
                let fill = if mode == Mode::Write && !how.read_only {
                    let gate = gate_trait(input, field, "NestMut");
                    keeps.push(Keep { field, ty: quote!(<#ty as #gate>::NestedKept), value: quote!(#kept) });
                    quote_spanned! {ty.span()=>
                        let (#lent, #kept) = unsafe { <#ty as #gate>::fill_nested(&mut self.#member, #scratch)? };
                        let #lent = #at_type::typed_array::<#ty>(#lent);
                    }
                } else {
                    quote_spanned!(ty.span()=> let #lent = unsafe { #at_type::FfiArray::fill_all(&self.#member, #scratch)? };)
                };
                lend.extend(fill);
                lend.extend(max_check(input, field, how));
                let some = field.local("some");
                lend.extend(quote!(let #some = !#lent.ptr.is_null();));
                if how.null_if_empty {
                    counted.extend(quote!(let #lent = #p::null_if_none(#lent);));
                }
                let (ptr, at_place) = (how.ptr.path(), private_at(input, how.ptr.span()));
                write.extend(quote_spanned!(how.ptr.span()=> #at_place::put_array(&raw mut (*#c)#ptr, #lent);));
                write.extend(quote_spanned!(how.ptr.span()=> #at_place::note(#scratch, #lent.lent(), false);));
            }
            Role::Inline { at, read_only } => {
                let kept = field.local("kept");
                if mode == Mode::Write && !read_only {
                    let gate = gate_trait(input, field, "InlineMut");
                    keeps.push(Keep { field, ty: quote!(<#ty as #gate>::InlineKept), value: quote!(#kept) });
                    inlined.extend(quote_spanned! {ty.span()=>
                        let #kept = unsafe {
                            let place = #at_type::place_of::<#ty>(&raw mut (*#c).#at);
                            <#ty as #gate>::fill_inline(&mut self.#member, place, #scratch)?
                        };
                    });
                } else {
                    inlined.extend(quote_spanned!(ty.span()=> unsafe { #at_type::FfiPinned::fill(&self.#member, &raw mut (*#c).#at, #scratch)? };));
                }
            }
            Role::Value { at, set: true, .. } => {
                let (value, at_place) = (field.local("value"), private_at(input, at.span()));
                lend.extend(quote_spanned!(at.span()=> let #value = #at_place::converted(unsafe { &raw const (*#c).#at }, &self.#member, #info)?;));
                write.extend(quote_spanned!(at.span()=> (&raw mut (*#c).#at).write_unaligned(#value);));
            }
            Role::Value { set: false, .. } | Role::Skip => {}
        }
    }
    for (target, of) in lengths(input) {
        let len = format_ident!("len_{}", target.ident_part(), span = Span::mixed_site());
        let place = target.path();
        lend.extend(count(input, &len, target, &of));
        write.extend(quote_spanned!(target.span()=> (&raw mut (*#c)#place).write_unaligned(#len);));
    }
    (quote!(#lend #counted #inlined), quote!(unsafe { #write }), keeps)
}

/// `let lent_field = ...`: address and length from one call, then what the words ask of them.
fn lend_buffer(input: &Struct, field: &Field, how: &Lend, mode: Mode) -> TokenStream {
    let p = private_at(input, field.ty.span());
    let (member, ty, lent) = (field.member_at_type(), field.ty, field.local("lent"));
    let mut out = match mode {
        Mode::Read => quote_spanned!(ty.span()=> let #lent = #p::Buf::lend(&self.#member);),
        Mode::Write => {
            let read_only = read_only_name(field);
            // What C only reads is lent up to its filled part, also by a call that writes elsewhere. The type is said, so
            // that it is the one that the gate is about, whatever the user's tokens mean here.
            quote_spanned! {ty.span()=>
                let #lent = if #read_only {
                    #p::Buf::lend(&self.#member)
                } else {
                    <#ty as #p::Buf>::lend_mut(&mut self.#member)
                };
            }
        }
    };
    out.extend(max_check(input, field, how));
    // Before an empty buffer is NULL: only `None` has no say in a shared length.
    let some = field.local("some");
    out.extend(quote!(let #some = !#p::Lent::is_none(&#lent);));
    out
}

fn max_check(input: &Struct, field: &Field, how: &Lend) -> Option<TokenStream> {
    how.max.as_ref()?;
    let p = private(input);
    let (lent, max, info) = (field.local("lent"), field.local("MAX"), info(input, field, None));
    Some(quote!(#p::check_max(#lent.len, <Self as __PinFfiLimits>::#max, #info)?;))
}

/// The C length fields, each with the fields that it counts.
fn lengths<'a>(input: &'a Struct) -> Vec<(&'a Target, Vec<(&'a Field<'a>, &'a Length)>)> {
    let mut all: Vec<(&Target, Vec<(&Field, &Length)>)> = Vec::new();
    for field in &input.fields {
        let (Role::Buffer(Lend { len: Some(len), .. }) | Role::Array(Lend { len: Some(len), .. })) = &field.role else {
            continue;
        };
        match all.iter_mut().find(|(target, _)| target.key() == len.at.key()) {
            Some((_, counted)) => counted.push((field, len)),
            None => all.push((&len.at, vec![(field, len)])),
        }
    }
    all
}

/// `let len_target = ...`: checked into the C field's type; a shared count must be agreed on.
fn count(input: &Struct, len: &Ident, target: &Target, counted: &[(&Field, &Length)]) -> TokenStream {
    let p = private(input);
    let c = ours("c");
    let place = target.path();
    let amount = |field: &Field, length: &Length| {
        let (lent, info) = (field.local("lent"), info(input, field, Some(target)));
        match (&field.role, length.bytes) {
            (Role::Buffer(_), true) => quote!(#p::bytes_of(#lent, #info)?),
            (_, true) => quote!(#p::bytes_of(#lent.lent(), #info)?),
            _ => quote!(#lent.len),
        }
    };
    let (first, length) = counted[0];
    let info_first = info(input, first, Some(target));
    let n = if counted.len() == 1 {
        amount(first, length)
    } else {
        let agreed = counted.iter().map(|(field, length)| {
            let (some, info) = (field.local("some"), info(input, field, Some(target)));
            let amount = amount(field, length);
            quote!(let agreed = #p::agree(agreed, #some, #amount, #info)?;)
        });
        quote!({
            let agreed = #p::core::option::Option::None;
            #(#agreed)*
            agreed.unwrap_or(0)
        })
    };
    let at_place = private_at(input, target.span());
    quote_spanned!(target.span()=> let #len = #at_place::checked_len(unsafe { &raw const (*#c)#place }, #n, #info_first)?;)
}

/// Everything that C left is looked at before anything of it is taken.
fn take_back(input: &Struct, keeps: &[Keep]) -> TokenStream {
    let (c, kept) = (ours("c"), ours("kept"));
    let patterns = keeps.iter().map(|k| k.field.local("kept"));
    let mut look = quote!(let (#(#patterns,)*) = #kept;);
    let mut nested = TokenStream::new();
    let mut take = TokenStream::new();
    for field in &input.fields {
        let (member, ty, kept) = (field.member_at_type(), field.ty, field.local("kept"));
        let at_type = private_at(input, ty.span());
        match &field.role {
            Role::Buffer(Lend { ptr, inout: Some(_), len: Some(len), .. }) => {
                let (place, info, filled) = (len.at.path(), info(input, field, Some(&len.at)), field.local("filled"));
                let (bytes, ptr) = (len.bytes, ptr.path());
                look.extend(quote_spanned! {len.at.span()=>
                    let #filled = unsafe {
                        #at_type::taken_len::<#ty, #bytes, _, _>(&raw const (*#c)#ptr, &raw const (*#c)#place, #kept, #info)?
                    };
                });
                take.extend(
                    quote_spanned!(ty.span()=> unsafe { #at_type::Fill::set_filled(&mut self.#member, #filled) };),
                );
            }
            Role::Array(Lend { read_only: false, .. }) => {
                let gate = gate_trait(input, field, "NestMut");
                nested.extend(quote_spanned! {ty.span()=>
                    unsafe { <#ty as #gate>::take_back_nested(&mut self.#member, #kept)? };
                });
            }
            Role::Inline { at, read_only: false } => {
                let gate = gate_trait(input, field, "InlineMut");
                nested.extend(quote_spanned! {ty.span()=>
                    unsafe { <#ty as #gate>::take_back_inline(&mut self.#member, (&raw const (*#c).#at).cast(), #kept)? };
                });
            }
            Role::Value { at, out: true, .. } => {
                let (value, info) = (field.local("value"), info(input, field, None));
                let at_place = private_at(input, at.span());
                look.extend(
                    quote_spanned!(at.span()=> let #value = unsafe { #at_place::taken(&raw const (*#c).#at, #info)? };),
                );
                take.extend(quote!(self.#member = #value;));
            }
            _ => {}
        }
    }
    quote!(#look #nested #take)
}

fn release(input: &Struct) -> TokenStream {
    let c = ours("c");
    let fields = input.fields.iter().filter_map(|field| match &field.role {
        Role::Buffer(how) | Role::Array(how) => {
            let (ptr, at_place) = (how.ptr.path(), private_at(input, how.ptr.span()));
            Some(quote_spanned!(how.ptr.span()=> #at_place::null_ptr(&raw mut (*#c)#ptr);))
        }
        Role::Inline { at, .. } => {
            let (ty, at_type) = (field.ty, private_at(input, field.ty.span()));
            Some(quote_spanned!(ty.span()=> <#ty as #at_type::FfiPinned>::release(&raw mut (*#c).#at);))
        }
        Role::Value { .. } | Role::Skip => None,
    });
    let lengths = lengths(input).into_iter().map(|(target, _)| {
        let (place, at_place) = (target.path(), private_at(input, target.span()));
        quote_spanned!(target.span()=> #at_place::zero_len(&raw mut (*#c)#place);)
    });
    quote!(#(#fields)* #(#lengths)*)
}

/// The target-less form is a run of `iovec`s: the same fill, in scratch.
fn run_impls(input: &Struct) -> TokenStream {
    let p = private(input);
    let n = input.iovecs();
    let scratch = ours("scratch");
    let kept = ours("kept");
    let read = header(input, "FfiArray", &[]);
    let gates: Vec<_> = input.fields.iter().filter_map(|field| gate(input, field)).collect();
    let write = header(input, "FfiArrayMut", &gates);
    quote! {
        #read {
            type Elem = #p::libc::iovec;

            #[inline]
            unsafe fn fill_all(
                &self,
                #scratch: &mut #p::Scratch<'_>,
            ) -> #p::core::result::Result<#p::RawArray<Self::Elem>, #p::FillError> {
                unsafe { #p::fill_run(self, #n, #scratch) }
            }
        }

        #write {
            type Kept = #p::KeptRun<Self>;

            #[inline]
            unsafe fn fill_all_mut(
                &mut self,
                #scratch: &mut #p::Scratch<'_>,
            ) -> #p::core::result::Result<(#p::RawArray<Self::Elem>, Self::Kept), #p::FillError> {
                unsafe { #p::fill_run_mut(self, #n, #scratch) }
            }

            #[inline]
            unsafe fn take_back_first(
                &mut self,
                #kept: Self::Kept,
                // The lengths of `iovec`s are not C's to change, so that there is nothing to tell apart.
                _: #p::core::primitive::usize,
            ) -> #p::core::result::Result<(), #p::FillError> {
                unsafe { #kept.take_back(self) }
            }
        }
    }
}

/// `&Field { .. }` for errors.
fn info(input: &Struct, field: &Field, target: Option<&Target>) -> TokenStream {
    let p = private(input);
    let item = bare(input.ident);
    let name = field.name();
    let c = match (target, &field.role) {
        (Some(target), _) => target.name(),
        (None, Role::Buffer(how) | Role::Array(how)) => {
            how.len.as_ref().map_or_else(|| how.ptr.name(), |len| len.at.name())
        }
        (None, Role::Inline { at, .. } | Role::Value { at, .. }) => at.name(),
        (None, Role::Skip) => String::new(),
    };
    quote!(&#p::Field { item: #item, field: #name, c: #c })
}
