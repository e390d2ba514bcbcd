//! What the macros generate, written down: `expand/NAME.rs` goes in, `expand/NAME.expanded.rs` comes out.
//!
//! `expand/limits.txt` says how long each expansion may be, and `expanded.rs` compiles what is written down. After a change
//! that is meant: `PIN_FFI_EXPAND=overwrite cargo test -p pin-ffi-tests --test expand`, then read the difference. That
//! writes the expansions and lowers limits; a limit is raised by hand.

use pin_ffi_macros_library as macros;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};
use syn::punctuated::Punctuated;
use syn::{Attribute, Item, ItemStruct, Token};

#[test]
fn every_case_has_an_expansion_a_limit_and_is_compiled() {
    let cases = cases();
    assert!(cases.len() >= 15, "only {cases:?}");
    assert_eq!(limits().into_keys().collect::<Vec<_>>(), cases, "expand/limits.txt has a line for each case");
    let compiled = include_str!("expanded.rs");
    let compiled = compiled.split_once("\ncases! {").unwrap().1.split_once('}').unwrap().0;
    assert_eq!(compiled.split_whitespace().collect::<Vec<_>>(), cases, "tests/expanded.rs names each case");
    for file in fs::read_dir("expand").unwrap().map(|entry| entry.unwrap().path()) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let case = name.strip_suffix(".expanded.rs").or(name.strip_suffix(".rs"));
        assert!(
            name == "limits.txt" || case.is_some_and(|case| path(case, "rs").exists()),
            "expand/{name} has no case"
        );
    }
}

#[test]
fn expansions_are_those_written_down() {
    let mut differ = Vec::new();
    for case in &cases() {
        let path = path(case, "expanded.rs");
        let (file, _) = expand(case);
        if fs::read_to_string(&path).is_ok_and(|before| before == file) {
            continue;
        }
        if overwrite() {
            fs::write(&path, file).unwrap();
        } else {
            differ.push(format!("{}\n{}", path.display(), difference(&path, &file)));
        }
    }
    assert!(
        differ.is_empty(),
        "{}\nif this is meant: PIN_FFI_EXPAND=overwrite cargo test -p pin-ffi-tests --test expand",
        differ.join("\n")
    );
}

#[test]
fn expansions_are_no_longer_than_their_limits() {
    let mut limits = limits();
    let mut longer = String::new();
    for case in &cases() {
        let (_, size) = expand(case);
        println!("{case:<18} {:>5} lines {:>6} tokens", size.lines, size.tokens);
        let limit = limits.get_mut(case).unwrap_or_else(|| panic!("expand/limits.txt has no line for {case}"));
        if size.lines > limit.lines || size.tokens > limit.tokens {
            writeln!(longer, "{case}: {size:?}, at most {limit:?}").unwrap();
        }
        if size.lines > 0 {
            limit.lines = limit.lines.min(size.lines);
        }
        *limit = Size { lines: limit.lines, tokens: limit.tokens.min(size.tokens) };
    }
    if overwrite() {
        write_limits(&limits);
    }
    assert!(longer.is_empty(), "expansions are longer than expand/limits.txt allows:\n{longer}");
}

/// The front page's struct and function are among the cases, as they stand there.
#[test]
fn the_readmes_struct_and_function_are_cases() {
    let readme = include_str!("../../README.md");
    for (case, start) in [("packet", "#[derive"), ("readv", "    #[ffi(err")] {
        let given = fs::read_to_string(path(case, "rs")).unwrap();
        let item = &given[given.find(start).unwrap()..];
        let item = item.strip_suffix("}\n").unwrap();
        assert!(readme.contains(item), "README.md no longer has this; change expand/{case}.rs too:\n{item}");
    }
}

// ---- expanding ----

#[derive(Clone, Copy, Debug)]
struct Size {
    lines: usize,
    tokens: usize,
}

/// The case with its macros expanded, and the size of what they generated.
fn expand(case: &str) -> (String, Size) {
    let given = fs::read_to_string(path(case, "rs")).unwrap();
    let given = syn::parse_file(&given).unwrap_or_else(|error| panic!("{case}.rs: {error}"));
    let (mut all, mut generated) = (TokenStream::new(), TokenStream::new());
    for item in given.items {
        let (kept, expansion) = expand_item(item);
        all.extend([kept, expansion.clone()]);
        generated.extend(expansion);
    }
    let lines = lines(&format(case, generated.clone()));
    let file = format!("// What the macros make of {case}.rs.\n{}", format(case, all));
    (file, Size { lines, tokens: tokens(generated) })
}

/// What stays of the item, and what our macros make of it.
fn expand_item(item: Item) -> (TokenStream, TokenStream) {
    match item {
        Item::Struct(item) => expand_derives(item),
        Item::Fn(mut item) => match take_attribute(&mut item.attrs) {
            Some(arguments) => (TokenStream::new(), macros::pinned_ffi(arguments, item.into_token_stream())),
            None => (item.into_token_stream(), TokenStream::new()),
        },
        Item::ForeignMod(mut item) => match take_attribute(&mut item.attrs) {
            Some(arguments) => (TokenStream::new(), macros::pinned_ffi(arguments, item.into_token_stream())),
            None => (item.into_token_stream(), TokenStream::new()),
        },
        item => (item.into_token_stream(), TokenStream::new()),
    }
}

/// Takes `#[pinned_ffi]` away, if it is there: its arguments.
fn take_attribute(attributes: &mut Vec<Attribute>) -> Option<TokenStream> {
    let at = attributes.iter().position(|attribute| attribute.path().is_ident("pinned_ffi"))?;
    match attributes.remove(at).meta {
        syn::Meta::List(list) => Some(list.tokens),
        _ => Some(TokenStream::new()),
    }
}

fn expand_derives(mut item: ItemStruct) -> (TokenStream, TokenStream) {
    let given = item.to_token_stream();
    let mut generated = TokenStream::new();
    item.attrs.retain_mut(|attribute| {
        if !attribute.path().is_ident("derive") {
            return !attribute.path().is_ident("ffi");
        }
        let derives = attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated).unwrap();
        let mut others = Punctuated::<_, Token![,]>::new();
        for derive in derives {
            match derive.to_token_stream().to_string().as_str() {
                "FfiPinned" => generated.extend(macros::derive_ffi_pinned(given.clone())),
                "FfiChecked" => generated.extend(macros::derive_ffi_checked(given.clone())),
                "Plain" => generated.extend(macros::derive_plain(given.clone())),
                _ => others.push(derive),
            }
        }
        let any = !others.is_empty();
        *attribute = syn::parse_quote!(#[derive(#others)]);
        any
    });
    for field in &mut item.fields {
        field.attrs.retain(|attribute| !attribute.path().is_ident("ffi"));
    }
    (item.into_token_stream(), generated)
}

/// The tokens as rustfmt would write them, in short; what is no item, or an error, is a failure.
fn format(case: &str, tokens: TokenStream) -> String {
    let text = tokens.to_string();
    assert!(!text.contains("compile_error"), "{case}.rs is refused: {text}");
    let file = syn::parse2(tokens).unwrap_or_else(|error| panic!("{case}.rs: {error} in\n{text}"));
    prettyplease::unparse(&file)
}

/// How many lines the text has as this repository's rustfmt writes it; 0 without one.
fn lines(text: &str) -> usize {
    let style = concat!(env!("CARGO_MANIFEST_DIR"), "/../rustfmt.toml");
    let rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path", style])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut rustfmt) = rustfmt else {
        println!("skipped: the lines are not counted without rustfmt");
        return 0;
    };
    rustfmt.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = rustfmt.wait_with_output().unwrap();
    assert!(output.status.success(), "rustfmt refuses\n{text}");
    String::from_utf8(output.stdout).unwrap().lines().filter(|line| !line.is_empty()).count()
}

/// Each delimiter is one token.
fn tokens(stream: TokenStream) -> usize {
    let count = |tree| match tree {
        TokenTree::Group(group) => 2 + tokens(group.stream()),
        _ => 1,
    };
    stream.into_iter().map(count).sum()
}

// ---- files ----

fn overwrite() -> bool {
    env::var_os("PIN_FFI_EXPAND").is_some_and(|value| value == "overwrite")
}

fn cases() -> Vec<String> {
    let files = fs::read_dir("expand").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut cases: Vec<_> = files.filter_map(|name| Some(name.strip_suffix(".rs")?.to_owned())).collect();
    cases.retain(|name| !name.ends_with(".expanded"));
    cases.sort();
    cases
}

fn path(case: &str, extension: &str) -> PathBuf {
    Path::new("expand").join(case).with_extension(extension)
}

/// The first line that differs.
fn difference(path: &Path, now: &str) -> String {
    let before = fs::read_to_string(path).unwrap_or_default();
    let (mut before, mut now) = (before.lines(), now.lines());
    for number in 1.. {
        let (before, now) = (before.next(), now.next());
        if before != now {
            return format!("line {number}\n-{}\n+{}", before.unwrap_or(""), now.unwrap_or(""));
        }
    }
    unreachable!("they differ");
}

const LIMITS: &str = "expand/limits.txt";

fn limits() -> BTreeMap<String, Size> {
    let text = fs::read_to_string(LIMITS).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [name, lines, tokens] => {
            (name.to_owned(), Size { lines: lines.parse().unwrap(), tokens: tokens.parse().unwrap() })
        }
        _ => panic!("{LIMITS}: `{line}` is not a name, lines and tokens"),
    };
    rows.map(row).collect()
}

fn write_limits(limits: &BTreeMap<String, Size>) {
    let before = fs::read_to_string(LIMITS).unwrap();
    let comments = before.lines().filter(|line| line.starts_with('#'));
    let mut text = comments.fold(String::new(), |text, line| text + line + "\n");
    for (name, size) in limits {
        writeln!(text, "{name:<18} {:>5} {:>6}", size.lines, size.tokens).unwrap();
    }
    fs::write(LIMITS, text).unwrap();
}
