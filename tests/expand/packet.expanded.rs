// What the macros make of packet.rs.
use pin_ffi::FfiPinned;
struct Packet<'a> {
    header: [u8; 9],
    body: &'a mut [u8],
    trailer: Vec<u8>,
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
        pub struct header;
        pub struct body;
        pub struct trailer;
    }
    const __PIN_FFI_READ_ONLY_header: ::pin_ffi::__private::core::primitive::bool = false;
    const __PIN_FFI_READ_ONLY_body: ::pin_ffi::__private::core::primitive::bool = false;
    const __PIN_FFI_READ_ONLY_trailer: ::pin_ffi::__private::core::primitive::bool = false;
    trait __PinFfiLimits {
        const FITS_header: ();
        const FITS_body: ();
        const FITS_trailer: ();
    }
    impl<'a> __PinFfiLimits for Packet<'a> {
        const FITS_header: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<
                [::pin_ffi::__private::libc::iovec; 3usize],
            >::uninit();
            let slot_header = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))[0]
                    .iov_base
            };
            __pin_ffi_private::elements_must_fit::<
                <[u8; 9] as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_header),
                true,
                false,
                "the elements of field `header` have no size, so their count would say nothing about memory",
                "the elements of field `header` are smaller than what `iov_base` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
        const FITS_body: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<
                [::pin_ffi::__private::libc::iovec; 3usize],
            >::uninit();
            let slot_body = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))[1]
                    .iov_base
            };
            __pin_ffi_private::elements_must_fit::<
                <&'a mut [u8] as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_body),
                true,
                false,
                "the elements of field `body` have no size, so their count would say nothing about memory",
                "the elements of field `body` are smaller than what `iov_base` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
        const FITS_trailer: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<
                [::pin_ffi::__private::libc::iovec; 3usize],
            >::uninit();
            let slot_trailer = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))[2]
                    .iov_base
            };
            __pin_ffi_private::elements_must_fit::<
                <Vec<u8> as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_trailer),
                true,
                false,
                "the elements of field `trailer` have no size, so their count would say nothing about memory",
                "the elements of field `trailer` are smaller than what `iov_base` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
    }
    const _: () = {
        let () = <Packet<'static> as __PinFfiLimits>::FITS_header;
        let () = <Packet<'static> as __PinFfiLimits>::FITS_body;
        let () = <Packet<'static> as __PinFfiLimits>::FITS_trailer;
    };
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinned for Packet<'a> {
        type C = [::pin_ffi::__private::libc::iovec; 3usize];
        #[inline(always)]
        unsafe fn fill(
            &self,
            c: *mut Self::C,
            scratch: &mut ::pin_ffi::__private::Scratch<'_>,
        ) -> ::pin_ffi::__private::core::result::Result<
            (),
            ::pin_ffi::__private::FillError,
        > {
            let borrowed_header = &self.header;
            let type_header = __pin_ffi_private::type_of(borrowed_header);
            let _: ::pin_ffi::__private::core::marker::PhantomData<*const [u8; 9]> = type_header;
            let borrowed_body = &self.body;
            let type_body = __pin_ffi_private::type_of(borrowed_body);
            let _: ::pin_ffi::__private::core::marker::PhantomData<
                *const &'a mut [u8],
            > = type_body;
            let borrowed_trailer = &self.trailer;
            let type_trailer = __pin_ffi_private::type_of(borrowed_trailer);
            let _: ::pin_ffi::__private::core::marker::PhantomData<*const Vec<u8>> = type_trailer;
            let borrowed_header = &self.header;
            let lent_header = __pin_ffi_private::Buf::lend(borrowed_header);
            let () = <Self as __PinFfiLimits>::FITS_header;
            let some_header = !__pin_ffi_private::Lent::is_none(&lent_header);
            let borrowed_body = &self.body;
            let lent_body = __pin_ffi_private::Buf::lend(borrowed_body);
            let () = <Self as __PinFfiLimits>::FITS_body;
            let some_body = !__pin_ffi_private::Lent::is_none(&lent_body);
            let borrowed_trailer = &self.trailer;
            let lent_trailer = __pin_ffi_private::Buf::lend(borrowed_trailer);
            let () = <Self as __PinFfiLimits>::FITS_trailer;
            let some_trailer = !__pin_ffi_private::Lent::is_none(&lent_trailer);
            let slot_header = unsafe { &raw const (*c)[0].iov_len };
            let len_header = __pin_ffi_private::checked_len(
                slot_header,
                ::pin_ffi::__private::bytes_of(
                    lent_header,
                    &::pin_ffi::__private::Field {
                        item: "Packet",
                        field: "header",
                        c: "iov_len",
                    },
                )?,
                &::pin_ffi::__private::Field {
                    item: "Packet",
                    field: "header",
                    c: "iov_len",
                },
            )?;
            let slot_body = unsafe { &raw const (*c)[1].iov_len };
            let len_body = __pin_ffi_private::checked_len(
                slot_body,
                ::pin_ffi::__private::bytes_of(
                    lent_body,
                    &::pin_ffi::__private::Field {
                        item: "Packet",
                        field: "body",
                        c: "iov_len",
                    },
                )?,
                &::pin_ffi::__private::Field {
                    item: "Packet",
                    field: "body",
                    c: "iov_len",
                },
            )?;
            let slot_trailer = unsafe { &raw const (*c)[2].iov_len };
            let len_trailer = __pin_ffi_private::checked_len(
                slot_trailer,
                ::pin_ffi::__private::bytes_of(
                    lent_trailer,
                    &::pin_ffi::__private::Field {
                        item: "Packet",
                        field: "trailer",
                        c: "iov_len",
                    },
                )?,
                &::pin_ffi::__private::Field {
                    item: "Packet",
                    field: "trailer",
                    c: "iov_len",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c)[0].iov_base),
                    lent_header,
                );
                __pin_ffi_private::note(scratch, lent_header, false);
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c)[1].iov_base),
                    lent_body,
                );
                __pin_ffi_private::note(scratch, lent_body, false);
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c)[2].iov_base),
                    lent_trailer,
                );
                __pin_ffi_private::note(scratch, lent_trailer, false);
                (&raw mut (*c)[0].iov_len).write_unaligned(len_header);
                (&raw mut (*c)[1].iov_len).write_unaligned(len_body);
                (&raw mut (*c)[2].iov_len).write_unaligned(len_trailer);
            }
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
        #[inline(always)]
        unsafe fn release(c: *mut Self::C) {
            unsafe {
                __pin_ffi_private::null_ptr(&raw mut (*c)[0].iov_base);
                __pin_ffi_private::null_ptr(&raw mut (*c)[1].iov_base);
                __pin_ffi_private::null_ptr(&raw mut (*c)[2].iov_base);
                __pin_ffi_private::zero_len(&raw mut (*c)[0].iov_len);
                __pin_ffi_private::zero_len(&raw mut (*c)[1].iov_len);
                __pin_ffi_private::zero_len(&raw mut (*c)[2].iov_len);
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinnedMut for Packet<'a>
    where
        for<'__pin_ffi_lent> [u8; 9]: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::header,
            __PIN_FFI_READ_ONLY_header,
        >,
        for<'__pin_ffi_lent> &'a mut [u8]: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::body,
            __PIN_FFI_READ_ONLY_body,
        >,
        for<'__pin_ffi_lent> Vec<
            u8,
        >: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::trailer,
            __PIN_FFI_READ_ONLY_trailer,
        >,
    {
        type Kept = ();
        const REPORTS: ::pin_ffi::__private::core::primitive::bool = false || false
            || false || false;
        #[inline(always)]
        unsafe fn fill_mut(
            &mut self,
            c: *mut Self::C,
            scratch: &mut ::pin_ffi::__private::Scratch<'_>,
        ) -> ::pin_ffi::__private::core::result::Result<
            Self::Kept,
            ::pin_ffi::__private::FillError,
        > {
            let borrowed_header = &mut self.header;
            let lent_header = if __PIN_FFI_READ_ONLY_header {
                __pin_ffi_private::Buf::lend(&*borrowed_header)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_header)
            };
            let () = <Self as __PinFfiLimits>::FITS_header;
            let some_header = !__pin_ffi_private::Lent::is_none(&lent_header);
            let borrowed_body = &mut self.body;
            let lent_body = if __PIN_FFI_READ_ONLY_body {
                __pin_ffi_private::Buf::lend(&*borrowed_body)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_body)
            };
            let () = <Self as __PinFfiLimits>::FITS_body;
            let some_body = !__pin_ffi_private::Lent::is_none(&lent_body);
            let borrowed_trailer = &mut self.trailer;
            let lent_trailer = if __PIN_FFI_READ_ONLY_trailer {
                __pin_ffi_private::Buf::lend(&*borrowed_trailer)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_trailer)
            };
            let () = <Self as __PinFfiLimits>::FITS_trailer;
            let some_trailer = !__pin_ffi_private::Lent::is_none(&lent_trailer);
            let slot_header = unsafe { &raw const (*c)[0].iov_len };
            let len_header = __pin_ffi_private::checked_len(
                slot_header,
                ::pin_ffi::__private::bytes_of(
                    lent_header,
                    &::pin_ffi::__private::Field {
                        item: "Packet",
                        field: "header",
                        c: "iov_len",
                    },
                )?,
                &::pin_ffi::__private::Field {
                    item: "Packet",
                    field: "header",
                    c: "iov_len",
                },
            )?;
            let slot_body = unsafe { &raw const (*c)[1].iov_len };
            let len_body = __pin_ffi_private::checked_len(
                slot_body,
                ::pin_ffi::__private::bytes_of(
                    lent_body,
                    &::pin_ffi::__private::Field {
                        item: "Packet",
                        field: "body",
                        c: "iov_len",
                    },
                )?,
                &::pin_ffi::__private::Field {
                    item: "Packet",
                    field: "body",
                    c: "iov_len",
                },
            )?;
            let slot_trailer = unsafe { &raw const (*c)[2].iov_len };
            let len_trailer = __pin_ffi_private::checked_len(
                slot_trailer,
                ::pin_ffi::__private::bytes_of(
                    lent_trailer,
                    &::pin_ffi::__private::Field {
                        item: "Packet",
                        field: "trailer",
                        c: "iov_len",
                    },
                )?,
                &::pin_ffi::__private::Field {
                    item: "Packet",
                    field: "trailer",
                    c: "iov_len",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c)[0].iov_base),
                    lent_header,
                );
                __pin_ffi_private::note(
                    scratch,
                    lent_header,
                    !__PIN_FFI_READ_ONLY_header,
                );
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c)[1].iov_base),
                    lent_body,
                );
                __pin_ffi_private::note(scratch, lent_body, !__PIN_FFI_READ_ONLY_body);
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c)[2].iov_base),
                    lent_trailer,
                );
                __pin_ffi_private::note(
                    scratch,
                    lent_trailer,
                    !__PIN_FFI_READ_ONLY_trailer,
                );
                (&raw mut (*c)[0].iov_len).write_unaligned(len_header);
                (&raw mut (*c)[1].iov_len).write_unaligned(len_body);
                (&raw mut (*c)[2].iov_len).write_unaligned(len_trailer);
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
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiArray for Packet<'a> {
        type Elem = ::pin_ffi::__private::libc::iovec;
        #[inline(always)]
        unsafe fn fill_all(
            &self,
            scratch: &mut ::pin_ffi::__private::Scratch<'_>,
        ) -> ::pin_ffi::__private::core::result::Result<
            ::pin_ffi::__private::RawArray<Self::Elem>,
            ::pin_ffi::__private::FillError,
        > {
            unsafe { ::pin_ffi::__private::fill_run(self, 3usize, scratch) }
        }
        #[inline(always)]
        fn scratch_left(
            &self,
            room: ::pin_ffi::__private::core::primitive::usize,
        ) -> ::pin_ffi::__private::core::option::Option<
            ::pin_ffi::__private::core::primitive::usize,
        > {
            room.checked_sub(
                ::pin_ffi::__private::core::mem::size_of::<
                    <Self as ::pin_ffi::__private::FfiPinned>::C,
                >(),
            )
        }
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiArrayMut for Packet<'a>
    where
        for<'__pin_ffi_lent> [u8; 9]: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::header,
            __PIN_FFI_READ_ONLY_header,
        >,
        for<'__pin_ffi_lent> &'a mut [u8]: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::body,
            __PIN_FFI_READ_ONLY_body,
        >,
        for<'__pin_ffi_lent> Vec<
            u8,
        >: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::trailer,
            __PIN_FFI_READ_ONLY_trailer,
        >,
    {
        type Kept = ::pin_ffi::__private::KeptRun<Self>;
        const REPORTS: ::pin_ffi::__private::core::primitive::bool = <Self as ::pin_ffi::__private::FfiPinnedMut>::REPORTS;
        #[inline(always)]
        unsafe fn fill_all_mut(
            &mut self,
            scratch: &mut ::pin_ffi::__private::Scratch<'_>,
        ) -> ::pin_ffi::__private::core::result::Result<
            (::pin_ffi::__private::RawArray<Self::Elem>, Self::Kept),
            ::pin_ffi::__private::FillError,
        > {
            unsafe { ::pin_ffi::__private::fill_run_mut(self, 3usize, scratch) }
        }
        #[inline(always)]
        unsafe fn take_back_first(
            &mut self,
            kept: Self::Kept,
            _: ::pin_ffi::__private::core::primitive::usize,
        ) -> ::pin_ffi::__private::core::result::Result<
            (),
            ::pin_ffi::__private::FillError,
        > {
            unsafe { kept.take_back(self) }
        }
    }
};
