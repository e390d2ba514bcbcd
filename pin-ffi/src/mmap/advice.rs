//! [`Advice`], which never changes the content of mapped bytes, and [`LossyAdvice`], which may.

use super::error::MapError;
use libc::c_int;

/// The number of an advice on Linux, as in `<sys/mman.h>`. Some are newer than the `libc` crate.
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
            /// All variants.
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
    /// Advice on how memory will be used, which does not change its content. `madvise(2)`.
    ///
    /// Advice that the kernel does not know, or was built without, fails with `EINVAL`. On platforms other than Linux,
    /// all but the first four are [unsupported](std::io::ErrorKind::Unsupported).
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
        /// Reads will be in random order: do not read ahead. `MADV_RANDOM`.
        Random = any MADV_RANDOM,
        /// Reads will be from front to back: read ahead a lot. `MADV_SEQUENTIAL`.
        Sequential = any MADV_SEQUENTIAL,
        /// The pages will be needed soon: start reading now. `MADV_WILLNEED`.
        WillNeed = any MADV_WILLNEED,
        /// Let a forked child inherit the pages: undoes [`LossyAdvice::DontFork`]. `MADV_DOFORK`.
        DoFork = linux 11,
        /// Equal pages may be kept once (KSM). `MADV_MERGEABLE`.
        Mergeable = linux 12,
        /// Undoes [`Mergeable`](Self::Mergeable). `MADV_UNMERGEABLE`.
        Unmergeable = linux 13,
        /// Use transparent huge pages. `MADV_HUGEPAGE`.
        HugePage = linux 14,
        /// Do not use transparent huge pages. `MADV_NOHUGEPAGE`.
        NoHugePage = linux 15,
        /// Leave the pages out of core dumps. `MADV_DONTDUMP`.
        DontDump = linux 16,
        /// Include the pages in core dumps: undoes [`DontDump`](Self::DontDump). `MADV_DODUMP`.
        DoDump = linux 17,
        /// Let a forked child keep the content: undoes [`LossyAdvice::WipeOnFork`]. `MADV_KEEPONFORK`.
        KeepOnFork = linux 19,
        /// Reclaim these pages first when memory is short. `MADV_COLD`, Linux 5.4.
        Cold = linux 20,
        /// Reclaim the pages now, to swap or to the file. `MADV_PAGEOUT`, Linux 5.4.
        PageOut = linux 21,
        /// Map every page for reading now, and return an error if that fails. `MADV_POPULATE_READ`, Linux 5.14.
        PopulateRead = linux 22,
        /// Map every page for writing now, without writing to it, and return an error if that fails.
        /// `MADV_POPULATE_WRITE`, Linux 5.14.
        PopulateWrite = linux 23,
        /// Move the content to transparent huge pages now. `MADV_COLLAPSE`, Linux 6.1.
        Collapse = linux 25,
    }
}

advice! {
    /// Advice that may change bytes, remove them, or make them inaccessible, in this process or in a forked child.
    /// `madvise(2)`; giving it is [`unsafe`](super::MmapMut::advise_lossy).
    ///
    /// It applies to whole pages inside the range: a page that is only partly inside keeps its content. A range that
    /// starts or ends with the mapping extends to the page boundary there, except for [`Remove`](Self::Remove), which
    /// would otherwise remove bytes of the file outside the mapping.
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
        /// The pages are no longer needed: private changes are lost, and the bytes are those of the file, or 0.
        /// `MADV_DONTNEED`.
        DontNeed = any MADV_DONTNEED,
        /// The kernel may free private memory until it is written again. `MADV_FREE`.
        Free = linux 8,
        /// Punch a hole into the file: the bytes are 0 for everybody. `MADV_REMOVE`.
        Remove = linux 9,
        /// Do not map the pages in a forked child, where other memory may get their addresses. The child still has a
        /// copy of the value: it must [`forget`](core::mem::forget) it, and must not drop, protect, resize or otherwise
        /// use it. `MADV_DONTFORK`.
        DontFork = linux 10,
        /// All bytes are 0 in a forked child. `MADV_WIPEONFORK`.
        WipeOnFork = linux 18,
        /// Like [`DontNeed`](Self::DontNeed), but also for locked pages. `MADV_DONTNEED_LOCKED`, Linux 5.18.
        DontNeedLocked = linux 24,
        /// Treat the pages as broken hardware. `MADV_HWPOISON`; needs `CAP_SYS_ADMIN`.
        HwPoison = linux 100,
        /// Move the content elsewhere and retire the pages. `MADV_SOFT_OFFLINE`; needs `CAP_SYS_ADMIN`.
        SoftOffline = linux 101,
        /// Every access from now on is a `SIGSEGV`. This includes a `resize` that makes the mapping longer, which
        /// zeroes the bytes that an earlier shrink left after the last byte. `MADV_GUARD_INSTALL`, Linux 6.13.
        GuardInstall = linux 102,
        /// Undoes [`GuardInstall`](Self::GuardInstall); the bytes are 0. `MADV_GUARD_REMOVE`, Linux 6.13.
        GuardRemove = linux 103,
    }
}
