// What the macros make of one_field.rs.
use pin_ffi::FfiPinned;
struct Bytes {
    bytes: Vec<u8>,
}
const _: () = {
    use ::pin_ffi::__private::{self as __ffi, lookups::*};
    mod __ffi_field {
        pub struct bytes;
    }
    #[automatically_derived]
    unsafe impl __ffi::FfiPinned for Bytes {
        type C = libc::iovec;
        type Kept = ();
        const TABLE: &'static [__ffi::Place] = &unsafe {
            let __ffi_t = &mut __ffi::Table::<
                Self,
                2,
            >::new("Bytes", __ffi::Known::<libc::iovec>::PIN_FFI_MAP);
            let __ffi_c = __ffi_t.c();
            __ffi::Table::known(__ffi_t);
            __ffi::Table::buffer(
                __ffi_t,
                <Vec<u8> as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c).iov_base,
                ["bytes", "iov_base"],
                0,
            );
            __ffi::Table::length(__ffi_t, &raw const (*__ffi_c).iov_len, "iov_len");
            __ffi_t.places()
        };
        #[inline(always)]
        unsafe fn fill<const __FFI_WRITE: __ffi::bool>(
            __ffi_v: *mut Self,
            __ffi_c: *mut Self::C,
            __ffi_s: &mut __ffi::Scratch<'_>,
        ) -> __ffi::LendResult<Self::Kept> {
            unsafe {
                let __ffi_f = &mut __ffi::Filling::<
                    __FFI_WRITE,
                >::new::<Self>(__ffi_c, __ffi_s);
                <Vec<u8> as __ffi::Buffer>::fill(__ffi_f, &raw mut (*__ffi_v).bytes, 0)?;
                __ffi::Ok(())
            }
        }
    }
    #[automatically_derived]
    unsafe impl __ffi::FfiPinnedMut for Bytes
    where
        for<'__ffi_t> Vec<
            u8,
        >: __ffi::MayLendMut<
            '__ffi_t,
            __ffi_field::bytes,
            { __ffi::reads_only::<Bytes>(0) },
        >,
    {}
};
