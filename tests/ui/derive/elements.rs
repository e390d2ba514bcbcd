//! A place may be an element of an array: of an array alone, by its number, once.
use pin_ffi::FfiPinned;

#[repr(C)]
struct frame {
    planes: [*const u8; 2],
    sizes: [u32; 2],
    one: *const u8,
    list: list,
}

/// C knows nothing of what this means.
#[repr(C)]
struct list(u64);
impl std::ops::Index<usize> for list {
    type Output = u64;
    fn index(&self, _: usize) -> &u64 {
        &self.0
    }
}

#[derive(FfiPinned)]
#[ffi(c = frame)]
struct Behind<'a> {
    #[ffi(ptr = planes[2], len = sizes[1])]
    third: &'a [u8],
}

#[derive(FfiPinned)]
#[ffi(c = frame)]
struct NoArray<'a> {
    #[ffi(ptr = one[0])]
    one: &'a [u8; 4],
}

#[derive(FfiPinned)]
#[ffi(c = frame)]
struct OfTheUsers {
    #[ffi(set = list[0])]
    first: u64,
}

#[derive(FfiPinned)]
#[ffi(c = frame)]
struct Twice<'a> {
    #[ffi(ptr = planes[0], len = sizes[0])]
    one: &'a [u8],
    #[ffi(ptr = planes[0x0], len = sizes[1])]
    two: &'a [u8],
}

const N: usize = 1;

#[derive(FfiPinned)]
#[ffi(c = frame)]
struct Named<'a> {
    #[ffi(ptr = planes[N], len = sizes[N])]
    one: &'a [u8],
}

fn main() {}
