//! Static data: what the dynamic linker says that it has mapped.
//!
//! On Linux, Android and FreeBSD `dl_iterate_phdr` tells the segments of the program and of every library that is loaded
//! now, so that a constant string, a `static` and C's own globals are known, and whether they can be written. It is asked
//! only for an address that is nowhere pinned, and nothing of the answer is kept: libraries come and go. Elsewhere
//! nothing is known to be static; such data is pinned like any other, or registered with [`foreign`](super::foreign).

/// Where static data is.
pub(super) struct Segment {
    pub(super) writable: bool,
    /// Bytes to its end.
    pub(super) left: usize,
}

/// The segment that the `bytes` at `start` are in.
#[cfg(all(any(target_os = "linux", target_os = "android", target_os = "freebsd"), not(miri)))]
pub(super) fn find(start: usize, bytes: usize) -> Option<Segment> {
    use core::ffi::{c_int, c_void};

    // <elf.h>; `libc` has them for some systems.
    const PF_W: u32 = 2;
    const PF_R: u32 = 4;

    struct Asked {
        start: usize,
        bytes: usize,
        found: Option<Segment>,
    }

    unsafe extern "C" fn each(info: *mut libc::dl_phdr_info, _: libc::size_t, asked: *mut c_void) -> c_int {
        // SAFETY: `dl_iterate_phdr` passes a valid description, and the pointer that it was given below.
        let (info, asked) = unsafe { (&*info, &mut *asked.cast::<Asked>()) };
        let inside = |address: usize, size: usize| {
            let offset = asked.start.wrapping_sub((info.dlpi_addr as usize).wrapping_add(address));
            (offset < size && asked.bytes <= size - offset).then(|| size - offset)
        };
        let mut constant = false;
        for i in 0..usize::from(info.dlpi_phnum) {
            // SAFETY: `dlpi_phnum` headers are at `dlpi_phdr`.
            let header = unsafe { &*info.dlpi_phdr.add(i) };
            let Some(left) = inside(header.p_vaddr as usize, header.p_memsz as usize) else { continue };
            if header.p_type == libc::PT_GNU_RELRO {
                constant = true;
            } else if header.p_type == libc::PT_LOAD && header.p_flags & PF_R != 0 {
                asked.found = Some(Segment { writable: header.p_flags & PF_W != 0, left });
            }
        }
        if let (true, Some(segment)) = (constant, &mut asked.found) {
            segment.writable = false;
        }
        c_int::from(asked.found.is_some())
    }

    let mut asked = Asked { start, bytes, found: None };
    // SAFETY: the callback fits the declaration, and `asked` outlives the call.
    unsafe { libc::dl_iterate_phdr(Some(each), (&raw mut asked).cast()) };
    asked.found
}

/// Nothing is known here.
#[cfg(not(all(any(target_os = "linux", target_os = "android", target_os = "freebsd"), not(miri))))]
pub(super) fn find(_start: usize, _bytes: usize) -> Option<Segment> {
    None
}
