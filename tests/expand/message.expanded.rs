// What the macros make of message.rs.
use pin_ffi::{FfiPinned, OutBuf};
struct Message<'a> {
    name: Option<OutBuf<'a, u8>>,
    parts: Vec<&'a mut [u8]>,
    control: OutBuf<'a, u8>,
    flags: i32,
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
        pub struct name;
        pub struct parts;
        pub struct control;
        pub struct flags;
    }
    const __PIN_FFI_READ_ONLY_name: ::pin_ffi::__private::core::primitive::bool = {
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::<libc::msghdr>::uninit();
        let slot_name = unsafe {
            &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                .msg_name
        };
        __pin_ffi_private::declared_read_only(__pin_ffi_private::address(slot_name))
    };
    const __PIN_FFI_READ_ONLY_control: ::pin_ffi::__private::core::primitive::bool = {
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::<libc::msghdr>::uninit();
        let slot_control = unsafe {
            &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                .msg_control
        };
        __pin_ffi_private::declared_read_only(__pin_ffi_private::address(slot_control))
    };
    trait __PinFfiLimits {
        const FITS_name: ();
        const FITS_control: ();
    }
    impl<'a> __PinFfiLimits for Message<'a> {
        const FITS_name: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<
                libc::msghdr,
            >::uninit();
            let slot_name = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .msg_name
            };
            __pin_ffi_private::elements_must_fit::<
                <Option<OutBuf<'a, u8>> as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_name),
                true,
                false,
                "the elements of field `name` have no size, so their count would say nothing about memory",
                "the elements of field `name` are smaller than what `msg_name` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
        const FITS_control: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<
                libc::msghdr,
            >::uninit();
            let slot_control = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .msg_control
            };
            __pin_ffi_private::elements_must_fit::<
                <OutBuf<'a, u8> as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_control),
                true,
                false,
                "the elements of field `control` have no size, so their count would say nothing about memory",
                "the elements of field `control` are smaller than what `msg_control` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
    }
    const _: () = {
        let () = <Message<'static> as __PinFfiLimits>::FITS_name;
        let () = <Message<'static> as __PinFfiLimits>::FITS_control;
    };
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinned for Message<'a> {
        type C = libc::msghdr;
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
                let map = ::pin_ffi::__private::StructMap::<libc::msghdr>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    libc::msghdr,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_known(&map, true);
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).msg_name)
                    },
                    false,
                    false,
                    true,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).msg_name)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(
                            base,
                            &raw const (*base).msg_namelen,
                        )
                    },
                    true,
                );
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).msg_iov)
                    },
                    false,
                    true,
                    false,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).msg_iov)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).msg_iovlen)
                    },
                    false,
                );
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(
                            base,
                            &raw const (*base).msg_control,
                        )
                    },
                    false,
                    false,
                    true,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(
                            base,
                            &raw const (*base).msg_control,
                        )
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(
                            base,
                            &raw const (*base).msg_controllen,
                        )
                    },
                    true,
                );
                __pin_ffi_private::Map::check_value(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).msg_flags)
                    },
                );
                let places = [
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).msg_name,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).msg_name
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).msg_iov,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).msg_iov
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).msg_control,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).msg_control
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).msg_namelen,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).msg_namelen
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).msg_iovlen,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).msg_iovlen
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).msg_controllen,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).msg_controllen
                        }),
                    ),
                ];
                __pin_ffi_private::check_apart(
                    &places,
                    1usize,
                    "`msg_iov` of field `parts` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    2usize,
                    "`msg_control` of field `control` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    3usize,
                    "`msg_namelen` of field `name` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    4usize,
                    "`msg_iovlen` of field `parts` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    5usize,
                    "`msg_controllen` of field `control` shares bytes of the C struct with what another field fills: keep one of the two",
                );
            };
            let borrowed_name = &self.name;
            let type_name = __pin_ffi_private::type_of(borrowed_name);
            let _: ::pin_ffi::__private::core::marker::PhantomData<
                *const Option<OutBuf<'a, u8>>,
            > = type_name;
            let borrowed_parts = &self.parts;
            let type_parts = __pin_ffi_private::type_of(borrowed_parts);
            let _: ::pin_ffi::__private::core::marker::PhantomData<
                *const Vec<&'a mut [u8]>,
            > = type_parts;
            let borrowed_control = &self.control;
            let type_control = __pin_ffi_private::type_of(borrowed_control);
            let _: ::pin_ffi::__private::core::marker::PhantomData<
                *const OutBuf<'a, u8>,
            > = type_control;
            let borrowed_parts = &self.parts;
            let lent_parts = unsafe {
                __pin_ffi_private::FfiArray::fill_all(borrowed_parts, scratch)?
            };
            let some_parts = !lent_parts.ptr.is_null();
            let borrowed_name = &self.name;
            let lent_name = __pin_ffi_private::Buf::lend(borrowed_name);
            let () = <Self as __PinFfiLimits>::FITS_name;
            let some_name = !__pin_ffi_private::Lent::is_none(&lent_name);
            let borrowed_control = &self.control;
            let lent_control = __pin_ffi_private::Buf::lend(borrowed_control);
            let () = <Self as __PinFfiLimits>::FITS_control;
            let some_control = !__pin_ffi_private::Lent::is_none(&lent_control);
            let slot_name = unsafe { &raw const (*c).msg_namelen };
            let len_name = __pin_ffi_private::checked_len(
                slot_name,
                ::pin_ffi::__private::bytes_of(
                    lent_name,
                    &::pin_ffi::__private::Field {
                        item: "Message",
                        field: "name",
                        c: "msg_namelen",
                    },
                )?,
                &::pin_ffi::__private::Field {
                    item: "Message",
                    field: "name",
                    c: "msg_namelen",
                },
            )?;
            let slot_parts = unsafe { &raw const (*c).msg_iovlen };
            let len_parts = __pin_ffi_private::checked_len(
                slot_parts,
                lent_parts.len,
                &::pin_ffi::__private::Field {
                    item: "Message",
                    field: "parts",
                    c: "msg_iovlen",
                },
            )?;
            let slot_control = unsafe { &raw const (*c).msg_controllen };
            let len_control = __pin_ffi_private::checked_len(
                slot_control,
                ::pin_ffi::__private::bytes_of(
                    lent_control,
                    &::pin_ffi::__private::Field {
                        item: "Message",
                        field: "control",
                        c: "msg_controllen",
                    },
                )?,
                &::pin_ffi::__private::Field {
                    item: "Message",
                    field: "control",
                    c: "msg_controllen",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).msg_name),
                    lent_name,
                );
                __pin_ffi_private::note(scratch, lent_name, false);
                __pin_ffi_private::put_array::<
                    _,
                    <Vec<&'a mut [u8]> as __pin_ffi_private::FfiArray>::Elem,
                >(&raw mut (*c).msg_iov, lent_parts);
                __pin_ffi_private::note(scratch, lent_parts.lent(), false);
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).msg_control),
                    lent_control,
                );
                __pin_ffi_private::note(scratch, lent_control, false);
                (&raw mut (*c).msg_namelen).write_unaligned(len_name);
                (&raw mut (*c).msg_iovlen).write_unaligned(len_parts);
                (&raw mut (*c).msg_controllen).write_unaligned(len_control);
            }
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
        #[inline(always)]
        fn scratch_left(
            &self,
            room: ::pin_ffi::__private::core::primitive::usize,
        ) -> ::pin_ffi::__private::core::option::Option<
            ::pin_ffi::__private::core::primitive::usize,
        > {
            use ::pin_ffi::__private::NoRoom as _;
            let room = ::pin_ffi::__private::RunRoom(&self.parts).left(room)?;
            ::pin_ffi::__private::core::option::Option::Some(room)
        }
        #[inline(always)]
        unsafe fn release(c: *mut Self::C) {
            unsafe {
                __pin_ffi_private::null_ptr(&raw mut (*c).msg_name);
                __pin_ffi_private::null_ptr(&raw mut (*c).msg_iov);
                __pin_ffi_private::null_ptr(&raw mut (*c).msg_control);
                __pin_ffi_private::zero_len(&raw mut (*c).msg_namelen);
                __pin_ffi_private::zero_len(&raw mut (*c).msg_iovlen);
                __pin_ffi_private::zero_len(&raw mut (*c).msg_controllen);
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinnedMut for Message<'a>
    where
        for<'__pin_ffi_lent> Option<
            OutBuf<'a, u8>,
        >: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::name,
            __PIN_FFI_READ_ONLY_name,
        >,
        for<'__pin_ffi_lent> Vec<
            &'a mut [u8],
        >: ::pin_ffi::__private::NestMut<'__pin_ffi_lent, __pin_ffi_field::parts>,
        for<'__pin_ffi_lent> OutBuf<
            'a,
            u8,
        >: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::control,
            __PIN_FFI_READ_ONLY_control,
        >,
    {
        type Kept = (
            ::pin_ffi::__private::core::option::Option<
                ::pin_ffi::__private::core::primitive::usize,
            >,
            <Vec<
                &'a mut [u8],
            > as ::pin_ffi::__private::NestMut<
                'static,
                __pin_ffi_field::parts,
            >>::NestedKept,
            ::pin_ffi::__private::core::option::Option<
                ::pin_ffi::__private::core::primitive::usize,
            >,
        );
        const REPORTS: ::pin_ffi::__private::core::primitive::bool = false || true
            || false || true || true;
        #[inline(always)]
        unsafe fn fill_mut(
            &mut self,
            c: *mut Self::C,
            scratch: &mut ::pin_ffi::__private::Scratch<'_>,
        ) -> ::pin_ffi::__private::core::result::Result<
            Self::Kept,
            ::pin_ffi::__private::FillError,
        > {
            const {
                use ::pin_ffi::__private::UnknownStruct as _;
                let map = ::pin_ffi::__private::StructMap::<libc::msghdr>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    libc::msghdr,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_reported(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).msg_name)
                    },
                    true,
                    ::pin_ffi::__private::core::mem::size_of::<
                        <Option<OutBuf<'a, u8>> as __pin_ffi_private::Buf>::Elem,
                    >(),
                );
            };
            if const {
                use ::pin_ffi::__private::UnknownStruct as _;
                let map = ::pin_ffi::__private::StructMap::<libc::msghdr>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    libc::msghdr,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                ::pin_ffi::__private::Map::has_gaps(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).msg_name)
                    },
                )
            } {
                let borrowed_name = &mut self.name;
                __pin_ffi_private::Fill::initialise(borrowed_name);
            }
            const {
                use ::pin_ffi::__private::UnknownStruct as _;
                let map = ::pin_ffi::__private::StructMap::<libc::msghdr>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    libc::msghdr,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_reported(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(
                            base,
                            &raw const (*base).msg_control,
                        )
                    },
                    true,
                    ::pin_ffi::__private::core::mem::size_of::<
                        <OutBuf<'a, u8> as __pin_ffi_private::Buf>::Elem,
                    >(),
                );
            };
            if const {
                use ::pin_ffi::__private::UnknownStruct as _;
                let map = ::pin_ffi::__private::StructMap::<libc::msghdr>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    libc::msghdr,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                ::pin_ffi::__private::Map::has_gaps(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(
                            base,
                            &raw const (*base).msg_control,
                        )
                    },
                )
            } {
                let borrowed_control = &mut self.control;
                __pin_ffi_private::Fill::initialise(borrowed_control);
            }
            const {
                let c = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    libc::msghdr,
                >::uninit();
                let slot_parts = unsafe {
                    &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(
                        &c,
                    ))
                        .msg_iov
                };
                __pin_ffi_private::must_not_report_through(
                    slot_parts,
                    <Vec<
                        &'a mut [u8],
                    > as ::pin_ffi::__private::NestMut<
                        'static,
                        __pin_ffi_field::parts,
                    >>::REPORTS,
                    "`msg_iov` is declared `*const`, so C does not write the structs there, and a value of field `parts` with `inout` or `out` wants results from them: declare it `*mut` if C's header does, say `read_only` here, or lend values without them",
                );
            }
            let borrowed_parts = &mut self.parts;
            let (lent_parts, kept_parts) = unsafe {
                <Vec<
                    &'a mut [u8],
                > as ::pin_ffi::__private::NestMut<
                    'static,
                    __pin_ffi_field::parts,
                >>::fill_nested(borrowed_parts, scratch)?
            };
            let lent_parts = __pin_ffi_private::typed_array::<
                Vec<&'a mut [u8]>,
            >(lent_parts);
            let some_parts = !lent_parts.ptr.is_null();
            let borrowed_name = &mut self.name;
            let lent_name = if __PIN_FFI_READ_ONLY_name {
                __pin_ffi_private::Buf::lend(&*borrowed_name)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_name)
            };
            let () = <Self as __PinFfiLimits>::FITS_name;
            let some_name = !__pin_ffi_private::Lent::is_none(&lent_name);
            let borrowed_control = &mut self.control;
            let lent_control = if __PIN_FFI_READ_ONLY_control {
                __pin_ffi_private::Buf::lend(&*borrowed_control)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_control)
            };
            let () = <Self as __PinFfiLimits>::FITS_control;
            let some_control = !__pin_ffi_private::Lent::is_none(&lent_control);
            let slot_name = unsafe { &raw const (*c).msg_namelen };
            let len_name = __pin_ffi_private::checked_len(
                slot_name,
                ::pin_ffi::__private::bytes_of(
                    lent_name,
                    &::pin_ffi::__private::Field {
                        item: "Message",
                        field: "name",
                        c: "msg_namelen",
                    },
                )?,
                &::pin_ffi::__private::Field {
                    item: "Message",
                    field: "name",
                    c: "msg_namelen",
                },
            )?;
            let slot_parts = unsafe { &raw const (*c).msg_iovlen };
            let len_parts = __pin_ffi_private::checked_len(
                slot_parts,
                lent_parts.len,
                &::pin_ffi::__private::Field {
                    item: "Message",
                    field: "parts",
                    c: "msg_iovlen",
                },
            )?;
            let slot_control = unsafe { &raw const (*c).msg_controllen };
            let len_control = __pin_ffi_private::checked_len(
                slot_control,
                ::pin_ffi::__private::bytes_of(
                    lent_control,
                    &::pin_ffi::__private::Field {
                        item: "Message",
                        field: "control",
                        c: "msg_controllen",
                    },
                )?,
                &::pin_ffi::__private::Field {
                    item: "Message",
                    field: "control",
                    c: "msg_controllen",
                },
            )?;
            let capacity_name = ::pin_ffi::__private::capacity(&lent_name);
            let capacity_control = ::pin_ffi::__private::capacity(&lent_control);
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).msg_name),
                    lent_name,
                );
                __pin_ffi_private::note(scratch, lent_name, !__PIN_FFI_READ_ONLY_name);
                __pin_ffi_private::put_array::<
                    _,
                    <Vec<&'a mut [u8]> as __pin_ffi_private::FfiArray>::Elem,
                >(&raw mut (*c).msg_iov, lent_parts);
                __pin_ffi_private::note(scratch, lent_parts.lent(), false);
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).msg_control),
                    lent_control,
                );
                __pin_ffi_private::note(
                    scratch,
                    lent_control,
                    !__PIN_FFI_READ_ONLY_control,
                );
                (&raw mut (*c).msg_namelen).write_unaligned(len_name);
                (&raw mut (*c).msg_iovlen).write_unaligned(len_parts);
                (&raw mut (*c).msg_controllen).write_unaligned(len_control);
            }
            ::pin_ffi::__private::core::result::Result::Ok((
                capacity_name,
                kept_parts,
                capacity_control,
            ))
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
            let (kept_name, kept_parts, kept_control) = kept;
            let slot_name = unsafe { &raw const (*c).msg_namelen };
            let filled_name = unsafe {
                __pin_ffi_private::taken_len::<
                    Option<OutBuf<'a, u8>>,
                    true,
                    _,
                    _,
                    _,
                >(
                    &raw const (*c).msg_name,
                    __pin_ffi_private::Looked::at(&raw const (*c).msg_name).says(),
                    slot_name,
                    kept_name,
                    &::pin_ffi::__private::Field {
                        item: "Message",
                        field: "name",
                        c: "msg_namelen",
                    },
                )
            }?;
            let slot_control = unsafe { &raw const (*c).msg_controllen };
            let filled_control = unsafe {
                __pin_ffi_private::taken_len::<
                    OutBuf<'a, u8>,
                    true,
                    _,
                    _,
                    _,
                >(
                    &raw const (*c).msg_control,
                    __pin_ffi_private::Looked::at(&raw const (*c).msg_control).says(),
                    slot_control,
                    kept_control,
                    &::pin_ffi::__private::Field {
                        item: "Message",
                        field: "control",
                        c: "msg_controllen",
                    },
                )
            }?;
            let slot_flags = unsafe { &raw const (*c).msg_flags };
            let value_flags = unsafe {
                __pin_ffi_private::taken(
                    slot_flags,
                    &::pin_ffi::__private::Field {
                        item: "Message",
                        field: "flags",
                        c: "msg_flags",
                    },
                )
            }?;
            let borrowed_parts = &mut self.parts;
            unsafe {
                <Vec<
                    &'a mut [u8],
                > as ::pin_ffi::__private::NestMut<
                    'static,
                    __pin_ffi_field::parts,
                >>::take_back_nested(borrowed_parts, kept_parts)?
            };
            let borrowed_name = &mut self.name;
            unsafe { __pin_ffi_private::Fill::set_filled(borrowed_name, filled_name) };
            let borrowed_control = &mut self.control;
            unsafe {
                __pin_ffi_private::Fill::set_filled(borrowed_control, filled_control)
            };
            self.flags = value_flags;
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
    }
};
