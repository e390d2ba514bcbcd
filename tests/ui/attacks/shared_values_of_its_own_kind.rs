//! A struct that holds a run of its own kind is lent for writing as far as that run may be: not behind a shared borrow.
use pin_ffi::{FfiPinned, FfiPinnedMut};

#[repr(C)]
struct node {
    nodes: *mut node,
    n: usize,
}

#[derive(FfiPinned)]
#[ffi(c = node)]
struct Shared<'a> {
    #[ffi(array = nodes, len = n)]
    nodes: &'a [Shared<'a>],
}

#[derive(FfiPinned)]
#[ffi(c = node)]
struct Owned {
    #[ffi(array = nodes, len = n)]
    nodes: Vec<Owned>,
}

fn main() {
    Owned { nodes: Vec::new() }.with_pinned_mut(|_| ()).unwrap();
    Shared { nodes: &[] }.with_pinned_mut(|_| ()).unwrap();
}
