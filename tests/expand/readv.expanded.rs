// What the macros make of readv.rs.
use libc::{c_int, iovec, ssize_t};
use pin_ffi::pinned_ffi;
unsafe extern "C" {}
///
///C: `fn readv(fd: c_int, iov: *const iovec, n: c_int) -> ssize_t`
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
fn readv<IovValue>(
    fd: ::pin_ffi::__private::BorrowedFd<'_>,
    iov: &mut IovValue,
) -> ::pin_ffi::Result<::pin_ffi::__private::core::primitive::usize>
where
    IovValue: ::pin_ffi::__private::FfiArrayMut<Elem = iovec>
        + ?::pin_ffi::__private::core::marker::Sized,
{
    #[allow(unused_imports)]
    use ::pin_ffi::__private as __pin_ffi_private;
    unsafe extern "C" {
        #[link_name = "readv"]
        fn __pin_ffi_c(fd: c_int, iov: *const iovec, n: c_int) -> ssize_t;
    }
    const _: () = {
        use ::pin_ffi::__private::PlainParam as _;
    };
    const {
        __pin_ffi_private::must_not_report(
            <IovValue as __pin_ffi_private::FfiArrayMut>::REPORTS,
            "`readv` declares `iov` as `*const iovec`, so C does not write the struct, and a value with `inout` or `out` wants results from it: declare the parameter `*mut` if C's header does, or pass a value without them",
        )
    };
    ::pin_ffi::__private::with_scratch(
        {
            let room = ::pin_ffi::__private::INLINE;
            ::pin_ffi::__private::FfiArray::scratch_left(&iov, room)
        },
        move |
            scratch: &mut ::pin_ffi::__private::Scratch<'_>,
        | -> ::pin_ffi::Result<::pin_ffi::__private::core::primitive::usize> {
            let mut value_iov = iov;
            let (lent_iov, kept_iov) = unsafe {
                ::pin_ffi::__private::FfiArrayMut::fill_all_fixed(
                    &mut value_iov,
                    scratch,
                )?
            };
            let lent_iov = lent_iov.lent();
            let lent_iov = ::pin_ffi::__private::present(lent_iov);
            let some_iov = !::pin_ffi::__private::Lent::is_none(&lent_iov);
            let c_n: c_int = ::pin_ffi::__private::checked_len::<
                c_int,
            >(
                ::pin_ffi::__private::core::ptr::null(),
                lent_iov.len,
                &::pin_ffi::__private::Field {
                    item: "readv",
                    field: "iov",
                    c: "n",
                },
            )?;
            let ret = unsafe {
                __pin_ffi_c(
                    __pin_ffi_private::raw_fd::<
                        c_int,
                    >(::pin_ffi::__private::core::option::Option::Some(fd)),
                    lent_iov.ptr.cast(),
                    c_n,
                )
            };
            let ret = __pin_ffi_private::errno::minus_one_count(ret)?;
            unsafe {
                ::pin_ffi::__private::FfiArrayMut::take_back_all(
                    &mut value_iov,
                    kept_iov,
                )?
            };
            ::pin_ffi::__private::core::result::Result::Ok(ret)
        },
    )
}
