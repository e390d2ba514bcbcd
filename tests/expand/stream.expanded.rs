// What the macros make of stream.rs.
use pin_ffi::{FfiPinned, OutBuf};
#[repr(C)]
struct stream {
    next_in: *const u8,
    avail_in: u32,
    next_out: *mut u8,
    avail_out: u32,
    level: i32,
    total: u64,
}
struct Stream<'a> {
    input: &'a [u8],
    output: OutBuf<'a, u8>,
    level: i32,
    total: u64,
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
    #[allow(unused_unsafe)]
    const _: () = unsafe {};
    #[allow(unused_imports)]
    use ::pin_ffi::__private as __pin_ffi_private;
    mod __pin_ffi_field {
        pub struct input;
        pub struct output;
        pub struct level;
        pub struct total;
    }
    const __PIN_FFI_READ_ONLY_input: ::pin_ffi::__private::core::primitive::bool = {
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::<stream>::uninit();
        let slot_input = unsafe {
            &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                .next_in
        };
        __pin_ffi_private::declared_read_only(__pin_ffi_private::address(slot_input))
    };
    const __PIN_FFI_READ_ONLY_output: ::pin_ffi::__private::core::primitive::bool = {
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::<stream>::uninit();
        let slot_output = unsafe {
            &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                .next_out
        };
        __pin_ffi_private::declared_read_only(__pin_ffi_private::address(slot_output))
    };
    trait __PinFfiLimits {
        const FITS_input: ();
        const FITS_output: ();
    }
    impl<'a> __PinFfiLimits for Stream<'a> {
        const FITS_input: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<stream>::uninit();
            let slot_input = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .next_in
            };
            __pin_ffi_private::elements_must_fit::<
                <&'a [u8] as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_input),
                false,
                false,
                "the elements of field `input` have no size, so their count would say nothing about memory",
                "the elements of field `input` are smaller than what `next_in` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
        const FITS_output: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<stream>::uninit();
            let slot_output = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .next_out
            };
            __pin_ffi_private::elements_must_fit::<
                <OutBuf<'a, u8> as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_output),
                false,
                false,
                "the elements of field `output` have no size, so their count would say nothing about memory",
                "the elements of field `output` are smaller than what `next_out` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
    }
    const _: () = {
        let () = <Stream<'static> as __PinFfiLimits>::FITS_input;
        let () = <Stream<'static> as __PinFfiLimits>::FITS_output;
    };
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinned for Stream<'a> {
        type C = stream;
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
                let map = ::pin_ffi::__private::StructMap::<stream>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    stream,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_known(&map, false);
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).next_in)
                    },
                    false,
                    false,
                    false,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).next_in)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).avail_in)
                    },
                    false,
                );
                __pin_ffi_private::Map::check_no_progress(&map);
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).next_out)
                    },
                    false,
                    false,
                    false,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).next_out)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).avail_out)
                    },
                    false,
                );
                __pin_ffi_private::Map::check_no_progress(&map);
                __pin_ffi_private::Map::check_value(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).level)
                    },
                );
                __pin_ffi_private::Map::check_value(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).total)
                    },
                );
                let places = [
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).next_in,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).next_in
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).next_out,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).next_out
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).level)
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).level
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).avail_in,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).avail_in
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).avail_out,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).avail_out
                        }),
                    ),
                ];
                __pin_ffi_private::check_apart(
                    &places,
                    1usize,
                    "`next_out` of field `output` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    2usize,
                    "`level` of field `level` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    3usize,
                    "`avail_in` of field `input` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    4usize,
                    "`avail_out` of field `output` shares bytes of the C struct with what another field fills: keep one of the two",
                );
            };
            let borrowed_input = &self.input;
            let type_input = __pin_ffi_private::type_of(borrowed_input);
            let _: ::pin_ffi::__private::core::marker::PhantomData<*const &'a [u8]> = type_input;
            let borrowed_output = &self.output;
            let type_output = __pin_ffi_private::type_of(borrowed_output);
            let _: ::pin_ffi::__private::core::marker::PhantomData<
                *const OutBuf<'a, u8>,
            > = type_output;
            let borrowed_input = &self.input;
            let start_input = <&'a [u8] as __pin_ffi_private::Progress<
                __PIN_FFI_READ_ONLY_input,
            >>::start(borrowed_input);
            let borrowed_input = &self.input;
            let lent_input = __pin_ffi_private::Buf::lend(borrowed_input);
            let lent_input = __pin_ffi_private::behind(lent_input, start_input);
            let () = <Self as __PinFfiLimits>::FITS_input;
            let some_input = !__pin_ffi_private::Lent::is_none(&lent_input);
            let borrowed_output = &self.output;
            let start_output = <OutBuf<
                'a,
                u8,
            > as __pin_ffi_private::Progress<
                __PIN_FFI_READ_ONLY_output,
            >>::start(borrowed_output);
            let borrowed_output = &self.output;
            let lent_output = __pin_ffi_private::Buf::lend(borrowed_output);
            let lent_output = __pin_ffi_private::behind(lent_output, start_output);
            let () = <Self as __PinFfiLimits>::FITS_output;
            let some_output = !__pin_ffi_private::Lent::is_none(&lent_output);
            let borrowed_level = &self.level;
            let slot_level = unsafe { &raw const (*c).level };
            let value_level = __pin_ffi_private::converted(
                slot_level,
                borrowed_level,
                &::pin_ffi::__private::Field {
                    item: "Stream",
                    field: "level",
                    c: "level",
                },
            )?;
            let slot_input = unsafe { &raw const (*c).avail_in };
            let len_input = __pin_ffi_private::checked_len(
                slot_input,
                lent_input.len,
                &::pin_ffi::__private::Field {
                    item: "Stream",
                    field: "input",
                    c: "avail_in",
                },
            )?;
            let slot_output = unsafe { &raw const (*c).avail_out };
            let len_output = __pin_ffi_private::checked_len(
                slot_output,
                lent_output.len,
                &::pin_ffi::__private::Field {
                    item: "Stream",
                    field: "output",
                    c: "avail_out",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).next_in),
                    lent_input,
                );
                __pin_ffi_private::note(scratch, lent_input, false);
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).next_out),
                    lent_output,
                );
                __pin_ffi_private::note(scratch, lent_output, false);
                (&raw mut (*c).level).write_unaligned(value_level);
                (&raw mut (*c).avail_in).write_unaligned(len_input);
                (&raw mut (*c).avail_out).write_unaligned(len_output);
            }
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
        #[inline(always)]
        unsafe fn release(c: *mut Self::C) {
            unsafe {
                __pin_ffi_private::null_ptr(&raw mut (*c).next_in);
                __pin_ffi_private::null_ptr(&raw mut (*c).next_out);
                __pin_ffi_private::zero_len(&raw mut (*c).avail_in);
                __pin_ffi_private::zero_len(&raw mut (*c).avail_out);
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinnedMut for Stream<'a>
    where
        for<'__pin_ffi_lent> &'a [u8]: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::input,
            __PIN_FFI_READ_ONLY_input,
        >,
        for<'__pin_ffi_lent> OutBuf<
            'a,
            u8,
        >: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::output,
            __PIN_FFI_READ_ONLY_output,
        >,
    {
        type Kept = (
            ::pin_ffi::__private::core::option::Option<
                ::pin_ffi::__private::core::primitive::usize,
            >,
            ::pin_ffi::__private::core::option::Option<
                ::pin_ffi::__private::core::primitive::usize,
            >,
        );
        const REPORTS: ::pin_ffi::__private::core::primitive::bool = false || true
            || true || false || true;
        #[inline(always)]
        unsafe fn fill_mut(
            &mut self,
            c: *mut Self::C,
            scratch: &mut ::pin_ffi::__private::Scratch<'_>,
        ) -> ::pin_ffi::__private::core::result::Result<
            Self::Kept,
            ::pin_ffi::__private::FillError,
        > {
            let borrowed_input = &self.input;
            let start_input = <&'a [u8] as __pin_ffi_private::Progress<
                __PIN_FFI_READ_ONLY_input,
            >>::start(borrowed_input);
            let borrowed_input = &mut self.input;
            let lent_input = if __PIN_FFI_READ_ONLY_input {
                __pin_ffi_private::Buf::lend(&*borrowed_input)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_input)
            };
            let lent_input = __pin_ffi_private::behind(lent_input, start_input);
            let () = <Self as __PinFfiLimits>::FITS_input;
            let some_input = !__pin_ffi_private::Lent::is_none(&lent_input);
            let borrowed_output = &self.output;
            let start_output = <OutBuf<
                'a,
                u8,
            > as __pin_ffi_private::Progress<
                __PIN_FFI_READ_ONLY_output,
            >>::start(borrowed_output);
            let borrowed_output = &mut self.output;
            let lent_output = if __PIN_FFI_READ_ONLY_output {
                __pin_ffi_private::Buf::lend(&*borrowed_output)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_output)
            };
            let lent_output = __pin_ffi_private::behind(lent_output, start_output);
            let () = <Self as __PinFfiLimits>::FITS_output;
            let some_output = !__pin_ffi_private::Lent::is_none(&lent_output);
            let borrowed_level = &self.level;
            let slot_level = unsafe { &raw const (*c).level };
            let value_level = __pin_ffi_private::converted(
                slot_level,
                borrowed_level,
                &::pin_ffi::__private::Field {
                    item: "Stream",
                    field: "level",
                    c: "level",
                },
            )?;
            let slot_input = unsafe { &raw const (*c).avail_in };
            let len_input = __pin_ffi_private::checked_len(
                slot_input,
                lent_input.len,
                &::pin_ffi::__private::Field {
                    item: "Stream",
                    field: "input",
                    c: "avail_in",
                },
            )?;
            let slot_output = unsafe { &raw const (*c).avail_out };
            let len_output = __pin_ffi_private::checked_len(
                slot_output,
                lent_output.len,
                &::pin_ffi::__private::Field {
                    item: "Stream",
                    field: "output",
                    c: "avail_out",
                },
            )?;
            let capacity_input = ::pin_ffi::__private::capacity(&lent_input);
            let capacity_output = ::pin_ffi::__private::capacity(&lent_output);
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).next_in),
                    lent_input,
                );
                __pin_ffi_private::note(scratch, lent_input, !__PIN_FFI_READ_ONLY_input);
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).next_out),
                    lent_output,
                );
                __pin_ffi_private::note(
                    scratch,
                    lent_output,
                    !__PIN_FFI_READ_ONLY_output,
                );
                (&raw mut (*c).level).write_unaligned(value_level);
                (&raw mut (*c).avail_in).write_unaligned(len_input);
                (&raw mut (*c).avail_out).write_unaligned(len_output);
            }
            ::pin_ffi::__private::core::result::Result::Ok((
                capacity_input,
                capacity_output,
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
            let (kept_input, kept_output) = kept;
            let slot_input = unsafe { &raw const (*c).avail_in };
            let filled_input = unsafe {
                __pin_ffi_private::taken_rest::<
                    &'a [u8],
                    false,
                    _,
                    _,
                    _,
                >(
                    &raw const (*c).next_in,
                    __pin_ffi_private::Looked::at(&raw const (*c).next_in).says(),
                    slot_input,
                    kept_input,
                    &::pin_ffi::__private::Field {
                        item: "Stream",
                        field: "input",
                        c: "avail_in",
                    },
                )
            }?;
            let slot_output = unsafe { &raw const (*c).avail_out };
            let filled_output = unsafe {
                __pin_ffi_private::taken_rest::<
                    OutBuf<'a, u8>,
                    false,
                    _,
                    _,
                    _,
                >(
                    &raw const (*c).next_out,
                    __pin_ffi_private::Looked::at(&raw const (*c).next_out).says(),
                    slot_output,
                    kept_output,
                    &::pin_ffi::__private::Field {
                        item: "Stream",
                        field: "output",
                        c: "avail_out",
                    },
                )
            }?;
            let slot_total = unsafe { &raw const (*c).total };
            let value_total = unsafe {
                __pin_ffi_private::taken(
                    slot_total,
                    &::pin_ffi::__private::Field {
                        item: "Stream",
                        field: "total",
                        c: "total",
                    },
                )
            }?;
            let borrowed_input = &mut self.input;
            unsafe {
                <&'a [u8] as __pin_ffi_private::Progress<
                    __PIN_FFI_READ_ONLY_input,
                >>::come_on(borrowed_input, filled_input)
            };
            let borrowed_output = &mut self.output;
            unsafe {
                <OutBuf<
                    'a,
                    u8,
                > as __pin_ffi_private::Progress<
                    __PIN_FFI_READ_ONLY_output,
                >>::come_on(borrowed_output, filled_output)
            };
            self.total = value_total;
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
    }
};
