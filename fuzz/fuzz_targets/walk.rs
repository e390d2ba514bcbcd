//! The pointer check's walk over C structs made of arbitrary bytes: it reads only what is registered, comes to an end, and
//! finds a fault exactly where a plain search finds one.
#![no_main]

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use pin_ffi::FfiChecked;
use pin_ffi::check::{Foreign, fault, foreign};
use std::collections::HashSet;

#[derive(FfiChecked)]
#[repr(C)]
struct leaf {
    #[ffi(len = n)]
    data: *mut u32,
    n: i8,
}

#[derive(FfiChecked)]
#[repr(C)]
struct list {
    #[ffi(nested)]
    next: *const list,
    #[ffi(len = n, nested)]
    leaves: *const leaf,
    n: u16,
    #[ffi(inline)]
    own: leaf,
    #[ffi(len_bytes = 3)]
    tail: *const u8,
    #[ffi(foreign)]
    ignored: *mut u8,
}

/// An address that nothing is at: no user-space address of any platform.
const NOWHERE: usize = usize::MAX / 2 + 1;

/// Memory that C structs may lead to: parts of it are registered.
struct Arena {
    words: Vec<u64>,
    /// Offsets in bytes, and lengths.
    registered: Vec<(usize, usize)>,
}

impl Arena {
    fn base(&self) -> usize {
        self.words.as_ptr().addr()
    }

    fn bytes(&self) -> usize {
        self.words.len() * 8
    }

    /// One registered part has all of it.
    fn has(&self, address: usize, bytes: usize) -> bool {
        let at = address.wrapping_sub(self.base());
        self.registered.iter().any(|&(from, len)| at >= from && at - from <= len && bytes <= len - (at - from))
    }

    unsafe fn read<T: Copy>(&self, address: usize) -> T {
        let at = address - self.base();
        assert!(at + size_of::<T>() <= self.bytes());
        // SAFETY: inside the arena; any bytes are a `T` (numbers, asked for by the callers).
        unsafe { self.words.as_ptr().cast::<u8>().add(at).cast::<T>().read_unaligned() }
    }

    /// Whether `bytes` at `address` are a fault; null and nothing are none.
    fn wrong(&self, address: usize, bytes: usize) -> bool {
        address != 0 && bytes != 0 && !self.has(address, bytes)
    }

    fn leaf_is_wrong(&self, at: usize) -> bool {
        // SAFETY: an address and a number.
        let (data, n) = unsafe { (self.read::<usize>(at), self.read::<i8>(at + std::mem::offset_of!(leaf, n))) };
        data != 0 && (n < 0 || self.wrong(data, n as usize * 4))
    }

    /// A plain search: every struct that can be reached.
    fn is_wrong(&self, first: usize) -> bool {
        let (mut lists, mut seen) = (vec![first], HashSet::new());
        while let Some(at) = lists.pop() {
            if !seen.insert(at) {
                continue;
            }
            // SAFETY: addresses and a number.
            let (next, leaves, n, tail) = unsafe {
                (
                    self.read::<usize>(at),
                    self.read::<usize>(at + std::mem::offset_of!(list, leaves)),
                    self.read::<u16>(at + std::mem::offset_of!(list, n)) as usize,
                    self.read::<usize>(at + std::mem::offset_of!(list, tail)),
                )
            };
            if self.wrong(next, size_of::<list>())
                || self.wrong(leaves, n * size_of::<leaf>())
                || self.wrong(tail, 3)
                || self.leaf_is_wrong(at + std::mem::offset_of!(list, own))
            {
                return true;
            }
            if leaves != 0 && (0..n).any(|i| self.leaf_is_wrong(leaves + i * size_of::<leaf>())) {
                return true;
            }
            if next != 0 {
                lists.push(next);
            }
        }
        false
    }
}

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let mut arena = Arena { words: vec![0; u.int_in_range(16..=96)?], registered: Vec::new() };
    let (base, bytes) = (arena.base(), arena.bytes());
    for _ in 0..u.int_in_range(0..=4)? {
        let from = if u.ratio(1, 2)? { 0 } else { u.int_in_range(0..=bytes)? };
        let len = if u.ratio(1, 2)? { bytes - from } else { u.int_in_range(0..=bytes - from)? };
        arena.registered.push((from, len));
    }
    for word in &mut arena.words {
        if u.is_empty() {
            break;
        }
        *word = match u.int_in_range(0..=7)? {
            0..=2 => 0,
            3 | 4 => (base + u.int_in_range(0..=bytes)?) as u64,
            5 => u.int_in_range(0..=5)?,
            6 => (base + u.int_in_range(0..=bytes)? / 8 * 8) as u64,
            _ => u.arbitrary::<u32>()? as u64 | NOWHERE as u64,
        };
    }
    // SAFETY: the arena outlives the guards.
    let guards: Vec<Foreign> =
        arena.registered.iter().map(|&(from, len)| unsafe { foreign((base + from) as *const u8, len) }).collect();
    // SAFETY: the arena has room for a `list`, whose every bit pattern is one; what is registered is memory, and any bytes
    // there are the structs that they are taken for.
    let found = unsafe { fault(&*(base as *const list), false) };
    assert_eq!(found.is_some(), arena.is_wrong(base), "{found:?}");
    // Texts are made of whatever was found.
    if let Some(found) = found {
        assert!(found.path().starts_with("list.") && !found.to_string().is_empty());
    }
    drop(guards);
    Ok(())
}

fuzz_target!(|bytes: &[u8]| {
    let _ = run(&mut Unstructured::new(bytes));
});
