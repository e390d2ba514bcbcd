//! What the fuzz targets share: Rust items made of arbitrary bytes.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Pieces that mean something in the words' values, and some that do not.
const PIECES: &[&str] = &[
    "n",
    "m",
    "p",
    "ret",
    "all",
    "self",
    "Self",
    "_",
    "r#type",
    "libc::iovec",
    "iov_base",
    "iov_len",
    "a.b.c",
    "T",
    "N",
    "'a",
    "minus_one",
    "null",
    "nonzero",
    "negative_errno",
    "returned_errno",
    "none",
    "fn",
    "struct",
    "unsafe",
    "impl",
    "dyn",
    "mut",
    "=",
    "=",
    ",",
    ",",
    ".",
    "*",
    "+",
    "-",
    "<",
    ">",
    "::",
    "->",
    "=>",
    "..",
    "#",
    "!",
    "?",
    "&",
    "|",
    ";",
    ":",
    "@",
    "$",
    "0",
    "1",
    "-1",
    "1.5",
    "0xffff_ffff_ffff_ffff_ffff",
    "1u8",
    "\"text\"",
    "c\"text\"",
    "b'x'",
    "'static",
    "true",
    "usize",
    "n * m",
    "n + 1",
    "usize::MAX",
    "{ 3 }",
    "|x| x",
    "if n { 1 } else { 2 }",
    "x as u8",
    "vec![1]",
    "\u{e4}\u{f6}",
];

const TYPES: &[&str] = &[
    "u8",
    "u32",
    "usize",
    "isize",
    "c_int",
    "libc::ssize_t",
    "libc::size_t",
    "bool",
    "T",
    "Self",
    "()",
    "!",
    "_",
    "&'a [u8]",
    "&'a mut [u8]",
    "&'static str",
    "[u8; 4]",
    "[T; N]",
    "Vec<u8>",
    "Option<&'a [T]>",
    "OutBuf<'a, u8>",
    "Box<[u8]>",
    "*const u8",
    "*mut u8",
    "*const c_void",
    "*mut libc::c_void",
    "*const c_char",
    "*mut *mut u8",
    "*const libc::iovec",
    "*mut libc::msghdr",
    "*mut c_int",
    "*const [u8; 4]",
    "*mut usize",
    "*mut u32",
    "(*const u8)",
    "fn(u8) -> u8",
    "unsafe extern \"C\" fn(*mut c_void)",
    "Option<unsafe extern \"C\" fn()>",
    "impl Fn(u8)",
    "dyn Send",
    "&dyn Fn()",
    "m!()",
    "<T as Tr>::X",
    "Filled<'_, libc::iovec>",
    "&'a mut &'b [S]",
    "&[Segment<'_>]",
    "&mut Packet<'_>",
    "&mut [Segment<'a>]",
    "io::Result<usize>",
    "Result<(), E>",
];

/// Bytes that decide which item it is.
pub struct Items<'a, 'u> {
    bytes: &'u mut Unstructured<'a>,
    words: Vec<&'static str>,
}

impl<'a, 'u> Items<'a, 'u> {
    /// Items in which these words stand.
    pub fn of(words: Vec<&'static str>, bytes: &'u mut Unstructured<'a>) -> Self {
        Self { bytes, words }
    }

    fn one_in(&mut self, n: u8) -> Result<bool> {
        self.bytes.ratio(1, n)
    }

    fn pick(&mut self, from: &[&'static str]) -> Result<&'static str> {
        self.bytes.choose(from).copied()
    }

    fn some(
        &mut self,
        at_most: usize,
        mut one: impl FnMut(&mut Self) -> Result<String>,
        between: &str,
    ) -> Result<String> {
        let mut all = Vec::new();
        for _ in 0..self.bytes.int_in_range(0..=at_most)? {
            all.push(one(self)?);
        }
        Ok(all.join(between))
    }

    fn soup(&mut self, depth: usize) -> Result<String> {
        self.some(
            8,
            |items| {
                Ok(match items.bytes.int_in_range(0..=11)? {
                    0 if depth < 4 => {
                        let inside = items.soup(depth + 1)?;
                        items.pick(&["(_)", "[_]", "{_}"])?.replace('_', &inside)
                    }
                    1..=4 => {
                        let words = items.words.clone();
                        items.pick(&words)?.to_owned()
                    }
                    5 => items.pick(TYPES)?.to_owned(),
                    _ => items.pick(PIECES)?.to_owned(),
                })
            },
            " ",
        )
    }

    /// `word`, or `word = value`.
    fn word(&mut self) -> Result<String> {
        let words = self.words.clone();
        let word = self.pick(&words)?;
        Ok(match self.bytes.int_in_range(0..=9)? {
            0..=2 => word.to_owned(),
            3 | 4 => format!("{word} = {}", self.pick(&["n", "m", "p", "q", "f0", "f1", "f2", "data", "len"])?),
            5 => format!("{word} = *{}", self.pick(&["n", "m", "p"])?),
            6 => format!("{word} = {}", self.pick(TYPES)?),
            7 => format!("{word} = {}", self.pick(PIECES)?),
            8 => {
                let some = [
                    "iov_base",
                    "iov_len",
                    "msg_iov",
                    "msg_iovlen",
                    "msg_hdr.msg_control",
                    "libc::msghdr",
                    "ret",
                    "all",
                ];
                format!("{word} = {}", self.pick(&some)?)
            }
            _ => format!("{word} = {}", self.soup(2)?),
        })
    }

    fn words(&mut self) -> Result<String> {
        if self.one_in(16)? { self.soup(0) } else { self.some(4, Self::word, ", ") }
    }

    fn attributes(&mut self, at_most: usize) -> Result<String> {
        self.some(
            at_most,
            |items| {
                Ok(match items.bytes.int_in_range(0..=15)? {
                    0 => "#[ffi]".to_owned(),
                    1 => format!("#[ffi = {}]", items.pick(&["1", "\"text\"", "n + 1"])?),
                    2 => format!("#[ffi[{}]]", items.words()?),
                    3 => format!(
                        "#[{}]",
                        items.pick(&["repr(C)", "repr(packed)", "repr(C, packed(2))", "repr(transparent)"])?
                    ),
                    4 => format!(
                        "#[{}]",
                        items.pick(&["cfg(unix)", "doc = \"text\"", "link_name = \"f\"", "must_use", "a::b(c)"])?
                    ),
                    _ => format!("#[ffi({})]", items.words()?),
                })
            },
            " ",
        )
    }

    fn ty(&mut self) -> Result<&'static str> {
        self.pick(TYPES)
    }

    fn generics(&mut self) -> Result<&'static str> {
        self.pick(&[
            "",
            "",
            "<'a>",
            "<'a, T>",
            "<'a, 'b: 'a, T: Tr + 'a, const N: usize>",
            "<T = u8>",
            "<const N: usize = 1>",
        ])
    }

    fn condition(&mut self) -> Result<&'static str> {
        self.pick(&["", "", "", "where T: Tr", "where for<'x> &'x T: Tr, [u8; N]: Sized"])
    }

    fn name(&mut self) -> Result<&'static str> {
        self.pick(&["n", "m", "p", "q", "data", "len", "r#in", "r#type", "self_", "c", "scratch", "ret", "S", "\u{e4}"])
    }

    fn fields(&mut self, named: bool) -> Result<String> {
        let mut i = 0;
        self.some(
            5,
            |items| {
                i += 1;
                let (attributes, ty) = (items.attributes(2)?, items.ty()?);
                let vis = items.pick(&["", "", "pub ", "pub(crate) "])?;
                Ok(if named { format!("{attributes} {vis}f{i}: {ty}") } else { format!("{attributes} {vis}{ty}") })
            },
            ", ",
        )
    }

    /// What a derive may stand on, or nearly.
    pub fn derive(&mut self) -> Result<TokenStream> {
        let text = if self.one_in(16)? {
            self.soup(0)?
        } else {
            let (attributes, name) = (self.attributes(2)?, self.name()?);
            let (generics, condition) = (self.generics()?, self.condition()?);
            match self.bytes.int_in_range(0..=9)? {
                0 => format!("{attributes} enum {name} {generics} {condition} {{ A {{ {} }}, B }}", self.fields(true)?),
                1 => format!("{attributes} union {name} {generics} {condition} {{ {} }}", self.fields(true)?),
                2 => format!("{attributes} struct {name} {generics} {condition};"),
                3 | 4 => format!("{attributes} struct {name} {generics} ({}) {condition};", self.fields(false)?),
                _ => format!("{attributes} pub struct {name} {generics} {condition} {{ {} }}", self.fields(true)?),
            }
        };
        self.tokens(&text)
    }

    fn parameters(&mut self) -> Result<String> {
        self.some(
            5,
            |items| {
                let (attributes, ty) = (items.attributes(2)?, items.ty()?);
                Ok(match items.bytes.int_in_range(0..=19)? {
                    0 => format!("{attributes} &mut self"),
                    1 => format!("{attributes} (a, b): {ty}"),
                    2 => format!("{attributes} mut x: {ty}"),
                    3 => format!("{attributes} _: {ty}"),
                    4 => format!("{attributes} ..."),
                    _ => format!("{attributes} {}: {ty}", items.name()?),
                })
            },
            ", ",
        )
    }

    fn signature(&mut self) -> Result<String> {
        let (name, parameters) = (self.name()?, self.parameters()?);
        let generics = if self.one_in(6)? { self.generics()? } else { "" };
        let output = if self.one_in(3)? { String::new() } else { format!("-> {}", self.ty()?) };
        Ok(format!("fn {name} {generics} ({parameters}) {output}"))
    }

    /// What the attribute may stand on, or nearly; with what stands in its own parentheses.
    pub fn attribute(&mut self) -> Result<(TokenStream, TokenStream)> {
        let arguments = if self.one_in(4)? { self.words()? } else { String::new() };
        let text = match self.bytes.int_in_range(0..=19)? {
            0 => self.soup(0)?,
            1 => {
                let attributes = self.attributes(2)?;
                format!(
                    "{attributes} {}",
                    self.pick(&["struct S;", "mod m {}", "static S: u8 = 1;", "impl S {}", "use a;", "m! {}"])?
                )
            }
            2..=5 => {
                let qualifier = self.pick(&["", "", "", "async", "const", "unsafe", "pub(crate)"])?;
                format!("{} {qualifier} {} {{ body }}", self.attributes(1)?, self.signature()?)
            }
            6..=8 => format!("{} unsafe extern \"C\" {} {{ 0 }}", self.attributes(1)?, self.signature()?),
            _ => {
                let (attributes, unsafety) = (self.attributes(1)?, self.pick(&["unsafe", "unsafe", "unsafe", ""])?);
                let functions = self.some(
                    3,
                    |items| {
                        let safety = items.pick(&["safe", "safe", "unsafe", ""])?;
                        Ok(match items.bytes.int_in_range(0..=15)? {
                            0 => format!("{} static S: {};", items.attributes(1)?, items.ty()?),
                            1 => format!("{} type T;", items.attributes(1)?),
                            _ => format!("{} pub {safety} {};", items.attributes(2)?, items.signature()?),
                        })
                    },
                    " ",
                )?;
                format!("{attributes} {unsafety} extern \"C\" {{ {functions} }}")
            }
        };
        Ok((self.tokens(&arguments)?, self.tokens(&text)?))
    }

    /// The tokens of a text, here and there in a group without delimiters, as macros leave them.
    fn tokens(&mut self, text: &str) -> Result<TokenStream> {
        let Ok(tokens) = text.parse::<TokenStream>() else { return Ok(TokenStream::new()) };
        if self.one_in(2)? { Ok(tokens) } else { self.grouped(tokens) }
    }

    fn grouped(&mut self, tokens: TokenStream) -> Result<TokenStream> {
        let mut all = Vec::new();
        for tree in tokens {
            let tree = match tree {
                TokenTree::Group(group) => Group::new(group.delimiter(), self.grouped(group.stream())?).into(),
                other => other,
            };
            let invisible = !self.bytes.is_empty() && self.one_in(24)?;
            all.push(if invisible { Group::new(Delimiter::None, tree.into()).into() } else { tree });
        }
        Ok(all.into_iter().collect())
    }
}

/// What a macro may answer with: an error, or Rust that parses.
pub fn digest(input: impl std::fmt::Display, output: TokenStream) {
    if let Err(error) = syn::parse2::<syn::File>(output.clone()) {
        let text = output.to_string();
        assert!(text.contains("compile_error"), "{error}\nof: {input}\nin: {text}");
    }
}
