//! Tests that the macros always produce Rust code that parses, and never panic, for any tokens in the attributes.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use std::panic::catch_unwind;
use syn::File;

/// Tokens that occur in valid words, and some that do not.
const PIECES: &[&str] = &[
    "c",
    "crate",
    "ptr",
    "len",
    "len_bytes",
    "array",
    "inline",
    "set",
    "out",
    "inout",
    "pos",
    "full",
    "advance",
    "in",
    "read_only",
    "null_if_empty",
    "nonempty",
    "max",
    "skip",
    "filled",
    "pin",
    "pin_mut",
    "fd",
    "cstr",
    "nullable",
    "userdata",
    "err",
    "rename",
    "panic",
    "ret",
    "all",
    "minus_one",
    "null",
    "n",
    "m",
    "p",
    "iov_base",
    "iov_len",
    "a.b.c",
    "libc::iovec",
    "r#type",
    "self",
    "Self",
    "_",
    "fn",
    "struct",
    "unsafe",
    "=",
    "=",
    "=",
    "=",
    ",",
    ",",
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
    "#",
    "!",
    "?",
    "0",
    "1",
    "-1",
    "1.5",
    "\"text\"",
    "c\"text\"",
    "b'x'",
    "'a",
    "'static",
    "[u8; 4]",
    "u32",
    "&mut",
    "|x|",
    "{ 3 }",
    "n * m",
    "usize::MAX",
    "\u{e4}\u{f6}",
];

/// A random number generator with a fixed seed (Knuth's constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn soup(&mut self) -> TokenStream {
        let mut tokens = TokenStream::new();
        for _ in 0..self.below(9) {
            if self.below(12) == 0 {
                let delimiter =
                    [Delimiter::Parenthesis, Delimiter::Bracket, Delimiter::Brace, Delimiter::None][self.below(4)];
                let inside = self.soup();
                tokens.extend([TokenTree::from(Group::new(delimiter, inside))]);
            } else {
                tokens.extend(PIECES[self.below(PIECES.len())].parse::<TokenStream>().unwrap());
            }
        }
        tokens
    }
}

/// Checks that the output of `expand` parses.
fn digest(rounds: usize, expand: impl Fn(&mut Numbers) -> (TokenStream, TokenStream) + std::panic::RefUnwindSafe) {
    for round in 0..rounds {
        let (input, output) =
            catch_unwind(|| expand(&mut Numbers(round as u64))).unwrap_or_else(|_| panic!("round {round} panicked"));
        if let Err(error) = syn::parse2::<File>(output.clone()) {
            panic!("round {round}: {error}\nof: {input}\nin: {output}");
        }
    }
}

#[test]
fn derive() {
    digest(4000, |numbers| {
        let (a, b, c, d) = (numbers.soup(), numbers.soup(), numbers.soup(), numbers.soup());
        let input = match numbers.below(3) {
            0 => quote!(
                #[ffi(#a)]
                struct S<'a, T, const N: usize> {
                    #[ffi(#b)]
                    r#in: &'a [T; N],
                    #[ffi(#c)]
                    #[ffi(#d)]
                    y: Vec<u8>,
                }
            ),
            1 => quote!(#[ffi(c = libc::iovec)] #[ffi #a] struct S<'a>(#[ffi(#b)] &'a [u8], #[ffi(#c, #d)] u8);),
            _ => quote!(#[ffi(#a)] #[repr #b] enum E { #[ffi(#c)] A { #[ffi(#d)] x: u8 } }),
        };
        (input.clone(), crate::tokens::derive(input))
    });
}

#[test]
fn plain() {
    digest(1000, |numbers| {
        let (a, b) = (numbers.soup(), numbers.soup());
        let input = quote!(
            #[ffi(#a)]
            #[repr(#b)]
            struct S {
                x: u8,
                r#y: [u8; 3],
            }
        );
        (input.clone(), crate::tokens::derive_plain(input))
    });
}

#[test]
fn attribute() {
    digest(8000, |numbers| {
        let (a, b, c, d) = (numbers.soup(), numbers.soup(), numbers.soup(), numbers.soup());
        let item = match numbers.below(4) {
            0 => quote!(
                unsafe extern "C" {
                    #[ffi(#b)]
                    pub safe fn f(#[ffi(#c)] p: *mut u8, #[ffi(#d)] n: usize, m: *mut u32) -> isize;
                }
            ),
            1 => quote!(
                unsafe extern "C" {
                    #[ffi(err = minus_one)]
                    fn f(
                        #[ffi(in, #c)] r#in: *const libc::c_void,
                        #[ffi(pin_mut, #d)] _: *mut libc::iovec,
                        n: u8,
                    ) -> *mut u8;
                    static S: u8;
                }
            ),
            2 => quote!(
                #[cfg(#b)]
                fn f<'a>(#[ffi(#c)] a: &'a mut S, #[ffi(#d)] b: &[S]) -> Result<(), E> {
                    b
                }
            ),
            _ => quote!(
                extern "C" fn f(#[ffi(#c)] p: *mut u8, #[ffi(#d)] n: usize, #[ffi(#b)] q: *const c_void) -> u8 {
                    0
                }
            ),
        };
        let output = crate::tokens::pinned_ffi(a.clone(), item.clone());
        (quote!(#[pinned_ffi(#a)] #item), output)
    });
}
