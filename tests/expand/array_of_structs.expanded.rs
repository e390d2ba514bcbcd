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
const _: () = {
    const _: () = unsafe { *(&() as *const ()) };
    use ::pin_ffi::__private::{self as __ffi, lookups::*};
    mod __ffi_field {
        pub struct key;
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinned for Pair<'a> {
        type C = pair;
        type Kept = ();
        const TABLE: &'static [__ffi::Place] = &unsafe {
            let __ffi_t = &mut __ffi::Table::<
                Self,
                3,
            >::new("Pair", __ffi::Known::<pair>::PIN_FFI_MAP);
            let __ffi_c = __ffi_t.c();
            __ffi::Table::buffer(
                __ffi_t,
                <&'a str as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c).key,
                ["key", "key"],
                0,
            );
            __ffi::Table::length(__ffi_t, &raw const (*__ffi_c).key_len, "key_len");
            __ffi::Table::value::<
                i64,
                _,
            >(
                __ffi_t,
                &raw const (*__ffi_c).value,
                ["value", "value"],
                __ffi::words::SET,
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
                <&'a str as __ffi::Buffer>::fill(__ffi_f, &raw mut (*__ffi_v).key, 0)?;
                __ffi::Filling::set(
                    __ffi_f,
                    &raw mut (*__ffi_c).value,
                    &raw mut (*__ffi_v).value,
                    2,
                )?;
                __ffi::Ok(())
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinnedMut for Pair<'a>
    where
        for<'__ffi_t> &'a str: __ffi::MayLendMut<
            '__ffi_t,
            __ffi_field::key,
            { __ffi::reads_only::<Pair<'static>>(0) },
        >,
    {}
};
struct Table<'a> {
    pairs: &'a [Pair<'a>],
}
const _: () = {
    const _: () = unsafe { *(&() as *const ()) };
    use ::pin_ffi::__private::{self as __ffi, lookups::*};
    mod __ffi_field {
        pub struct pairs;
    }
    const _: &[__ffi::Place] = <Table<'static> as __ffi::FfiPinned>::TABLE;
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinned for Table<'a> {
        type C = table;
        type Kept = (<&'a [Pair<'a>] as __ffi::FfiArray>::Kept,);
        const TABLE: &'static [__ffi::Place] = &unsafe {
            let __ffi_t = &mut __ffi::Table::<
                Self,
                2,
            >::new("Table", __ffi::Known::<table>::PIN_FFI_MAP);
            let __ffi_c = __ffi_t.c();
            __ffi::Table::array::<
                &'a [Pair<'a>],
                <&'a [Pair<'a>] as __ffi::FfiArray>::Elem,
                _,
            >(__ffi_t, &raw const (*__ffi_c).pairs, ["pairs", "pairs"], 0);
            __ffi::Table::length(__ffi_t, &raw const (*__ffi_c).count, "count");
            __ffi_t.places()
        };
        const LENGTHS: __ffi::bool = __ffi::reports_lengths::<Self>()
            || <&'a [Pair<'a>] as __ffi::FfiArray>::LENGTHS;
        #[inline(always)]
        unsafe fn fill<const __FFI_WRITE: __ffi::bool>(
            __ffi_v: *mut Self,
            __ffi_c: *mut Self::C,
            __ffi_s: &mut __ffi::Scratch<'_>,
        ) -> __ffi::LendResult<Self::Kept> {
            const {
                __ffi::results(
                    &<Self as __ffi::FfiPinned>::TABLE[0],
                    __FFI_WRITE && <&'a [Pair<'a>] as __ffi::FfiArray>::REPORTS,
                )
            };
            unsafe {
                let __ffi_f = &mut __ffi::Filling::<
                    __FFI_WRITE,
                >::new::<Self>(__ffi_c, __ffi_s);
                let __of_pairs = <&'a [Pair<
                    'a,
                >] as __ffi::Run>::fill(__ffi_f, &raw mut (*__ffi_v).pairs, 0)?;
                __ffi::Ok((__of_pairs.1,))
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
                <&'a [Pair<
                    'a,
                >] as __ffi::Run>::take(__ffi_t, &raw mut (*__ffi_v).pairs, __ffi_k.0)
            }
        }
        #[inline(always)]
        fn scratch_left(&self, __ffi_room: __ffi::usize) -> __ffi::Option<__ffi::usize> {
            let __ffi_room = <&'a [Pair<
                'a,
            >] as __ffi::FfiArray>::scratch_left(&self.pairs, __ffi_room)?;
            __ffi::Some(__ffi_room)
        }
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinnedMut for Table<'a>
    where
        for<'__ffi_t> &'a [Pair<'a>]: __ffi::NestMut<'__ffi_t, __ffi_field::pairs>,
    {}
};
