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
const _: () = {
    const _: () = unsafe { *(&() as *const ()) };
    use ::pin_ffi::__private::{self as __ffi, lookups::*};
    mod __ffi_field {
        pub struct input;
        pub struct output;
    }
    const __FFI_READ_ONLY: [__ffi::bool; 2usize] = {
        let __ffi_room = __ffi::room::<stream>();
        let __ffi_c = __ffi::at(&__ffi_room);
        unsafe {
            [
                __ffi::declared_read_only(&raw const (*__ffi_c).next_in),
                __ffi::declared_read_only(&raw const (*__ffi_c).next_out),
            ]
        }
    };
    const _: &[__ffi::Place] = <Stream<'static> as __ffi::FfiPinned>::TABLE;
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinned for Stream<'a> {
        type C = stream;
        type Kept = (__ffi::usize, __ffi::usize);
        const TABLE: &'static [__ffi::Place] = &unsafe {
            let __ffi_t = &mut __ffi::Table::<
                Self,
                6,
            >::new("Stream", __ffi::Known::<stream>::PIN_FFI_MAP);
            let __ffi_c = __ffi_t.c();
            __ffi::Table::buffer(
                __ffi_t,
                <&'a [u8] as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c).next_in,
                ["input", "next_in"],
                __ffi::words::PROGRESS,
            );
            __ffi::Table::length(__ffi_t, &raw const (*__ffi_c).avail_in, "avail_in");
            __ffi::Table::progress(__ffi_t);
            __ffi::Table::buffer(
                __ffi_t,
                <OutBuf<'a, u8> as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c).next_out,
                ["output", "next_out"],
                __ffi::words::PROGRESS,
            );
            __ffi::Table::length(__ffi_t, &raw const (*__ffi_c).avail_out, "avail_out");
            __ffi::Table::progress(__ffi_t);
            __ffi::Table::value::<
                i32,
                _,
            >(
                __ffi_t,
                &raw const (*__ffi_c).level,
                ["level", "level"],
                __ffi::words::SET,
            );
            __ffi::Table::value::<
                u64,
                _,
            >(
                __ffi_t,
                &raw const (*__ffi_c).total,
                ["total", "total"],
                __ffi::words::OUT,
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
                let __of_input = <&'a [u8] as __ffi::Progressing<
                    { __FFI_READ_ONLY[0] },
                >>::fill_rest(__ffi_f, &raw mut (*__ffi_v).input, 0)?;
                let __of_output = <OutBuf<
                    'a,
                    u8,
                > as __ffi::Progressing<
                    { __FFI_READ_ONLY[1] },
                >>::fill_rest(__ffi_f, &raw mut (*__ffi_v).output, 2)?;
                __ffi::Filling::set(
                    __ffi_f,
                    &raw mut (*__ffi_c).level,
                    &raw mut (*__ffi_v).level,
                    4,
                )?;
                __ffi::Ok((__of_input.len, __of_output.len))
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
                >::of(&raw const (*__ffi_c).next_in)
                    .__pin_ffi_says();
                <&'a [u8] as __ffi::Progressing<
                    { __FFI_READ_ONLY[0] },
                >>::take_rest(
                    __ffi_t,
                    &raw mut (*__ffi_v).input,
                    __ffi_k.0,
                    0,
                    __ffi_says,
                )?;
                let __ffi_says = __ffi::Target::<
                    _,
                    false,
                >::of(&raw const (*__ffi_c).next_out)
                    .__pin_ffi_says();
                <OutBuf<
                    'a,
                    u8,
                > as __ffi::Progressing<
                    { __FFI_READ_ONLY[1] },
                >>::take_rest(
                    __ffi_t,
                    &raw mut (*__ffi_v).output,
                    __ffi_k.1,
                    2,
                    __ffi_says,
                )?;
                __ffi::Taking::value(
                    __ffi_t,
                    &raw const (*__ffi_c).total,
                    &raw mut (*__ffi_v).total,
                    5,
                )
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinnedMut for Stream<'a>
    where
        for<'__ffi_t> &'a [u8]: __ffi::MayLendMut<
            '__ffi_t,
            __ffi_field::input,
            { __FFI_READ_ONLY[0] },
        >,
        for<'__ffi_t> OutBuf<
            'a,
            u8,
        >: __ffi::MayLendMut<'__ffi_t, __ffi_field::output, { __FFI_READ_ONLY[1] }>,
    {}
};
