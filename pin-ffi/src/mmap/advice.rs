//! [`Advice`] that keeps what is mapped as it is, and [`LossyAdvice`] that does not.

use super::error::MapError;
use libc::c_int;

/// Linux's number of an advice, by its name in `<sys/mman.h>`: some are newer than the `libc` crate.
#[cfg(target_os = "linux")]
macro_rules! number {
    (any $posix:ident) => {
        Some(libc::$posix)
    };
    (linux $number:literal) => {
        Some($number)
    };
}
#[cfg(not(target_os = "linux"))]
macro_rules! number {
    (any $posix:ident) => {
        Some(libc::$posix)
    };
    (linux $number:literal) => {
        None
    };
}

macro_rules! advice {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $where:ident $number:tt,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$of])* $variant,)*
        }

        impl $name {
            /// Every one there is.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub(super) fn number(self) -> Result<c_int, MapError> {
                let number: Option<c_int> = match self {
                    $(Self::$variant => number!($where $number),)*
                };
                number.ok_or(MapError::Unsupported("this advice"))
            }
        }
    };
}

advice! {
    /// How memory will be used: advice after which every byte is still what it was. `madvise(2)`.
    ///
    /// What the kernel does not know, or was built without, fails with `EINVAL`; on platforms other than Linux all but
    /// the first four are [unsupported](std::io::ErrorKind::Unsupported).
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::{Advice, MmapMut};
    ///
    /// let map = MmapMut::anon(1 << 20)?;
    /// map.advise(Advice::Sequential)?;
    /// map.advise_range(Advice::WillNeed, ..4096)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    Advice {
        /// No advice: the default. `MADV_NORMAL`.
        Normal = any MADV_NORMAL,
        /// Reads in any order: no reading ahead. `MADV_RANDOM`.
        Random = any MADV_RANDOM,
        /// Reads from front to back: read ahead a lot. `MADV_SEQUENTIAL`.
        Sequential = any MADV_SEQUENTIAL,
        /// Needed soon: start reading now. `MADV_WILLNEED`.
        WillNeed = any MADV_WILLNEED,
        /// Children have it after a fork: undoes [`LossyAdvice::DontFork`]. `MADV_DOFORK`.
        DoFork = linux 11,
        /// Equal pages may be kept once (KSM). `MADV_MERGEABLE`.
        Mergeable = linux 12,
        /// Undoes [`Mergeable`](Self::Mergeable). `MADV_UNMERGEABLE`.
        Unmergeable = linux 13,
        /// Transparent huge pages, please. `MADV_HUGEPAGE`.
        HugePage = linux 14,
        /// No transparent huge pages. `MADV_NOHUGEPAGE`.
        NoHugePage = linux 15,
        /// Not in a core dump. `MADV_DONTDUMP`.
        DontDump = linux 16,
        /// In a core dump: undoes [`DontDump`](Self::DontDump). `MADV_DODUMP`.
        DoDump = linux 17,
        /// Children have its content after a fork: undoes [`LossyAdvice::WipeOnFork`]. `MADV_KEEPONFORK`.
        KeepOnFork = linux 19,
        /// First to be reclaimed when memory is short. `MADV_COLD`, Linux 5.4.
        Cold = linux 20,
        /// Reclaim it now: to swap, or to the file. `MADV_PAGEOUT`, Linux 5.4.
        PageOut = linux 21,
        /// Map every page for reading now, or say why not. `MADV_POPULATE_READ`, Linux 5.14.
        PopulateRead = linux 22,
        /// Map every page for writing now, without writing, or say why not. `MADV_POPULATE_WRITE`, Linux 5.14.
        PopulateWrite = linux 23,
        /// Gather it into transparent huge pages now. `MADV_COLLAPSE`, Linux 6.1.
        Collapse = linux 25,
    }
}

advice! {
    /// Advice after which bytes may have changed, gone, or become unreachable, here or in a forked child.
    /// `madvise(2)`; it takes [`unsafe`](super::MmapMut::advise_lossy) to give it.
    ///
    /// It is given to whole pages inside the range: a page that the range covers in part keeps its content. At the two
    /// ends of a mapping the range is taken to reach to the page's end, except for [`Remove`](Self::Remove), which
    /// would take from the file what was not mapped.
    ///
    /// # Examples
    ///
    /// ```
    /// use pin_ffi::mmap::{LossyAdvice, MmapMut, page_size};
    ///
    /// let mut map = MmapMut::anon(2 * page_size())?;
    /// map.fill(7);
    /// // SAFETY: nothing depends on what the bytes are.
    /// unsafe { map.advise_lossy_range(LossyAdvice::DontNeed, page_size() - 1..)? };
    /// assert_eq!((map[page_size() - 1], map[page_size()]), (7, if cfg!(target_os = "linux") { 0 } else { map[page_size()] }));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    LossyAdvice {
        /// Not needed any more: private changes are lost, and the bytes are the file's, or 0, again. `MADV_DONTNEED`.
        DontNeed = any MADV_DONTNEED,
        /// Private memory may be freed until it is next written. `MADV_FREE`.
        Free = linux 8,
        /// Punch a hole into the file: 0 for everybody. `MADV_REMOVE`.
        Remove = linux 9,
        /// Not there in a child after a fork, where its addresses may become another owner's. The child has the value
        /// all the same: it forgets it ([`forget`](core::mem::forget)), and neither drops, protects nor resizes it, nor
        /// uses it in any other way. `MADV_DONTFORK`.
        DontFork = linux 10,
        /// All 0 in a child after a fork. `MADV_WIPEONFORK`.
        WipeOnFork = linux 18,
        /// As [`DontNeed`](Self::DontNeed), also of locked pages. `MADV_DONTNEED_LOCKED`, Linux 5.18.
        DontNeedLocked = linux 24,
        /// Treat the pages as broken hardware. `MADV_HWPOISON`; needs `CAP_SYS_ADMIN`.
        HwPoison = linux 100,
        /// Move the content elsewhere and retire the pages. `MADV_SOFT_OFFLINE`; needs `CAP_SYS_ADMIN`.
        SoftOffline = linux 101,
        /// Any access from now on is a `SIGSEGV`, also that of `resize` where the mapping grows: it zeroes what an
        /// earlier shrink left behind the last byte. `MADV_GUARD_INSTALL`, Linux 6.13.
        GuardInstall = linux 102,
        /// Undoes [`GuardInstall`](Self::GuardInstall); the bytes are 0. `MADV_GUARD_REMOVE`, Linux 6.13.
        GuardRemove = linux 103,
    }
}
