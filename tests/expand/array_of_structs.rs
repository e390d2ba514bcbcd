use pin_ffi::FfiPinned;

#[repr(C)]
struct pair {
    key: *const u8,
    key_len: u16,
    value: i64,
}

#[repr(C)]
struct table {
    pairs: *const pair,
    count: u32,
}

#[derive(FfiPinned)]
#[ffi(c = pair)]
struct Pair<'a> {
    #[ffi(ptr = key, len = key_len)]
    key: &'a str,
    #[ffi(set = value)]
    value: i64,
}

#[derive(FfiPinned)]
#[ffi(c = table)]
struct Table<'a> {
    #[ffi(array = pairs, len = count)]
    pairs: &'a [Pair<'a>],
}
