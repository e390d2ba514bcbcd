// What the macros make of one_field.rs.
use pin_ffi::FfiPinned;
struct Bytes {
    bytes: Vec<u8>,
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
    #[allow(unused_imports)]
    use ::pin_ffi::__private as __pin_ffi_private;
    mod __pin_ffi_field {
        pub struct bytes;
    }
    const __PIN_FFI_READ_ONLY_bytes: ::pin_ffi::__private::core::primitive::bool = {
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::<libc::iovec>::uninit();
        let slot_bytes = unsafe {
            &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                .iov_base
        };
        __pin_ffi_private::declared_read_only(__pin_ffi_private::address(slot_bytes))
    };
    trait __PinFfiLimits {
        const FITS_bytes: ();
    }
    impl __PinFfiLimits for Bytes {
        const FITS_bytes: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<
                libc::iovec,
            >::uninit();
            let slot_bytes = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .iov_base
            };
            __pin_ffi_private::elements_must_fit::<
                <Vec<u8> as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_bytes),
                false,
                false,
                "the elements of field `bytes` have no size, so their count would say nothing about memory",
                "the elements of field `bytes` are smaller than what `iov_base` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
    }
    const _: () = {
        let () = <Bytes as __PinFfiLimits>::FITS_bytes;
    };
    #[automatically_derived]
    unsafe impl ::pin_ffi::__private::FfiPinned for Bytes {
        type C = libc::iovec;
        #[inline(always)]
        unsafe fn fill(
            &self,
            c: *mut Self::C,
            scratch: &mut ::pin_ffi::__private::Scratch<'_>,
        ) -> ::pin_ffi::__private::core::result::Result<
            (),
            ::pin_ffi::__private::FillError,
        > {
            const _: () = {
                use ::pin_ffi::__private::UnknownStruct as _;
                let map = ::pin_ffi::__private::StructMap::<libc::iovec>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    libc::iovec,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_known(&map, true);
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).iov_base)
                    },
                    false,
                    false,
                    false,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).iov_base)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).iov_len)
                    },
                    false,
                );
                let places = [
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).iov_base,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).iov_base
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).iov_len,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).iov_len
                        }),
                    ),
                ];
                __pin_ffi_private::check_apart(
                    &places,
                    1usize,
                    "`iov_len` of field `bytes` shares bytes of the C struct with what another field fills: keep one of the two",
                );
            };
            let borrowed_bytes = &self.bytes;
            let type_bytes = __pin_ffi_private::type_of(borrowed_bytes);
            let _: ::pin_ffi::__private::core::marker::PhantomData<*const Vec<u8>> = type_bytes;
            let borrowed_bytes = &self.bytes;
            let lent_bytes = __pin_ffi_private::Buf::lend(borrowed_bytes);
            let () = <Self as __PinFfiLimits>::FITS_bytes;
            let some_bytes = !__pin_ffi_private::Lent::is_none(&lent_bytes);
            let slot_bytes = unsafe { &raw const (*c).iov_len };
            let len_bytes = __pin_ffi_private::checked_len(
                slot_bytes,
                lent_bytes.len,
                &::pin_ffi::__private::Field {
                    item: "Bytes",
                    field: "bytes",
                    c: "iov_len",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).iov_base),
                    lent_bytes,
                );
                __pin_ffi_private::note(scratch, lent_bytes, false);
                (&raw mut (*c).iov_len).write_unaligned(len_bytes);
            }
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
        #[inline(always)]
        unsafe fn release(c: *mut Self::C) {
            unsafe {
                __pin_ffi_private::null_ptr(&raw mut (*c).iov_base);
                __pin_ffi_private::zero_len(&raw mut (*c).iov_len);
            }
        }
    }
    #[automatically_derived]
    unsafe impl ::pin_ffi::__private::FfiPinnedMut for Bytes
    where
        for<'__pin_ffi_lent> Vec<
            u8,
        >: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::bytes,
            __PIN_FFI_READ_ONLY_bytes,
        >,
    {
        type Kept = ();
        const REPORTS: ::pin_ffi::__private::core::primitive::bool = false || false;
        #[inline(always)]
        unsafe fn fill_mut(
            &mut self,
            c: *mut Self::C,
            scratch: &mut ::pin_ffi::__private::Scratch<'_>,
        ) -> ::pin_ffi::__private::core::result::Result<
            Self::Kept,
            ::pin_ffi::__private::FillError,
        > {
            let borrowed_bytes = &mut self.bytes;
            let lent_bytes = if __PIN_FFI_READ_ONLY_bytes {
                __pin_ffi_private::Buf::lend(&*borrowed_bytes)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_bytes)
            };
            let () = <Self as __PinFfiLimits>::FITS_bytes;
            let some_bytes = !__pin_ffi_private::Lent::is_none(&lent_bytes);
            let slot_bytes = unsafe { &raw const (*c).iov_len };
            let len_bytes = __pin_ffi_private::checked_len(
                slot_bytes,
                lent_bytes.len,
                &::pin_ffi::__private::Field {
                    item: "Bytes",
                    field: "bytes",
                    c: "iov_len",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).iov_base),
                    lent_bytes,
                );
                __pin_ffi_private::note(scratch, lent_bytes, !__PIN_FFI_READ_ONLY_bytes);
                (&raw mut (*c).iov_len).write_unaligned(len_bytes);
            }
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
        #[inline(always)]
        unsafe fn take_back(
            &mut self,
            c: *const Self::C,
            kept: Self::Kept,
        ) -> ::pin_ffi::__private::core::result::Result<
            (),
            ::pin_ffi::__private::FillError,
        > {
            use ::pin_ffi::__private::LooksAtPointer as _;
            let () = kept;
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
    }
};
