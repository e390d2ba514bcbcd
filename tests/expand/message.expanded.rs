// What the macros make of message.rs.
use pin_ffi::{FfiPinned, OutBuf};
struct Message<'a> {
    name: Option<OutBuf<'a, u8>>,
    parts: Vec<&'a mut [u8]>,
    control: OutBuf<'a, u8>,
    flags: i32,
}
const _: () = {
    use ::pin_ffi::__private::{self as __ffi, lookups::*};
    mod __ffi_field {
        pub struct name;
        pub struct parts;
        pub struct control;
    }
    const _: &[__ffi::Place] = <Message<'static> as __ffi::FfiPinned>::TABLE;
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinned for Message<'a> {
        type C = libc::msghdr;
        type Kept = (
            __ffi::usize,
            <Vec<&'a mut [u8]> as __ffi::FfiArray>::Kept,
            __ffi::usize,
        );
        const TABLE: &'static [__ffi::Place] = &unsafe {
            let __ffi_t = &mut __ffi::Table::<
                Self,
                7,
            >::new("Message", __ffi::Known::<libc::msghdr>::PIN_FFI_MAP);
            let __ffi_c = __ffi_t.c();
            __ffi::Table::known(__ffi_t);
            __ffi::Table::buffer(
                __ffi_t,
                <Option<OutBuf<'a, u8>> as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c).msg_name,
                ["name", "msg_name"],
                __ffi::words::BYTES | __ffi::words::LENGTH,
            );
            __ffi::Table::length(
                __ffi_t,
                &raw const (*__ffi_c).msg_namelen,
                "msg_namelen",
            );
            __ffi::Table::array::<
                Vec<&'a mut [u8]>,
                <Vec<&'a mut [u8]> as __ffi::FfiArray>::Elem,
                _,
            >(__ffi_t, &raw const (*__ffi_c).msg_iov, ["parts", "msg_iov"], 0);
            __ffi::Table::length(
                __ffi_t,
                &raw const (*__ffi_c).msg_iovlen,
                "msg_iovlen",
            );
            __ffi::Table::buffer(
                __ffi_t,
                <OutBuf<'a, u8> as __ffi::Buffer>::LAYOUT,
                &raw const (*__ffi_c).msg_control,
                ["control", "msg_control"],
                __ffi::words::BYTES | __ffi::words::LENGTH,
            );
            __ffi::Table::length(
                __ffi_t,
                &raw const (*__ffi_c).msg_controllen,
                "msg_controllen",
            );
            __ffi::Table::value::<
                i32,
                _,
            >(
                __ffi_t,
                &raw const (*__ffi_c).msg_flags,
                ["flags", "msg_flags"],
                __ffi::words::OUT,
            );
            __ffi_t.places()
        };
        const LENGTHS: __ffi::bool = __ffi::reports_lengths::<Self>()
            || <Vec<&'a mut [u8]> as __ffi::FfiArray>::LENGTHS;
        #[inline(always)]
        unsafe fn fill<const __FFI_WRITE: __ffi::bool>(
            __ffi_v: *mut Self,
            __ffi_c: *mut Self::C,
            __ffi_s: &mut __ffi::Scratch<'_>,
        ) -> __ffi::LendResult<Self::Kept> {
            const {
                __ffi::results(
                    &<Self as __ffi::FfiPinned>::TABLE[2],
                    __FFI_WRITE && <Vec<&'a mut [u8]> as __ffi::FfiArray>::REPORTS,
                )
            };
            unsafe {
                let __ffi_f = &mut __ffi::Filling::<
                    __FFI_WRITE,
                >::new::<Self>(__ffi_c, __ffi_s);
                let __of_name = <Option<
                    OutBuf<'a, u8>,
                > as __ffi::Reported>::fill(__ffi_f, &raw mut (*__ffi_v).name, 0)?;
                let __of_parts = <Vec<
                    &'a mut [u8],
                > as __ffi::Run>::fill(__ffi_f, &raw mut (*__ffi_v).parts, 2)?;
                let __of_control = <OutBuf<
                    'a,
                    u8,
                > as __ffi::Reported>::fill(__ffi_f, &raw mut (*__ffi_v).control, 4)?;
                __ffi::Ok((__of_name.len, __of_parts.1, __of_control.len))
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
                    true,
                >::of(&raw const (*__ffi_c).msg_name)
                    .__pin_ffi_says();
                <Option<
                    OutBuf<'a, u8>,
                > as __ffi::Reported>::take(
                    __ffi_t,
                    &raw mut (*__ffi_v).name,
                    __ffi_k.0,
                    0,
                    __ffi_says,
                )?;
                <Vec<
                    &'a mut [u8],
                > as __ffi::Run>::take(__ffi_t, &raw mut (*__ffi_v).parts, __ffi_k.1)?;
                let __ffi_says = __ffi::Target::<
                    _,
                    true,
                >::of(&raw const (*__ffi_c).msg_control)
                    .__pin_ffi_says();
                <OutBuf<
                    'a,
                    u8,
                > as __ffi::Reported>::take(
                    __ffi_t,
                    &raw mut (*__ffi_v).control,
                    __ffi_k.2,
                    4,
                    __ffi_says,
                )?;
                __ffi::Taking::value(
                    __ffi_t,
                    &raw const (*__ffi_c).msg_flags,
                    &raw mut (*__ffi_v).flags,
                    6,
                )
            }
        }
        #[inline(always)]
        fn scratch_left(&self, __ffi_room: __ffi::usize) -> __ffi::Option<__ffi::usize> {
            let __ffi_room = <Vec<
                &'a mut [u8],
            > as __ffi::FfiArray>::scratch_left(&self.parts, __ffi_room)?;
            __ffi::Some(__ffi_room)
        }
    }
    #[automatically_derived]
    unsafe impl<'a> __ffi::FfiPinnedMut for Message<'a>
    where
        for<'__ffi_t> Option<
            OutBuf<'a, u8>,
        >: __ffi::MayLendMut<'__ffi_t, __ffi_field::name, false>,
        for<'__ffi_t> Vec<&'a mut [u8]>: __ffi::NestMut<'__ffi_t, __ffi_field::parts>,
        for<'__ffi_t> OutBuf<
            'a,
            u8,
        >: __ffi::MayLendMut<'__ffi_t, __ffi_field::control, false>,
    {}
};
