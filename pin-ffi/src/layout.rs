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
#[allow(clippy::struct_excessive_bools)] // each a fact of its own from a manual page
#[derive(Debug, Clone, Copy)]
pub struct Pointer {
    /// Offset of the address, in bytes.
    ptr: usize,
    /// Size of its field, in bytes.
    size: usize,
    /// Offset of the length that counts it, if there is one.
    len: Option<usize>,
    /// The length counts bytes.
    bytes: bool,
    /// Whether some call writes through it.
    written: bool,
    /// It leads to C structs that hold addresses themselves.
    nested: bool,
    /// Calls leave in the length how much they wrote.
    reported: bool,
    /// What they report has bytes in it that they did not write.
    gaps: bool,
    /// It is no buffer's: a struct that fills it makes its own claim.
    closed: bool,
}

#[cfg(unix)]
impl Pointer {
    const fn new(ptr: usize, size: usize, len: Option<usize>, bytes: bool) -> Self {
        Self { ptr, size, len, bytes, written: true, nested: false, reported: false, gaps: false, closed: false }
    }
    const fn nested(self) -> Self {
        Self { nested: true, ..self }
    }
    const fn reported(self) -> Self {
        Self { reported: true, ..self }
    }
    const fn never_written(self) -> Self {
        Self { written: false, ..self }
    }
    const fn gaps(self) -> Self {
        Self { gaps: true, ..self }
    }
    const fn closed(self) -> Self {
        Self { closed: true, written: false, ..self }
    }
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
    #[track_caller]
    pub const fn check_known(&self, expected: bool) {
        assert!(
            !expected || self.0.is_some(),
            "the words for a struct of this name are checked, and those of this struct cannot be: say it by another name (`type Mine = ...`)"
        );
    }

    /// A buffer, or an array of C structs, goes to the address at `ptr`.
    ///
    /// # Panics
    ///
    /// At compile time.
    #[track_caller]
    pub const fn check_lent(&self, ptr: usize, read_only: bool, array: bool, inout: bool) {
        if self.0.is_none() {
            return;
        }
        let known = match self.at(ptr) {
            Some(known) if !known.closed => known,
            _ => panic!("this C field is not an address that can be lent: `set`, `out` and `inout` copy a plain value"),
        };
        assert!(
            !inout || known.reported,
            "C does not change this length: drop `inout`; how much a call filled is what it returns"
        );
        assert!(
            array || !known.nested,
            "this C field leads to C structs with addresses in them: lend values that fill them with `array`"
        );
        assert!(
            !read_only || !known.written,
            "C writes through this field in some calls: it cannot be `read_only`; a value with shared buffers is lent to \
             the calls that only read"
        );
    }

    /// No length is said for the address at `ptr`.
    ///
    /// # Panics
    ///
    /// At compile time.
    #[track_caller]
    pub const fn check_no_length(&self, ptr: usize) {
        // What is no address has been refused already.
        let Some(known) = self.at(ptr) else { return };
        assert!(known.len.is_none(), "this address is counted by a length of the struct: say which with `len`");
    }

    /// The address at `ptr` is counted at `len`, in bytes or in elements.
    ///
    /// # Panics
    ///
    /// At compile time.
    #[track_caller]
    pub const fn check_length(&self, ptr: usize, len: usize, bytes: bool) {
        // What is no address has been refused already.
        let Some(known) = self.at(ptr) else { return };
        match known.len {
            Some(at) => {
                assert!(at == len, "this C field does not count that address: name the length that C has beside it");
                assert!(known.bytes || !bytes, "C counts elements here: say `len`, not `len_bytes`");
            }
            None => panic!("C has no length for that address: leave `len` out"),
        }
    }

    /// What C reports of the buffer at `ptr` counts its elements, of `size` bytes each.
    ///
    /// # Panics
    ///
    /// At compile time.
    #[track_caller]
    pub const fn check_reported(&self, ptr: usize, bytes: bool, size: usize) {
        if let Some(known) = self.at(ptr) {
            assert!(
                bytes || size == 1 || !known.bytes,
                "C reports bytes here, and the buffer's elements are larger: say `len_bytes`"
            );
        }
    }

    /// Whether C may report bytes as written at `ptr` that it left as they were.
    #[must_use]
    pub const fn has_gaps(&self, ptr: usize) -> bool {
        match self.at(ptr) {
            Some(known) => known.gaps,
            None => false,
        }
    }

    const fn at(&self, ptr: usize) -> Option<&'static Pointer> {
        let Some(pointers) = self.0 else { return None };
        let mut i = 0;
        while i < pointers.len() {
            if pointers[i].ptr == ptr {
                return Some(&pointers[i]);
            }
            i += 1;
        }
        None
    }

    /// No two of these places (offset, size) share bytes: an address would get another one's length.
    ///
    /// # Panics
    ///
    /// At compile time.
    #[track_caller]
    pub const fn check_apart(&self, places: &[(usize, usize)]) {
        if self.0.is_none() {
            return;
        }
        let mut i = 0;
        while i < places.len() {
            let mut j = 0;
            while j < i {
                let ((a, a_size), (b, b_size)) = (places[i], places[j]);
                assert!(
                    a + a_size <= b || b + b_size <= a,
                    "two fields fill the same bytes of the C struct: keep one of them"
                );
                j += 1;
            }
            i += 1;
        }
    }

    /// The `size` bytes at `at` are a struct that C is said to only read through.
    ///
    /// # Panics
    ///
    /// At compile time.
    #[track_caller]
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
    #[track_caller]
    pub const fn check_value(&self, at: usize) {
        let Some(pointers) = self.0 else { return };
        let mut i = 0;
        while i < pointers.len() {
            assert!(
                at < pointers[i].ptr || pointers[i].ptr + pointers[i].size <= at,
                "this C field is an address or leads to one: lend the buffer itself with `ptr`"
            );
            if let Some(len) = pointers[i].len {
                assert!(len != at, "this C field counts a buffer: it is filled by `len` beside that buffer's `ptr`");
            }
            i += 1;
        }
    }
}

#[cfg(unix)]
macro_rules! known {
    ($($(#[$meta:meta])* $c:ty: $([$($ptr:ident).+ $(, $($len:ident).+ $unit:ident)? $(; $($word:ident)+)?])*;)*) => {$(
        $(#[$meta])*
        impl StructMap<$c> {
            /// Its addresses.
            pub const MAP: Map = {
                const POINTERS: &[Pointer] = &[$(
                    Pointer::new(
                        offset_of!($c, $($ptr).+),
                        {
                            let place = core::mem::MaybeUninit::<$c>::uninit();
                            // SAFETY: a field's address inside the place; only its type is looked at.
                            crate::__private::size_at(unsafe { &raw const (*place.as_ptr()).$($ptr).+ })
                        },
                        known!(@len $c $(, $($len).+)?),
                        known!(@bytes $($unit)?),
                    )$($(.$word())+)?
                ),*];
                Map(Some(POINTERS))
            };
        }
    )*};
    (@len $c:ty) => { None };
    (@len $c:ty, $($len:ident).+) => { Some(offset_of!($c, $($len).+)) };
    (@bytes) => { false };
    (@bytes bytes) => { true };
    (@bytes elements) => { false };
}

#[cfg(unix)]
known! {
    libc::iovec: [iov_base, iov_len bytes];
    libc::msghdr:
        [msg_name, msg_namelen bytes; reported]
        [msg_iov, msg_iovlen elements; nested]
        [msg_control, msg_controllen bytes; reported gaps];
    #[cfg(any(target_os = "linux", target_os = "android"))]
    libc::mmsghdr:
        [msg_hdr.msg_name, msg_hdr.msg_namelen bytes; reported]
        [msg_hdr.msg_iov, msg_hdr.msg_iovlen elements; nested]
        [msg_hdr.msg_control, msg_hdr.msg_controllen bytes; reported gaps];
    #[cfg(any(target_os = "linux", target_os = "android"))]
    libc::sock_fprog: [filter, len elements; never_written];
    #[cfg(target_os = "linux")]
    libc::ifconf: [ifc_ifcu.ifcu_buf, ifc_len bytes; reported];
    #[cfg(target_os = "linux")]
    libc::aiocb: [aio_buf, aio_nbytes bytes] [aio_sigevent; closed];
}
