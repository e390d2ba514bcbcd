//! A computed length is read in the middle of generated code, which may be unsafe: it is made of constants.
use pin_ffi::pinned_ffi;

static mut CAPACITY: usize = 4;

mod c {
    unsafe extern "C" {
        pub static STDIN: usize;
    }
}

#[pinned_ffi]
unsafe extern "C" {
    unsafe fn declared(#[ffi(in, len = CAPACITY)] p: *const u8);
}

#[pinned_ffi(panic = -1)]
extern "C" fn called(#[ffi(in, len = CAPACITY)] p: *const u8) -> i32 {
    p.len() as i32
}

#[pinned_ffi(panic = -1)]
extern "C" fn called_with_cs(#[ffi(in, len = c::STDIN)] p: *const u8) -> i32 {
    p.len() as i32
}

fn main() {}
