//! A string without its end, and a list that safe code made up; what can be lent is.

use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::addrinfo)]
struct Name<'a> {
    #[ffi(ptr = ai_canonname)]
    name: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::addrinfo)]
struct Next {
    #[ffi(set = ai_next)]
    next: usize,
}

#[derive(FfiPinned)]
#[ffi(c = libc::stack_t)]
struct Stack<'a> {
    #[ffi(ptr = ss_sp)]
    memory: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::addrinfo)]
struct Hints {
    #[ffi(set = ai_family)]
    family: libc::c_int,
}

fn main() {}
