//! Only a struct fills a C struct; uses of the item add no error.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
enum Either<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
union Overlaid<'a> {
    #[ffi(ptr = iov_base)]
    text: &'a str,
    bytes: &'a [u8],
}

fn main() {
    let _ = Either::Text("").with_pinned(|_| ());
    let _ = Overlaid { text: "" }.with_pinned(|_| ());
}
