//! The conditions under which C may write cannot be met by an `impl` of the user's.
use pin_ffi::__private::{MayLendMut, MayWrite};
use pin_ffi::{FfiPinned, FfiPinnedMut, manual::{Access, LenField, Shared}};

mod __ffi_field {
    pub struct bytes;
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a [u8],
}

impl<'t> MayWrite<'t, __ffi_field::bytes, false> for Shared {}
impl<'t> MayLendMut<'t, __ffi_field::bytes, false> for &[u8] {}

struct Mine;
impl Access for Mine {}

#[derive(Clone, Copy)]
struct Length;
impl LenField for Length {
    const MAX: usize = 0;
    const ZERO: Self = Self;
    fn from_len(_: usize) -> Option<Self> {
        Some(Self)
    }
    fn to_len(self) -> Result<usize, i128> {
        Ok(0)
    }
}

fn main() {
    Segment { bytes: &[] }.with_pinned_mut(|_| ()).unwrap();
}
