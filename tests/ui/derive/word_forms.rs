//! What follows a word is wrong, missing or too much: the error shows how it is written, and nothing else is said.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c)]
struct Bare<'a>(&'a [u8]);

#[derive(FfiPinned)]
#[ffi]
struct NoWords<'a>(&'a [u8]);

#[derive(FfiPinned)]
#[ffi = "c"]
struct Value<'a>(&'a [u8]);

#[derive(FfiPinned)]
#[ffi(c = some::message)]
struct Message<'a> {
    #[ffi(ptr, len = a_len)]
    alone: &'a [u8],
    #[ffi(ptr = "iov_base")]
    text: &'a [u8],
    #[ffi(ptr = )]
    nothing: &'a [u8],
    #[ffi(ptr(iov_base))]
    parentheses: &'a [u8],
    #[ffi(ptr = b len = b_len)]
    comma: &'a [u8],
    #[ffi(ptr = c, 3)]
    number: &'a [u8],
    #[ffi(ptr = d, read_only = true)]
    flag: &'a [u8],
    #[ffi(ptr = e, max)]
    max: &'a [u8],
    #[ffi(ptr = f.0)]
    path: &'a [u8],
}

fn main() {}
