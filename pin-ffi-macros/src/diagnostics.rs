//! Collecting errors, so that one pass reports all of them.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::cell::RefCell;
use std::fmt::Display;

/// The errors found so far. Dropping it unread is a bug in this crate.
#[derive(Debug)]
pub(crate) struct Errors {
    /// `None` once they have been taken.
    found: RefCell<Option<Vec<syn::Error>>>,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { found: RefCell::new(Some(Vec::new())) }
    }

    /// Adds an error that underlines `tokens`.
    pub(crate) fn at(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error at `span`.
    pub(crate) fn at_span(&self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Adds an error that syn reported.
    pub(crate) fn push(&self, error: syn::Error) {
        if let Some(found) = self.found.borrow_mut().as_mut() {
            found.push(error);
        }
    }

    /// Removes and returns the errors after the first `n`.
    pub(crate) fn split_off(&self, n: usize) -> Vec<syn::Error> {
        self.found.borrow_mut().as_mut().map_or_else(Vec::new, |found| found.split_off(n))
    }

    /// Returns the number of errors.
    pub(crate) fn count(&self) -> usize {
        self.found.borrow().as_ref().map_or(0, Vec::len)
    }

    /// Returns a `compile_error!` for each error, or `None` if there are none.
    pub(crate) fn take(self) -> Option<TokenStream> {
        let found = self.found.borrow_mut().take().unwrap_or_default();
        if found.is_empty() {
            return None;
        }
        Some(found.iter().map(syn::Error::to_compile_error).collect())
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        let unread = self.found.borrow().is_some();
        assert!(!unread || std::thread::panicking(), "errors were collected and never reported");
    }
}
