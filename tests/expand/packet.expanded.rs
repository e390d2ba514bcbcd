// What the macros make of packet.rs.
use pin_ffi::FfiPinned;
struct Packet<'a> {
    header: [u8; 9],
    body: &'a mut [u8],
    trailer: Vec<u8>,
}
const _: () = {
    use ::pin_ffi::__private::{self as __ffi, lookups::*};
    mod __ffi_field {
        pub struct trailer;
    }
    const _: &[__ffi::Place] = <Packet<'static> as __ffi::FfiPinned>::TABLE;
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinned for Packet<'a> {
        type C = [__ffi::libc::iovec; 3];
        type Kept = ();
        const TABLE: &'static [__ffi::Place] = &unsafe {
            let __ffi_t = &mut __ffi::Table::<
                Self,
                6,
            >::new("Packet", __ffi::Known::<[__ffi::libc::iovec; 3]>::PIN_FFI_MAP);
            let __ffi_c = __ffi_t.c();
            __ffi::Table::iovec(
                __ffi_t,
                <[u8; 9] as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c)[0usize],
                "header",
                0,
            );
            __ffi::Table::iovec(
                __ffi_t,
                <&'a mut [u8] as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c)[1usize],
                "body",
                0,
            );
            __ffi::Table::iovec(
                __ffi_t,
                <Vec<u8> as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c)[2usize],
                "trailer",
                0,
            );
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
                <[u8; 9] as __ffi::Buffer>::fill(
                    __ffi_f,
                    &raw mut (*__ffi_v).header,
                    0,
                )?;
                <&'a mut [u8] as __ffi::Buffer>::fill(
                    __ffi_f,
                    &raw mut (*__ffi_v).body,
                    2,
                )?;
                <Vec<
                    u8,
                > as __ffi::Buffer>::fill(__ffi_f, &raw mut (*__ffi_v).trailer, 4)?;
                __ffi::Ok(())
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinnedMut for Packet<'a>
    where
        for<'__ffi_t> Vec<u8>: __ffi::MayLendMut<'__ffi_t, __ffi_field::trailer, false>,
    {}
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiArray for Packet<'a> {
        type Elem = __ffi::libc::iovec;
        type Kept = ();
        const REPORTS: __ffi::bool = false;
        const ROOM: __ffi::usize = __ffi::size_of::<<Self as __ffi::FfiPinned>::C>();
        #[inline(always)]
        unsafe fn fill_all<const __FFI_WRITE: __ffi::bool>(
            __ffi_v: *mut Self,
            __ffi_fixed: __ffi::bool,
            __ffi_s: &mut __ffi::Scratch<'_>,
        ) -> __ffi::LendResult<(__ffi::Lent<__ffi::libc::iovec>, ())> {
            unsafe { __ffi::fill_run::<__FFI_WRITE, Self, _>(__ffi_v, 3, __ffi_s) }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiArrayMut for Packet<'a>
    where
        for<'__ffi_t> Packet<'a>: __ffi::InlineMut<'__ffi_t, ()>,
    {}
};
