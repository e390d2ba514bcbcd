//! The derives over arbitrary tokens: never a panic, and what they answer parses or is an error.
#![no_main]

use libfuzzer_sys::arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use pin_ffi_fuzz::{Items, digest};
use pin_ffi_macros_library::{derive_ffi_checked, derive_ffi_pinned, derive_plain, derive_words};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(item) = Items::of(derive_words(), &mut Unstructured::new(bytes)).derive() {
        digest(&item, derive_ffi_pinned(item.clone()));
        digest(&item, derive_plain(item.clone()));
        digest(&item, derive_ffi_checked(item.clone()));
    }
});
