//! What every mapping type can do with its pages: written once, given to each.

/// The methods on pages, for a type with `fn window(&self) -> Window<'_>`.
///
/// `$map` is the code of an example that makes a `map` of one page of the type.
macro_rules! page_methods {
    ([$($generics:tt)*] $type:ty, $map:literal) => {
        impl $($generics)* $type {
            /// Tells the kernel how all of it will be used. `madvise(2)`.
            ///
            /// # Errors
            ///
            /// The kernel's: it may not know the advice, or not have it for these pages.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $map]
            /// map.advise(pin_ffi::mmap::Advice::Random)?;
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn advise(&self, advice: $crate::mmap::Advice) -> ::std::io::Result<()> {
                self.advise_range(advice, ..)
            }

            /// Tells the kernel how the pages that `range` (bytes) touches will be used. `madvise(2)`.
            ///
            /// # Errors
            ///
            /// As [`advise`](Self::advise), and if the range is not inside.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $map]
            /// map.advise_range(pin_ffi::mmap::Advice::WillNeed, 100..200)?;
            /// assert!(map.advise_range(pin_ffi::mmap::Advice::WillNeed, ..=map.len()).is_err());
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn advise_range(
                &self,
                advice: $crate::mmap::Advice,
                range: impl ::core::ops::RangeBounds<usize>,
            ) -> ::std::io::Result<()> {
                let window = self.window();
                let range = window.inside(&range)?;
                // SAFETY: no `Advice` changes what the bytes are.
                unsafe { window.mapping.advise(&range, advice.number()?) }
            }

            /// Keeps all of it in memory, reading it in first. `mlock(2)`; unlocked when unmapped.
            ///
            /// # Errors
            ///
            /// The kernel's: over `RLIMIT_MEMLOCK`, or pages that are not there.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $map]
            /// map.lock()?;
            /// map.unlock()?;
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn lock(&self) -> ::std::io::Result<()> {
                self.lock_range(..)
            }

            /// Keeps the pages that `range` (bytes) touches in memory. `mlock(2)`.
            ///
            /// # Errors
            ///
            /// As [`lock`](Self::lock), and if the range is not inside.
            pub fn lock_range(&self, range: impl ::core::ops::RangeBounds<usize>) -> ::std::io::Result<()> {
                let window = self.window();
                window.mapping.lock(&window.inside(&range)?)
            }

            /// Keeps each page that `range` (bytes) touches in memory once it has been used. `mlock2(2)`,
            /// `MLOCK_ONFAULT`; Linux.
            ///
            /// # Errors
            ///
            /// As [`lock_range`](Self::lock_range).
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $map]
            /// map.lock_on_fault(..)?;
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn lock_on_fault(&self, range: impl ::core::ops::RangeBounds<usize>) -> ::std::io::Result<()> {
                let window = self.window();
                window.mapping.lock_on_fault(&window.inside(&range)?)
            }

            /// Undoes [`lock`](Self::lock) for all of it. `munlock(2)`.
            ///
            /// # Errors
            ///
            /// The kernel's.
            pub fn unlock(&self) -> ::std::io::Result<()> {
                self.unlock_range(..)
            }

            /// Undoes [`lock`](Self::lock) for the pages that `range` (bytes) touches. Locks do not nest. `munlock(2)`.
            ///
            /// # Errors
            ///
            /// The kernel's, and if the range is not inside.
            pub fn unlock_range(&self, range: impl ::core::ops::RangeBounds<usize>) -> ::std::io::Result<()> {
                let window = self.window();
                window.mapping.unlock(&window.inside(&range)?)
            }
        }
    };
}

/// The methods that write pages back to their file, for the types that may have written them.
macro_rules! flush_methods {
    ([$($generics:tt)*] $type:ty, $map:literal) => {
        impl $($generics)* $type {
            /// Writes all changes to the file and waits for it. `msync(2)`, `MS_SYNC`.
            ///
            /// A private mapping has nothing to write; the call succeeds.
            ///
            /// # Errors
            ///
            /// The kernel's: the storage failed, or is full.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $map]
            /// map.flush()?;
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn flush(&self) -> ::std::io::Result<()> {
                self.flush_range(..)
            }

            /// Asks for all changes to be written to the file, and does not wait. `msync(2)`, `MS_ASYNC`.
            ///
            /// # Errors
            ///
            /// As [`flush`](Self::flush).
            pub fn flush_async(&self) -> ::std::io::Result<()> {
                self.flush_async_range(..)
            }

            /// Writes the pages that `range` (bytes) touches to the file and waits for it.
            ///
            /// # Errors
            ///
            /// As [`flush`](Self::flush), and if the range is not inside.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = $map]
            /// map.flush_range(10..20)?;
            /// assert!(map.flush_range(map.len() + 1..).is_err());
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn flush_range(&self, range: impl ::core::ops::RangeBounds<usize>) -> ::std::io::Result<()> {
                let window = self.window();
                window.mapping.flush(&window.inside(&range)?, ::libc::MS_SYNC)
            }

            /// Asks for the pages that `range` (bytes) touches to be written, and does not wait.
            ///
            /// # Errors
            ///
            /// As [`flush_range`](Self::flush_range).
            pub fn flush_async_range(&self, range: impl ::core::ops::RangeBounds<usize>) -> ::std::io::Result<()> {
                let window = self.window();
                window.mapping.flush(&window.inside(&range)?, ::libc::MS_ASYNC)
            }

            /// Writes the data of `range` (bytes) and waits, leaving out the file's metadata. `sync_file_range(2)` on
            /// Linux, `fsync(2)` elsewhere.
            ///
            /// `file` is the file that is mapped: the mapping does not keep it. This is no promise for a crash: blocks
            /// that the file has newly got are known only from its metadata.
            ///
            /// # Errors
            ///
            /// The kernel's: the file is of no kind that has this. And if the range is not inside.
            pub fn flush_data(
                &self,
                file: impl ::std::os::fd::AsFd,
                range: impl ::core::ops::RangeBounds<usize>,
            ) -> ::std::io::Result<()> {
                let window = self.window();
                window.mapping.flush_data(file.as_fd(), &window.inside(&range)?)
            }
        }
    };
}

/// The advice that loses data, for the types through which it may be lost.
macro_rules! lossy_methods {
    ([$($generics:tt)*] $type:ty, [$($mutability:tt)*]) => {
        impl $($generics)* $type {
            /// Gives advice that loses or changes bytes, to all of it. `madvise(2)`.
            ///
            /// # Errors
            ///
            /// The kernel's.
            ///
            /// # Safety
            ///
            /// As [`advise_lossy_range`](Self::advise_lossy_range).
            pub unsafe fn advise_lossy(
                & $($mutability)* self,
                advice: $crate::mmap::LossyAdvice,
            ) -> ::std::io::Result<()> {
                // SAFETY: the caller's promise.
                unsafe { self.advise_lossy_range(advice, ..) }
            }

            /// Gives advice that loses or changes bytes, to the whole pages inside `range` (bytes). `madvise(2)`.
            ///
            /// # Errors
            ///
            /// The kernel's, and if the range is not inside.
            ///
            /// # Safety
            ///
            /// Whoever uses the bytes, here, through another mapping of the file, or in a forked child, is prepared for
            /// what the advice does to them. A `resize` that makes the mapping longer uses the bytes behind its last.
            ///
            /// After [`DontFork`](super::LossyAdvice::DontFork), a forked child forgets the value, and all
            /// regions of the mapping: none of them is dropped, protected, resized or used in any other way there.
            pub unsafe fn advise_lossy_range(
                & $($mutability)* self,
                advice: $crate::mmap::LossyAdvice,
                range: impl ::core::ops::RangeBounds<usize>,
            ) -> ::std::io::Result<()> {
                let window = self.window();
                let range = window.inside(&range)?;
                let strictly = matches!(advice, $crate::mmap::LossyAdvice::Remove);
                // SAFETY: the caller's promise.
                unsafe { window.mapping.advise_covered(&range, advice.number()?, strictly) }
            }
        }
    };
}

pub(super) use {flush_methods, lossy_methods, page_methods};
