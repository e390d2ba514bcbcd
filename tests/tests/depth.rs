//! Trees of derived values: each level takes stack, so that too deep a tree is refused before the stack ends.

use pin_ffi::{FfiPinned, FfiPinnedMut, LendError, Reason};
use std::thread;

#[repr(C)]
struct node {
    children: *mut node,
    children_len: usize,
    name: *mut u8,
    name_len: usize,
}

#[derive(FfiPinned)]
#[ffi(c = node)]
struct Node {
    #[ffi(array = children, len = children_len)]
    children: Vec<Node>,
    #[ffi(ptr = name, len = name_len)]
    name: Vec<u8>,
}

/// A tree with `levels` arrays, each in a struct of the one before.
fn tree(levels: usize) -> Node {
    let leaf = Node { children: Vec::new(), name: vec![0] };
    (1..levels).fold(leaf, |below, _| Node { children: vec![below], name: vec![0] })
}

/// Takes the tree apart without a call for each level.
fn fell(mut tree: Node) {
    while let Some(below) = tree.children.pop() {
        tree = below;
    }
}

/// What becomes of lending a tree of `levels` for reading and for writing, on a thread with 2 MiB of stack.
fn lend(levels: usize) -> [Result<usize, LendError>; 2] {
    let depth = |c: &node| {
        let (mut c, mut depth) = (c, 0);
        while c.children_len > 0 {
            // SAFETY: filled, while the closure runs.
            c = unsafe { &*c.children };
            depth += 1;
        }
        depth + 1
    };
    let lent = move || {
        let mut tree = tree(levels);
        // SAFETY: numbers and pointers, while the closure runs.
        let read = tree.with_pinned(|c| depth(unsafe { c.as_ref() }));
        // SAFETY: the same.
        let written = tree.with_pinned_mut(|c| depth(unsafe { c.as_ref() }));
        fell(tree);
        [read, written]
    };
    thread::Builder::new().stack_size(2 << 20).spawn(lent).unwrap().join().unwrap()
}

#[test]
fn a_tree_of_128_levels_is_lent() {
    for lent in lend(128) {
        assert_eq!(lent, Ok(128));
    }
}

#[test]
fn a_tree_of_2000_levels_is_refused_with_the_reason() {
    for lent in lend(2000) {
        let error = lent.unwrap_err();
        assert_eq!(error.reason(), Reason::TooDeep);
        assert_eq!(
            error.to_string(),
            "`Node[0].children`: its array is level 129 of arrays inside one another, and at most 128 can be lent"
        );
    }
}

#[test]
fn refusing_a_deep_tree_leaves_the_next_call_as_it_was() {
    let (deep, flat) = (tree(200), tree(100));
    assert!(deep.with_pinned(|_| ()).is_err());
    assert!(flat.with_pinned(|_| ()).is_ok());
    let both = Node { children: vec![flat, deep], name: vec![0] };
    assert_eq!(both.with_pinned(|_| ()).unwrap_err().index(), Some(0));
    for tree in both.children {
        fell(tree);
    }
}
