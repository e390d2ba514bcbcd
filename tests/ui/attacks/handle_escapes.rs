//! The filled C struct does not leave the closure that it was made for, by any door.
use pin_ffi::{FfiPinned, FfiPinnedMut, manual::LentStruct};
use std::cell::RefCell;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

fn returned(segment: &mut Segment<'_>) {
    let _ = segment.with_pinned_mut(|c| c);
}

fn stored(segment: &mut Segment<'_>) {
    let mut kept: Option<LentStruct<'_, libc::iovec>> = None;
    let _ = segment.with_pinned_mut(|c| kept = Some(c));
}

fn shared(segment: &Segment<'_>, kept: &RefCell<Vec<LentStruct<'_, libc::iovec>>>) {
    let _ = segment.with_pinned(|c| kept.borrow_mut().push(c));
}

fn borrowed(segment: &Segment<'_>) {
    // SAFETY: filled while the closure runs.
    let _ = segment.with_pinned(|c| unsafe { c.as_ref() });
}

fn main() {
    let mut bytes = [0; 4];
    let mut live = libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 };
    let mut segment = Segment { bytes: &mut bytes };
    let _ = segment.with_pinned_mut_in(&mut live, |c| c);
    let _ = segment.with_pinned_mut_in(&mut live, |_| live.iov_len = 7);
}
