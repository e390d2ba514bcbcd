// What the macros make of plain.rs.
use pin_ffi::Plain;
#[derive(Clone, Copy)]
#[repr(C)]
struct event {
    kind: u16,
    code: u16,
    value: i32,
    time: [u64; 2],
}
#[allow(
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unused_variables,
    unused_mut,
    unused_imports,
    unused_unsafe,
    unreachable_code,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    clippy::nursery
)]
const _: () = {
    const fn plain<T: ::pin_ffi::__private::Plain>() {}
    const _: () = {
        plain::<u16>();
        plain::<u16>();
        plain::<i32>();
        plain::<[u64; 2]>();
    };
    const _: fn(event) = |value| {
        let event { kind: field_0, code: field_1, value: field_2, time: field_3 } = value;
        {
            let _: u16 = field_0;
        }
        {
            let _: u16 = field_1;
        }
        {
            let _: i32 = field_2;
        }
        {
            let _: [u64; 2] = field_3;
        }
    };
    const _: () = ::pin_ffi::__private::core::assert!(
        ::pin_ffi::__private::core::mem::size_of:: < event > () == 0 +
        ::pin_ffi::__private::core::mem::size_of:: < u16 > () +
        ::pin_ffi::__private::core::mem::size_of:: < u16 > () +
        ::pin_ffi::__private::core::mem::size_of:: < i32 > () +
        ::pin_ffi::__private::core::mem::size_of:: < [u64; 2] > (),
        "`event` has padding: add fields for the gaps, so that no uninitialised byte is lent to C"
    );
    #[automatically_derived]
    unsafe impl ::pin_ffi::__private::NoPadding for event {
        const NO_PADDING: () = ();
    }
    #[automatically_derived]
    unsafe impl ::pin_ffi::__private::Plain for event {
        const PLAIN: () = ();
    }
};
