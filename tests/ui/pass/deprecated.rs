//! Whoever deprecates an item is not told so by the code that is generated from it; an `allow` on the item reaches that code.
#![deny(warnings)]
#![allow(dead_code)]
mod m {
    use pin_ffi::{FfiChecked, FfiPinned, Plain, pinned_ffi};
    #[repr(C)]
    pub struct c_t {
        pub p: *mut u8,
        #[deprecated]
        pub n: u8,
    }
    #[deprecated(note = "use the other")]
    #[derive(FfiPinned)]
    #[ffi(c = libc::iovec)]
    pub struct Old<'a> {
        #[ffi(ptr = iov_base, len = iov_len)]
        b: &'a mut [u8],
    }
    #[derive(FfiPinned)]
    #[ffi(c = c_t)]
    pub struct Field<'a> {
        #[deprecated]
        #[ffi(ptr = p, len = n)]
        b: &'a mut [u8],
        #[deprecated]
        #[ffi(skip)]
        k: u8,
    }
    #[derive(FfiPinned)]
    pub struct Run<'a> {
        #[deprecated]
        b: &'a mut [u8],
    }
    #[deprecated]
    #[derive(FfiChecked)]
    #[repr(C)]
    pub struct Chk {
        #[ffi(len = n)]
        p: *mut u8,
        #[deprecated]
        n: u8,
    }
    #[deprecated]
    #[derive(Plain, Clone, Copy)]
    #[repr(C)]
    pub struct Pl {
        #[deprecated]
        a: u32,
        b: u32,
    }
    #[pinned_ffi]
    unsafe extern "C" {
        #[deprecated]
        pub safe fn strlen(#[ffi(cstr)] s: *const std::ffi::c_char) -> usize;
    }
    #[deprecated]
    #[pinned_ffi]
    pub fn wrap(#[ffi(pin)] i: &Run<'_>) -> std::io::Result<usize> {
        {
            let _ = i;
            Ok(1)
        }
    }
    #[deprecated]
    #[pinned_ffi]
    pub extern "C" fn cb(#[ffi(cstr)] s: *const std::ffi::c_char) -> usize {
        s.count_bytes()
    }
}

#[deprecated]
#[allow(deprecated, dead_code)]
#[derive(pin_ffi::FfiPinned, Clone, Debug, PartialEq, Default, Hash)]
pub struct Allowed {
    b: [u8; 2],
}

#[deprecated]
#[repr(transparent)]
#[derive(Clone, Copy, pin_ffi::Plain)]
pub struct Unit(u8);

#[expect(deprecated)]
#[derive(pin_ffi::FfiPinned)]
pub struct OfDeprecated<'a> {
    units: &'a [Unit],
    more: &'a mut [u8],
}

fn main() {}
