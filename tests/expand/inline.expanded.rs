// What the macros make of inline.rs.
use pin_ffi::{FfiPinned, OutBuf};
#[repr(C)]
struct block {
    bytes: *mut u8,
    len: usize,
}
#[repr(C)]
struct job {
    from: block,
    to: block,
    id: u64,
}
struct From<'a> {
    bytes: &'a [u8],
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
        pub struct bytes;
    }
    const __PIN_FFI_READ_ONLY_bytes: ::pin_ffi::__private::core::primitive::bool = true;
    trait __PinFfiLimits {
        const FITS_bytes: ();
    }
    impl<'a> __PinFfiLimits for From<'a> {
        const FITS_bytes: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<block>::uninit();
            let slot_bytes = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .bytes
            };
            __pin_ffi_private::elements_must_fit::<
                <&'a [u8] as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_bytes),
                false,
                false,
                "the elements of field `bytes` have no size, so their count would say nothing about memory",
                "the elements of field `bytes` are smaller than what `bytes` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
    }
    const _: () = {
        let () = <From<'static> as __PinFfiLimits>::FITS_bytes;
    };
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinned for From<'a> {
        type C = block;
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
                let map = ::pin_ffi::__private::StructMap::<block>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    block,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_known(&map, false);
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).bytes)
                    },
                    true,
                    false,
                    false,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).bytes)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).len)
                    },
                    false,
                );
                let places = [
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).bytes)
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).bytes
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).len)
                        },
                        ::pin_ffi::__private::size_at(unsafe { &raw const (*base).len }),
                    ),
                ];
                __pin_ffi_private::check_apart(
                    &places,
                    1usize,
                    "`len` of field `bytes` shares bytes of the C struct with what another field fills: keep one of the two",
                );
            };
            let borrowed_bytes = &self.bytes;
            let type_bytes = __pin_ffi_private::type_of(borrowed_bytes);
            let _: ::pin_ffi::__private::core::marker::PhantomData<*const &'a [u8]> = type_bytes;
            let borrowed_bytes = &self.bytes;
            let lent_bytes = __pin_ffi_private::Buf::lend(borrowed_bytes);
            let () = <Self as __PinFfiLimits>::FITS_bytes;
            let some_bytes = !__pin_ffi_private::Lent::is_none(&lent_bytes);
            let slot_bytes = unsafe { &raw const (*c).len };
            let len_bytes = __pin_ffi_private::checked_len(
                slot_bytes,
                lent_bytes.len,
                &::pin_ffi::__private::Field {
                    item: "From",
                    field: "bytes",
                    c: "len",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).bytes),
                    lent_bytes,
                );
                __pin_ffi_private::note(scratch, lent_bytes, false);
                (&raw mut (*c).len).write_unaligned(len_bytes);
            }
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
        #[inline(always)]
        unsafe fn release(c: *mut Self::C) {
            unsafe {
                __pin_ffi_private::null_ptr(&raw mut (*c).bytes);
                __pin_ffi_private::zero_len(&raw mut (*c).len);
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinnedMut for From<'a>
    where
        for<'__pin_ffi_lent> &'a [u8]: ::pin_ffi::__private::LendMut<
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
            let slot_bytes = unsafe { &raw const (*c).len };
            let len_bytes = __pin_ffi_private::checked_len(
                slot_bytes,
                lent_bytes.len,
                &::pin_ffi::__private::Field {
                    item: "From",
                    field: "bytes",
                    c: "len",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).bytes),
                    lent_bytes,
                );
                __pin_ffi_private::note(scratch, lent_bytes, !__PIN_FFI_READ_ONLY_bytes);
                (&raw mut (*c).len).write_unaligned(len_bytes);
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
struct To<'a> {
    bytes: OutBuf<'a, u8>,
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
        pub struct bytes;
    }
    const __PIN_FFI_READ_ONLY_bytes: ::pin_ffi::__private::core::primitive::bool = {
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::<block>::uninit();
        let slot_bytes = unsafe {
            &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c)).bytes
        };
        __pin_ffi_private::declared_read_only(__pin_ffi_private::address(slot_bytes))
    };
    trait __PinFfiLimits {
        const FITS_bytes: ();
    }
    impl<'a> __PinFfiLimits for To<'a> {
        const FITS_bytes: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<block>::uninit();
            let slot_bytes = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .bytes
            };
            __pin_ffi_private::elements_must_fit::<
                <OutBuf<'a, u8> as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_bytes),
                false,
                false,
                "the elements of field `bytes` have no size, so their count would say nothing about memory",
                "the elements of field `bytes` are smaller than what `bytes` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
    }
    const _: () = {
        let () = <To<'static> as __PinFfiLimits>::FITS_bytes;
    };
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinned for To<'a> {
        type C = block;
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
                let map = ::pin_ffi::__private::StructMap::<block>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    block,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_known(&map, false);
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).bytes)
                    },
                    false,
                    false,
                    true,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).bytes)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).len)
                    },
                    false,
                );
                let places = [
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).bytes)
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).bytes
                        }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).len)
                        },
                        ::pin_ffi::__private::size_at(unsafe { &raw const (*base).len }),
                    ),
                ];
                __pin_ffi_private::check_apart(
                    &places,
                    1usize,
                    "`len` of field `bytes` shares bytes of the C struct with what another field fills: keep one of the two",
                );
            };
            let borrowed_bytes = &self.bytes;
            let type_bytes = __pin_ffi_private::type_of(borrowed_bytes);
            let _: ::pin_ffi::__private::core::marker::PhantomData<
                *const OutBuf<'a, u8>,
            > = type_bytes;
            let borrowed_bytes = &self.bytes;
            let lent_bytes = __pin_ffi_private::Buf::lend(borrowed_bytes);
            let () = <Self as __PinFfiLimits>::FITS_bytes;
            let some_bytes = !__pin_ffi_private::Lent::is_none(&lent_bytes);
            let slot_bytes = unsafe { &raw const (*c).len };
            let len_bytes = __pin_ffi_private::checked_len(
                slot_bytes,
                lent_bytes.len,
                &::pin_ffi::__private::Field {
                    item: "To",
                    field: "bytes",
                    c: "len",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).bytes),
                    lent_bytes,
                );
                __pin_ffi_private::note(scratch, lent_bytes, false);
                (&raw mut (*c).len).write_unaligned(len_bytes);
            }
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
        #[inline(always)]
        unsafe fn release(c: *mut Self::C) {
            unsafe {
                __pin_ffi_private::null_ptr(&raw mut (*c).bytes);
                __pin_ffi_private::zero_len(&raw mut (*c).len);
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinnedMut for To<'a>
    where
        for<'__pin_ffi_lent> OutBuf<
            'a,
            u8,
        >: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::bytes,
            __PIN_FFI_READ_ONLY_bytes,
        >,
    {
        type Kept = (
            ::pin_ffi::__private::core::option::Option<
                ::pin_ffi::__private::core::primitive::usize,
            >,
        );
        const REPORTS: ::pin_ffi::__private::core::primitive::bool = false || true;
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
                let map = ::pin_ffi::__private::StructMap::<block>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    block,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_reported(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).bytes)
                    },
                    false,
                    ::pin_ffi::__private::core::mem::size_of::<
                        <OutBuf<'a, u8> as __pin_ffi_private::Buf>::Elem,
                    >(),
                );
            };
            if const {
                use ::pin_ffi::__private::UnknownStruct as _;
                let map = ::pin_ffi::__private::StructMap::<block>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    block,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                ::pin_ffi::__private::Map::has_gaps(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).bytes)
                    },
                )
            } {
                let borrowed_bytes = &mut self.bytes;
                __pin_ffi_private::Fill::initialise(borrowed_bytes);
            }
            let borrowed_bytes = &mut self.bytes;
            let lent_bytes = if __PIN_FFI_READ_ONLY_bytes {
                __pin_ffi_private::Buf::lend(&*borrowed_bytes)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_bytes)
            };
            let () = <Self as __PinFfiLimits>::FITS_bytes;
            let some_bytes = !__pin_ffi_private::Lent::is_none(&lent_bytes);
            let slot_bytes = unsafe { &raw const (*c).len };
            let len_bytes = __pin_ffi_private::checked_len(
                slot_bytes,
                lent_bytes.len,
                &::pin_ffi::__private::Field {
                    item: "To",
                    field: "bytes",
                    c: "len",
                },
            )?;
            let capacity_bytes = ::pin_ffi::__private::capacity(&lent_bytes);
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).bytes),
                    lent_bytes,
                );
                __pin_ffi_private::note(scratch, lent_bytes, !__PIN_FFI_READ_ONLY_bytes);
                (&raw mut (*c).len).write_unaligned(len_bytes);
            }
            ::pin_ffi::__private::core::result::Result::Ok((capacity_bytes,))
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
            let (kept_bytes,) = kept;
            let slot_bytes = unsafe { &raw const (*c).len };
            let filled_bytes = unsafe {
                __pin_ffi_private::taken_len::<
                    OutBuf<'a, u8>,
                    false,
                    _,
                    _,
                    _,
                >(
                    &raw const (*c).bytes,
                    __pin_ffi_private::Looked::at(&raw const (*c).bytes).says(),
                    slot_bytes,
                    kept_bytes,
                    &::pin_ffi::__private::Field {
                        item: "To",
                        field: "bytes",
                        c: "len",
                    },
                )
            }?;
            let borrowed_bytes = &mut self.bytes;
            unsafe { __pin_ffi_private::Fill::set_filled(borrowed_bytes, filled_bytes) };
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
    }
};
struct Job<'a> {
    from: From<'a>,
    to: To<'a>,
    id: u64,
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
        pub struct from;
        pub struct to;
        pub struct id;
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinned for Job<'a> {
        type C = job;
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
                let map = ::pin_ffi::__private::StructMap::<job>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    job,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_known(&map, false);
                __pin_ffi_private::Map::check_value(
                    &map,
                    unsafe { ::pin_ffi::__private::offset(base, &raw const (*base).id) },
                );
                let places = [
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).from)
                        },
                        ::pin_ffi::__private::size_at(unsafe { &raw const (*base).from }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).to)
                        },
                        ::pin_ffi::__private::size_at(unsafe { &raw const (*base).to }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).id)
                        },
                        ::pin_ffi::__private::size_at(unsafe { &raw const (*base).id }),
                    ),
                ];
                __pin_ffi_private::check_apart(
                    &places,
                    1usize,
                    "`to` of field `to` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    2usize,
                    "`id` of field `id` shares bytes of the C struct with what another field fills: keep one of the two",
                );
            };
            let borrowed_from = &self.from;
            let type_from = __pin_ffi_private::type_of(borrowed_from);
            let _: ::pin_ffi::__private::core::marker::PhantomData<*const From<'a>> = type_from;
            let borrowed_to = &self.to;
            let type_to = __pin_ffi_private::type_of(borrowed_to);
            let _: ::pin_ffi::__private::core::marker::PhantomData<*const To<'a>> = type_to;
            let borrowed_id = &self.id;
            let slot_id = unsafe { &raw const (*c).id };
            let value_id = __pin_ffi_private::converted(
                slot_id,
                borrowed_id,
                &::pin_ffi::__private::Field {
                    item: "Job",
                    field: "id",
                    c: "id",
                },
            )?;
            let borrowed_from = &self.from;
            unsafe {
                let place_from = __pin_ffi_private::inline_place::<
                    From<'a>,
                    _,
                >(&raw mut (*c).from);
                __pin_ffi_private::FfiPinned::fill(borrowed_from, place_from, scratch)?
            };
            let borrowed_to = &self.to;
            unsafe {
                let place_to = __pin_ffi_private::inline_place::<
                    To<'a>,
                    _,
                >(&raw mut (*c).to);
                ::pin_ffi::__private::or_released::<
                    Self,
                    _,
                >(__pin_ffi_private::FfiPinned::fill(borrowed_to, place_to, scratch), c)?
            };
            unsafe {
                (&raw mut (*c).id).write_unaligned(value_id);
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
            let room = ::pin_ffi::__private::ValueRoom(&self.from).left(room)?;
            let room = ::pin_ffi::__private::ValueRoom(&self.to).left(room)?;
            ::pin_ffi::__private::core::option::Option::Some(room)
        }
        #[inline(always)]
        unsafe fn release(c: *mut Self::C) {
            unsafe {
                <From<
                    'a,
                > as __pin_ffi_private::FfiPinned>::release(
                    __pin_ffi_private::inline_place::<From<'a>, _>(&raw mut (*c).from),
                );
                <To<
                    'a,
                > as __pin_ffi_private::FfiPinned>::release(
                    __pin_ffi_private::inline_place::<To<'a>, _>(&raw mut (*c).to),
                );
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> ::pin_ffi::__private::FfiPinnedMut for Job<'a>
    where
        for<'__pin_ffi_lent> From<
            'a,
        >: ::pin_ffi::__private::InlineMut<'__pin_ffi_lent, __pin_ffi_field::from>,
        for<'__pin_ffi_lent> To<
            'a,
        >: ::pin_ffi::__private::InlineMut<'__pin_ffi_lent, __pin_ffi_field::to>,
    {
        type Kept = (
            <From<
                'a,
            > as ::pin_ffi::__private::InlineMut<
                'static,
                __pin_ffi_field::from,
            >>::InlineKept,
            <To<
                'a,
            > as ::pin_ffi::__private::InlineMut<
                'static,
                __pin_ffi_field::to,
            >>::InlineKept,
        );
        const REPORTS: ::pin_ffi::__private::core::primitive::bool = false
            || <From<
                'a,
            > as ::pin_ffi::__private::InlineMut<
                'static,
                __pin_ffi_field::from,
            >>::REPORTS
            || <To<
                'a,
            > as ::pin_ffi::__private::InlineMut<'static, __pin_ffi_field::to>>::REPORTS
            || true;
        #[inline(always)]
        unsafe fn fill_mut(
            &mut self,
            c: *mut Self::C,
            scratch: &mut ::pin_ffi::__private::Scratch<'_>,
        ) -> ::pin_ffi::__private::core::result::Result<
            Self::Kept,
            ::pin_ffi::__private::FillError,
        > {
            let borrowed_id = &self.id;
            let slot_id = unsafe { &raw const (*c).id };
            let value_id = __pin_ffi_private::converted(
                slot_id,
                borrowed_id,
                &::pin_ffi::__private::Field {
                    item: "Job",
                    field: "id",
                    c: "id",
                },
            )?;
            let borrowed_from = &mut self.from;
            let kept_from = unsafe {
                let place_from = __pin_ffi_private::inline_place::<
                    From<'a>,
                    _,
                >(&raw mut (*c).from);
                <From<
                    'a,
                > as ::pin_ffi::__private::InlineMut<
                    'static,
                    __pin_ffi_field::from,
                >>::fill_inline(borrowed_from, place_from.cast(), scratch)?
            };
            let borrowed_to = &mut self.to;
            let kept_to = unsafe {
                let place_to = __pin_ffi_private::inline_place::<
                    To<'a>,
                    _,
                >(&raw mut (*c).to);
                ::pin_ffi::__private::or_released::<
                    Self,
                    _,
                >(
                    <To<
                        'a,
                    > as ::pin_ffi::__private::InlineMut<
                        'static,
                        __pin_ffi_field::to,
                    >>::fill_inline(borrowed_to, place_to.cast(), scratch),
                    c,
                )?
            };
            unsafe {
                (&raw mut (*c).id).write_unaligned(value_id);
            }
            ::pin_ffi::__private::core::result::Result::Ok((kept_from, kept_to))
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
            let (kept_from, kept_to) = kept;
            let slot_id = unsafe { &raw const (*c).id };
            let value_id = unsafe {
                __pin_ffi_private::taken(
                    slot_id,
                    &::pin_ffi::__private::Field {
                        item: "Job",
                        field: "id",
                        c: "id",
                    },
                )
            }?;
            let borrowed_from = &mut self.from;
            unsafe {
                <From<
                    'a,
                > as ::pin_ffi::__private::InlineMut<
                    'static,
                    __pin_ffi_field::from,
                >>::take_back_inline(
                    borrowed_from,
                    (&raw const (*c).from).cast(),
                    kept_from,
                )?
            };
            let borrowed_to = &mut self.to;
            unsafe {
                <To<
                    'a,
                > as ::pin_ffi::__private::InlineMut<
                    'static,
                    __pin_ffi_field::to,
                >>::take_back_inline(borrowed_to, (&raw const (*c).to).cast(), kept_to)?
            };
            self.id = value_id;
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
    }
};
