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
const _: () = {
    const _: () = unsafe { *(&() as *const ()) };
    use ::pin_ffi::__private::{self as __ffi, lookups::*};
    const _: &[__ffi::Place] = <From<'static> as __ffi::FfiPinned>::TABLE;
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinned for From<'a> {
        type C = block;
        type Kept = ();
        const TABLE: &'static [__ffi::Place] = &unsafe {
            let __ffi_t = &mut __ffi::Table::<
                Self,
                2,
            >::new("From", __ffi::Known::<block>::PIN_FFI_MAP);
            let __ffi_c = __ffi_t.c();
            __ffi::Table::buffer(
                __ffi_t,
                <&'a [u8] as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c).bytes,
                ["bytes", "bytes"],
                __ffi::words::READ_ONLY,
            );
            __ffi::Table::length(__ffi_t, &raw const (*__ffi_c).len, "len");
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
                <&'a [u8] as __ffi::Buffer>::fill(
                    __ffi_f,
                    &raw mut (*__ffi_v).bytes,
                    0,
                )?;
                __ffi::Ok(())
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinnedMut for From<'a> {}
};
struct To<'a> {
    bytes: OutBuf<'a, u8>,
}
const _: () = {
    const _: () = unsafe { *(&() as *const ()) };
    use ::pin_ffi::__private::{self as __ffi, lookups::*};
    mod __ffi_field {
        pub struct bytes;
    }
    const _: &[__ffi::Place] = <To<'static> as __ffi::FfiPinned>::TABLE;
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinned for To<'a> {
        type C = block;
        type Kept = (__ffi::usize,);
        const TABLE: &'static [__ffi::Place] = &unsafe {
            let __ffi_t = &mut __ffi::Table::<
                Self,
                2,
            >::new("To", __ffi::Known::<block>::PIN_FFI_MAP);
            let __ffi_c = __ffi_t.c();
            __ffi::Table::buffer(
                __ffi_t,
                <OutBuf<'a, u8> as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c).bytes,
                ["bytes", "bytes"],
                __ffi::words::LENGTH,
            );
            __ffi::Table::length(__ffi_t, &raw const (*__ffi_c).len, "len");
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
                let __of_bytes = <OutBuf<
                    'a,
                    u8,
                > as __ffi::Reported>::fill(__ffi_f, &raw mut (*__ffi_v).bytes, 0)?;
                __ffi::Ok((__of_bytes.len,))
            }
        }
        #[inline(always)]
        unsafe fn take_back<const __FFI_TAKE: __ffi::bool>(
            __ffi_v: *mut Self,
            __ffi_c: *const Self::C,
            __ffi_k: Self::Kept,
        ) -> __ffi::LendResult<()> {
            unsafe {
                let __ffi_t = &mut __ffi::Taking::<__FFI_TAKE>::new::<Self>(__ffi_c);
                let __ffi_says = __ffi::Target::<
                    _,
                    false,
                >::of(&raw const (*__ffi_c).bytes)
                    .__pin_ffi_says();
                <OutBuf<
                    'a,
                    u8,
                > as __ffi::Reported>::take(
                    __ffi_t,
                    &raw mut (*__ffi_v).bytes,
                    __ffi_k.0,
                    0,
                    __ffi_says,
                )
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinnedMut for To<'a>
    where
        for<'__ffi_t> OutBuf<
            'a,
            u8,
        >: __ffi::MayLendMut<'__ffi_t, __ffi_field::bytes, false>,
    {}
};
struct Job<'a> {
    from: From<'a>,
    to: To<'a>,
    id: u64,
}
const _: () = {
    const _: () = unsafe { *(&() as *const ()) };
    use ::pin_ffi::__private::{self as __ffi, lookups::*};
    mod __ffi_field {
        pub struct from;
        pub struct to;
    }
    const _: &[__ffi::Place] = <Job<'static> as __ffi::FfiPinned>::TABLE;
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinned for Job<'a> {
        type C = job;
        type Kept = (
            <From<'a> as __ffi::FfiPinned>::Kept,
            <To<'a> as __ffi::FfiPinned>::Kept,
        );
        const TABLE: &'static [__ffi::Place] = &unsafe {
            let __ffi_t = &mut __ffi::Table::<
                Self,
                3,
            >::new("Job", __ffi::Known::<job>::PIN_FFI_MAP);
            let __ffi_c = __ffi_t.c();
            __ffi::Table::inline::<
                <From<'a> as __ffi::FfiPinned>::C,
                _,
            >(
                __ffi_t,
                <From<'a> as __ffi::Inlined>::NESTED,
                &raw const (*__ffi_c).from,
                ["from", "from"],
                0,
            );
            __ffi::Table::inline::<
                <To<'a> as __ffi::FfiPinned>::C,
                _,
            >(
                __ffi_t,
                <To<'a> as __ffi::Inlined>::NESTED,
                &raw const (*__ffi_c).to,
                ["to", "to"],
                0,
            );
            __ffi::Table::value::<
                u64,
                _,
            >(
                __ffi_t,
                &raw const (*__ffi_c).id,
                ["id", "id"],
                __ffi::words::SET | __ffi::words::OUT,
            );
            __ffi_t.places()
        };
        const LENGTHS: __ffi::bool = __ffi::reports_lengths::<Self>()
            || <From<'a> as __ffi::FfiPinned>::LENGTHS
            || <To<'a> as __ffi::FfiPinned>::LENGTHS;
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
                let __of_from = <From<
                    'a,
                > as __ffi::Inlined>::fill_in(__ffi_f, &raw mut (*__ffi_v).from, 0)?;
                let __of_to = <To<
                    'a,
                > as __ffi::Inlined>::fill_in(__ffi_f, &raw mut (*__ffi_v).to, 1)?;
                __ffi::Filling::set(
                    __ffi_f,
                    &raw mut (*__ffi_c).id,
                    &raw mut (*__ffi_v).id,
                    2,
                )?;
                __ffi::Ok((__of_from, __of_to))
            }
        }
        #[inline(always)]
        unsafe fn take_back<const __FFI_TAKE: __ffi::bool>(
            __ffi_v: *mut Self,
            __ffi_c: *const Self::C,
            __ffi_k: Self::Kept,
        ) -> __ffi::LendResult<()> {
            unsafe {
                let __ffi_t = &mut __ffi::Taking::<__FFI_TAKE>::new::<Self>(__ffi_c);
                <From<
                    'a,
                > as __ffi::Inlined>::take_in(
                    __ffi_t,
                    &raw mut (*__ffi_v).from,
                    __ffi_k.0,
                    0,
                )?;
                <To<
                    'a,
                > as __ffi::Inlined>::take_in(
                    __ffi_t,
                    &raw mut (*__ffi_v).to,
                    __ffi_k.1,
                    1,
                )?;
                __ffi::Taking::value(
                    __ffi_t,
                    &raw const (*__ffi_c).id,
                    &raw mut (*__ffi_v).id,
                    2,
                )
            }
        }
        #[inline(always)]
        fn scratch_left(&self, __ffi_room: __ffi::usize) -> __ffi::Option<__ffi::usize> {
            let __ffi_room = <From<
                'a,
            > as __ffi::FfiPinned>::scratch_left(&self.from, __ffi_room)?;
            let __ffi_room = <To<
                'a,
            > as __ffi::FfiPinned>::scratch_left(&self.to, __ffi_room)?;
            __ffi::Some(__ffi_room)
        }
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinnedMut for Job<'a>
    where
        for<'__ffi_t> From<'a>: __ffi::InlineMut<'__ffi_t, __ffi_field::from>,
        for<'__ffi_t> To<'a>: __ffi::InlineMut<'__ffi_t, __ffi_field::to>,
    {}
};
