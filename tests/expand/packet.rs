use pin_ffi::FfiPinned;

// One `iovec` for each field, in order. (Another C struct is named with `#[ffi(c = ...)]`.)
#[derive(FfiPinned)]
struct Packet<'a> {
    header: [u8; 9],
    body: &'a mut [u8],
    trailer: Vec<u8>,
}
