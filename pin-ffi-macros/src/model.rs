//! What the user said, in a form that the rules and the expansion can work with.

use crate::diagnostics::Errors;
use crate::words::{self, Place, Said, Value, bare};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Expr, Fields, Generics, Ident, Member, Path, Type};

/// A struct that derives `FfiPinned`.
pub(crate) struct Struct<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    /// The C struct; `None` for one `iovec` a field.
    pub(crate) c: Option<Path>,
    pub(crate) krate: Path,
    pub(crate) fields: Vec<Field<'a>>,
    pub(crate) input: &'a DeriveInput,
}

/// A field of it.
pub(crate) struct Field<'a> {
    pub(crate) member: Member,
    pub(crate) ty: &'a Type,
    pub(crate) role: Role,
    pub(crate) words: Vec<Said>,
    /// The type is one of the struct's type parameters, as it stands.
    pub(crate) is_type_param: bool,
}

/// What a field is to C.
pub(crate) enum Role {
    Buffer(Lend),
    Array(Lend),
    Inline { at: Place, read_only: bool },
    Value { at: Place, set: bool, out: bool },
    Skip,
}

/// How a buffer or an array of structs is lent.
pub(crate) struct Lend {
    pub(crate) ptr: Target,
    pub(crate) len: Option<Length>,
    pub(crate) report: Option<Report>,
    pub(crate) read_only: bool,
    pub(crate) null_if_empty: bool,
    pub(crate) max: Option<Expr>,
}

/// How C says how far it has come in a buffer.
pub(crate) struct Report {
    /// The user's word.
    pub(crate) word: Ident,
    pub(crate) kind: ReportKind,
}

pub(crate) enum ReportKind {
    /// `inout`: it changes the length.
    Length,
    /// `pos = f`: it changes a number beside the length.
    Position(Target),
    /// `full = f`: it leaves how much there was there, which may be more than fits: in the length itself, if that is `None`.
    Full(Option<Target>),
    /// `advance`: it moves the address, and lowers the length.
    Advance,
}

impl Lend {
    /// The C field beside address and length that holds a position, or how much there was.
    pub(crate) fn position(&self) -> Option<&Target> {
        match &self.report {
            Some(Report { kind: ReportKind::Position(at) | ReportKind::Full(Some(at)), .. }) => Some(at),
            _ => None,
        }
    }

    /// What C reports, if it is how far it has come rather than a new length.
    pub(crate) fn progress(&self) -> Option<&Report> {
        self.report.as_ref().filter(|report| matches!(report.kind, ReportKind::Position(_) | ReportKind::Advance))
    }

    /// What C reports, if it is in a field of its own or in the address.
    pub(crate) fn elsewhere(&self) -> Option<&Report> {
        self.report.as_ref().filter(|report| !matches!(report.kind, ReportKind::Length | ReportKind::Full(None)))
    }
}

/// The length beside a pointer.
pub(crate) struct Length {
    pub(crate) at: Target,
    /// Counted in bytes rather than elements.
    pub(crate) bytes: bool,
}

/// A C field: one that the user named, or one of the target-less form's `iovec`s.
#[derive(Clone)]
pub(crate) enum Target {
    Place(Place),
    Iovec { index: usize, field: &'static str },
}

impl Target {
    /// What stands behind `(*c)`.
    pub(crate) fn path(&self) -> TokenStream {
        match self {
            Self::Place(place) => quote!(.#place),
            Self::Iovec { index, field } => {
                let field = Ident::new(field, Span::mixed_site());
                let index = syn::Index::from(*index);
                quote!([#index].#field)
            }
        }
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Place(place) => place.name(),
            Self::Iovec { field, .. } => (*field).to_owned(),
        }
    }

    /// The same target has the same key.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Place(place) => place.name(),
            Self::Iovec { index, field } => format!("{index}.{field}"),
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Place(place) => place.span(),
            Self::Iovec { .. } => Span::mixed_site(),
        }
    }
}

impl Field<'_> {
    /// Its name without `r#`; tuple fields are called by their number.
    pub(crate) fn name(&self) -> String {
        match &self.member {
            Member::Named(ident) => bare(ident),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }

    /// How its memory is lent, if it is behind an address.
    pub(crate) fn lend(&self) -> Option<&Lend> {
        match &self.role {
            Role::Buffer(lend) | Role::Array(lend) => Some(lend),
            _ => None,
        }
    }

    /// The token that says what the field's type is: of `&'a mut [u8]`, the slice.
    pub(crate) fn at(&self) -> Span {
        let mut ty = self.ty;
        while let Type::Reference(reference) = ty {
            ty = &reference.elem;
        }
        syn::spanned::Spanned::span(ty)
    }

    /// The type, all of it at that token: what is wrong with it is one error, wherever it is used.
    pub(crate) fn type_at(&self) -> TokenStream {
        words::respan(self.ty.to_token_stream(), self.at())
    }

    pub(crate) fn word(&self, name: &str) -> Option<&Said> {
        self.words.iter().find(|s| s.word == name)
    }
}

impl<'a> Struct<'a> {
    /// Reads the input. What cannot be read is reported, and left out of the model.
    pub(crate) fn new(errors: &Errors, input: &'a DeriveInput) -> Self {
        let mut c = None;
        let mut krate = syn::parse_quote!(::pin_ffi);
        let before = errors.count();
        for Said { word, value } in words::said(errors, &input.attrs, words::CONTAINER, "the struct") {
            match (word.to_string().as_str(), value) {
                ("c", Value::Path(path)) => c = Some(path),
                ("crate", Value::Path(path)) => krate = path,
                _ => {}
            }
        }
        // What could not be read may have been the C struct.
        let target = if c.is_none() && errors.count() > before { None } else { Some(c.is_some()) };
        let fields = match &input.data {
            Data::Struct(data) => &data.fields,
            Data::Enum(data) => {
                errors.at(
                    data.enum_token,
                    "`FfiPinned` fills one C struct, and an enum has several shapes: derive it on a struct for each",
                );
                &Fields::Unit
            }
            Data::Union(data) => {
                errors.at(
                    data.union_token,
                    "`FfiPinned` must know which buffer is there, and a union does not say: derive it on a struct",
                );
                &Fields::Unit
            }
        };
        let mut iovecs = 0;
        let fields = fields
            .iter()
            .zip(fields.members())
            .filter_map(|(field, member)| {
                let span = match &member {
                    Member::Named(ident) => ident.span(),
                    Member::Unnamed(_) => syn::spanned::Spanned::span(&field.ty),
                };
                let before = errors.count();
                let words = words::said(errors, &field.attrs, words::FIELD, "a field");
                let understood = errors.count() == before;
                let role = role(errors, &words, understood, target, &mut iovecs, &member, span)?;
                let is_type_param = is_type_param(&input.generics, &field.ty);
                Some(Field { member, ty: &field.ty, role, words, is_type_param })
            })
            .collect();
        Self { ident: &input.ident, generics: &input.generics, c, krate, fields, input }
    }

    /// How many `iovec`s the target-less form fills.
    pub(crate) fn iovecs(&self) -> usize {
        self.fields.iter().filter(|f| matches!(f.role, Role::Buffer(_))).count()
    }

    /// Whether `ty` names the struct itself.
    pub(crate) fn holds_itself(&self, ty: &Type) -> bool {
        let own = bare(self.ident);
        words::names(ty.to_token_stream(), &[own.as_str(), "Self"])
    }

    /// Whether the elements of `ty` may be of another type for each of the struct's type and const parameters. What a macro
    /// says is not known here.
    pub(crate) fn is_open(&self, mut ty: &Type) -> bool {
        while let Some(elem) = elements(ty) {
            ty = elem;
        }
        let tokens = ty.to_token_stream();
        let says_self = words::find(tokens.clone(), |name| name == "Self").is_some();
        let has_params = self.generics.params.iter().any(|param| !matches!(param, syn::GenericParam::Lifetime(_)));
        has_params && (self.is_generic(&tokens) || says_self || words::has_macro(tokens))
    }

    /// The values in `ty`, as far as its form says, if they are of one type for all parameters: `S` in `Option<[S; N]>`.
    /// A name such as `Option` may mean a type of the user's, so that this is only a guess.
    pub(crate) fn likely_values<'t>(&self, mut ty: &'t Type) -> Option<&'t Type> {
        while let Some(inner) = elements(ty).or_else(|| only_argument(ty)) {
            ty = inner;
            if !self.is_open(ty) {
                while let Some(elem) = elements(ty) {
                    ty = elem;
                }
                return Some(ty);
            }
        }
        None
    }

    /// What the struct's bounds say of the elements of `ty`, as in `T: Lend<Elem = u32>`: a type that is one and the same for
    /// all that its parameters may be.
    pub(crate) fn stated_elements(&self, ty: &Type) -> Option<Type> {
        let of_params = self.generics.type_params().map(|param| (param.ident.to_token_stream(), &param.bounds));
        let of_types = self.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        let of_types = of_types.filter_map(|predicate| match predicate {
            syn::WherePredicate::Type(of) => Some((of.bounded_ty.to_token_stream(), &of.bounds)),
            _ => None,
        });
        let bounds = of_params.chain(of_types).filter(|(of, _)| {
            let params: Vec<_> = self.generics.type_params().map(|param| &param.ident).collect();
            params.iter().any(|param| words::mentions(of.clone(), &[param]) && words::mentions(quote!(#ty), &[param]))
        });
        let traits = bounds.flat_map(|(_, bounds)| bounds).filter_map(|bound| match bound {
            syn::TypeParamBound::Trait(of) => of.path.segments.last(),
            _ => None,
        });
        let mut stated = traits.flat_map(|of| match &of.arguments {
            syn::PathArguments::AngleBracketed(of) => of.args.iter().collect(),
            _ => Vec::new(),
        });
        stated.find_map(|argument| match argument {
            syn::GenericArgument::AssocType(of) if bare(&of.ident) == "Elem" && !self.is_open(&of.ty) => {
                Some(of.ty.clone())
            }
            _ => None,
        })
    }

    /// Whether `tokens` name one of the struct's type or const parameters.
    pub(crate) fn is_generic(&self, tokens: &impl ToTokens) -> bool {
        let params: Vec<_> = self
            .generics
            .type_params()
            .map(|p| &p.ident)
            .chain(self.generics.const_params().map(|p| &p.ident))
            .collect();
        words::mentions(tokens.to_token_stream(), &params)
    }
}

/// The elements of an array, a slice, or a reference to one. What a macro hands on as a type is a group of it.
fn elements(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Array(syn::TypeArray { elem, .. })
        | Type::Slice(syn::TypeSlice { elem, .. })
        | Type::Reference(syn::TypeReference { elem, .. })
        | Type::Group(syn::TypeGroup { elem, .. })
        | Type::Paren(syn::TypeParen { elem, .. }) => Some(elem),
        _ => None,
    }
}

/// `T` in `Option<T>`.
fn only_argument(ty: &Type) -> Option<&Type> {
    let Type::Path(syn::TypePath { qself: None, path, .. }) = ty else { return None };
    let syn::PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else { return None };
    match arguments.args.iter().collect::<Vec<_>>()[..] {
        [syn::GenericArgument::Type(argument)] => Some(argument),
        _ => None,
    }
}

/// Whether `ty` is one of the type parameters, as it stands.
fn is_type_param(generics: &Generics, mut ty: &Type) -> bool {
    // What a macro hands on as a type is a group of it.
    while let Type::Group(syn::TypeGroup { elem, .. }) | Type::Paren(syn::TypeParen { elem, .. }) = ty {
        ty = elem;
    }
    let Type::Path(syn::TypePath { qself: None, path, .. }) = ty else { return false };
    let Some(name) = path.get_ident().map(bare) else { return false };
    generics.type_params().any(|param| bare(&param.ident) == name)
}

/// The words that decide what a field is; exactly one of them stands on each.
const ROLES: &[&str] = &["ptr", "array", "inline", "set", "out", "inout", "skip"];

fn role(
    errors: &Errors,
    words: &[Said],
    understood: bool,
    // Whether there is a C struct; `None` if nobody knows.
    target: Option<bool>,
    iovecs: &mut usize,
    member: &Member,
    span: Span,
) -> Option<Role> {
    let alone = |name: &str| words.iter().find(|s| s.word == name && matches!(s.value, Value::Alone));
    let place = |name: &str| {
        words.iter().find_map(|s| match &s.value {
            Value::Place(place) if s.word == name => Some(place.clone()),
            _ => None,
        })
    };
    let max: Option<Expr> = words.iter().find_map(|s| match &s.value {
        Value::Expr(e) if s.word == "max" => Some(e.clone()),
        _ => None,
    });
    let read_only = alone("read_only").is_some();
    let null_if_empty = alone("null_if_empty").is_some();
    let mut report = report(errors, words);

    // `inout` alone belongs to `ptr`; `inout = f` is a value of its own.
    let chosen: Vec<_> = words
        .iter()
        .filter(|s| ROLES.iter().any(|r| s.word == r) && !(s.word == "inout" && matches!(s.value, Value::Alone)))
        .collect();
    if let [first, second, ..] = chosen[..] {
        errors.at(
            &second.word,
            format_args!(
                "`{}` and `{}` cannot stand on one field: {}",
                first.word,
                second.word,
                way_out(&first.word, &second.word)
            ),
        );
        return None;
    }
    if chosen.iter().any(|s| s.word == "skip") {
        return Some(Role::Skip);
    }

    if target != Some(true) {
        if let Some(said) = words.iter().find(|s| matches!(s.value, Value::Place(_))) {
            target?;
            errors.at(
                &said.word,
                format_args!("`{}` names a field of a C struct, and none is given: say which with `#[ffi(c = ...)]` on the struct", said.word),
            );
            return None;
        }
        let index = *iovecs;
        *iovecs += 1;
        return Some(Role::Buffer(Lend {
            ptr: Target::Iovec { index, field: "iov_base" },
            len: Some(Length { at: Target::Iovec { index, field: "iov_len" }, bytes: true }),
            report,
            read_only,
            null_if_empty,
            max,
        }));
    }

    let len = match (place("len"), place("len_bytes")) {
        (Some(_), Some(bytes)) => {
            errors.at(bytes, "`len` and `len_bytes` count the same buffer in two units: keep the one that C reads");
            None
        }
        (Some(at), None) => Some(Length { at: Target::Place(at), bytes: false }),
        (None, Some(at)) => Some(Length { at: Target::Place(at), bytes: true }),
        (None, None) => None,
    };
    if let (Some(Report { kind: ReportKind::Full(at), .. }), Some(len)) = (&mut report, &len) {
        // C's length is what it reports in.
        if at.as_ref().is_some_and(|at| at.key() == len.at.key()) {
            *at = None;
        }
    }
    let lend = |at: Place, len| Lend { ptr: Target::Place(at), len, report, read_only, null_if_empty, max };
    if let Some(at) = place("ptr") {
        Some(Role::Buffer(lend(at, len)))
    } else if let Some(at) = place("array") {
        Some(Role::Array(lend(at, len)))
    } else if let Some(at) = place("inline") {
        Some(Role::Inline { at, read_only })
    } else if let Some(at) = place("set") {
        Some(Role::Value { at, set: true, out: false })
    } else if let Some(at) = place("out") {
        Some(Role::Value { at, set: false, out: true })
    } else if let Some(at) = place("inout") {
        Some(Role::Value { at, set: true, out: true })
    } else {
        let name = match member {
            Member::Named(ident) => bare(ident),
            Member::Unnamed(index) => index.index.to_string(),
        };
        // A word that could not be read has been reported already.
        if understood {
            errors.at_span(
                span,
                format_args!("field `{name}` does not say what it is to C: `ptr`, `array` or `inline` lends it, `set`, `out` or `inout` copies it, `skip` leaves it out"),
            );
        }
        None
    }
}

/// What C reports of a buffer, which is one thing.
fn report(errors: &Errors, words: &[Said]) -> Option<Report> {
    let mut reports = words.iter().filter_map(|Said { word, value }| {
        let kind = match value {
            Value::Alone if word == "inout" => ReportKind::Length,
            Value::Place(at) if word == "pos" => ReportKind::Position(Target::Place(at.clone())),
            Value::Place(at) if word == "full" => ReportKind::Full(Some(Target::Place(at.clone()))),
            Value::Alone if word == "advance" => ReportKind::Advance,
            _ => return None,
        };
        Some(Report { word: word.clone(), kind })
    });
    let first = reports.next()?;
    for Report { word: second, .. } in reports {
        errors.at(
            &second,
            format_args!(
                "`{}` and `{second}` cannot stand on one field: `inout` is for C that changes the length, `full` for C that may report more than fits, `pos` for a number beside it, `advance` for C that moves the address and lowers the length",
                first.word
            ),
        );
    }
    Some(first)
}

/// Each forbidden pair has a text of its own.
fn way_out(first: &Ident, second: &Ident) -> &'static str {
    let pair = |a: &str, b: &str| (first == a && second == b) || (first == b && second == a);
    if pair("ptr", "array") {
        "`ptr` lends the field's own elements, `array` the C structs that its elements fill"
    } else if pair("ptr", "inline") || pair("array", "inline") {
        "`inline` stores the C struct itself, the other its address"
    } else if pair("set", "out") {
        "for both ways say `inout = field`"
    } else if pair("set", "inout") || pair("out", "inout") {
        "`inout = field` already does both"
    } else if first == "skip" || second == "skip" {
        "`skip` means that C never sees it"
    } else {
        "a buffer's address and a plain value are two C fields, so they need two Rust fields"
    }
}
