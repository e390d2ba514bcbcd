// What the macros make of function.rs.
use pin_ffi::pinned_ffi;
use std::ffi::{c_int, c_ulong};
unsafe extern "C" {}
///
///C: `fn compress(to: *mut u8, to_len: *mut c_ulong, from: *const u8, from_len: c_ulong) -> c_int`
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
fn compress<ToValue>(
    to: ToValue,
    from: &[u8],
) -> ::pin_ffi::Result<<ToValue as ::pin_ffi::__private::Fillable<u8>>::Output>
where
    ToValue: ::pin_ffi::__private::Fillable<u8>,
{
    #[allow(unused_imports)]
    use ::pin_ffi::__private as __pin_ffi_private;
    unsafe extern "C" {
        #[link_name = "compress"]
        fn __pin_ffi_c(
            to: *mut u8,
            to_len: *mut c_ulong,
            from: *const u8,
            from_len: c_ulong,
        ) -> c_int;
    }
    const _: () = {
        use ::pin_ffi::__private::PlainParam as _;
    };
    let mut buf_to = to;
    let lent_to = ::pin_ffi::__private::Fillable::lend_out(&mut buf_to);
    let lent_to = ::pin_ffi::__private::present(lent_to);
    let some_to = !::pin_ffi::__private::Lent::is_none(&lent_to);
    let lent_from = __pin_ffi_private::lend_in(from);
    let some_from = !::pin_ffi::__private::Lent::is_none(&lent_from);
    let mut c_to_len: c_ulong = ::pin_ffi::__private::checked_len::<
        c_ulong,
    >(
        ::pin_ffi::__private::core::ptr::null(),
        lent_to.len,
        &::pin_ffi::__private::Field {
            item: "compress",
            field: "to",
            c: "to_len",
        },
    )?;
    let c_from_len: c_ulong = ::pin_ffi::__private::checked_len::<
        c_ulong,
    >(
        ::pin_ffi::__private::core::ptr::null(),
        lent_from.len,
        &::pin_ffi::__private::Field {
            item: "compress",
            field: "from",
            c: "from_len",
        },
    )?;
    let ret = unsafe {
        __pin_ffi_c(
            ::pin_ffi::__private::argument::<*mut u8, _>(lent_to),
            &raw mut c_to_len,
            ::pin_ffi::__private::argument::<*const u8, _>(lent_from),
            c_from_len,
        )
    };
    __pin_ffi_private::errno::nonzero(ret)?;
    let done_to = ::pin_ffi::__private::filled(
        c_to_len,
        lent_to,
        false,
        &::pin_ffi::__private::Field {
            item: "compress",
            field: "to",
            c: "to_len",
        },
    )?;
    let out_to = unsafe { ::pin_ffi::__private::Fillable::finish(buf_to, done_to) };
    ::pin_ffi::__private::core::result::Result::Ok(out_to)
}
