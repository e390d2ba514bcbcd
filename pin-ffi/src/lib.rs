// The front page has an example for Unix.
#![cfg_attr(all(unix, feature = "std"), doc = include_str!("../README.md"))]
#![cfg_attr(not(all(unix, feature = "std")), doc = "Lends Rust memory to C, with no copy; see the crate's README.")]
#![cfg_attr(not(feature = "std"), no_std)]
// Online, each item shows the feature and the platform that it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
// The derive and the attribute name `::pin_ffi`, here too.
extern crate self as pin_ffi;

mod callback;
#[cfg(all(unix, feature = "std"))]
pub mod calls;
pub mod check;
mod declare;
pub mod errno;
mod error;
mod events;
mod field;
mod fill;
mod in_flight;
#[cfg(unix)]
mod iovec;
mod layout;
mod lend;
pub mod manual;
mod message;
#[cfg(all(unix, feature = "mmap"))]
pub mod mmap;
#[cfg(all(unix, feature = "std"))]
mod page_lock;
pub mod pin;
mod pinner;
mod scratch;
pub mod stats;
mod table;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use error::{LendError, Reason};
pub use field::Convert;
pub use fill::{FfiArray, FfiArrayMut, FfiPinned, FfiPinnedMut};
pub use in_flight::{InFlight, Refused};
pub use lend::{Lend, OutBuf, OutVec, Plain, Spare};
pub use pinner::{Pinner, scope};
pub use stats::stats;

/// Makes a struct of buffers fill a C struct that points at them.
///
/// It implements [`FfiPinned`](trait@FfiPinned), for C to read, and where every field allows it
/// [`FfiPinnedMut`](trait@FfiPinnedMut), for C to write.
///
/// # On the struct
///
/// | word | meaning |
/// |---|---|
/// | `c = path` | the C struct. Without it each buffer fills one `iovec`, in order, and `C` is `[iovec; N]` |
/// | `crate = path` | where `pin_ffi` is, if it has another name: a claim (below), as it could be anything |
///
/// # On a field
///
/// Each field says what it is to C by one of the first seven words; `f` is a field of the C struct, or a path into its
/// unions, inner structs and arrays (`ifc_ifcu.ifcu_buf`, `planes[0]`).
///
/// | word | meaning |
/// |---|---|
/// | `ptr = f` | the [buffer](Lend)'s address goes to `f`: a raw pointer of any kind, or an integer wide enough (the address is exposed) |
/// | `array = f` | the address of an array of C structs, one for each of the field's values ([`FfiArray`]) |
/// | `inline = f` | the C struct that the field's value fills is stored in `f` itself |
/// | `set = f` | a plain value is [converted](Convert) into `f`, checked |
/// | `out = f` | what C left in `f` is converted into the field, checked |
/// | `inout = f` | both |
/// | `skip` | C never sees the field |
/// | `len = f` | beside `ptr` or `array`: how many elements, in `f` of any integer type, checked. Several fields may name the same `f`: they must agree, and `None` has no say in a field that the struct declares as an `Option` |
/// | `len_bytes = f` | the same in bytes |
/// | `inout` | C changes the length: the capacity goes in, what it reports is checked and becomes the [filled](manual::Fill) part |
/// | `pos = f` | beside `len`: `f` says how far C has come in the buffer, as in `ZSTD_inBuffer`. Where C reads, it begins at 0, and what was read is [left out](manual::Consume) of the buffer; where C writes, it begins behind what is [filled](manual::Fill), and what C has come to is filled then |
/// | `full = f` | beside `len`: C may report more than fits. It leaves in `f`, the length itself or a field beside it, how much there was; what fits is [filled](manual::Fill), and [`OutBuf::full`] tells all. (An address in a `msghdr` needs `inout` alone: it is known to be so) |
/// | `advance` | the same as `pos` for C that moves the address and lowers the length, as in `z_stream`: both are of what is left |
/// | `read_only` | C never writes through this field, whatever the call and however `f` is declared |
/// | `null_if_empty` | an empty buffer is NULL, rather than an address that is not null and aligned |
/// | `max = e` | at most `e` elements, with `advance` of what is left; a constant expression |
///
/// # Example
///
/// A C library's request, and a Rust struct that fills it:
///
/// ```
/// use pin_ffi::{FfiPinned, FfiPinnedMut, OutBuf};
///
/// /// `struct request` of the C header.
/// #[repr(C)]
/// pub struct request {
///     name: *const u8,
///     name_len: u16,
///     answer: *mut u8,
///     answer_len: u32,
///     status: i32,
/// }
///
/// #[derive(FfiPinned)]
/// #[ffi(c = request)]
/// struct Request<'a> {
///     #[ffi(ptr = name, len = name_len)]
///     name: &'a str,
///     #[ffi(ptr = answer, len = answer_len, inout)]
///     answer: OutBuf<'a, u8>,
///     #[ffi(out = status)]
///     status: i32,
/// }
///
/// // The C side, played by Rust: answers with the name, backwards.
/// unsafe fn c_side(r: *mut request) {
///     // SAFETY: the caller passes a filled request.
///     unsafe {
///         for i in 0..(*r).name_len as usize {
///             *(*r).answer.add(i) = *(*r).name.add((*r).name_len as usize - 1 - i);
///         }
///         (*r).answer_len = u32::from((*r).name_len);
///         (*r).status = 200;
///     }
/// }
///
/// let mut memory = [0; 16];
/// let mut request = Request { name: "pin", answer: OutBuf::new(&mut memory), status: 0 };
/// // SAFETY: `c_side` keeps nothing, and reports what it wrote.
/// request.with_pinned_mut(|mut c| unsafe { c_side(c.as_mut_ptr()) })?;
/// assert_eq!((request.answer.filled(), request.status), (&b"nip"[..], 200));
/// # Ok::<(), pin_ffi::LendError>(())
/// ```
///
/// # What comes out
///
/// A table of the places in the C struct, checked at compile time; one fill for calls that read and calls that write; and
/// the taking back of results, which checks all of them before it takes any. The `where` clauses of the last impl say when a
/// call may write:
///
#[doc = concat!("```text\n", include_str!("../expand/three_fields.rs"), "```\n\nbecomes\n\n```text\n", include_str!("../expand/three_fields.expanded.rs"), "```")]
///
/// # Streams
///
/// C that takes some of its input and fills some of its output is called again with the same value, which is what is left:
///
/// ```
/// use pin_ffi::{FfiPinned, FfiPinnedMut, OutBuf};
///
/// /// `struct stream` of the C header.
/// #[repr(C)]
/// pub struct stream {
///     next_in: *const u8,
///     avail_in: u32,
///     out: *mut u8,
///     out_size: u32,
///     out_pos: u32,
/// }
///
/// #[derive(FfiPinned)]
/// #[ffi(c = stream)]
/// struct Stream<'a> {
///     #[ffi(ptr = next_in, len = avail_in, advance)]
///     input: &'a [u8],
///     #[ffi(ptr = out, len = out_size, pos = out_pos)]
///     output: OutBuf<'a, u8>,
/// }
///
/// // The C side, played by Rust: two bytes at a time.
/// unsafe fn c_side(s: *mut stream) {
///     // SAFETY: the caller passes a filled stream.
///     unsafe {
///         let n = 2.min((*s).avail_in).min((*s).out_size - (*s).out_pos);
///         (*s).out.add((*s).out_pos as usize).copy_from_nonoverlapping((*s).next_in, n as usize);
///         (*s).next_in = (*s).next_in.add(n as usize);
///         (*s).avail_in -= n;
///         (*s).out_pos += n;
///     }
/// }
///
/// let mut memory = [0; 16];
/// let mut stream = Stream { input: b"stream", output: OutBuf::new(&mut memory) };
/// let mut calls = 0;
/// while !stream.input.is_empty() {
///     // SAFETY: `c_side` keeps nothing, and reports what it wrote.
///     stream.with_pinned_mut(|mut c| unsafe { c_side(c.as_mut_ptr()) })?;
///     calls += 1;
/// }
/// assert_eq!((stream.output.filled(), calls), (&b"stream"[..], 3));
/// # Ok::<(), pin_ffi::LendError>(())
/// ```
///
/// # Direction
///
/// A value is lent for reading by `&value` (`pin`, [`with_pinned`](FfiPinned::with_pinned)) or for writing by
/// `&mut value` (`pin_mut`, [`with_pinned_mut`](FfiPinnedMut::with_pinned_mut)). The derive always gives the first. It
/// gives the second if each buffer is an exclusive borrow or an owner, or stands in a C field that is declared `*const`
/// or said to be `read_only`; nested values must allow it themselves. A call that writes refuses the others, and the
/// error names the field.
///
/// # Generics
///
/// Lifetimes, types and constants, with their bounds. A field whose type is a parameter `T` needs no bound for `ptr`; for
/// `array` and `inline` say what it fills, `T: FfiPinnedMut<C = ...>`. Where the C field is `void *` or an integer, say too
/// what the elements are that C counts (`T: Lend<Elem = u32>`): whoever chooses `T` chooses them else.
///
/// # Safety
///
/// The words are a claim about C: that `f` is an address, and that its length is where you say. For the structs of `libc`
/// that this crate knows (`iovec`, `msghdr`, `mmsghdr`, `sock_fprog`, `ifconf`, `aiocb`, `addrinfo`, `stack_t`) the claim
/// is checked at compile time. For any other struct it is yours, just as the declaration in an `unsafe extern` block is: a wrong one lets a
/// call do what C does with wrong lengths. A crate under `#![forbid(unsafe_code)]` may derive for the known structs and
/// for the form without `c`; for others the compiler refuses the derive there, at the path of the C struct.
pub use pin_ffi_macros::FfiPinned;

/// Maps the addresses in a `#[repr(C)]` struct, so that the [pointer check](check) can walk it.
///
/// For C structs that are filled by hand: [`check::verify`] then follows every address in them. What a raw pointer leads
/// to, or each of an array of them, is one element of its type, unless a word says more; other fields are left alone.
///
/// | word | meaning |
/// |---|---|
/// | `len = e` | as many elements as another field says (`len = count`, `len = header.count`), or a constant |
/// | `len_bytes = e` | the same in bytes |
/// | `cstr` | a string, up to its NUL; from a pointer to pointers, a table of strings up to a null pointer |
/// | `nested` | the elements are C structs with addresses of their own ([`FfiChecked`](check::FfiChecked)), or for a pointer to pointers, lead to such: they are walked in turn |
/// | `inline` | the field is such a C struct, or an array of them, in place |
/// | `ptr` | an integer field, or one behind a type alias, that holds an address; with `ptr = T` that of `T`s, which `len` then counts |
/// | `read_only` | C never writes through it, although it is declared `*mut` |
/// | `foreign` | memory of C's own: not followed |
///
/// On the struct: `crate = path`, where `pin_ffi` is, if it has another name.
///
/// # Example
///
/// ```
/// use pin_ffi::{FfiChecked, check};
///
/// #[derive(FfiChecked)]
/// #[repr(C)]
/// struct part {
///     #[ffi(len = size)]
///     data: *const u8,
///     size: u16,
/// }
///
/// #[derive(FfiChecked)]
/// #[repr(C)]
/// struct packet {
///     #[ffi(len = count, nested)]
///     parts: *const part,
///     count: u32,
///     #[ffi(ptr, len_bytes = 16)]
///     cookie: u64,
///     #[ffi(foreign)]
///     owner: *mut std::ffi::c_void,
/// }
///
/// let (data, cookie) = (vec![1_u8; 8], vec![0_u8; 16]);
/// let parts = [part { data: data.as_ptr(), size: 8 }, part { data: data[4..].as_ptr(), size: 5 }];
/// let packet = packet {
///     parts: parts.as_ptr(),
///     count: 2,
///     cookie: cookie.as_ptr().expose_provenance() as u64,
///     owner: std::ptr::null_mut(),
/// };
/// pin_ffi::scope(|s| {
///     let _ = (s.pin(&data), s.pin(&cookie));
///     // SAFETY: the parts outlive the guard.
///     let _parts = unsafe { check::foreign(parts.as_ptr(), size_of_val(&parts)) };
///     // SAFETY: `parts` leads to the two parts.
///     let fault = unsafe { check::fault(&packet, false) };
///     if check::is_on() {
///         assert_eq!(fault.unwrap().path(), "packet.parts[1].data"); // 5 bytes, and 4 are left
///     }
/// });
/// ```
///
/// # Safety
///
/// The words are a claim about the struct. [`check::verify`] is `unsafe`, and whoever calls it answers for them: a
/// length that is not one makes the check look up the wrong range, and for a `nested` array read it.
pub use pin_ffi_macros::FfiChecked;

/// Declares that a `#[repr(C)]` struct is [`Plain`](trait@Plain): numbers throughout, and no padding.
///
/// The derive checks it: every field is `Plain`, the fields fill the struct, the layout is C's.
///
/// # Example
///
/// ```
/// #[derive(Clone, Copy, pin_ffi::Plain)]
/// #[repr(C)]
/// struct Sample { time: u64, left: i16, right: i16, flags: u32 }
///
/// let mut samples = [Sample { time: 0, left: 0, right: 0, flags: 0 }; 4];
/// let mut buffer = pin_ffi::OutBuf::new(&mut samples); // C may write samples there
/// # assert_eq!(buffer.capacity(), 4);
/// ```
///
/// What comes out is `unsafe impl NoPadding for Sample {}`, `unsafe impl Plain for Sample {}` and the assertions.
pub use pin_ffi_macros::Plain;

/// Makes safe functions of C declarations, wrappers around C calls, and functions that C can call.
///
/// # 1. C declarations
///
/// On an `unsafe extern "C"` block. The C signature stays as it stands in the header, and the words say how each pointer
/// is lent; declarations without words are left alone.
///
/// ```
/// # #[cfg(all(unix, feature = "std"))] {
/// use pin_ffi::pinned_ffi;
/// use std::ffi::{c_char, c_int, c_void};
/// # use std::os::fd::AsFd;
///
/// #[pinned_ffi]
/// unsafe extern "C" {
///     /// Writes the bytes; how many were written.
///     #[ffi(err = minus_one)]
///     safe fn write(#[ffi(fd)] fd: c_int, #[ffi(in, len = n)] buf: *const c_void, n: usize) -> isize;
///     //  -> fn write(fd: BorrowedFd<'_>, buf: &[u8]) -> io::Result<usize>
///
///     /// Reads what there is.
///     #[ffi(err = minus_one)]
///     safe fn read(#[ffi(fd)] fd: c_int, #[ffi(out, len = n, filled = ret)] buf: *mut c_void, n: usize) -> isize;
///     //  -> fn read<B: Fillable<u8>>(fd: BorrowedFd<'_>, buf: B) -> io::Result<B::Output>
///
///     safe fn strlen(#[ffi(cstr)] s: *const c_char) -> usize;
///     //  -> fn strlen(s: &CStr) -> usize
/// }
///
/// let (a, b) = std::os::unix::net::UnixStream::pair()?;
/// assert_eq!(write(a.as_fd(), b"ping")?, 4);
/// let mut buf = [0; 16];
/// assert_eq!(read(b.as_fd(), &mut buf)?, 4);
/// assert_eq!((&buf[..4], strlen(c"ping")), (&b"ping"[..], 4));
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// | on a parameter | Rust sees | meaning |
/// |---|---|---|
/// | `in` | `&T`, `&[T]` with `len` | C reads |
/// | `inout` | `&mut T`, `&mut [T]` | C reads and writes |
/// | `out` | `&mut T`; with `len` a [`Fillable`](manual::Fillable) | C writes; `filled` says how much, and only that becomes visible |
/// | `in = T`, `out = T`, `inout = T` | the same of `T` | what C declares as `void`, as an opaque struct or as the beginning of a longer one is made of `T` |
/// | `len = n`, `len_bytes = n` | nothing: `n` is filled in | parameter `n` counts elements, or bytes, in its own type, checked; several buffers with one `n` must agree |
/// | `len = *n` | nothing | `n` points at the length: capacity in |
/// | `len = 16`, `len = w * h`, `len = n * SIZE` | | the buffer must have at least as many: numbers, parameters and constants, `+` and `*`, each step checked |
/// | `filled = ret`, `*n`, `all` | | the returned value, what C leaves behind parameter `n` (the one that held the capacity, or one of its own), or the whole buffer; beside `pin_mut` and `len`: results are taken back from so many structs, which must be said where C may change the length, `len = *n` |
/// | `full = ret`, `*n` | | in place of `filled`, for C that may report more than fits (getsockname(2), `MSG_TRUNC`, snprintf(3)): what fits becomes visible, and what C reported is given too, as a `usize` before what the buffer gives back |
/// | `pin` | `&B`, [`B: FfiPinned`](trait@FfiPinned); with `len` [`B: FfiArray`](FfiArray) | a filled C struct, or an array of them, that C reads |
/// | `pin_mut` | `&mut B`, `FfiPinnedMut` or [`FfiArrayMut`] | one that C may write, and write through; results are taken back. Where C declares `*const` it writes through the struct alone, and a value that wants results of it is refused |
/// | `checked`, `checked_mut` | the raw pointer | C structs that the caller has filled: the [pointer check](check), where it is on, walks one of them, or with `len = n` as many as parameter `n` says, before the call; what `in`, `out`, `inout` and `cstr` lend beside it counts as pinned. The function stays `unsafe` |
/// | `fd` | `BorrowedFd<'_>` | a descriptor (with `std`) |
/// | `cstr` | `&CStr` | a string that ends with a NUL |
/// | `nullable` | `Option<...>` | `None` is NULL, for a descriptor -1; where nothing else says of which type, `None::<&mut [T]>` or `None::<&Value>` does |
/// | `null_if_empty` | | an empty buffer is NULL |
/// | `nonempty` | | a buffer without room is refused before the call: of C whose 0 means something else, such as the end of a file |
/// | `max = e` | | at most `e` elements |
///
/// `void` and `char` are `u8` in Rust. A pointer without a word stays a raw pointer, and its function stays `unsafe`; if
/// it is declared `safe fn`, that is an error.
///
/// | on a declaration | meaning |
/// |---|---|
/// | `err = minus_one` | -1, of a pointer too (`MAP_FAILED`), means: see `errno` |
/// | `err = nonzero` | anything but 0 means: see `errno`; nothing is returned otherwise |
/// | `err = null` | NULL means: see `errno`; otherwise a `NonNull` |
/// | `err = negative_errno` | a negative value is the error |
/// | `err = returned_errno` | anything but 0 is the error |
/// | `err = none` | C does not fail: what it returns is no error |
/// | no `err` | what C returns is given as it is; whether it failed is not known, so that an `out` buffer takes only memory that is initialised already ([`Initialised`](manual::Initialised)), unless C returns nothing or `filled = ret`; for the same reason `pin_mut` takes no struct with an `inout` buffer |
/// | `rename = name` | the Rust function's name |
///
/// The function returns [`Result`] if it has an `err`, or if a length can fail to fit. It returns what C
/// returns (a `usize` for `ssize_t`), then what each `out` buffer gives back; a value that only said "done" or "this many
/// were filled" is left out. `errno` is read first thing after the call. Where C failed nothing is taken back: buffers
/// and `out` fields are as they were. Of a number of bytes that splits an element, whole elements are shown.
///
/// Where an `out` buffer may be NULL (`nullable`, `null_if_empty`), the number that C reports of it (`filled = ret` or `*n`)
/// is given too, as a `usize` before what the buffer gives back: without a buffer it answers a question for the size. More
/// than the room of a buffer that is there, if only for nothing, is an error.
///
/// The parameters of the Rust function have C's names with a `_` behind them, so that no item of the same name is taken for
/// one. A declaration may have lifetime parameters. A result without a lifetime borrows from what C's declaration says, or
/// from the one argument that is lent.
///
/// What can be passed for `out` with `len`, and what comes back of it: `&mut [T]` and `&mut [T; N]` (how many were
/// filled), `&mut [MaybeUninit<T>]` (the filled part and the rest), `&mut OutBuf<T>` and `&mut OutVec<T>` (how many; they
/// show them), and to append to a `Vec`, [`Spare::new(&mut vec)`](Spare::new) (how many).
///
/// What comes out is a Rust function around the call. The nested C structs are on its stack if they fit there:
///
#[doc = concat!("```text\n", include_str!("../expand/readv.rs"), "```\n\nbecomes\n\n```text\n", include_str!("../expand/readv.expanded.rs"), "```")]
///
/// ## How to say it
///
/// | C has | in Rust |
/// |---|---|
/// | a handle, `struct db *` | a `#[repr(transparent)]` struct around `NonNull<T>`, whose constructor is yours: as the parameter's type it needs no word |
/// | NULL as an answer that is no error | `Option<NonNull<T>>` as the returned type, and no `err` |
/// | error codes of its own, not `errno` | no `err`: the returned value, to be looked at |
/// | "call with NULL to learn the size" | `null_if_empty` or `nullable`: the size is the first number that comes back |
/// | "call with no room to learn the size", which fails | no `err` on a declaration of its own (`rename`), as what a failed call reports is not taken |
/// | `T **`, where C puts what it has made | a raw pointer, and a function of yours around it that takes over what it gets |
/// | one struct behind a pointer in another one | `array = f` on a `[T; 1]` |
/// | a string in a struct | `ptr = f` on a `&CStr` |
/// | a stream, which is called until all is read | `pos = f` or `advance` on its input (`&[u8]`) and output (`OutBuf`); if C keeps the struct, [`with_pinned_mut_in`](FfiPinnedMut::with_pinned_mut_in) |
/// | a callback and its data in a struct | a wrapper, which sets both in the filled struct: `(*c.as_mut_ptr()).callback = ...` |
/// | one function that is called in several ways | one declaration for each, with `rename` |
///
/// ```
/// # #[cfg(all(unix, feature = "std"))] {
/// use pin_ffi::pinned_ffi;
/// use std::ffi::{c_char, c_int};
/// use std::ptr::NonNull;
///
/// // `DIR *`, as long as it is open.
/// #[derive(Clone, Copy)]
/// #[repr(transparent)]
/// struct Dir(NonNull<libc::DIR>);
///
/// #[pinned_ffi]
/// unsafe extern "C" {
///     #[ffi(err = null)]
///     safe fn opendir(#[ffi(cstr)] name: *const c_char) -> *mut libc::DIR;
///     safe fn dirfd(dir: Dir) -> c_int;
///     #[ffi(err = nonzero)]
///     fn closedir(dir: Dir) -> c_int; // stays `unsafe`: the handle leads nowhere afterwards
///     safe fn strchr(#[ffi(cstr)] s: *const c_char, c: c_int) -> Option<NonNull<c_char>>;
/// }
///
/// let dir = Dir(opendir(c".")?);
/// assert!(dirfd(dir) >= 0);
/// // SAFETY: not used again.
/// unsafe { closedir(dir)? };
/// assert!(strchr(c"pin", 'x' as c_int).is_none());
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # 2. Wrappers
///
/// On a function with a body, for a declaration that exists already. A parameter with `pin` or `pin_mut` is the filled C
/// struct in the body, a [`LentStruct`](manual::LentStruct) (for `&mut [B]` a [`LentArray`](manual::LentArray)). Results are taken back when the body has returned
/// `Ok` and asked for [`as_mut_ptr`](manual::LentStruct::as_mut_ptr).
///
/// ```
/// # #[cfg(all(unix, feature = "std"))] {
/// use pin_ffi::{FfiPinned, OutBuf, pinned_ffi};
/// use std::io;
/// use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
///
/// #[derive(FfiPinned)]
/// #[ffi(c = libc::msghdr)]
/// struct Received<'a> {
///     #[ffi(array = msg_iov, len = msg_iovlen)]
///     parts: [&'a mut [u8]; 2],
///     #[ffi(ptr = msg_control, len = msg_controllen, inout)]
///     control: OutBuf<'a, u8>,
///     #[ffi(out = msg_flags)]
///     flags: i32,
/// }
///
/// #[pinned_ffi]
/// fn receive(s: BorrowedFd<'_>, #[ffi(pin_mut)] msg: &mut Received<'_>) -> io::Result<usize> {
///     // SAFETY: `msg` is a filled `msghdr`; recvmsg(2) keeps nothing of it.
///     let n = unsafe { libc::recvmsg(s.as_raw_fd(), msg.as_mut_ptr(), 0) };
///     usize::try_from(n).map_err(|_| io::Error::last_os_error())
/// }
///
/// let (a, b) = std::os::unix::net::UnixDatagram::pair()?;
/// a.send(b"headbody")?;
/// let (mut head, mut body, mut control) = ([0; 4], [0; 16], [0; 64]);
/// let mut msg = Received { parts: [&mut head, &mut body], control: OutBuf::new(&mut control), flags: -1 };
/// assert_eq!(receive(b.as_fd(), &mut msg)?, 8);
/// assert_eq!((msg.flags, msg.control.filled().len()), (0, 0));
/// assert_eq!((&head, &body[..4]), (b"head", &b"body"[..]));
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// What comes out is the body as a closure (so that `return` and `?` keep their meaning), called with what is filled. It owns
/// the other parameters, so that what it returns may borrow from them.
///
#[doc = concat!("```text\n", include_str!("../expand/wrapper.rs"), "```\n\nbecomes\n\n```text\n", include_str!("../expand/wrapper.expanded.rs"), "```")]
///
/// # 3. Functions that C calls
///
/// On an `extern "C"` function with a body. Its parameters are slices, strings and values in the body: `in` and `len`
/// give `&[T]`, `inout` `&mut [T]`, `out` `&mut [MaybeUninit<T>]`, without `len` the same of one `T`; `cstr` gives `&CStr`,
/// `userdata = T` `&mut T`; `nullable` makes an `Option` of a single value. The parameter that counts a slice is not there
/// in the body: it is the slice's length. NULL where that was not said, a misaligned
/// address or a negative length is a panic that names the parameter.
///
/// A panic does not cross into C: with `#[pinned_ffi(panic = e)]` C gets `e`, without it the process is aborted.
///
/// ```
/// use pin_ffi::pinned_ffi;
/// use std::ffi::{c_int, c_void};
///
/// #[pinned_ffi(panic = 0)]
/// extern "C" fn compare(
///     #[ffi(in = i32)] a: *const c_void,
///     #[ffi(in = i32)] b: *const c_void,
///     #[ffi(userdata = usize)] calls: *mut c_void,
/// ) -> c_int {
///     *calls += 1;
///     a.cmp(b) as c_int
/// }
///
/// # #[cfg(all(target_os = "linux", target_env = "gnu"))] {
/// # unsafe extern "C" { fn qsort_r(base: *mut c_void, n: usize, size: usize, f: unsafe extern "C" fn(*const c_void, *const c_void, *mut c_void) -> c_int, p: *mut c_void); }
/// let (mut numbers, mut calls) = ([3, 1, 2], 0_usize);
/// // SAFETY: three `i32`s, and a callback that takes them and a `usize`.
/// unsafe { qsort_r(numbers.as_mut_ptr().cast(), 3, 4, compare, (&raw mut calls).cast()) };
/// assert_eq!(numbers, [1, 2, 3]);
/// assert!(calls >= 2); // how often is the C library's choice
/// # }
/// ```
///
/// What comes out is an `unsafe extern "C" fn` (whoever calls it must pass what the words say), with the body in a
/// function of its own that is as safe as it was written (beside it, in an `impl`, where it says `Self`):
///
#[doc = concat!("```text\n", include_str!("../expand/callback.rs"), "```\n\nbecomes\n\n```text\n", include_str!("../expand/callback.expanded.rs"), "```")]
///
/// # Safety
///
/// The words are a claim about C, of the same kind as the declaration itself: they stand in an `unsafe extern` block, in a
/// wrapper around an `unsafe` call, or on a function that only C calls. Where the claim is right, nothing that safe code
/// passes can make C read or write what was not lent to it.
pub use pin_ffi_macros::pinned_ffi;
