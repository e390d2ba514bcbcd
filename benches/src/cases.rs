//! What is measured.
//!
//! Every way to make a call is a function of its own that is never inlined, from the buffers to the number of bytes: all
//! that it does is part of its cost. Buffers are [`BYTES`] long, for the kernel's part of the work is not counted.

/// Each function named here, at one call site and at nine: `one` and `nine` have a function of its name that gives what
/// makes the call.
///
/// A site is a function of its own that is never inlined; nine of them take turns. `one` and `nine` are modules, and so
/// codegen units, of their own (`Cargo.toml`): what a compiler inlines depends on how often it is called there.
macro_rules! sites {
    ($(
        fn $name:ident $(<$($life:lifetime)? $(const $room:ident: usize)?>)? ($($arg:ident: $ty:ty),* $(,)?) -> $ret:ty;
    )*) => {
        mod one {
            use super::*;
            $(
                #[inline(always)]
                pub(super) fn $name $(<$(const $room: usize)?>)? () -> impl $($(for<$life>)?)? FnMut($($ty),*) -> $ret {
                    #[inline(never)]
                    fn site $(<$($life)? $(const $room: usize)?>)? ($($arg: $ty),*) -> $ret {
                        super::$name $(::<$($room)?>)? ($($arg),*)
                    }
                    site $(::<$($room)?>)?
                }
            )*
        }
        mod nine {
            use super::*;
            $(
                #[inline(always)]
                pub(super) fn $name $(<$(const $room: usize)?>)? () -> impl $($(for<$life>)?)? FnMut($($ty),*) -> $ret {
                    #[inline(never)]
                    fn site<$($($life,)?)? const SITE: usize $(, $(const $room: usize)?)?>($($arg: $ty),*) -> $ret {
                        super::$name $(::<$($room)?>)? ($($arg),*)
                    }
                    let sites: [$($(for<$life>)?)? fn($($ty),*) -> $ret; 9] = [
                        site::<0 $(, $($room)?)?>,
                        site::<1 $(, $($room)?)?>,
                        site::<2 $(, $($room)?)?>,
                        site::<3 $(, $($room)?)?>,
                        site::<4 $(, $($room)?)?>,
                        site::<5 $(, $($room)?)?>,
                        site::<6 $(, $($room)?)?>,
                        site::<7 $(, $($room)?)?>,
                        site::<8 $(, $($room)?)?>,
                    ];
                    let mut turn = 0;
                    move |$($arg),*| {
                        turn = (turn + 1) % sites.len();
                        sites[turn]($($arg),*)
                    }
                }
            )*
        }
    };
}

mod batch;
#[allow(non_camel_case_types, reason = "C's names")]
mod c;
mod callback;
mod cold;
mod in_flight;
mod mapping;
#[allow(non_camel_case_types, reason = "C's names")]
mod nested;
mod packet;
mod preadv2;
mod read;
mod readlink;
mod readv;
mod recvmsg;
mod sendmsg;
mod stream;
mod string;
mod writev;

use crate::allocations;
use libc::iovec;
use pin_ffi::{
    FfiPinned, Lend, Pinner,
    pin::{Pinned, PinnedMut, Scope, Writable},
};
use std::fs::File;
use std::hint::black_box;
use std::io;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::{Duration, Instant};

/// Bytes in each buffer.
const BYTES: usize = 16;

/// What it is held against: raw pointers, written by hand.
pub const BY_HAND: &str = "libc";
/// A derived value, and a closure that makes the C call.
pub const DERIVE: &str = "pin-ffi derive";
/// A derived value or a buffer, lent to the function that `#[pinned_ffi]` made of a C declaration.
pub const ATTRIBUTE: &str = "pin-ffi attribute";
/// A derived value, lent to a function under `#[pinned_ffi]` that makes the C call in its body.
pub const WRAPPER: &str = "pin-ffi wrapper";
/// The C struct filled by hand with what a `Pinner` has pinned.
pub const PINNER: &str = "pin-ffi Pinner";
/// The same, in a scope of a `Pinner` that is kept.
pub const REUSED: &str = "pin-ffi Pinner, kept";

/// A value in flight.
pub const IN_FLIGHT: &str = "pin-ffi InFlight";
/// A function that C calls, under `#[pinned_ffi]`.
pub const CALLBACK: &str = "pin-ffi callback";

/// What the name of a table with nine call sites ends with.
pub const NINE: &str = ", nine call sites";

/// The rows of every table of calls, also of those that a peer has no form for.
pub const FORMS: [&str; 9] = [BY_HAND, DERIVE, ATTRIBUTE, PINNER, REUSED, "std", "nix", "rustix", "socket2"];

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A call that lends buffers.
    Call,
    /// Mapped memory.
    Mapping,
}

/// What a case is built as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// A release build.
    Release,
    /// A debug build, in which the pointer check may be switched off.
    Debug { check: bool },
}

/// Something that is done, in one way and in one size.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// What it is about.
    pub kind: Kind,
    /// What is done: a table.
    pub what: &'static str,
    /// In which way: a row.
    pub form: &'static str,
    /// How large: a column.
    pub size: &'static str,
    /// How many buffers a call lends.
    pub buffers: usize,
    /// Does it so many times, once it has been done before.
    pub run: fn(u64) -> Run,
    /// What is done between calls and is not part of their cost.
    pub between: Option<fn(u64) -> Run>,
    /// The function in which instructions are counted, if not everywhere.
    pub within: Option<&'static str>,
    /// What it is built as.
    pub build: Build,
}

impl Case {
    fn call(what: &'static str, form: &'static str, buffers: usize, run: fn(u64) -> Run) -> Self {
        let size = match buffers {
            1 => "1 buffer",
            3 => "3 buffers",
            16 => "16 buffers",
            256 => "256 buffers",
            1024 => "1024 buffers",
            _ => unreachable!("a size without a name"),
        };
        Self { buffers, ..Self::sized(what, form, size, run) }
    }

    fn sized(what: &'static str, form: &'static str, size: &'static str, run: fn(u64) -> Run) -> Self {
        Self { kind: Kind::Call, what, form, size, buffers: 0, run, between: None, within: None, build: Build::Release }
    }

    /// The name by which it is chosen.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.what, self.form, self.size)
    }

    /// Whether it is done through `pin-ffi`, and so must keep the limits.
    #[must_use]
    pub fn ours(&self) -> bool {
        self.form.starts_with("pin-ffi")
    }

    /// Whether it belongs into the same column of the same table.
    #[must_use]
    pub fn beside(&self, other: &Self) -> bool {
        self.what == other.what && self.size == other.size
    }
}

/// What doing it so many times took.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Heap allocations.
    pub allocations: u64,
    /// Time.
    pub time: Duration,
}

/// All cases.
#[must_use]
pub fn all() -> Vec<Case> {
    let mut cases = release();
    cases.extend(debug(&cases));
    cases
}

/// Those of a debug build: ours, with few buffers and many.
fn debug(release: &[Case]) -> Vec<Case> {
    let tables = [
        ("readv", "readv, debug build", true),
        ("readv", "readv, debug build, check off", false),
        ("recvmsg", "recvmsg, debug build", true),
    ];
    let mut cases = Vec::new();
    for (of, what, check) in tables {
        let chosen = |case: &&Case| case.what == of && case.buffers <= 256 && (case.ours() || case.form == BY_HAND);
        // What is done around the call costs more than the call there, and is not counted.
        let within = Some("pin_ffi_benches::cases::*::site*");
        let debug = |case: &Case| Case { what, within, between: None, build: Build::Debug { check }, ..*case };
        cases.extend(release.iter().filter(chosen).map(debug));
    }
    cases
}

fn release() -> Vec<Case> {
    /// Calls with `N` buffers; by hand, the array has room for `ROOM` of them.
    fn calls<const N: usize, const ROOM: usize>() -> impl Iterator<Item = Case> {
        readv::cases::<N, ROOM>()
            .into_iter()
            .chain(writev::cases::<N, ROOM>())
            .chain(preadv2::cases::<N, ROOM>())
            .chain(sendmsg::cases::<N, ROOM>())
            .chain(recvmsg::cases::<N, ROOM>())
    }
    calls::<1, 16>()
        .chain(calls::<16, 16>())
        .chain(calls::<256, 256>())
        .chain(calls::<1024, 1024>())
        .chain(read::cases())
        .chain(readlink::cases())
        .chain(packet::cases())
        .chain(nested::cases::<2>("2 × 2 × 2"))
        .chain(nested::cases::<4>("4 × 4 × 4"))
        .chain(batch::cases::<1>("1 × 4"))
        .chain(batch::cases::<64>("64 × 4"))
        .chain(in_flight::cases())
        .chain(stream::cases())
        .chain(callback::cases())
        .chain(string::cases())
        .chain(cold::cases())
        .chain(mapping::cases())
        .collect()
}

/// The different values of `cases`, in the order in which they first appear.
pub fn different<T: PartialEq>(cases: &[Case], value: impl Fn(&Case) -> T) -> Vec<T> {
    let mut values = Vec::new();
    for case in cases {
        let value = value(case);
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// Does it once, then `iterations` times; what the latter took.
///
/// The call stands at one place, so that it is inlined here in every case and the loop costs the same in all of them.
#[inline(always)]
fn repeat(iterations: u64, mut call: impl FnMut()) -> Run {
    let (mut before, mut start) = (0, Instant::now());
    for i in 0..=iterations {
        if i == 1 {
            (before, start) = (allocations::made(), Instant::now());
        }
        call();
    }
    Run { time: start.elapsed(), allocations: allocations::made() - before }
}

/// Stops the run if a call did not do what it was measured for.
#[inline(always)]
#[track_caller]
fn moved<E: std::fmt::Debug>(result: Result<usize, E>, expected: usize) {
    match black_box(result) {
        Ok(n) if n == expected => {}
        result => panic!("moved {result:?} instead of {expected} bytes"),
    }
}

/// The result of a C function, as a careful hand would write it.
#[inline(always)]
fn cvt(ret: isize) -> io::Result<usize> {
    if ret < 0 { Err(io::Error::last_os_error()) } else { Ok(ret as usize) }
}

/// Room for C structs on the stack.
type Room<const ROOM: usize> = [MaybeUninit<iovec>; ROOM];

/// The array of buffers that C reads, by hand.
#[inline(always)]
fn put<const ROOM: usize>(room: &mut Room<ROOM>, buffers: &[&mut [u8]]) -> io::Result<()> {
    if buffers.len() > ROOM {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (slot, buffer) in room.iter_mut().zip(buffers) {
        slot.write(iovec { iov_base: buffer.as_ptr().cast_mut().cast(), iov_len: buffer.len() });
    }
    Ok(())
}

/// The array of buffers that C writes, by hand.
#[inline(always)]
fn put_mut<const ROOM: usize>(room: &mut Room<ROOM>, buffers: &mut [&mut [u8]]) -> io::Result<()> {
    if buffers.len() > ROOM {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (slot, buffer) in room.iter_mut().zip(buffers) {
        slot.write(iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() });
    }
    Ok(())
}

/// What pins: a `Pinner`, or a scope of one.
trait Pins<'a> {
    fn pin<B: Lend + ?Sized>(&self, buffer: &'a B) -> Pinned<'_, B::Elem>;
    fn pin_mut<B: Lend<Access: Writable<B>> + ?Sized>(&self, buffer: &'a mut B) -> PinnedMut<'_, B::Elem>;
}

impl<'a> Pins<'a> for Pinner<'a> {
    #[inline(always)]
    fn pin<B: Lend + ?Sized>(&self, buffer: &'a B) -> Pinned<'_, B::Elem> {
        Pinner::pin(self, buffer)
    }
    #[inline(always)]
    fn pin_mut<B: Lend<Access: Writable<B>> + ?Sized>(&self, buffer: &'a mut B) -> PinnedMut<'_, B::Elem> {
        Pinner::pin_mut(self, buffer)
    }
}

impl<'a> Pins<'a> for Scope<'_, 'a> {
    #[inline(always)]
    fn pin<B: Lend + ?Sized>(&self, buffer: &'a B) -> Pinned<'_, B::Elem> {
        Scope::pin(self, buffer)
    }
    #[inline(always)]
    fn pin_mut<B: Lend<Access: Writable<B>> + ?Sized>(&self, buffer: &'a mut B) -> PinnedMut<'_, B::Elem> {
        Scope::pin_mut(self, buffer)
    }
}

/// The array of buffers that C reads, each of them pinned.
#[inline(always)]
fn pin<'a, const ROOM: usize>(pins: &impl Pins<'a>, room: &mut Room<ROOM>, buffers: &'a [&mut [u8]]) -> io::Result<()> {
    if buffers.len() > ROOM {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (slot, buffer) in room.iter_mut().zip(buffers) {
        let pinned = pins.pin(&**buffer);
        slot.write(iovec { iov_base: pinned.as_ptr().cast_mut().cast(), iov_len: pinned.len() });
    }
    Ok(())
}

/// The array of buffers that C writes, each of them pinned.
#[inline(always)]
fn pin_mut<'a, const ROOM: usize>(
    pins: &impl Pins<'a>,
    room: &mut Room<ROOM>,
    buffers: &'a mut [&mut [u8]],
) -> io::Result<()> {
    if buffers.len() > ROOM {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (slot, buffer) in room.iter_mut().zip(buffers) {
        let pinned = pins.pin_mut(&mut **buffer);
        slot.write(iovec { iov_base: pinned.as_mut_ptr().cast(), iov_len: pinned.len() });
    }
    Ok(())
}

/// A buffer to write or read.
#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

/// A C struct of one's own that leads to an array of `iovec`s.
#[repr(C)]
#[derive(Debug)]
struct Vector {
    iov: *mut iovec,
    n: libc::c_int,
}

/// What fills it, for [`with_pinned`](FfiPinned::with_pinned) of many buffers.
#[derive(FfiPinned)]
#[ffi(c = Vector)]
struct Segments<'a, 'b> {
    #[ffi(array = iov, len = n)]
    segments: &'a mut [Segment<'b>],
}

fn slices(memory: &mut [u8]) -> Vec<&mut [u8]> {
    memory.chunks_mut(BYTES).collect()
}

fn segments(memory: &mut [u8]) -> Vec<Segment<'_>> {
    memory.chunks_mut(BYTES).map(|bytes| Segment { bytes }).collect()
}

fn zero() -> File {
    File::open("/dev/zero").expect("/dev/zero")
}

/// A descriptor as std's functions take it, not closed again.
#[inline(always)]
fn file(fd: BorrowedFd<'_>) -> ManuallyDrop<File> {
    // SAFETY: open for as long as it is borrowed, and not closed.
    ManuallyDrop::new(unsafe { File::from_raw_fd(fd.as_raw_fd()) })
}

fn null() -> File {
    File::options().write(true).open("/dev/null").expect("/dev/null")
}

/// Two connected sockets that keep messages apart.
fn sockets() -> (OwnedFd, OwnedFd) {
    let (a, b) = std::os::unix::net::UnixDatagram::pair().expect("a pair of sockets");
    (a.into(), b.into())
}
