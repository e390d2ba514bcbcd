//! What the attribute says of itself.

use crate::words;
use proc_macro2::TokenStream;
use quote::quote;

/// The words in the attribute's own parentheses.
pub(crate) struct Settings {
    /// Where the runtime crate is.
    pub(crate) krate: syn::Path,
    /// What C gets if a callback panics.
    pub(crate) panic: Option<syn::Expr>,
}

impl Settings {
    /// Names in the runtime crate that only generated code uses.
    pub(crate) fn private(&self) -> TokenStream {
        let krate = &self.krate;
        quote!(#krate::__private)
    }

    /// What stands first in each function: the claim of `crate = path`, and what names in it need.
    pub(crate) fn preamble(&self) -> TokenStream {
        let (claim, import) = (words::claim(&self.krate), words::import(&self.private()));
        quote!(#claim #import)
    }
}
