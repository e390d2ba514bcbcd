// What the macros make of faccessat.rs.
use pin_ffi::pinned_ffi;
use std::ffi::{c_char, c_int};
unsafe extern "C" {}
/**
C: `fn faccessat(directory: c_int, path: *const c_char, mode: c_int, flags: c_int) -> c_int`*/
#[inline]
fn faccessat(
    directory_: ::std::os::fd::BorrowedFd<'_>,
    path_: &::core::ffi::CStr,
    mode_: c_int,
    flags_: c_int,
) -> ::pin_ffi::errno::Result<c_int> {
    use ::pin_ffi::__private as __ffi;
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
        use __ffi::PlainParam as _;
        __ffi::must_be_plain(
            __ffi::ParamType::<c_int>::IS_POINTER,
            "`mode` is a raw pointer or an unsafe function behind another name, so safe code could pass anything: declare it as what it is and say how it is lent, or make `faccessat` an `unsafe fn`",
        );
        __ffi::must_be_plain(
            __ffi::ParamType::<c_int>::IS_POINTER,
            "`flags` is a raw pointer or an unsafe function behind another name, so safe code could pass anything: declare it as what it is and say how it is lent, or make `faccessat` an `unsafe fn`",
        );
    };
    const _: () = __ffi::chars_must_fit::<
        *const c_char,
    >(
        "`cstr` is a string of bytes that ends with a NUL, and what `path` leads to is wider: lend its elements with `in` and their number, or declare it as C does",
    );
    let __pin_ffi_ret = unsafe {
        __pin_ffi_c(
            __ffi::raw_fd::<c_int>(directory_),
            __ffi::CStr::as_ptr(path_).cast_mut().cast(),
            mode_,
            flags_,
        )
    };
    __ffi::errno::minus_one(__pin_ffi_ret)
}
