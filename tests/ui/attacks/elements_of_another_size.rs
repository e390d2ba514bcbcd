//! C counts in the size of what it declares, and a word names elements of another.
use pin_ffi::pinned_ffi;
use std::ffi::c_int;

#[pinned_ffi]
unsafe extern "C" {
    safe fn smaller(#[ffi(in = u8, len = n)] p: *const f32, n: usize);
    safe fn written(#[ffi(out = u8, len = n, filled = all)] p: *mut f32, n: usize);
    safe fn misaligned(#[ffi(inout = u8, len_bytes = n)] p: *mut u16, n: usize);
    safe fn of_no_size(#[ffi(in = [u8; 0], len = n)] p: *const u8, n: usize);
    safe fn pairs(#[ffi(out = [u32; 2], len = n, filled = ret)] p: *mut u32, n: usize) -> isize;
    safe fn words(#[ffi(out = u32, len = n, filled = all)] p: *mut u8, n: usize);
    safe fn one(#[ffi(out = u32)] p: *mut u64) -> c_int;
    safe fn wide_string(#[ffi(cstr)] s: *const u32);
}

mod text {
    #![allow(non_camel_case_types)]
    pub type c_char = u32;
    pub type c_void = u32;
}

#[pinned_ffi]
unsafe extern "C" {
    safe fn void_by_its_name(#[ffi(out = [u32; 2], len = n, filled = ret)] p: *mut text::c_void, n: usize) -> isize;
    safe fn wide_string_behind_a_name(#[ffi(cstr)] s: *const text::c_char);
}

#[pinned_ffi]
extern "C" fn called_with_bytes(#[ffi(in = u64, len = n)] p: *const u8, n: usize) {
    let _ = p;
}

#[pinned_ffi]
extern "C" fn called_with_a_wide_string(#[ffi(cstr)] s: *const u16) {
    let _ = s;
}

#[pinned_ffi]
extern "C" fn called_with_less(#[ffi(in = u64)] p: *const u32, #[ffi(inout = [u32; 16])] q: *mut u32) {
    let _ = (p, q);
}

#[pinned_ffi]
extern "C" fn called_with_bytes_for_a_word(#[ffi(out = u16, nullable)] p: *mut [u8; 2]) {
    let _ = p;
}

#[repr(C)]
struct Opaque([u8; 0]);

#[pinned_ffi]
extern "C" fn called_with_enough(
    #[ffi(in = u16)] p: *const u32,
    #[ffi(inout = u64)] q: *mut std::ffi::c_void,
    #[ffi(in = u64)] o: *const Opaque,
) {
    let _ = (p, q, o);
}

fn main() {}
