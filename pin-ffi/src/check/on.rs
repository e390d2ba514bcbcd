//! The check, switched on.

use super::registry::{Found, Range, Registry, Ticket};
use super::walk::{self, Run, describe};
use super::{FfiChecked, Policy};
use crate::layout::{Shape, shape_of};
use crate::{events, stats};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;
use core::panic::Location;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU8, Ordering};
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

pub(crate) static REGISTRY: Registry = Registry::new();

/// Whether pins have an end to tell of.
pub(crate) const COMPILED: bool = true;

/// What a pin holds while it is entered.
pub(crate) type Lending = Ticket;

/// Enters memory that is lent from here on.
#[inline]
#[track_caller]
pub(crate) fn enter(start: usize, bytes: usize, write: bool) -> Lending {
    if policy() == Policy::Off {
        return Ticket::NONE;
    }
    REGISTRY.insert(Range { start, bytes, write, foreign: false, at: Some(Location::caller()) })
}

/// The end of a lending, once.
#[inline]
pub(crate) fn leave(lending: Lending) {
    REGISTRY.remove(lending);
}

/// One lending in a list of them.
pub(crate) struct Note {
    older: Option<NonNull<Note>>,
    lending: Lending,
}

/// Lendings that end together. The notes are in memory of the owner's; a list that is forgotten is not looked at again.
pub(crate) struct Notes(Option<NonNull<Note>>);

impl Notes {
    pub(crate) const NONE: Self = Self(None);

    /// Adds a note at `place`.
    ///
    /// # Safety
    ///
    /// `place` is valid for a `Note`, and stays so and untouched until `end`.
    pub(crate) unsafe fn add(&mut self, place: NonNull<Note>, lending: Lending) {
        // SAFETY: the caller's promise.
        unsafe { place.write(Note { older: self.0, lending }) };
        self.0 = Some(place);
    }

    /// Ends all lendings, the last one first.
    ///
    /// # Safety
    ///
    /// The notes are still there.
    #[inline]
    pub(crate) unsafe fn end(&mut self) {
        let mut next = self.0.take();
        while let Some(note) = next {
            // SAFETY: the caller's promise.
            let Note { older, lending } = unsafe { note.read() };
            leave(lending);
            next = older;
        }
    }
}

/// Pins, pinned bytes, and the most of both.
pub(crate) fn totals() -> [usize; 4] {
    let totals = REGISTRY.totals();
    [totals.pins, totals.bytes, totals.most_pins, totals.most_bytes]
}

/// The policy plus 1, or 0 before it was read.
static POLICY: AtomicU8 = AtomicU8::new(0);

#[inline]
pub(super) fn policy() -> Policy {
    match POLICY.load(Ordering::Relaxed) {
        1 => Policy::Off,
        2 => Policy::Report,
        3 => Policy::Panic,
        4 => Policy::Abort,
        _ => read_policy(),
    }
}

#[cold]
fn read_policy() -> Policy {
    let said = std::env::var_os("PIN_FFI_CHECK");
    let policy = match said.as_ref().map(|s| s.to_str()) {
        None | Some(Some("panic" | "")) => Policy::Panic,
        Some(Some("off")) => Policy::Off,
        Some(Some("report")) => Policy::Report,
        Some(Some("abort")) => Policy::Abort,
        Some(_) => {
            // So that a second thread, or a drop on the way out, does not panic again.
            POLICY.store(3, Ordering::Relaxed);
            let said = said.unwrap_or_default();
            panic!("PIN_FFI_CHECK is {said:?}: it says `off`, `report`, `panic` or `abort`");
        }
    };
    POLICY.store(policy as u8 + 1, Ordering::Relaxed);
    events::policy_read(policy);
    policy
}

pub(super) fn is_pinned(start: usize, bytes: usize) -> bool {
    REGISTRY.find(start, bytes, false) == Found::Inside
}

std::thread_local! {
    /// How many `no_check`s this thread is in.
    static UNCHECKED: Cell<usize> = const { Cell::new(0) };
}

/// Switches the check off on this thread for as long as it lives.
pub(super) struct Unchecked;

impl Unchecked {
    pub(super) fn new() -> Self {
        // A thread that is ending checks nothing any more.
        let _ = UNCHECKED.try_with(|n| n.set(n.get() + 1));
        Self
    }
}

impl Drop for Unchecked {
    fn drop(&mut self) {
        let _ = UNCHECKED.try_with(|n| n.set(n.get() - 1));
    }
}

/// Memory that is registered as C's own; see [`foreign`](super::foreign).
#[derive(Debug)]
#[must_use = "the memory counts as C's own until this is dropped"]
pub struct Foreign(Ticket);

impl Foreign {
    #[track_caller]
    pub(super) fn new(start: usize, bytes: usize) -> Self {
        if policy() == Policy::Off {
            return Self(Ticket::NONE);
        }
        Self(REGISTRY.insert(Range { start, bytes, write: true, foreign: true, at: Some(Location::caller()) }))
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        REGISTRY.remove(self.0);
    }
}

/// Why an address may not be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wrong {
    /// Nothing that is pinned, static or C's own is there.
    Unpinned,
    /// It begins in this range and ends behind it.
    TooLong(Range),
    /// C may write through it, and only read this range.
    ReadOnly(Range),
    /// C may write through it, and it is constant data.
    Constant,
    /// The length beside it is negative, or more than an address space has.
    Length(i128),
    /// A string or a table of strings goes on to the end of what is lent.
    Endless,
}

/// What is wrong with an address in a C struct: the first that was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Fault {
    pub(super) path: String,
    pub(super) address: usize,
    pub(super) bytes: usize,
    pub(super) write: bool,
    pub(super) wrong: Wrong,
    pub(super) nearest: Option<Range>,
}

impl Fault {
    /// The struct and the path of fields and indices in it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The address in question.
    #[must_use]
    pub const fn address(&self) -> usize {
        self.address
    }

    /// How many bytes C may use there; 0 where the length itself is wrong.
    #[must_use]
    pub const fn len_bytes(&self) -> usize {
        self.bytes
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, address, bytes, write, wrong, nearest } = self;
        let what = if *write { "may write" } else { "may read" };
        match wrong {
            Wrong::Unpinned => {
                writeln!(
                    f,
                    "`{path}` leads to memory that is not pinned: {bytes} bytes at {address:#x}, which C {what}"
                )?;
                match nearest {
                    Some(range) => {
                        let (there, side) = if range.start >= *address {
                            (range.start.saturating_sub(address.saturating_add(*bytes)), "behind it")
                        } else {
                            (address.saturating_sub(range.start.saturating_add(range.bytes)), "before it")
                        };
                        writeln!(f, "  nearest: {}; {there} bytes {side}", describe(range))?;
                    }
                    None => writeln!(f, "  nothing is pinned now")?,
                }
                write!(
                    f,
                    "  pin the buffer for as long as C has its address (`pin_ffi::scope`, `Pinner`), or register memory of \
                     C's own with `check::foreign`"
                )
            }
            Wrong::TooLong(range) => {
                let over = bytes - (range.bytes - (address - range.start));
                writeln!(
                    f,
                    "`{path}` leads to {bytes} bytes at {address:#x}, which C {what}: {over} bytes more than are pinned"
                )?;
                writeln!(f, "  it begins in: {}", describe(range))?;
                write!(f, "  shorten the length beside the address, or pin the whole buffer")
            }
            Wrong::ReadOnly(range) => {
                writeln!(
                    f,
                    "`{path}` leads to {bytes} bytes at {address:#x}, which C {what}, and they are lent for reading only"
                )?;
                writeln!(f, "  it is in: {}", describe(range))?;
                write!(f, "  pin the buffer with `pin_mut`; if this call only reads, check the struct with `verify`")
            }
            Wrong::Constant => {
                writeln!(
                    f,
                    "`{path}` leads to {bytes} bytes at {address:#x}, which C {what}, and they are constant data of the \
                     program"
                )?;
                write!(
                    f,
                    "  pass a buffer that may be written; if this call only reads, check the struct with `verify`"
                )
            }
            Wrong::Endless => {
                writeln!(
                    f,
                    "`{path}` leads to {address:#x}, and has no end: neither a NUL nor a null pointer is in the {bytes} \
                     bytes that are lent there"
                )?;
                write!(f, "  pin a string together with its NUL (`CStr`, `CString`), a table with its null pointer")
            }
            Wrong::Length(n) => {
                writeln!(f, "`{path}` leads to {address:#x}, and the length beside it is {n}")?;
                write!(f, "  no buffer has that length: was it converted from a wider integer?")
            }
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}

impl core::error::Error for Fault {}

#[inline]
#[track_caller]
pub(super) unsafe fn verify<C: FfiChecked + ?Sized>(c: &C, write: bool) {
    let (base, len) = c.structs();
    // SAFETY: the caller's promise.
    unsafe { verify_run(base, len, shape_of::<C>(), write) }
}

/// Walks `len` structs at `c`, or one.
#[track_caller]
pub(crate) unsafe fn verify_raw<C: FfiChecked>(c: *const C, len: Option<usize>, write: bool) {
    // SAFETY: the caller's promise.
    unsafe { verify_run(c.cast(), len, shape_of::<C>(), write) }
}

#[track_caller]
unsafe fn verify_run(base: *const u8, len: Option<usize>, shape: &'static Shape, write: bool) {
    let policy = policy();
    if policy == Policy::Off || UNCHECKED.try_with(|n| n.get() != 0).unwrap_or(true) {
        return;
    }
    stats::count_check();
    // SAFETY: the caller's promise; the structs are behind a reference.
    if let Err(fault) = unsafe { walk::walk(Run::outermost(base, len, shape, write)) } {
        stats::count_failed_check();
        fail(policy, &fault, Location::caller());
    }
}

#[cold]
#[track_caller]
fn fail(policy: Policy, fault: &Fault, at: &'static Location<'static>) {
    match policy {
        Policy::Off => {}
        Policy::Report => {
            // Which element of an array it was makes no new report.
            let field = fault.path.split('[').map(|s| s.split_once(']').map_or(s, |(_, rest)| rest));
            if is_new(field.collect::<String>() + &at.to_string()) {
                events::check_failed(fault, at);
                say(fault, at);
            }
        }
        Policy::Panic => {
            events::check_failed(fault, at);
            panic!("pointer check: {fault}")
        }
        Policy::Abort => {
            events::check_failed(fault, at);
            say(fault, at);
            std::process::abort();
        }
    }
}

/// Whether no report was made for `key` before. Memory is taken, and freed, while nobody holds the lock: the program's
/// allocator may have something to report itself.
fn is_new(key: String) -> bool {
    static REPORTED: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let mut larger = Vec::new();
    loop {
        let mut reported = REPORTED.lock().unwrap_or_else(PoisonError::into_inner);
        let Err(place) = reported.binary_search(&key) else { return false };
        let needed = reported.len() + 1;
        if reported.capacity() < needed {
            if larger.capacity() < needed {
                drop(reported);
                larger = Vec::with_capacity(2 * needed);
                continue;
            }
            larger.append(&mut reported);
            core::mem::swap(&mut larger, &mut reported);
        }
        reported.insert(place, key);
        return true;
    }
}

/// Where nobody reads standard error any more, that is no reason to stop a program, nor to unwind instead of ending it.
fn say(fault: &Fault, at: &Location<'_>) {
    let _ = writeln!(std::io::stderr(), "pointer check at {at}: {fault}");
}

pub(super) unsafe fn fault<C: FfiChecked + ?Sized>(c: &C, write: bool) -> Option<Fault> {
    if policy() == Policy::Off {
        return None;
    }
    let (base, len) = c.structs();
    // SAFETY: the caller's promise.
    unsafe { walk::walk(Run::outermost(base, len, shape_of::<C>(), write)) }.err().map(|fault| *fault)
}
