//! `repr(packed)` in every spelling, before and after the derive.
use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[repr(packed)]
struct After(u8, Vec<u8>);

#[repr(C, packed(2))]
#[derive(FfiPinned)]
struct Before(u8, Vec<u8>);

#[derive(FfiPinned)]
#[cfg_attr(all(), repr(packed))]
struct ByCfg(u8, Vec<u8>);

#[cfg_attr(all(), repr(C), repr(packed(1)))]
#[derive(FfiPinned)]
struct ByCfgBefore(u8, Vec<u8>);

#[derive(FfiPinned)]
#[repr(C, packed)]
struct BytesAlone([u8; 3], [u8; 4]);

macro_rules! made {
    ($(#[$meta:meta])* $name:ident, $repr:meta) => {
        $(#[$meta])*
        #[$repr]
        struct $name(u8, Vec<u8>);
    };
}
made! { #[derive(FfiPinned)] ByMacro, repr(C, packed) }

fn main() {}
