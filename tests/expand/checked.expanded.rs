// What the macros make of checked.rs.
use pin_ffi::FfiChecked;
#[repr(C)]
struct leaf {
    data: *mut u32,
    n: u8,
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
const _: ::pin_ffi::__private::Shape = <leaf as ::pin_ffi::__private::FfiChecked>::SHAPE;
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
#[automatically_derived]
unsafe impl ::pin_ffi::__private::FfiChecked for leaf {
    const SHAPE: ::pin_ffi::__private::Shape = {
        use ::pin_ffi::__private as __ffi;
        use ::pin_ffi::__private::PlainParam as _;
        let place = ::pin_ffi::__private::core::mem::MaybeUninit::<Self>::uninit();
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
        ::pin_ffi::__private::Shape {
            name: "leaf",
            size: ::pin_ffi::__private::core::mem::size_of::<Self>(),
            pointers: &[
                ::pin_ffi::__private::Pointer::new(
                        "data",
                        ::pin_ffi::__private::core::mem::offset_of!(Self, data),
                        unsafe { &raw const (*c).data },
                    )
                    .counted(
                        ::pin_ffi::__private::core::mem::offset_of!(Self, n),
                        unsafe { &raw const (*c).n },
                        false,
                    ),
                {
                    ::pin_ffi::__private::core::assert!(
                        ! ::pin_ffi::__private::ParamType:: < u8 > ::IS_POINTER,
                        "field `n` is a raw pointer behind a type alias: say `#[ffi(ptr)]` with its `len`, or `foreign` for memory of C's own"
                    );
                    ::pin_ffi::__private::Pointer::NONE
                },
            ],
        }
    };
}
#[repr(C)]
struct branch {
    name: *const std::ffi::c_char,
    leaves: *const leaf,
    count: usize,
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
const _: ::pin_ffi::__private::Shape = <branch as ::pin_ffi::__private::FfiChecked>::SHAPE;
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
#[automatically_derived]
unsafe impl ::pin_ffi::__private::FfiChecked for branch {
    const SHAPE: ::pin_ffi::__private::Shape = {
        use ::pin_ffi::__private as __ffi;
        use ::pin_ffi::__private::PlainParam as _;
        let place = ::pin_ffi::__private::core::mem::MaybeUninit::<Self>::uninit();
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
        ::pin_ffi::__private::Shape {
            name: "branch",
            size: ::pin_ffi::__private::core::mem::size_of::<Self>(),
            pointers: &[
                __ffi::Pointer::cstr(
                    ::pin_ffi::__private::Pointer::new(
                        "name",
                        ::pin_ffi::__private::core::mem::offset_of!(Self, name),
                        unsafe { &raw const (*c).name },
                    ),
                ),
                ::pin_ffi::__private::Pointer::new(
                        "leaves",
                        ::pin_ffi::__private::core::mem::offset_of!(Self, leaves),
                        unsafe { &raw const (*c).leaves },
                    )
                    .counted(
                        ::pin_ffi::__private::core::mem::offset_of!(Self, count),
                        unsafe { &raw const (*c).count },
                        false,
                    )
                    .leads_to::<leaf>(),
                {
                    ::pin_ffi::__private::core::assert!(
                        ! ::pin_ffi::__private::ParamType:: < usize > ::IS_POINTER,
                        "field `count` is a raw pointer behind a type alias: say `#[ffi(ptr)]` with its `len`, or `foreign` for memory of C's own"
                    );
                    ::pin_ffi::__private::Pointer::NONE
                },
            ],
        }
    };
}
