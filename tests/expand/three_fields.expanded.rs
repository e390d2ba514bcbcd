// What the macros make of three_fields.rs.
use pin_ffi::{FfiPinned, OutBuf};
#[repr(C)]
struct request {
    input: *const u8,
    input_len: u32,
    output: *mut u8,
    output_len: u32,
    flags: u32,
}
struct Request<'a> {
    input: &'a [u8],
    output: OutBuf<'a, u8>,
    flags: u32,
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
        pub struct flags;
    }
    const __PIN_FFI_READ_ONLY_input: ::pin_ffi::__private::core::primitive::bool = {
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::<request>::uninit();
        let slot_input = unsafe {
            &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c)).input
        };
        __pin_ffi_private::declared_read_only(__pin_ffi_private::address(slot_input))
    };
    const __PIN_FFI_READ_ONLY_output: ::pin_ffi::__private::core::primitive::bool = {
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::<request>::uninit();
        let slot_output = unsafe {
            &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c)).output
        };
        __pin_ffi_private::declared_read_only(__pin_ffi_private::address(slot_output))
    };
    trait __PinFfiLimits {
        const FITS_input: ();
        const FITS_output: ();
    }
    impl<'a> __PinFfiLimits for Request<'a> {
        const FITS_input: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<request>::uninit();
            let slot_input = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .input
            };
            __pin_ffi_private::elements_must_fit::<
                <&'a [u8] as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_input),
                false,
                false,
                "the elements of field `input` have no size, so their count would say nothing about memory",
                "the elements of field `input` are smaller than what `input` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
        const FITS_output: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<request>::uninit();
            let slot_output = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .output
            };
            __pin_ffi_private::elements_must_fit::<
                <OutBuf<'a, u8> as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_output),
                false,
                false,
                "the elements of field `output` have no size, so their count would say nothing about memory",
                "the elements of field `output` are smaller than what `output` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
    }
    const _: () = {
        let () = <Request<'static> as __PinFfiLimits>::FITS_input;
        let () = <Request<'static> as __PinFfiLimits>::FITS_output;
    };
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinned for Request<'a> {
        type C = request;
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
                let map = ::pin_ffi::__private::StructMap::<request>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    request,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_known(&map, false);
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).input)
                    },
                    false,
                    false,
                    false,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).input)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).input_len)
                    },
                    false,
                );
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).output)
                    },
                    false,
                    false,
                    true,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).output)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).output_len)
                    },
                    false,
                );
                __pin_ffi_private::Map::check_value(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).flags)
                    },
                );
                let places = [
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).input)
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).input
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).output)
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).output
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).flags)
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).flags
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).input_len,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).input_len
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).output_len,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).output_len
                        }),
                    ),
                ];
                __pin_ffi_private::check_apart(
                    &places,
                    1usize,
                    "`output` of field `output` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    2usize,
                    "`flags` of field `flags` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    3usize,
                    "`input_len` of field `input` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    4usize,
                    "`output_len` of field `output` shares bytes of the C struct with what another field fills: keep one of the two",
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
            let lent_input = __pin_ffi_private::Buf::lend(borrowed_input);
            let () = <Self as __PinFfiLimits>::FITS_input;
            let some_input = !__pin_ffi_private::Lent::is_none(&lent_input);
            let borrowed_output = &self.output;
            let lent_output = __pin_ffi_private::Buf::lend(borrowed_output);
            let () = <Self as __PinFfiLimits>::FITS_output;
            let some_output = !__pin_ffi_private::Lent::is_none(&lent_output);
            let borrowed_flags = &self.flags;
            let slot_flags = unsafe { &raw const (*c).flags };
            let value_flags = __pin_ffi_private::converted(
                slot_flags,
                borrowed_flags,
                &::pin_ffi::__private::Field {
                    item: "Request",
                    field: "flags",
                    c: "flags",
                },
            )?;
            let slot_input = unsafe { &raw const (*c).input_len };
            let len_input = __pin_ffi_private::checked_len(
                slot_input,
                lent_input.len,
                &::pin_ffi::__private::Field {
                    item: "Request",
                    field: "input",
                    c: "input_len",
                },
            )?;
            let slot_output = unsafe { &raw const (*c).output_len };
            let len_output = __pin_ffi_private::checked_len(
                slot_output,
                lent_output.len,
                &::pin_ffi::__private::Field {
                    item: "Request",
                    field: "output",
                    c: "output_len",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).input),
                    lent_input,
                );
                __pin_ffi_private::note(scratch, lent_input, false);
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).output),
                    lent_output,
                );
                __pin_ffi_private::note(scratch, lent_output, false);
                (&raw mut (*c).flags).write_unaligned(value_flags);
                (&raw mut (*c).input_len).write_unaligned(len_input);
                (&raw mut (*c).output_len).write_unaligned(len_output);
            }
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
        #[inline(always)]
        unsafe fn release(c: *mut Self::C) {
            unsafe {
                __pin_ffi_private::null_ptr(&raw mut (*c).input);
                __pin_ffi_private::null_ptr(&raw mut (*c).output);
                __pin_ffi_private::zero_len(&raw mut (*c).input_len);
                __pin_ffi_private::zero_len(&raw mut (*c).output_len);
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinnedMut for Request<'a>
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
        );
        const REPORTS: ::pin_ffi::__private::core::primitive::bool = false || false
            || true || false;
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
                let map = ::pin_ffi::__private::StructMap::<request>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    request,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_reported(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).output)
                    },
                    false,
                    ::pin_ffi::__private::core::mem::size_of::<
                        <OutBuf<'a, u8> as __pin_ffi_private::Buf>::Elem,
                    >(),
                );
            };
            if const {
                use ::pin_ffi::__private::UnknownStruct as _;
                let map = ::pin_ffi::__private::StructMap::<request>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    request,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                ::pin_ffi::__private::Map::has_gaps(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).output)
                    },
                )
            } {
                let borrowed_output = &mut self.output;
                __pin_ffi_private::Fill::initialise(borrowed_output);
            }
            let borrowed_input = &mut self.input;
            let lent_input = if __PIN_FFI_READ_ONLY_input {
                __pin_ffi_private::Buf::lend(&*borrowed_input)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_input)
            };
            let () = <Self as __PinFfiLimits>::FITS_input;
            let some_input = !__pin_ffi_private::Lent::is_none(&lent_input);
            let borrowed_output = &mut self.output;
            let lent_output = if __PIN_FFI_READ_ONLY_output {
                __pin_ffi_private::Buf::lend(&*borrowed_output)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_output)
            };
            let () = <Self as __PinFfiLimits>::FITS_output;
            let some_output = !__pin_ffi_private::Lent::is_none(&lent_output);
            let borrowed_flags = &self.flags;
            let slot_flags = unsafe { &raw const (*c).flags };
            let value_flags = __pin_ffi_private::converted(
                slot_flags,
                borrowed_flags,
                &::pin_ffi::__private::Field {
                    item: "Request",
                    field: "flags",
                    c: "flags",
                },
            )?;
            let slot_input = unsafe { &raw const (*c).input_len };
            let len_input = __pin_ffi_private::checked_len(
                slot_input,
                lent_input.len,
                &::pin_ffi::__private::Field {
                    item: "Request",
                    field: "input",
                    c: "input_len",
                },
            )?;
            let slot_output = unsafe { &raw const (*c).output_len };
            let len_output = __pin_ffi_private::checked_len(
                slot_output,
                lent_output.len,
                &::pin_ffi::__private::Field {
                    item: "Request",
                    field: "output",
                    c: "output_len",
                },
            )?;
            let capacity_output = ::pin_ffi::__private::capacity(&lent_output);
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).input),
                    lent_input,
                );
                __pin_ffi_private::note(scratch, lent_input, !__PIN_FFI_READ_ONLY_input);
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).output),
                    lent_output,
                );
                __pin_ffi_private::note(
                    scratch,
                    lent_output,
                    !__PIN_FFI_READ_ONLY_output,
                );
                (&raw mut (*c).flags).write_unaligned(value_flags);
                (&raw mut (*c).input_len).write_unaligned(len_input);
                (&raw mut (*c).output_len).write_unaligned(len_output);
            }
            ::pin_ffi::__private::core::result::Result::Ok((capacity_output,))
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
            let (kept_output,) = kept;
            let slot_output = unsafe { &raw const (*c).output_len };
            let filled_output = unsafe {
                __pin_ffi_private::taken_len::<
                    OutBuf<'a, u8>,
                    false,
                    _,
                    _,
                    _,
                >(
                    &raw const (*c).output,
                    __pin_ffi_private::Looked::at(&raw const (*c).output).says(),
                    slot_output,
                    kept_output,
                    &::pin_ffi::__private::Field {
                        item: "Request",
                        field: "output",
                        c: "output_len",
                    },
                )
            }?;
            let borrowed_output = &mut self.output;
            unsafe {
                __pin_ffi_private::Fill::set_filled(borrowed_output, filled_output)
            };
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
    }
};
