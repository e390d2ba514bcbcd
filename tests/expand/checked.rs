use pin_ffi::FfiChecked;

#[derive(FfiChecked)]
#[repr(C)]
struct leaf {
    #[ffi(len = n)]
    data: *mut u32,
    n: u8,
}

#[derive(FfiChecked)]
#[repr(C)]
struct branch {
    #[ffi(cstr)]
    name: *const std::ffi::c_char,
    #[ffi(len = count, nested)]
    leaves: *const leaf,
    count: usize,
}
