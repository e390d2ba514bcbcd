// What the macros make of faccessat.rs.
use pin_ffi::pinned_ffi;
use std::ffi::{c_char, c_int};
unsafe extern "C" {}
///
///C: `fn faccessat(directory: c_int, path: *const c_char, mode: c_int, flags: c_int) -> c_int`
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
#[inline]
fn faccessat(
    directory: ::pin_ffi::__private::BorrowedFd<'_>,
    path: &::pin_ffi::__private::core::ffi::CStr,
    mode: c_int,
    flags: c_int,
) -> ::pin_ffi::Result<c_int> {
    #[allow(unused_imports)]
    use ::pin_ffi::__private as __pin_ffi_private;
    unsafe extern "C" {
        #[link_name = "faccessat"]
        fn __pin_ffi_c(
            directory: c_int,
            path: *const c_char,
            mode: c_int,
            flags: c_int,
        ) -> c_int;
    }
    const _: () = {
        use ::pin_ffi::__private::PlainParam as _;
        __pin_ffi_private::must_be_plain(
            __pin_ffi_private::ParamType::<c_int>::IS_POINTER,
            "`mode` is a raw pointer or an unsafe function behind another name, so safe code could pass anything: declare it as what it is and say how it is lent, or make `faccessat` an `unsafe fn`",
        );
        __pin_ffi_private::must_be_plain(
            __pin_ffi_private::ParamType::<c_int>::IS_POINTER,
            "`flags` is a raw pointer or an unsafe function behind another name, so safe code could pass anything: declare it as what it is and say how it is lent, or make `faccessat` an `unsafe fn`",
        );
    };
    const _: () = __pin_ffi_private::chars_must_fit::<
        *const c_char,
    >(
        "`cstr` is a string of bytes that ends with a NUL, and what `path` leads to is wider: lend its elements with `in` and their number, or declare it as C does",
    );
    let ret = unsafe {
        __pin_ffi_c(
            __pin_ffi_private::raw_fd::<
                c_int,
            >(::pin_ffi::__private::core::option::Option::Some(directory)),
            ::pin_ffi::__private::core::ffi::CStr::as_ptr(path).cast_mut().cast(),
            mode,
            flags,
        )
    };
    let ret = __pin_ffi_private::errno::minus_one(ret)?;
    ::pin_ffi::__private::core::result::Result::Ok(ret)
}
