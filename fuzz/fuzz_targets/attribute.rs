//! `#[pinned_ffi]` over arbitrary tokens: never a panic, and what it answers parses or is an error.
#![no_main]

use libfuzzer_sys::arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use pin_ffi_fuzz::{Items, digest};
use pin_ffi_macros_library::{attribute_words, pinned_ffi};

fuzz_target!(|bytes: &[u8]| {
    if let Ok((arguments, item)) = Items::of(attribute_words(), &mut Unstructured::new(bytes)).attribute() {
        digest(format_args!("#[pinned_ffi({arguments})] {item}"), pinned_ffi(arguments.clone(), item.clone()));
    }
});
