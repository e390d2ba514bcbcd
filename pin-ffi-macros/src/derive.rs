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
//!             let borrowed_bytes = &self.bytes;
//!             let lent_bytes = __p::Buf::lend(borrowed_bytes);
//!             unsafe {
//!                 let len_bytes = __p::checked_len(&raw const (*c).iov_len, lent_bytes.len, &__p::Field { .. })?;
//!                 __p::put_ptr(&raw mut (*c).iov_base, lent_bytes);
//!                 __p::note(scratch, lent_bytes, false);
//!                 (&raw mut (*c).iov_len).write_unaligned(len_bytes);
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
//!         const REPORTS: bool = false;
//!         unsafe fn fill_mut(&mut self, ..) -> Result<(), __p::FillError> { /* the same by `lend_mut` */ }
//!         unsafe fn take_back(&mut self, ..) -> Result<(), __p::FillError> { Ok(()) }
//!     }
//! };
//! ```

use crate::model::{Field, Lend, Length, Report, ReportKind, Role, Struct, Target};
use crate::words::{self, KNOWN, Place, bare, private_at};
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
    let claims = [claim(input), words::claim(&input.krate)];
    let import = words::import(&private(input));
    let own = words::own_blocks(quote!(#markers #limits #read #write #run));
    quote! {
        #allows
        const _: () = {
            #(#claims)*
            #import
            #own
        };
    }
}

/// For a C struct whose fields the runtime crate does not know, the derive is a claim about C, as an `unsafe extern` block
/// is.
fn claim(input: &Struct) -> Option<TokenStream> {
    let known = |c: &&syn::Path| c.segments.last().is_some_and(|s| KNOWN.contains(&bare(&s.ident).as_str()));
    input.c.as_ref().filter(|c| !known(c)).map(words::claim_at)
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

/// An unsafe block around what stands at a token of the user's. The block itself is ours: `#![forbid(unsafe_code)]` is
/// about the user's own claims, and those are in [`claim`].
fn unsafely(inside: impl ToTokens) -> TokenStream {
    quote!(unsafe { #inside })
}

/// `let slot_field = unsafe { &raw const place };`, and the name, which is in the user's text at `span` as
/// [`Field::borrowed`] is.
fn slot(field: &Field, span: Span, place: &TokenStream) -> (TokenStream, Ident) {
    let name = format_ident!("slot_{}", field.name(), span = span);
    let raw = unsafely(quote_spanned!(span=> &raw const #place));
    (quote!(let #name = #raw;), name)
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
            let (raw, at_place) = (ours("c"), private_at(lend.ptr.span()));
            // Only the place's type is looked at.
            let (find, place) = slot(
                field,
                lend.ptr.span(),
                &quote_spanned!(lend.ptr.span()=> (*#p::core::mem::MaybeUninit::as_ptr(&#raw))#place),
            );
            quote_spanned! {lend.ptr.span()=> {
                let #raw = #p::core::mem::MaybeUninit::<#c>::uninit();
                #find
                #at_place::declared_read_only(#at_place::address(#place))
            }}
        };
        Some(quote!(const #name: #p::core::primitive::bool = #value;))
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

/// What is settled when the struct is compiled for the types that it is used with: that no buffer's elements let C count
/// past its end, and the user's `max` expressions. Constants of a trait are in reach of the struct's generics, and outside
/// any `unsafe`.
fn limits(input: &Struct) -> TokenStream {
    let p = private(input);
    let (mut names, mut values, mut fits) = (TokenStream::new(), TokenStream::new(), Vec::new());
    for field in &input.fields {
        if let Role::Buffer(how) = &field.role {
            let (name, value) = (field.local("FITS"), elements_fit(input, field, how));
            names.extend(quote!(const #name: ();));
            values.extend(quote!(const #name: () = #value;));
            fits.push(name);
        }
        if let Role::Buffer(Lend { max: Some(max), .. }) | Role::Array(Lend { max: Some(max), .. }) = &field.role {
            let name = field.local("MAX");
            names.extend(quote!(const #name: #p::core::primitive::usize;));
            values.extend(quote_spanned!(max.span()=> const #name: #p::core::primitive::usize = #max;));
        }
    }
    if names.is_empty() {
        return TokenStream::new();
    }
    let ident = input.ident;
    let (impl_generics, ty_generics, _) = input.generics.split_for_impl();
    let where_clause = where_clause(input, &[]);
    // Without type parameters there is nothing to wait for.
    let lifetimes: TokenStream = input.generics.lifetimes().map(|_| quote!('static,)).collect();
    let at_once = (input.generics.lifetimes().count() == input.generics.params.len()).then(|| {
        quote! {
            const _: () = {
                #(let () = <#ident::<#lifetimes> as __PinFfiLimits>::#fits;)*
            };
        }
    });
    quote! {
        trait __PinFfiLimits { #names }
        impl #impl_generics __PinFfiLimits for #ident #ty_generics #where_clause { #values }
        #at_once
    }
}

/// Refuses what would let C count past the buffer's end.
fn elements_fit(input: &Struct, field: &Field, how: &Lend) -> TokenStream {
    let (p, at_type, at_place) = (private(input), private_at(field.at()), private_at(how.ptr.span()));
    let (ty, c, raw, path) = (field.type_at(), c_type(input), ours("c"), how.ptr.path());
    let (name, c_name) = (field.name(), how.ptr.name());
    let no_size = format!("the elements of field `{name}` have no size, so their count would say nothing about memory");
    let unfit = format!(
        "the elements of field `{name}` are smaller than what `{c_name}` points at, no multiple of it, or less aligned: C would reach past their end"
    );
    let (find, place) = slot(
        field,
        how.ptr.span(),
        &quote_spanned!(how.ptr.span()=> (*#p::core::mem::MaybeUninit::as_ptr(&#raw))#path),
    );
    let bytes = how.len.as_ref().is_some_and(|len| len.bytes);
    let elem = quote_spanned!(field.at()=> <#ty as #at_type::Buf>::Elem);
    let check = quote_spanned! {how.ptr.span()=>
        #at_place::elements_must_fit::<#elem, _>(#at_place::address(#place), #bytes, false, #no_size, #unfit);
    };
    quote! {{
        let #raw = #p::core::mem::MaybeUninit::<#c>::uninit();
        #find
        #check
    }}
}

/// Assertions against what the runtime crate knows of the C struct, and against elements that would miscount.
fn verified(input: &Struct) -> TokenStream {
    let Some(path) = &input.c else { return TokenStream::new() };
    let p = private(input);
    let name = path.segments.last().map(|s| bare(&s.ident)).unwrap_or_default();
    let expected = KNOWN.contains(&name.as_str());
    let (map, base) = (ours("map"), ours("base"));
    let offset =
        |place: &TokenStream, span| unsafely(quote_spanned!(span=> #p::offset(#base, &raw const (*#base)#place)));
    let checks = input.fields.iter().filter_map(|field| match &field.role {
        Role::Buffer(lend) | Role::Array(lend) => {
            let ptr = offset(&lend.ptr.path(), lend.ptr.span());
            let len = lend.len.as_ref().map(|len| {
                let (at, bytes) = (offset(&len.at.path(), len.at.span()), len.bytes);
                let at_len = private_at(len.at.span());
                quote_spanned!(len.at.span()=> #at_len::Map::check_length(&#map, #ptr, #at, #bytes);)
            });
            let (read_only, array) = (lend.read_only, matches!(field.role, Role::Array(_)));
            let at_ptr = private_at(lend.ptr.span());
            let inout = matches!(lend.report, Some(Report { kind: ReportKind::Length, .. }));
            let len =
                len.unwrap_or_else(|| quote_spanned!(lend.ptr.span()=> #at_ptr::Map::check_no_length(&#map, #ptr);));
            let progress = progress(lend).map(|report| {
                let at_word = private_at(report.word.span());
                quote_spanned!(report.word.span()=> #at_word::Map::check_no_progress(&#map);)
            });
            Some(quote_spanned! {lend.ptr.span()=>
                #at_ptr::Map::check_lent(&#map, #ptr, #read_only, #array, #inout);
                #len
                #progress
            })
        }
        Role::Value { at, .. } => {
            let offset = offset(&quote!(.#at), at.span());
            let at_place = private_at(at.span());
            Some(quote_spanned!(at.span()=> #at_place::Map::check_value(&#map, #offset);))
        }
        // The type of the field says which struct fills it, and that struct is checked itself, but for this word.
        Role::Inline { at, read_only: true } => {
            let offset = offset(&quote!(.#at), at.span());
            let place = unsafely(quote_spanned!(at.span()=> &raw const (*#base).#at));
            let at_place = private_at(at.span());
            Some(quote_spanned!(at.span()=> #at_place::Map::check_read_only(&#map, #offset, #p::size_at(#place));))
        }
        Role::Inline { .. } | Role::Skip => None,
    });
    // What is only read back changes nothing that C is told.
    let places = input.fields.iter().filter_map(|field| match &field.role {
        Role::Buffer(lend) | Role::Array(lend) => Some((field, lend.ptr.clone())),
        Role::Inline { at, .. } | Role::Value { at, set: true, .. } => Some((field, Target::Place(at.clone()))),
        Role::Value { set: false, .. } | Role::Skip => None,
    });
    let lengths = lengths(input).into_iter().map(|(target, of)| (of[0].0, target.clone()));
    let positions = positions(input).map(|(field, _, target)| (field, target.clone()));
    let all: Vec<_> = places.chain(lengths).chain(positions).collect();
    let places = ours("places");
    let values = all.iter().map(|(_, target)| {
        let (span, place) = (target.span(), target.path());
        let (offset, raw) = (offset(&place, span), unsafely(quote_spanned!(span=> &raw const (*#base)#place)));
        quote!((#offset, #p::size_at(#raw)))
    });
    let apart = all.iter().enumerate().skip(1).map(|(i, (field, target))| {
        let message = format!(
            "`{}` of field `{}` shares bytes of the C struct with what another field fills: keep one of the two",
            target.name(),
            field.name()
        );
        let at_place = private_at(target.span());
        quote_spanned!(target.span()=> #at_place::check_apart(&#places, #i, #message);)
    });
    // One place is apart.
    let apart = (all.len() > 1).then(|| {
        quote! {
            let #places = [#(#values),*];
            #(#apart)*
        }
    });
    let arrays = arrays(input);
    let last = path.segments.last().map_or_else(|| path.span(), |s| s.ident.span());
    let at_last = private_at(last);
    let body = look_up(
        &p,
        path,
        &quote_spanned! {last=>
            #arrays
            #at_last::Map::check_known(&#map, #expected);
            #(#checks)*
            #apart
        },
    );
    if input.is_generic(path) {
        // What the parameters are is known only where the value is filled.
        quote_spanned!(path.span()=> const #body;)
    } else {
        quote_spanned!(path.span()=> const _: () = #body;)
    }
}

/// What an index stands behind is an array: of any other type it would call the user's code.
fn arrays(input: &Struct) -> TokenStream {
    let base = ours("base");
    let mut named: Vec<&Place> = Vec::new();
    for field in &input.fields {
        match &field.role {
            Role::Buffer(how) | Role::Array(how) => {
                let targets = [Some(&how.ptr), how.len.as_ref().map(|len| &len.at), how.position()];
                named.extend(targets.into_iter().flatten().filter_map(Target::place));
            }
            Role::Inline { at, .. } | Role::Value { at, .. } => named.push(at),
            Role::Skip => {}
        }
    }
    let arrays = named.into_iter().flat_map(Place::arrays).map(|array| {
        let raw = unsafely(quote_spanned!(array.span()=> &raw const (*#base).#array));
        let at = private_at(array.span());
        quote_spanned!(array.span()=> #at::must_be_array(#raw);)
    });
    quote!(#(#arrays)*)
}

/// A block that has the runtime crate's `map` of the C struct at `path`, and a place of its type at `base`.
fn look_up(p: &TokenStream, path: &syn::Path, body: &TokenStream) -> TokenStream {
    let (map, base) = (ours("map"), ours("base"));
    quote! {{
        use #p::UnknownStruct as _;
        let #map = #p::StructMap::<#path>::MAP;
        let place = #p::core::mem::MaybeUninit::<#path>::uninit();
        let #base = #p::core::mem::MaybeUninit::as_ptr(&place);
        #body
    }}
}

/// What C reports of a buffer is made sure of before the call: that it counts the buffer's elements, and that nothing is
/// shown which nobody has written.
fn reported(input: &Struct, field: &Field, how: &Lend) -> Option<TokenStream> {
    let (path, len) = (input.c.as_ref()?, how.len.as_ref()?);
    let (p, at_type, at_len) = (private(input), private_at(field.at()), private_at(len.at.span()));
    let (ty, map, base, place) = (field.type_at(), ours("map"), ours("base"), how.ptr.path());
    let bytes = len.bytes;
    let at = unsafely(quote_spanned!(how.ptr.span()=> #p::offset(#base, &raw const (*#base)#place)));
    let size = quote_spanned!(field.at()=> #p::core::mem::size_of::<<#ty as #at_type::Buf>::Elem>());
    let unit =
        look_up(&p, path, &quote_spanned!(len.at.span()=> #at_len::Map::check_reported(&#map, #at, #bytes, #size);));
    let gaps = look_up(&p, path, &quote!(#p::Map::has_gaps(&#map, #at)));
    let (borrow, borrowed) = (field.borrow_mut(field.at()), field.borrowed(field.at()));
    Some(quote_spanned! {field.at()=>
        const #unit;
        if const #gaps {
            #borrow
            #at_type::Fill::initialise(#borrowed);
        }
    })
}

/// `unsafe impl<..> Trait for Struct<..> where ..`, with the bounds that generic field types need.
fn header(input: &Struct, tr: &str, extra: &[TokenStream]) -> TokenStream {
    let p = private(input);
    let ident = input.ident;
    let tr = Ident::new(tr, Span::mixed_site());
    let (impl_generics, ty_generics, _) = input.generics.split_for_impl();
    let where_clause = where_clause(input, extra);
    quote! {
        #[automatically_derived]
        unsafe impl #impl_generics #p::#tr for #ident #ty_generics #where_clause
    }
}

/// What the user asks of the generics, and what generic field types need.
fn where_clause(input: &Struct, extra: &[TokenStream]) -> Option<TokenStream> {
    let p = private(input);
    let user = input
        .generics
        .where_clause
        .as_ref()
        .map(|w| w.predicates.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>())
        .unwrap_or_default();
    let bounds = input.fields.iter().filter(|f| input.is_type_param(f.ty)).filter_map(|field| {
        let ty = field.ty;
        match &field.role {
            Role::Buffer(how) if progress(how).is_some() => {
                let read_only = read_only_name(field);
                Some(quote_spanned!(field.at()=> #ty: #p::Progress<#read_only>))
            }
            Role::Buffer(_) => Some(quote_spanned!(field.at()=> #ty: #p::Buf)),
            Role::Array(_) => Some(quote_spanned!(field.at()=> #ty: #p::FfiArray)),
            Role::Inline { .. } => Some(quote_spanned!(field.at()=> #ty: #p::FfiPinned)),
            Role::Value { .. } | Role::Skip => None,
        }
    });
    let predicates: Vec<_> = user.into_iter().chain(bounds).chain(extra.iter().cloned()).collect();
    (!predicates.is_empty()).then(|| quote!(where #(#predicates,)*))
}

fn read_impl(input: &Struct) -> TokenStream {
    let p = private(input);
    let header = header(input, "FfiPinned", &[]);
    let c_type = c_type(input);
    let (c, scratch) = (ours("c"), ours("scratch"));
    let (lend, write, _) = body(input, Mode::Read);
    let (release, scratch_left) = (release(input), scratch_left(input));
    let (verified, types) = (verified(input), types(input));
    quote! {
        #header {
            type C = #c_type;

            #[inline(always)]
            unsafe fn fill(
                &self,
                #c: *mut Self::C,
                #scratch: &mut #p::Scratch<'_>,
            ) -> #p::core::result::Result<(), #p::FillError> {
                #verified
                #types
                #lend
                #write
                #p::core::result::Result::Ok(())
            }

            #scratch_left

            #[inline(always)]
            unsafe fn release(#c: *mut Self::C) {
                unsafe { #release }
            }
        }
    }
}

/// What a field's type says here it says in the struct: the gates are about that type, and borrows of another one would
/// become it by the user's own code.
fn types(input: &Struct) -> TokenStream {
    let p = private(input);
    let lent = input.fields.iter().filter(|field| !matches!(field.role, Role::Skip | Role::Value { .. }));
    let types = lent.map(|field| {
        // In the user's text, as the borrow is: what is wrong with the one is underlined there.
        let found = format_ident!("type_{}", field.name(), span = field.at());
        let (ty, at_type) = (field.type_at(), private_at(field.at()));
        let (borrow, borrowed) = (field.borrow(field.at()), field.borrowed(field.at()));
        // In two steps: in one, the type that is wanted would be made of what is there.
        quote_spanned! {field.at()=>
            #borrow
            let #found = #at_type::type_of(#borrowed);
            let _: #p::core::marker::PhantomData<*const #ty> = #found;
        }
    });
    quote!(#(#types)*)
}

/// How much scratch the nested values need; nothing for a value that has none.
fn scratch_left(input: &Struct) -> Option<TokenStream> {
    let p = private(input);
    let room = ours("room");
    let nested: Vec<_> = input
        .fields
        .iter()
        .filter_map(|field| {
            let member = &field.member;
            let room_of = match &field.role {
                Role::Array(_) => quote!(RunRoom),
                Role::Inline { .. } => quote!(ValueRoom),
                Role::Buffer(_) | Role::Value { .. } | Role::Skip => return None,
            };
            Some(quote!(let #room = #p::#room_of(&self.#member).left(#room)?;))
        })
        .collect();
    (!nested.is_empty()).then(|| {
        quote! {
            #[inline(always)]
            fn scratch_left(&self, #room: #p::core::primitive::usize) -> #p::core::option::Option<#p::core::primitive::usize> {
                use #p::NoRoom as _;
                #(#nested)*
                #p::core::option::Option::Some(#room)
            }
        }
    })
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
    let reports = reports(input);
    let verified_mut = input.c.as_ref().filter(|c| input.is_generic(*c)).map(|_| verified(input));
    quote! {
        #header {
            type Kept = (#(#kept_types,)*);
            const REPORTS: #p::core::primitive::bool = #reports;

            #[inline(always)]
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

            #[inline(always)]
            unsafe fn take_back(
                &mut self,
                #c: *const Self::C,
                #kept: Self::Kept,
            ) -> #p::core::result::Result<(), #p::FillError> {
                use #p::LooksAtPointer as _;
                #take_back
                #p::core::result::Result::Ok(())
            }
        }
    }
}

/// Whether anything is taken back from fields of the C struct itself: a nested array has structs of its own.
fn reports(input: &Struct) -> TokenStream {
    let of = input.fields.iter().map(|field| match &field.role {
        Role::Buffer(Lend { report: Some(_), .. }) | Role::Value { out: true, .. } => quote!(true),
        Role::Inline { read_only: false, .. } => {
            let (ty, gate) = (field.type_at(), gate_trait(input, field, "InlineMut"));
            quote_spanned!(field.at()=> <#ty as #gate>::REPORTS)
        }
        _ => quote!(false),
    });
    quote!(false #(|| #of)*)
}

/// The condition under which C may write through a field. It names the field, so that a refusal can.
fn gate(input: &Struct, field: &Field) -> Option<TokenStream> {
    let p = private(input);
    let (ty, marker) = (field.ty, marker(field));
    let t = syn::Lifetime::new("'__pin_ffi_lent", Span::mixed_site());
    match &field.role {
        Role::Buffer(_) => {
            let read_only = read_only_name(field);
            Some(quote_spanned! {field.at()=>
                for<#t> #ty: #p::LendMut<#t, __pin_ffi_field::#marker, #read_only>
            })
        }
        Role::Array(Lend { read_only: false, .. }) => {
            Some(quote_spanned!(field.at()=> for<#t> #ty: #p::NestMut<#t, __pin_ffi_field::#marker>))
        }
        Role::Inline { read_only: false, .. } => {
            Some(quote_spanned!(field.at()=> for<#t> #ty: #p::InlineMut<#t, __pin_ffi_field::#marker>))
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
    // Before all else, for these may call out, and then there is nothing yet that must be kept across it.
    let (mut initialised, mut arrays) = (TokenStream::new(), TokenStream::new());
    let mut lend = TokenStream::new();
    // What comes after the counts: an empty buffer that becomes NULL has its say in a shared count, unlike `None`.
    let mut counted = TokenStream::new();
    let mut inlined = TokenStream::new();
    let mut write = TokenStream::new();
    let mut keeps = Vec::new();

    for field in &input.fields {
        let (ty, lent, borrowed) = (field.type_at(), field.local("lent"), field.borrowed(field.at()));
        let at_type = private_at(field.at());
        match &field.role {
            Role::Buffer(how) => {
                if let (Mode::Write, Some(Report { kind: ReportKind::Length, .. })) = (mode, &how.report) {
                    initialised.extend(reported(input, field, how));
                }
                lend.extend(lend_buffer(input, field, how, mode));
                write.extend(write_buffer(field, how, mode));
                if how.null_if_empty {
                    counted.extend(quote!(let #lent = #p::null_if_empty(#lent);));
                }
                if mode == Mode::Write && how.report.is_some() {
                    let capacity = field.local("capacity");
                    counted.extend(quote!(let #capacity = #p::capacity(&#lent);));
                    keeps.push(Keep {
                        field,
                        ty: quote!(#p::core::option::Option<#p::core::primitive::usize>),
                        value: quote!(#capacity),
                    });
                }
            }
            Role::Array(how) => {
                let kept = field.local("kept");
                let fill = if mode == Mode::Write && !how.read_only {
                    let gate = gate_trait(input, field, "NestMut");
                    keeps.push(Keep { field, ty: quote!(<#ty as #gate>::NestedKept), value: quote!(#kept) });
                    arrays.extend(must_not_report(input, field, how, &gate));
                    let borrow = field.borrow_mut(field.at());
                    let fill = unsafely(quote_spanned! {field.at()=>
                        <#ty as #gate>::fill_nested(#borrowed, #scratch)?
                    });
                    quote_spanned! {field.at()=>
                        #borrow
                        let (#lent, #kept) = #fill;
                        let #lent = #at_type::typed_array::<#ty>(#lent);
                    }
                } else {
                    let borrow = field.borrow(field.at());
                    let fill =
                        unsafely(quote_spanned!(field.at()=> #at_type::FfiArray::fill_all(#borrowed, #scratch)?));
                    quote!(#borrow let #lent = #fill;)
                };
                arrays.extend(fill);
                arrays.extend(max_check(input, field, how));
                let some = field.local("some");
                arrays.extend(quote!(let #some = !#lent.ptr.is_null();));
                if how.null_if_empty {
                    counted.extend(quote!(let #lent = #p::null_if_none(#lent);));
                }
                let (ptr, at_place) = (how.ptr.path(), private_at(how.ptr.span()));
                let put = if input.is_open(field.ty) { quote!(put_stated_array) } else { quote!(put_array) };
                write.extend(quote_spanned! {how.ptr.span()=>
                    #at_place::#put::<_, <#ty as #at_type::FfiArray>::Elem>(&raw mut (*#c)#ptr, #lent);
                    #at_place::note(#scratch, #lent.lent(), false);
                });
            }
            Role::Inline { at, read_only } => {
                let write = mode == Mode::Write && !read_only;
                let (fill, keep) = lend_inline(input, field, at, write, inlined.is_empty());
                inlined.extend(fill);
                keeps.extend(keep);
            }
            Role::Value { at, set: true, .. } => {
                let value = field.local("value");
                lend.extend(convert(input, field, at));
                write.extend(quote_spanned!(at.span()=> (&raw mut (*#c).#at).write_unaligned(#value);));
            }
            Role::Value { set: false, .. } | Role::Skip => {}
        }
    }
    for (target, of) in lengths(input) {
        // Called by the first field that it counts: names of places in C would have to be joined, and `a.b` and `a_b`
        // would be one.
        let (len, place) = (of[0].0.local("len"), target.path());
        lend.extend(count(input, &len, target, &of));
        write.extend(quote_spanned!(target.span()=> (&raw mut (*#c)#place).write_unaligned(#len);));
    }
    for (field, how, target) in positions(input) {
        let (value, place, at_place) = (field.local("pos"), target.path(), private_at(target.span()));
        let (start, info) = (field.local("start"), info(input, field, Some(target)));
        let (find, slot) = slot(field, target.span(), &quote_spanned!(target.span()=> (*#c)#place));
        let start = if counts_bytes(how) {
            let lent = field.local("lent");
            quote!(#p::bytes_of(#p::Lent { len: #start, ..#lent }, #info)?)
        } else {
            start.to_token_stream()
        };
        lend.extend(quote_spanned!(target.span()=> #find let #value = #at_place::checked_len(#slot, #start, #info)?;));
        write.extend(quote_spanned!(target.span()=> (&raw mut (*#c)#place).write_unaligned(#value);));
    }
    (quote!(#initialised #arrays #lend #counted #inlined), quote!(unsafe { #write }), keeps)
}

/// What C declares `*const` it leaves as it was filled, so that no result can be taken from there.
fn must_not_report(input: &Struct, field: &Field, how: &Lend, gate: &TokenStream) -> TokenStream {
    let (p, c, raw, at_place) = (private(input), c_type(input), ours("c"), private_at(how.ptr.span()));
    let (ty, path) = (field.type_at(), how.ptr.path());
    let message = format!(
        "`{}` is declared `*const`, so C does not write the structs there, and a value of field `{}` with `inout` or `out` wants results from them: declare it `*mut` if C's header does, say `read_only` here, or lend values without them",
        how.ptr.name(),
        field.name(),
    );
    let (find, place) = slot(
        field,
        how.ptr.span(),
        &quote_spanned!(how.ptr.span()=> (*#p::core::mem::MaybeUninit::as_ptr(&#raw))#path),
    );
    quote_spanned! {how.ptr.span()=>
        const {
            let #raw = #p::core::mem::MaybeUninit::<#c>::uninit();
            #find
            #at_place::must_not_report_through(#place, <#ty as #gate>::REPORTS, #message);
        }
    }
}

/// `let value_field = ...`: in C's type, if it fits.
fn convert(input: &Struct, field: &Field, at: &Place) -> TokenStream {
    let (c, value, info) = (ours("c"), field.local("value"), info(input, field, None));
    let at_place = private_at(at.span());
    // What is wrong is the C field's type or this one's: both are seen at the word.
    let (borrow, borrowed) = (field.borrow(at.span()), field.borrowed(at.span()));
    let (find, place) = slot(field, at.span(), &quote_spanned!(at.span()=> (*#c).#at));
    quote_spanned! {at.span()=>
        #borrow
        #find
        let #value = #at_place::converted(#place, #borrowed, #info)?;
    }
}

/// Writes a buffer's address, and tells the pointer check.
fn write_buffer(field: &Field, how: &Lend, mode: Mode) -> TokenStream {
    let (at_place, ptr, lent) = (private_at(how.ptr.span()), how.ptr.path(), field.local("lent"));
    let (c, scratch) = (ours("c"), ours("scratch"));
    let writes = match mode {
        Mode::Read => quote!(false),
        Mode::Write => {
            let read_only = read_only_name(field);
            quote!(!#read_only)
        }
    };
    quote_spanned! {how.ptr.span()=>
        #at_place::put_ptr(#at_place::address(&raw mut (*#c)#ptr), #lent);
        #at_place::note(#scratch, #lent, #writes);
    }
}

/// A nested struct, filled in its place. These write as they go: a later one that is refused must not leave the pointers
/// of an earlier one.
fn lend_inline<'a>(
    input: &Struct,
    field: &'a Field<'a>,
    at: &crate::words::Place,
    write: bool,
    first: bool,
) -> (TokenStream, Option<Keep<'a>>) {
    let (p, at_type) = (private(input), private_at(field.at()));
    let (c, scratch) = (ours("c"), ours("scratch"));
    let (ty, borrowed) = (field.type_at(), field.borrowed(field.at()));
    let (kept, place) = (field.local("kept"), field.local("place"));
    let gate = gate_trait(input, field, "InlineMut");
    let fill = if write {
        quote_spanned!(field.at()=> <#ty as #gate>::fill_inline(#borrowed, #place.cast(), #scratch))
    } else {
        quote_spanned!(field.at()=> #at_type::FfiPinned::fill(#borrowed, #place, #scratch))
    };
    let fill = if first { fill } else { quote!(#p::or_released::<Self, _>(#fill, #c)) };
    let fill = unsafely(quote_spanned! {field.at()=>
        let #place = #at_type::inline_place::<#ty, _>(&raw mut (*#c).#at);
        #fill?
    });
    if write {
        let borrow = field.borrow_mut(field.at());
        let keep = Keep { field, ty: quote!(<#ty as #gate>::InlineKept), value: quote!(#kept) };
        (quote!(#borrow let #kept = #fill;), Some(keep))
    } else {
        let borrow = field.borrow(field.at());
        (quote!(#borrow #fill;), None)
    }
}

/// `let lent_field = ...`: address and length from one call, then what the words ask of them.
fn lend_buffer(input: &Struct, field: &Field, how: &Lend, mode: Mode) -> TokenStream {
    let p = private_at(field.at());
    let (lent, borrowed) = (field.local("lent"), field.borrowed(field.at()));
    let mut out = match mode {
        Mode::Read => {
            let borrow = field.borrow(field.at());
            quote_spanned!(field.at()=> #borrow let #lent = #p::Buf::lend(#borrowed);)
        }
        Mode::Write => {
            let read_only = read_only_name(field);
            // What C only reads is lent up to its filled part, also by a call that writes elsewhere.
            let borrow = field.borrow_mut(field.at());
            quote_spanned! {field.at()=>
                #borrow
                let #lent = if #read_only { #p::Buf::lend(&*#borrowed) } else { #p::Buf::lend_mut(#borrowed) };
            }
        }
    };
    if progress(how).is_some() {
        // Before the loan, which is exclusive.
        let (ty, read_only, start) = (field.type_at(), read_only_name(field), field.local("start"));
        let borrow = field.borrow(field.at());
        out = quote_spanned! {field.at()=>
            #borrow
            let #start = <#ty as #p::Progress<#read_only>>::start(#borrowed);
            #out
        };
        if how.advances() {
            out.extend(quote!(let #lent = #p::behind(#lent, #start);));
        }
    }
    let fits = field.local("FITS");
    out.extend(quote!(let () = <Self as __PinFfiLimits>::#fits;));
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

/// What C reports, if it is how far it has come rather than a new length.
fn progress(how: &Lend) -> Option<&Report> {
    how.report.as_ref().filter(|report| !matches!(report.kind, ReportKind::Length))
}

fn counts_bytes(how: &Lend) -> bool {
    how.len.as_ref().is_some_and(|len| len.bytes)
}

/// The C fields that hold positions.
fn positions<'a>(input: &'a Struct) -> impl Iterator<Item = (&'a Field<'a>, &'a Lend, &'a Target)> {
    input.fields.iter().filter_map(|field| match &field.role {
        Role::Buffer(how) | Role::Array(how) => how.position().map(|target| (field, how, target)),
        _ => None,
    })
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

/// `let len_field = ...`: checked into the C field's type; a shared count must be agreed on.
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
            // That `None` has no say is for the struct to say, not for whoever chooses what a type parameter is.
            let (ty, at_type) = (field.type_at(), private_at(field.at()));
            let optional = quote_spanned!(field.at()=> #at_type::Written::<#ty>::OPTIONAL);
            quote!(let agreed = #p::agree(agreed, #some || !#optional, #amount, #info)?;)
        });
        quote!({
            use #p::Required as _;
            let agreed = #p::core::option::Option::None;
            #(#agreed)*
            agreed.unwrap_or(0)
        })
    };
    let at_place = private_at(target.span());
    let (find, place) = slot(first, target.span(), &quote_spanned!(target.span()=> (*#c)#place));
    quote_spanned!(target.span()=> #find let #len = #at_place::checked_len(#place, #n, #info_first)?;)
}

/// Everything that C left is looked at before anything of it is taken.
fn take_back(input: &Struct, keeps: &[Keep]) -> TokenStream {
    let (c, kept) = (ours("c"), ours("kept"));
    let patterns = keeps.iter().map(|k| k.field.local("kept"));
    let mut look = quote!(let (#(#patterns,)*) = #kept;);
    let mut nested = TokenStream::new();
    let mut take = TokenStream::new();
    for field in &input.fields {
        let (ty, kept) = (field.type_at(), field.local("kept"));
        let (borrow, borrowed) = (field.borrow_mut(field.at()), field.borrowed(field.at()));
        let at_type = private_at(field.at());
        match &field.role {
            Role::Buffer(Lend { ptr, report: Some(report), len: Some(len), .. }) => {
                let at = match &report.kind {
                    ReportKind::Length | ReportKind::Advance => &len.at,
                    ReportKind::Position(at) => at,
                };
                let (place, info, filled) = (at.path(), info(input, field, Some(at)), field.local("filled"));
                let (bytes, ptr) = (len.bytes, ptr.path());
                let (find, place) = slot(field, at.span(), &quote_spanned!(at.span()=> (*#c)#place));
                let taken = match &report.kind {
                    ReportKind::Length | ReportKind::Position(_) => quote!(taken_len),
                    ReportKind::Advance => quote!(taken_rest),
                };
                let taken = unsafely(quote_spanned! {at.span()=>
                    #at_type::#taken::<#ty, #bytes, _, _, _>(
                        &raw const (*#c)#ptr,
                        #at_type::Looked::at(&raw const (*#c)#ptr).says(),
                        #place,
                        #kept,
                        #info,
                    )
                });
                look.extend(quote_spanned! {at.span()=>
                    #find
                    let #filled = #taken?;
                });
                let read_only = read_only_name(field);
                let set = match &report.kind {
                    ReportKind::Length => quote_spanned!(field.at()=> #at_type::Fill::set_filled(#borrowed, #filled)),
                    ReportKind::Position(_) => quote_spanned! {field.at()=>
                        <#ty as #at_type::Progress<#read_only>>::come_to(#borrowed, #filled)
                    },
                    ReportKind::Advance => quote_spanned! {field.at()=>
                        <#ty as #at_type::Progress<#read_only>>::come_on(#borrowed, #filled)
                    },
                };
                let set = unsafely(set);
                take.extend(quote!(#borrow #set;));
            }
            Role::Array(Lend { read_only: false, .. }) => {
                let gate = gate_trait(input, field, "NestMut");
                let take = unsafely(quote_spanned! {field.at()=>
                    <#ty as #gate>::take_back_nested(#borrowed, #kept)?
                });
                nested.extend(quote!(#borrow #take;));
            }
            Role::Inline { at, read_only: false } => {
                let gate = gate_trait(input, field, "InlineMut");
                let take = unsafely(quote_spanned! {field.at()=>
                    <#ty as #gate>::take_back_inline(#borrowed, (&raw const (*#c).#at).cast(), #kept)?
                });
                nested.extend(quote!(#borrow #take;));
            }
            Role::Value { at, out: true, .. } => {
                let (value, info) = (field.local("value"), info(input, field, None));
                let at_place = private_at(at.span());
                let (find, place) = slot(field, at.span(), &quote_spanned!(at.span()=> (*#c).#at));
                let taken = unsafely(quote_spanned!(at.span()=> #at_place::taken(#place, #info)));
                look.extend(quote_spanned!(at.span()=> #find let #value = #taken?;));
                let member = &field.member;
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
            let (ptr, at_place) = (how.ptr.path(), private_at(how.ptr.span()));
            Some(quote_spanned!(how.ptr.span()=> #at_place::null_ptr(&raw mut (*#c)#ptr);))
        }
        Role::Inline { at, .. } => {
            let (ty, at_type) = (field.type_at(), private_at(field.at()));
            Some(quote_spanned! {field.at()=>
                <#ty as #at_type::FfiPinned>::release(#at_type::inline_place::<#ty, _>(&raw mut (*#c).#at));
            })
        }
        Role::Value { .. } | Role::Skip => None,
    });
    let lengths =
        lengths(input).into_iter().map(|(target, _)| target).chain(positions(input).map(|(_, _, target)| target));
    let lengths = lengths.map(|target| {
        let (place, at_place) = (target.path(), private_at(target.span()));
        quote_spanned!(target.span()=> #at_place::zero_len(&raw mut (*#c)#place);)
    });
    quote!(#(#fields)* #(#lengths)*)
}

/// The target-less form is a run of `iovec`s: the same fill, in scratch.
fn run_impls(input: &Struct) -> TokenStream {
    let p = private(input);
    let n = input.iovecs();
    let (scratch, kept, room) = (ours("scratch"), ours("kept"), ours("room"));
    let read = header(input, "FfiArray", &[]);
    let gates: Vec<_> = input.fields.iter().filter_map(|field| gate(input, field)).collect();
    let write = header(input, "FfiArrayMut", &gates);
    quote! {
        #read {
            type Elem = #p::libc::iovec;

            #[inline(always)]
            unsafe fn fill_all(
                &self,
                #scratch: &mut #p::Scratch<'_>,
            ) -> #p::core::result::Result<#p::RawArray<Self::Elem>, #p::FillError> {
                unsafe { #p::fill_run(self, #n, #scratch) }
            }

            #[inline(always)]
            fn scratch_left(&self, #room: #p::core::primitive::usize) -> #p::core::option::Option<#p::core::primitive::usize> {
                #room.checked_sub(#p::core::mem::size_of::<<Self as #p::FfiPinned>::C>())
            }
        }

        #write {
            type Kept = #p::KeptRun<Self>;
            const REPORTS: #p::core::primitive::bool = <Self as #p::FfiPinnedMut>::REPORTS;

            #[inline(always)]
            unsafe fn fill_all_mut(
                &mut self,
                #scratch: &mut #p::Scratch<'_>,
            ) -> #p::core::result::Result<(#p::RawArray<Self::Elem>, Self::Kept), #p::FillError> {
                unsafe { #p::fill_run_mut(self, #n, #scratch) }
            }

            #[inline(always)]
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
