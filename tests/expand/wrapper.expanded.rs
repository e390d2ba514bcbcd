// What the macros make of wrapper.rs.
use pin_ffi::{FfiPinnedMut, pinned_ffi};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
#[allow(unused_mut, clippy::redundant_closure_call, clippy::needless_return)]
fn receive<M>(socket: BorrowedFd<'_>, message: &mut M) -> io::Result<usize>
where
    M: FfiPinnedMut<C = libc::msghdr>,
{
    #[allow(unused_imports)]
    use ::pin_ffi::__private as __pin_ffi_private;
    ::pin_ffi::__private::with_scratch(
        {
            use ::pin_ffi::__private::NoRoom as _;
            let room = ::pin_ffi::__private::INLINE;
            ::pin_ffi::__private::ValueRoom(&*message).left(room)
        },
        move |scratch: &mut ::pin_ffi::__private::Scratch<'_>| -> io::Result<usize> {
            let value_message = &mut *message;
            let mut c_message = __pin_ffi_private::zeroed_for(value_message);
            let kept_message = match unsafe {
                __pin_ffi_private::FfiPinnedMut::fill_mut(
                    value_message,
                    ::pin_ffi::__private::core::mem::MaybeUninit::as_mut_ptr(
                        &mut c_message,
                    ),
                    scratch,
                )
            } {
                ::pin_ffi::__private::core::result::Result::Ok(kept) => kept,
                ::pin_ffi::__private::core::result::Result::Err(error) => {
                    return <io::Result<
                        usize,
                    > as __pin_ffi_private::WrapperResult>::refused(error);
                }
            };
            let lent_message = ::pin_ffi::__private::core::cell::Cell::new(false);
            let mut message = unsafe {
                ::pin_ffi::__private::Filled::lent_for_writing(
                    ::pin_ffi::__private::core::mem::MaybeUninit::as_mut_ptr(
                        &mut c_message,
                    ),
                    &lent_message,
                )
            };
            let ret = (|| -> io::Result<usize> {
                let n = unsafe {
                    libc::recvmsg(socket.as_raw_fd(), message.as_mut_ptr(), 0)
                };
                usize::try_from(n).map_err(|_| io::Error::last_os_error())
            })();
            if <io::Result<usize> as __pin_ffi_private::WrapperResult>::succeeded(&ret) {
                if ::pin_ffi::__private::core::cell::Cell::get(&lent_message) {
                    if let ::pin_ffi::__private::core::result::Result::Err(error) = unsafe {
                        __pin_ffi_private::FfiPinnedMut::take_back(
                            value_message,
                            ::pin_ffi::__private::core::mem::MaybeUninit::as_ptr(
                                &c_message,
                            ),
                            kept_message,
                        )
                    } {
                        return <io::Result<
                            usize,
                        > as __pin_ffi_private::WrapperResult>::refused(error);
                    }
                }
            }
            ret
        },
    )
}
