// What the macros make of generic.rs.
use pin_ffi::FfiPinned;
#[repr(C)]
struct samples {
    left: *mut f32,
    right: *mut f32,
    count: u32,
}
struct Samples<B, const MAX: usize>
where
    B: Send,
{
    left: B,
    right: [f32; MAX],
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
        pub struct left;
        pub struct right;
    }
    const __PIN_FFI_READ_ONLY_left: ::pin_ffi::__private::core::primitive::bool = {
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::<samples>::uninit();
        let slot_left = unsafe {
            &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c)).left
        };
        __pin_ffi_private::declared_read_only(__pin_ffi_private::address(slot_left))
    };
    const __PIN_FFI_READ_ONLY_right: ::pin_ffi::__private::core::primitive::bool = {
        let c = ::pin_ffi::__private::core::mem::MaybeUninit::<samples>::uninit();
        let slot_right = unsafe {
            &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c)).right
        };
        __pin_ffi_private::declared_read_only(__pin_ffi_private::address(slot_right))
    };
    trait __PinFfiLimits {
        const FITS_left: ();
        const MAX_left: ::pin_ffi::__private::core::primitive::usize;
        const FITS_right: ();
    }
    impl<B, const MAX: usize> __PinFfiLimits for Samples<B, MAX>
    where
        B: Send,
        B: ::pin_ffi::__private::Buf,
    {
        const FITS_left: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<samples>::uninit();
            let slot_left = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .left
            };
            __pin_ffi_private::elements_must_fit::<
                <B as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_left),
                false,
                false,
                "the elements of field `left` have no size, so their count would say nothing about memory",
                "the elements of field `left` are smaller than what `left` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
        const MAX_left: ::pin_ffi::__private::core::primitive::usize = 48_000;
        const FITS_right: () = {
            let c = ::pin_ffi::__private::core::mem::MaybeUninit::<samples>::uninit();
            let slot_right = unsafe {
                &raw const (*::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&c))
                    .right
            };
            __pin_ffi_private::elements_must_fit::<
                <[f32; MAX] as __pin_ffi_private::Buf>::Elem,
                _,
            >(
                __pin_ffi_private::address(slot_right),
                false,
                false,
                "the elements of field `right` have no size, so their count would say nothing about memory",
                "the elements of field `right` are smaller than what `right` points at, no multiple of it, or less aligned: C would reach past their end",
            );
        };
    }
    #[automatically_derived]
    unsafe impl<B, const MAX: usize> ::pin_ffi::__private::FfiPinned for Samples<B, MAX>
    where
        B: Send,
        B: ::pin_ffi::__private::Buf,
    {
        type C = samples;
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
                let map = ::pin_ffi::__private::StructMap::<samples>::MAP;
                let place = ::pin_ffi::__private::core::mem::MaybeUninit::<
                    samples,
                >::uninit();
                let base = ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(&place);
                __pin_ffi_private::Map::check_known(&map, false);
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).left)
                    },
                    false,
                    false,
                    false,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).left)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).count)
                    },
                    false,
                );
                __pin_ffi_private::Map::check_lent(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).right)
                    },
                    false,
                    false,
                    false,
                );
                __pin_ffi_private::Map::check_length(
                    &map,
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).right)
                    },
                    unsafe {
                        ::pin_ffi::__private::offset(base, &raw const (*base).count)
                    },
                    false,
                );
                let places = [
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).left)
                        },
                        ::pin_ffi::__private::size_at(unsafe { &raw const (*base).left }),
                    ),
                    (
                        unsafe {
                            ::pin_ffi::__private::offset(base, &raw const (*base).right)
                        },
                        ::pin_ffi::__private::size_at(unsafe {
                            &raw const (*base).right
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
                    "`right` of field `right` shares bytes of the C struct with what another field fills: keep one of the two",
                );
                __pin_ffi_private::check_apart(
                    &places,
                    2usize,
                    "`count` of field `left` shares bytes of the C struct with what another field fills: keep one of the two",
                );
            };
            let borrowed_left = &self.left;
            let type_left = __pin_ffi_private::type_of(borrowed_left);
            let _: ::pin_ffi::__private::core::marker::PhantomData<*const B> = type_left;
            let borrowed_right = &self.right;
            let type_right = __pin_ffi_private::type_of(borrowed_right);
            let _: ::pin_ffi::__private::core::marker::PhantomData<*const [f32; MAX]> = type_right;
            let borrowed_left = &self.left;
            let lent_left = __pin_ffi_private::Buf::lend(borrowed_left);
            let () = <Self as __PinFfiLimits>::FITS_left;
            ::pin_ffi::__private::check_max(
                lent_left.len,
                <Self as __PinFfiLimits>::MAX_left,
                &::pin_ffi::__private::Field {
                    item: "Samples",
                    field: "left",
                    c: "count",
                },
            )?;
            let some_left = !__pin_ffi_private::Lent::is_none(&lent_left);
            let borrowed_right = &self.right;
            let lent_right = __pin_ffi_private::Buf::lend(borrowed_right);
            let () = <Self as __PinFfiLimits>::FITS_right;
            let some_right = !__pin_ffi_private::Lent::is_none(&lent_right);
            let slot_left = unsafe { &raw const (*c).count };
            let len_left = __pin_ffi_private::checked_len(
                slot_left,
                {
                    use ::pin_ffi::__private::Required as _;
                    let agreed = ::pin_ffi::__private::core::option::Option::None;
                    let agreed = ::pin_ffi::__private::agree(
                        agreed,
                        some_left || !__pin_ffi_private::Written::<B>::OPTIONAL,
                        lent_left.len,
                        &::pin_ffi::__private::Field {
                            item: "Samples",
                            field: "left",
                            c: "count",
                        },
                    )?;
                    let agreed = ::pin_ffi::__private::agree(
                        agreed,
                        some_right
                            || !__pin_ffi_private::Written::<[f32; MAX]>::OPTIONAL,
                        lent_right.len,
                        &::pin_ffi::__private::Field {
                            item: "Samples",
                            field: "right",
                            c: "count",
                        },
                    )?;
                    agreed.unwrap_or(0)
                },
                &::pin_ffi::__private::Field {
                    item: "Samples",
                    field: "left",
                    c: "count",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).left),
                    lent_left,
                );
                __pin_ffi_private::note(scratch, lent_left, false);
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).right),
                    lent_right,
                );
                __pin_ffi_private::note(scratch, lent_right, false);
                (&raw mut (*c).count).write_unaligned(len_left);
            }
            ::pin_ffi::__private::core::result::Result::Ok(())
        }
        #[inline(always)]
        unsafe fn release(c: *mut Self::C) {
            unsafe {
                __pin_ffi_private::null_ptr(&raw mut (*c).left);
                __pin_ffi_private::null_ptr(&raw mut (*c).right);
                __pin_ffi_private::zero_len(&raw mut (*c).count);
            }
        }
    }
    #[automatically_derived]
    unsafe impl<B, const MAX: usize> ::pin_ffi::__private::FfiPinnedMut
    for Samples<B, MAX>
    where
        B: Send,
        B: ::pin_ffi::__private::Buf,
        for<'__pin_ffi_lent> B: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::left,
            __PIN_FFI_READ_ONLY_left,
        >,
        for<'__pin_ffi_lent> [f32; MAX]: ::pin_ffi::__private::LendMut<
            '__pin_ffi_lent,
            __pin_ffi_field::right,
            __PIN_FFI_READ_ONLY_right,
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
            let borrowed_left = &mut self.left;
            let lent_left = if __PIN_FFI_READ_ONLY_left {
                __pin_ffi_private::Buf::lend(&*borrowed_left)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_left)
            };
            let () = <Self as __PinFfiLimits>::FITS_left;
            ::pin_ffi::__private::check_max(
                lent_left.len,
                <Self as __PinFfiLimits>::MAX_left,
                &::pin_ffi::__private::Field {
                    item: "Samples",
                    field: "left",
                    c: "count",
                },
            )?;
            let some_left = !__pin_ffi_private::Lent::is_none(&lent_left);
            let borrowed_right = &mut self.right;
            let lent_right = if __PIN_FFI_READ_ONLY_right {
                __pin_ffi_private::Buf::lend(&*borrowed_right)
            } else {
                __pin_ffi_private::Buf::lend_mut(borrowed_right)
            };
            let () = <Self as __PinFfiLimits>::FITS_right;
            let some_right = !__pin_ffi_private::Lent::is_none(&lent_right);
            let slot_left = unsafe { &raw const (*c).count };
            let len_left = __pin_ffi_private::checked_len(
                slot_left,
                {
                    use ::pin_ffi::__private::Required as _;
                    let agreed = ::pin_ffi::__private::core::option::Option::None;
                    let agreed = ::pin_ffi::__private::agree(
                        agreed,
                        some_left || !__pin_ffi_private::Written::<B>::OPTIONAL,
                        lent_left.len,
                        &::pin_ffi::__private::Field {
                            item: "Samples",
                            field: "left",
                            c: "count",
                        },
                    )?;
                    let agreed = ::pin_ffi::__private::agree(
                        agreed,
                        some_right
                            || !__pin_ffi_private::Written::<[f32; MAX]>::OPTIONAL,
                        lent_right.len,
                        &::pin_ffi::__private::Field {
                            item: "Samples",
                            field: "right",
                            c: "count",
                        },
                    )?;
                    agreed.unwrap_or(0)
                },
                &::pin_ffi::__private::Field {
                    item: "Samples",
                    field: "left",
                    c: "count",
                },
            )?;
            unsafe {
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).left),
                    lent_left,
                );
                __pin_ffi_private::note(scratch, lent_left, !__PIN_FFI_READ_ONLY_left);
                __pin_ffi_private::put_ptr(
                    __pin_ffi_private::address(&raw mut (*c).right),
                    lent_right,
                );
                __pin_ffi_private::note(scratch, lent_right, !__PIN_FFI_READ_ONLY_right);
                (&raw mut (*c).count).write_unaligned(len_left);
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
