//! Items beside a declaration, as bindings have them: none is taken for a variable of generated code, nor for a parameter.
#![allow(non_camel_case_types, non_upper_case_globals, dead_code)]
#![deny(warnings)]

use pin_ffi::pinned_ffi;
use std::ffi::{c_char, c_int, c_void};
use std::io;
use std::os::fd::BorrowedFd;

use structs::{Message, Segment, checked};

mod structs {
    use pin_ffi::FfiPinned;

    #[derive(pin_ffi::FfiChecked)]
    #[repr(C)]
    pub struct checked(*const u8);

    #[derive(FfiPinned)]
    #[ffi(c = libc::iovec)]
    pub struct Segment<'a> {
        #[ffi(ptr = iov_base, len = iov_len)]
        bytes: &'a mut [u8],
    }

    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    pub struct Message {
        #[ffi(inout = msg_flags)]
        flags: i32,
    }
}

macro_rules! statics { ($($name:ident)*) => { $(static $name: c_int = 0;)* } }
macro_rules! constants { ($($name:ident)*) => { $(const $name: c_int = 0;)* } }
macro_rules! newtypes { ($($name:ident)*) => { $(pub struct $name(pub u32);)* } }
macro_rules! units { ($($name:ident)*) => { $(pub struct $name;)* } }

// A parameter's own name, and names that are near to generated code.
statics! { fd lent_buf kept_iov c_n room inline ret }
constants! { buf error value left operand_n agreed lent_iov scratch done_buf out_buf buf_buf s }
newtypes! { n iov kept array right c_iovcnt value_iov some_p least_p entered_p body }
units! { iovcnt answer len_p c text msg map base call }

#[pinned_ffi]
unsafe extern "C" {
    #[ffi(err = minus_one)]
    safe fn read(#[ffi(fd)] fd: c_int, #[ffi(out, len = n, filled = ret)] buf: *mut c_void, n: usize) -> isize;
    #[ffi(err = minus_one)]
    safe fn writev(#[ffi(fd)] fd: c_int, #[ffi(pin, len = iovcnt)] iov: *const libc::iovec, iovcnt: c_int) -> isize;
    #[ffi(err = minus_one)]
    safe fn recvmsg(#[ffi(fd)] s: c_int, #[ffi(pin_mut, nullable)] msg: *mut libc::msghdr, room: c_int) -> isize;
    safe fn memset(#[ffi(inout, len = left * right + 1)] s: *mut c_void, left: c_int, right: usize);
    safe fn memcpy(#[ffi(inout, len = n)] buf: *mut c_void, #[ffi(in, len = n)] c: *const c_void, n: usize);
    safe fn puts(#[ffi(cstr, nullable)] text: *const c_char) -> c_int;
    unsafe fn plain(#[ffi(checked, len = n)] base: *const checked, n: c_int, #[ffi(in)] map: *const u8);
    safe fn abs(r#error: c_int) -> c_int;
}

mod wrapper {
    use super::*;
    #[pinned_ffi]
    fn receive(
        s_: BorrowedFd<'_>,
        #[ffi(pin_mut)] segment: &mut Segment<'_>,
        #[ffi(pin)] others: &[Segment<'_>],
    ) -> io::Result<usize> {
        let _ = (s_, segment.as_ptr(), others.len());
        Ok(0)
    }
    pub(super) const RECEIVE: fn(BorrowedFd<'_>, &mut Segment<'_>, &[Segment<'_>]) -> io::Result<usize> = receive;
}

#[pinned_ffi(panic = -1)]
extern "C" fn called(#[ffi(in, len = w * h)] p: *const u8, w: c_int, h: usize, #[ffi(userdata = u8)] u: *mut c_void) -> c_int {
    *u += p.len() as u8;
    w + h as c_int
}

fn main() {
    let _ = (read::<&mut [u8]>, writev::<[&[u8]]>, memset, memcpy, puts, plain, abs, called, wrapper::RECEIVE);
    assert_eq!(abs(-3), 3);
    assert_eq!(puts(Some(c"")), puts(Some(c"")));
    let _ = recvmsg::<Message>;
}
