//! How many names a user meets: those at the crate's root, and public traits. Growth is a decision, made here.

use std::collections::BTreeSet;
use syn::{Attribute, Item, UseTree, Visibility};

const ROOT: &str = include_str!("../../pin-ffi/src/lib.rs");
/// `ci/release.sh` sees to it that this is what the documentation has.
const API: &str = include_str!("../../docs/api/pin-ffi.txt");

/// Names at the root: modules, macros and functions too; a trait and its derive are one.
const MOST_NAMES: usize = 25;
/// Public traits, in all modules.
const MOST_TRAITS: usize = 14;

#[test]
fn names_at_the_root_are_few() {
    let mut names = BTreeSet::new();
    for item in syn::parse_file(ROOT).unwrap().items {
        match item {
            Item::Mod(item) if is_public(&item.vis, &item.attrs) => drop(names.insert(item.ident.to_string())),
            Item::Use(item) if is_public(&item.vis, &item.attrs) => leaves(&item.tree, &mut names),
            Item::Mod(_) | Item::Use(_) | Item::ExternCrate(_) => {}
            item => panic!("lib.rs defines something itself, which is not counted: {}", quote::quote!(#item)),
        }
    }
    println!("{} names: {names:?}", names.len());
    assert!(names.len() <= MOST_NAMES, "{} names at the root, at most {MOST_NAMES}: {names:?}", names.len());
    assert!(names.contains("FfiPinned") && names.contains("check"), "lib.rs is written in another way now: {names:?}");
}

#[test]
fn public_traits_are_few() {
    let starts = ["pub trait ", "pub unsafe trait "];
    let path = |line: &'static str| starts.iter().find_map(|start| Some(line.split_once(start)?.1));
    let traits: Vec<_> = API.lines().filter_map(path).collect();
    println!("{} traits: {traits:#?}", traits.len());
    assert!(traits.len() <= MOST_TRAITS, "{} public traits, at most {MOST_TRAITS}: {traits:#?}", traits.len());
    assert!(traits.iter().any(|path| path.contains("FfiPinned")), "docs/api is written in another way now");
}

fn is_public(visibility: &Visibility, attributes: &[Attribute]) -> bool {
    let hidden = |attribute: &Attribute| {
        attribute.path().is_ident("doc") && attribute.parse_args::<syn::Ident>().is_ok_and(|word| word == "hidden")
    };
    matches!(visibility, Visibility::Public(_)) && !attributes.iter().any(hidden)
}

fn leaves(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => leaves(&path.tree, names),
        UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
        UseTree::Rename(rename) => drop(names.insert(rename.rename.to_string())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, names)),
        UseTree::Glob(_) => panic!("lib.rs re-exports everything of a module, which cannot be counted here"),
    }
}
