//! Names of the user's that generated code could take for its own: it must not.
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types, non_upper_case_globals)]
#![deny(warnings)]
#![allow(unused_macros)]

use ::pin_ffi::{FfiPinned, pinned_ffi};

mod __ffi_field {
    pub struct bytes;
}
mod core {}
mod std {}
mod libc {}
mod pin_ffi {}

const LIMIT: ::core::primitive::usize = 128;
struct Result;
struct Option;
struct Ok;
struct Err;
struct Some;
struct None;
struct String;
struct Vec;
struct MaybeUninit;
type usize = Result;
type bool = Result;
fn drop() {}

macro_rules! assert {
    ($($t:tt)*) => {
        ::core::compile_error!("the user's own `assert!` was called")
    };
}
macro_rules! unreachable {
    ($($t:tt)*) => {
        ::core::compile_error!("the user's own `unreachable!` was called")
    };
}

/// Two traits with the names of all methods that generated code calls, on every type: one by value, which is tried first,
/// and one by reference.
macro_rules! grasping {
    ($($name:ident)*) => {
        trait ByValue: ::core::marker::Sized {
            $(fn $name(self) -> u8 {
                ::core::panic!("the user's own method was called")
            })*
        }
        impl<T> ByValue for T {}

        trait ByReference {
            $(fn $name(&self) -> u8 {
                ::core::panic!("the user's own method was called")
            })*
        }
        impl<T: ?::core::marker::Sized> ByReference for T {}
    };
}
grasping! {
    lend lend_mut fill fill_mut fill_all fill_all_mut take_back convert map_or write_unaligned as_ptr as_mut_ptr
    get cast lent is_none is_null unwrap_or and_then check_lent check_length check_value check_known succeeded
    counted times in_bytes read_only leads_to structs left release note checked_mul checked_add
}

/// Every field's name is one that generated code uses.
#[derive(FfiPinned)]
#[ffi(c = ::libc::msghdr)]
struct Message<'a, 'b> {
    #[ffi(ptr = msg_name, len = msg_namelen, inout, max = LIMIT)]
    self_: ::core::option::Option<::pin_ffi::OutBuf<'a, u8>>,
    #[ffi(array = msg_iov, len = msg_iovlen)]
    scratch: &'b mut [Segment<'a>],
    #[ffi(ptr = msg_control, len = msg_controllen, null_if_empty)]
    c: [u8; 16],
    #[ffi(inout = msg_flags)]
    kept: ::libc::c_int,
    #[ffi(skip)]
    r#type: (),
}

#[derive(FfiPinned)]
#[ffi(c = ::libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

#[derive(FfiPinned)]
struct Tuple<'a, T: ::pin_ffi::Plain, const N: ::core::primitive::usize>(&'a [T], [T; N]);

#[derive(FfiPinned)]
struct Raw<'a> {
    r#fn: &'a [u8],
    r#in: ::std::vec::Vec<u8>,
}

#[derive(::pin_ffi::Plain, ::core::clone::Clone, ::core::marker::Copy)]
#[repr(C)]
struct Pair {
    a: u32,
    b: u32,
}

#[derive(::pin_ffi::FfiChecked)]
#[repr(C)]
struct checked<T: ::pin_ffi::check::FfiChecked, const N: ::core::primitive::usize> {
    #[ffi(len = c, nested, read_only)]
    place: *mut T,
    c: ::core::primitive::u32,
    #[ffi(ptr, len_bytes = N)]
    shape: ::core::primitive::u64,
    #[ffi(inline)]
    r#in: one,
    #[ffi(foreign)]
    size_of: *const u8,
}

#[derive(::pin_ffi::FfiChecked)]
#[repr(C)]
struct one(*const u8);

#[pinned_ffi]
unsafe extern "C" {
    safe fn memset(
        #[ffi(inout, len = left * right + 1)] p: *mut ::libc::c_void,
        left: ::libc::c_int,
        right: ::libc::size_t,
    );
    /// Two names that are one as a type is called.
    safe fn splice(
        #[ffi(pin, len = n)] part_1: *const ::libc::iovec,
        n: ::libc::c_int,
        #[ffi(pin_mut, len = m)] part1: *const ::libc::iovec,
        m: ::libc::c_int,
    );
    unsafe fn walk(#[ffi(checked, len = check_raw)] operand: *const one, check_raw: ::libc::c_int);
    #[ffi(err = minus_one)]
    safe fn recvmsg(
        #[ffi(fd)] scratch: ::libc::c_int,
        #[ffi(pin_mut)] ret: *mut ::libc::msghdr,
        inline: ::libc::c_int,
    ) -> ::libc::ssize_t;
    #[ffi(err = minus_one)]
    safe fn read(
        #[ffi(fd)] c: ::libc::c_int,
        #[ffi(out, len = lent, filled = ret)] buf: *mut ::libc::c_void,
        lent: ::libc::size_t,
    ) -> ::libc::ssize_t;
    safe fn strlen(#[ffi(cstr)] ret: *const ::libc::c_char) -> ::libc::size_t;
}

#[pinned_ffi]
fn receive(
    scratch: ::core::primitive::i32,
    #[ffi(pin_mut)] inline: &mut Message<'_, '_>,
    #[ffi(pin)] ret: &Segment<'_>,
) -> ::std::io::Result<::core::primitive::usize> {
    let _ = (scratch, ::pin_ffi::manual::LentStruct::as_ptr(&ret));
    let _ = unsafe { ::pin_ffi::manual::LentStruct::as_mut_ptr(&mut inline) };
    ::core::result::Result::Ok(0)
}

#[pinned_ffi(panic = -1)]
extern "C" fn called(
    #[ffi(in, len = answer)] body: *const ::core::primitive::u8,
    answer: ::core::primitive::usize,
    #[ffi(userdata = Pair)] len: *mut ::libc::c_void,
) -> ::libc::c_int {
    let _ = (body.len(), len);
    0
}

fn main() {
    let (mut bytes, mut out) = ([0; 4], [0; 4]);
    let mut segments = [Segment { bytes: &mut bytes }];
    let mut message = Message {
        self_: ::core::option::Option::Some(::pin_ffi::OutBuf::new(&mut out)),
        scratch: &mut segments,
        c: [0; 16],
        kept: 0,
        r#type: (),
    };
    let segment = Segment { bytes: &mut [] };
    ::core::assert!(receive(0, &mut message, &segment).is_ok());
    ::core::assert_eq!(strlen(c"four"), 4);
}
