// What the macros make of array_of_structs.rs.
use pin_ffi::FfiPinned;
#[repr(C)]
struct pair {
    key: *const u8,
    key_len: u16,
    value: i64,
}
#[repr(C)]
struct table {
    pairs: *const pair,
    count: u32,
}
struct Pair<'a> {
    key: &'a str,
    value: i64,
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
        pub struct key;
        pub struct value;
    }
    const __PIN_FFI_READ_ONLY_key: ::pin_ffi::__private::core::primitive::bool = {
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::<pair>::uninit();
        let slot_key = unsafe {
            &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c)).key
        };
        __pin_ffi_private::declared_read_only(__pin_ffi_private::address(slot_key))
    };
    trait __PinFfiLimits {
        const FITS_key: ();
    }
    impl<'a> __PinFfiLimits for Pair<'a> {
        const FITS_key: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<pair>::uninit();
            let slot_key = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .key
            };
            __pin_ffi_private::elements_must_fit::<
                <&'a str as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_key),
                false,
                false,
                "the elements of field `key` have no size, so their count would say nothing about memory",
                "the elements of field `key` are smaller than what `key` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
    }
    const _: () = {
        let () = <Pair<'static> as __PinFfiLimits>::FITS_key;
    };
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinned for Pair<'a> {
        type C = pair;
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
                let map = ::pin_ffi::__private::StructMap::<pair>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    pair,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_known(&map, false);
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).key)
                    },
                    false,
                    false,
                    false,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).key)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).key_len)
                    },
                    false,
                );
                __pin_ffi_private::Map::check_value(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).value)
                    },
                );
                let places = [
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).key)
                        },
                        ::pin_ffi::__private::size_at(unsafe { &raw const (*base).key }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).value)
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).value
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(
                                base,
                                &raw const (*base).key_len,
                            )
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).key_len
                        }),
                    ),
                ];
                __pin_ffi_private::check_apart(
                    &places,
                    1usize,
                    "`value` of field `value` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    2usize,
                    "`key_len` of field `key` shares bytes of the C struct with what another field fills: keep one of the two",
                );
            };
            let borrowed_key = &self.key;
            let type_key = __pin_ffi_private::type_of(borrowed_key);
            let _: ::pin_ffi::__private::core::marker::PhantomData<*const &'a str> = type_key;
            let borrowed_key = &self.key;
            let lent_key = __pin_ffi_private::Buf::lend(borrowed_key);
            let () = <Self as __PinFfiLimits>::FITS_key;
            let some_key = !__pin_ffi_private::Lent::is_none(&lent_key);
            let borrowed_value = &self.value;
            let slot_value = unsafe { &raw const (*c).value };
            let value_value = __pin_ffi_private::converted(
                slot_value,
                borrowed_value,
                &::pin_ffi::__private::Field {
                    item: "Pair",
                    field: "value",
                    c: "value",
                },
            )?;
            let slot_key = unsafe { &raw const (*c).key_len };
            let len_key = __pin_ffi_private::checked_len(
                slot_key,
                lent_key.len,
                &::pin_ffi::__private::Field {
                    item: "Pair",
                    field: "key",
                    c: "key_len",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).key),
                    lent_key,
                );
                __pin_ffi_private::note(scratch, lent_key, false);
                (&raw mut (*c).value).write_unaligned(value_value);
                (&raw mut (*c).key_len).write_unaligned(len_key);
            }
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
        #[inline(always)]
        unsafe fn release(c: *mut Self::C) {
            unsafe {
                __pin_ffi_private::null_ptr(&raw mut (*c).key);
                __pin_ffi_private::zero_len(&raw mut (*c).key_len);
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinnedMut for Pair<'a>
    where
        for<'__pin_ffi_lent> &'a str: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::key,
            __PIN_FFI_READ_ONLY_key,
        >,
    {
        type Kept = ();
        const REPORTS: ::pin_ffi::__private::core::primitive::bool = false || false
            || false;
        #[inline(always)]
        unsafe fn fill_mut(
            &mut self,
            c: *mut Self::C,
            scratch: &mut ::pin_ffi::__private::Scratch<'_>,
        ) -> ::pin_ffi::__private::core::result::Result<
            Self::Kept,
            ::pin_ffi::__private::FillError,
        > {
            let borrowed_key = &mut self.key;
            let lent_key = if __PIN_FFI_READ_ONLY_key {
                __pin_ffi_private::Buf::lend(&*borrowed_key)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_key)
            };
            let () = <Self as __PinFfiLimits>::FITS_key;
            let some_key = !__pin_ffi_private::Lent::is_none(&lent_key);
            let borrowed_value = &self.value;
            let slot_value = unsafe { &raw const (*c).value };
            let value_value = __pin_ffi_private::converted(
                slot_value,
                borrowed_value,
                &::pin_ffi::__private::Field {
                    item: "Pair",
                    field: "value",
                    c: "value",
                },
            )?;
            let slot_key = unsafe { &raw const (*c).key_len };
            let len_key = __pin_ffi_private::checked_len(
                slot_key,
                lent_key.len,
                &::pin_ffi::__private::Field {
                    item: "Pair",
                    field: "key",
                    c: "key_len",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).key),
                    lent_key,
                );
                __pin_ffi_private::note(scratch, lent_key, !__PIN_FFI_READ_ONLY_key);
                (&raw mut (*c).value).write_unaligned(value_value);
                (&raw mut (*c).key_len).write_unaligned(len_key);
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
struct Table<'a> {
    pairs: &'a [Pair<'a>],
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
        pub struct pairs;
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinned for Table<'a> {
        type C = table;
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
                let map = ::pin_ffi::__private::StructMap::<table>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    table,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_known(&map, false);
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).pairs)
                    },
                    false,
                    true,
                    false,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).pairs)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).count)
                    },
                    false,
                );
                let places = [
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).pairs)
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).pairs
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).count)
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).count
                        }),
                    ),
                ];
                __pin_ffi_private::check_apart(
                    &places,
                    1usize,
                    "`count` of field `pairs` shares bytes of the C struct with what another field fills: keep one of the two",
                );
            };
            let borrowed_pairs = &self.pairs;
            let type_pairs = __pin_ffi_private::type_of(borrowed_pairs);
            let _: ::pin_ffi::__private::core::marker::PhantomData<
                *const &'a [Pair<'a>],
            > = type_pairs;
            let borrowed_pairs = &self.pairs;
            let lent_pairs = unsafe {
                __pin_ffi_private::FfiArray::fill_all(borrowed_pairs, scratch)?
            };
            let some_pairs = !lent_pairs.ptr.is_null();
            let slot_pairs = unsafe { &raw const (*c).count };
            let len_pairs = __pin_ffi_private::checked_len(
                slot_pairs,
                lent_pairs.len,
                &::pin_ffi::__private::Field {
                    item: "Table",
                    field: "pairs",
                    c: "count",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_array::<
                    _,
                    <&'a [Pair<'a>] as __pin_ffi_private::FfiArray>::Elem,
                >(&raw mut (*c).pairs, lent_pairs);
                __pin_ffi_private::note(scratch, lent_pairs.lent(), false);
                (&raw mut (*c).count).write_unaligned(len_pairs);
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
            let room = ::pin_ffi::__private::RunRoom(&self.pairs).left(room)?;
            ::pin_ffi::__private::core::option::Option::Some(room)
        }
        #[inline(always)]
        unsafe fn release(c: *mut Self::C) {
            unsafe {
                __pin_ffi_private::null_ptr(&raw mut (*c).pairs);
                __pin_ffi_private::zero_len(&raw mut (*c).count);
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinnedMut for Table<'a>
    where
        for<'__pin_ffi_lent> &'a [Pair<
            'a,
        >]: ::pin_ffi::__private::NestMut<'__pin_ffi_lent, __pin_ffi_field::pairs>,
    {
        type Kept = (
            <&'a [Pair<
                'a,
            >] as ::pin_ffi::__private::NestMut<
                'static,
                __pin_ffi_field::pairs,
            >>::NestedKept,
        );
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
            const {
                let c = ::pin_ffi::__private::core::mem::MaybeUninit::<table>::uninit();
                let slot_pairs = unsafe {
                    &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(
                        &c,
                    ))
                        .pairs
                };
                __pin_ffi_private::must_not_report_through(
                    slot_pairs,
                    <&'a [Pair<
                        'a,
                    >] as ::pin_ffi::__private::NestMut<
                        'static,
                        __pin_ffi_field::pairs,
                    >>::REPORTS,
                    "`pairs` is declared `*const`, so C does not write the structs there, and a value of field `pairs` with `inout` or `out` wants results from them: declare it `*mut` if C's header does, say `read_only` here, or lend values without them",
                );
            }
            let borrowed_pairs = &mut self.pairs;
            let (lent_pairs, kept_pairs) = unsafe {
                <&'a [Pair<
                    'a,
                >] as ::pin_ffi::__private::NestMut<
                    'static,
                    __pin_ffi_field::pairs,
                >>::fill_nested(borrowed_pairs, scratch)?
            };
            let lent_pairs = __pin_ffi_private::typed_array::<
                &'a [Pair<'a>],
            >(lent_pairs);
            let some_pairs = !lent_pairs.ptr.is_null();
            let slot_pairs = unsafe { &raw const (*c).count };
            let len_pairs = __pin_ffi_private::checked_len(
                slot_pairs,
                lent_pairs.len,
                &::pin_ffi::__private::Field {
                    item: "Table",
                    field: "pairs",
                    c: "count",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_array::<
                    _,
                    <&'a [Pair<'a>] as __pin_ffi_private::FfiArray>::Elem,
                >(&raw mut (*c).pairs, lent_pairs);
                __pin_ffi_private::note(scratch, lent_pairs.lent(), false);
                (&raw mut (*c).count).write_unaligned(len_pairs);
            }
            ::pin_ffi::__private::core::result::Result::Ok((kept_pairs,))
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
            let (kept_pairs,) = kept;
            let borrowed_pairs = &mut self.pairs;
            unsafe {
                <&'a [Pair<
                    'a,
                >] as ::pin_ffi::__private::NestMut<
                    'static,
                    __pin_ffi_field::pairs,
                >>::take_back_nested(borrowed_pairs, kept_pairs)?
            };
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
    }
};
