//! What `expand.rs` has written down compiles: as ordinary code, without the hygiene of a macro, beside what it was made
//! from. A test of its own, so that expansions that no longer compile can be written anew.

#![cfg(target_os = "linux")] // whose C structs the cases fill

macro_rules! cases {
    ($($name:ident)*) => {
        #[allow(dead_code, non_camel_case_types)]
        mod given {
            $(mod $name { include!(concat!("../expand/", stringify!($name), ".rs")); })*
        }

        // A macro's code is spared these.
        #[allow(unused, unreachable_pub, non_camel_case_types)]
        #[allow(clippy::all, clippy::pedantic, clippy::undocumented_unsafe_blocks)]
        mod expanded {
            $(mod $name { include!(concat!("../expand/", stringify!($name), ".expanded.rs")); })*
        }
    };
}

cases! {
    array_of_structs
    callback
    checked
    faccessat
    function
    generic
    inline
    message
    one_field
    packet
    plain
    readv
    stream
    three_fields
    wrapper
}
