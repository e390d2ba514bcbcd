use pin_ffi::{FfiPinned, OutBuf};

#[repr(C)]
struct block {
    bytes: *mut u8,
    len: usize,
}

#[repr(C)]
struct job {
    from: block,
    to: block,
    id: u64,
}

#[derive(FfiPinned)]
#[ffi(c = block)]
struct From<'a> {
    #[ffi(ptr = bytes, len = len, read_only)]
    bytes: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = block)]
struct To<'a> {
    #[ffi(ptr = bytes, len = len, inout)]
    bytes: OutBuf<'a, u8>,
}

#[derive(FfiPinned)]
#[ffi(c = job)]
struct Job<'a> {
    #[ffi(inline = from)]
    from: From<'a>,
    #[ffi(inline = to)]
    to: To<'a>,
    #[ffi(inout = id)]
    id: u64,
}
