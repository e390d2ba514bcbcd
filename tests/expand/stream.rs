use pin_ffi::{FfiPinned, OutBuf};

#[repr(C)]
struct stream {
    next_in: *const u8,
    avail_in: u32,
    next_out: *mut u8,
    avail_out: u32,
    level: i32,
    total: u64,
}

#[derive(FfiPinned)]
#[ffi(c = stream)]
struct Stream<'a> {
    #[ffi(ptr = next_in, len = avail_in, advance)]
    input: &'a [u8],
    #[ffi(ptr = next_out, len = avail_out, advance)]
    output: OutBuf<'a, u8>,
    #[ffi(set = level)]
    level: i32,
    #[ffi(out = total)]
    total: u64,
}
