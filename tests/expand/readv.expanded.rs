// What the macros make of readv.rs.
use libc::{c_int, iovec, ssize_t};
use pin_ffi::pinned_ffi;
unsafe extern "C" {}
/**
C: `fn readv(fd: c_int, iov: *const iovec, n: c_int) -> ssize_t`*/
#[inline]
fn readv<IovValue: ::pin_ffi::FfiArrayMut<Elem = iovec> + ?::core::marker::Sized>(
    fd_: ::std::os::fd::BorrowedFd<'_>,
    iov_: &mut IovValue,
) -> ::pin_ffi::errno::Result<::core::primitive::usize> {
    use ::pin_ffi::__private as __ffi;
    unsafe extern "C" {
        #[link_name = "readv"]
        fn __pin_ffi_c(fd: c_int, iov: *const iovec, n: c_int) -> ssize_t;
    }
    const { __ffi::array_must_not_report::<IovValue>("readv", "iov", "*const iovec") };
    #[inline(always)]
    fn __pin_ffi_call<
        IovValue: ::pin_ffi::FfiArrayMut<Elem = iovec> + ?::core::marker::Sized,
    >(
        fd_: ::std::os::fd::BorrowedFd<'_>,
        iov_: &mut IovValue,
        __pin_ffi_scratch: &mut __ffi::Scratch<'_>,
    ) -> ::pin_ffi::errno::Result<::core::primitive::usize> {
        let (__pin_ffi_lent_iov, __pin_ffi_kept_iov) = unsafe {
            __ffi::fill_array_mut::<_, false, true>(iov_, __pin_ffi_scratch)?
        };
        let __pin_ffi_c_n: c_int = __ffi::counter(
            __pin_ffi_lent_iov.len,
            const { &__ffi::parameter("readv", "iov", "n") },
        )?;
        let __pin_ffi_ret = unsafe {
            __pin_ffi_c(
                __ffi::raw_fd::<c_int>(fd_),
                __pin_ffi_lent_iov.ptr.cast(),
                __pin_ffi_c_n,
            )
        };
        let __pin_ffi_ret = __ffi::errno::minus_one_count(__pin_ffi_ret)?;
        unsafe { __ffi::take_array(iov_, __pin_ffi_kept_iov)? };
        __ffi::Ok(__pin_ffi_ret)
    }
    if __ffi::fits(__ffi::array_room(&*iov_, __ffi::ROOM)) {
        __pin_ffi_call(fd_, iov_, &mut __ffi::Scratch::new(&mut __ffi::stack()))
    } else {
        __ffi::in_blocks(move |__pin_ffi_scratch| __pin_ffi_call(
            fd_,
            iov_,
            __pin_ffi_scratch,
        ))
    }
}
