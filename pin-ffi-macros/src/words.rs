//! Every word of `#[ffi(...)]`, once: what it is called, what follows it, where it may stand.

use crate::diagnostics::Errors;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Expr, Ident, LitInt, Path, Token, Type};

/// A place in a C struct: a field, or a path of fields into unions, inner structs and arrays: `a.b[2].c`.
#[derive(Clone)]
pub(crate) struct Place {
    field: Ident,
    steps: Vec<Step>,
}

#[derive(Clone)]
enum Step {
    Field(Ident),
    /// An element of an array.
    Element(syn::token::Bracket, LitInt, usize),
}

impl Place {
    /// `a.b[2]`, as the user wrote it.
    pub(crate) fn name(&self) -> String {
        self.steps.iter().fold(bare(&self.field), |name, step| match step {
            Step::Field(field) => format!("{name}.{}", bare(field)),
            Step::Element(_, _, index) => format!("{name}[{index}]"),
        })
    }

    pub(crate) fn span(&self) -> Span {
        self.field.span()
    }
}

impl Parse for Place {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut place = Self { field: input.parse()?, steps: Vec::new() };
        loop {
            place.steps.push(if input.peek(Token![.]) {
                input.parse::<Token![.]>()?;
                Step::Field(input.parse()?)
            } else if input.peek(syn::token::Bracket) {
                let inside;
                let bracket = syn::bracketed!(inside in input);
                let index: LitInt = inside.parse()?;
                let n = index.base10_parse()?;
                if !inside.is_empty() {
                    return Err(inside.error("a number"));
                }
                Step::Element(bracket, index, n)
            } else {
                return Ok(place);
            });
        }
    }
}

impl ToTokens for Place {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.field.to_tokens(tokens);
        for step in &self.steps {
            match step {
                Step::Field(field) => tokens.extend(quote::quote!(.#field)),
                // In the user's text: an index that is out of bounds is underlined there.
                Step::Element(bracket, index, _) => bracket.surround(tokens, |inside| index.to_tokens(inside)),
            }
        }
    }
}

/// An identifier without `r#`.
pub(crate) fn bare(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

/// Names that are no names without `r#`, in one edition or another.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The same tokens, with `x` for `r#x`: to the compiler they are one name, and so they are to whoever compares them.
pub(crate) fn unraw(tokens: TokenStream) -> TokenStream {
    let plain = |tree| match tree {
        TokenTree::Ident(ident) => {
            let name = bare(&ident);
            let raw = KEYWORDS.contains(&name.as_str()) || ident == name;
            TokenTree::Ident(if raw { ident } else { Ident::new(&name, ident.span()) })
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), unraw(group.stream()));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    };
    tokens.into_iter().map(plain).collect()
}

/// What may follow a word's `=`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Nothing: the word alone.
    Alone,
    /// A field of the C struct, or a path to one.
    Place,
    /// Nothing, or a field of the C struct.
    PlaceOrAlone,
    /// A path to a type or crate.
    Path,
    /// A type, or nothing.
    TypeOrAlone,
    /// An expression.
    Expr,
    /// `*n` or an expression.
    Count,
    /// A single name.
    Name,
}

impl Form {
    fn example(self, word: &str) -> String {
        match self {
            Form::Alone => format!("`{word}`"),
            Form::Place => format!("`{word} = field` (or `field.inner`, `field[0]`)"),
            Form::PlaceOrAlone => format!("`{word}` or `{word} = field` (or `field.inner`, `field[0]`)"),
            Form::Path => format!("`{word} = path`"),
            Form::TypeOrAlone => format!("`{word}` or `{word} = Type`"),
            Form::Expr => format!("`{word} = value`"),
            Form::Count => format!("`{word} = n` or `{word} = *n`"),
            Form::Name => format!("`{word} = name`"),
        }
    }
}

/// What followed a word.
pub(crate) enum Value {
    Alone,
    Place(Place),
    Path(Path),
    Type(Type),
    Expr(Expr),
    /// `*n`
    Through(Ident),
    Name(Ident),
}

/// One word as the user wrote it.
pub(crate) struct Said {
    pub(crate) word: Ident,
    pub(crate) value: Value,
}

impl Said {
    /// The user's tokens behind the `=`.
    pub(crate) fn value(&self) -> TokenStream {
        match &self.value {
            Value::Alone => TokenStream::new(),
            Value::Place(place) => place.to_token_stream(),
            Value::Path(path) => path.to_token_stream(),
            Value::Type(ty) => ty.to_token_stream(),
            Value::Expr(expr) => expr.to_token_stream(),
            Value::Through(name) | Value::Name(name) => name.to_token_stream(),
        }
    }
}

/// A table of words: name and form.
pub(crate) type Table = &'static [(&'static str, Form)];

/// On the struct of `#[derive(FfiPinned)]`.
pub(crate) const CONTAINER: Table = &[("c", Form::Path), ("crate", Form::Path)];

/// On a field of `#[derive(FfiPinned)]`.
pub(crate) const FIELD: Table = &[
    ("ptr", Form::Place),
    ("len", Form::Place),
    ("len_bytes", Form::Place),
    ("array", Form::Place),
    ("inline", Form::Place),
    ("set", Form::Place),
    ("out", Form::Place),
    ("inout", Form::PlaceOrAlone),
    ("pos", Form::Place),
    ("full", Form::Place),
    ("advance", Form::Alone),
    ("read_only", Form::Alone),
    ("null_if_empty", Form::Alone),
    ("max", Form::Expr),
    ("skip", Form::Alone),
];

/// On a parameter of a C declaration under `#[pinned_ffi]`.
pub(crate) const PARAM: Table = &[
    ("in", Form::TypeOrAlone),
    ("out", Form::TypeOrAlone),
    ("inout", Form::TypeOrAlone),
    ("len", Form::Count),
    ("len_bytes", Form::Count),
    ("filled", Form::Count),
    ("full", Form::Count),
    ("pin", Form::Alone),
    ("pin_mut", Form::Alone),
    ("checked", Form::Alone),
    ("checked_mut", Form::Alone),
    ("fd", Form::Alone),
    ("cstr", Form::Alone),
    ("nullable", Form::Alone),
    ("null_if_empty", Form::Alone),
    ("nonempty", Form::Alone),
    ("max", Form::Expr),
];

/// On a parameter of a wrapper under `#[pinned_ffi]`.
pub(crate) const WRAPPER_PARAM: Table = &[("pin", Form::Alone), ("pin_mut", Form::Alone)];

/// On a parameter of a function that C calls.
pub(crate) const CALLBACK_PARAM: Table = &[
    ("in", Form::TypeOrAlone),
    ("out", Form::TypeOrAlone),
    ("inout", Form::TypeOrAlone),
    ("len", Form::Count),
    ("cstr", Form::Alone),
    ("userdata", Form::TypeOrAlone),
    ("nullable", Form::Alone),
];

/// On a field of `#[derive(FfiChecked)]`.
pub(crate) const CHECKED: Table = &[
    ("ptr", Form::TypeOrAlone),
    ("len", Form::Expr),
    ("len_bytes", Form::Expr),
    ("cstr", Form::Alone),
    ("nested", Form::Alone),
    ("inline", Form::Alone),
    ("read_only", Form::Alone),
    ("foreign", Form::Alone),
];

/// On a C declaration under `#[pinned_ffi]`.
pub(crate) const FUNCTION: Table = &[("err", Form::Name), ("rename", Form::Name)];

/// In the parentheses of `#[pinned_ffi(...)]` itself.
pub(crate) const ATTRIBUTE: Table = &[("crate", Form::Path)];

/// In the parentheses of `#[pinned_ffi(...)]` on a function that C calls.
pub(crate) const CALLBACK: Table = &[("crate", Form::Path), ("panic", Form::Expr)];

/// The ways of `err = ...`.
pub(crate) const ERR: &[&str] = &["minus_one", "null", "nonzero", "negative_errno", "returned_errno", "none"];

/// libc's structs whose pointers and lengths the runtime crate knows; it checks the words against them.
pub(crate) const KNOWN: &[&str] =
    &["iovec", "msghdr", "mmsghdr", "sock_fprog", "ifconf", "aiocb", "addrinfo", "stack_t"];

/// Whether an attribute is `#[ffi]`.
pub(crate) fn is_words(attr: &Attribute) -> bool {
    are_words(&attr.meta)
}

/// Whether what stands in an attribute is `ffi(...)`.
pub(crate) fn are_words(meta: &syn::Meta) -> bool {
    meta.path().get_ident().is_some_and(|name| bare(name) == "ffi")
}

/// The same tokens without `#[ffi(...)]`, also under a condition: beside a syntax error each would be another one.
pub(crate) fn without_words(tokens: TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for tree in tokens {
        let TokenTree::Group(group) = tree else {
            out.push(tree);
            continue;
        };
        let hash = matches!(out.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
        if hash && group.delimiter() == Delimiter::Bracket && says_words(group.stream()) {
            out.pop();
            continue;
        }
        let mut inner = Group::new(group.delimiter(), without_words(group.stream()));
        inner.set_span(group.span());
        out.push(inner.into());
    }
    out.into_iter().collect()
}

/// Whether these are the tokens of `ffi(...)`, or of `cfg_attr(..., ffi(...))`.
fn says_words(tokens: TokenStream) -> bool {
    let mut tokens = tokens.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(name)), _) if bare(&name) == "ffi" => true,
        (Some(TokenTree::Ident(name)), Some(TokenTree::Group(group))) if bare(&name) == "cfg_attr" => {
            find(group.stream(), |name| name == "ffi").is_some()
        }
        _ => false,
    }
}

/// The words of all `#[ffi(...)]` among `attrs`. What is not a word of `table` is reported and left out.
pub(crate) fn said(errors: &Errors, attrs: &[Attribute], table: Table, whose: &str) -> Vec<Said> {
    let mut all = Vec::new();
    for attr in attrs.iter().filter(|a| is_words(a)) {
        match &attr.meta {
            syn::Meta::List(list) => all.extend(parse(errors, list.tokens.clone(), table, whose)),
            other => errors.at(other, format_args!("`#[ffi]` wants words in parentheses: {}", listed(table))),
        }
    }
    refuse_repeats(errors, &mut all);
    all
}

/// The words in `tokens`, separated by commas.
pub(crate) fn parse(errors: &Errors, tokens: TokenStream, table: Table, whose: &str) -> Vec<Said> {
    let parser = |input: ParseStream| {
        let mut all = Vec::new();
        while !input.is_empty() {
            match one(input, table, whose) {
                Ok(said) => all.push(said),
                Err(error) => {
                    errors.push(error);
                    skip_to_comma(input);
                }
            }
            if input.is_empty() {
                break;
            }
            if let Err(error) = input.parse::<Token![,]>() {
                errors.push(syn::Error::new(error.span(), "expected `,` between two words"));
                skip_to_comma(input);
                let _ = input.parse::<Token![,]>();
            }
        }
        Ok(all)
    };
    parser.parse2(tokens).unwrap_or_default()
}

fn one(input: ParseStream, table: Table, whose: &str) -> syn::Result<Said> {
    let word: Ident = syn::ext::IdentExt::parse_any(input)
        .map_err(|e| syn::Error::new(e.span(), format!("expected a word of {whose}: {}", listed(table))))?;
    let name = bare(&word);
    let word = Ident::new(&name, word.span());
    let Some(&(_, form)) = table.iter().find(|(known, _)| *known == name) else {
        let path = input.peek(Token![::]) && table.contains(&("c", Form::Path));
        skip_to_comma(input);
        let text = if path { "a C struct is named with `c = path`".to_owned() } else { unknown(&name, table, whose) };
        return Err(syn::Error::new(word.span(), text));
    };
    let form_error = |span: Span| {
        let text = match form {
            Form::Alone => format!("nothing follows `{name}`: write the word alone"),
            _ if name == "err" => format!("`err` is written `err = name`: there are `{}`", ERR.join("`, `")),
            _ => format!("`{name}` is written {}", form.example(&name)),
        };
        syn::Error::new(span, text)
    };
    if !input.peek(Token![=]) {
        return match form {
            Form::Alone | Form::PlaceOrAlone | Form::TypeOrAlone => Ok(Said { word, value: Value::Alone }),
            _ => Err(form_error(word.span())),
        };
    }
    let eq: Token![=] = input.parse()?;
    let at = |e: syn::Error| if input.is_empty() { form_error(eq.span) } else { form_error(e.span()) };
    let value = match form {
        Form::Alone => return Err(form_error(eq.span)),
        Form::Place | Form::PlaceOrAlone => Value::Place(input.parse().map_err(at)?),
        Form::Path => {
            let mut path: Path = input.parse().map_err(at)?;
            if let ("crate", 1, Some(colons)) = (name.as_str(), path.segments.len(), &mut path.leading_colon) {
                // The crate of that name, in every edition.
                colons.spans = colons.spans.map(|span| Span::call_site().located_at(span));
            }
            Value::Path(path)
        }
        Form::TypeOrAlone => Value::Type(input.parse().map_err(at)?),
        Form::Name => Value::Name(input.parse().map_err(at)?),
        Form::Count if input.peek(Token![*]) => {
            input.parse::<Token![*]>()?;
            Value::Through(input.parse().map_err(at)?)
        }
        Form::Expr | Form::Count => Value::Expr(input.parse().map_err(at)?),
    };
    let said = Said { word, value };
    // Among ours it would pass for one of ours, which are allowed where the user's are forbidden.
    match find(said.value(), |name| name == "unsafe") {
        Some(token) => Err(syn::Error::new(
            token.span(),
            format!("`{name}` takes no `unsafe`: give the value a name, in a constant"),
        )),
        None => Ok(said),
    }
}

fn skip_to_comma(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![,]) {
        // A group counts as one token, so that a comma inside it is passed over.
        let _ = input.parse::<TokenTree>();
    }
}

/// The first of two equal words stands.
fn refuse_repeats(errors: &Errors, all: &mut Vec<Said>) {
    let mut heard: Vec<String> = Vec::new();
    all.retain(|said| {
        let word = said.word.to_string();
        let repeated = heard.contains(&word);
        if repeated {
            errors.at(&said.word, format_args!("`{word}` is said twice: once is enough"));
        } else {
            heard.push(word);
        }
        !repeated
    });
}

fn listed(table: Table) -> String {
    let names: Vec<_> = table.iter().map(|(name, _)| format!("`{name}`")).collect();
    names.join(", ")
}

fn unknown(name: &str, table: Table, whose: &str) -> String {
    let known = table.iter().map(|(known, _)| *known);
    match nearest(name, known) {
        Some(near) => format!("`{name}` is not a word of {whose}: did you mean `{near}`?"),
        None => format!("`{name}` is not a word of {whose}: there are {}", listed(table)),
    }
}

/// The known name that a slip of a letter or two would turn into `name`, or that `name` begins with, or has the parts of.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let reach = match name.chars().count() {
        0..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    // `length` for `len`: as far away as a slip can be, so that a real one is preferred, and a longer beginning.
    let away = |k: &str| {
        let begins = k.len() >= 2 && name.starts_with(k);
        distance(&name, k).min(if begins { reach } else { usize::MAX })
    };
    let parts = |name: &str| {
        let mut parts: Vec<_> = name.split('_').map(str::to_owned).collect();
        parts.sort_unstable();
        parts
    };
    // `mut_pin` for `pin_mut`.
    let away = |k: &str| if parts(k) == parts(&name) { 0 } else { away(k) };
    known
        .map(|k| (away(k), usize::MAX - k.len(), k))
        .filter(|(d, _, k)| *d <= reach && *d < k.len().max(2))
        .min()
        .map(|(_, _, k)| k)
}

/// How many letters were added, left out, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = match (i, j) {
                (0, n) | (n, 0) => n,
                _ => {
                    let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(rows[i - 2][j - 2] + 1);
                    }
                    least
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

/// Whether `tokens` name any of `idents`, at any depth, spelled either way.
pub(crate) fn mentions(tokens: TokenStream, idents: &[&Ident]) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => idents.iter().any(|i| bare(i) == bare(&ident)),
        TokenTree::Group(group) => {
            debug_assert!(matches!(
                group.delimiter(),
                Delimiter::Parenthesis | Delimiter::Brace | Delimiter::Bracket | Delimiter::None
            ));
            mentions(group.stream(), idents)
        }
        _ => false,
    })
}

/// Whether `tokens` say any of `names`, at any depth, spelled either way; not as one of another module.
pub(crate) fn names(tokens: TokenStream, names: &[&str]) -> bool {
    let (mut module, mut colons) = (None, 0);
    for tree in tokens {
        match tree {
            TokenTree::Ident(ident) => {
                let elsewhere = colons == 2 && module.as_deref() != Some("self");
                let name = bare(&ident);
                if !elsewhere && names.contains(&name.as_str()) {
                    return true;
                }
                (module, colons) = (Some(name), 0);
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
            TokenTree::Group(group) if self::names(group.stream(), names) => return true,
            _ => (module, colons) = (None, 0),
        }
    }
    false
}

/// The first word in `tokens`, at any depth, that is one of those.
pub(crate) fn find(tokens: TokenStream, is_one: fn(&str) -> bool) -> Option<Ident> {
    tokens.into_iter().find_map(|tree| match tree {
        TokenTree::Ident(ident) => is_one(&bare(&ident)).then_some(ident),
        TokenTree::Group(group) => find(group.stream(), is_one),
        _ => None,
    })
}

/// Whether `name` is one of those that items of ours have in the user's scope. Nothing that a macro is given may say one.
pub(crate) fn is_ours(name: &str) -> bool {
    name == PRIVATE
        || ["__ffi_", "__FFI_", "__of_", "__pin_ffi_", "__PinFfi", "__PIN_FFI_"]
            .iter()
            .any(|start| name.starts_with(start))
}

/// Whether a macro is called in `tokens`, at any depth.
pub(crate) fn has_macro(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Punct(punct) => punct.as_char() == '!',
        TokenTree::Group(group) => has_macro(group.stream()),
        _ => false,
    })
}

/// The same tokens, whose `unsafe` blocks are the macro's own: underlined where they were, and not the user's for lints.
pub(crate) fn own_blocks(tokens: TokenStream) -> TokenStream {
    let mut tokens: Vec<_> = tokens.into_iter().collect();
    for i in 0..tokens.len() {
        if let TokenTree::Group(group) = &tokens[i] {
            let mut inner = proc_macro2::Group::new(group.delimiter(), own_blocks(group.stream()));
            inner.set_span(group.span());
            tokens[i] = inner.into();
        }
        let block = |tree: &TokenTree| matches!(tree, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace);
        if i > 0 && block(&tokens[i]) && matches!(&tokens[i - 1], TokenTree::Ident(word) if word == "unsafe") {
            for tree in &mut tokens[i - 1..=i] {
                tree.set_span(Span::mixed_site().located_at(tree.span()));
            }
        }
    }
    tokens.into_iter().collect()
}

/// Whether the crate is called by another name than its own: that can be any crate, the user's too.
fn elsewhere(krate: &Path) -> bool {
    krate.leading_colon.is_none() || krate.segments.len() != 1 || krate.segments[0].ident != "pin_ffi"
}

/// For another place than the crate itself it is a claim what is found there. Every macro shows it.
pub(crate) fn claim(krate: &Path) -> Option<TokenStream> {
    elsewhere(krate).then(|| claim_at(krate))
}

/// A block at the user's own path says to `#![forbid(unsafe_code)]` that there is a claim.
pub(crate) fn claim_at(path: &Path) -> TokenStream {
    // All of a path cannot be underlined: its last name says most.
    let last = path.segments.last().map_or_else(Span::call_site, |s| s.ident.span());
    // It does something that only `unsafe` allows: an empty block would be an unused one.
    let inside = quote::quote!(*(&() as *const ()));
    quote::quote_spanned!(last=> const _: () = unsafe { #inside };)
}

/// What generated code calls `__private` at a token of the user's. Nothing that a macro is given may say this name.
pub(crate) const PRIVATE: &str = "__ffi";

/// `__private` at a token of the user's, so that what the compiler says of the path underlines that token, and is one
/// error for all paths there. In the text of a user no path may start with `::`: in edition 2015 it would start in the
/// user's crate, where anything can be called `pin_ffi`.
pub(crate) fn private_at(span: Span) -> Ident {
    Ident::new(PRIVATE, span)
}

/// The same in text of our own: at no token of the user's.
pub(crate) fn private() -> Ident {
    private_at(Span::mixed_site())
}

/// Our own text, at a place of the user's: that is what the compiler underlines, and lints ask nothing of it.
pub(crate) fn own_at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// What is allowed in the code that is generated from an item: what the user allows on it, and its own deprecated parts.
pub(crate) fn allowed(input: &syn::DeriveInput) -> TokenStream {
    let lists = input.attrs.iter().filter_map(|attr| match &attr.meta {
        syn::Meta::List(list) if ["allow", "expect"].iter().any(|name| list.path.is_ident(name)) => Some(&list.tokens),
        _ => None,
    });
    let fields = match &input.data {
        syn::Data::Struct(data) => Some(&data.fields),
        _ => None,
    };
    let mut attrs = input.attrs.iter().chain(fields.into_iter().flatten().flat_map(|field| &field.attrs));
    let deprecated = attrs.any(|attr| attr.path().is_ident("deprecated")).then(|| quote::quote!(#[allow(deprecated)]));
    quote::quote!(#(#[allow(#lists)])* #deprecated)
}

/// What [`private_at`] names, where `p` is `__private` by its path.
pub(crate) fn import(p: &TokenStream) -> TokenStream {
    let private = Ident::new(PRIVATE, Span::call_site());
    quote::quote!(use #p as #private;)
}

/// The same tokens at `span`.
pub(crate) fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|tree| {
            // Only the place that is underlined changes. Names are still looked up where they were, and so is what a `::`
            // at the start of a path means: in edition 2015 that is the user's crate.
            let at = tree.span().located_at(span);
            let mut tree = match tree {
                TokenTree::Group(group) => Group::new(group.delimiter(), respan(group.stream(), span)).into(),
                _ => tree,
            };
            tree.set_span(at);
            tree
        })
        .collect()
}
