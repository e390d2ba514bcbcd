//! What each field comes to: its rows of the table, and what a fill keeps of it for taking back.

use super::names;
use crate::model::{Field, Lend, Length, ReportKind, Role, Struct, Target};
use crate::words;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;

/// A struct, field by field.
pub(super) struct Plan<'a> {
    pub(super) input: &'a Struct<'a>,
    pub(super) rows: Vec<Row<'a>>,
    /// How many places the table has.
    pub(super) places: usize,
    /// Lengths that count several fields, by their rows.
    pub(super) shared: Vec<(&'a Target, Vec<usize>)>,
}

/// A field that C sees.
pub(super) struct Row<'a> {
    pub(super) field: &'a Field<'a>,
    /// Where it stands in the table.
    pub(super) place: usize,
    pub(super) length: Counted<'a>,
    pub(super) read_only: ReadOnly,
    /// What is kept of it for taking back.
    pub(super) kept: Option<Kept>,
}

/// The length beside an address.
pub(super) enum Counted<'a> {
    /// There is none.
    Not,
    /// It counts this field alone.
    Alone(&'a Length),
    /// It counts several. The first of them has it in the table.
    Shared { length: &'a Length, first: bool },
}

/// Whether C never writes through an address.
#[derive(Clone, Copy)]
pub(super) enum ReadOnly {
    /// It is known from the words.
    Known(bool),
    /// C's declaration says it: the table at this place, if that is one for all parameters.
    Table(usize),
    /// C's declaration says it, and this number of the array that is looked up in it.
    Declared(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Capacity,
    Array,
    Inline,
}

impl<'a> Plan<'a> {
    pub(super) fn new(input: &'a Struct<'a>) -> Self {
        let mut plan = Self { input, rows: Vec::new(), places: 0, shared: Vec::new() };
        let keys = |field: &Field| field.lend().and_then(|lend| lend.len.as_ref()).map(|len| len.at.key());
        let all: Vec<_> = input.fields.iter().filter_map(keys).collect();
        let mut declared = 0;
        // A C struct with parameters has no one declaration that could be looked up here.
        let generic = input
            .c
            .as_ref()
            .is_none_or(|path| input.is_generic(path) || path.segments.iter().any(|s| !s.arguments.is_none()));
        for field in input.fields.iter().filter(|field| !matches!(field.role, Role::Skip)) {
            let length = plan.length(field, &all);
            let read_only = match &field.role {
                Role::Buffer(lend) if lend.read_only => ReadOnly::Known(true),
                // What C fills may be written through, whatever C's declaration says: `Fill`.
                Role::Buffer(lend) if lend.report.is_some() && lend.progress().is_none() => ReadOnly::Known(false),
                Role::Buffer(lend) if !generic && (!is_exclusive(field.ty) || lend.progress().is_some()) => {
                    // The table asks for the progress that is made, and cannot be asked for it.
                    if plan.is_concrete() && lend.progress().is_none() {
                        ReadOnly::Table(plan.places)
                    } else {
                        declared += 1;
                        ReadOnly::Declared(declared - 1)
                    }
                }
                Role::Buffer(_) => ReadOnly::Known(false),
                Role::Array(Lend { read_only, .. }) | Role::Inline { read_only, .. } => ReadOnly::Known(*read_only),
                Role::Value { .. } | Role::Skip => ReadOnly::Known(true),
            };
            let kept = match &field.role {
                Role::Buffer(lend) if lend.report.is_some() => Some(Kept::Capacity),
                Role::Array(Lend { read_only: false, .. }) => Some(Kept::Array),
                Role::Inline { read_only: false, .. } => Some(Kept::Inline),
                _ => None,
            };
            let place = plan.places;
            plan.places += 1;
            plan.places += usize::from(matches!(length, Counted::Alone(_) | Counted::Shared { first: true, .. }));
            plan.places += usize::from(field.lend().is_some_and(|lend| lend.position().is_some()));
            plan.rows.push(Row { field, place, length, read_only, kept });
        }
        plan
    }

    fn length(&mut self, field: &'a Field<'a>, all: &[String]) -> Counted<'a> {
        let Some(length) = field.lend().and_then(|lend| lend.len.as_ref()) else { return Counted::Not };
        let key = length.at.key();
        if all.iter().filter(|other| **other == key).count() == 1 {
            return Counted::Alone(length);
        }
        let row = self.rows.len();
        let group = self.shared.iter_mut().find(|(target, _)| target.key() == key);
        let first = group.is_none();
        match group {
            Some((_, rows)) => rows.push(row),
            None => self.shared.push((&length.at, vec![row])),
        }
        Counted::Shared { length, first }
    }

    /// Whether the table is one and the same, whatever the struct's parameters are.
    pub(super) fn is_concrete(&self) -> bool {
        self.input.generics.lifetimes().count() == self.input.generics.params.len()
    }

    /// The types of what a fill keeps.
    pub(super) fn kept_types(&self) -> Vec<TokenStream> {
        let of = |row: &Row| {
            let (ty, at) = (row.field.type_at(), crate::words::private_at(row.field.at()));
            Some(match row.kept? {
                Kept::Capacity => quote!(#at::usize),
                Kept::Array => quote_spanned!(row.field.at()=> <#ty as #at::FfiArray>::Kept),
                Kept::Inline => quote_spanned!(row.field.at()=> <#ty as #at::FfiPinned>::Kept),
            })
        };
        self.rows.iter().filter_map(of).collect()
    }
}

impl Row<'_> {
    /// What is lent of the field, as a name of our own.
    pub(super) fn local(&self) -> Ident {
        let name = self.field.name();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        // A name that is not written as locals are would be the user's to answer for.
        if name.chars().all(plain) && !name.contains("__") && !name.starts_with('_') && !name.ends_with('_') {
            format_ident!("__of_{}", name, span = Span::mixed_site())
        } else {
            format_ident!("__of_{}", self.place, span = Span::mixed_site())
        }
    }

    /// Whether C reports how far it has come, rather than a new length.
    pub(super) fn progress(&self) -> bool {
        self.field.lend().is_some_and(|lend| lend.progress().is_some())
    }

    /// Where the position stands in the table: behind the address, and the length if that is there.
    pub(super) fn position(&self) -> usize {
        self.place + 1 + usize::from(matches!(self.length, Counted::Alone(_) | Counted::Shared { first: true, .. }))
    }

    pub(super) fn report(&self) -> Option<&ReportKind> {
        self.field.lend().and_then(|lend| lend.report.as_ref()).map(|report| &report.kind)
    }

    /// The constant that says whether C never writes through the field.
    pub(super) fn read_only(&self, plan: &Plan) -> TokenStream {
        match self.read_only {
            ReadOnly::Known(known) => quote!(#known),
            ReadOnly::Table(n) => {
                let (p, n) = (words::private(), names::unsuffixed(n));
                let value = names::concrete(plan.input);
                quote!({ #p::reads_only::<#value>(#n) })
            }
            ReadOnly::Declared(n) => {
                let all = names::constant("READ_ONLY");
                let n = names::unsuffixed(n);
                quote!({ #all[#n] })
            }
        }
    }
}

/// Whether a buffer of this type may always be written through: the type says so by its form, which no name can change.
pub(super) fn is_exclusive(ty: &Type) -> bool {
    match ty {
        Type::Array(_) => true,
        Type::Reference(reference) => {
            reference.mutability.is_some() && matches!(&*reference.elem, Type::Array(_) | Type::Slice(_))
        }
        Type::Group(group) => is_exclusive(&group.elem),
        Type::Paren(paren) => is_exclusive(&paren.elem),
        _ => false,
    }
}
