//! What is known of the C structs of `libc`: which field is an address, and which one counts it.
//!
//! A derive's words are a claim about a C struct: "this field is the address, that one the length". For the structs
//! here the claim is checked at compile time, so that no words, right or wrong, let safe code hand C a length that is
//! not the buffer's. For a struct that is not here, the derive itself is the claim, as an `unsafe extern` block is, and
//! `#![forbid(unsafe_code)]` refuses it.
//!
//! The same table is what the [pointer check](crate::check) walks a struct by.

use crate::check::FfiChecked;
use crate::field::{LenField, PtrField};
use core::marker::PhantomData;
#[cfg(unix)]
use core::mem::offset_of;

/// An address in a C struct.
#[allow(clippy::struct_excessive_bools)] // each a fact of its own from a manual page
#[derive(Debug, Clone, Copy)]
pub struct Pointer {
    /// Offset of the address, in bytes.
    pub(crate) ptr: usize,
    /// Size of its field, in bytes.
    size: usize,
    /// Offset of the length that counts it, if there is one.
    pub(crate) len: Option<usize>,
    /// The length counts bytes.
    pub(crate) bytes: bool,
    /// Whether some call writes through it.
    pub(crate) written: bool,
    /// It leads to C structs that hold addresses themselves.
    pub(crate) nested: bool,
    /// Calls leave in the length how much they wrote.
    reported: bool,
    /// What they report has bytes in it that they did not write.
    gaps: bool,
    /// They report the length of all that there was, which may be more than fits.
    full: bool,
    /// What is there may name descriptors.
    control: bool,
    /// It is no buffer's: a struct that fills it makes its own claim.
    closed: bool,
    /// How it is followed. Not read where the pointer check is off.
    pub(crate) walk: Walk,
}

/// How an address in a C struct is followed.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(any(feature = "check", all(debug_assertions, feature = "std"))), allow(dead_code))]
pub(crate) struct Walk {
    /// The field, as C names it.
    pub(crate) name: &'static str,
    /// Reads the address at a place; `None` if a struct is there, in place of an address.
    pub(crate) address: Option<unsafe fn(*const u8) -> *const u8>,
    /// Reads the length at a place.
    pub(crate) length: Option<ReadLength>,
    /// Elements, where no length says how many.
    pub(crate) count: usize,
    /// Bytes of an element; 0 or 1 where C did not say.
    pub(crate) size: usize,
    /// What the elements are, if they hold addresses themselves.
    pub(crate) shape: Option<fn() -> &'static Shape>,
    /// Where what it leads to ends.
    pub(crate) end: End,
    /// C only reads the structs that it leads to, and through them.
    pub(crate) only_read: bool,
    /// Whether the struct at a place has this address at all: what a field is can depend on another one.
    pub(crate) applies: Option<unsafe fn(*const u8) -> bool>,
}

/// Where what an address leads to ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// After as many elements as `count` or the length says.
    Counted,
    /// At a NUL: a string.
    Nul,
    /// At a null pointer: a table of strings.
    Null,
}

/// Reads a length at a place; `Err` with the value if it is none.
type ReadLength = unsafe fn(*const u8) -> Result<usize, i128>;

/// A C struct by its addresses: what a [`FfiChecked`] type has.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    #[doc(hidden)]
    pub name: &'static str,
    #[doc(hidden)]
    pub size: usize,
    #[doc(hidden)]
    pub pointers: &'static [Pointer],
}

/// The shape of `C`, where a constant would have to know itself: a list leads to its own type.
#[must_use]
pub(crate) fn shape_of<C: FfiChecked + ?Sized>() -> &'static Shape {
    const { &C::SHAPE }
}

impl Pointer {
    const fn of(ptr: usize, size: usize, walk: Walk) -> Self {
        Self {
            ptr,
            size,
            len: None,
            bytes: false,
            written: false,
            nested: false,
            reported: false,
            gaps: false,
            full: false,
            control: false,
            closed: false,
            walk,
        }
    }

    /// No address: what a field of another kind is in a map.
    pub const NONE: Self = { Self::of(0, 0, Walk { count: 0, ..Walk::NONE }) };

    /// An address at `ptr`, in a field of type `F` (`place` names it), of one element.
    #[must_use]
    pub const fn new<F: PtrField>(name: &'static str, ptr: usize, place: *const F) -> Self {
        let _ = place;
        let walk = Walk { name, address: Some(read_address::<F>), size: F::SIZE, ..Walk::NONE };
        Self { written: !F::READ_ONLY, ..Self::of(ptr, size_of::<F>(), walk) }
    }

    /// A struct at `ptr` with addresses of its own, in place.
    #[must_use]
    pub const fn inline<C: FfiChecked>(name: &'static str, ptr: usize, place: *const C) -> Self {
        let _ = place;
        // An array of structs has the shape of one.
        let count = match size_of::<C>().checked_div(C::SHAPE.size) {
            Some(count) => count,
            None => 0,
        };
        let walk = Walk { name, count, shape: Some(shape_of::<C>), ..Walk::NONE };
        Self { written: true, nested: true, ..Self::of(ptr, size_of::<C>(), walk) }
    }

    /// Addresses at `ptr`, in place: an array of them, each of one element.
    #[must_use]
    pub const fn addresses<F: PtrField, A>(name: &'static str, ptr: usize, place: *const A) -> Self {
        let _ = place;
        let count = size_of::<A>() / size_of::<F>();
        let walk = Walk { name, count, shape: Some(shape_of::<Address<F>>), ..Walk::NONE };
        Self { written: true, nested: true, ..Self::of(ptr, size_of::<A>(), walk) }
    }

    /// As many elements, or bytes, as the field at `len` says.
    #[must_use]
    pub const fn counted<L: LenField>(mut self, len: usize, place: *const L, bytes: bool) -> Self {
        let _ = place;
        self.len = Some(len);
        self.bytes = bytes;
        self.walk.length = Some(read_length::<L>);
        self
    }

    /// Always as many elements.
    #[must_use]
    pub const fn times(mut self, count: usize) -> Self {
        self.walk.count = count;
        self
    }

    /// What `times` said are bytes.
    #[must_use]
    pub const fn in_bytes(mut self) -> Self {
        self.walk.size = 1;
        self
    }

    /// C never writes through it.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.written = false;
        self
    }

    /// It leads to `T`s, which C's declaration does not say.
    #[must_use]
    pub const fn to<T>(mut self) -> Self {
        self.walk.size = size_of::<T>();
        self
    }

    /// It leads to a string, up to its NUL, which C only reads.
    ///
    /// # Panics
    ///
    /// At compile time, if it is not made of bytes.
    #[must_use]
    #[track_caller]
    pub const fn cstr(mut self) -> Self {
        assert!(self.walk.size <= 1, "{}", WIDE);
        self.walk.end = End::Nul;
        self.read_only()
    }

    /// It leads to addresses of strings of `T`s, up to a null pointer, which C only reads.
    ///
    /// # Panics
    ///
    /// At compile time, if they are not made of bytes.
    #[must_use]
    #[track_caller]
    pub const fn cstrs<T>(mut self) -> Self {
        assert!(size_of::<T>() <= 1, "{}", WIDE);
        self.walk.end = End::Null;
        self.walk.shape = Some(string);
        self.read_only()
    }

    /// It leads to `C`s.
    #[must_use]
    pub const fn leads_to<C: FfiChecked>(mut self) -> Self {
        self.nested = true;
        self.walk.size = size_of::<C>();
        self.walk.shape = Some(shape_of::<C>);
        self
    }
}

const LEAVE_OUT: &str =
    "C sets or follows this address by itself, and no buffer goes there: leave it out, and it is null";
const WIDE: &str = "a string that ends at a NUL is one of bytes: say with `len` how long one of wider characters is";

impl Walk {
    /// One element of no address.
    const NONE: Self = Self {
        name: "",
        address: None,
        length: None,
        count: 1,
        size: 0,
        shape: None,
        end: End::Counted,
        only_read: false,
        applies: None,
    };
}

/// An element of a table of strings.
fn string() -> &'static Shape {
    type Text = *const core::ffi::c_char;
    const POINTERS: &[Pointer] = &[Pointer::new::<Text>("*", 0, core::ptr::null()).cstr()];
    const SHAPE: Shape = Shape { name: "string", size: size_of::<Text>(), pointers: POINTERS };
    &SHAPE
}

/// What another field of a struct must be for an address to be there.
#[cfg(unix)]
#[cfg_attr(not(all(target_os = "linux", target_env = "gnu")), allow(dead_code))] // needed by structs that are not everywhere
trait Condition {
    /// # Safety
    ///
    /// The struct that it is about is at `c`, initialised.
    unsafe fn holds(c: *const u8) -> bool;
}

#[cfg(unix)]
#[cfg_attr(not(all(target_os = "linux", target_env = "gnu")), allow(dead_code))] // needed by structs that are not everywhere
impl Pointer {
    /// The struct has this address only where the condition holds.
    const fn only_if<W: Condition>(mut self) -> Self {
        self.walk.applies = Some(W::holds);
        self
    }

    /// C only reads the structs that it leads to, and through them.
    const fn only_read(mut self) -> Self {
        self.walk.only_read = true;
        self.read_only()
    }

    /// It is no buffer's, and followed all the same.
    const fn unlent(self) -> Self {
        Self { closed: true, ..self }
    }

    /// Calls leave in the length how much they wrote.
    const fn reported(self) -> Self {
        Self { reported: true, ..self }
    }

    /// What they report has bytes in it that they did not write.
    const fn gaps(self) -> Self {
        Self { gaps: true, ..self }
    }

    /// Control messages, which may name descriptors.
    const fn control(self) -> Self {
        Self { control: true, ..self.reported() }
    }

    /// They report the length of all that there was, and write what fits.
    const fn full(self) -> Self {
        Self { full: true, ..self.reported() }
    }

    /// `size` bytes at `ptr` that are no buffer's, and are not followed.
    const fn closed(ptr: usize, size: usize) -> Self {
        Self { ptr, size, closed: true, ..Self::NONE }
    }
}

/// One address, in an array of them.
struct Address<F>(PhantomData<F>);

// SAFETY: one address, of one element.
unsafe impl<F: PtrField> FfiChecked for Address<F> {
    const SHAPE: Shape =
        Shape { name: "list", size: size_of::<F>(), pointers: &[Pointer::new::<F>("*", 0, core::ptr::null())] };
}

/// Reads an address.
///
/// # Safety
///
/// An initialised `F` is at `place`; it need not be aligned.
unsafe fn read_address<F: PtrField>(place: *const u8) -> *const u8 {
    // SAFETY: the caller's promise.
    unsafe { place.cast::<F>().read_unaligned() }.to_ptr()
}

/// Reads a length.
///
/// # Safety
///
/// An initialised `L` is at `place`; it need not be aligned.
unsafe fn read_length<L: LenField>(place: *const u8) -> Result<usize, i128> {
    // SAFETY: the caller's promise.
    unsafe { place.cast::<L>().read_unaligned() }.to_len()
}

/// The addresses of one C struct, or `None` if it is not known.
#[derive(Debug, Clone, Copy)]
pub struct Map(Option<&'static [Pointer]>);

/// Looks a struct up: `Known::<C>::PIN_FFI_MAP` is the constant below for a known struct, the trait's otherwise.
#[derive(Debug)]
pub struct Known<C>(PhantomData<C>);

/// The answer for a struct that is not known.
pub trait UnknownStruct {
    /// Nothing.
    const PIN_FFI_MAP: Map = Map(None);
}
impl<C> UnknownStruct for Known<C> {}

impl Map {
    /// Stops a struct of another crate that only has the name of one that is known.
    ///
    /// # Panics
    ///
    /// At compile time.
    #[track_caller]
    pub const fn check_known(&self) {
        assert!(
            self.0.is_some(),
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
            Some(_) => panic!("{}", LEAVE_OUT),
            None => panic!("this C field is no address: `set`, `out` and `inout` copy a plain value"),
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

    /// C says in the struct itself how far it has come in a buffer.
    ///
    /// # Panics
    ///
    /// At compile time.
    #[track_caller]
    pub const fn check_no_progress(&self) {
        assert!(
            self.0.is_none(),
            "C keeps no position in this struct: how much a call read or filled is what it returns"
        );
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

    /// Whether C reports at `ptr` how much there was, which may be more than fits.
    #[must_use]
    pub const fn may_be_full(&self, ptr: usize) -> bool {
        match self.at(ptr) {
            Some(known) => known.full,
            None => false,
        }
    }

    /// Whether an empty buffer at `ptr` is NULL: some kernels refuse another address.
    #[must_use]
    pub const fn is_null_if_empty(&self, ptr: usize) -> bool {
        match self.at(ptr) {
            Some(known) => known.reported,
            None => false,
        }
    }

    /// Whether control messages go to the address at `ptr`.
    #[must_use]
    pub const fn is_control(&self, ptr: usize) -> bool {
        match self.at(ptr) {
            Some(known) => known.control,
            None => false,
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
            let apart = at < pointers[i].ptr || pointers[i].ptr + pointers[i].size <= at;
            assert!(apart || !pointers[i].closed, "{}", LEAVE_OUT);
            assert!(apart, "this C field is an address or leads to one: lend the buffer itself with `ptr`");
            if let Some(len) = pointers[i].len {
                assert!(len != at, "this C field counts a buffer: it is filled by `len` beside that buffer's `ptr`");
            }
            i += 1;
        }
    }
}

/// A place in a struct, to name the type of: nothing is read.
#[cfg(unix)]
macro_rules! place {
    ($c:ty, $($field:ident).+) => {{
        let struct_ = core::mem::MaybeUninit::<$c>::uninit();
        // SAFETY: a place inside the struct, of which only the address is taken.
        unsafe { &raw const (*struct_.as_ptr()).$($field).+ }
    }};
}

#[cfg(unix)]
macro_rules! known {
    ($($(#[$meta:meta])* $c:ty:
        $([$($ptr:ident).+ $(, $($len:ident).+ $unit:ident)? $(; $($word:ident $(($of:ty))?)+)?])*
        $({$($closed:ident).+})*;
    )*) => {$(
        $(#[$meta])*
        impl Known<$c> {
            /// Its addresses.
            pub const PIN_FFI_MAP: Map = {
                // A constant of its own: Rust 1.85 keeps no list that methods have changed.
                const POINTERS: &[Pointer] = &[
                $(
                    Pointer::new(known!(@name $($ptr).+), offset_of!($c, $($ptr).+), place!($c, $($ptr).+))
                        $(.counted(offset_of!($c, $($len).+), place!($c, $($len).+), known!(@bytes $unit)))?
                        $($(.$word $(::<$of>)? ())+)?,
                )*
                $(
                    Pointer::closed(
                        offset_of!($c, $($closed).+),
                        crate::__private::size_at(place!($c, $($closed).+)),
                    ),
                )*
                ];
                Map(Some(POINTERS))
            };
        }

        $(#[$meta])*
        // SAFETY: the table above, for libc's own declaration.
        unsafe impl FfiChecked for $c {
            const SHAPE: Shape = Shape {
                name: stringify!($c),
                size: size_of::<$c>(),
                pointers: match Known::<$c>::PIN_FFI_MAP.0 {
                    Some(pointers) => pointers,
                    None => &[],
                },
            };
        }
    )*};
    (@walk_only $($(#[$meta:meta])* $c:ty:
        $([$($ptr:ident).+ $(, $($len:ident).+ $unit:ident)? $(; $($word:ident $(($of:ty))?)+)?])*
    ;)*) => {$(
        $(#[$meta])*
        // SAFETY: the table below, for libc's own declaration.
        unsafe impl FfiChecked for $c {
            const SHAPE: Shape = {
                const POINTERS: &[Pointer] = &[$(
                    Pointer::new(known!(@name $($ptr).+), offset_of!($c, $($ptr).+), place!($c, $($ptr).+))
                        $(.counted(offset_of!($c, $($len).+), place!($c, $($len).+), known!(@bytes $unit)))?
                        $($(.$word $(::<$of>)? ())+)?,
                )*];
                Shape { name: stringify!($c), size: size_of::<$c>(), pointers: POINTERS }
            };
        }
    )*};
    (@name $first:ident $(. $rest:ident)*) => { concat!(stringify!($first) $(, ".", stringify!($rest))*) };
    (@bytes bytes) => { true };
    (@bytes elements) => { false };
}

#[cfg(unix)]
known! {
    libc::iovec: [iov_base, iov_len bytes];
    libc::msghdr:
        [msg_name, msg_namelen bytes; full]
        [msg_iov, msg_iovlen elements; leads_to(libc::iovec)]
        [msg_control, msg_controllen bytes; control gaps];
    #[cfg(any(target_os = "linux", target_os = "android"))]
    libc::mmsghdr:
        [msg_hdr.msg_name, msg_hdr.msg_namelen bytes; full]
        [msg_hdr.msg_iov, msg_hdr.msg_iovlen elements; leads_to(libc::iovec)]
        [msg_hdr.msg_control, msg_hdr.msg_controllen bytes; control gaps];
    #[cfg(any(target_os = "linux", target_os = "android"))]
    libc::sock_fprog: [filter, len elements; read_only];
    #[cfg(target_os = "linux")]
    libc::ifconf: [ifc_ifcu.ifcu_buf, ifc_len bytes; full];
    #[cfg(target_os = "linux")]
    libc::aiocb: [aio_buf, aio_nbytes bytes] {aio_sigevent.sigev_value} {aio_sigevent.sigev_notify_thread_id};
    libc::addrinfo:
        [ai_addr, ai_addrlen bytes; read_only]
        [ai_canonname; cstr unlent]
        [ai_next; leads_to(libc::addrinfo) unlent];
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple", target_os = "freebsd"))]
    libc::stack_t: [ss_sp, ss_size bytes];
}

// What a derive could not vouch for by its words alone: strings, and fields that another one explains.
#[cfg(unix)]
known! {
    @walk_only
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    libc::iocb:
        [aio_buf, aio_nbytes bytes; only_if(Opcode<0>)]
        [aio_buf, aio_nbytes bytes; read_only only_if(Opcode<1>)]
        [aio_buf, aio_nbytes elements; leads_to(libc::iovec) only_if(Opcode<7>)]
        [aio_buf, aio_nbytes elements; leads_to(libc::iovec) only_read only_if(Opcode<8>)];
    #[cfg(target_os = "linux")]
    libc::passwd: [pw_name; cstr] [pw_passwd; cstr] [pw_gecos; cstr] [pw_dir; cstr] [pw_shell; cstr];
    #[cfg(target_os = "linux")]
    libc::group: [gr_name; cstr] [gr_passwd; cstr] [gr_mem; cstrs(core::ffi::c_char)];
}

/// An `iocb` of this operation: 0 and 1 read and write bytes, 7 and 8 `iovec`s (`IOCB_CMD_PREAD` and so on).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
struct Opcode<const N: u16>;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
impl<const N: u16> Condition for Opcode<N> {
    unsafe fn holds(c: *const u8) -> bool {
        // SAFETY: the caller's promise; the struct need not be aligned.
        unsafe { c.add(offset_of!(libc::iocb, aio_lio_opcode)).cast::<u16>().read_unaligned() == N }
    }
}
