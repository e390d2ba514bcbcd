//! Elements that C would miscount, in a generic struct: found for the types that it is used with, when the program is built.
#![allow(non_camel_case_types)]
use pin_ffi::{FfiPinned, manual::NoPadding};

#[repr(C)]
struct samples {
    data: *const u32,
    n: usize,
}

#[derive(FfiPinned)]
#[ffi(c = samples)]
struct Samples<'a, T: NoPadding> {
    #[ffi(ptr = data, len = n)]
    samples: &'a [T],
}

fn main() {
    let _ = Samples { samples: &[0u32] }.with_pinned(|_| ());
    let _ = Samples { samples: &[0u64] }.with_pinned(|_| ());
    let _ = Samples { samples: &[0u8] }.with_pinned(|_| ());
}
