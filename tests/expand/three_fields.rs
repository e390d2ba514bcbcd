use pin_ffi::{FfiPinned, OutBuf};

#[repr(C)]
struct request {
    input: *const u8,
    input_len: u32,
    output: *mut u8,
    output_len: u32,
    flags: u32,
}

#[derive(FfiPinned)]
#[ffi(c = request)]
struct Request<'a> {
    #[ffi(ptr = input, len = input_len)]
    input: &'a [u8],
    #[ffi(ptr = output, len = output_len, inout)]
    output: OutBuf<'a, u8>,
    #[ffi(set = flags)]
    flags: u32,
}
