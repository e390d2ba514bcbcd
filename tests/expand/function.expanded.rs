// What the macros make of function.rs.
use pin_ffi::pinned_ffi;
use std::ffi::{c_int, c_ulong};
unsafe extern "C" {}
/**
C: `fn compress(to: *mut u8, to_len: *mut c_ulong, from: *const u8, from_len: c_ulong) -> c_int`*/
#[inline]
fn compress<ToValue: ::pin_ffi::manual::Fillable<u8>>(
    mut to_: ToValue,
    from_: &[u8],
) -> ::pin_ffi::errno::Result<<ToValue as ::pin_ffi::manual::Fillable<u8>>::Output> {
    use ::pin_ffi::__private as __ffi;
    unsafe extern "C" {
        #[link_name = "compress"]
        fn __pin_ffi_c(
            to: *mut u8,
            to_len: *mut c_ulong,
            from: *const u8,
            from_len: c_ulong,
        ) -> c_int;
    }
    let __pin_ffi_lent_to = __ffi::present(__ffi::Fillable::lend_out(&mut to_));
    let __pin_ffi_lent_from = __ffi::lend_in(from_);
    let mut __pin_ffi_c_to_len: c_ulong = __ffi::counter(
        __pin_ffi_lent_to.len,
        const { &__ffi::parameter("compress", "to", "to_len") },
    )?;
    let __pin_ffi_c_from_len: c_ulong = __ffi::counter(
        __pin_ffi_lent_from.len,
        const { &__ffi::parameter("compress", "from", "from_len") },
    )?;
    let __pin_ffi_ret = unsafe {
        __pin_ffi_c(
            __ffi::argument::<*mut u8, _>(__pin_ffi_lent_to),
            &raw mut __pin_ffi_c_to_len,
            __ffi::argument::<*const u8, _>(__pin_ffi_lent_from),
            __pin_ffi_c_from_len,
        )
    };
    __ffi::errno::nonzero(__pin_ffi_ret)?;
    let __pin_ffi_done_to = __ffi::filled(
        __pin_ffi_c_to_len,
        __pin_ffi_lent_to,
        false,
        const { &__ffi::parameter("compress", "to", "to_len") },
    )?;
    __ffi::Ok(unsafe { __ffi::Fillable::finish(to_, __pin_ffi_done_to) })
}
