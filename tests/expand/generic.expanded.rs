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
const _: () = {
    const _: () = unsafe { *(&() as *const ()) };
    use ::pin_ffi::__private::{self as __ffi, lookups::*};
    mod __ffi_field {
        pub struct left;
    }
    const __FFI_READ_ONLY: [__ffi::bool; 1usize] = {
        let __ffi_room = __ffi::room::<samples>();
        let __ffi_c = __ffi::at(&__ffi_room);
        unsafe { [__ffi::declared_read_only(&raw const (*__ffi_c).left)] }
    };
    #[automatically_derived]
    unsafe impl<B, const MAX: usize> __ffi::FfiPinned for Samples<B, MAX>
    where
        B: Send,
        B: __ffi::Lend,
    {
        type C = samples;
        type Kept = ();
        const TABLE: &'static [__ffi::Place] = &{
            let __ffi_t = &mut __ffi::Table::<
                Self,
                3,
            >::new("Samples", __ffi::Known::<samples>::PIN_FFI_MAP);
            let __ffi_c = __ffi_t.c();
            unsafe {
                __ffi::Table::buffer(
                    __ffi_t,
                    <B as __ffi::Buffer>::LAYOUT,
                    &raw const (*__ffi_c).left,
                    ["left", "left"],
                    0,
                );
                __ffi::Table::shared_length(
                    __ffi_t,
                    &raw const (*__ffi_c).count,
                    "count",
                );
                __ffi::Table::buffer(
                    __ffi_t,
                    <[f32; MAX] as __ffi::Buffer>::LAYOUT,
                    &raw const (*__ffi_c).right,
                    ["right", "right"],
                    0,
                );
                __ffi::Table::shared_length(
                    __ffi_t,
                    &raw const (*__ffi_c).count,
                    "count",
                );
            }
            let __ffi_max: __ffi::usize = 48_000;
            __ffi::Table::max(__ffi_t, 0, __ffi_max);
            __ffi_t.places()
        };
        #[inline(always)]
        unsafe fn fill<const __FFI_WRITE: __ffi::bool>(
            __ffi_v: *mut Self,
            __ffi_c: *mut Self::C,
            __ffi_s: &mut __ffi::Scratch<'_>,
        ) -> __ffi::LendResult<Self::Kept> {
            unsafe {
                __ffi::must_say_elements(
                    __ffi::Target::<_, false>::of(&raw const (*__ffi_c).left)
                        .__pin_ffi_says(),
                );
                let __ffi_f = &mut __ffi::Filling::<
                    __FFI_WRITE,
                >::new::<Self>(__ffi_c, __ffi_s);
                let __of_left = <B as __ffi::Buffer>::fill(
                    __ffi_f,
                    &raw mut (*__ffi_v).left,
                    0,
                )?;
                let __of_right = <[f32; MAX] as __ffi::Buffer>::fill(
                    __ffi_f,
                    &raw mut (*__ffi_v).right,
                    2,
                )?;
                let __ffi_agreed = __ffi::None;
                let __ffi_agreed = __ffi_f
                    .agree(
                        __ffi_agreed,
                        __of_left,
                        __ffi::Written::<B>::PIN_FFI_OPTIONAL,
                        0,
                    )?;
                let __ffi_agreed = __ffi_f
                    .agree(
                        __ffi_agreed,
                        __of_right,
                        __ffi::Written::<[f32; MAX]>::PIN_FFI_OPTIONAL,
                        2,
                    )?;
                __ffi_f.put_shared(__ffi_agreed, 0)?;
                __ffi::Ok(())
            }
        }
    }
    #[automatically_derived]
    unsafe impl<B, const MAX: usize> __ffi::FfiPinnedMut for Samples<B, MAX>
    where
        B: Send,
        B: __ffi::Lend,
        for<'__ffi_t> B: __ffi::MayLendMut<
            '__ffi_t,
            __ffi_field::left,
            { __FFI_READ_ONLY[0] },
        >,
    {}
};
