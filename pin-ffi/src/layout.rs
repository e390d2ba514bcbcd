//! What is known of the C structs of `libc`: which field is an address, and which one counts it.
//!
//! A derive's words are a claim about a C struct: "this field is the address, that one the length". For the structs
//! here the claim is checked at compile time, so that no words, right or wrong, let safe code hand C a length that is
//! not the buffer's. For a struct that is not here, the derive itself is the claim, as an `unsafe extern` block is, and
//! `#![forbid(unsafe_code)]` refuses it.

use core::marker::PhantomData;
#[cfg(unix)]
use core::mem::offset_of;

/// An address in a C struct.
#[derive(Debug, Clone, Copy)]
pub struct Pointer {
    /// Offset of the address, in bytes.
    ptr: usize,
    /// Offset of the length that counts it, if there is one.
    len: Option<usize>,
    /// The length counts bytes.
    bytes: bool,
    /// Whether some call writes through it.
    written: bool,
    /// It leads to C structs that hold addresses themselves.
    nested: bool,
}

/// The addresses of one C struct, or `None` if it is not known.
#[derive(Debug, Clone, Copy)]
pub struct Map(Option<&'static [Pointer]>);

/// Looks a struct up: `StructMap::<C>::MAP` is the constant below for a known struct, the trait's otherwise.
#[derive(Debug)]
pub struct StructMap<C>(PhantomData<C>);

/// The answer for a struct that is not known.
pub trait UnknownStruct {
    /// Nothing.
    const MAP: Map = Map(None);
}
impl<C> UnknownStruct for StructMap<C> {}

impl Map {
    /// Stops a struct of another crate that only has the name of one that is known.
    ///
    /// # Panics
    ///
    /// At compile time.
    pub const fn check_known(&self, expected: bool) {
        assert!(
            !expected || self.0.is_some() || cfg!(not(target_os = "linux")),
            "this is not the struct of `libc` with that name, so its words cannot be checked: give it a name of its own"
        );
    }

    /// A buffer, or an array of C structs, goes to the address at `ptr`, counted at `len` (offset, in bytes?).
    ///
    /// # Panics
    ///
    /// At compile time.
    pub const fn check_lent(&self, ptr: usize, len: Option<(usize, bool)>, read_only: bool, array: bool) {
        let Some(pointers) = self.0 else { return };
        let mut i = 0;
        while i < pointers.len() {
            let known = &pointers[i];
            if known.ptr == ptr {
                assert!(
                    array || !known.nested,
                    "this C field leads to C structs with addresses in them: lend values that fill them with `array`"
                );
                assert!(
                    !read_only || !known.written,
                    "C writes through this field in some calls: it cannot be `read_only`"
                );
                match (known.len, len) {
                    (Some(known_len), Some((len, bytes))) => {
                        assert!(known_len == len, "this C length counts another address of the struct");
                        assert!(known.bytes || !bytes, "C counts elements here: say `len`, not `len_bytes`");
                    }
                    (None, Some(_)) => panic!("this C field is not the length of that address"),
                    (Some(_) | None, None) => {}
                }
                return;
            }
            i += 1;
        }
        panic!("this C field is not an address that can be lent");
    }

    /// The `size` bytes at `at` are a struct that C is said to only read through.
    ///
    /// # Panics
    ///
    /// At compile time.
    pub const fn check_read_only(&self, at: usize, size: usize) {
        let Some(pointers) = self.0 else { return };
        let mut i = 0;
        while i < pointers.len() {
            let inside = at <= pointers[i].ptr && pointers[i].ptr < at + size;
            assert!(
                !inside || !pointers[i].written,
                "C writes through this struct in some calls: it cannot be `read_only`"
            );
            i += 1;
        }
    }

    /// A plain value goes to the field at `at`.
    ///
    /// # Panics
    ///
    /// At compile time.
    pub const fn check_value(&self, at: usize) {
        let Some(pointers) = self.0 else { return };
        let mut i = 0;
        while i < pointers.len() {
            assert!(pointers[i].ptr != at, "this C field is an address: lend the buffer itself with `ptr`");
            if let Some(len) = pointers[i].len {
                assert!(len != at, "this C field counts a buffer: it is filled by `len` beside that buffer's `ptr`");
            }
            i += 1;
        }
    }
}

#[cfg(unix)]
macro_rules! known {
    ($($(#[$meta:meta])* $c:ty: $([$($ptr:ident).+ $(, $($len:ident).+ $unit:ident)? $(; $word:ident)?])*;)*) => {$(
        $(#[$meta])*
        impl StructMap<$c> {
            /// Its addresses.
            pub const MAP: Map = Map(Some(&[$(Pointer {
                ptr: offset_of!($c, $($ptr).+),
                len: known!(@len $c $(, $($len).+)?),
                bytes: known!(@bytes $($unit)?),
                written: known!(@written $($word)?),
                nested: known!(@nested $($word)?),
            }),*]));
        }
    )*};
    (@len $c:ty) => { None };
    (@len $c:ty, $($len:ident).+) => { Some(offset_of!($c, $($len).+)) };
    (@bytes) => { false };
    (@bytes bytes) => { true };
    (@bytes elements) => { false };
    (@written) => { true };
    (@written nested) => { true };
    (@written never_written) => { false };
    (@nested) => { false };
    (@nested nested) => { true };
    (@nested never_written) => { false };
}

#[cfg(unix)]
known! {
    libc::iovec: [iov_base, iov_len bytes];
    libc::msghdr:
        [msg_name, msg_namelen bytes]
        [msg_iov, msg_iovlen elements; nested]
        [msg_control, msg_controllen bytes];
    #[cfg(any(target_os = "linux", target_os = "android"))]
    libc::mmsghdr:
        [msg_hdr.msg_name, msg_hdr.msg_namelen bytes]
        [msg_hdr.msg_iov, msg_hdr.msg_iovlen elements; nested]
        [msg_hdr.msg_control, msg_hdr.msg_controllen bytes];
    #[cfg(any(target_os = "linux", target_os = "android"))]
    libc::sock_fprog: [filter, len elements; never_written];
    #[cfg(target_os = "linux")]
    libc::ifconf: [ifc_ifcu.ifcu_buf, ifc_len bytes];
    #[cfg(target_os = "linux")]
    libc::aiocb: [aio_buf, aio_nbytes bytes];
}
