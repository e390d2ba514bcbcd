//! What the user said of a function's parameters, and the rules that they must keep.

use crate::diagnostics::Errors;
use crate::words::{self, Said, Value, bare};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, FnArg, Ident, Pat, PointerMutability, ReturnType, Type};

/// A parameter as C declares it, with its words.
pub(crate) struct Param {
    pub(crate) ident: Ident,
    /// As it is written: `mut n`, `_`.
    pub(crate) pat: Pat,
    pub(crate) ty: Type,
    pub(crate) role: Role,
    pub(crate) words: Vec<Said>,
    /// Something about it has been reported already.
    pub(crate) wrong: bool,
}

/// What a parameter is.
pub(crate) enum Role {
    /// Passed as it is.
    Value,
    /// A raw pointer without a word: passed as it is, and the function is `unsafe`.
    Pointer,
    /// The same, of C structs that the pointer check walks before the call: one, or as many as a parameter says.
    Checked {
        write: bool,
        count: Option<Ident>,
    },
    /// A run of elements.
    Buffer(Buffer),
    /// One value behind a pointer.
    Single {
        way: Way,
        elem: Type,
        /// As in [`Buffer::told`].
        told: bool,
        nullable: bool,
    },
    /// A value that fills a C struct, or a run of them if there is a count.
    Pin {
        write: bool,
        c: Type,
        count: Option<Count>,
        /// How many of the structs C deals with, if not all.
        filled: Option<Filled>,
        nullable: bool,
        null_if_empty: bool,
        max: Option<Expr>,
    },
    Fd {
        nullable: bool,
    },
    CStr {
        nullable: bool,
    },
    /// Filled in from the buffer that it counts.
    Counter,
    /// The same, behind a pointer: C changes it.
    CounterThrough(Type),
    /// Where C leaves how much it filled.
    Report(Type),
}

pub(crate) struct Buffer {
    pub(crate) way: Way,
    pub(crate) elem: Type,
    /// The user named the element type: C's declared one does not count.
    pub(crate) told: bool,
    pub(crate) count: Count,
    pub(crate) filled: Option<Filled>,
    /// What C says of it may be more than fits.
    pub(crate) full: bool,
    pub(crate) nullable: bool,
    pub(crate) empty: Empty,
    pub(crate) max: Option<Expr>,
}

/// What becomes of a buffer without room.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    Passed,
    Null,
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    In,
    Out,
    Inout,
}

/// What counts a buffer.
pub(crate) struct Count {
    pub(crate) by: By,
    pub(crate) bytes: bool,
}

pub(crate) enum By {
    /// Another parameter.
    Param(Ident),
    /// Another parameter, through a pointer.
    Through(Ident),
    /// Sums and products of parameters, constants and numbers: the buffer must have as many.
    Computed(Expr),
}

/// How much of an `out` buffer C fills.
pub(crate) enum Filled {
    Ret,
    Through(Ident),
    All,
}

impl Param {
    /// A local variable for it, by a name that no item has.
    pub(crate) fn local(&self, prefix: &str) -> Ident {
        format_ident!("__pin_ffi_{}_{}", prefix, bare(&self.ident), span = Span::mixed_site())
    }

    /// Whether it is a buffer of which C says how much it filled.
    pub(crate) fn is_filled(&self) -> bool {
        matches!(&self.role, Role::Buffer(Buffer { way: Way::Out, filled: Some(_), .. }))
    }

    fn word(&self, name: &str) -> Option<&Said> {
        self.words.iter().find(|s| s.word == name)
    }

    fn says(&self, name: &str) -> bool {
        self.word(name).is_some()
    }
}

/// The pointee and mutability of a raw pointer type.
pub(crate) fn pointee(ty: &Type) -> Option<(&Type, bool)> {
    match ty {
        Type::Ptr(ptr) => Some((&ptr.elem, matches!(ptr.mutability, PointerMutability::Mut(_)))),
        Type::Paren(inner) => pointee(&inner.elem),
        Type::Group(inner) => pointee(&inner.elem),
        _ => None,
    }
}

/// The last name of a path type: `c_void` of `libc::c_void`.
pub(crate) fn last_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|s| bare(&s.ident)),
        Type::Paren(inner) => last_name(&inner.elem),
        Type::Group(inner) => last_name(&inner.elem),
        _ => None,
    }
}

/// What a buffer's elements are in Rust: bytes where C says `void` or `char`.
fn element(ty: &Type) -> Type {
    match last_name(ty).as_deref() {
        // By its path: `u8` itself could be a type of the user's.
        Some("c_void" | "c_char" | "c_uchar" | "c_schar") => syn::parse_quote!(::core::primitive::u8),
        _ => ty.clone(),
    }
}

/// A function pointer that only unsafe code may call: passing one is as good as a raw pointer.
fn unsafe_fn(ty: &Type) -> bool {
    match ty {
        Type::FnPtr(f) => f.unsafety.is_some(),
        Type::Paren(inner) => unsafe_fn(&inner.elem),
        Type::Group(inner) => unsafe_fn(&inner.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|s| match &s.arguments {
            syn::PathArguments::AngleBracketed(args) => {
                s.ident == "Option"
                    && args.args.iter().any(|a| matches!(a, syn::GenericArgument::Type(t) if unsafe_fn(t)))
            }
            _ => false,
        }),
        _ => false,
    }
}

/// Whether a parameter's type lets safe code hand C an address of its own making.
pub(crate) fn needs_word(ty: &Type) -> bool {
    pointee(ty).is_some() || unsafe_fn(ty)
}

/// Reads the parameters of a C declaration or callback. What cannot be read is reported and taken for a plain value.
pub(crate) fn params(
    errors: &Errors,
    inputs: &mut syn::punctuated::Punctuated<FnArg, syn::Token![,]>,
    output: &ReturnType,
    table: words::Table,
    whose: &str,
) -> Vec<Param> {
    read(errors, inputs, output, table, whose, false)
}

/// The same of a function that C calls.
pub(crate) fn callback_params(
    errors: &Errors,
    inputs: &mut syn::punctuated::Punctuated<FnArg, syn::Token![,]>,
    output: &ReturnType,
) -> Vec<Param> {
    read(errors, inputs, output, words::CALLBACK_PARAM, "a parameter of a function that C calls", true)
}

fn read(
    errors: &Errors,
    inputs: &mut syn::punctuated::Punctuated<FnArg, syn::Token![,]>,
    output: &ReturnType,
    table: words::Table,
    whose: &str,
    callback: bool,
) -> Vec<Param> {
    let mut params: Vec<Param> = inputs
        .iter_mut()
        .enumerate()
        .filter_map(|(i, input)| match input {
            FnArg::Typed(typed) => {
                let before = errors.count();
                let words = words::said(errors, &typed.attrs, table, whose);
                typed.attrs.retain(|a| !words::is_words(a));
                if let Some(attr) = typed.attrs.iter().find(|a| a.path().is_ident("cfg") || a.path().is_ident("cfg_attr")) {
                    errors.at(attr, "a parameter that is there for some targets makes two signatures: declare the function once for each, with `cfg` on the function");
                }
                let ident = match &*typed.pat {
                    Pat::Ident(pat) => pat.ident.clone(),
                    // `_` in a C declaration: a name of ours.
                    Pat::Wild(_) => format_ident!("arg{}", i, span = typed.pat.span()),
                    other => {
                        errors.at(other, "a parameter of a C function has a plain name");
                        format_ident!("arg{}", i, span = other.span())
                    }
                };
                let wrong = errors.count() > before;
                Some(Param { ident, pat: (*typed.pat).clone(), ty: (*typed.ty).clone(), role: Role::Value, words, wrong })
            }
            FnArg::Receiver(receiver) => {
                errors.at(receiver, "a C function has no `self`");
                None
            }
        })
        .collect();
    check_names(errors, params.iter().map(|p| &p.ident));
    let counting: Vec<Ident> = params.iter().flat_map(counted_with).collect();
    let names: Vec<Ident> = params.iter().map(|param| param.ident.clone()).collect();
    for param in &mut params {
        let before = errors.count();
        check_pairs(errors, param);
        let counts = counting.contains(&param.ident);
        // What could not be read may be the word that decides what the parameter is.
        if !(param.wrong || counts && pointee(&param.ty).is_none()) {
            param.role = role(errors, param, &names, output, callback);
        }
        param.wrong |= errors.count() > before;
    }
    counters(errors, &mut params, callback);
    // A pointer that only failed to be another one's length is not reported once more.
    for param in &mut params {
        param.wrong |= counting.contains(&param.ident) && matches!(param.role, Role::Pointer);
    }
    params
}

/// To the compiler, two names of one spelling can be two where one of them comes from a macro; words tell parameters apart
/// by their spelling.
pub(crate) fn check_names<'a>(errors: &Errors, names: impl Iterator<Item = &'a Ident>) {
    let mut heard: Vec<String> = Vec::new();
    for name in names {
        let spelling = bare(name);
        if heard.contains(&spelling) {
            errors.at(
                name,
                format_args!("two parameters are called `{spelling}`, one of them by a macro: call one something else"),
            );
        }
        heard.push(spelling);
    }
}

/// Each forbidden pair of words on one parameter, with the way out.
const PAIRS: &[(&str, &str, &str)] = &[
    ("in", "out", "C reads through one and writes through the other: for both say `inout`"),
    ("in", "inout", "`inout` already lets C read"),
    ("out", "inout", "`inout` shows C what is there, `out` does not: keep the one that C's manual says"),
    ("pin", "pin_mut", "`pin_mut` lets C write through the struct, `pin` does not: keep one"),
    ("in", "pin", "`in` lends plain elements, `pin` values that fill C structs: keep one"),
    ("out", "pin", "`out` lends plain elements, `pin` values that fill C structs: keep one"),
    ("inout", "pin", "`inout` lends plain elements, `pin` values that fill C structs: keep one"),
    ("in", "pin_mut", "`in` lends plain elements, `pin_mut` values that fill C structs: keep one"),
    ("out", "pin_mut", "`out` lends plain elements, `pin_mut` values that fill C structs: keep one"),
    ("inout", "pin_mut", "`inout` lends plain elements, `pin_mut` values that fill C structs: keep one"),
    ("null_if_empty", "nonempty", "an empty buffer is NULL under one and refused under the other: keep one"),
    ("filled", "full", "`full` is for C that may report more than fits: it is an error under `filled`, so keep one"),
    ("len", "len_bytes", "they count the same buffer in two units: keep the one that C reads"),
    ("cstr", "len", "a C string ends at its NUL: drop `len`, or lend the bytes with `in`"),
    ("cstr", "len_bytes", "a C string ends at its NUL: drop `len_bytes`, or lend the bytes with `in`"),
    ("cstr", "in", "`cstr` already lends for reading"),
    ("cstr", "out", "a C string is only read: for a buffer that C fills say `out` with `len`"),
    ("cstr", "inout", "a C string is only read: for a buffer that C changes say `inout` with `len`"),
    ("cstr", "pin", "a C string is no C struct: keep `cstr`"),
    ("cstr", "pin_mut", "a C string is no C struct: keep `cstr`"),
    ("fd", "in", "a descriptor is a number, not a buffer: keep `fd`"),
    ("fd", "out", "a descriptor is a number, not a buffer: keep `fd`"),
    ("fd", "inout", "a descriptor is a number, not a buffer: keep `fd`"),
    ("fd", "pin", "a descriptor is a number, not a C struct: keep `fd`"),
    ("fd", "pin_mut", "a descriptor is a number, not a C struct: keep `fd`"),
    ("fd", "cstr", "a descriptor is a number, not a string: keep one"),
    ("fd", "len", "a descriptor is a number, not a buffer: drop `len`"),
    ("fd", "len_bytes", "a descriptor is a number, not a buffer: drop `len_bytes`"),
    ("userdata", "in", "`userdata` is lent for reading and writing, as the type that it names: keep one"),
    ("userdata", "out", "`userdata` is lent for reading and writing, as the type that it names: keep one"),
    ("userdata", "inout", "`userdata` is lent for reading and writing, as the type that it names: keep one"),
    ("userdata", "cstr", "`userdata` is a value of Rust's, not a string of C's: keep one"),
    ("userdata", "len", "`userdata` is one value: drop `len`"),
];

fn check_pairs(errors: &Errors, param: &Param) {
    let place = |word: &str| param.words.iter().position(|s| s.word == word);
    for (one, other, why) in PAIRS {
        if let (Some(i), Some(j)) = (place(one), place(other)) {
            // The later of the two is the one to reconsider.
            let later = &param.words[i.max(j)].word;
            errors.at(later, format_args!("`{one}` and `{other}` cannot stand on one parameter: {why}"));
        }
    }
}

/// `expr` without the groups that a macro leaves around what it passes on, and with each constant as a text of its own: a
/// path, or a name that no parameter has and that is written as constants are.
fn operand(expr: Expr, names: &[Ident]) -> Expr {
    match expr {
        Expr::Group(inner) => operand(*inner.expr, names),
        Expr::Paren(mut inner) => {
            inner.expr = Box::new(operand(*inner.expr, names));
            Expr::Paren(inner)
        }
        Expr::Binary(mut binary) => {
            binary.left = Box::new(operand(*binary.left, names));
            binary.right = Box::new(operand(*binary.right, names));
            Expr::Binary(binary)
        }
        Expr::Path(path) => match path.path.get_ident() {
            Some(name) if names.contains(name) || bare(name).contains(char::is_lowercase) => Expr::Path(path),
            _ => Expr::Verbatim(path.into_token_stream()),
        },
        other => other,
    }
}

fn count(param: &Param, names: &[Ident]) -> Option<Count> {
    let (said, bytes) = match (param.word("len"), param.word("len_bytes")) {
        (Some(said), _) => (said, false),
        (None, Some(said)) => (said, true),
        (None, None) => return None,
    };
    let by = match &said.value {
        Value::Through(ident) => By::Through(ident.clone()),
        Value::Expr(expr) => match operand(expr.clone(), names) {
            Expr::Path(path) if path.path.get_ident().is_some() => By::Param(path.path.get_ident()?.clone()),
            expr => By::Computed(expr),
        },
        _ => return None,
    };
    Some(Count { by, bytes })
}

fn role(errors: &Errors, param: &Param, names: &[Ident], output: &ReturnType, callback: bool) -> Role {
    let name = bare(&param.ident);
    let max = param.words.iter().find_map(|s| match &s.value {
        Value::Expr(e) if s.word == "max" => Some(e.clone()),
        _ => None,
    });
    let nullable = param.says("nullable");
    let count = count(param, names);

    if let Some(said) = param.word("fd") {
        if needs_word(&param.ty) {
            errors.at(
                &param.ty,
                format_args!("`{name}` is a pointer, and `{}` means a descriptor, which is a `c_int`", said.word),
            );
        }
        of_nothing(errors, param, "a descriptor is a number");
        return Role::Fd { nullable };
    }
    let Some((elem, mutable)) = pointee(&param.ty) else {
        for said in param.words.iter().filter(|s| s.word != "userdata") {
            errors.at(
                &said.word,
                format_args!("`{}` is about what a pointer leads to, and `{name}` is no pointer: drop the word, or declare the parameter as C does", said.word),
            );
        }
        return Role::Value;
    };
    if param.says("cstr") {
        of_nothing(errors, param, "a C string ends at its NUL");
        return Role::CStr { nullable };
    }
    if let Some(checked) = param.word("checked").or_else(|| param.word("checked_mut")) {
        return self::checked(errors, param, checked, count);
    }
    if let Some(pin) = param.word("pin").or_else(|| param.word("pin_mut")) {
        let write = pin.word == "pin_mut";
        if count.is_none() {
            of_buffers(errors, param, "one value is filled here, and nothing counts it");
        }
        let filled = check_pin(errors, param, &pin.word, elem, count.as_ref(), output);
        let null_if_empty = param.says("null_if_empty");
        return Role::Pin { write, c: elem.clone(), count, filled, nullable, null_if_empty, max };
    }
    let Some(way) = way(errors, param, mutable) else { return Role::Pointer };
    // `in = T`: what C's `void` or opaque struct is made of.
    let told = param.words.iter().find_map(|s| match &s.value {
        Value::Type(ty) if ["in", "out", "inout"].iter().any(|w| s.word == w) => Some(ty.clone()),
        _ => None,
    });
    let Some(count) = count else {
        check_single(errors, param, elem, told.is_some());
        return Role::Single { way, told: told.is_some(), elem: told.unwrap_or_else(|| elem.clone()), nullable };
    };
    if callback {
        lone(
            errors,
            param,
            "nullable",
            "a run of elements is empty where C passes NULL for it with a length of 0: drop `nullable`",
        );
    }
    let filled = filled(errors, param, output);
    if way == Way::Out && filled.is_none() && !callback && !param.says("filled") && !param.says("full") {
        if let Some(out) = param.word("out") {
            errors.at(
                &out.word,
                format_args!("nothing says how much of `{name}` C fills, so none of it could be shown: add `filled = ret` (what it returns), `filled = *n` (what it leaves in `n`) or `filled = all`"),
            );
        }
    }
    Role::Buffer(Buffer {
        way,
        told: told.is_some(),
        elem: told.unwrap_or_else(|| element(elem)),
        count,
        filled,
        full: param.says("full"),
        nullable,
        empty: match () {
            () if param.says("nonempty") => Empty::Refused,
            () if param.says("null_if_empty") => Empty::Null,
            () => Empty::Passed,
        },
        max,
    })
}

/// How the elements behind a pointer are lent; `None` if no word says so.
fn way(errors: &Errors, param: &Param, mutable: bool) -> Option<Way> {
    let name = bare(&param.ident);
    let way = if param.says("in") {
        Way::In
    } else if param.says("out") {
        Way::Out
    } else if param.says("inout") {
        Way::Inout
    } else {
        let userdata = param.says("userdata");
        for said in param.words.iter().filter(|s| s.word != "userdata" && !(userdata && s.word == "nullable")) {
            errors.at(&said.word, format_args!("`{}` says how `{name}` is lent, and no word says that it is: add `in`, `out`, `inout`, `pin` or `pin_mut`", said.word));
        }
        return None;
    };
    if let (Way::Out | Way::Inout, false) = (way, mutable) {
        let said = param.word("out").or_else(|| param.word("inout"));
        errors.at(
            said.map(|s| &s.word),
            format_args!(
                "C declares `{name}` as `*const`, so it does not write there: say `in`, or declare it as C does"
            ),
        );
    }
    if way != Way::Out {
        lone(
            errors,
            param,
            "filled",
            "`filled` says how much C wrote of an `out` buffer: here all of it was there before",
        );
        lone(errors, param, "full", "`full` says how much C had for an `out` buffer: here all of it was there before");
    }
    Some(way)
}

/// Values that fill C structs need to know which. How many of an array's structs C dealt with may be said.
fn check_pin(
    errors: &Errors,
    param: &Param,
    word: &Ident,
    elem: &Type,
    count: Option<&Count>,
    output: &ReturnType,
) -> Option<Filled> {
    if last_name(elem).as_deref() == Some("c_void") {
        errors.at(
            elem,
            format_args!(
                "`{word}` must know which C struct `{}` leads to, and `void` does not say: declare the struct",
                bare(&param.ident)
            ),
        );
    }
    lone(errors, param, "nonempty", "`nonempty` is about a buffer of plain elements, and these are C structs: drop it");
    lone(
        errors,
        param,
        "full",
        "`full` is about an `out` buffer; that C may report more than a field of a C struct holds is said in its derive",
    );
    match count {
        Some(_) if word == "pin_mut" && !param.says("full") => filled(errors, param, output),
        _ => {
            lone(
                errors,
                param,
                "filled",
                "`filled` is about an `out` buffer, or says how many structs of a `pin_mut` array C dealt with; what C leaves in a C struct is said in its derive",
            );
            None
        }
    }
}

/// What nothing counts is one value, of a size that is known.
fn check_single(errors: &Errors, param: &Param, elem: &Type, told: bool) {
    for (word, why) in [
        ("filled", "`filled` is about a buffer of several elements, and no `len` says how many fit: add `len = n`"),
        ("nonempty", "one value is never empty: drop `nonempty`, or say with `len` what counts the buffer"),
        ("full", "`full` is about a buffer of several elements, and no `len` says how many fit: add `len = n`"),
        ("null_if_empty", "one value is never empty: drop `null_if_empty`, or say with `len` what counts the buffer"),
        ("max", "one value has no length: drop `max`, or say with `len` what counts the buffer"),
    ] {
        lone(errors, param, word, why);
    }
    if !told && last_name(elem).as_deref() == Some("c_void") {
        let word = ["in", "out", "inout"].into_iter().find(|w| param.says(w)).unwrap_or("in");
        errors.at(
            elem,
            format_args!(
                "`void` has no size, so nothing says how much of `{}` C uses: add `len = n`, or name the type, `{word} = T`",
                bare(&param.ident)
            ),
        );
    }
}

/// A pointer that stays raw.
fn checked(errors: &Errors, param: &Param, checked: &Said, count: Option<Count>) -> Role {
    for other in param.words.iter().filter(|s| s.word != checked.word && s.word != "len") {
        errors.at(
            &other.word,
            format_args!("`{}` and `{}` cannot stand on one parameter: `{1}` leaves the pointer raw, for the caller to answer for", other.word, checked.word),
        );
    }
    let count = match count.map(|count| count.by) {
        None => None,
        Some(By::Param(n)) => Some(n),
        Some(By::Through(_) | By::Computed(_)) => {
            if let Some(len) = param.word("len") {
                errors.at(&len.word, "how many structs are checked is said by another parameter: `len = n`");
            }
            None
        }
    };
    Role::Checked { write: checked.word == "checked_mut", count }
}

/// Words about a length have no place where there is none.
fn of_buffers(errors: &Errors, param: &Param, why: &str) {
    for word in ["max", "null_if_empty", "nonempty"] {
        lone(errors, param, word, &format!("{why}: drop `{word}`"));
    }
}

/// The same of what is neither a buffer nor a struct: what counts for nothing would be taken for a check.
fn of_nothing(errors: &Errors, param: &Param, why: &str) {
    of_buffers(errors, param, why);
    for word in ["filled", "full", "checked", "checked_mut"] {
        lone(errors, param, word, &format!("{why}: drop `{word}`"));
    }
}

/// A word that has no place here.
fn lone(errors: &Errors, param: &Param, word: &str, why: &str) {
    if let Some(said) = param.word(word) {
        errors.at(&said.word, why);
    }
}

fn filled(errors: &Errors, param: &Param, output: &ReturnType) -> Option<Filled> {
    let said = param.word("filled").or_else(|| param.word("full"))?;
    match &said.value {
        Value::Expr(all) if said.word == "full" && !matches!(all, Expr::Path(path) if path.path.is_ident("ret")) => {
            errors.at(all, "C says how much there was by what it returns, or by a length behind a pointer: `full = ret` or `full = *n`; if it fills the buffer whatever there is, say `filled = all`");
            Some(Filled::All)
        }
        Value::Through(n) => Some(Filled::Through(n.clone())),
        Value::Expr(Expr::Path(path)) if path.path.is_ident("ret") => {
            if matches!(output, ReturnType::Default) {
                errors.at(path, format_args!("`{0} = ret` is the number that C returns, and this function returns nothing: say `{0} = *n` or `filled = all`", said.word));
            }
            if matches!(output, ReturnType::Type(_, ty) if pointee(ty).is_some()) {
                errors.at(path, format_args!("`{0} = ret` is the number that C returns, and this function returns a pointer: say `{0} = *n` or `filled = all`", said.word));
            }
            Some(Filled::Ret)
        }
        Value::Expr(Expr::Path(path)) if path.path.is_ident("all") => Some(Filled::All),
        Value::Expr(other) => {
            errors.at(other, "C says how much it filled by what it returns, by a length behind a pointer, or by filling all: `filled = ret`, `filled = *n` or `filled = all`");
            Some(Filled::All)
        }
        _ => None,
    }
}

/// The parameters that `param`'s words name.
fn counted_with(param: &Param) -> Vec<Ident> {
    let mut all = Vec::new();
    for said in param.words.iter().filter(|s| ["len", "len_bytes", "filled", "full"].iter().any(|w| s.word == w)) {
        match &said.value {
            Value::Through(n) => all.push(n.clone()),
            Value::Expr(Expr::Path(path)) => all.extend(path.path.get_ident().cloned()),
            _ => {}
        }
    }
    all
}

/// Finds the parameters that count others, and takes them out of the Rust signature.
fn counters(errors: &Errors, params: &mut [Param], callback: bool) {
    let mut found: Vec<(Ident, bool)> = Vec::new();
    for param in params.iter() {
        let (Role::Buffer(Buffer { count, .. }) | Role::Pin { count: Some(count), .. }) = &param.role else { continue };
        match &count.by {
            By::Param(n) | By::Through(n) if *n == param.ident => {
                errors.at(n, format_args!("`{n}` is the buffer itself: say which parameter counts it"));
            }
            By::Param(n) => found.push((n.clone(), false)),
            By::Through(n) => found.push((n.clone(), true)),
            By::Computed(expr) => check_computed(errors, expr, params),
        }
    }
    for param in params.iter() {
        let (Role::Buffer(Buffer { count, .. }) | Role::Pin { count: Some(count), .. }) = &param.role else { continue };
        let By::Computed(expr) = &count.by else { continue };
        for n in used_in(expr) {
            if let Some((counter, _)) = found.iter().find(|(counter, _)| *counter == n && !callback) {
                errors.at(
                    &n,
                    format_args!("`{counter}` counts another buffer, so its value is not known here: say `len = {counter}` for this buffer too, or let `{counter}` be an argument"),
                );
            }
        }
    }
    for param in params.iter() {
        let Role::Checked { count: Some(n), .. } = &param.role else { continue };
        match params.iter().find(|p| p.ident == *n) {
            Some(counter) if matches!(counter.role, Role::Value) => {}
            Some(_) => errors.at(n, format_args!("`{n}` is no number")),
            None => errors.at(n, format_args!("there is no parameter `{n}`")),
        }
        if found.iter().any(|(counter, _)| counter == n) {
            errors.at(n, format_args!("`{n}` is filled in from another buffer, and these structs are the caller's: lend them with `pin`, or give each a count of its own"));
        }
    }
    for (n, through) in found {
        let Some(counter) = counter(errors, params, &n) else { continue };
        match (pointee(&counter.ty), through) {
            (Some(_), false) => {
                errors.at(&n, format_args!("`{n}` is a pointer to the length: say `len = *{n}`"));
            }
            (None, true) => {
                errors.at(&n, format_args!("`{n}` is the length itself, not a pointer to it: say `len = {n}`"));
            }
            (Some((length, _)), true) => counter.role = Role::CounterThrough(length.clone()),
            (None, false) => counter.role = Role::Counter,
        }
    }
    reports(errors, params);
    changed_counts(errors, params);
}

/// The parameter that counts another one, by its name.
fn counter<'a>(errors: &Errors, params: &'a mut [Param], n: &Ident) -> Option<&'a mut Param> {
    // What has words of its own counts nothing.
    let free = params.iter().filter(|p| p.words.is_empty());
    let names: Vec<_> = free.map(|p| bare(&p.ident)).collect();
    let Some(at) = params.iter().position(|p| p.ident == *n) else {
        let near = words::nearest(&n.to_string(), names.iter().map(String::as_str));
        // Which may be the one that is meant, and not a pointer without a word.
        params.iter_mut().filter(|p| near == Some(&bare(&p.ident))).for_each(|p| p.wrong = true);
        let hint = match near {
            Some(near) => format!(": did you mean `{near}`?"),
            None if names.is_empty() => String::new(),
            None if names.len() == 1 => format!(": there is `{}`", names[0]),
            None => format!(": there are `{}`", names.join("`, `")),
        };
        errors.at(n, format_args!("there is no parameter `{n}`{hint}"));
        return None;
    };
    let counter = &mut params[at];
    if let Some(said) = counter.words.first() {
        errors.at(
            &said.word,
            format_args!("`{n}` counts another parameter, which fills it in: it takes no words of its own"),
        );
        return None;
    }
    Some(counter)
}

/// Finds the parameters that C reports in, where it was told the capacity in another one.
fn reports(errors: &Errors, params: &mut [Param]) {
    let reported = params.iter().filter_map(|param| match &param.role {
        Role::Buffer(Buffer { filled: Some(Filled::Through(n)), .. })
        | Role::Pin { filled: Some(Filled::Through(n)), .. } => Some(n.clone()),
        _ => None,
    });
    for n in reported.collect::<Vec<_>>() {
        let known = |p: &Param| p.ident == n && matches!(p.role, Role::CounterThrough(_) | Role::Report(_));
        let report = match params.iter().position(known) {
            Some(at) => &mut params[at],
            None => match counter(errors, params, &n) {
                Some(report) => report,
                None => continue,
            },
        };
        match pointee(&report.ty) {
            Some((_, true)) if matches!(report.role, Role::CounterThrough(_)) => {}
            Some((length, true)) => report.role = Role::Report(length.clone()),
            Some((_, false)) => errors.at(&n, format_args!("C leaves a number behind `{n}`, and `*const` says that it does not write there: declare it as C does")),
            None => errors.at(&n, format_args!("`{n}` is a number, and C can only leave one behind a pointer: say `filled = ret` (what it returns), `filled = *m` (what it leaves in another parameter) or `filled = all`")),
        }
    }
}

/// Where C may change the number of structs, it is said whether that is how many it dealt with: of the others nothing may
/// be taken back.
fn changed_counts(errors: &Errors, params: &[Param]) {
    for param in params.iter().filter(|p| !p.says("filled")) {
        let Role::Pin { write: true, count: Some(Count { by: By::Through(n), .. }), .. } = &param.role else {
            continue;
        };
        let counter = params.iter().find(|p| p.ident == *n && matches!(p.role, Role::CounterThrough(_)));
        if let Some((_, true)) = counter.and_then(|p| pointee(&p.ty)) {
            errors.at(n, format_args!("C may leave behind `{n}` how many structs of `{}` it dealt with, and nothing says whether it does: add `filled = *{n}`, or `filled = all` if it deals with all of them", bare(&param.ident)));
        }
    }
}

/// A computed length is sums and products of numbers and parameters, so that each step can be checked.
fn check_computed(errors: &Errors, expr: &Expr, params: &[Param]) {
    match expr {
        Expr::Lit(lit) if matches!(lit.lit, syn::Lit::Int(_)) => {}
        // A constant.
        Expr::Verbatim(_) => {}
        Expr::Paren(inner) => check_computed(errors, &inner.expr, params),
        Expr::Binary(binary) if matches!(binary.op, syn::BinOp::Add(_) | syn::BinOp::Mul(_)) => {
            check_computed(errors, &binary.left, params);
            check_computed(errors, &binary.right, params);
        }
        Expr::Path(path) => match path.path.get_ident() {
            Some(n) if params.iter().any(|p| p.ident == *n) => {}
            _ => errors.at(path, "a computed length is made of numbers, constants and this function's parameters"),
        },
        other => errors.at(
            other,
            "a computed length is made of numbers, constants, parameters, `+` and `*`, so that each step can be checked",
        ),
    }
}

/// The parameters that a computed length uses.
fn used_in(expr: &Expr) -> Vec<Ident> {
    match expr {
        Expr::Paren(inner) => used_in(&inner.expr),
        Expr::Binary(binary) => {
            let mut all = used_in(&binary.left);
            all.extend(used_in(&binary.right));
            all
        }
        Expr::Path(path) => path.path.get_ident().cloned().into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A C string is made of bytes: what is declared as anything wider ends elsewhere.
pub(crate) fn chars_must_fit(param: &Param) -> Option<TokenStream> {
    let (elem, _) = pointee(&param.ty)?;
    let (ty, at) = (&param.ty, words::private_at(words::own_at(elem.span())));
    let unfit = format!(
        "`cstr` is a string of bytes that ends with a NUL, and what `{}` leads to is wider: lend its elements with `in` and their number, or declare it as C does",
        bare(&param.ident)
    );
    Some(quote_spanned!(words::own_at(elem.span())=> #at::chars_must_fit::<#ty>(#unfit)))
}

/// `expr` of a callback's parameters, with every step checked.
pub(crate) fn computed(p: &Ident, expr: &Expr) -> TokenStream {
    match expr {
        Expr::Paren(inner) => computed(p, &inner.expr),
        Expr::Binary(binary) => {
            let (left, right) = (computed(p, &binary.left), computed(p, &binary.right));
            let step = if matches!(binary.op, syn::BinOp::Mul(_)) { quote!(times) } else { quote!(plus) };
            quote!(#p::#step(#left, #right))
        }
        Expr::Path(path) => {
            let name = path.path.get_ident().cloned().map(|mut name| {
                name.set_span(words::own_at(name.span()));
                name
            });
            quote!(#p::operand(#name))
        }
        // A constant, outside any `unsafe`.
        Expr::Verbatim(constant) => {
            let name = Ident::new("__PIN_FFI_LEN", Span::mixed_site());
            quote_spanned!(constant.span()=> {
                const #name: ::core::primitive::usize = #constant;
                #p::Some(#name)
            })
        }
        number => quote!(#p::Some(#number)),
    }
}
