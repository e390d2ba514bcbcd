//! What ends at a zero of two bytes is not looked through byte by byte.
use pin_ffi::FfiChecked;
use std::ffi::c_char;

#[derive(FfiChecked)]
#[repr(C)]
struct text(#[ffi(cstr)] *const u16);

#[derive(FfiChecked)]
#[repr(C)]
struct table(#[ffi(cstr)] *const *const u32);

#[derive(FfiChecked)]
#[repr(C)]
struct number(#[ffi(ptr = u16, cstr)] usize);

#[derive(FfiChecked)]
#[repr(C)]
struct narrow {
    #[ffi(cstr)]
    text: *const u8,
    #[ffi(cstr)]
    table: *const *mut c_char,
    #[ffi(ptr, cstr)]
    number: usize,
}

fn main() {}
