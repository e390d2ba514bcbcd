//! The methods on pages that all mapping types share, as macros.

/// Implements the methods on pages for a type that has `fn window(&self) -> Window<'_>`.
///
/// `$map` is example code that makes a `map` of this type, one page long.
macro_rules! page_methods {
    ([$($generics:tt)*] $type:ty, $map:literal) => {
        impl $($generics)* $type {
            /// Tells the kernel how the whole memory will be used. `madvise(2)`.
            ///
            /// # Errors
            ///
            /// The error of the kernel, which may not know the advice or may not support it for these pages.
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
            /// As for [`advise`](Self::advise), and [`RangeError`](super::RangeError) if the range is out of bounds.
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
                // SAFETY: no `Advice` changes the content of the bytes.
                unsafe { window.mapping.advise(&range, advice.number()?) }
            }

            /// Reads the whole memory in and locks it there. `mlock(2)`. Unmapping unlocks it.
            ///
            /// # Errors
            ///
            /// The error of the kernel: `RLIMIT_MEMLOCK` is exceeded, or pages do not exist.
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

            /// Locks the pages that `range` (in bytes) touches in memory. `mlock(2)`.
            ///
            /// # Errors
            ///
            /// As for [`lock`](Self::lock), and [`RangeError`](super::RangeError) if the range is out of bounds.
            pub fn lock_range(&self, range: impl ::core::ops::RangeBounds<usize>) -> ::std::io::Result<()> {
                let window = self.window();
                window.mapping.lock(&window.inside(&range)?)
            }

            /// Locks each page that `range` (in bytes) touches as soon as it is first accessed. `mlock2(2)` with
            /// `MLOCK_ONFAULT`; Linux only.
            ///
            /// # Errors
            ///
            /// As for [`lock_range`](Self::lock_range).
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

            /// Unlocks the whole memory, undoing [`lock`](Self::lock). `munlock(2)`.
            ///
            /// # Errors
            ///
            /// The error of the kernel.
            pub fn unlock(&self) -> ::std::io::Result<()> {
                self.unlock_range(..)
            }

            /// Unlocks the pages that `range` (in bytes) touches. Locks do not nest. `munlock(2)`.
            ///
            /// # Errors
            ///
            /// The error of the kernel, and [`RangeError`](super::RangeError) if the range is out of bounds.
            pub fn unlock_range(&self, range: impl ::core::ops::RangeBounds<usize>) -> ::std::io::Result<()> {
                let window = self.window();
                window.mapping.unlock(&window.inside(&range)?)
            }
        }
    };
}

/// Implements the methods that write pages back to the file, for the types that may have written to them.
macro_rules! flush_methods {
    ([$($generics:tt)*] $type:ty, $map:literal) => {
        impl $($generics)* $type {
            /// Writes all changes to the file and waits until they are written. `msync(2)` with `MS_SYNC`.
            ///
            /// A private mapping has nothing to write; the call succeeds.
            ///
            /// # Errors
            ///
            /// The error of the kernel: the storage failed, or is full.
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

            /// Starts to write all changes to the file, and does not wait. `msync(2)` with `MS_ASYNC`.
            ///
            /// # Errors
            ///
            /// As for [`flush`](Self::flush).
            pub fn flush_async(&self) -> ::std::io::Result<()> {
                self.flush_async_range(..)
            }

            /// Writes the pages that `range` (in bytes) touches to the file and waits until they are written.
            ///
            /// # Errors
            ///
            /// As for [`flush`](Self::flush), and [`RangeError`](super::RangeError) if the range is out of bounds.
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

            /// Starts to write the pages that `range` (in bytes) touches to the file, and does not wait.
            ///
            /// # Errors
            ///
            /// As for [`flush_range`](Self::flush_range).
            pub fn flush_async_range(&self, range: impl ::core::ops::RangeBounds<usize>) -> ::std::io::Result<()> {
                let window = self.window();
                window.mapping.flush(&window.inside(&range)?, ::libc::MS_ASYNC)
            }

            /// Writes the data of `range` (in bytes) to the file and waits, without the file's metadata.
            /// `sync_file_range(2)` on Linux, `fsync(2)` elsewhere.
            ///
            /// `file` is the mapped file; the caller passes it because the mapping does not keep it. The data does not
            /// necessarily survive a crash: newly allocated blocks of the file can only be found through its metadata.
            ///
            /// # Errors
            ///
            /// The error of the kernel, which does not support this for every kind of file, and
            /// [`RangeError`](super::RangeError) if the range is out of bounds.
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

/// Implements the methods for advice that loses data, for the types that allow it.
macro_rules! lossy_methods {
    ([$($generics:tt)*] $type:ty, [$($mutability:tt)*]) => {
        impl $($generics)* $type {
            /// Gives advice that loses or changes bytes, for the whole memory. `madvise(2)`.
            ///
            /// # Errors
            ///
            /// The error of the kernel.
            ///
            /// # Safety
            ///
            /// As for [`advise_lossy_range`](Self::advise_lossy_range).
            pub unsafe fn advise_lossy(
                & $($mutability)* self,
                advice: $crate::mmap::LossyAdvice,
            ) -> ::std::io::Result<()> {
                // SAFETY: this function has the same contract as `advise_lossy_range`.
                unsafe { self.advise_lossy_range(advice, ..) }
            }

            /// Gives advice that loses or changes bytes, for the whole pages inside `range` (in bytes). `madvise(2)`.
            ///
            /// # Errors
            ///
            /// The error of the kernel, and [`RangeError`](super::RangeError) if the range is out of bounds.
            ///
            /// # Safety
            ///
            /// All code that uses the bytes, in this process, through another mapping of the file, or in a forked
            /// child, must expect what the advice does to them. A `resize` that makes the mapping longer uses the bytes
            /// after its last one.
            ///
            /// After [`DontFork`](super::LossyAdvice::DontFork), a forked child must [`forget`](core::mem::forget) the
            /// value and all regions of the mapping: it must not drop, protect, resize or otherwise use any of them.
            pub unsafe fn advise_lossy_range(
                & $($mutability)* self,
                advice: $crate::mmap::LossyAdvice,
                range: impl ::core::ops::RangeBounds<usize>,
            ) -> ::std::io::Result<()> {
                let window = self.window();
                let range = window.inside(&range)?;
                let strictly = matches!(advice, $crate::mmap::LossyAdvice::Remove);
                // SAFETY: the caller guarantees that the content of `range` may change or disappear.
                unsafe { window.mapping.advise_covered(&range, advice.number()?, strictly) }
            }
        }
    };
}

pub(super) use {flush_methods, lossy_methods, page_methods};
