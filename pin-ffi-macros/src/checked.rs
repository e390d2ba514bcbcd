//! The expansion of `#[derive(FfiChecked)]`: the map of the pointers in a C struct.
//!
//! ```text
//! #[derive(FfiChecked)]
//! #[repr(C)]
//! struct packet {
//!     #[ffi(len = count, nested)]
//!     parts: *const part,
//!     count: u32,
//! }
//! ```
//!
//! becomes, with `__p` for `::pin_ffi::__private`,
//!
//! ```text
//! unsafe impl __p::FfiChecked for packet {
//!     const SHAPE: __p::Shape = {
//!         let place = MaybeUninit::<Self>::uninit();
//!         let c = MaybeUninit::as_ptr(&place);
//!         __p::Shape {
//!             name: "packet",
//!             size: size_of::<Self>(),
//!             pointers: &[
//!                 __p::Pointer::new("parts", offset_of!(Self, parts), unsafe { &raw const (*c).parts })
//!                     .counted(offset_of!(Self, count), unsafe { &raw const (*c).count }, false)
//!                     .leads_to::<part>(),
//!             ],
//!         }
//!     };
//! }
//! ```

use crate::attribute::pointee;
use crate::derive::allows;
use crate::diagnostics::Errors;
use crate::words::{self, Said, Value, bare, nearest};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Expr, Member, Type};

/// Implements `FfiChecked` for a `#[repr(C)]` struct.
pub(crate) fn expand(errors: &Errors, input: &DeriveInput) -> TokenStream {
    let mut krate: syn::Path = syn::parse_quote!(::pin_ffi);
    for Said { value, .. } in words::said(errors, &input.attrs, words::ATTRIBUTE, "the struct") {
        if let Value::Path(path) = value {
            krate = path;
        }
    }
    let (p, claim) = (quote!(#krate::__private), words::claim(&krate));
    let Data::Struct(data) = &input.data else {
        errors.at(
            &input.ident,
            "only a struct has a map of addresses: in a union or an enum nothing says which of them are there",
        );
        return TokenStream::new();
    };
    if !is_repr_c(input) {
        errors.at(&input.ident, format_args!("`{}` has no layout that C knows: add `#[repr(C)]`", input.ident));
    }
    let names: Vec<String> = data.fields.members().map(|m| name_of(&m)).collect();
    let pointers: Vec<_> = data
        .fields
        .iter()
        .zip(data.fields.members())
        .filter_map(|(field, member)| pointer(errors, &p, &names, field, &member))
        .collect();
    let (ident, allows, allowed) = (&input.ident, allows(), words::allowed(input));
    let name = bare(ident);
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let (c, place) = (ours("c"), ours("place"));
    let import = words::import(&p);
    // The assertions of a generic struct are only evaluated where it is checked.
    let now = input.generics.params.is_empty().then(|| {
        quote! {
            #allows
            #allowed
            const _: #p::Shape = <#ident as #p::FfiChecked>::SHAPE;
        }
    });
    quote! {
        #claim
        #now
        #allows
        #allowed
        #[automatically_derived]
        unsafe impl #impl_generics #p::FfiChecked for #ident #ty_generics #where_clause {
            const SHAPE: #p::Shape = {
                #import
                use #p::PlainParam as _;
                let #place = #p::core::mem::MaybeUninit::<Self>::uninit();
                let #c = #p::core::mem::MaybeUninit::as_ptr(&#place);
                #p::Shape {
                    name: #name,
                    size: #p::core::mem::size_of::<Self>(),
                    pointers: &[#(#pointers),*],
                }
            };
        }
    }
}

fn ours(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

fn name_of(member: &Member) -> String {
    match member {
        Member::Named(ident) => bare(ident),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

fn is_repr_c(input: &DeriveInput) -> bool {
    let mut found = false;
    for attr in input.attrs.iter().filter(|a| a.path().is_ident("repr")) {
        let _ = attr.parse_nested_meta(|meta| {
            found |= meta.path.is_ident("C") || meta.path.is_ident("transparent");
            if meta.input.peek(syn::token::Paren) {
                let content;
                syn::parenthesized!(content in meta.input);
                content.parse::<TokenStream>()?;
            }
            Ok(())
        });
    }
    found
}

/// Returns the entry for one field, or `None` if it holds no pointer, or a `foreign` one.
fn pointer(
    errors: &Errors,
    p: &TokenStream,
    names: &[String],
    field: &syn::Field,
    member: &Member,
) -> Option<TokenStream> {
    let said = words::said(errors, &field.attrs, words::CHECKED, "a field that is checked");
    let word = |name: &str| said.iter().find(|s| s.word == name);
    let name = name_of(member);
    let ty = &field.ty;
    let c = ours("c");
    let span = member.span();
    let place = quote_spanned!(span=> unsafe { &raw const (*#c).#member });
    let offset = quote_spanned!(span=> #p::core::mem::offset_of!(Self, #member));

    if word("foreign").is_some() {
        if let Some(other) = said.iter().find(|s| s.word != "foreign") {
            errors.at(&other.word, format_args!("`{}` and `foreign` cannot stand on one field: memory of C's own is not followed, whatever is there", other.word));
        }
        return None;
    }
    if word("inline").is_some() {
        if let Some(other) = said.iter().find(|s| s.word != "inline") {
            errors.at(
                &other.word,
                format_args!(
                    "`{}` is about an address, and `inline` says that the struct itself is here: keep one of the two",
                    other.word
                ),
            );
        }
        return Some(quote_spanned!(ty.span()=> #p::Pointer::inline(#name, #offset, #place)));
    }
    let raw = pointee(ty);
    if let (None, Some(address)) = (said.first(), array_of_addresses(ty)) {
        return Some(quote_spanned!(ty.span()=> #p::Pointer::addresses::<#address, _>(#name, #offset, #place)));
    }
    if raw.is_none() && word("ptr").is_none() {
        if let Some(said) = said.first() {
            errors.at(&said.word, format_args!("`{}` is about an address, and `{name}` is not declared as a raw pointer: add `ptr` if it holds one", said.word));
        }
        let message = format!(
            "field `{name}` is a raw pointer behind a type alias: say `#[ffi(ptr)]` with its `len`, or `foreign` for memory of C's own"
        );
        // The entry is empty; only the assertion matters.
        return Some(quote_spanned!(ty.span()=> {
            #p::core::assert!(!#p::ParamType::<#ty>::IS_POINTER, #message);
            #p::Pointer::NONE
        }));
    }
    let mut entry = quote_spanned!(ty.span()=> #p::Pointer::new(#name, #offset, #place));
    for (length, bytes) in [("len", false), ("len_bytes", true)] {
        let Some(Said { value: Value::Expr(length), word }) = word(length) else { continue };
        if bytes && said.iter().any(|s| s.word == "len") {
            errors.at(word, "`len` and `len_bytes` count the same buffer in two units: keep the one that C reads");
        }
        entry.extend(count(errors, p, names, &c, length, bytes, &name));
    }
    if word("read_only").is_some() {
        entry.extend(quote!(.read_only()));
    }
    // The type of the memory that an address in an integer points to.
    let said_type = said.iter().find_map(|s| match &s.value {
        Value::Type(of) if s.word == "ptr" => Some(of),
        _ => None,
    });
    if let Some(of) = said_type {
        entry.extend(quote_spanned!(of.span()=> .to::<#of>()));
    }
    if let Some(cstr) = word("cstr") {
        if let Some(other) = said.iter().find(|s| ["len", "len_bytes", "nested"].iter().any(|w| s.word == w)) {
            errors.at(
                &other.word,
                "a string ends at its NUL, and a table of them at a null pointer: keep `cstr` or this word",
            );
        }
        let of = said_type.or(raw.as_ref().map(|(of, _)| *of));
        let span = cstr.word.span();
        let at = words::private_at(span);
        entry = match of.and_then(pointee) {
            Some((of, _)) => quote_spanned!(span=> #at::Pointer::cstrs::<#of>(#entry)),
            None => quote_spanned!(span=> #at::Pointer::cstr(#entry)),
        };
    }
    if let Some(nested) = word("nested") {
        match said_type.or(raw.as_ref().map(|(of, _)| *of)).map(|of| (of, ())) {
            Some((of, ())) => entry.extend(quote_spanned!(of.span()=> .leads_to::<#of>())),
            None => errors.at(
                &nested.word,
                "nothing says which structs this address leads to: declare the field as a raw pointer to them",
            ),
        }
    }
    Some(entry)
}

/// Returns the element type of an array, if that is a raw pointer.
fn array_of_addresses(ty: &Type) -> Option<&Type> {
    let Type::Array(array) = ty else { return None };
    if pointee(&array.elem).is_some() { Some(&array.elem) } else { array_of_addresses(&array.elem) }
}

/// Returns `.counted(...)` for a length in a field of the struct, and `.times(...)` for a constant.
fn count(
    errors: &Errors,
    p: &TokenStream,
    names: &[String],
    c: &Ident,
    length: &Expr,
    bytes: bool,
    of: &str,
) -> TokenStream {
    if let Some(first) = first_field(length) {
        if names.contains(&first) {
            let span = length.span();
            return quote_spanned! {span=>
                .counted(#p::core::mem::offset_of!(Self, #length), unsafe { &raw const (*#c).#length }, #bytes)
            };
        }
        if length.to_token_stream().into_iter().count() == 1 && first.chars().all(|c| c.is_lowercase() || c == '_') {
            let hint = match nearest(&first, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are `{}`", names.join("`, `")),
            };
            errors.at(length, format_args!("`{first}` is no field of this struct that could count `{of}`: {hint}"));
            return TokenStream::new();
        }
    }
    let times = quote_spanned!(length.span()=> .times(#length));
    if bytes { quote!(#times.in_bytes()) } else { times }
}

/// The first name of `a` or `a.b.c`.
fn first_field(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Path(path) => path.path.get_ident().map(bare),
        Expr::Field(field) => first_field(&field.base),
        _ => None,
    }
}
