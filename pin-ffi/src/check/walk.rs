//! Walking a C struct by its pointer map.

use super::registry::{Found, Range};
use super::{Fault, REGISTRY, Wrong, statics};
use crate::layout::{End, Pointer, Shape};
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The structs at one address.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) base: *const u8,
    pub(super) count: usize,
    pub(super) shape: &'static Shape,
    /// The path shows which element it is.
    pub(super) indexed: bool,
    /// C may write through the structs.
    write: bool,
    /// The run that led here (`None` for the outermost), its element, and the field of that.
    from: Option<(Option<usize>, usize, &'static str)>,
}

impl Run {
    pub(super) const fn outermost(base: *const u8, len: Option<usize>, shape: &'static Shape, write: bool) -> Self {
        let count = match len {
            Some(len) => len,
            None => 1,
        };
        Self { base, count, shape, indexed: len.is_some(), write, from: None }
    }
}

/// Looks at every address that can be reached from `outermost`, level by level; each array once, so that lists that lead
/// back to themselves have an end.
///
/// # Safety
///
/// The outermost structs are readable, and so is whatever is pinned, static or registered as C's own.
pub(super) unsafe fn walk(outermost: Run) -> Result<(), Box<Fault>> {
    let mut walk = Walk { outermost, found: Vec::new(), seen: BTreeSet::new() };
    let mut next = 0;
    let mut at = None;
    loop {
        // SAFETY: the caller's promise; what was found since is memory that was looked up.
        unsafe { walk.run(at)? };
        if next == walk.found.len() {
            return Ok(());
        }
        at = Some(next);
        next += 1;
    }
}

struct Walk {
    outermost: Run,
    /// Nested runs, each behind the one that led to it.
    found: Vec<Run>,
    seen: BTreeSet<(usize, usize, *const Shape, bool)>,
}

impl Walk {
    fn get(&self, at: Option<usize>) -> Run {
        at.map_or(self.outermost, |at| self.found[at])
    }

    /// # Safety
    ///
    /// The run is readable.
    unsafe fn run(&mut self, at: Option<usize>) -> Result<(), Box<Fault>> {
        let run = self.get(at);
        // Of structs without addresses there may be more than anyone can count: those without bytes.
        let count = if run.shape.pointers.is_empty() { 0 } else { run.count };
        for i in 0..count {
            let base = run.base.wrapping_add(i * run.shape.size);
            for pointer in run.shape.pointers {
                // SAFETY: element `i` of a readable run.
                unsafe { self.pointer(base, run.write, pointer, (at, i, pointer.walk.name))? };
            }
        }
        Ok(())
    }

    /// # Safety
    ///
    /// At `base` is a readable struct with this pointer.
    unsafe fn pointer(
        &mut self,
        base: *const u8,
        write: bool,
        pointer: &Pointer,
        from: (Option<usize>, usize, &'static str),
    ) -> Result<(), Box<Fault>> {
        let walk = &pointer.walk;
        let place = base.wrapping_add(pointer.ptr);
        // SAFETY: the struct of this pointer is at `base`.
        if walk.applies.is_some_and(|applies| !unsafe { applies(base) }) {
            return Ok(());
        }
        let through = write && !walk.only_read;
        if let (None, Some(shape)) = (walk.address, walk.shape) {
            let (count, indexed) = (walk.count, walk.count != 1);
            let run = Run { base: place, count, shape: shape(), indexed, write: through, from: Some(from) };
            self.found.push(run);
            return Ok(());
        }
        let Some(address) = walk.address else { return Ok(()) };
        // SAFETY: the field is in a readable struct.
        let address = unsafe { address(place) };
        if address.is_null() {
            return Ok(());
        }
        let write = write && pointer.written && !pointer.nested;
        let fault = |walk: &Self, bytes, wrong| walk.fault(from, address, bytes, write, wrong);
        let count = match (pointer.len, walk.length) {
            // SAFETY: the caller's promise.
            _ if walk.end != End::Counted => match unsafe { elements(address, walk.end) } {
                Ok(count) => count,
                Err((bytes, wrong)) => return Err(fault(self, bytes, wrong).into()),
            },
            // SAFETY: as above.
            (Some(len), Some(length)) => match unsafe { length(base.wrapping_add(len)) } {
                Ok(count) => count,
                Err(n) => return Err(fault(self, 0, Wrong::Length(n)).into()),
            },
            _ => walk.count,
        };
        let size = if pointer.bytes { 1 } else { walk.size.max(1) };
        let Some(bytes) = count.checked_mul(size) else {
            return Err(fault(self, 0, Wrong::Length(count as i128)).into());
        };
        if bytes == 0 {
            return Ok(());
        }
        if let Some(wrong) = look_up(address.addr(), bytes, write) {
            return Err(fault(self, bytes, wrong).into());
        }
        if let Some(shape) = walk.shape {
            let shape = shape();
            let count = bytes / shape.size.max(1);
            let indexed = pointer.len.is_some() || count != 1 || walk.end == End::Null;
            if self.seen.insert((address.addr(), count, core::ptr::from_ref(shape), through)) {
                self.found.push(Run { base: address, count, shape, indexed, write: through, from: Some(from) });
            }
        }
        Ok(())
    }

    #[cold]
    fn fault(
        &self,
        from: (Option<usize>, usize, &'static str),
        address: *const u8,
        bytes: usize,
        write: bool,
        wrong: Wrong,
    ) -> Fault {
        let mut path = String::new();
        let mut step = Some(from);
        while let Some((at, i, field)) = step {
            let run = self.get(at);
            let index = if run.indexed { format!("[{i}]") } else { String::new() };
            path = format!("{index}.{field}{path}");
            step = run.from;
        }
        let nearest = match wrong {
            Wrong::Unpinned => REGISTRY.nearest(address.addr(), bytes),
            _ => None,
        };
        let name = self.outermost.shape.name;
        let path = format!("{}{path}", name.rsplit("::").next().unwrap_or(name).trim());
        Fault { path, address: address.addr(), bytes, write, wrong, nearest }
    }
}

/// How many elements there are before the end that is in memory itself; or what is wrong, with the bytes in question.
///
/// # Safety
///
/// Whatever is pinned, static or registered as C's own is readable.
unsafe fn elements(start: *const u8, end: End) -> Result<usize, (usize, Wrong)> {
    let size = if end == End::Null { size_of::<*const u8>() } else { 1 };
    if let Some(wrong) = look_up(start.addr(), size, false) {
        return Err((size, wrong));
    }
    let lent = REGISTRY.extent(start.addr()).max(statics::find(start.addr(), size).map_or(0, |segment| segment.left));
    let count = if end == End::Null {
        // SAFETY: as many as are lent in one piece (caller); they need not be aligned.
        (0..lent / size)
            .find(|i| unsafe { start.wrapping_add(i * size).cast::<*const u8>().read_unaligned() }.is_null())
    } else {
        // SAFETY: as above.
        (0..lent).find(|i| unsafe { start.wrapping_add(*i).read() } == 0).map(|nul| nul + 1)
    };
    count.ok_or((lent, Wrong::Endless))
}

/// What is wrong with lending C the `bytes` at `start`.
fn look_up(start: usize, bytes: usize, write: bool) -> Option<Wrong> {
    let found = REGISTRY.find(start, bytes, write);
    if found == Found::Inside {
        return None;
    }
    match (statics::find(start, bytes), found) {
        (Some(segment), _) if segment.writable || !write => None,
        (_, Found::ReadOnly(range)) => Some(Wrong::ReadOnly(range)),
        (_, Found::Begins(range)) => Some(Wrong::TooLong(range)),
        (Some(_), _) => Some(Wrong::Constant),
        (None, _) => Some(Wrong::Unpinned),
    }
}

/// `64 bytes at 0x7f..`.
pub(super) fn describe(range: &Range) -> String {
    let Range { start, bytes, write, foreign, at } = *range;
    let how = match (foreign, write) {
        (true, true) => "registered as C's own",
        (true, false) => "registered as C's own, for reading,",
        (false, true) => "pinned for writing",
        (false, false) => "pinned for reading",
    };
    let at = at.map_or(String::new(), |at| format!(" at {at}"));
    format!("{bytes} bytes at {start:#x}, {how}{at}")
}
