//! The rules that a struct must keep, one function each.

use crate::diagnostics::Errors;
use crate::model::{Lend, Report, ReportKind, Role, Struct};
use crate::words::Value;
use proc_macro2::Span;
use std::collections::{HashMap, HashSet};

/// Checks `input` against every rule; all that is wrong is reported.
pub(crate) fn check(errors: &Errors, input: &Struct) {
    check_packed(errors, input);
    check_has_fields(errors, input);
    check_same_place(errors, input);
    check_lone_words(errors, input);
    check_reports(errors, input);
    check_null_if_empty(errors, input);
    check_iovecs_read_only(errors, input);
}

/// SOUNDNESS 24: a reference to a packed field is undefined behaviour. (Generated code borrows each field, which the
/// compiler refuses for a packed struct, however the attribute is spelled.)
fn check_packed(errors: &Errors, input: &Struct) {
    for attr in input.input.attrs.iter().filter(|a| a.path().is_ident("repr")) {
        let _ = attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("packed") {
                errors.at(
                    &meta.path,
                    format_args!(
                        "`{}` is packed, so its buffers may be misaligned: only the C struct should be `repr(packed)`, fill that from a plain struct",
                        input.ident
                    ),
                );
            }
            if meta.input.peek(syn::token::Paren) {
                let content;
                syn::parenthesized!(content in meta.input);
                content.parse::<proc_macro2::TokenStream>()?;
            }
            Ok(())
        });
    }
}

fn check_has_fields(errors: &Errors, input: &Struct) {
    let any = input.fields.iter().any(|f| !matches!(f.role, Role::Skip));
    if !any && errors.count() == 0 {
        errors.at(
            input.ident,
            format_args!("`{}` has nothing to fill a C struct with: give it a field to lend or to set", input.ident),
        );
    }
}

/// Two Rust fields in one C field: the later would undo the earlier. Lengths may be shared, and are checked to agree.
fn check_same_place(errors: &Errors, input: &Struct) {
    let mut taken: HashMap<String, String> = HashMap::new();
    let mut claim = |key: String, field: String, span: Span| {
        if let Some(first) = taken.get(&key) {
            errors.at_span(
                span,
                format_args!(
                    "`{key}` is already filled by field `{first}`: a C field holds one value, so drop one of the two"
                ),
            );
        } else {
            taken.insert(key, field);
        }
    };
    for field in &input.fields {
        match &field.role {
            Role::Buffer(lend) | Role::Array(lend) => {
                for target in [Some(&lend.ptr), lend.position()].into_iter().flatten() {
                    claim(target.key(), field.name(), target.span());
                }
            }
            Role::Inline { at, .. } | Role::Value { at, .. } => claim(at.name(), field.name(), at.span()),
            Role::Skip => {}
        }
    }
    let mut lengths = HashSet::new();
    for field in &input.fields {
        if let Role::Buffer(Lend { len: Some(len), .. }) | Role::Array(Lend { len: Some(len), .. }) = &field.role {
            if lengths.insert(len.at.key()) {
                claim(len.at.key(), field.name(), len.at.span());
            }
        }
    }
}

/// Words that say something about a lent buffer mean nothing without one.
fn check_lone_words(errors: &Errors, input: &Struct) {
    let needs: &[(&str, &str)] = &[
        ("len", "`len` counts a buffer: it stands beside `ptr` or `array`; to copy a number into a C field use `set`"),
        (
            "len_bytes",
            "`len_bytes` counts a buffer: it stands beside `ptr` or `array`; to copy a number into a C field use `set`",
        ),
        (
            "pos",
            "`pos` says how far C has come in a buffer: it stands beside `ptr` and `len`; for a plain value say `inout = field`",
        ),
        (
            "full",
            "`full` says how much there was for a buffer: it stands beside `ptr` and `len`; for a plain value say `out = field`",
        ),
        ("advance", "`advance` is about an address and its length: it stands beside `ptr` and `len`"),
        ("null_if_empty", "`null_if_empty` is about an address: it stands beside `ptr` or `array`"),
        ("max", "`max` limits a length: it stands beside `ptr` or `array`"),
        ("read_only", "`read_only` is about an address: it stands beside `ptr`, `array` or `inline`"),
    ];
    for field in &input.fields {
        let lends = matches!(field.role, Role::Buffer(_) | Role::Array(_));
        for (word, why) in needs {
            let fits = lends || (*word == "read_only" && matches!(field.role, Role::Inline { .. }));
            if let (false, Some(said)) = (fits, field.word(word)) {
                errors.at(&said.word, why);
            }
        }
        let inout = field.word("inout").filter(|s| matches!(s.value, Value::Alone));
        if let (false, Some(said)) = (lends, inout) {
            errors.at(&said.word, "`inout` alone is about a length: it stands beside `ptr` and `len`; for a plain value say `inout = field`");
        }
    }
}

/// C reports of one buffer, through C fields that are about it alone.
fn check_reports(errors: &Errors, input: &Struct) {
    for field in &input.fields {
        let (Role::Buffer(lend) | Role::Array(lend)) = &field.role else { continue };
        let Some(Report { word, kind }) = &lend.report else { continue };
        if matches!(field.role, Role::Array(_)) {
            errors.at(
                word,
                format_args!("an array of C structs is filled anew for each call, so C cannot change what stands beside it: drop `{word}`"),
            );
        } else if input.c.is_none() {
            errors.at(
                word,
                format_args!("C changes nothing in an `iovec`: drop `{word}`; what a read filled is its return value"),
            );
        } else if let (ReportKind::Length | ReportKind::Full(_), true) = (kind, lend.read_only) {
            errors.at(word, "C reports a new length of what it wrote, and `read_only` says that it writes nothing: keep one of the two, or say with `pos` or `advance` how far it has read");
        } else if let Some(len) = &lend.len {
            // What C reports in a field of its own leaves the length alone.
            let shared = !matches!(kind, ReportKind::Position(_) | ReportKind::Full(Some(_))) && input.fields.iter().any(|other| {
                other.name() != field.name()
                    && matches!(&other.role, Role::Buffer(l) | Role::Array(l) if l.len.as_ref().is_some_and(|l| l.at.key() == len.at.key()))
            });
            if shared {
                errors.at(word, format_args!("`{}` counts several buffers, so C cannot change it for one of them: give each a length of its own, or drop `{word}`", len.at.name()));
            }
        } else {
            errors.at(word, match kind {
                ReportKind::Length => "C changes a length here, and no `len` says which: add `len = field`",
                ReportKind::Position(_) => "C's position is one in a buffer whose length it is told, and no `len` says where: add `len = field`",
                ReportKind::Full(_) => "C reports more than fits in a buffer whose length it is told, and no `len` says where: add `len = field`",
                ReportKind::Advance => "C lowers a length as it moves the address, and no `len` says which: add `len = field`",
            });
        }
    }
}

/// `iovec` is C's struct for reading and for writing, so that no word can rule the latter out.
fn check_iovecs_read_only(errors: &Errors, input: &Struct) {
    if input.c.is_some() {
        return;
    }
    for said in input.fields.iter().filter_map(|field| field.word("read_only")) {
        errors.at(
            &said.word,
            "C writes through an `iovec` in some calls (`readv`), so `read_only` would not be true: drop it; a struct of shared buffers can be lent to each call that only reads",
        );
    }
}

fn check_null_if_empty(errors: &Errors, input: &Struct) {
    for field in &input.fields {
        let (Role::Buffer(lend) | Role::Array(lend)) = &field.role else { continue };
        if lend.null_if_empty && lend.len.is_none() {
            if let Some(said) = field.word("null_if_empty") {
                errors.at(&said.word, "without a `len` C cannot see that the buffer is empty, and would follow the NULL: add `len`, or make the field an `Option`");
            }
        }
    }
}
