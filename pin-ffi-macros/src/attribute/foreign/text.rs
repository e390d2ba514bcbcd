//! Tokens in documentation and messages.

use quote::ToTokens;

/// Tokens as a person would write them.
pub(super) fn tidy(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    [
        ("* const", "*const"),
        ("* mut", "*mut"),
        (" :: ", "::"),
        (":: ", "::"),
        ("< ", "<"),
        (" <", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
        ("[ ", "["),
        (" ]", "]"),
    ]
    .iter()
    .fold(text, |text, (from, to)| text.replace(from, to))
}
