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
const _: () = {
    const _: () = unsafe { *(&() as *const ()) };
    use ::pin_ffi::__private::{self as __ffi, lookups::*};
    mod __ffi_field {
        pub struct input;
        pub struct output;
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinned for Request<'a> {
        type C = request;
        type Kept = (__ffi::usize,);
        const TABLE: &'static [__ffi::Place] = &unsafe {
            let __ffi_t = &mut __ffi::Table::<
                Self,
                5,
            >::new("Request", __ffi::Known::<request>::PIN_FFI_MAP);
            let __ffi_c = __ffi_t.c();
            __ffi::Table::buffer(
                __ffi_t,
                <&'a [u8] as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c).input,
                ["input", "input"],
                0,
            );
            __ffi::Table::length(__ffi_t, &raw const (*__ffi_c).input_len, "input_len");
            __ffi::Table::buffer(
                __ffi_t,
                <OutBuf<'a, u8> as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c).output,
                ["output", "output"],
                __ffi::words::LENGTH,
            );
            __ffi::Table::length(
                __ffi_t,
                &raw const (*__ffi_c).output_len,
                "output_len",
            );
            __ffi::Table::value::<
                u32,
                _,
            >(
                __ffi_t,
                &raw const (*__ffi_c).flags,
                ["flags", "flags"],
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
                <&'a [u8] as __ffi::Buffer>::fill(
                    __ffi_f,
                    &raw mut (*__ffi_v).input,
                    0,
                )?;
                let __of_output = <OutBuf<
                    'a,
                    u8,
                > as __ffi::Reported>::fill(__ffi_f, &raw mut (*__ffi_v).output, 2)?;
                __ffi::Filling::set(
                    __ffi_f,
                    &raw mut (*__ffi_c).flags,
                    &raw mut (*__ffi_v).flags,
                    4,
                )?;
                __ffi::Ok((__of_output.len,))
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
                >::of(&raw const (*__ffi_c).output)
                    .__pin_ffi_says();
                <OutBuf<
                    'a,
                    u8,
                > as __ffi::Reported>::take(
                    __ffi_t,
                    &raw mut (*__ffi_v).output,
                    __ffi_k.0,
                    2,
                    __ffi_says,
                )
            }
        }
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinnedMut for Request<'a>
    where
        for<'__ffi_t> &'a [u8]: __ffi::MayLendMut<
            '__ffi_t,
            __ffi_field::input,
            { __ffi::reads_only::<Request<'static>>(0) },
        >,
        for<'__ffi_t> OutBuf<
            'a,
            u8,
        >: __ffi::MayLendMut<'__ffi_t, __ffi_field::output, false>,
    {}
};
